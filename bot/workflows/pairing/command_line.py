"""Pairing at the command line. It needs only the database; ``sensei serve`` sends the messages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.dojo.cohort_choice import CohortChoice, cohort_flag
from bot.domain.dojo.people import Cohort, CohortRole, EnrolmentState
from bot.domain.dojo.profiles import Vocabulary
from bot.domain.pairing.records import OPERATOR
from bot.domain.pairing.shown_pairs import ProposalBoard
from bot.domain.pairing.states import PairAction, PairState
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.store import Store, Tx
from bot.rendering.pairing.explanations import explain_pair, explain_stored_answer
from bot.rendering.pairing.wording import describe_proposal, format_points
from bot.rendering.text.safe_text import count, one_line
from bot.workflows.dojo.cohorts import find_cohort
from bot.workflows.pairing import endings, lifecycle
from bot.workflows.pairing.explanations import explain_solved, find_member, find_two_people, problem_of
from bot.workflows.pairing.lookups import names_of, pair_of, require_action
from bot.workflows.pairing.proposals import (
    ProposalRequest,
    find_ended_pairs,
    propose,
    read_situation,
    solve,
)
from bot.workflows.pairing.shown_pairs import build_board, show_pair


@dataclass(frozen=True)
class PairingCommands:
    """An operator's commands for the pairs of the chosen cohort, or for pairs given by their numbers."""

    store: Store
    now: Callable[[], datetime]
    choice: CohortChoice
    vocabulary: Callable[[], Vocabulary]

    def propose(self, *, everybody: bool, yes: bool) -> str:
        """Propose pairs, and return what was proposed.

        Raises:
            UserError: active pairs would end and ``yes`` is not set.
        """
        with self.store.read() as tx:
            cohort, flag = self._find_cohort(tx)
            _require_participants(tx, cohort, flag)
            request = ProposalRequest(cohort.id, OPERATOR, everybody=everybody)
            situation = read_situation(tx, request, self.now().date())
            names = names_of(tx, cohort.id)
        if everybody and not yes and (ended := find_ended_pairs(situation, solve(situation))):
            moves = "\n".join(
                f"  {one_line(names[participant])}: {one_line(names[before])} → {one_line(names[after])}"
                for participant, before, after in ended
            )
            raise UserError(
                f"{count(len(ended), 'active pair')} would end, so nothing was changed.\n{moves}",
                "If that's what you want, add --yes. Sensei then ends these pairs, tells the people in them, "
                "and proposes the new pairs.",
            )
        return describe_proposal(propose(self.store, request, self.now), one_line(cohort.name), flag)

    def show(self) -> tuple[ProposalBoard, tuple[ProposalBoard, ...]]:
        """Return the newest proposal, and ongoing pairs from earlier ones.

        Raises:
            UserError: no pairs have been proposed yet.
        """
        with self.store.read() as tx:
            cohort, flag = self._find_cohort(tx)
            newest = tx.pairings.latest_proposal(cohort.id)
            if newest is None:
                raise UserError(
                    f"No pairs have been proposed in {one_line(cohort.name)} yet.",
                    f"To propose pairs, run `sensei pair propose{flag}`.",
                )
            earlier = [pair for pair in tx.pairings.ongoing(cohort.id) if pair.proposal != newest.id]
            names, vocabulary = names_of(tx, cohort.id), self.vocabulary()
            board = build_board(tx, newest, vocabulary)
            pairs = tuple(show_pair(tx, pair, names, vocabulary) for pair in earlier)
            return board, (replace(board, pairs=pairs, unassigned=()),) if earlier else ()

    def approve(self, numbers: Sequence[int], *, everything: bool) -> tuple[str, lifecycle.ActionResult]:
        """Approve pairs by number, or all waiting pairs in the cohort. Return the cohort's name, too.

        Raises:
            UserError: neither numbers nor ``everything`` are given, or both are.
        """
        if everything == bool(numbers):
            raise UserError(
                "Which pairs do you want to approve?",
                "Give either the numbers that `sensei pair show` lists, or --all.",
            )
        with self.store.begin() as tx:
            cohort, flag = self._find_cohort(tx)
            if everything:
                going_on = tx.pairings.ongoing(cohort.id)
                numbers = [pair.id for pair in going_on if pair.state is PairState.PROPOSED]
                if not numbers:
                    raise UserError(
                        f"No pair is waiting for approval in {one_line(cohort.name)}. Nothing was changed.",
                        f"To propose more pairs, run `sensei pair propose{flag}`.",
                    )
            done = lifecycle.approve(tx, cohort.id, numbers, OPERATOR, self.now())
            return one_line(cohort.name), done

    def decline(self, number: int, why: str) -> str:
        """Decline a pair, or take it back."""
        with self.store.begin() as tx:
            pair = lifecycle.decline(tx, number, why, OPERATOR, self.now())
            name, flag = self._describe_cohort(tx, pair.cohort)
        return (
            f"Pair {number} in {name} was declined. To find another sensei, run `sensei pair propose{flag}`."
        )

    def lock(self, number: int, *, locked: bool) -> str:
        """Lock or unlock a pair."""
        with self.store.begin() as tx:
            pair = lifecycle.lock(tx, number, OPERATOR, self.now(), locked=locked)
            name, _ = self._describe_cohort(tx, pair.cohort)
        if locked:
            return f"Pair {number} in {name} is locked, so working out the pairs again won't change it."
        return f"Pair {number} in {name} is no longer locked."

    def swap(self, number: int, other: str) -> str:
        """Swap a pair's sensei for another sensei (by name), or for another pair's sensei (by number)."""
        with self.store.begin() as tx:
            if (other_number := parse_number(other)) is not None:
                result = lifecycle.swap_pairs(tx, number, other_number, OPERATOR, self.now())
            else:
                pair, _ = require_action(tx, number, PairAction.SWAP)
                sensei = find_member(tx, pair.cohort, other, CohortRole.SENSEI)
                result = lifecycle.swap_sensei(tx, number, sensei.person, OPERATOR, self.now())
            name, _ = self._describe_cohort(tx, result.made[0].cohort)
        numbers = " and ".join(str(pair.id) for pair in result.made)
        new = f"Pair {numbers} is" if len(result.made) == 1 else f"Pairs {numbers} are"
        change = f"Change in fit: {format_points(result.change)} percentage points."
        return f"The senseis in {name} were swapped. {new} locked and waiting for a lead's approval. {change}"

    def end(self, number: int, why: str) -> str:
        """End an active pair."""
        with self.store.begin() as tx:
            pair = endings.end(tx, number, why, OPERATOR, self.now())
            name, _ = self._describe_cohort(tx, pair.cohort)
        return (
            f"Pair {number} in {name} has ended. Sensei will tell both people that it has ended, but not "
            "why, and will propose another sensei for the participant."
        )

    def why(self, names: Sequence[str]) -> str:
        """Return why a participant and a sensei are or aren't paired."""
        with self.store.read() as tx:
            cohort, _ = self._find_cohort(tx)
            name = one_line(cohort.name)
            question = find_two_people(tx, cohort.id, names)
            people = names_of(tx, cohort.id)
            pair = pair_of(tx, question.participant, cohort.id)
            if pair is not None and pair.sensei == question.sensei:
                return "\n".join([f"In {name}:", *explain_pair(pair, people, self.vocabulary())])
            problem = problem_of(tx, cohort.id, self.now().date())
        return f"In {name}:\n{explain_stored_answer(explain_solved(problem, question), people)}"

    def _find_cohort(self, tx: Tx) -> tuple[Cohort, str]:
        """Return the chosen cohort, and the option with which suggested commands act on it, too."""
        cohort = find_cohort(tx, self.choice)
        return cohort, cohort_flag(tx.cohorts.all(), self.choice.setting, cohort)

    def _describe_cohort(self, tx: Tx, number: int) -> tuple[str, str]:
        """Return the name of a pair's cohort, and the option for suggested commands."""
        cohort = tx.cohorts.get(number)
        return one_line(cohort.name), cohort_flag(tx.cohorts.all(), self.choice.setting, cohort)


def _require_participants(tx: Tx, cohort: Cohort, flag: str) -> None:
    """Raise ``UserError`` if a cohort has no active participants, so there is nobody to pair."""
    participants = tx.members.of(cohort.id, CohortRole.PARTICIPANT)
    if not any(member.state is EnrolmentState.ACTIVE for member in participants):
        raise UserError(
            f"{one_line(cohort.name)} has no active participants, so there is nobody to pair.",
            f"Import participants with `sensei people import FILE{flag}`, or ask people to join with `/dojo "
            "join`.",
        )
