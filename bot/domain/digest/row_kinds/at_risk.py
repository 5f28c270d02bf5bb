"""The row about a participant who may be at risk, with the rules that say so.

All rules are here. Each has a sentence, which a sensei reads when it applies.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.digest.calendar import SenseiCalendar
from bot.domain.digest.cost_of_delay import NEAR_DAYS, add_up_cost
from bot.domain.digest.matters import ParticipantMatters, Place
from bot.domain.digest.row_kinds.milestone_words import MILESTONE_NAMES
from bot.domain.digest.rows import DigestRow, RowKind, RowTarget, join_words, say_days

OLD_QUESTION_DAYS = 7
"""A question that has been open for more working days than this raises a flag."""
SILENT_DAYS = 10
"""So does a capstone that hasn't been read for this many working days."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A rule that applies: what to say, why, and for how many working days. ``milestone``: one is near."""

    what: str
    why: str
    days: int = 0
    milestone: bool = False
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class RiskRule:
    """A rule. ``sentence`` states it; ``find`` returns the flag that it raises, or None."""

    name: str
    sentence: str
    find: Callable[[ParticipantMatters, SenseiCalendar], Flag | None]


def _find_paused(of: ParticipantMatters, _calendar: SenseiCalendar) -> Flag | None:
    return Flag("paused", "They're taking a break until they use `/dojo resume`.") if of.is_paused else None


def _find_without_access(of: ParticipantMatters, calendar: SenseiCalendar) -> Flag | None:
    if of.has_access:
        return None
    days = calendar.days_since(of.enrolled_on or calendar.today)
    why = "The GitHub App isn't installed on their repository, so I can't read it."
    return Flag("I can't read the capstone", why, days)


def _find_unread(of: ParticipantMatters, calendar: SenseiCalendar) -> Flag | None:
    if of.is_paused or not of.has_access or of.read_on is None:
        return None
    days = calendar.days_since(of.read_on)
    if days < SILENT_DAYS:
        return None
    why = f"I mention this when I've had nothing to read for {say_days(SILENT_DAYS)}."
    return Flag(f"nothing to read for {say_days(days)}", why, days)


def _find_old_question(of: ParticipantMatters, calendar: SenseiCalendar) -> Flag | None:
    if of.is_paused:
        return None
    oldest = min(of.open_questions, key=lambda matter: matter.since, default=None)
    days = calendar.days_since(oldest.since) if oldest else 0
    if oldest is None or days <= OLD_QUESTION_DAYS:
        return None
    why = f"I mention a question when it has been open for more than {say_days(OLD_QUESTION_DAYS)}."
    return Flag(f"a question open for {say_days(days)}", why, days, place=oldest.place)


def _find_unruled_gates(of: ParticipantMatters, calendar: SenseiCalendar) -> Flag | None:
    if calendar.milestone is None or not of.gates_unruled:
        return None
    gates = "1 gate criterion" if len(of.gates_unruled) == 1 else f"{len(of.gates_unruled)} gate criteria"
    what = f"{gates} without a ruling at level {of.gate_level} or higher"
    name = MILESTONE_NAMES[calendar.milestone.milestone]
    why = f"Still missing for {name}: {join_words(of.gates_unruled)}."
    return Flag(what, why, milestone=True)


RULES = (
    RiskRule("no access", "Sensei can't read the capstone.", _find_without_access),
    RiskRule(
        "gates",
        f"A milestone is open or at most {say_days(NEAR_DAYS)} away, and a gate criterion has no ruling at "
        "the gate level yet.",
        _find_unruled_gates,
    ),
    RiskRule(
        "old question",
        f"A question has been open for more than {say_days(OLD_QUESTION_DAYS)}.",
        _find_old_question,
    ),
    RiskRule("no reading", f"Nothing was read for {say_days(SILENT_DAYS)}.", _find_unread),
    RiskRule("paused", "The participant has paused.", _find_paused),
)
"""All rules, the most serious first. The first that applies is the row's headline."""


def find_flags(of: ParticipantMatters, calendar: SenseiCalendar) -> tuple[Flag, ...]:
    """Return the flags that the rules raise about a participant."""
    return tuple(flag for rule in RULES if (flag := rule.find(of, calendar)))


def make_risk_row(of: ParticipantMatters, calendar: SenseiCalendar) -> DigestRow | None:
    """Return the row about a participant who may be at risk, or None."""
    flags = find_flags(of, calendar)
    if not flags:
        return None
    milestone = any(flag.milestone for flag in flags)
    others = [f"Also: {flag.what}." for flag in flags[1:]]
    return DigestRow(
        RowKind.AT_RISK,
        of.capstone,
        of.name,
        flags[0].what,
        (flags[0].why, *others),
        add_up_cost(RowKind.AT_RISK, max(flag.days for flag in flags), gate=milestone, milestone=milestone),
        1,
        RowTarget(of.capstone) if milestone else None,
        next((flag.place for flag in flags if flag.place), None),
        of.standing_in_for,
    )
