"""The messages in which leads see a proposal, one live message for each lead.

A lead can ask for a proposal again, when its message has scrolled away. The new message is then the live one,
and the one before says so. An effect stores how often that has happened.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.pairing.records import Pair
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.workflows.chat import outbox
from bot.workflows.dojo.cohort_roles import leads_of

BOARD = "pairing.board"


def send_board(tx: Tx, proposal: int, lead: str, at: datetime) -> None:
    """Send a new proposal to a lead."""
    key, about = _address(proposal, lead, 0)
    outbox.send_message(tx, key, BOARD, about, at)


def send_again(tx: Tx, proposal: int, lead: str, at: datetime) -> None:
    """Send a proposal to a lead again, and let the message before refer to it."""
    times = count_repeats(tx, proposal, lead)
    effect = _effect_key(proposal, lead)
    tx.effects.begin(effect, at)
    tx.effects.finish(effect, str(times + 1), at)
    key, about = _address(proposal, lead, times + 1)
    outbox.send_message(tx, key, BOARD, about, at)
    _rewrite(tx, proposal, lead, times, at)


def count_repeats(tx: Tx, proposal: int, lead: str) -> int:
    """Return how often a proposal was sent to a lead again. The live message has this number."""
    _, times = tx.effects.find(_effect_key(proposal, lead))
    return int(times) if times and times.isdecimal() else 0


def is_posted(tx: Tx, proposal: int, lead: str, number: int) -> bool:
    """Return whether a message with a proposal has been posted, as far as is known."""
    key, _ = _address(proposal, lead, number)
    was_begun, _ = tx.effects.find(f"message:{key}")
    return was_begun


def rewrite_board(tx: Tx, proposal: int, lead: str, at: datetime) -> None:
    """Rewrite the live message in which a lead sees a proposal."""
    _rewrite(tx, proposal, lead, count_repeats(tx, proposal, lead), at)


def refresh_board(tx: Tx, number: int, at: datetime) -> None:
    """Rewrite the board of a proposal for each lead."""
    proposal = tx.pairings.get_proposal(number)
    for lead in leads_of(tx, proposal.cohort) if proposal else ():
        rewrite_board(tx, number, lead.person, at)


def refresh_boards(tx: Tx, pairs: Sequence[Pair], at: datetime) -> None:
    """Rewrite the boards that show some pairs."""
    for proposal in sorted({pair.proposal for pair in pairs}):
        refresh_board(tx, proposal, at)


def _rewrite(tx: Tx, proposal: int, lead: str, number: int, at: datetime) -> None:
    key, about = _address(proposal, lead, number)
    outbox.rewrite_message(tx, key, BOARD, about, at)


def _address(proposal: int, lead: str, number: int) -> tuple[str, Json]:
    """Return the key and the content of a message. The first one has no number, as in earlier versions."""
    about: Json = {"proposal": proposal, "lead": lead}
    if number == 0:
        return f"pairing.board:{proposal}:{lead}", about
    return f"pairing.board:{proposal}:{lead}:{number}", {**about, "number": number}


def _effect_key(proposal: int, lead: str) -> str:
    return f"pairing.shown:{proposal}:{lead}"
