"""The parts of a lead's digest in words, for the chat and for a terminal: what needs the lead first.

Other people's names go through ``safe``, which makes them safe for the place where they are shown.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.digest.lead_digest import (
    DateAhead,
    LeadDigest,
    UncoveredAbsence,
    WaitingHandover,
    WeekCost,
)
from bot.domain.triage.shown import ShownAppeal
from bot.rendering.chat.slack_blocks import count, day
from bot.rendering.enquiries.trends import write_trends

Safe = Callable[[str], str]
QUIET = "Nothing needs you this week."
_MOST_CAPSTONES = 3
_SMALLEST_COST = 0.005  # in USD; less would be shown as 0.00


@dataclass(frozen=True, slots=True)
class DigestPart:
    """A heading and its lines. ``appeals`` are those of an appeal's part, one for each line.

    ``answers`` has for each line the number of the hand-over that the reader can answer, or 0.
    """

    title: str
    lines: tuple[str, ...]
    appeals: tuple[ShownAppeal, ...] = ()
    answers: tuple[int, ...] = ()


def write_parts(digest: LeadDigest, safe: Safe) -> Iterator[DigestPart]:
    """Yield the parts that need the lead, the most urgent first."""
    today = digest.today
    if digest.appeals:
        lines = tuple(_write_appeal(appeal, today, safe) for appeal in digest.appeals)
        yield DigestPart("Second opinions: please name a sensei", lines, digest.appeals)
    if digest.waiting:
        yield DigestPart(
            "Questions that wait for a person",
            tuple(_write_handover(handover, today, safe) for handover in digest.waiting),
            answers=tuple(handover.id if handover.is_yours else 0 for handover in digest.waiting),
        )
    if digest.stuck:
        yield DigestPart(
            "Stuck participants",
            tuple(
                f"{safe(stuck.person.name)}: {count(stuck.questions, 'open question')}, "
                f"the oldest open for {count(stuck.days, 'day')}"
                for _, stuck in digest.stuck
            ),
        )
    senseis = (
        *(_write_absence(absence, today, safe) for absence in digest.uncovered),
        *(
            f"{safe(full.person.name)} has {count(full.load, 'participant')}, "
            f"{full.load - full.capacity} over their limit"
            for _, full in digest.full
        ),
    )
    if senseis:
        yield DigestPart("Senseis", senseis)
    if digest.dates:
        yield DigestPart("Dates", tuple(_write_date(ahead, today, safe) for ahead in digest.dates))


def write_figures(digest: LeadDigest, safe: Safe) -> tuple[str, ...]:
    """Return the lines about the last weeks: Sensei's questions, those of the people, and cost."""
    noise = digest.noise
    questions = (
        f"Questions in the last 7 days: {noise.asked} asked, {noise.withdrawn} withdrawn, "
        f"{noise.disputed} disputed."
    )
    return questions, write_trends(digest.trends), *_write_gaps(digest.gaps), _write_cost(digest.cost, safe)


def _write_appeal(appeal: ShownAppeal, today: date, safe: Safe) -> str:
    return f"{safe(appeal.participant)} – {safe(appeal.criterion)}, asked on {day(appeal.day, today)}"


def _write_handover(handover: WaitingHandover, today: date, safe: Safe) -> str:
    asker, since = safe(handover.asker), day(handover.since, today)
    if handover.is_yours:
        return f"{asker} asked you something, and has been waiting for your answer since {since}"
    if not handover.answerer:
        unanswerable = "asked something that nobody can answer at the moment"
        return f"{asker} {unanswerable}, and has been waiting since {since}"
    return f"{asker} has been waiting for an answer from {safe(handover.answerer)} since {since}"


def _write_gaps(gaps: int) -> Iterator[str]:
    if gaps:
        yield (f"Gaps in the handbook: {gaps}. Whoever runs Sensei lists them with `sensei handbook gaps`.")


def _write_absence(absence: UncoveredAbsence, today: date, safe: Safe) -> str:
    since = "is away" if absence.first <= today else f"will be away from {day(absence.first, today)}"
    people = count(absence.participants, "participant has", "participants have")
    return f"{safe(absence.sensei)} {since} until {day(absence.last, today)}: {people} no deputy"


def _write_date(ahead: DateAhead, today: date, safe: Safe) -> str:
    written = f"{safe(ahead.title)}: {day(ahead.day, today)}"
    if not ahead.unruled:
        return written
    counts = ", ".join(_write_unruled(sensei, people, safe) for sensei, people in ahead.unruled)
    total = sum(people for _, people in ahead.unruled)
    return f"{written}. Rulings are missing for {count(total, 'participant')} ({counts})"


def _write_unruled(sensei: str, people: int, safe: Safe) -> str:
    return f"{safe(sensei) if sensei else 'without a sensei'}: {people}"


def _write_cost(cost: WeekCost, safe: Safe) -> str:
    dearest = [
        f"{safe(name)} ${usd:.2f}" for name, usd in _pick_dearest(cost.by_capstone) if usd >= _SMALLEST_COST
    ]
    most = f" Most expensive: {', '.join(dearest)}." if dearest else ""
    budget = f" All cohorts together may spend ${cost.day_budget:.2f} a day." if cost.day_budget else ""
    return f"Cost of models in the last 7 days: ${cost.total:.2f}.{most}{budget}"


def _pick_dearest(costs: Sequence[tuple[str, float]]) -> Sequence[tuple[str, float]]:
    return costs[:_MOST_CAPSTONES]
