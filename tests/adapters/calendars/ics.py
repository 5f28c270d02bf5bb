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
