"""A capstone with evidence, its participant Ada, her sensei Sen, and others who may or may not rule."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import sqlalchemy as sa

from bot.domain.dojo.people import CohortRole, DateKind, EnrolmentState, Profile, WorkingHours
from bot.domain.pull_requests.records import Account
from bot.domain.review.report import Movement
from bot.domain.triage.records import CriterionRuling, Verdict
from bot.errors import UserError
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from bot.workflows.triage.rulings import CriterionRulings, RulingInput, ShownEvidence
from tests.domain.ledgers import whole_tree_read
from tests.rendering.reports import citation
from tests.workflows.running_dojo import ADA, SEN, Dojo
from tests.workflows.shop import LIBRARY

LOADER = LedgerLoader(LIBRARY)
SPEED, SAFETY = "speed", "safety"
_numbers = itertools.count(7_000_000)


def moves(check: str, *quotes: str, missing: str = "") -> Movement:
    """A movement with one citation a quote."""
    return Movement(
        check=check,
        direction="supports",
        partial=bool(missing),
        missing=missing,
        source="signal",
        citations=tuple(citation(quote) for quote in quotes),
    )


class Judging(Dojo):
    """``told`` are the rulings that people were told of."""

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__(engine)
        self.told: list[CriterionRuling] = []
        self.rulings = CriterionRulings(LOADER, lambda _tx, ruling, _at: self.told.append(ruling))
        with self.store.begin() as tx:
            ada, sen = tx.members.by_host_account(ADA.id), tx.members.by_host_account(SEN.id)
        assert ada
        assert sen
        self.ada, self.sen = ada, sen
        self.reads(moves("speed.1", "bounded(3)"))

    # What there is.

    def reads(self, *found: Movement, stacks: tuple[str, ...] = (), missed: tuple[str, ...] = ()) -> None:
        """Let a reading of the whole tree find this."""
        with self.store.begin() as tx:
            tx.ledgers.record(self.capstone.id, "baseline", found, pending=False)
            tx.ledgers.record_coverage(self.capstone.id, whole_tree_read(LIBRARY, stacks, missed), self.now())

    def comes(self, role: CohortRole = CohortRole.SENSEI, zone: str = "") -> str:
        """Let somebody join the cohort in a role, with a profile if they have a zone; return their id."""
        number = next(_numbers)
        with self.store.begin() as tx:
            person = tx.members.find_or_add_by_host_account(Account(number, f"p{number}"), self.now())
            member = tx.members.join(self.capstone.cohort, person, role, self.now())
            if zone:
                tx.members.set_profile(member.enrolment, Profile(WorkingHours(zone)))
        return person

    def sets_state(self, person: str, state: EnrolmentState) -> None:
        with self.store.begin() as tx:
            for member in tx.members.roles(person):
                tx.members.set_state(member.enrolment, state)

    def has_sensei(self, person: str | None) -> None:
        """Let the capstone be somebody else's responsibility from now on."""
        with self.store.begin() as tx:
            connection = tx.rulings.session.connection()
            change = sa.text("UPDATE capstone SET sensei_id = :sensei WHERE id = :id")
            connection.execute(change, {"sensei": person, "id": self.capstone.id})

    @contextmanager
    def away(self, sensei: str, deputy: str, days: int = 1) -> Iterator[None]:
        """Let a sensei be away from today on, for so many days."""
        first = self.now().date()
        with self.store.begin() as tx:
            entry = tx.absences.add(self.capstone.cohort, sensei, first, first + timedelta(days - 1), deputy)
        try:
            yield
        finally:
            with self.store.begin() as tx:
                tx.absences.remove(self.capstone.cohort, entry)

    @contextmanager
    def milestone(self, day: date) -> Iterator[None]:
        """Let the cohort have a design milestone."""
        with self.store.begin() as tx:
            entry = tx.cohorts.add_date(self.capstone.cohort, DateKind.DESIGN, "Design", day)
        try:
            yield
        finally:
            with self.store.begin() as tx:
                tx.cohorts.remove_date(self.capstone.cohort, entry)

    def appeals(self, second: str | None = None) -> int:
        """Let Ada appeal against the last ruling on speed, and a lead name a second sensei."""
        with self.store.begin() as tx:
            last = tx.rulings.latest([self.capstone.id])[self.capstone.id][SPEED]
            asked = tx.appeals.ask(last.id, self.ada, "It is more.", self.now())
            assert asked
            if second:
                tx.appeals.assign(asked.id, second, self.now())
        return asked.id

    # What senseis do.

    def opens(self, person: str | None = None, criterion: str = SPEED) -> ShownEvidence:
        with self.store.begin() as tx:
            return self.rulings.show_evidence(tx, person or self.sen, self.capstone.id, criterion, self.now())

    def rules(
        self,
        person: str | None = None,
        criterion: str = SPEED,
        verdict: Verdict = Verdict.AGREED,
        level: int | None = None,
        reason: str = "",
        sentence: str = "",
        view: str = "",
    ) -> CriterionRuling:
        given = RulingInput(
            self.capstone.id,
            criterion,
            verdict,
            level,
            reason,
            sentence,
            entered_by_operator=False,
            view=view,
        )
        with self.store.begin() as tx:
            return self.rulings.rule(tx, person or self.sen, given, self.now())

    def refusal(self, do: object) -> str:
        """What somebody is told who may not do something."""
        assert callable(do)
        try:
            do()
        except UserError as refused:
            return refused.what
        raise AssertionError("nothing was refused")

    # What is kept.

    def history(self) -> list[CriterionRuling]:
        with self.store.begin() as tx:
            return list(tx.rulings.of(self.capstone.id))

    def audited(self, action: str) -> list[tuple[str, str]]:
        query = sa.text(
            "SELECT actor, detail FROM audit_event WHERE action = :action AND subject = :subject ORDER BY id"
        )
        about = {"action": action, "subject": f"capstone:{self.capstone.id}"}
        with self.engine.connect() as connection:
            return [(row[0], str(row[1])) for row in connection.execute(query, about)]
