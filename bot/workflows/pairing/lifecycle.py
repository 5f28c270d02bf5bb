"""What becomes of pairs: every step from a proposal to an introduction, and to its end.

Each function is part of a transaction in which nobody is talked to. It finds a pair in the state in which it
may be done, or changes nothing and raises a UserError that says where the pair is and what is possible. What
people are to be told are jobs. Solving takes long and is done outside: ``bot.workflows.pairing.proposals``.

Who may do what is asked before (``bot.domain.dojo.permissions``); whose pair it is, is seen to here as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.dojo.people import CohortRole, EnrolmentState, Member
from bot.domain.pairing.records import OPERATOR, Pair
from bot.domain.pairing.states import PairAction, PairState, next_state
from bot.errors import UserError
from bot.ports.engine import Json
from bot.ports.store import Job, Tx
from bot.rendering.pairing.wording import next_step, where
from bot.rendering.text.safe_text import one_line
from bot.workflows.chat import outbox
from bot.workflows.chat.addresses import chat_address
from bot.workflows.chat.home_refresh import refresh_homes_with_leads
from bot.workflows.pairing.eligibility import PairChecks

ASK, BOARD, INTRODUCTION = "pairing.ask", "pairing.board", "pairing.introduction"
ENDED, LEFT, UNREACHABLE = "pairing.ended", "pairing.left", "pairing.unreachable"
"""Kinds of messages; ``bot.workflows.pairing.chat`` has their words."""
VETO_WINDOW = timedelta(hours=24)
"""How long a sensei has to say that somebody is not the one. Who says nothing agrees."""
MOST_WORDS = 1000
"""Characters of a reason that are kept; the forms take no more."""


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What came of an act on several pairs: those that it was done with, and a sentence for each other."""

    done: tuple[Pair, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SwapResult:
    """The pairs that a swap made, and what it changed in points of a hundred, all together."""

    made: tuple[Pair, ...]
    change: int


def approve(tx: Tx, cohort: int, pairs: Sequence[int], by: str, at: datetime) -> ActionResult:
    """Approve pairs: each sensei is asked, and has a day to turn theirs down."""
    done, refused = [], []
    checks = PairChecks(tx, cohort, at.date())
    for number in dict.fromkeys(pairs):
        try:
            pair, state = require_action(tx, number, PairAction.APPROVE, cohort=cohort)
            checks.possible(pair)
        except UserError as error:
            refused.append(str(error))
            continue
        tx.pairings.set(pair.id, state, at)
        tx.audit(by, "pairing.approve", f"pair:{pair.id}")
        outbox.send_message(tx, ask_key(pair.id), ASK, {"pair": pair.id}, at)
        tx.jobs.add(Job(f"pairing.settle:{pair.id}", "pairing.settle", {"pair": pair.id}, at + VETO_WINDOW))
        checks.taken(pair)
        done.append(pair)
    _show_boards(tx, done, at)
    return ActionResult(tuple(done), tuple(refused))


def approve_all(tx: Tx, proposal: int, by: str, at: datetime) -> ActionResult:
    """Approve what waits of a proposal.

    Raises:
        UserError: nothing of it waits.
    """
    it = tx.pairings.proposal(proposal)
    waiting = [pair.id for pair in tx.pairings.of_proposal(proposal) if pair.state is PairState.PROPOSED]
    if it is None or not waiting:
        raise UserError(
            "Nothing of this proposal waits for approval. Nothing was changed.",
            "`/dojo pair` or `sensei pair propose` proposes for who has nobody.",
        )
    return approve(tx, it.cohort, waiting, by, at)


def decline(tx: Tx, pair: int, why: str, by: str, at: datetime) -> Pair:
    """Decline a pair, or take back one of which the sensei was asked; solving again finds another."""
    it, state = require_action(tx, pair, PairAction.DECLINE)
    tx.pairings.set(it.id, state, at, _kept(why))
    tx.audit(by, "pairing.decline", f"pair:{it.id}")
    _show(tx, it, at)
    return it


def lock(tx: Tx, pair: int, by: str, at: datetime, *, locked: bool) -> Pair:
    """Let solving again keep a pair, or not. The same again is no error."""
    it, _ = require_action(tx, pair, PairAction.LOCK if locked else PairAction.UNLOCK)
    if it.locked is not locked:
        tx.pairings.lock(it.id, locked=locked)
        tx.audit(by, "pairing.lock" if locked else "pairing.unlock", f"pair:{it.id}")
        _show_boards(tx, [it], at)
    return it


def swap_sensei(tx: Tx, pair: int, sensei: str, by: str, at: datetime) -> SwapResult:
    """Put a pair of the same participant with another sensei in a pair's place; it is locked and waits."""
    it, _ = require_action(tx, pair, PairAction.SWAP)
    if it.sensei == sensei:
        raise UserError(f"{_name(tx, it)} is that already. Nothing was changed.", "Name another sensei.")
    checks = PairChecks(tx, it.cohort, at.date())
    checks.with_sensei(it.participant, sensei)
    return _swapped(tx, [it], {it.participant: sensei}, checks, by, at)


def swap_pairs(tx: Tx, pair: int, other: int, by: str, at: datetime) -> SwapResult:
    """Let the participants of two pairs change places; both new pairs are locked and wait."""
    one, _ = require_action(tx, pair, PairAction.SWAP)
    two, _ = require_action(tx, other, PairAction.SWAP, cohort=one.cohort)
    if one.sensei == two.sensei:
        raise UserError(
            "Both pairs are with the same sensei, so there is nothing to swap. Nothing was changed.",
            "Name pairs of two senseis.",
        )
    checks = PairChecks(tx, one.cohort, at.date())
    checks.unbarred(one.participant, two.sensei)
    checks.unbarred(two.participant, one.sensei)
    to = {one.participant: two.sensei, two.participant: one.sensei}
    return _swapped(tx, [one, two], to, checks, by, at)


def _swapped(  # noqa: PLR0913, PLR0917 - what goes, what comes, and who did it
    tx: Tx, gone: Sequence[Pair], to: Mapping[str, str], checks: PairChecks, by: str, at: datetime
) -> SwapResult:
    made, change = [], 0
    for it in gone:
        tx.pairings.set(it.id, PairState.REPLACED, at)
    for it in gone:
        worth = checks.worth(it.participant, to[it.participant])
        new = tx.pairings.add(
            it.proposal, it.participant, to[it.participant], fit=worth.fit, reasons=worth.reasons, at=at
        )
        tx.pairings.lock(new.id, locked=True)
        change += worth.fit - checks.worth(it.participant, it.sensei).fit
        tx.audit(by, "pairing.swap", f"pair:{it.id}", to=new.id)
        made.append(tx.pairings.get(new.id) or new)
        _show(tx, it, at)
    return SwapResult(tuple(made), change)


def accept(tx: Tx, pair: int, by: str, at: datetime) -> Pair:
    """Let the sensei of an approved pair agree: both are introduced."""
    it = require_own_pair(tx, pair, by)
    _, state = require_action(tx, it.id, PairAction.ACCEPT)
    tx.audit(by, "pairing.accept", f"pair:{it.id}")
    return _activate(tx, it, state, at)


def settle(tx: Tx, pair: int, at: datetime) -> bool:
    """Take a sensei's silence for agreement once their time is over; False where it cannot be."""
    it = tx.pairings.get(pair)
    state = next_state(PairAction.SETTLE, it.state) if it else None
    if it is None or state is None or at < it.changed_at + VETO_WINDOW:
        return False
    tx.audit(OPERATOR, "pairing.settle", f"pair:{it.id}")
    return _activate(tx, it, state, at).state is PairState.ACTIVE


def _activate(tx: Tx, it: Pair, state: PairState, at: datetime) -> Pair:
    """Make a pair, unless something came between that must not be: then look for somebody else."""
    barred = PairChecks(tx, it.cohort, at.date()).bars(it.participant, it.sensei)
    if barred:
        tx.pairings.set(it.id, PairState.REPLACED, at)
        tx.audit(OPERATOR, "pairing.barred", f"pair:{it.id}")
        propose_anew(tx, it.cohort, [it.participant], it.id, at)
    else:
        tx.pairings.set(it.id, state, at)
        tx.capstones.taught(it.cohort, it.participant, it.sensei)
        outbox.send_message(tx, f"pairing.introduction:{it.id}", INTRODUCTION, {"pair": it.id}, at)
        if not all(chat_address(tx, person) for person in (it.participant, it.sensei)):
            _tell_leads(tx, it.cohort, f"{UNREACHABLE}:{it.id}", {"pair": it.id}, at)
        _homes(tx, it, at)
    _show(tx, it, at)
    return tx.pairings.get(it.id) or it


def veto(tx: Tx, pair: int, why: str, by: str, at: datetime) -> Pair:
    """Let the sensei of an approved pair turn it down; it is never found again, and another is looked for."""
    it = require_own_pair(tx, pair, by)
    _, state = require_action(tx, it.id, PairAction.VETO)
    if not why.strip():
        raise UserError(
            "Why is it not this one? Nothing was changed.", "Say it in a few words; leads alone read it."
        )
    tx.pairings.set(it.id, state, at, _kept(why))
    tx.audit(by, "pairing.veto", f"pair:{it.id}")
    propose_anew(tx, it.cohort, [it.participant], it.id, at)
    _show(tx, it, at)
    return it


def end(tx: Tx, pair: int, why: str, by: str, at: datetime) -> Pair:
    """Let a lead end a pair that is introduced; another sensei is looked for."""
    it, state = require_action(tx, pair, PairAction.END)
    part_pair(tx, it, state, why, by, "pairing.end", at)
    propose_anew(tx, it.cohort, [it.participant], it.id, at)
    return it


def change(tx: Tx, participant: str, cohort: int, why: str, at: datetime) -> Pair:
    """Let a participant ask for another sensei: leads alone read why, and the two are not paired again.

    The participant can take that back where they see whom they asked not to be paired with.

    Raises:
        UserError: they have no sensei yet, or no word stands in the reason.
    """
    it = pair_of(tx, participant, cohort)
    if it is None:
        raise UserError(
            "You have no sensei yet, so there is nothing to change.",
            "Your lead sees who still waits for one.",
        )
    if not why.strip():
        raise UserError(
            "What would help you more? Nothing was changed.", "Say it in a few words; leads alone read it."
        )
    _, state = require_action(tx, it.id, PairAction.CHANGE)
    tx.members.never(cohort, participant, it.sensei, "Asked for another sensei.", at)
    part_pair(tx, it, state, why, participant, "pairing.change", at)
    propose_anew(tx, cohort, [participant], it.id, at)
    return it


def end_pairs_of(tx: Tx, person: str, cohort: int, at: datetime) -> tuple[Pair, ...]:
    """End the pairs of who has paused or left a cohort, whichever side they were on, and keep all others.

    Called once the enrolment says so. Whose sensei it was gets another one proposed; leads are told.
    """
    parted = []
    concerned = []
    there = {one.person for one in tx.members.of(cohort) if one.state is EnrolmentState.ACTIVE}
    for it in tx.pairings.going_on(cohort):
        if person not in {it.participant, it.sensei}:
            continue
        state = next_state(PairAction.PART, it.state)
        if state is None:
            continue
        part_pair(tx, it, state, "", person, "pairing.part", at)
        parted.append(it)
        if it.participant != person and it.participant in there:
            concerned.append(it.participant)
    if parted:
        last = max(it.id for it in parted)
        about = {"cohort": cohort, "person": person, "pairs": [it.id for it in parted]}
        _tell_leads(tx, cohort, f"{LEFT}:{last}", about, at)
        propose_anew(tx, cohort, concerned, last, at)
    return tuple(parted)


def end_barred_pairs(tx: Tx, cohort: int, at: datetime) -> tuple[Pair, ...]:
    """End the pairs that must not be any more, once somebody has asked in confidence; nobody is told why."""
    forbidden = tx.members.forbidden(cohort)
    parted = []
    for it in tx.pairings.going_on(cohort):
        state = next_state(PairAction.PART, it.state)
        if state is not None and (it.participant, it.sensei) in forbidden:
            part_pair(tx, it, state, "", OPERATOR, "pairing.barred", at)
            parted.append(it)
    if parted:
        names = [it.participant for it in parted]
        propose_anew(tx, cohort, names, max(it.id for it in parted), at)
    return tuple(parted)


def propose_anew(tx: Tx, cohort: int, participants: Sequence[str], after: int, at: datetime) -> None:
    """Let somebody be looked for, for some participants alone, once ``after`` a pair has come to its end.

    What the job is called tells not how: people are given what is kept of them, and that is not all theirs.
    """
    if participants:
        argument = {"cohort": cohort, "by": OPERATOR, "only": sorted(participants)}
        tx.jobs.add(Job(f"pairing.propose:{cohort}:after.{after}", "pairing.propose", argument, at))


def part_pair(  # noqa: PLR0913, PLR0917 - a pair, and how it ends
    tx: Tx, it: Pair, state: PairState, why: str, by: str, action: str, at: datetime
) -> None:
    """End a pair: its sides are told where they were introduced, and the capstone has no sensei any more."""
    tx.pairings.set(it.id, state, at, _kept(why))
    tx.audit(by, action, f"pair:{it.id}")
    if it.state is PairState.ACTIVE:
        tx.capstones.taught(it.cohort, it.participant, None)
        for side, person in (("participant", it.participant), ("sensei", it.sensei)):
            if person != by and _is_there(tx, it.cohort, person):
                about = {"pair": it.id, "side": side}
                outbox.send_message(tx, f"{ENDED}:{it.id}:{side}", ENDED, about, at)
        _homes(tx, it, at)
    _show(tx, it, at)


def require_action(tx: Tx, pair: int, act: PairAction, cohort: int | None = None) -> tuple[Pair, PairState]:
    """Return a pair and the state that follows.

    Raises:
        UserError: there is none of this id, or the act is not to be done where it is.
    """
    it = tx.pairings.get(pair)
    if it is None or (cohort is not None and it.cohort != cohort):
        raise UserError(
            f"There is no pair {pair} in this cohort. Nothing was changed."
            if cohort is not None
            else f"There is no pair {pair}. Nothing was changed.",
            "`sensei pair show` lists the pairs that there are.",
        )
    state = next_state(act, it.state)
    if state is None:
        raise UserError(f"{_name(tx, it)} {where(it.state)}. Nothing was changed.", next_step(it.state))
    return it, state


def require_own_pair(tx: Tx, pair: int, by: str) -> Pair:
    """Return a pair whose sensei somebody is.

    Raises:
        UserError: they are not.
    """
    it = tx.pairings.get(pair)
    if it is None or it.sensei != by:
        raise UserError(
            "That pair is not yours to answer for. Nothing was changed.", "`/dojo status` shows yours."
        )
    return it


def _name(tx: Tx, it: Pair) -> str:
    names = names_of(tx, it.cohort)
    return f"Pair {it.id}, {one_line(names[it.participant])} with {one_line(names[it.sensei])},"


class PersonNames(dict[str, str]):
    """Names by person; somebody who is not known any more has one as well."""

    def __missing__(self, person: str) -> str:
        return "somebody who is gone"


def names_of(tx: Tx, cohort: int) -> PersonNames:
    """Return the names of a cohort's people."""
    return PersonNames({one.person: one.name for one in tx.members.of(cohort)})


def leads_of(tx: Tx, cohort: int) -> list[Member]:
    """Return the leads who are there."""
    return [one for one in tx.members.of(cohort, CohortRole.LEAD) if one.state is EnrolmentState.ACTIVE]


def pair_of(tx: Tx, participant: str, cohort: int) -> Pair | None:
    """Return a participant's active pair."""
    return next(
        (
            it
            for it in tx.pairings.of_person(participant)
            if it.cohort == cohort and it.participant == participant and it.state is PairState.ACTIVE
        ),
        None,
    )


def _is_there(tx: Tx, cohort: int, person: str) -> bool:
    return any(
        one.cohort == cohort and one.state is not EnrolmentState.LEFT for one in tx.members.roles(person)
    )


def _kept(why: str) -> str:
    return why.strip()[:MOST_WORDS]


def _show(tx: Tx, it: Pair, at: datetime) -> None:
    """Let what was shown of a pair be shown as it is now: to leads, and to the sensei who was asked."""
    _show_boards(tx, [it], at)
    if it.state in {PairState.APPROVED, PairState.ACTIVE}:
        outbox.rewrite_message(tx, ask_key(it.id), ASK, {"pair": it.id}, at)


def _show_boards(tx: Tx, pairs: Sequence[Pair], at: datetime) -> None:
    for proposal in sorted({it.proposal for it in pairs}):
        show_board(tx, proposal, at)


def show_board(tx: Tx, proposal: int, at: datetime) -> None:
    """Let a proposal be shown to the leads as it is now."""
    it = tx.pairings.proposal(proposal)
    for lead in leads_of(tx, it.cohort) if it else ():
        about = {"proposal": proposal, "lead": lead.person}
        outbox.rewrite_message(tx, board_key(proposal, lead.person), BOARD, about, at)


def ask_key(pair: int) -> str:
    """Return the key of the message in which a sensei is asked about a pair."""
    return f"pairing.ask:{pair}"


def board_key(proposal: int, lead: str) -> str:
    """Return the key of the message in which a lead sees a proposal."""
    return f"pairing.board:{proposal}:{lead}"


def _tell_leads(tx: Tx, cohort: int, key: str, about: Json, at: datetime) -> None:
    """Send each lead a message of their own; the key begins with its kind."""
    kind = key.partition(":")[0]
    for lead in leads_of(tx, cohort):
        outbox.send_message(tx, f"{key}:{lead.person}", kind, {**about, "lead": lead.person}, at)


def _homes(tx: Tx, it: Pair, at: datetime) -> None:
    refresh_homes_with_leads(tx, it.cohort, (it.participant, it.sensei), at)
