"""Only https addresses on listed hosts are fetched, and no error shows an address."""

import pytest

from bot.domain.one_to_ones.calendar_addresses import (
    KNOWN_HOSTS,
    UnusableAddressError,
    list_hosts,
    read_address,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "https://calendar.google.com/calendar/ical/a%40b/private-1/basic.ics",
            "https://calendar.google.com/calendar/ical/a%40b/private-1/basic.ics",
        ),
        (" webcal://p42-caldav.icloud.com/published/2/x ", "https://p42-caldav.icloud.com/published/2/x"),
        (
            "https://OUTLOOK.office365.com:443/owa/x.ics?a=1#part",
            "https://outlook.office365.com/owa/x.ics?a=1",
        ),
        ("https://calendar.google.com", "https://calendar.google.com/"),
    ],
)
def test_a_known_calendar_can_be_fetched(text: str, expected: str) -> None:
    assert read_address(text, KNOWN_HOSTS).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "http://calendar.google.com/x",
        "ftp://calendar.google.com/x",
        "file:///etc/passwd",
        "https://evil.example/x",
        "https://calendar.google.com.evil.example/secret",
        "https://evilicloud.com/secret",
        "https://icloud.com/secret",
        "https://calendar.google.com@evil.example/secret",
        "https://me:secret@calendar.google.com/x",
        "https://calendar.google.com:8443/secret",
        "https://calendar.google.com:99999/secret",
        "https://127.0.0.1/secret",
        "https://[::1]/secret",
        "https://[secret",
        "https://calendar.google.com/a b",
        "https://calendar.google.com/\nsecret",
        "https://calendar.google.com/ünï-secret",
        "https://calendar.google.com/" + "secret" * 400,
    ],
)
def test_nothing_else_can(text: str) -> None:
    with pytest.raises(UnusableAddressError) as refused:
        read_address(text, KNOWN_HOSTS)
    assert "secret" not in str(refused.value)


def test_without_hosts_no_address_can() -> None:
    with pytest.raises(UnusableAddressError, match="has switched calendars off"):
        read_address("https://calendar.google.com/x", ())


def test_hosts_are_listed_in_words() -> None:
    assert list_hosts(("a.example", ".b.example")) == "a.example or *.b.example"
    assert list_hosts(("a.example",)) == "a.example"
