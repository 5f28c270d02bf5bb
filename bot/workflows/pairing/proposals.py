"""Proposing pairs: read, solve outside of any transaction, and write if what counts is as it was.

A thousand participants take two seconds to solve, in which nobody's writing is held up. Where something that
the solution rests on has changed meanwhile, it is solved again.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.domain.pairing.fit import Fit
from bot.domain.pairing.problem import AllowedChange, PairingProblem
from bot.domain.pairing.records import OPERATOR, Proposal, UnassignedParticipant
from bot.domain.pairing.solver import Solver
from bot.domain.pairing.states import PairState
from bot.domain.pairing.unassigned import explain_unassigned
from bot.errors import UserError
from bot.ports.engine import AGAIN, Json, Steps
from bot.ports.store import Store, Tx
from bot.rendering.pairing.wording import NO_PROFILE, blame_of
from bot.workflows.chat import outbox
from bot.workflows.pairing.eligibility import CohortRows, fit_of, read_rows
from bot.workflows.pairing.explanations import WhyQuestion, explain_solved, problem_of
from bot.workflows.pairing.lifecycle import BOARD, board_key, leads_of, part_pair, settle, show_board

MOST_TRIES = 5
NOTHING_NEW, WHY = "pairing.nothing_new", "pairing.why"


@dataclass(frozen=True, slots=True)
class ProposalRequest:
    """What is to be proposed. ``only`` are the participants concerned, None: all who have no sensei.

    ``again`` changes as few of the pairs that wait as can be. ``everybody`` reconsiders active pairs as well.
    """

    cohort: int
    by: str
    only: tuple[str, ...] | None = None
    again: bool = False
    everybody: bool = False


@dataclass(frozen=True, slots=True)
class CohortSnapshot:
    """What a solution rests on: ``print`` is the same as long as all of it is."""

    rows: CohortRows
    problem: PairingProblem
    concerned: tuple[str, ...]
    without_profile: tuple[str, ...]
    print: str


@dataclass(frozen=True, slots=True)
class SolvedProposal:
    """A solution for those concerned, as JSON keeps it: pairs as (participant, sensei, fit, reasons)."""

    print: str
    pairs: tuple[tuple[str, str, int, tuple[dict[str, Any], ...]], ...]
    unassigned: tuple[tuple[str, str], ...]


def read_situation(tx: Tx, wish: ProposalRequest, day: date) -> CohortSnapshot:
    """Read what a solution rests on.

    Who is concerned: active participants without an active or approved pair. All other pairs are locked, and
    so are those that a lead has locked.
    """
    sure = {PairState.APPROVED} if wish.everybody else {PairState.ACTIVE, PairState.APPROVED}
    going_on = tx.pairings.going_on(wish.cohort)
    fixed = {it.participant for it in going_on if it.state in sure}
    active = [
        one
        for one in tx.members.of(wish.cohort, CohortRole.PARTICIPANT)
        if one.state is EnrolmentState.ACTIVE and one.person not in fixed
    ]
    if wish.only is not None:
        active = [one for one in active if one.person in wish.only]
    concerned = sorted(one.person for one in active if one.profile)
    without = sorted(one.person for one in active if not one.profile)
    known = read_rows(tx, wish.cohort, concerned)
    waiting = {it.participant: it.sensei for it in going_on}
    locked = {it.participant: it.sensei for it in going_on if it.participant not in concerned or it.locked}
    problem = known.problem(
        day,
        current=waiting if wish.again else known.standing(),
        locked=locked,
        change=AllowedChange.FEWEST if wish.again else AllowedChange.FREE,
    )
    return CohortSnapshot(
        known, problem, tuple(concerned), tuple(without), _print(problem, concerned, without, known)
    )


def _print(
    problem: PairingProblem, concerned: Sequence[str], without: Sequence[str], known: CohortRows
) -> str:
    """Digest what a solution rests on; names, and all that changes no pair, are no part of it."""
    people = [
        (
            one.id,
            one.paused,
            one.profile.hours,
            sorted(one.profile.skills.items()),
            sorted(one.profile.stacks),
            one.profile.prefers,
            one.profile.capacity,
        )
        for one in sorted((*problem.participants, *problem.senseis), key=lambda one: one.id)
    ]
    rest = (
        problem.week,
        problem.weights,
        problem.minimum_hours,
        sorted(sorted(pair) for pair in problem.confidential),
        sorted(problem.vetoed),
        sorted(problem.current.items()),
        sorted(problem.locked.items()),
        problem.change,
        sorted((it.id, it.state, it.locked) for it in known.going_on),
        list(concerned),
        list(without),
    )
    return hashlib.sha256(repr((people, rest)).encode()).hexdigest()


def solve(it: CohortSnapshot) -> SolvedProposal:
    """Solve, and say of each who is left why."""
    matcher = Solver(it.problem)
    found = matcher.solve()
    # Continuity counts between those who know each other, not between those who were merely proposed.
    fit = Fit(it.rows.problem(it.problem.week, current=it.rows.standing()))
    wanted = set(it.concerned)
    pairs = []
    for pair in found.pairs:
        if pair.participant in wanted:
            worth = fit_of(fit, it.rows.weights, pair.participant, pair.sensei)
            pairs.append((pair.participant, pair.sensei, worth.fit, worth.reasons))
    left = [(one, NO_PROFILE) for one in it.without_profile]
    left += [
        (one.participant, blame_of(one))
        for one in explain_unassigned(matcher, found)
        if one.participant in wanted
    ]
    return SolvedProposal(it.print, tuple(pairs), tuple(sorted(left)))


def write(tx: Tx, wish: ProposalRequest, found: SolvedProposal, at: datetime) -> Json:
    """Write a solution if what it rests on is as it was.

    Its outcome is ``changed``, ``same`` (nothing new), ``nobody`` (to be paired) or ``proposed``.
    """
    now = read_situation(tx, wish, at.date())
    if now.print != found.print:
        return {"outcome": "changed"}
    stands = now.rows.standing()
    new = [pair for pair in found.pairs if stands.get(pair[0]) != pair[1]]
    if not new and all(one in stands for one, _ in found.unassigned):
        return {"outcome": "nobody"}
    latest = tx.pairings.latest(wish.cohort)
    waiting = {it.participant: it.sensei for it in now.rows.going_on if it.state is PairState.PROPOSED}
    as_before = {participant: sensei for participant, sensei, _, _ in found.pairs}
    if (
        wish.only is None
        and not wish.everybody
        and as_before == waiting
        and latest
        and {(one.participant, one.blame) for one in latest.unassigned} == set(found.unassigned)
    ):
        return {"outcome": "same", "proposal": latest.id}
    return {"outcome": "proposed", "proposal": _write(tx, wish, found, now, at).id}


def _write(
    tx: Tx, wish: ProposalRequest, found: SolvedProposal, now: CohortSnapshot, at: datetime
) -> Proposal:
    before = {it.participant: it for it in now.rows.going_on}
    stay = {it.participant for it in before.values() if it.state is PairState.ACTIVE}
    left = tuple(UnassignedParticipant(one, blamed) for one, blamed in found.unassigned if one not in stay)
    proposal = tx.pairings.propose(wish.cohort, wish.by, at, left)
    for participant in {one for one, _ in found.unassigned} & before.keys():
        if before[participant].state is PairState.PROPOSED:
            tx.pairings.set(before[participant].id, PairState.REPLACED, at)
    for participant, sensei, fit, reasons in found.pairs:
        old = before.get(participant)
        if old and old.state is PairState.ACTIVE:
            if old.sensei == sensei:
                continue
            part_pair(tx, old, PairState.ENDED, "", wish.by, "pairing.end", at)
        made = tx.pairings.add(proposal.id, participant, sensei, fit=fit, reasons=reasons, at=at)
        if old and old.locked and old.sensei == sensei:
            tx.pairings.lock(made.id, locked=True)
    tx.audit(wish.by, "pairing.propose", f"cohort:{wish.cohort}", proposal=proposal.id)
    for lead in leads_of(tx, wish.cohort):
        about = {"proposal": proposal.id, "lead": lead.person}
        outbox.send_message(tx, board_key(proposal.id, lead.person), BOARD, about, at)
    for old_proposal in sorted({it.proposal for it in before.values() if it.state is PairState.PROPOSED}):
        show_board(tx, old_proposal, at)
    return proposal


def moves(it: CohortSnapshot, found: SolvedProposal) -> tuple[tuple[str, str, str], ...]:
    """Return which active pairs a solution would end: participant, sensei now, sensei then."""
    now = it.rows.standing()
    return tuple(
        (participant, now[participant], sensei)
        for participant, sensei, _, _ in found.pairs
        if now.get(participant, sensei) != sensei
    )


def propose(store: Store, wish: ProposalRequest, now: Callable[[], datetime]) -> Json:
    """Propose, without an engine: for the command line.

    Raises:
        UserError: the cohort changes faster than it can be solved.
    """
    for _ in range(MOST_TRIES):
        with store.begin() as tx:
            known = read_situation(tx, wish, now().date())
        found = solve(known)
        with store.begin() as tx:
            written = write(tx, wish, found, now())
        if written["outcome"] != "changed":
            return written
    raise UserError("People kept changing while pairs were worked out. Nothing was changed.", "Try again.")


@dataclass(frozen=True)
class PairingWorkflows:
    """The workflows ``pairing.propose``, ``pairing.settle`` and ``pairing.why``."""

    store: Store
    now: Callable[[], datetime]

    def propose(self, steps: Steps, argument: Json) -> Json:
        """Propose for a cohort, or for some of it, and show leads; who asked hears if it is for nothing."""
        only = argument.get("only")
        wish = ProposalRequest(
            argument["cohort"],
            argument["by"],
            None if only is None else tuple(only),
            argument.get("again", False),
        )
        written: Json = {"outcome": "changed"}
        for attempt in range(MOST_TRIES):
            suffix = f"{AGAIN}{attempt}" if attempt else ""
            found = steps.step(f"solve{suffix}", lambda: self._solve(wish))
            if "refused" in found:
                return {"outcome": "refused"}
            written = steps.tx(
                f"write{suffix}",
                lambda tx, it=found: self._write(tx, wish, it, argument.get("click", "")),  # type: ignore[misc]
            )
            if written["outcome"] != "changed":
                break
        if written["outcome"] == "changed":
            # People keep changing: the one who is told last of them tries again in a while.
            steps.sleep("calm", 60)
            raise UnsettledError("a cohort kept changing while its pairs were worked out")
        return {"outcome": written["outcome"]}

    def _solve(self, wish: ProposalRequest) -> Json:
        with self.store.begin() as tx:
            try:
                known = read_situation(tx, wish, self.now().date())
            except UserError as error:
                return {"refused": str(error)}
        it = solve(known)
        return {
            "print": it.print,
            "pairs": [[one, sensei, fit, [*reasons]] for one, sensei, fit, reasons in it.pairs],
            "unassigned": [list(one) for one in it.unassigned],
        }

    def _write(self, tx: Tx, wish: ProposalRequest, it: Json, click: str) -> Json:
        found = SolvedProposal(
            it["print"],
            tuple((one, sensei, fit, tuple(reasons)) for one, sensei, fit, reasons in it["pairs"]),
            tuple((one, why) for one, why in it["unassigned"]),
        )
        written = write(tx, wish, found, self.now())
        if written["outcome"] in {"same", "nobody"} and wish.by != OPERATOR and click:
            about = {"lead": wish.by, "outcome": written["outcome"]}
            outbox.send_message(tx, f"{NOTHING_NEW}:{click}", NOTHING_NEW, about, self.now())
        return written

    def why(self, steps: Steps, argument: Json) -> Json:
        """Work out why two people are no pair, and send the answer to who asked."""
        found = steps.step("solve", lambda: self._why(argument))

        def tell(tx: Tx) -> Json:
            about = {"lead": argument["lead"], "found": found}
            outbox.send_message(tx, f"{WHY}:{argument['key']}", WHY, about, self.now())
            return {}

        steps.tx("tell", tell)
        return {"outcome": found["answer"]}

    def _why(self, argument: Json) -> Json:
        asked = WhyQuestion(argument["cohort"], argument["participant"], argument["sensei"])
        with self.store.begin() as tx:
            problem = problem_of(tx, asked.cohort, self.now().date())
        return explain_solved(problem, asked)

    def settle(self, steps: Steps, argument: Json) -> Json:
        """Take a sensei's silence for agreement."""
        done = steps.tx("settle", lambda tx: {"active": settle(tx, argument["pair"], self.now())})
        return {"outcome": "active" if done["active"] else "not wanted"}


class UnsettledError(Exception):
    """A cohort's people changed again and again while its pairs were worked out; it can be retried."""


def participants_without(tx: Tx, cohort: int) -> Collection[str]:
    """Return the active participants for whom nobody is sure yet."""
    sure = {
        it.participant
        for it in tx.pairings.going_on(cohort)
        if it.state in {PairState.ACTIVE, PairState.APPROVED}
    }
    return [
        one.person
        for one in tx.members.of(cohort, CohortRole.PARTICIPANT)
        if one.state is EnrolmentState.ACTIVE and one.person not in sure
    ]
