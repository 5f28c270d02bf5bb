"""What an export's page says about one-to-ones, calendars and skipped check-ins."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.domain.one_to_ones.calendar_events import CalendarProblem
from bot.rendering.privacy.export_words import Json, day, quote_lines
from bot.rendering.review.markdown import code, plain
from bot.rendering.text.safe_text import count


def one_to_one_lines(dojo: Json) -> Iterator[str]:
    """Yield a person's one-to-ones, what they said of them, and the calendars that they added."""
    meetings = dojo["one_to_ones"]
    if meetings:
        days = sorted(day(meeting["at"]) for meeting in meetings)
        off = sum(meeting["state"] == "cancelled" for meeting in meetings)
        cancelled = f"; {off:,} of them cancelled" if off else ""
        span = f"on {days[0]}" if days[0] == days[-1] else f"from {days[0]} to {days[-1]}"
        yield f"- {count(len(meetings), 'one-to-one')}, {span}{cancelled}."
    days_by_id = {meeting["id"]: day(meeting["at"]) for meeting in meetings}
    for note in dojo["one_to_one_notes"]:
        about = days_by_id.get(note["one_to_one_id"], day(note["at"]))
        if note["worth"]:
            yield f"- Was the hour of {about} worth it? You: {note['worth']}."
        if note["decided"]:
            yield f"- What was decided on {about}, in your words:"
            yield ""
            yield from quote_lines(note["decided"], "  ")
            yield ""
    for calendar in dojo["calendars"]:
        yield f"- A calendar on {code(urlsplit(calendar['address']).hostname or '?')}, {_say_read(calendar)}."
        if calendar["title"]:
            yield f"  You said that the titles of its events contain “{plain(calendar['title'])}”."


def _say_read(calendar: Json) -> str:
    if not calendar["read_at"]:
        return "not read yet"
    tried = f"on {day(calendar['read_at'])}"
    if calendar["problem"] in {"", CalendarProblem.NO_EVENTS}:
        return f"last read {tried}"
    return f"which Sensei last tried to read {tried}, and couldn't"


def skipped_lines(enrolment: Json) -> Iterator[str]:
    """Yield the check-ins that a participant skipped with a reason."""
    for check_in in enrolment["check_ins"]:
        if check_in["reason"]:
            yield f"  - You skipped the check-in of {check_in['day']}. You wrote:"
            yield ""
            yield from quote_lines(check_in["reason"], "    ")
            yield ""
