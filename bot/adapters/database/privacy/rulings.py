"""Finding what senseis ruled, exempted and were asked, by whose work it is about and by who wrote it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, or_, select

from bot.adapters.database.triage.tables import AppealRow, CriterionRulingRow, ExemptionRow
from bot.domain.privacy.data_scope import DataScope


@dataclass(frozen=True)
class RulingQueries:
    """Finds rulings, appeals and exemptions.

    A ruling belongs to whoever was the capstone's participant then, an exemption to the capstone.
    """

    session: Session

    def rulings_in(self, capstones: frozenset[int]) -> frozenset[int]:
        """Return the ids of all rulings in capstones, those on a former participant's work too."""
        return self._read_ids(
            select(CriterionRulingRow.id).where(col(CriterionRulingRow.capstone_id).in_(capstones))
        )

    def rulings_on(self, person: str) -> frozenset[int]:
        """Return the ids of the rulings on a person's work, in whatever capstone."""
        return self._read_ids(
            select(CriterionRulingRow.id).where(CriterionRulingRow.participant_id == person)
        )

    def appeals_against(self, rulings: frozenset[int]) -> frozenset[int]:
        """Return the ids of the appeals against rulings."""
        return self._read_ids(select(AppealRow.id).where(col(AppealRow.ruling_id).in_(rulings)))

    def exemptions_in(self, capstones: frozenset[int]) -> frozenset[int]:
        """Return the ids of the exemptions in capstones."""
        return self._read_ids(select(ExemptionRow.id).where(col(ExemptionRow.capstone_id).in_(capstones)))

    def texts(self, scope: DataScope, person: str, *, theirs: bool) -> Iterator[str]:
        """Yield what a person wrote as a sensei and what was written about their work, or all the rest."""
        ruled = or_(
            col(CriterionRulingRow.id).in_(scope.rulings),
            col(CriterionRulingRow.sensei_id).is_not_distinct_from(person),
        )
        rulings = select(CriterionRulingRow.reason, CriterionRulingRow.sentence)
        for reason, sentence in self.session.exec(rulings.where(ruled if theirs else sa.not_(ruled))):
            yield from (reason, sentence)
        asked = col(AppealRow.id).in_(scope.appeals)
        yield from self.session.exec(select(AppealRow.reason).where(asked if theirs else sa.not_(asked)))
        exempted = or_(
            col(ExemptionRow.id).in_(scope.exemptions),
            col(ExemptionRow.sensei_id).is_not_distinct_from(person),
        )
        exemptions = select(ExemptionRow.reason)
        yield from self.session.exec(exemptions.where(exempted if theirs else sa.not_(exempted)))

    def _read_ids(self, query: Any) -> frozenset[int]:
        return frozenset(self.session.exec(query))
