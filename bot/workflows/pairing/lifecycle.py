"""Takes a pair from its proposal to the introduction; ``endings`` does the rest.

Each function runs inside a transaction. If the pair's state does not allow the action, the function changes
nothing and raises a UserError that names the state and the possible actions. Messages to people are added as
jobs. Solving is slow and happens outside transactions: ``bot.workflows.pairing.proposals``.

Callers must check permissions first (``bot.domain.dojo.permissions``). This module also checks that senseis
act only on their own pairs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.pairing.parties import may_see
from bot.domain.pairing.records import OPERATOR, Pair
from bot.domain.pairing.states import PairAction, PairState, next_state
from bot.errors import UserError
from bot.ports.store import Tx
from bot.workflows.pairing import deadlines, notices
from bot.workflows.pairing.boards import refresh_boards
from bot.workflows.pairing.eligibility import PairChecks
from bot.workflows.pairing.endings import search_again, shorten_reason
from bot.workflows.pairing.lookups import describe_pair, require_action, require_own_pair
from bot.workflows.triage.deliveries import deliver_again


@dataclass(frozen=True, slots=True)
class ActionResult:
    """The result of an action on several pairs: the changed pairs, and a sentence for each refused pair."""

    done: tuple[Pair, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SwapResult:
    """The pairs that a swap created, and the total change in fit in percentage points."""

    made: tuple[Pair, ...]
    change: int


def approve(tx: Tx, cohort: int, pairs: Sequence[int], by: str, at: datetime) -> ActionResult:
    """Approve pairs. Each sensei is asked, and has 24 of their working hours to turn the pair down."""
    done, refused = [], []
    checks = PairChecks(tx, cohort, at.date())
    for number in dict.fromkeys(pairs):
        try:
            pair, state = require_action(tx, number, PairAction.APPROVE, cohort=cohort)
            checks.require_approvable(pair)
        except UserError as error:
            refused.append(str(error))
            continue
        tx.pairings.set_state(pair.id, state, at)
        tx.audit(by, "pairing.approve", f"pair:{pair.id}")
        notices.ask_sensei(tx, pair, at)
        deadlines.start_waiting(tx, pair, at)
        checks.count_approved(pair)
        done.append(pair)
    refresh_boards(tx, done, at)
    notices.refresh_pair_homes(tx, cohort, done, at)
    return ActionResult(tuple(done), tuple(refused))


def approve_all(tx: Tx, number: int, by: str, at: datetime) -> ActionResult:
    """Approve all pairs of a proposal that are waiting for a lead, except the lead's own as a participant.

    Raises:
        UserError: no pair is waiting.
    """
    proposal = tx.pairings.get_proposal(number)
    waiting = [
        pair.id
        for pair in tx.pairings.by_proposal(number)
        if pair.state is PairState.PROPOSED and may_see(pair, by)
    ]
    if proposal is None or not waiting:
        raise UserError(
            "No pair in this proposal is waiting for approval. Nothing was changed.",
            "To propose pairs for participants without a sensei, use `/dojo pair` or `sensei pair propose`.",
        )
    return approve(tx, proposal.cohort, waiting, by, at)


def decline(tx: Tx, number: int, why: str, by: str, at: datetime) -> Pair:
    """Decline a proposed pair, or take back an approved one. Solving again finds another sensei."""
    pair, state = require_action(tx, number, PairAction.DECLINE)
    tx.pairings.set_state(pair.id, state, at, shorten_reason(why))
    tx.audit(by, "pairing.decline", f"pair:{pair.id}")
    notices.refresh_pair(tx, pair, at)
    return pair


def lock(tx: Tx, number: int, by: str, at: datetime, *, locked: bool) -> Pair:
    """Lock a pair, so that solving again doesn't change it, or unlock it. Both are idempotent."""
    pair, _ = require_action(tx, number, PairAction.LOCK if locked else PairAction.UNLOCK)
    if pair.locked is not locked:
        tx.pairings.lock(pair.id, locked=locked)
        tx.audit(by, "pairing.lock" if locked else "pairing.unlock", f"pair:{pair.id}")
        refresh_boards(tx, [pair], at)
    return pair


def swap_sensei(tx: Tx, number: int, sensei: str, by: str, at: datetime) -> SwapResult:
    """Replace a pair's sensei. The new pair is locked and waits for a lead."""
    pair, _ = require_action(tx, number, PairAction.SWAP)
    if pair.sensei == sensei:
        raise UserError(
            f"{describe_pair(tx, pair)} already has that sensei. Nothing was changed.",
            "Choose another sensei.",
        )
    checks = PairChecks(tx, pair.cohort, at.date())
    checks.require_free_sensei(pair.participant, sensei)
    return _replace_pairs(tx, [pair], {pair.participant: sensei}, checks, by, at)


def swap_pairs(tx: Tx, number: int, other_number: int, by: str, at: datetime) -> SwapResult:
    """Exchange the senseis of two pairs. Both new pairs are locked and wait for a lead."""
    pair, _ = require_action(tx, number, PairAction.SWAP)
    other, _ = require_action(tx, other_number, PairAction.SWAP, cohort=pair.cohort)
    if pair.sensei == other.sensei:
        raise UserError(
            "Both pairs have the same sensei, so there is nothing to swap. Nothing was changed.",
            "Choose two pairs with different senseis.",
        )
    checks = PairChecks(tx, pair.cohort, at.date())
    checks.require_unbarred(pair.participant, other.sensei)
    checks.require_unbarred(other.participant, pair.sensei)
    senseis = {pair.participant: other.sensei, other.participant: pair.sensei}
    return _replace_pairs(tx, [pair, other], senseis, checks, by, at)


def _replace_pairs(  # noqa: PLR0913, PLR0917 - the pairs before and after, and who did it
    tx: Tx,
    replaced: Sequence[Pair],
    senseis: Mapping[str, str],
    checks: PairChecks,
    by: str,
    at: datetime,
) -> SwapResult:
    """Replace pairs with new ones for the same participants. ``senseis`` gives the new senseis."""
    made, change = [], 0
    for pair in replaced:
        tx.pairings.set_state(pair.id, PairState.REPLACED, at)
    for pair in replaced:
        sensei = senseis[pair.participant]
        rating = checks.rate(pair.participant, sensei)
        new = tx.pairings.add(
            pair.proposal, pair.participant, sensei, fit=rating.fit, reasons=rating.reasons, at=at
        )
        tx.pairings.lock(new.id, locked=True)
        change += rating.fit - checks.rate(pair.participant, pair.sensei).fit
        tx.audit(by, "pairing.swap", f"pair:{pair.id}", to=new.id)
        made.append(tx.pairings.get(new.id) or new)
        notices.refresh_pair(tx, pair, at)
        notices.refresh_pair_homes(tx, pair.cohort, [new], at)
    return SwapResult(tuple(made), change)


def accept(tx: Tx, number: int, by: str, at: datetime) -> Pair:
    """Accept an approved pair on behalf of its sensei, and introduce the two."""
    pair = require_own_pair(tx, number, by)
    _, state = require_action(tx, pair.id, PairAction.ACCEPT)
    tx.audit(by, "pairing.accept", f"pair:{pair.id}")
    return _activate(tx, pair, state, at)


def settle(tx: Tx, number: int, at: datetime) -> bool:
    """Introduce an approved pair whose sensei didn't answer in time. Return whether it is now active."""
    pair = tx.pairings.get(number)
    state = next_state(PairAction.SETTLE, pair.state) if pair else None
    if pair is None or state is None:
        return False
    pair = deadlines.extend_deadline(tx, pair, at)
    if at < pair.deadline:
        deadlines.settle_later(tx, pair, at)
        return False
    tx.audit(OPERATOR, "pairing.settle", f"pair:{pair.id}")
    return _activate(tx, pair, state, at).state is PairState.ACTIVE


def _activate(tx: Tx, pair: Pair, state: PairState, at: datetime) -> Pair:
    """Make a pair active. If it has become forbidden since the proposal, look for another sensei."""
    barred = PairChecks(tx, pair.cohort, at.date()).bars(pair.participant, pair.sensei)
    if barred:
        tx.pairings.set_state(pair.id, PairState.REPLACED, at)
        tx.audit(OPERATOR, "pairing.barred", f"pair:{pair.id}")
        search_again(tx, pair.cohort, [pair.participant], pair.id, at)
    else:
        tx.pairings.set_state(pair.id, state, at)
        tx.capstones.set_sensei(pair.cohort, pair.participant, pair.sensei)
        notices.introduce(tx, pair, at)
        deliver_again(tx, pair.cohort, [pair.participant], at)
    notices.refresh_pair(tx, pair, at)
    return tx.pairings.get(pair.id) or pair


def veto(tx: Tx, number: int, why: str, by: str, at: datetime) -> Pair:
    """Turn a pair down on behalf of its sensei. Never propose it again, and look for another sensei."""
    pair = require_own_pair(tx, number, by)
    _, state = require_action(tx, pair.id, PairAction.VETO)
    if not why.strip():
        raise UserError(
            "The reason is missing. Nothing was changed.",
            "Say in a few words why this isn't a good match. The participant can't read it.",
        )
    tx.pairings.set_state(pair.id, state, at, shorten_reason(why))
    tx.audit(by, "pairing.veto", f"pair:{pair.id}")
    search_again(tx, pair.cohort, [pair.participant], pair.id, at)
    notices.refresh_pair(tx, pair, at)
    return pair
