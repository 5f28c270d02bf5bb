"""Read the unchanged text that explains a change: callers, definitions, plans, tests and past commits.

None of it belongs to the change, so a text that is missing, damaged or unfit is left out, and the reading is
complete.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bot.domain.review import recent_history
from bot.domain.review.citations import SourceText
from bot.domain.review.context import CutPart, NearbyKind, NearbyText, ReadableFile
from bot.domain.review.diff import FileSide, FileStatus
from bot.domain.review.file_selection import skip_reason_by_name
from bot.domain.review.paths import display_path
from bot.domain.review.surroundings import excerpts
from bot.domain.review.surroundings.callers import find_callers
from bot.domain.review.surroundings.candidates import (
    FileKind,
    choose_candidates,
    classify_file,
    is_decision_record,
)
from bot.domain.review.surroundings.changed_names import ChangedName, list_changed_names
from bot.domain.review.surroundings.mentions import find_mentions
from bot.domain.review.surroundings.pages import choose_sections, find_named_pages, list_issues
from bot.domain.review.surroundings.source_lines import SourceLines
from bot.domain.review.surroundings.used_definitions import find_used_definitions
from bot.domain.review.surroundings.used_names import list_used_names
from bot.errors import IncompleteReadingError, UserError
from bot.ports.checkout import Change, Checkout
from bot.ports.reading_process import ReadingPart
from bot.workflows.review.file_reading import FileReading
from bot.workflows.review.reading_parts import PartLeftOutError, ReadingParts

MOST_FILE_BYTES, MOST_BYTES = (
    128 * 1024,
    6 * 1024 * 1024,
)  # of one unchanged file, and of all that are searched
SECONDS = 10.0  # for all of it


@dataclass(slots=True)
class NearbyMaterial:
    """What was found beside a change. ``notes`` says what could not be read, for the manifest."""

    texts: list[NearbyText] = field(default_factory=list)
    notes: list[CutPart] = field(default_factory=list)


class Surroundings:
    """Reads what explains one change, whose files have been read. Use it once."""

    def __init__(
        self, checkout: Checkout, files: FileReading, parts: ReadingParts, expired: Callable[[], bool]
    ) -> None:
        self._checkout = checkout
        self._files = files
        self._parts = parts
        self._expired = expired
        self._texts: dict[str, SourceText | None] = {}
        self._material = NearbyMaterial()

    def read(self, change: Change, words: Sequence[str]) -> NearbyMaterial:
        """Read what explains a change. ``words`` are the author's: title, description, commit messages."""
        if change.base is None or self._parts.ends_at is not None:
            return self._material
        if self._expired():
            self._material.notes.append(CutPart("unchanged files", "not searched: time ran out"))
            return self._material
        try:
            self._parts.begin(ReadingPart("nearby"))
            self._read_history(change)
            search = self._search(change, words)
            for read in (self._read_callers, self._read_definitions, self._read_plan, self._read_neighbours):
                self._parts.begin(ReadingPart("nearby"))
                self._material.texts += read(search)
        except (IncompleteReadingError, UserError) as failed:
            reason = failed.what if isinstance(failed, UserError) else str(failed)
            self._material.notes.append(CutPart("unchanged files", reason))
        return self._material

    def _read_history(self, change: Change) -> None:
        names = [name for file in change.files for name in (file.path, file.old_path)]
        commits = self._checkout.recent_commits(list(dict.fromkeys(names)))
        if commits.problem:
            self._material.notes.append(CutPart(recent_history.NAME, commits.problem))
        if commits.read:
            redactor = self._files.redactor
            for commit in commits.read:
                redactor.learn(commit.subject)
            content = recent_history.format_history(commits.read, redactor.redact)
            text = SourceText.of(recent_history.NAME, change.head, "head", content, [])
            self._material.texts.append(
                NearbyText(NearbyKind.HISTORY, text, (range(1, len(commits.read) + 1),))
            )

    def _search(self, change: Change, words: Sequence[str]) -> "_Search":
        tree = {entry.path: entry.side for entry in self._checkout.tree()}
        changed = {name for file in change.files for name in (file.path, file.old_path)}
        candidates = choose_candidates(changed, tree)
        files = [
            (SourceLines(path, text), kind) for path, text, kind in self._open_candidates(candidates, tree)
        ]
        return _Search(change, words, tree, files, self._files.findings.files)

    def _open_candidates(
        self, candidates: dict[str, FileKind], tree: dict[str, FileSide]
    ) -> Iterator[tuple[str, str, FileKind]]:
        """Yield the texts of candidates until a limit is reached, without those that this clone lacks."""
        room = MOST_BYTES
        for path, kind in candidates.items():
            side = tree[path]
            if not _is_small_file(side) or (side.size or 0) > room:
                continue
            if self._expired():
                self._material.notes.append(CutPart("unchanged files", "not all searched: time ran out"))
                return
            if self._files.why_unreadable(path, side):
                continue  # a place that is not shown would take the place of one that is
            try:
                data = self._checkout.read(side)
            except (IncompleteReadingError, UserError):
                continue
            room -= len(data)
            yield path, data.decode("utf-8", "replace"), kind

    def _read_callers(self, search: "_Search") -> Iterator[NearbyText]:
        callable_names = [name for name in search.names if not name.new]
        places = find_callers(callable_names, search.code(), search.shown)
        for path in dict.fromkeys(place.path for place in places):
            here = [place for place in places if place.path == path]
            if text := self._text(search, path):
                lines = [(place.line, place.name) for place in here]
                yield excerpts.show_lines(NearbyKind.CALLER, text, lines, here[0].about)

    def _read_definitions(self, search: "_Search") -> Iterator[NearbyText]:
        defined = {name.name for name in search.names if name.new}
        used = list_used_names(search.readable, defined)
        places = find_used_definitions(used, search.code_and_settings(), search.changed)
        for path in dict.fromkeys(place.path for place in places):
            here = [
                place for place in places if place.path == path and (path, place.line) not in search.shown
            ]
            if here and (text := self._text(search, path)):
                yield excerpts.show_definitions(text, here)

    def _read_plan(self, search: "_Search") -> Iterator[NearbyText]:
        self._material.notes += (
            CutPart(f"issue {number}", "not shown: Sensei doesn't read linked issues")
            for number in list_issues(search.words)
        )
        edited = [
            file.path
            for file in search.change.files
            if file.status is FileStatus.MODIFIED and is_decision_record(file.path)
            and classify_file(file.path) is FileKind.PAGE
        ]  # fmt: skip
        terms = [*(name.name for name in search.distinct_names), *excerpts.telling_words(search.words[:1])]
        for path in dict.fromkeys([*edited, *find_named_pages(search.words, search.tree)]):
            if text := self._text(search, path):
                lines = choose_sections(SourceLines(path, text.content), terms)
                keys = tuple(line for section in lines for line in section)
                yield NearbyText(NearbyKind.PLAN, text, tuple(lines), keys)

    def _read_neighbours(self, search: "_Search") -> Iterator[NearbyText]:
        shown = {text.text.path for text in self._material.texts}
        unchanged = [(file, kind) for file, kind in search.files if file.path not in shown]
        files = search.change.files
        gone = [file.old_path for file in files if file.new is None or file.path != file.old_path]
        for mention in find_mentions(
            search.distinct_names, [file.old_path for file in files], gone, unchanged
        ):
            if text := self._text(search, mention.path):
                yield excerpts.show_lines(NearbyKind.NEIGHBOUR, text, mention.places, mention.about)

    def _text(self, search: "_Search", path: str) -> SourceText | None:
        """Return a text that may be shown, searched for secrets, or None."""
        if path in search.heads:
            return search.heads[path]
        if path not in self._texts:
            self._texts[path] = self._open(search, path)
        return self._texts[path]

    def _open(self, search: "_Search", path: str) -> SourceText | None:
        side = search.tree[path]
        if not _is_small_file(side) or skip_reason_by_name(path):
            return None
        if self._files.why_unreadable(path, side) or path in search.hidden:
            return None
        try:
            self._parts.begin(ReadingPart("file", path))
            text, unfit = self._files.read_text(path, search.change.head, "head", side)
        except PartLeftOutError as missing:
            self._files.findings.reasons.append(f"{display_path(path)}, an unchanged file nearby: {missing}")
            return None
        except (IncompleteReadingError, UserError):
            return None
        return None if unfit else text


def _is_small_file(side: FileSide) -> bool:
    """Return whether a file is a regular one, in this clone, and small enough to be opened."""
    return side.mode.startswith("100") and side.size is not None and side.size <= MOST_FILE_BYTES


class _Search:
    """The texts in which names are looked for, and the names."""

    def __init__(
        self,
        change: Change,
        words: Sequence[str],
        tree: dict[str, FileSide],
        files: Sequence[tuple[SourceLines, FileKind]],
        readable: Sequence[ReadableFile],
    ) -> None:
        self.change = change
        self.words = words
        self.tree = tree
        self.files = files
        self.readable = readable
        self.heads = {file.file.path: file.head for file in self.readable if file.head}
        # A changed file that is not shown as a change, such as an ignored one, is not shown at all.
        self.hidden = {file.path for file in change.files} - self.heads.keys()
        self.changed = {path: SourceLines(path, text.content) for path, text in self.heads.items()}
        self.shown = {
            (file.file.path, line.new)
            for file in self.readable
            for hunk in file.file.hunks
            for line in hunk.lines
            if line.new is not None
        }

    @cached_property
    def names(self) -> list[ChangedName]:
        """The names that the change alters."""
        return list_changed_names(self.readable)

    @property
    def distinct_names(self) -> list[ChangedName]:
        """The names that can be looked for alone."""
        return [name for name in self.names if not name.owner]

    def code(self) -> Iterator[tuple[SourceLines, FileKind]]:
        """Yield the code in which callers may be, changed files included."""
        return self._of_kinds({FileKind.CODE})

    def code_and_settings(self) -> Iterator[tuple[SourceLines, FileKind]]:
        """Yield the files in which names may be defined, changed files included."""
        return self._of_kinds({FileKind.CODE, FileKind.SETTINGS})

    def _of_kinds(self, kinds: Container[FileKind]) -> Iterator[tuple[SourceLines, FileKind]]:
        yield from ((file, kind) for file, kind in self.files if kind in kinds)
        for path, file in self.changed.items():
            if (kind := classify_file(path)) and kind in kinds:
                yield file, kind
