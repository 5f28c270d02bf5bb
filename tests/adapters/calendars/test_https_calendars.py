"""Calendars are fetched only from where they may be, within limits, and nothing shows their address."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.adapters.calendars.https_calendars import MOST_BYTES, HttpsCalendars, is_public
from bot.domain.one_to_ones.calendar_events import CalendarProblem, EventFilter
from bot.ports.calendars import UnreadableCalendarError
from tests.adapters.calendars.ics import calendar, event
from tests.fakes.calendars import HOST, CalendarHost, calendar_host

FIRST, LAST = datetime(2026, 11, 28, tzinfo=UTC), datetime(2026, 12, 26, tzinfo=UTC)
SEN = EventFilter("Sen Sei")


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CalendarHost]:
    with calendar_host(tmp_path_factory.mktemp("host")) as made:
        yield made


def problem(calendars: HttpsCalendars, address: str) -> CalendarProblem:
    """Why a calendar can't be read; the error shows nothing of its address."""
    with pytest.raises(UnreadableCalendarError) as unreadable:
        calendars.read(address, SEN, FIRST, LAST, "UTC")
    shown = f"{unreadable.value!r} {unreadable.value.__cause__!r}"
    assert "secret" not in shown
    assert unreadable.value.__cause__ is None
    return unreadable.value.problem


def test_a_calendar_is_read(host: CalendarHost) -> None:
    address = host.serves("/secret/basic.ics?x=1", calendar(event()))
    found = host.calendars().read(address, SEN, FIRST, LAST, "UTC")
    assert [f"{it.at:%m-%d %H:%M}" for it in found] == ["12-01 10:00"]
    path, headers = host.asked[-1]
    assert (path, headers["Host"]) == ("/secret/basic.ics?x=1", HOST)
    assert "Cookie" not in headers
    assert "Authorization" not in headers


def test_a_redirect_is_followed_on_the_list_and_nowhere_else(host: CalendarHost) -> None:
    calendars = host.calendars()
    host.serves("/there", calendar(event()))
    assert calendars.read(host.serves("/a", b"", 302, Location="/there"), SEN, FIRST, LAST, "UTC")
    for further in (
        "https://evil.example/secret",
        "http://calendar.example/secret",
        "file:///secret",
        "//evil.example",
    ):
        assert (
            problem(calendars, host.serves("/b", b"", 301, Location=further)) is CalendarProblem.NOT_ALLOWED
        )
    for path, further in (("/loop", "/loop"), ("/odd", "https://[")):
        assert problem(calendars, host.serves(path, b"", 302, Location=further)) is CalendarProblem.REFUSED


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (404, CalendarProblem.REFUSED),
        (403, CalendarProblem.REFUSED),
        (500, CalendarProblem.NO_ANSWER),
        (429, CalendarProblem.NO_ANSWER),
        (204, CalendarProblem.REFUSED),
    ],
)
def test_a_refusal_is_told_from_no_answer(host: CalendarHost, status: int, expected: CalendarProblem) -> None:
    assert problem(host.calendars(), host.serves(f"/secret/{status}", b"", status)) is expected


def test_what_is_too_large_is_not_read_to_its_end(host: CalendarHost) -> None:
    address = host.serves("/secret/large", b"x" * (MOST_BYTES + 1))
    assert problem(host.calendars(), address) is CalendarProblem.TOO_LARGE


def test_a_page_that_asks_to_sign_in_is_no_calendar(host: CalendarHost) -> None:
    assert problem(host.calendars(), host.serves("/secret/page", "<html>")) is CalendarProblem.NO_CALENDAR


DRIPS = b"HTTP/1.1 200 OK\r\nContent-Type: text/calendar\r\n\r\n" + b"x" * 1000
CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 1000


@pytest.mark.parametrize("answer", [DRIPS, CHUNKS], ids=["head and body", "chunk size"])
def test_a_host_that_sends_one_byte_after_the_other_is_left(host: CalendarHost, answer: bytes) -> None:
    address = host.writes("/secret/slow", answer, pause=0.05)
    began = time.monotonic()
    assert problem(host.calendars(seconds=1.0), address) is CalendarProblem.NO_ANSWER
    assert time.monotonic() - began < 10


def test_a_body_that_was_cut_off_at_the_deadline_is_no_calendar(host: CalendarHost) -> None:
    address = host.writes("/secret/cut", b"HTTP/1.0 200 OK\r\n\r\n" + calendar(event()) * 9, pause=0.01)
    assert problem(host.calendars(seconds=1.0), address) is CalendarProblem.NO_ANSWER


def test_a_resolver_that_does_not_answer_is_not_waited_for(host: CalendarHost) -> None:
    resolved = threading.Event()

    def resolve(_: str) -> list[str]:
        resolved.wait(60)
        return ["127.0.0.1"]

    began = time.monotonic()
    calendars = host.calendars(resolve=resolve, seconds=0.2)
    assert problem(calendars, f"https://{HOST}/secret") is CalendarProblem.NO_ANSWER
    assert time.monotonic() - began < 10
    resolved.set()


def test_a_host_that_does_not_shake_hands_is_left_at_the_deadline(host: CalendarHost) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        calendars = replace(host.calendars(seconds=0.5), port=silent.getsockname()[1])
        began = time.monotonic()
        assert problem(calendars, f"https://{HOST}/secret") is CalendarProblem.NO_ANSWER
        assert time.monotonic() - began < 4


def test_a_header_that_is_none_does_not_stop_the_reading(host: CalendarHost) -> None:
    address = host.writes(
        "/secret/odd", b"HTTP/1.0 200 OK\r\nno colon here\r\nX: y\r\n\r\n" + calendar(event())
    )
    assert host.calendars().read(address, SEN, FIRST, LAST, "UTC")


def test_nobody_in_a_private_network_is_asked(host: CalendarHost) -> None:
    address, asked = host.serves("/secret/in", calendar(event())), len(host.asked)
    for found in (["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:127.0.0.1"], []):
        calendars = host.calendars(resolve=lambda _, found=found: found, may_connect=is_public)
        assert problem(calendars, address) is CalendarProblem.NOT_ALLOWED
    assert len(host.asked) == asked


def test_a_name_without_an_address_gives_no_answer(host: CalendarHost) -> None:
    def fail(_: str) -> list[str]:
        raise OSError("no such name")

    assert problem(host.calendars(resolve=fail), f"https://{HOST}/secret") is CalendarProblem.NO_ANSWER


def test_another_name_or_another_port_is_not_allowed(host: CalendarHost) -> None:
    for address in (f"https://evil.example:{host.port}/secret", "https://evil.example/secret", "secret"):
        assert problem(host.calendars(), address) is CalendarProblem.NOT_ALLOWED


def test_a_host_with_another_certificate_is_not_believed(host: CalendarHost) -> None:
    host.serves("/secret", calendar(event()))
    calendars = host.calendars("other.example")
    assert problem(calendars, "https://other.example/secret") is CalendarProblem.NO_ANSWER


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1",
        "fe80::1%eth0", "", "calendar.example",
    ],
)  # fmt: skip
def test_private_addresses_are_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2607:f8b0:4004:800::200e"])
def test_public_addresses_are_known(address: str) -> None:
    assert is_public(address)
