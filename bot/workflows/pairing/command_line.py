"""Pairing at the command line: on rows, without a chat. ``sensei serve`` sends what follows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.dojo.people import Cohort, CohortRole
from bot.domain.pairing.records import OPERATOR
from bot.domain.pairing.states import PairAction, PairState
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.store import Store, Tx
from bot.rendering.pairing import wording as words
from bot.rendering.pairing.slack import ProposalBoard
from bot.rendering.text.safe_text import count, one_line
from bot.workflows.pairing import lifecycle
from bot.workflows.pairing.explanations import explain_solved, find_member, find_two_people, problem_of
from bot.workflows.pairing.proposals import ProposalRequest, moves, propose, read_situation, solve
from bot.workflows.pairing.visibility import build_board, show_pair


@dataclass(frozen=True)
class PairingCommands:
    """What an operator does with the pairs of a cohort; ``cohort`` is its name."""

    store: Store
    now: Callable[[], datetime]
    cohort: str

    def propose(self, *, everybody: bool, yes: bool) -> str:
        """Propose pairs, and say what came of it.

        Raises:
            UserError: active pairs would end, and nobody has said yes to that.
        """
        with self.store.begin() as tx:
            cohort = self._cohort(tx)
            wish = ProposalRequest(cohort.id, OPERATOR, everybody=everybody)
            known = read_situation(tx, wish, self.now().date())
            names = lifecycle.names_of(tx, cohort.id)
        if everybody and not yes and (ended := moves(known, solve(known))):
            listed = "\n".join(
                f"  {one_line(names[one])}: {one_line(names[before])} → {one_line(names[after])}"
                for one, before, after in ended
            )
            raise UserError(
                f"{count(len(ended), 'active pair')} would end. Nothing was changed.\n{listed}",
                "With --yes they end, both sides are told, and the others are proposed.",
            )
        return words.proposed(propose(self.store, wish, self.now))

    def shown(self) -> tuple[ProposalBoard, tuple[ProposalBoard, ...]]:
        """Return the newest proposal, and all else that goes on as it stands.

        Raises:
            UserError: nothing was ever proposed.
        """
        with self.store.begin() as tx:
            cohort = self._cohort(tx)
            newest = tx.pairings.latest(cohort.id)
            if newest is None:
                raise UserError(
                    f"No pairs were proposed in {one_line(cohort.name)} yet.",
                    "`sensei pair propose` does it.",
                )
            others = [it for it in tx.pairings.going_on(cohort.id) if it.proposal != newest.id]
            names = lifecycle.names_of(tx, cohort.id)
            rest = replace(
                build_board(tx, newest), pairs=tuple(show_pair(tx, it, names) for it in others), unassigned=()
            )
            return build_board(tx, newest), (rest,) if others else ()

    def approve(self, numbers: Sequence[int], *, everything: bool) -> lifecycle.ActionResult:
        """Approve pairs by number, or all that wait in the cohort.

        Raises:
            UserError: none is named, or both is wanted.
        """
        if everything == bool(numbers):
            raise UserError("Which pairs?", "Give their numbers, as `sensei pair show` lists them, or --all.")
        with self.store.begin() as tx:
            cohort = self._cohort(tx)
            if everything:
                numbers = [it.id for it in tx.pairings.going_on(cohort.id) if it.state is PairState.PROPOSED]
                if not numbers:
                    raise UserError(
                        "No pair waits for approval. Nothing was changed.",
                        "`sensei pair propose` looks for more.",
                    )
            return lifecycle.approve(tx, cohort.id, numbers, OPERATOR, self.now())

    def decline(self, number: int, why: str) -> str:
        """Decline a pair, or take it back."""
        with self.store.begin() as tx:
            lifecycle.decline(tx, number, why, OPERATOR, self.now())
        return f"Pair {number} is declined; `sensei pair propose` finds another."

    def lock(self, number: int, *, locked: bool) -> str:
        """Lock a pair, or unlock it."""
        with self.store.begin() as tx:
            lifecycle.lock(tx, number, OPERATOR, self.now(), locked=locked)
        return f"Pair {number} is {'locked: working out again keeps it' if locked else 'no longer locked'}."

    def swap(self, number: int, whom: str) -> str:
        """Swap with another sensei, by name, or with another pair, by its number."""
        with self.store.begin() as tx:
            if (other := parse_number(whom)) is not None:
                done = lifecycle.swap_pairs(tx, number, other, OPERATOR, self.now())
            else:
                it, _ = lifecycle.require_action(tx, number, PairAction.SWAP)
                sensei = find_member(tx, it.cohort, whom, CohortRole.SENSEI)
                done = lifecycle.swap_sensei(tx, number, sensei.person, OPERATOR, self.now())
        made = " and ".join(str(it.id) for it in done.made)
        return f"Swapped, {words.signed(done.change)} points of a hundred: pair {made} waits, locked."

    def end(self, number: int, why: str) -> str:
        """End an active pair."""
        with self.store.begin() as tx:
            lifecycle.end(tx, number, why, OPERATOR, self.now())
        return f"Pair {number} has ended; both sides are told, not why, and somebody else is looked for."

    def why(self, names: Sequence[str]) -> str:
        """Say why a participant and a sensei are no pair; or, of a pair, why they are."""
        with self.store.begin() as tx:
            cohort = self._cohort(tx)
            asked = find_two_people(tx, cohort.id, names)
            people = lifecycle.names_of(tx, cohort.id)
            it = lifecycle.pair_of(tx, asked.participant, cohort.id)
            if it is not None and it.sensei == asked.sensei:
                return "\n".join(words.reasons(it, people))
            problem = problem_of(tx, cohort.id, self.now().date())
        return words.why_not(explain_solved(problem, asked), people)

    def _cohort(self, tx: Tx) -> Cohort:
        found = tx.cohorts.named(self.cohort)
        if found is None:
            known = ", ".join(one_line(one.name) for one in tx.cohorts.all()[:8])
            raise UserError(
                f"There is no cohort called {one_line(self.cohort)}.",
                f"Name one with --cohort or SENSEI_COHORT: {known or 'there is none yet'}.",
            )
        return found
