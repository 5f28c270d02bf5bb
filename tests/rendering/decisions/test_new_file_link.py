"""The link to GitHub's page for a new file."""

from urllib.parse import parse_qs, urlsplit

import pytest

from bot.rendering.decisions.new_file_link import MOST_BYTES, new_file_link

TEXT = "# Größe & Co: 100 % #1\n\n+ a\\b “c” <d>\r\n&value=x\n"


@pytest.mark.parametrize("page", ["https://github.com/ada/desk", "https://git.example.org/ada/desk"])
def test_the_page_is_filled_in_with_the_path_and_the_text(page: str) -> None:
    path = "docs/decisions/0007-größe & co.md"
    link = new_file_link(page, "release/1.0#2", path, TEXT)
    assert link.filled
    parts = urlsplit(link.address)
    assert link.address.startswith(f"{page}/new/release/1.0%232?")
    assert parse_qs(parts.query) == {"filename": [path], "value": [TEXT]}
    assert link.address.isascii()


def test_a_text_that_does_not_fit_is_left_out() -> None:
    short = new_file_link("https://github.com/ada/desk", "main", "a.md", "")
    room = MOST_BYTES - len(short.address)
    assert new_file_link("https://github.com/ada/desk", "main", "a.md", "x" * room).filled
    link = new_file_link("https://github.com/ada/desk", "main", "a.md", "x" * (room + 1))
    assert (link.filled, link.address) == (False, "https://github.com/ada/desk/new/main?filename=a.md")
