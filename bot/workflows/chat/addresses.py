"""People's accounts in the chat."""

from bot.ports.store import Tx


def chat_address(tx: Tx, person: str) -> str | None:
    """Return a person's account in the chat, or None if they have linked none."""
    return next((member.chat for member in tx.members.roles(person) if member.chat), None)
