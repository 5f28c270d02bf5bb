"""Read the files of a change: search them for secrets, and run signals over both sides of each."""

from collections.abc import Callable, Iterable
from typing import Literal

from bot.domain.review import question_selection
from bot.domain.review.citations import SourceText
from bot.domain.review.context import ReadableFile
from bot.domain.review.dependency_files import find_manifests_above, why_too_deep_to_parse
from bot.domain.review.diff import SUBMODULE, SYMLINK, FileDiff, FileSide, FileStatus, HunkLine, as_added_file
from bot.domain.review.example_keys import find_example_keys
from bot.domain.review.file_selection import (
    SkipReason,
    skip_reason_by_content,
)
from bot.domain.review.lock_files import is_lock_file
from bot.domain.review.notebooks import notebook_fault
from bot.domain.review.paths import display_path
from bot.domain.review.question_selection import SignalScan
from bot.domain.review.report import Skipped
from bot.domain.review.signals import SignalScanner, arm_signals, detect_language
from bot.domain.review.stack_detection import StackDetector
from bot.domain.review.syntax_trees import why_not_parsed
from bot.domain.review.text_decoding import decode_text, is_mostly_text, readable_strings
from bot.domain.review.unread_files import leaves_gap, may_be_minified
from bot.domain.rubrics.overlays import with_packs
from bot.domain.rubrics.rubric import Library
from bot.domain.rubrics.signal_rules import NOTEBOOK
from bot.domain.secrets.detection import Detect, Redactor
from bot.errors import IncompleteReadingError
from bot.ports.checkout import Change, Checkout
from bot.ports.reading import ReadingLimits
from bot.ports.reading_process import ReadingPart
from bot.workflows.review.excerpts import Excerpts
from bot.workflows.review.file_findings import FileFindings
from bot.workflows.review.hidden_files import IGNORE_FILE, HiddenFiles, HidingReasons
from bot.workflows.review.reading_parts import ReadingParts

# Programs wrote these files. A file's own bytes are enough to recognise one.
_NOT_WRITTEN_BY_HAND = frozenset({SkipReason.GENERATED, SkipReason.MINIFIED})
# The decoded text of these files differs from their bytes.
_INEXACT = frozenset({SkipReason.BINARY, SkipReason.NOT_UTF8})


class FileReading:
    """Reads the files of one checkout and runs all signals; ``findings`` has the results so far."""

    def __init__(  # noqa: PLR0913 - the dependencies of a reading
        self,
        checkout: Checkout,
        library: Library,
        detect: Detect,
        limits: ReadingLimits,
        parts: ReadingParts,
        *,
        store_texts: bool,
    ) -> None:
        """``detect`` scans for secrets. If ``store_texts`` is set, the findings store texts for a model."""
        self._parts = parts
        self._checkout = checkout
        self._limits = limits
        self._stores_texts = store_texts
        self._scanner = SignalScanner(arm_signals(with_packs(library.rubric, library.packs).criteria))
        self._detector = StackDetector(library.packs)
        self.redactor = Redactor(detect)
        self.findings = FileFindings()
        self.excerpts = Excerpts(wanted=False)
        self.on_text: Callable[[str], None] | None = None
        self.hidden = HiddenFiles(checkout, parts)

    def read(self, change: Change, file: FileDiff, hiding: HidingReasons) -> Skipped | None:
        """Read one file. Return None, or why signals did not run over its content.

        Raises:
            IncompleteReadingError: this clone does not have the file's content.
        """
        if file.unread:
            raise IncompleteReadingError(file.unread)
        reason = hiding.now(file.path) or self._why_deleted_file_is_skipped(file)
        if reason and not (reason is SkipReason.LOCK and self._is_misnamed(file)):
            return self._search_hidden(change, file, reason)
        side = file.new or file.old
        if reason := self.why_unreadable(file.path, side) if side else "no content":
            return self._skip_unread(file, reason, None)
        after, head, whole = None, None, False
        if file.new:
            head, unfit = self.read_text(file.path, change.head, "head", file.new)
            if unfit in _NOT_WRITTEN_BY_HAND and self._looks_disguised(change, file, hiding):
                unfit = None  # otherwise, a change could hide a file by adding a comment
            if head is None:
                return self._skip_unread(file, unfit or "no content", self._checkout.read(file.new))
            whole = _is_whole(change, file) or self._is_first_read(change, file, hiding)
            in_question = _lines_in_question(file, whole=whole)
            self.findings.secrets += question_selection.find_secrets(
                head, in_question, exact=unfit not in _INEXACT
            )
            self.findings.notes += find_example_keys(head, in_question)
            if unfit and unfit in _NOT_WRITTEN_BY_HAND:
                self.findings.unread.append("".join(head.content.split()))
                return Skipped(path=display_path(file.path), reason=unfit)
            if reason := unfit or _why_unparsable(head.path, head.content):
                return self._skip_unread(file, reason, self._checkout.read(file.new))
            after = self._scan_head(head, in_question)
        base = self._scan_base(change, file, after, hiding, head)
        self._store_sides(file, head, base, whole=whole)
        return None

    def _is_misnamed(self, file: FileDiff) -> bool:
        """Return whether a file has the name of a lock file, but not the content of one."""
        if file.new is None or self.why_unreadable(file.path, file.new):
            return False
        data = self._checkout.read(file.new)
        return skip_reason_by_content(data) is None and not is_lock_file(file.path, data)

    def _looks_disguised(self, change: Change, file: FileDiff, hiding: HidingReasons) -> bool:
        """Return whether a file that looks generated or minified was read before the change, or can't be.

        Nobody minifies Python or a list of dependencies: one long comment is enough to make them look so.
        """
        most = self._limits.max_file_bytes
        if file.new is None or len(data := self._checkout.read(file.new)) > most:
            return False
        if skip_reason_by_content(data) is SkipReason.MINIFIED and not may_be_minified(file.path):
            return True
        if change.base is None or file.old is None or hiding.before(file.old_path):
            return False
        if self.why_unreadable(file.old_path, file.old):
            return False
        old = self._checkout.read(file.old)
        return len(old) <= most and skip_reason_by_content(old) is None

    def _why_deleted_file_is_skipped(self, file: FileDiff) -> SkipReason | None:
        """Return why a deleted file held no decision, or None if people may have written it."""
        old = self._wanted_base(file)
        if file.new or old is None or self.why_unreadable(file.old_path, old):
            return None
        reason = skip_reason_by_content(self._checkout.read(old))
        return reason if reason in _NOT_WRITTEN_BY_HAND else None

    def _search_hidden(self, change: Change, file: FileDiff, reason: str) -> Skipped:
        """Search a hidden file for secrets, unless an ignore pattern matches it."""
        if file.new and not self.why_unreadable(file.path, file.new):
            head, unfit = self.read_text(file.path, change.head, "head", file.new)
            if head:
                # If an ignore pattern used to match the file, its old lines were never searched either.
                whole = _is_whole(change, file) or self.hidden.was_ignored(file.old_path)
                exact = unfit not in _INEXACT
                self.findings.secrets += question_selection.find_secrets(
                    head, _lines_in_question(file, whole=whole), exact=exact
                )
                self.findings.notes += find_example_keys(head, _lines_in_question(file, whole=whole))
                self.findings.unread.append("".join(head.content.split()))
        return Skipped(path=display_path(file.path), reason=reason)

    def _skip_unread(self, file: FileDiff, reason: str, data: bytes | None) -> Skipped:
        """Record why a file is not read. Evidence that it may contain does not count as lost."""
        gap = leaves_gap(file, data)
        if gap:
            self.findings.gaps.append(f"{display_path(file.path)}: not read ({reason})")
            self.findings.unseen |= data is None
        if gap and data is not None:
            text = data.decode("utf-8", "replace")
            self.findings.unread.append("".join(text.split()))
            if self.on_text:
                self.on_text(text)
        return Skipped(path=display_path(file.path), reason=reason, unread=gap)

    def _is_first_read(self, change: Change, file: FileDiff, hiding: HidingReasons) -> bool:
        """Return whether the old side was never read, so that every line of the new side is new.

        It was hidden under its old name or by a pattern that has been removed, or it could not be read.
        """
        if change.base is None or file.old is None or file.new is None:
            return False
        if hiding.before(file.old_path) or self.why_unreadable(file.old_path, file.old):
            return True
        if file.old.oid == file.new.oid:
            return False
        if (file.old.size or 0) > self._limits.max_file_bytes:
            return True
        data = self._checkout.read(file.old)
        return (
            skip_reason_by_content(data) is not None
            or _why_unparsable(file.old_path, data.decode("utf-8")) is not None
        )

    def _store_sides(
        self, file: FileDiff, head: SourceText | None, base: SourceText | None, *, whole: bool
    ) -> None:
        """Store both sides of a file, if a model will read them."""
        if self._stores_texts:
            changed = as_added_file(file, head.content.encode()) if whole and head else file
            self.findings.files.append(ReadableFile(changed, head, base))

    def why_unreadable(self, path: str, side: FileSide) -> str | None:
        """Return why a file's name, kind or size keeps it from being opened, or None if it may be opened."""
        if self.hidden.is_ignored(path):
            return f"listed in {IGNORE_FILE}"
        if side.mode == SUBMODULE:
            return "submodule"
        if side.mode == SYMLINK:
            return "symbolic link"
        if side.size is not None and side.size > self._limits.max_scan_bytes:
            limit = _format_size(self._limits.max_scan_bytes)
            return f"larger than {limit}, so not even searched for secrets"
        return None

    def read_text(
        self, path: str, commit: str, side: Literal["head", "base"], blob: FileSide
    ) -> tuple[SourceText | None, str | None]:
        """Return a file's text, if it has any, and the reason if signals must not run over it."""
        data = self._checkout.read(blob)
        unfit: str | None = skip_reason_by_content(data)
        if unfit is SkipReason.BINARY and not is_mostly_text(data):
            self.redactor.learn(readable_strings(data))
            return None, unfit
        if len(data) > self._limits.max_file_bytes:
            unfit = unfit or f"larger than {_format_size(self._limits.max_file_bytes)}"
        content = decode_text(data)
        return SourceText.of(path, commit, side, content, self.redactor.learn(content)), unfit

    def _scan_head(self, text: SourceText, in_question: Callable[[int], bool]) -> SignalScan:
        scan = question_selection.scan_text(self._scanner, text, in_question)
        self.findings.found += scan.touched
        self.excerpts.keep(text, scan.touched)
        self.findings.fingerprints |= scan.fingerprints
        self._detect_stacks(text.path, text.content)
        if self.on_text:
            self.on_text(text.content)
        return scan

    def _scan_base(
        self,
        change: Change,
        file: FileDiff,
        after: SignalScan | None,
        hiding: HidingReasons,
        head: SourceText | None,
    ) -> SourceText | None:
        """Scan the old side for evidence that the change removed. Return its text, if it was read."""
        old = self._wanted_base(file)
        if not change.base or old is None:
            return None
        if self.why_unreadable(file.old_path, old) or hiding.before(file.old_path):
            return None  # a file that the base hides was never evidence
        text, unfit = self.read_text(file.old_path, change.base, "base", old)
        if text is None or unfit or _why_unparsable(text.path, text.content):
            return None
        removed = _line_filter(file.removed_lines(), "old")
        before = question_selection.scan_text(self._scanner, text, removed)
        self.findings.before.append((before, after))
        if after and head:
            made_true = question_selection.find_facts_made_true(before, after)
            self.findings.found += made_true
            self.excerpts.keep(head, made_true)
        return text

    def _wanted_base(self, file: FileDiff) -> FileSide | None:
        """Return the old side of a file if a change removed lines that someone reads."""
        wanted = self._stores_texts or self._scanner.cares_for(file.old_path)
        return file.old if wanted and any(file.removed_lines()) else None

    def _detect_stacks(self, path: str, content: str) -> None:
        if reason := why_too_deep_to_parse(path, content):
            self.findings.gaps.append(f"{display_path(path)}: not checked for stacks ({reason})")
            return
        for trace in self._detector.find_traces(path, content):
            self.findings.traces.setdefault((trace.stack, trace.folder), trace)

    def read_dependencies(self, change: Change, expired: Callable[[], bool]) -> None:
        """Look for stacks in the dependency files next to and above the changed files."""
        self._parts.begin(ReadingPart("dependencies"))
        tree = {entry.path: entry.side for entry in self._checkout.tree()}
        changed = {file.path for file in change.files}
        paths = find_manifests_above(changed, tree)
        self.hidden.match(paths)
        for index, path in enumerate(paths):
            if expired():
                left = len(paths) - index
                files = "1 dependency file was" if left == 1 else f"{left} dependency files were"
                self.findings.reasons.append(f"{files} not read: the time limit was reached")
                return
            if path in changed and ReadingPart("file", path) in self._parts.left_out:
                continue  # the report already has the reason
            side = tree[path]
            if self.why_unreadable(path, side) or (side.size or 0) > self._limits.max_file_bytes:
                continue
            try:
                self._parts.begin(ReadingPart("file", path))
                self._detect_stacks(path, self._checkout.read(side).decode("utf-8", "replace"))
            except IncompleteReadingError as missing:
                self.findings.reasons.append(f"{display_path(path)}: not checked for stacks ({missing})")


def _any_line(_line: int) -> bool:
    return True


def _lines_in_question(file: FileDiff, *, whole: bool) -> Callable[[int], bool]:
    return _any_line if whole else _line_filter(file.added_lines(), "new")


def _is_whole(change: Change, file: FileDiff) -> bool:
    """Return whether every line of a file counts as added.

    A baseline has no hunks. Git also shows none if a side is binary, so every line of such a file is new.
    """
    return not file.hunks and (file.binary or (change.base is None and file.status is FileStatus.ADDED))


def _why_unparsable(path: str, content: str) -> str | None:
    """Return why a file's code cannot be parsed, or None if it can."""
    if path.lower().endswith(NOTEBOOK):
        return notebook_fault(content)
    language = detect_language(path, content)
    return why_not_parsed(content, language) if language else None


def _line_filter(lines: Iterable[HunkLine], side: Literal["old", "new"]) -> Callable[[int], bool]:
    return frozenset(getattr(line, side) for line in lines).__contains__


def _format_size(size: int) -> str:
    for unit, scale in (("MB", 1024 * 1024), ("kB", 1024)):
        if size >= scale:
            return f"{size / scale:.3g} {unit}"
    return f"{size} bytes"
