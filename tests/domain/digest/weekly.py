"""Weekly snapshots for tests, and grids of any size that look like a cohort's."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

from bot.domain.digest.progress import ProgressGrid, ShownCriterion, make_progress_grid
from bot.domain.triage.records import CriterionSnapshot

MONDAY = date(2026, 11, 23)
TITLES = (
    "Outcome and product thinking",
    "Enterprise AI integration",
    "Risk-aware system design",
    "Continuous validation",
    "Context engineering",
    "Reliability",
    "Governance and traceability",
    "Performance and cost",
    "Security",
    "Testing, rollout and operation",
)
GATES = (6, 8)
CRITERIA = tuple(ShownCriterion(f"c{number}", title, number in GATES) for number, title in enumerate(TITLES))
SECURITY = CRITERIA[8]


def snapshot(
    weeks_ago: int, met: int = 0, partly: int = 0, capstone: int = 1, **counts: int
) -> CriterionSnapshot:
    """A snapshot of Security, with four checks that apply unless told otherwise."""
    left = {"contested": 0, "not_applicable": 0, "not_assessed": 0, **counts}
    open_ = left.pop("open", max(4 - met - partly - sum(left.values()), 0))
    week = MONDAY - timedelta(weeks=weeks_ago)
    return CriterionSnapshot(capstone, SECURITY.id, week, met=met, partly_met=partly, open=open_, **left)


def grid(names: Sequence[str], weeks: int = 8, criteria: Sequence[ShownCriterion] = CRITERIA) -> ProgressGrid:
    """A grid in which evidence grows by chance, and the same each time."""
    chance = random.Random(1)
    taken: list[CriterionSnapshot] = []
    for capstone in range(len(names)):
        for criterion in criteria:
            total, met, partly = chance.randint(4, 7), 0, 0
            for week in range(weeks):
                grows = chance.random() < 0.3
                partly += grows and met + partly < total
                if partly and chance.random() < 0.2:
                    met, partly = met + 1, partly - 1
                day = MONDAY - timedelta(weeks=weeks - 1 - week)
                taken.append(
                    CriterionSnapshot(capstone, criterion.id, day, met, partly, 0, total - met - partly, 0, 0)
                )
    people = [(name, capstone) for capstone, name in enumerate(names)]
    return make_progress_grid(MONDAY, criteria, people, taken)
