"""Looks up decision records by capstone, for the command line."""

from collections.abc import Mapping, Sequence

from bot.domain.decisions.records import Decision, DecisionState
from bot.domain.pull_requests.records import Capstone
from bot.errors import UserError
from bot.ports.store import Tx


def list_decisions(tx: Tx, capstone: str | None) -> Mapping[str, Sequence[Decision]]:
    """Return the decisions of one capstone (``owner/name``), or of all, by the capstone's name.

    Raises:
        UserError: there is no such capstone.
    """
    chosen = [_require_capstone(tx, capstone)] if capstone is not None else tx.capstones.all()
    return {found.full_name: tx.decisions.of(found.id, list(DecisionState)) for found in chosen}


def find_decision(tx: Tx, capstone: str, number: int) -> tuple[Capstone, Decision]:
    """Return a capstone and its decision with a number.

    Raises:
        UserError: there is no such capstone or decision.
    """
    found = _require_capstone(tx, capstone)
    decision = tx.decisions.by_number(found.id, number)
    if decision is None:
        raise UserError(
            f"{found.full_name} has no decision {number}.",
            "To see its decisions with their numbers, run `sensei decisions list --capstone "
            f"{found.full_name}`.",
        )
    return found, decision


def _require_capstone(tx: Tx, name: str) -> Capstone:
    found = tx.capstones.by_name(name)
    if found is None:
        raise UserError(
            f"{name!r} isn't an enrolled repository.",
            "To see the names of the enrolled repositories, run `sensei capstone list`.",
        )
    return found
