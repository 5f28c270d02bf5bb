"""Rulings at the command line. The operator enters them for a sensei, who sits there themselves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.dojo.cohort_choice import CohortChoice, choose_cohort
from bot.domain.dojo.profiles import suggest_nearest
from bot.domain.rubrics.rubric import ScaleLevel
from bot.domain.triage.records import CriterionRuling, ExemptSubject, GrantedExemption, Verdict
from bot.domain.triage.tasks import RulingTask
from bot.errors import UserError
from bot.ports.store import Store
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from bot.workflows.triage.exemptions import end_exemption, exempt
from bot.workflows.triage.ruling_input import RulingInput
from bot.workflows.triage.rulings import CriterionRulings, OnRuled, ShownEvidence
from bot.workflows.triage.tasks import list_senseis, list_tasks


@dataclass(frozen=True, slots=True)
class WaitingSensei:
    """A sensei of the chosen cohort, and the rulings that wait for them."""

    person: str
    name: str
    tasks: tuple[RulingTask, ...]


@dataclass(frozen=True)
class TriageCommands:
    """The rulings of the chosen cohort. ``load`` returns the loader of ledgers."""

    store: Store
    now: Callable[[], datetime]
    choice: CohortChoice
    load: Callable[[], LedgerLoader]
    on_ruled: OnRuled

    def list_waiting(self, name: str | None = None) -> Sequence[WaitingSensei]:
        """List the senseis for whom rulings wait, by name; or the one who is named, waiting or not.

        Raises:
            UserError: the cohort is not clear, or it has no such sensei.
        """
        with self.store.read() as tx:
            cohort = choose_cohort(tx.cohorts.all(), self.choice).id
            senseis = list_senseis(tx, cohort)
            chosen = [_find_sensei(senseis, name)] if name else senseis
            found = [
                WaitingSensei(person, called, tuple(list_tasks(tx, self.load(), person, cohort, self.now())))
                for person, called in chosen
            ]
        return found if name else [sensei for sensei in found if sensei.tasks]

    def sit_down(self, sensei: WaitingSensei) -> "TriageDesk":
        """Return what a sensei can do with the rulings that wait for them."""
        return TriageDesk(self.store, self.now, CriterionRulings(self.load(), self.on_ruled), sensei)


@dataclass(frozen=True)
class TriageDesk:
    """One sensei's rulings. Each method is one transaction, so what it saved stays saved."""

    store: Store
    now: Callable[[], datetime]
    rulings: CriterionRulings
    sensei: WaitingSensei

    def open(self, task: RulingTask) -> ShownEvidence:
        """Return a task's evidence and lock its criterion; raise UserError if the sensei can't rule now."""
        with self.store.begin() as tx:
            return self.rulings.show_evidence(
                tx, self.sensei.person, task.capstone, task.criterion, self.now(), entered_by_operator=True
            )

    def find_scale(self) -> Sequence[ScaleLevel]:
        """Return the levels of the rubric."""
        return self.rulings.loader.library.rubric.scale

    def leave(self, task: RulingTask) -> None:
        """Let others rule on a task's criterion."""
        with self.store.begin() as tx:
            self.rulings.leave(tx, self.sensei.person, task.capstone, task.criterion)

    def rule(
        self, shown: ShownEvidence, verdict: Verdict, level: int | None, reason: str, sentence: str
    ) -> CriterionRuling:
        """Store a ruling on evidence that was shown; raise UserError if it can't be saved."""
        given = RulingInput(
            shown.capstone,
            shown.evidence.criterion.id,
            verdict,
            level,
            reason,
            sentence,
            entered_by_operator=True,
            view=shown.evidence.view,
        )
        with self.store.begin() as tx:
            return self.rulings.rule(tx, self.sensei.person, given, self.now())

    def list_exemptions(self, capstone: int) -> dict[str, GrantedExemption]:
        """Return the exemptions in force of a capstone, by check or criterion."""
        with self.store.read() as tx:
            return {granted.subject: granted for granted in tx.exemptions.of([capstone])}

    def exempt(self, capstone: int, kind: ExemptSubject, subject: str, reason: str) -> None:
        """Exempt a check or a criterion; raise UserError if it can't be saved."""
        with self.store.begin() as tx:
            loader, person = self.rulings.loader, self.sensei.person
            exempt(tx, loader, person, capstone, kind, subject, reason, self.now(), entered_by_operator=True)

    def restore(self, exemption: int) -> None:
        """End an exemption; raise UserError if it has ended."""
        with self.store.begin() as tx:
            loader, person = self.rulings.loader, self.sensei.person
            end_exemption(tx, loader, person, exemption, self.now(), entered_by_operator=True)


def _find_sensei(senseis: Sequence[tuple[str, str]], name: str) -> tuple[str, str]:
    """Return the one sensei with a name; the beginning of a name is enough."""
    wanted = " ".join(name.split()).casefold()
    exact = [sensei for sensei in senseis if sensei[1].casefold() == wanted]
    found = exact or [sensei for sensei in senseis if sensei[1].casefold().startswith(wanted)]
    if wanted and len(found) == 1:
        return found[0]
    if not senseis:
        raise UserError(
            "This cohort currently has no confirmed sensei.", "`sensei people list` shows everyone."
        )
    names = ", ".join(called for _, called in (found or senseis))
    if wanted and found:
        raise UserError(f"Several senseis are called {name!r}: {names}.", "Give the whole name.")
    near = suggest_nearest(wanted, [called for _, called in senseis])
    raise UserError(
        f"No confirmed sensei of this cohort is called {name!r}.{near}", f"The senseis are: {names}."
    )
