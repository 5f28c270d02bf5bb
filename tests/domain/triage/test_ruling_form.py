"""What a form for a ruling was opened for, as it travels through Slack."""

import pytest

from bot.domain.triage.ruling_form import RulingFormKey, RulingTarget

KEY = RulingFormKey(RulingTarget(7, "performance_cost"), "0a" * 32, 12, 2, 3)


def test_a_key_comes_back_as_it_was() -> None:
    assert RulingFormKey.parse(str(KEY)) == KEY
    assert RulingTarget.parse(str(KEY.target)) == KEY.target


@pytest.mark.parametrize(
    "text",
    ["", "1", "x:speed", "0:speed", "7:", "7:speed:d:1:1", "7:speed:d:x:1:1", "7:speed:d:1:0:1", "9" * 5000],
)
def test_anything_else_is_no_key(text: str) -> None:
    assert RulingFormKey.parse(text) is None


@pytest.mark.parametrize("text", ["", "7", "7:", ":speed", "x:speed", "7:speed:more", "9" * 30 + ":speed"])
def test_anything_else_is_no_target(text: str) -> None:
    assert RulingTarget.parse(text) is None


@pytest.mark.parametrize(
    ("wanted", "page", "opened"), [(1, 1, 3), (3, 3, 3), (4, 4, 4), (5, 4, 4), (0, 1, 3), (99, 4, 4)]
)
def test_a_page_opens_only_after_all_pages_before_it(wanted: int, page: int, opened: int) -> None:
    turned = KEY.turn_to(wanted, pages=5)
    assert (turned.page, turned.opened) == (page, opened)
