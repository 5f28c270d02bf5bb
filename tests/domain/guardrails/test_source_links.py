"""Links that a source has, and all others."""

import pytest

from bot.domain.guardrails.source_links import without_source_links

SOURCES = ("Read https://wiki.example.com/undo, and (https://wiki.example.com/list?day=1).",)


def test_a_link_of_a_source_reads_as_a_page() -> None:
    text = "The steps are on https://wiki.example.com/undo. See https://wiki.example.com/list?day=1"
    assert without_source_links(text, SOURCES) == "The steps are on that page. See that page"


@pytest.mark.parametrize(
    "link",
    [
        "https://wiki.example.com/undo/all",
        "https://wiki.example.com/undo.evil.example",
        "https://wiki.example.com/undo?to=evil",
        "https://wiki.example.com/und",
        "http://wiki.example.com/undo",
        "https://wiki.example.com/Undo",
        "https://evil.example/https://wiki.example.com/undo",
    ],
)
def test_another_link_stays(link: str) -> None:
    assert without_source_links(f"See {link}", SOURCES) == f"See {link}"
