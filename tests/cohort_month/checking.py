"""Compares what came with what had to come: moments, working hours, one a day, nothing twice or lost."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from tests.cohort_month.expected import EXPECTED, PROMPTED, TOLD
from tests.cohort_month.month import Line, Month
from tests.cohort_month.people import MONDAY, WEEKS

_CHECK_IN = "Your check-in: a question"
_BEGINNINGS = {
    "message:digest.sensei:": "digest",
    "message:digest.lead:": "lead digest",
    "message:articulation.left:": "hand-over",
    "message:one_to_ones.brief:": "brief",
    "message:one_to_ones.after:": "afterwards",
    "message:triage.released": "levels",
    "message:design.told:": "design document",
    "message:defence.result:": "outcomes",
}


def classify(line: Line) -> str:
    """Return what kind of unprompted message a line is, or nothing if it is none."""
    if ":reminder:" in line.key:
        return "reminder"
    if line.key.startswith("message:articulation:") and line.text.startswith(_CHECK_IN):
        return "check-in"
    return next((kind for begin, kind in _BEGINNINGS.items() if line.key.startswith(begin)), "")


def list_unprompted(month: Month, name: str) -> list[tuple[datetime, str]]:
    """List what somebody got without asking, with the moment where they are."""
    who = month.who(name)
    found = [(who.local(line.at), classify(line)) for line in month.lines if line.name == name]
    return [(at, kind) for at, kind in found if kind and say(at, kind) not in PROMPTED.get(name, ())]


def say(at: datetime, kind: str) -> str:
    """Return a line of the list of what came."""
    return f"{at:%a %d %b %H:%M} {kind}"


def _say(one: tuple[datetime, str]) -> str:
    return say(*one)


def find_faults(month: Month, weeks: int, expected: Mapping[str, Sequence[str]] = EXPECTED) -> list[str]:
    """Return everything that isn't as it must be, in words."""
    faults = [fault for name in month.here for fault in _check_person(month, name)]
    for name in month.here:
        found = [line for line in map(_say, list_unprompted(month, name)) if _is_within(line, weeks)]
        wanted = [line for line in expected[name] if _is_within(line, weeks)]
        faults += [f"{name} got unexpectedly: {line}" for line in found if line not in wanted]
        faults += [f"{name} didn't get: {line}" for line in wanted if line not in found]
    if weeks >= WEEKS:
        faults += [fault for name in month.here for fault in _find_untold(month, name)]
    return [*faults, *_find_doubled(month), *_find_lost(month)]


def _find_untold(month: Month, name: str) -> Iterator[str]:
    texts = " ".join(" ".join(line.text.split()) for line in month.lines if line.name == name)
    yield from (f"{name} was never told: {words}" for words in TOLD.get(name, ()) if words not in texts)


def _check_person(month: Month, name: str) -> Iterator[str]:
    who, got = month.who(name), list_unprompted(month, name)
    for at, kind in got:
        is_away = any(first <= at.date() <= last for first, last in month.away.get(name, ()))
        if is_away or not who.is_at_work(at):
            yield f"{name} got outside their hours: {say(at, kind)}"
    for day, count in Counter(at.date() for at, _ in got).items():
        if count > 1:
            yield f"{name} got {count} unprompted messages on {day}"
    weeks = Counter(at.isocalendar()[:2] for at, kind in got if kind == "check-in")
    for week, count in weeks.items():
        if count > 1:
            yield f"{name} was asked {count} times in week {week}"


def _find_doubled(month: Month) -> Iterator[str]:
    sent = Counter((line.name, line.key) for line in month.lines if line.key)
    yield from (f"{name} got {count} times: {key}" for (name, key), count in sent.items() if count > 1)


def _find_lost(month: Month) -> Iterator[str]:
    """Yield what is left over: work that failed, and work that is due and hasn't begun."""
    schema = "dbos." if month.it.service.database.dialect.name == "postgresql" else ""
    failed = f"SELECT name, error FROM {schema}workflow_status WHERE status NOT IN ('SUCCESS', 'CANCELLED')"
    due = "SELECT id FROM job WHERE started_at IS NULL AND due_at < :now"
    with month.it.service.database.connect() as connection:
        for row in connection.execute(sa.text(failed)):
            yield f"the workflow {row[0]} didn't end: {str(row[1])[:200]}"
        now = {"now": month.it.clock.at - timedelta(minutes=1)}
        yield from (f"{row[0]} was due and didn't begin" for row in connection.execute(sa.text(due), now))


def _is_within(line: str, weeks: int) -> bool:
    """Return whether a line of the list is about the first weeks."""
    day = datetime.strptime(f"{line[4:10]} {MONDAY.year}", "%d %b %Y").replace(tzinfo=UTC).date()
    return day < MONDAY + timedelta(weeks=weeks)
