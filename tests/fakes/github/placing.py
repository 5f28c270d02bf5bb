"""Whether a comment may stand where it wants to, decided and worded as GitHub does."""

from collections.abc import Mapping
from typing import Any

from tests.fakes.github.model import Place, Pull
from tests.fakes.github.store import File, Line
from tests.fakes.github.world import World

_KEYS = ("path", "body", "line", "side", "start_line", "start_side", "position")
NO_PATH = "path is invalid"
NO_LINE = "line must be part of the diff"
NO_START = "start line must be part of the diff"
NO_HUNK = "diff hunk can't be blank"
APART = "start line must be part of the same hunk as the line."
ORDER = "start line must precede the end line."


def form(comment: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a review's inline comment before anyone looks at the diff."""
    problems = [f'"{name}" wasn\'t supplied.' for name in ("path", "body") if name not in comment]
    problems += [f'"{name}" is not a permitted key.' for name in comment if name not in _KEYS]
    for name in ("line", "start_line", "position"):
        value = comment.get(name, 1)
        if not isinstance(value, int):
            shown = "nil" if value is None else f'"{value}"'
            problems.append(f"For 'properties/{name}', {shown} is not an integer.")
    for name in ("side", "start_side"):
        value = comment.get(name, "RIGHT")
        if value not in {"LEFT", "RIGHT"}:
            shown = "nil" if value is None else f'"{value}"'
            problems.append(f'For \'properties/{name}\', {shown} is not a member of ["LEFT", "RIGHT"].')
    if not problems and "line" not in comment and "position" not in comment:
        problems = ['"position" wasn\'t supplied.', '"line" wasn\'t supplied.']
    return problems


def place(world: World, pull: Pull, comment: Mapping[str, Any]) -> Place | list[str]:
    """Return the place in the diff, or GitHub's complaints about the thread."""
    file = next((file for file in world.files(pull) if file.path == comment["path"]), None)
    if file is None:
        return [NO_PATH, NO_HUNK]
    if comment.get("subject_type") == "file":
        return Place(file.path)
    if "line" not in comment:
        return _at_position(file, comment["position"])
    side = comment.get("side", "RIGHT")
    start_line, start_side = comment.get("start_line"), comment.get("start_side", side)
    end = file.find(comment["line"], side)
    if start_line is None:
        return [NO_LINE, NO_HUNK] if end is None else _placed(file, end, side)
    problems = _range_problems(
        file, end, start_line, start_side, comment["line"] if side == start_side else None
    )
    if problems or end is None:
        return problems
    return _placed(file, end, side, start_line, start_side)


def _range_problems(
    file: File, end: Line | None, start_line: int, start_side: str, line: int | None
) -> list[str]:
    start = file.find(start_line, start_side)
    if end is None:
        return [NO_LINE, APART, NO_HUNK]
    if start_line == line or (start is not None and start.position >= end.position):
        return [ORDER]
    if start is None or start.hunk != end.hunk:
        return [APART]
    return []


def _at_position(file: File, position: int) -> Place | list[str]:
    found = next((line for line in file.lines if line.position == position), None)
    if found is None:
        return ["position is invalid", NO_HUNK]
    return _placed(file, found, "LEFT" if found.new is None else "RIGHT")


def _placed(file: File, end: Line, side: Any, start_line: int | None = None, start_side: Any = None) -> Place:
    line = end.old if side == "LEFT" else end.new
    return Place(file.path, line, side, start_line, start_side, end.position, file.hunk_up_to(end))


def sentence(problems: list[str]) -> str:
    """Join complaints as Rails does: "one, two, and three"."""
    said = [f"Pull request review thread {problem}" for problem in problems]
    if len(said) < 3:
        return " and ".join(said)
    return f"{', '.join(said[:-1])}, and {said[-1]}"
