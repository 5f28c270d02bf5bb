"""The first pass without a model: read a change, say what can be known exactly.

Steps (docs/architecture.md): diff, select, signals, locate, choose questions, report.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from bot.domain import reading
from bot.domain.citation import Text
from bot.domain.context import Readable, Words
from bot.domain.diff import SUBMODULE, SYMLINK, FileDiff, Line, Side, Status, as_added
from bot.domain.paths import shown
from bot.domain.reading import Found, Scan
from bot.domain.report import Concern, Cost, Coverage, Report, RubricRef, Skipped
from bot.domain.rubric import Library, Pack, own_signals, sha256, with_packs
from bot.domain.scrub import scrub
from bot.domain.secrets import Redactor
from bot.domain.selection import Ignore, Reason, by_content, by_name, neighbours
from bot.domain.signals import Scanner, armed, language_of
from bot.domain.stacks import detected, manifests_above
from bot.domain.syntax import nested_too_deep
from bot.errors import Incomplete
from bot.ports import Change, Checkout, Clock, Progress
from bot.workflows.model_reading import Material, ModelOutcome, ModelReading, joined

IGNORE_FILE = ".senseiignore"
MOST_IGNORE_BYTES = 64 * 1024
MOST_NEIGHBOURS, MOST_NEIGHBOUR_BYTES = 6, 8 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of a file that is read for decisions, and of one that is searched for secrets; seconds in all."""

    max_file_bytes: int
    max_scan_bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Request:
    """What to read: a change from ``base`` (None: the repository's own) to ``head``, or a whole tree.

    ``words`` are a pull request's title and body, for the model.
    """

    base: str | None
    head: str
    baseline: bool = False
    words: tuple[Words, ...] = ()


@dataclass(slots=True)
class _SoFar:
    """What a reading has found."""

    found: list[Found] = field(default_factory=list)
    secrets: list[Concern] = field(default_factory=list)
    before: list[tuple[Scan, Scan | None]] = field(default_factory=list)
    fingerprints: set[tuple[str, str]] = field(default_factory=set)
    stacks: set[str] = field(default_factory=set)
    skipped: list[Skipped] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)  # texts that no signal ran over, without white space
    reasons: list[str] = field(default_factory=list)


class Review:
    """One reading of one checkout against one rubric; use it once."""

    def __init__(  # noqa: PLR0913, PLR0917 - what the world gives, and who reads besides the signals
        self,
        checkout: Checkout,
        library: Library,
        limits: Limits,
        clock: Clock,
        progress: Progress,
        reader: ModelReading | None = None,
    ) -> None:
        self._checkout = checkout
        self._library = library
        self._limits = limits
        self._clock = clock
        self._progress = progress
        self._scanner = Scanner(armed(with_packs(library.rubric, library.packs).criteria))
        self._redactor = Redactor()
        self._so_far = _SoFar()
        self._on_text: Callable[[str], None] = _nobody
        self._reader = reader
        self._files: list[Readable] = []
        self.notes: tuple[str, ...] = ()
        """Sentences for whoever asked for the reading, once it has run; no part of the report."""

    def run(self, request: Request, on_text: Callable[[str], None] | None = None) -> Report:
        """Read, and return the report; incomplete, with reasons, where something could not be read.

        ``on_text`` is given the new side of every file that is read for decisions.

        Raises:
            UserError: there is nothing that can be read: no repository, an unknown revision.
        """
        started = self._clock.monotonic()
        self._on_text = on_text or _nobody
        self._progress.stage("Reading the history")
        if request.baseline:
            change = self._checkout.baseline(request.head)
        else:
            change = self._checkout.change(request.base, request.head)
        self.notes = (*change.notes, *_about(change))
        self._read_files(change, until=started + self._limits.seconds)
        self._read_dependencies(change)
        until = started + self._limits.seconds
        outcome = self._ask_model(request, change, until) if self._reader else None
        report = self._report(request, change, outcome, self._clock.monotonic() - started)
        return scrub(report, self._redactor)

    def _ask_model(self, request: Request, change: Change, until: float) -> ModelOutcome | None:
        """Let the model read what was read here, if anything was."""
        if self._reader is None or not self._files:
            return None
        material = Material(
            files=self._files,
            words=[*request.words, *(Words(*each) for each in self._checkout.messages())],
            neighbours=self._neighbours(change),
            found=self._so_far.found,
            facts=self._facts(),
            redactor=self._redactor,
            baseline=request.baseline,
        )
        outcome = self._reader.read(
            material,
            self._library.rubric,
            self._packs_used(),
            lambda: self._clock.monotonic() > until,
        )
        self._so_far.reasons += outcome.reasons
        if outcome.reused:
            self.notes += (
                f"{outcome.reused} of the model's answers were recorded before and are used again, unpaid.",
            )
        return outcome

    def _neighbours(self, change: Change) -> list[Text]:
        """Read the few unchanged files that say how the changed ones are tested, evaluated and decided."""
        if change.base is None:
            return []
        tree = {entry.path: entry.side for entry in self._checkout.tree()}
        texts = []
        for path in neighbours([file.path for file in change.files], tree):
            side = tree[path]
            if self._unreadable(path, side) or by_name(path) or (side.size or 0) > MOST_NEIGHBOUR_BYTES:
                continue
            try:
                text, unfit = self._text(path, change.head, "head", side)
            except Incomplete:
                continue  # beside the change, and not part of it
            if text and not unfit:
                texts.append(text)
            if len(texts) == MOST_NEIGHBOURS:
                break
        return texts

    def _facts(self) -> list[Concern]:
        return [*self._so_far.secrets, *reading.concerns(self._so_far.found)]

    def _read_files(self, change: Change, until: float) -> None:
        hides = self._hides(change)
        self._progress.stage("Reading files", len(change.files))
        for n, file in enumerate(change.files):
            if self._clock.monotonic() > until:
                self._out_of_time(change.files[n:])
                return
            try:
                if reason := self._read_file(change, file, hides):
                    self._skip(file, reason)
            except Incomplete as missing:
                self._skip(file, str(missing))
                self._so_far.reasons.append(f"{shown(file.path)}: {missing}")
            self._progress.step()

    def _hides(self, change: Change) -> Callable[[str], str | None]:
        """Return what says why a path is hidden: by the base's attributes; the head's could hide itself."""
        names = dict.fromkeys(name for file in change.files for name in (file.path, file.old_path))
        attributes = self._checkout.attributes(change.hiding_base, list(names))

        def hides(path: str) -> str | None:
            for attribute in sorted(attributes.get(path, ())):
                return f"{attribute} in .gitattributes"
            return by_name(path)

        return hides

    def _out_of_time(self, left: Sequence[FileDiff]) -> None:
        reason = f"the limit of {self._limits.seconds:g} s for a review was reached"
        self._so_far.reasons.append(f"{len(left)} files were not read: {reason}")
        for file in left:
            self._skip(file, reason)

    def _skip(self, file: FileDiff, reason: str) -> None:
        self._so_far.skipped.append(Skipped(path=shown(file.path), reason=reason))

    @cached_property
    def _ignored(self) -> Ignore:
        data = self._checkout.hiding_file(IGNORE_FILE, MOST_IGNORE_BYTES)
        ignore = Ignore.parse(data.decode("utf-8", "replace") if data else "")
        self.notes += tuple(f"{IGNORE_FILE} is not followed here: {problem}" for problem in ignore.problems)
        return ignore

    def _read_file(self, change: Change, file: FileDiff, hides: Callable[[str], str | None]) -> str | None:
        """Read one file; return why it was not read for decisions, or None if it was.

        Raises:
            Incomplete: this clone does not have its content.
        """
        if file.unread:
            raise Incomplete(file.unread)
        side = file.new or file.old
        if side is None or (reason := self._unreadable(file.path, side)):
            return reason if side else "no content"
        after, head = None, None
        if file.new:
            head, unfit = self._text(file.path, change.head, "head", file.new)
            if head is None:
                return unfit
            in_question = _everything if _is_whole(change, file) else _numbers(file.added_lines(), "new")
            self._so_far.secrets += reading.secrets_in(head, in_question)
            if reason := unfit or hides(file.path) or _too_deep(head):
                self._so_far.unread.append("".join(head.content.split()))
                return reason
            after = self._scan_head(head, in_question)
        elif reason := hides(file.path):
            return reason
        base = self._scan_base(change, file, after, hides)
        self._keep(change, file, head, base)
        return None

    def _keep(self, change: Change, file: FileDiff, head: Text | None, base: Text | None) -> None:
        """Keep what the model is to read."""
        if self._reader:
            whole = head is not None and _is_whole(change, file)
            changed = as_added(file, head.content.encode()) if whole and head else file
            self._files.append(Readable(changed, head, base))

    def _unreadable(self, path: str, side: Side) -> str | None:
        if self._ignored.names(path):
            return f"named by {IGNORE_FILE}"
        if side.mode == SUBMODULE:
            return "submodule"
        if side.mode == SYMLINK:
            return "symbolic link"
        if side.size is not None and side.size > self._limits.max_scan_bytes:
            return f"larger than {_size(self._limits.max_scan_bytes)}: not searched for secrets either"
        return None

    def _text(
        self, path: str, commit: str, side: Literal["head", "base"], blob: Side
    ) -> tuple[Text | None, str | None]:
        """Return a file's text (None: it has none) and why it is unfit to be read for decisions, if it is."""
        data = self._checkout.read(blob)
        unfit: str | None = by_content(data)
        if unfit is Reason.BINARY:
            return None, unfit
        if len(data) > self._limits.max_file_bytes:
            unfit = unfit or f"larger than {_size(self._limits.max_file_bytes)}"
        # Latin-1 reads any bytes, so that secrets are found in text that is not UTF-8 as well.
        content = data.decode("latin-1" if unfit is Reason.NOT_UTF8 else "utf-8")
        return Text.of(path, commit, side, content, self._redactor.learn(content)), unfit

    def _scan_head(self, text: Text, in_question: Callable[[int], bool]) -> Scan:
        scan = reading.scan(self._scanner, text, in_question)
        self._so_far.found += scan.touched
        self._so_far.fingerprints |= scan.fingerprints
        self._detect(text.path, text.content)
        self._on_text(text.content)
        return scan

    def _scan_base(
        self, change: Change, file: FileDiff, after: Scan | None, hides: Callable[[str], str | None]
    ) -> Text | None:
        """Read the old side for evidence that went, and return it if anything is to be read there."""
        wanted = self._reader is not None or self._scanner.cares_for(file.old_path)
        if not (file.old and change.base and wanted and any(file.removed_lines())):
            return None
        if self._unreadable(file.old_path, file.old) or hides(file.old_path):
            return None  # what the base hides stays hidden under another name
        text, unfit = self._text(file.old_path, change.base, "base", file.old)
        if text is None or unfit or _too_deep(text):
            return None
        removed = _numbers(file.removed_lines(), "old")
        before = reading.scan(self._scanner, text, removed)
        self._so_far.before.append((before, after))
        if after:
            self._so_far.found += reading.brought_about(before, after)
        return text

    def _detect(self, path: str, content: str) -> None:
        self._so_far.stacks |= {pack.id for pack in self._library.packs if detected(pack, path, content)}

    def _read_dependencies(self, change: Change) -> None:
        """Look for stacks in the dependency files beside and above what changed, changed or not."""
        tree = {entry.path: entry.side for entry in self._checkout.tree()}
        for path in manifests_above([file.path for file in change.files], tree):
            side = tree[path]
            if self._unreadable(path, side) or (side.size or 0) > self._limits.max_file_bytes:
                continue
            try:
                self._detect(path, self._checkout.read(side).decode("utf-8", "replace"))
            except Incomplete as missing:
                self._so_far.reasons.append(f"{shown(path)}, to see which stacks are used: {missing}")

    def _taken(self) -> list[Found]:
        """Return the evidence that went; none if it may stand in what was not read."""
        so_far = self._so_far
        if so_far.reasons:
            return []
        everywhere = frozenset(so_far.fingerprints)
        gone = [one for before, after in so_far.before for one in reading.lost(before, after, everywhere)]
        return [one for one in gone if not any(one.fingerprint[1] in text for text in so_far.unread)]

    def _packs_used(self) -> list[Pack]:
        """Return the packs whose technology was detected, and those whose signals found something."""
        found = {one.armed.signal.id for one in (*self._so_far.found, *self._taken())}
        return [
            pack
            for pack in self._library.packs
            if pack.id in self._so_far.stacks or not found.isdisjoint(own_signals(pack))
        ]

    def _report(
        self, request: Request, change: Change, outcome: ModelOutcome | None, seconds: float
    ) -> Report:
        so_far = self._so_far
        packs = self._packs_used()
        rubric = with_packs(self._library.rubric, packs)
        taken = self._taken()
        facts = self._facts()
        moved = joined(reading.movements(so_far.found, taken), [])
        asked = [] if request.baseline else reading.questions(so_far.found, facts)
        read = outcome if outcome and outcome.answered else None
        if read:
            moved = joined(moved, read.movements)
            facts += read.concerns
            # What a model asks is chosen and checked; a signal's probe stands in where no model answered.
            asked = read.questions if read.checked else asked
        named = [*(m.check for m in moved), *(f.check for f in facts), *(q.check for q in asked)]
        complete = not so_far.reasons
        return Report(
            kind="baseline" if request.baseline else "change",
            mode="model" if read else "signals",
            complete=complete,
            incomplete_because=tuple(so_far.reasons),
            base=change.base,
            head=change.head,
            rubric=RubricRef(id=rubric.id, version=rubric.version, sha256=sha256(rubric)),
            stacks=tuple(pack.id for pack in packs),
            model=read.ref if read else None,
            touched=reading.touched(rubric, named),
            movements=tuple(moved),
            concerns=tuple(facts),
            questions=tuple(asked),
            strengths=tuple(read.strengths) if read else (),
            coverage=Coverage(
                files_total=len(change.files),
                files_read=len(change.files) - len(so_far.skipped),
                skipped=tuple(so_far.skipped),
                # A model that read everything was silent on the rest because this change is.
                not_assessed=() if read and complete else reading.not_assessed(rubric, moved),
            ),
            cost=(outcome.cost if outcome else Cost(seconds=0)).model_copy(
                update={"seconds": round(seconds, 3)}
            ),
        )


def _about(change: Change) -> Iterator[str]:
    """Say what whoever asked may not expect of this change."""
    if not change.files:
        yield (
            "base and head hold the same, so there is nothing to read: name another --base, or read what is "
            "not committed (--head WORKTREE) or the whole tree (--baseline)."
        )
    if change.base and any(file.path == IGNORE_FILE for file in change.files):
        yield f"{IGNORE_FILE} counts as it stands on the base, so this change of it does not count yet."


def _nobody(_text: str) -> None:
    pass


def _everything(_line: int) -> bool:
    return True


def _is_whole(change: Change, file: FileDiff) -> bool:
    """Say whether a file is read as it stands, not as a change.

    A baseline has no hunks, and git shows none where a side is binary: what was hidden that way is new.
    """
    return not file.hunks and (file.binary or (change.base is None and file.status is Status.ADDED))


def _too_deep(text: Text) -> str | None:
    language = language_of(text.path)
    deep = language is not None and nested_too_deep(text.content, language)
    return "nested too deeply to be parsed" if deep else None


def _numbers(lines: Iterable[Line], side: Literal["old", "new"]) -> Callable[[int], bool]:
    return frozenset(getattr(line, side) for line in lines).__contains__


def _size(size: int) -> str:
    for unit, scale in (("MB", 1024 * 1024), ("kB", 1024)):
        if size >= scale:
            return f"{size / scale:.3g} {unit}"
    return f"{size} bytes"
