"""Proposes pairs: reads the rows, solves outside any transaction, and writes the result.

Solving for a thousand participants takes two seconds and blocks no writes. If the solution's input has
changed meanwhile, it solves again.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.domain.pairing.delays import ProposalDelay
from bot.domain.pairing.fit import Fit
from bot.domain.pairing.problem import AllowedChange, PairingProblem
from bot.domain.pairing.records import OPERATOR, Proposal, UnassignedParticipant
from bot.domain.pairing.solver import Solver
from bot.domain.pairing.states import PairState
from bot.domain.pairing.unassigned import NO_PROFILE, encode_blame, explain_unassigned
from bot.errors import TransientError, UserError
from bot.ports.engine import ATTEMPT_SEPARATOR, Json, Steps
from bot.ports.store import Store, Tx
from bot.workflows.chat import outbox
from bot.workflows.dojo.cohort_roles import leads_of
from bot.workflows.pairing import waiting_participants
from bot.workflows.pairing.boards import refresh_board, send_board
from bot.workflows.pairing.deadlines import remind
from bot.workflows.pairing.eligibility import CohortRows, fit_of, read_rows
from bot.workflows.pairing.endings import end_pair
from bot.workflows.pairing.explanations import WhyQuestion, explain_solved, problem_of, refuse_question
from bot.workflows.pairing.lifecycle import settle
from bot.workflows.pairing.notices import NOTHING_NEW, WHY, refresh_pair_homes
from bot.workflows.pairing.own_pairs import has_content_for
from bot.workflows.pairing.unfinished_proposals import postpone

MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class ProposalRequest:
    """The scope of a proposal.

    ``only`` are the participants concerned; None means all who have no sensei. ``again`` changes as few
    waiting pairs as possible. ``everybody`` also reconsiders active pairs.
    """

    cohort: int
    by: str
    only: tuple[str, ...] | None = None
    again: bool = False
    everybody: bool = False


@dataclass(frozen=True, slots=True)
class CohortSnapshot:
    """Everything that a solution depends on. ``fingerprint`` changes whenever any of it changes."""

    rows: CohortRows
    problem: PairingProblem
    concerned: tuple[str, ...]
    without_profile: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class SolvedProposal:
    """A solution for the participants concerned: pairs as (participant, sensei, fit, reasons)."""

    fingerprint: str
    pairs: tuple[tuple[str, str, int, tuple[dict[str, Any], ...]], ...]
    unassigned: tuple[tuple[str, str], ...]


def read_situation(tx: Tx, request: ProposalRequest, day: date) -> CohortSnapshot:
    """Read everything that a solution depends on.

    It concerns active participants without an active or approved pair. Other pairs, and pairs locked by a
    lead, are fixed.
    """
    sure = {PairState.APPROVED} if request.everybody else {PairState.ACTIVE, PairState.APPROVED}
    going_on = tx.pairings.ongoing(request.cohort)
    fixed = {pair.participant for pair in going_on if pair.state in sure}
    active = [
        member
        for member in tx.members.of(request.cohort, CohortRole.PARTICIPANT)
        if member.state is EnrolmentState.ACTIVE and member.person not in fixed
    ]
    if request.only is not None:
        active = [member for member in active if member.person in request.only]
    concerned = sorted(member.person for member in active if member.profile)
    without = sorted(member.person for member in active if not member.profile)
    rows = read_rows(tx, request.cohort, concerned)
    waiting = {pair.participant: pair.sensei for pair in going_on}
    locked = {
        pair.participant: pair.sensei for pair in going_on if pair.participant not in concerned or pair.locked
    }
    problem = rows.problem(
        day,
        current=waiting if request.again else rows.standing(),
        locked=locked,
        change=AllowedChange.FEWEST if request.again else AllowedChange.FREE,
    )
    return CohortSnapshot(
        rows, problem, tuple(concerned), tuple(without), _fingerprint(problem, concerned, without, rows)
    )


def _fingerprint(
    problem: PairingProblem, concerned: Sequence[str], without: Sequence[str], rows: CohortRows
) -> str:
    """Return a digest of everything that a solution depends on, without incidental data such as names."""
    people = [
        (
            person.id,
            person.paused,
            person.profile.hours,
            sorted(person.profile.skills.items()),
            sorted(person.profile.stacks),
            person.profile.prefers,
            person.profile.capacity,
        )
        for person in sorted((*problem.participants, *problem.senseis), key=lambda person: person.id)
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
        sorted((pair.id, pair.state, pair.locked) for pair in rows.going_on),
        list(concerned),
        list(without),
    )
    return hashlib.sha256(repr((people, rest)).encode()).hexdigest()


def solve(situation: CohortSnapshot) -> SolvedProposal:
    """Find the best pairs, and the constraints to blame for each participant without a sensei."""
    solver, rows = Solver(situation.problem), situation.rows
    solution = solver.solve()
    # Continuity counts for active pairs only, not for proposed ones.
    fit = Fit(rows.problem(situation.problem.week, current=rows.standing()))
    concerned = set(situation.concerned)
    pairs = []
    for pair in solution.pairs:
        if pair.participant in concerned:
            rating = fit_of(fit, rows.weights, pair.participant, pair.sensei)
            pairs.append((pair.participant, pair.sensei, rating.fit, rating.reasons))
    unassigned = [(participant, NO_PROFILE) for participant in situation.without_profile]
    unassigned += [
        (explained.participant, encode_blame(explained))
        for explained in explain_unassigned(solver, solution)
        if explained.participant in concerned
    ]
    return SolvedProposal(situation.fingerprint, tuple(pairs), tuple(sorted(unassigned)))


def write(tx: Tx, request: ProposalRequest, solved: SolvedProposal, at: datetime) -> Json:
    """Write a solution, unless its input has changed.

    The outcome is ``changed``, ``same`` (nothing new), ``nobody`` (to pair) or ``proposed``.
    """
    situation = read_situation(tx, request, at.date())
    if situation.fingerprint != solved.fingerprint:
        return {"outcome": "changed"}
    active = situation.rows.standing()
    new = [pair for pair in solved.pairs if active.get(pair[0]) != pair[1]]
    if not new and all(participant in active for participant, _ in solved.unassigned):
        return {"outcome": "nobody"}
    latest = tx.pairings.latest_proposal(request.cohort)
    if latest and _is_same(request, solved, situation.rows, latest):
        return {"outcome": "same", "proposal": latest.id}
    return {"outcome": "proposed", "proposal": _write(tx, request, solved, situation, at).id}


def _is_same(request: ProposalRequest, solved: SolvedProposal, rows: CohortRows, latest: Proposal) -> bool:
    """Return whether a solution equals the waiting proposal."""
    waiting = {pair.participant: pair.sensei for pair in rows.going_on if pair.state is PairState.PROPOSED}
    return (
        request.only is None
        and not request.everybody
        and {participant: sensei for participant, sensei, _, _ in solved.pairs} == waiting
        and {(left.participant, left.blame) for left in latest.unassigned} == set(solved.unassigned)
    )


def _write(
    tx: Tx, request: ProposalRequest, solved: SolvedProposal, situation: CohortSnapshot, at: datetime
) -> Proposal:
    before = {pair.participant: pair for pair in situation.rows.going_on}
    unassigned = tuple(
        UnassignedParticipant(participant, blame)
        for participant, blame in solved.unassigned
        if participant not in before or before[participant].state is not PairState.ACTIVE
    )
    proposal = tx.pairings.propose(request.cohort, request.by, at, unassigned)
    for participant in {participant for participant, _ in solved.unassigned} & before.keys():
        if before[participant].state is PairState.PROPOSED:
            tx.pairings.set_state(before[participant].id, PairState.REPLACED, at)
    for participant, sensei, fit, reasons in solved.pairs:
        old = before.get(participant)
        if old and old.state is PairState.ACTIVE:
            if old.sensei == sensei:
                continue
            end_pair(tx, old, PairState.ENDED, "", request.by, "pairing.end", at)
        made = tx.pairings.add(proposal.id, participant, sensei, fit=fit, reasons=reasons, at=at)
        if old and old.locked and old.sensei == sensei:
            tx.pairings.lock(made.id, locked=True)
    tx.audit(request.by, "pairing.propose", f"cohort:{request.cohort}", proposal=proposal.id)
    for lead in leads_of(tx, request.cohort):
        send_board(tx, proposal.id, lead.person, at)
    old_proposals = {pair.proposal for pair in before.values() if pair.state is PairState.PROPOSED}
    for old_proposal in sorted(old_proposals):
        refresh_board(tx, old_proposal, at)
    refresh_pair_homes(tx, request.cohort, tx.pairings.by_proposal(proposal.id), at)
    waiting_participants.refresh_messages(tx, request.cohort, at)
    return proposal


def find_ended_pairs(situation: CohortSnapshot, solved: SolvedProposal) -> tuple[tuple[str, str, str], ...]:
    """Return the active pairs that a solution would end: participant, current sensei, new sensei."""
    active = situation.rows.standing()
    return tuple(
        (participant, active[participant], sensei)
        for participant, sensei, _, _ in solved.pairs
        if active.get(participant, sensei) != sensei
    )


def propose(store: Store, request: ProposalRequest, now: Callable[[], datetime]) -> Json:
    """Propose pairs at the command line, without the workflow engine.

    Raises:
        UserError: the cohort kept changing while pairs were being worked out.
    """
    for _ in range(MOST_TRIES):
        with store.read() as tx:
            situation = read_situation(tx, request, now().date())
        solved = solve(situation)
        with store.begin() as tx:
            written = write(tx, request, solved, now())
        if written["outcome"] != "changed":
            return written
    raise UserError(
        "People or profiles in the cohort kept changing while Sensei worked out the pairs, so it proposed "
        "none.",
        "Please try again.",
    )


@dataclass(frozen=True)
class PairingWorkflows:
    """The workflows ``pairing.propose``, ``pairing.settle``, ``pairing.remind`` and ``pairing.why``."""

    store: Store
    now: Callable[[], datetime]

    def propose(self, steps: Steps, argument: Json) -> Json:
        """Propose pairs for all or part of a cohort to its leads.

        If there is nothing new, only the lead who asked is told. If there can't be a proposal yet, all leads
        are told, and a job tries again later.
        """
        only = argument.get("only")
        request = ProposalRequest(
            argument["cohort"],
            argument["by"],
            None if only is None else tuple(only),
            argument.get("again", False),
        )
        written: Json = {"outcome": "changed"}
        for attempt in range(MOST_TRIES):
            suffix = f"{ATTEMPT_SEPARATOR}{attempt}" if attempt else ""
            solved = steps.step(f"solve{suffix}", lambda: self._solve(request))
            if "refused" in solved:
                return self._postpone(steps, argument, ProposalDelay.REFUSED)
            if "busy" in solved:
                return self._postpone(steps, argument, ProposalDelay.BUSY)
            written = steps.tx(
                f"write{suffix}",
                lambda tx, solved=solved: self._write(tx, request, solved, argument.get("click", "")),  # type: ignore[misc]
            )
            if written["outcome"] != "changed":
                break
        if written["outcome"] == "changed":
            if not written.get("postpones"):  # missing in records by an earlier version
                steps.sleep("calm", 60)
            return self._postpone(steps, argument, ProposalDelay.CHANGING)
        return {"outcome": written["outcome"]}

    def _postpone(self, steps: Steps, argument: Json, delay: ProposalDelay) -> Json:
        steps.tx("postpone", lambda tx: postpone(tx, argument, delay, self.now()))
        return {"outcome": "postponed"}

    def _solve(self, request: ProposalRequest) -> Json:
        try:
            with self.store.read() as tx:
                situation = read_situation(tx, request, self.now().date())
        except UserError as error:
            return {"refused": str(error)}
        except TransientError as failed:
            return {"busy": str(failed)}
        solved = solve(situation)
        return {
            "print": solved.fingerprint,
            "pairs": [[participant, sensei, fit, [*why]] for participant, sensei, fit, why in solved.pairs],
            "unassigned": [list(unassigned) for unassigned in solved.unassigned],
        }

    def _write(self, tx: Tx, request: ProposalRequest, stored: Json, click: str) -> Json:
        solved = SolvedProposal(
            stored["print"],
            tuple(
                (participant, sensei, fit, tuple(why)) for participant, sensei, fit, why in stored["pairs"]
            ),
            tuple((participant, blame) for participant, blame in stored["unassigned"]),
        )
        written = write(tx, request, solved, self.now())
        if request.by != OPERATOR and click and not _is_board_sent(tx, written, request.by):
            outcome = "same" if written["outcome"] == "proposed" else written["outcome"]
            about = {"lead": request.by, "outcome": outcome}
            outbox.send_message(tx, f"{NOTHING_NEW}:{click}", NOTHING_NEW, about, self.now())
        return {**written, "postpones": True}

    def why(self, steps: Steps, argument: Json) -> Json:
        """Work out why two people aren't paired, and send the answer to the lead who asked."""
        found = steps.step("solve", lambda: self._explain(argument))

        def tell(tx: Tx) -> Json:
            about = {"lead": argument["lead"], "found": found}
            outbox.send_message(tx, f"{WHY}:{argument['key']}", WHY, about, self.now())
            return {}

        steps.tx("tell", tell)
        return {"outcome": found["answer"]}

    def _explain(self, argument: Json) -> Json:
        question = WhyQuestion(argument["cohort"], argument["participant"], argument["sensei"])
        try:
            with self.store.read() as tx:
                problem = problem_of(tx, question.cohort, self.now().date())
        except UserError:  # the cohort's weights aren't valid
            return refuse_question(question)
        return explain_solved(problem, question)

    def settle(self, steps: Steps, argument: Json) -> Json:
        """Introduce a pair whose sensei didn't answer in time."""
        done = steps.tx("settle", lambda tx: {"active": settle(tx, argument["pair"], self.now())})
        return {"outcome": "active" if done["active"] else "not wanted"}

    def remind(self, steps: Steps, argument: Json) -> Json:
        """Remind the sensei of a pair that waits for their answer."""
        return steps.tx("remind", lambda tx: {"outcome": remind(tx, argument["pair"], self.now())})


def _is_board_sent(tx: Tx, written: Json, lead: str) -> bool:
    """Return whether the lead who asked gets a board, or is asked to wait because rows have changed."""
    if written["outcome"] != "proposed":
        return bool(written["outcome"] == "changed")
    proposal = tx.pairings.get_proposal(written["proposal"])
    return proposal is not None and has_content_for(tx, proposal, lead)
