"""What the pictures say to those who can't see them, and who is behind a number in one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.digest.progress import make_progress_grid
from bot.domain.digest.ruled_levels import LevelSpread
from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_validation import checked_message
from bot.rendering.digest.picture_words import (
    describe_levels,
    describe_progress,
    level_blocks,
    progress_blocks,
)
from tests.domain.digest.weekly import CRITERIA, MONDAY, SECURITY, grid, snapshot
from tests.sample_cohort import ODD_NAMES

PICTURE = "F012345678"


def test_it_says_what_moved_and_what_stands_still() -> None:
    moves = [
        *(snapshot(ago, met=1, capstone=1) for ago in (1, 2)),
        snapshot(0, met=2, capstone=1),
        *(snapshot(ago, met=1, capstone=2) for ago in (0, 1, 2)),
        *(snapshot(ago, met=2 - (ago == 0), capstone=3) for ago in (0, 1, 2)),
        snapshot(0, not_assessed=4, open=0, capstone=4),
    ]
    people = [("Ada", 1), ("Ben", 2), ("Cy", 3), ("Di", 4)]
    assert describe_progress(make_progress_grid(MONDAY, [SECURITY], people, moves)) == (
        "Evidence for 4 participants, by criterion, over 3 weeks up to 23 November 2026. "
        "Stronger than a week ago: Ada (Security). Weaker: Cy (Security). "
        "No changes for two weeks or more: Ben. Not read yet: Di."
    )


def test_a_week_without_any_movement_is_said_to_be_one() -> None:
    still = make_progress_grid(MONDAY, [SECURITY], [("Ada", 1)], [snapshot(0, met=1), snapshot(1, met=1)])
    assert "Nothing changed in the last week." in describe_progress(still)


def test_whoever_is_a_number_in_the_picture_is_named_beside_it() -> None:
    picture, legend = progress_blocks(PICTURE, grid(["Ada", "李小龙"]))
    assert picture["slack_file"] == {"id": PICTURE}
    assert legend["elements"][0]["text"] == "In the picture: No. 2 is 李小龙"
    assert len(progress_blocks(PICTURE, grid(["Ada"]))) == 1


@pytest.mark.parametrize("name", ["x" * 200, "*_<!channel>&", *ODD_NAMES])
def test_sixty_people_of_any_name_fit(name: str) -> None:
    checked_message(OutgoingMessage("Week", progress_blocks(PICTURE, grid([name] * 60))))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=80), min_size=1, max_size=20))
def test_no_name_makes_a_message_that_slack_refuses(names: list[str]) -> None:
    checked_message(OutgoingMessage("Week", progress_blocks(PICTURE, grid(names, 2, CRITERIA[:2]))))


def test_levels_are_said_by_criterion() -> None:
    spreads = [LevelSpread(SECURITY, (0, 3, 1, 0, 0), 2), LevelSpread(CRITERIA[0], (0,) * 5, 6)]
    assert describe_levels(spreads, MONDAY) == (
        "Ruled levels on 23 November 2026. Security (gate): level 1: 3, level 2: 1, no level yet: 2. "
        "Outcome and product thinking: no level yet: 6."
    )
    checked_message(OutgoingMessage("Week", level_blocks(PICTURE, spreads * 20, MONDAY)))
