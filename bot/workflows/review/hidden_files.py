"""Decide which files of a change are hidden from a reading: by ignore patterns, attributes and names."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.domain.review.file_selection import IgnoreFile, skip_reason_by_name
from bot.ports.checkout import Change, Checkout
from bot.ports.reading_process import ReadingPart
from bot.workflows.review.reading_parts import ReadingParts

IGNORE_FILE, ATTRIBUTES_FILE = ".senseiignore", ".gitattributes"
MOST_IGNORE_BYTES = 64 * 1024
_COMMIT = re.compile(r"[0-9a-f]{40,64}")


@dataclass(frozen=True, slots=True)
class HidingReasons:
    """Why paths are hidden from a reading: because of their names, or because of patterns.

    ``before`` uses the patterns of the base alone. ``now`` hides only what the head's patterns still hide. So
    a change cannot hide any of its own files, and a file that it no longer hides is read at once.
    """

    ignored_before: Callable[[str], bool]
    ignored_now: Callable[[str], bool]
    attributes_before: Mapping[str, frozenset[str]]
    attributes_now: Mapping[str, frozenset[str]] | None

    def before(self, path: str) -> str | None:
        """Return why the base hides a path, or None."""
        if self.ignored_before(path):
            return f"listed in {IGNORE_FILE}"
        return _name_attribute(self.attributes_before.get(path, frozenset())) or skip_reason_by_name(path)

    def now(self, path: str) -> str | None:
        """Return why a path is still hidden, or None."""
        if self.ignored_now(path):
            return f"listed in {IGNORE_FILE}"
        attributes = self.attributes_before.get(path, frozenset())
        if self.attributes_now is not None:
            attributes &= self.attributes_now.get(path, frozenset())
        return _name_attribute(attributes) or skip_reason_by_name(path)


def _name_attribute(attributes: Iterable[str]) -> str | None:
    return next((f"{attribute} in .gitattributes" for attribute in sorted(attributes)), None)


class HiddenFiles:
    """The ignore patterns and attributes of one checkout."""

    def __init__(self, checkout: Checkout, parts: ReadingParts) -> None:
        self._checkout = checkout
        self._parts = parts
        self._head_patterns: IgnoreFile | None = None
        self.problems: tuple[str, ...] = ()
        """Problems in the ignore file, for the person who asked for the reading."""

    def reasons(self, change: Change) -> HidingReasons:
        """Return what hides files of a change: the base's patterns that the head still has."""
        names = list(dict.fromkeys(name for file in change.files for name in (file.path, file.old_path)))
        self._parts.begin(ReadingPart("attributes"))
        before = self._checkout.attributes(change.hiding_base, names)
        now = None
        touched = any(name.rpartition("/")[2] == ATTRIBUTES_FILE for name in names)
        if touched and _COMMIT.fullmatch(change.head):
            now = self._checkout.attributes(change.head, names)
        self._parts.begin(ReadingPart("ignore"))
        self._base_patterns.match_all(names)
        self._head_patterns = self._read_head_patterns(change)
        return HidingReasons(self.was_ignored, self.is_ignored, before, now)

    def match(self, paths: list[str]) -> None:
        """Match further paths against the base's patterns, all at once."""
        self._base_patterns.match_all(paths)

    def was_ignored(self, path: str) -> bool:
        """Return whether the base's patterns match a path."""
        return self._base_patterns.ignores(path)

    def is_ignored(self, path: str) -> bool:
        """Return whether the base's patterns match a path, and the head's too if the change edits them."""
        return self._base_patterns.ignores(path) and (
            self._head_patterns is None or self._head_patterns.ignores(path)
        )

    def _read_head_patterns(self, change: Change) -> IgnoreFile | None:
        """Return the head's patterns if the change edits them; None if the base's patterns apply."""
        file = next((file for file in change.files if IGNORE_FILE in {file.path, file.old_path}), None)
        if file is None or change.base is None or file.unread:
            return None
        if file.new is None or file.path != IGNORE_FILE:
            return IgnoreFile()
        if not file.new.mode.startswith("100") or (file.new.size or 0) > MOST_IGNORE_BYTES:
            return None
        return IgnoreFile.parse(self._checkout.read(file.new).decode("utf-8", "replace"))

    @cached_property
    def _base_patterns(self) -> IgnoreFile:
        data = self._checkout.hiding_file(IGNORE_FILE, MOST_IGNORE_BYTES)
        ignore = IgnoreFile.parse(data.decode("utf-8", "replace") if data else "")
        self.problems = tuple(
            f"this part of {IGNORE_FILE} has no effect: {problem}" for problem in ignore.problems
        )
        return ignore
