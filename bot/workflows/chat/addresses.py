"""How somebody is reached in the chat."""

from bot.ports.store import Tx


def chat_address(tx: Tx, person: str) -> str | None:
    """Return somebody's account in the chat, None where they have linked none."""
    return next((member.chat for member in tx.members.roles(person) if member.chat), None)
