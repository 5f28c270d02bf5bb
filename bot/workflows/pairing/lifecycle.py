"""What happens to a pair from its proposal to the introduction; ``endings`` has the rest.

Each function is part of a transaction. If the pair's state does not allow the action, it changes nothing and
raises a UserError with the pair's state and the actions that are possible. What people are told are jobs.
Solving takes long and happens outside of transactions: ``bot.workflows.pairing.proposals``.

Callers check permissions before (``bot.domain.dojo.permissions``). Whether a pair is the sensei's own is
checked here as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.pairing.records import OPERATOR, Pair
from bot.domain.pairing.states import PairAction, PairState, next_state
from bot.errors import UserError
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.pairing import notices
from bot.workflows.pairing.eligibility import PairChecks
from bot.workflows.pairing.endings import search_again, shorten_reason
from bot.workflows.pairing.lookups import describe_pair, require_action, require_own_pair

VETO_WINDOW = timedelta(hours=24)
"""How long a sensei has to turn a pair down. No answer means yes."""


@dataclass(frozen=True, slots=True)
class ActionResult:
    """The result of an action on several pairs: those that it changed, and a sentence for each other."""

    done: tuple[Pair, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SwapResult:
    """The pairs that a swap made, and its change of the fit in points of a hundred, all together."""

    made: tuple[Pair, ...]
    change: int


def approve(tx: Tx, cohort: int, pairs: Sequence[int], by: str, at: datetime) -> ActionResult:
    """Approve pairs: each sensei is asked, and has a day to turn theirs down."""
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
        tx.jobs.add(Job(f"pairing.settle:{pair.id}", "pairing.settle", {"pair": pair.id}, at + VETO_WINDOW))
        checks.count_approved(pair)
        done.append(pair)
    notices.refresh_boards(tx, done, at)
    return ActionResult(tuple(done), tuple(refused))


def approve_all(tx: Tx, number: int, by: str, at: datetime) -> ActionResult:
    """Approve all pairs of a proposal that wait for a lead.

    Raises:
        UserError: no pair waits.
    """
    proposal = tx.pairings.get_proposal(number)
    waiting = [pair.id for pair in tx.pairings.by_proposal(number) if pair.state is PairState.PROPOSED]
    if proposal is None or not waiting:
        raise UserError(
            "Nothing of this proposal waits for approval. Nothing was changed.",
            "`/dojo pair` or `sensei pair propose` proposes pairs for participants without a sensei.",
        )
    return approve(tx, proposal.cohort, waiting, by, at)


def decline(tx: Tx, number: int, why: str, by: str, at: datetime) -> Pair:
    """Decline a proposed pair, or take back an approved one. Solving again finds another."""
    pair, state = require_action(tx, number, PairAction.DECLINE)
    tx.pairings.set_state(pair.id, state, at, shorten_reason(why))
    tx.audit(by, "pairing.decline", f"pair:{pair.id}")
    notices.refresh_pair(tx, pair, at)
    return pair


def lock(tx: Tx, number: int, by: str, at: datetime, *, locked: bool) -> Pair:
    """Lock a pair, so that solving again keeps it, or unlock it. Doing so twice is no error."""
    pair, _ = require_action(tx, number, PairAction.LOCK if locked else PairAction.UNLOCK)
    if pair.locked is not locked:
        tx.pairings.lock(pair.id, locked=locked)
        tx.audit(by, "pairing.lock" if locked else "pairing.unlock", f"pair:{pair.id}")
        notices.refresh_boards(tx, [pair], at)
    return pair


def swap_sensei(tx: Tx, number: int, sensei: str, by: str, at: datetime) -> SwapResult:
    """Replace a pair by one of the same participant with another sensei; it is locked and waits."""
    pair, _ = require_action(tx, number, PairAction.SWAP)
    if pair.sensei == sensei:
        raise UserError(
            f"{describe_pair(tx, pair)} has that sensei already. Nothing was changed.",
            "Name another sensei.",
        )
    checks = PairChecks(tx, pair.cohort, at.date())
    checks.require_free_sensei(pair.participant, sensei)
    return _replace_pairs(tx, [pair], {pair.participant: sensei}, checks, by, at)


def swap_pairs(tx: Tx, number: int, other_number: int, by: str, at: datetime) -> SwapResult:
    """Exchange the senseis of two pairs; both new pairs are locked and wait."""
    pair, _ = require_action(tx, number, PairAction.SWAP)
    other, _ = require_action(tx, other_number, PairAction.SWAP, cohort=pair.cohort)
    if pair.sensei == other.sensei:
        raise UserError(
            "Both pairs are with the same sensei, so there is nothing to swap. Nothing was changed.",
            "Name pairs of two senseis.",
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
    """Replace pairs by new ones of the same participants; ``senseis`` maps each to their new sensei."""
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
    return SwapResult(tuple(made), change)


def accept(tx: Tx, number: int, by: str, at: datetime) -> Pair:
    """Accept an approved pair for its sensei: both are introduced."""
    pair = require_own_pair(tx, number, by)
    _, state = require_action(tx, pair.id, PairAction.ACCEPT)
    tx.audit(by, "pairing.accept", f"pair:{pair.id}")
    return _activate(tx, pair, state, at)


def settle(tx: Tx, number: int, at: datetime) -> bool:
    """Introduce an approved pair whose sensei has not answered in time; return whether it is active now."""
    pair = tx.pairings.get(number)
    state = next_state(PairAction.SETTLE, pair.state) if pair else None
    if pair is None or state is None or at < pair.changed_at + VETO_WINDOW:
        return False
    tx.audit(OPERATOR, "pairing.settle", f"pair:{pair.id}")
    return _activate(tx, pair, state, at).state is PairState.ACTIVE


def _activate(tx: Tx, pair: Pair, state: PairState, at: datetime) -> Pair:
    """Make a pair active. If it has been barred since it was proposed, look for another sensei instead."""
    barred = PairChecks(tx, pair.cohort, at.date()).bars(pair.participant, pair.sensei)
    if barred:
        tx.pairings.set_state(pair.id, PairState.REPLACED, at)
        tx.audit(OPERATOR, "pairing.barred", f"pair:{pair.id}")
        search_again(tx, pair.cohort, [pair.participant], pair.id, at)
    else:
        tx.pairings.set_state(pair.id, state, at)
        tx.capstones.set_sensei(pair.cohort, pair.participant, pair.sensei)
        notices.introduce(tx, pair, at)
        notices.refresh_pair_homes(tx, pair, at)
    notices.refresh_pair(tx, pair, at)
    return tx.pairings.get(pair.id) or pair


def veto(tx: Tx, number: int, why: str, by: str, at: datetime) -> Pair:
    """Turn an approved pair down for its sensei. It is never proposed again, and another sensei is sought."""
    pair = require_own_pair(tx, number, by)
    _, state = require_action(tx, pair.id, PairAction.VETO)
    if not why.strip():
        raise UserError(
            "Why not this one? Nothing was changed.", "Please say it in a few words; only the leads read it."
        )
    tx.pairings.set_state(pair.id, state, at, shorten_reason(why))
    tx.audit(by, "pairing.veto", f"pair:{pair.id}")
    search_again(tx, pair.cohort, [pair.participant], pair.id, at)
    notices.refresh_pair(tx, pair, at)
    return pair
