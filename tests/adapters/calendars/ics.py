"""Calendars as programs write them."""

from collections.abc import Sequence

HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n"


def calendar(*events: str, more: Sequence[str] = ()) -> bytes:
    """A calendar of these events."""
    lines = "".join(f"{line}\r\n" for line in more)
    return f"{HEAD}{lines}{''.join(events)}END:VCALENDAR\r\n".encode()


def event(*lines: str, uid: str = "one@example.com", title: str = "1:1 Sen / Ada") -> str:
    """An event, from 10 to 11 on 1 December unless its lines say otherwise."""
    written = [f"UID:{uid}", f"SUMMARY:{title}", *lines]
    if not any(line.startswith("DTSTART") for line in lines):
        written += ["DTSTART:20261201T100000Z", "DTEND:20261201T110000Z"]
    return "".join(f"{line}\r\n" for line in ("BEGIN:VEVENT", *written, "END:VEVENT"))


def zone(name: str, *changes: tuple[str, str, str]) -> list[str]:
    """The lines of a time zone whose offset changes on the last Sunday of months: from, to, and the month."""
    lines = []
    for number, (before, after, month) in enumerate(changes):
        part = "DAYLIGHT" if number else "STANDARD"
        lines += [
            f"BEGIN:{part}",
            "DTSTART:16010101T020000",
            f"TZOFFSETFROM:{before}",
            f"TZOFFSETTO:{after}",
            f"RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH={month}",
            f"END:{part}",
        ]
    return ["BEGIN:VTIMEZONE", f"TZID:{name}", *lines, "END:VTIMEZONE"]
