"""A dojo with a milestone: Ada's capstone has evidence, and her sensei Sen has ruled on some of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.domain.dojo.people import DateKind
from bot.domain.pull_requests.records import Capstone
from bot.domain.triage.records import CriterionRuling, Milestone, NewRuling, RulerRole, Verdict
from tests.domain.ledgers import movement, whole_tree_read
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Person
from tests.workflows.decisions.recorded import ADA, BO, LEA, SEN, SOL, Recorded, recorded
from tests.workflows.shop import LIBRARY
from tests.workflows.whole_dojo import LEDGERS

SPEED, SAFETY = "speed", "safety"
CANARY = "draft-canary"
"""What a sensei writes for other senseis only."""


class Ruled(Recorded):
    """The milestone's date is in three days, so that its window is open. ``desk`` is Ada's capstone."""

    desk: Capstone

    def dates(self, kind: DateKind = DateKind.DESIGN, days: int = 3) -> None:
        """Let a milestone be in so many days, instead of when it was before."""
        with self.here.store.begin() as tx:
            tx.cohorts.add_date(self.member(ADA).cohort, kind, "", now().date() + timedelta(days=days))

    def reads(self, *checks: str, quote: str = "bounded(3)") -> None:
        """Let a reading of the whole tree support these checks, and say nothing of the others."""
        with self.here.store.begin() as tx:
            moved = [movement(check, quotes=(quote,)) for check in checks]
            tx.ledgers.record(self.desk.id, "baseline", moved, pending=False)
            tx.ledgers.record_coverage(self.desk.id, whole_tree_read(LIBRARY), now())

    def rules(
        self,
        criterion: str,
        level: int | None,
        *,
        milestone: Milestone | None = Milestone.DESIGN,
        sensei: str = SEN,
        role: RulerRole = RulerRole.SENSEI,
        sentence: str = "",
        at: datetime | None = None,
        appeal: int | None = None,
    ) -> CriterionRuling:
        """Let somebody have ruled on Ada's evidence as it is now."""
        with self.here.store.begin() as tx:
            evidence = LEDGERS.load(tx, [self.desk.id])[self.desk.id].evidence[criterion]
            ruling = NewRuling(
                capstone=self.desk.id,
                criterion=criterion,
                verdict=Verdict.CANNOT_JUDGE if level is None else Verdict.OTHER,
                level=level,
                draft=evidence.draft.level,
                reason=CANARY,
                sentence=sentence,
                basis=evidence.digest,
                sensei=self.member(sensei).person,
                role=role,
                milestone=milestone,
                appeal=appeal,
            )
            return tx.rulings.add(ruling, at or now())

    def opens(self, person: Person) -> str:
        """What ``/dojo milestone`` shows to somebody."""
        assert not person.command("/dojo milestone").failed
        return self.form(person) if person.modal else self.whispered(person)

    def files(self, person: Person) -> list[str]:
        """The pages that somebody has been sent, oldest first."""
        shared = [file["id"] for message in person.messages for file in message.get("files", ())]
        return [(self.slack.files[id_].content or b"").decode() for id_ in shared]


@contextmanager
def ruled(engine: sa.Engine) -> Iterator[Ruled]:
    """Serve the dojo."""
    with recorded(engine) as made:
        made.__class__ = Ruled
        made.desk = made.capstone(ADA)  # type: ignore[attr-defined]
        made.dates()  # type: ignore[attr-defined]
        yield made  # type: ignore[misc]


__all__ = ["ADA", "BO", "CANARY", "LEA", "SAFETY", "SEN", "SOL", "SPEED", "Ruled", "ruled"]
