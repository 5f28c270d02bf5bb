"""What senseis decided about a capstone, put into the tables: a row in each, with words of everybody's."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.domain.triage.records import (
    CriterionRuling,
    CriterionSnapshot,
    ExemptSubject,
    Milestone,
    NewRuling,
    RulerRole,
    Verdict,
)
from bot.ports.pull_requests import BaselineCoverage

MONDAY = date(2026, 11, 23)
TABLES = (
    "criterion_ruling",
    "appeal",
    "exemption",
    "ruling_lock",
    "criterion_snapshot",
    "baseline_coverage",
    "snooze",
    "digest",
)


@dataclass(frozen=True)
class Words:
    """What a sensei wrote about a participant's work, and what the participant wrote back."""

    reason: str
    sentence: str
    exemption: str
    appeal: str


def ruling(capstone: int, sensei: str, words: Words, **changes: Any) -> NewRuling:
    """A ruling of level 1 where the draft was 3."""
    plain: dict[str, Any] = {
        "capstone": capstone,
        "criterion": "speed",
        "verdict": Verdict.OTHER,
        "level": 1,
        "draft": 3,
        "reason": words.reason,
        "sentence": words.sentence,
        "basis": "b" * 64,
        "sensei": sensei,
        "role": RulerRole.SENSEI,
        "milestone": Milestone.MIDWAY,
    }
    return NewRuling(**{**plain, **changes})


def rule_on(
    tx: Any, capstone: int, participant: str, sensei: str, words: Words, at: datetime
) -> CriterionRuling:
    """Let a sensei have ruled, and the participant have appealed; return the ruling."""
    made: CriterionRuling = tx.rulings.add(ruling(capstone, sensei, words), at)
    tx.audit(sensei, "ruling.make", f"capstone:{capstone}", criterion="speed", ruling=made.id)
    tx.exemptions.grant(capstone, ExemptSubject.CHECK, "speed.2", words.exemption, sensei, at)
    tx.rulings.lock(capstone, "cost", sensei, "b" * 64, at, at + timedelta(days=400))
    tx.appeals.ask(made.id, participant, words.appeal, at)
    tx.snapshots.save([CriterionSnapshot(capstone, "speed", MONDAY, 1, 0, 0, 2, 0, 0, level=1)])
    tx.ledgers.record_coverage(capstone, BaselineCoverage("a" * 40, (), ()), at)
    return made


def digest_for(tx: Any, cohort: int, person: str, about: str, at: datetime) -> None:
    """Let a sensei have got a digest with a row about somebody, and have snoozed that row."""
    digest = tx.digests.add(cohort, person, "sensei", "2026-W48", [f"risk:{about}", "dispute:7"], at)
    tx.digests.set_picture(digest.id, "F0PICTURE1")
    tx.snoozes.set(person, f"risk:{about}", date(2040, 1, 1), at)
