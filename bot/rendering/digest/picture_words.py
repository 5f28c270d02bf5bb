"""What the digest's pictures say, in words: their alternative texts, and who is behind a number in them."""

from collections.abc import Iterator, Sequence
from datetime import date

from bot.domain.digest.progress import Change, ParticipantProgress, ProgressGrid
from bot.domain.digest.ruled_levels import LevelSpread
from bot.ports.chat import Block
from bot.rendering.chat.slack_block_rules import MOST_OF_AN_ALTERNATIVE
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, count, image, small
from bot.rendering.chat.slack_text import mrkdwn, plain, units
from bot.rendering.digest.picture import label_rows

_MOST_OF_A_TITLE = 80
_MOST_OF_NUMBERS = 2000
_STILL_WEEKS = 2
"""Someone stands still if nothing of theirs has changed for this many weeks."""
_CHANGES = (
    (Change.MORE, "Stronger than a week ago", 800),
    (Change.LESS, "Weaker", 350),
    (Change.OTHER, "Other changes", 250),
)
"""The sentence about each kind of change, and its maximum length."""
_MOST_STILL, _MOST_UNREAD = 250, 200


def progress_blocks(picture: str, grid: ProgressGrid) -> tuple[Block, ...]:
    """Return a sensei's picture for a message, and who is behind the numbers in it."""
    explained = [label for label in label_rows(grid) if label.explained]
    numbers = [f"{label.text} is {mrkdwn(label.name, MOST_OF_A_NAME)}" for label in explained]
    legend = [small(_join("In the picture: ", numbers, ", ", _MOST_OF_NUMBERS))] if numbers else []
    return (image(picture, describe_progress(grid)), *legend)


def level_blocks(picture: str, spreads: Sequence[LevelSpread], day: date) -> tuple[Block, ...]:
    """Return a lead's picture for a message."""
    return (image(picture, describe_levels(spreads, day)),)


def describe_progress(grid: ProgressGrid) -> str:
    """Return the alternative text of a sensei's picture: what moved, and what stands still."""
    people, weeks = count(len(grid.rows), "participant"), count(grid.weeks, "week")
    still = [_name(row) for row in grid.rows if _stands_still(row)]
    unread = [_name(row) for row in grid.rows if not row.is_read]
    sentences = [
        f"Evidence for {people}, by criterion, over {weeks} up to {_write_day(grid.week)}.",
        *_tell_changes(grid),
        *_list("No changes for two weeks or more", still, _MOST_STILL),
        *_list("Not read yet", unread, _MOST_UNREAD),
    ]
    return " ".join(sentences)


def describe_levels(spreads: Sequence[LevelSpread], day: date) -> str:
    """Return the alternative text of a lead's picture: how many participants have which level."""
    rows = [_tell_spread(spread) for spread in spreads]
    return _join(f"Ruled levels on {_write_day(day)}. ", rows, " ", MOST_OF_AN_ALTERNATIVE)


def _tell_changes(grid: ProgressGrid) -> Iterator[str]:
    if all(cell.change is Change.NONE for row in grid.rows for cell in row.cells):
        yield "Nothing changed in the last week."
    for change, words, most in _CHANGES:
        moved = [
            f"{_name(row)} ({', '.join(titles)})"
            for row in grid.rows
            if (titles := _changed(grid, row, change))
        ]
        yield from _list(words, moved, most)


def _changed(grid: ProgressGrid, row: ParticipantProgress, change: Change) -> list[str]:
    """Return the titles of the criteria that changed in this way."""
    cells = zip(grid.criteria, row.cells, strict=True)
    return [plain(criterion.title, _MOST_OF_A_TITLE) for criterion, cell in cells if cell.change is change]


def _stands_still(row: ParticipantProgress) -> bool:
    return row.is_read and all(cell.still_weeks >= _STILL_WEEKS for cell in row.cells)


def _tell_spread(spread: LevelSpread) -> str:
    levels = [f"level {level}: {times}" for level, times in enumerate(spread.counts) if times]
    none = [f"no level yet: {spread.unruled}"] if spread.unruled else []
    gate = " (gate)" if spread.criterion.gate else ""
    return f"{plain(spread.criterion.title, _MOST_OF_A_TITLE)}{gate}: {', '.join([*levels, *none])}."


def _name(row: ParticipantProgress) -> str:
    return plain(row.name, MOST_OF_A_NAME)


def _write_day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _list(words: str, items: Sequence[str], most: int) -> list[str]:
    """Return a sentence, or none if there is nothing to list."""
    return [f"{_join(f'{words}: ', items, ', ', most)}."] if items else []


def _join(words: str, items: Sequence[str], separator: str, most: int) -> str:
    """Join as many items as fit, and say how many are left out."""
    room = most - units(words) - len(" and 999 more.")
    kept: list[str] = []
    for item in items:
        room -= units(item) + units(separator)
        if room < 0:
            break
        kept.append(item)
    left = [f"and {len(items) - len(kept)} more"] if len(items) > len(kept) else []
    return words + separator.join([*kept, *left])
