"""The first pass without a model: read a change, say what can be known exactly.

Steps (docs/architecture.md): diff, select, signals, locate, choose questions, report.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from bot.domain.review import question_selection
from bot.domain.review.citations import SourceText
from bot.domain.review.context import ChangeText
from bot.domain.review.diff import FileDiff
from bot.domain.review.file_selection import neighbours, skip_reason_by_name
from bot.domain.review.paths import shown
from bot.domain.review.publication_check import admit, left_out
from bot.domain.review.question_selection import QuotedHit
from bot.domain.review.report import Cost, Coverage, Report, RubricRef, Skipped, Trace
from bot.domain.review.report_redaction import redact_report
from bot.domain.review.signals import shows_its_stack
from bot.domain.review.stack_detection import top_folder
from bot.domain.rubrics.overlays import own_signals, with_packs
from bot.domain.rubrics.rubric import Library, Pack, sha256
from bot.domain.secrets.detection import Detect
from bot.errors import IncompleteReadingError
from bot.ports.checkout import Change, Checkout
from bot.ports.reading import Clock, Progress, ReadingLimits, ReadingRequest
from bot.ports.reading_process import ReadingPart
from bot.workflows.review.file_reading import IGNORE_FILE, FileReading
from bot.workflows.review.model_reading import ModelOutcome, ModelReading, ReadingMaterial, join_answers
from bot.workflows.review.reading_parts import PartLeftOutError, ReadingParts

MOST_NEIGHBOURS, MOST_NEIGHBOUR_BYTES = 6, 8 * 1024
TOO_MANY = "Sensei stopped there, because it had already failed on several files"


class Review:
    """One reading of one checkout against one rubric; use it once."""

    def __init__(  # noqa: PLR0913, PLR0917 - what the world gives, and who reads besides the signals
        self,
        checkout: Checkout,
        library: Library,
        detect: Detect,
        limits: ReadingLimits,
        clock: Clock,
        progress: Progress,
        reader: ModelReading | None = None,
        parts: ReadingParts | None = None,
    ) -> None:
        self._parts = parts or ReadingParts()
        self._checkout = checkout
        self._library = library
        self._limits = limits
        self._clock = clock
        self._progress = progress
        self._files = FileReading(checkout, library, detect, limits, self._parts, keep=reader is not None)
        self._so_far = self._files.gathered
        self._reader = reader
        self._pack_of = {signal: pack for pack in library.packs for signal in own_signals(pack)}
        self.change: Change | None = None
        """What was read, once it has run."""
        self.notes: tuple[str, ...] = ()
        """Sentences for whoever asked for the reading, once it has run; no part of the report."""
        self.model_seconds: float | None = None
        """How long a model was asked, once it has run; None where none was."""

    def run(self, request: ReadingRequest, on_text: Callable[[str], None] | None = None) -> Report:
        """Read, and return the report; incomplete, with reasons, where something could not be read.

        ``on_text`` is given the new side of every file that is read for decisions.

        Raises:
            UserError: there is nothing that can be read: no repository, an unknown revision.
        """
        started = self._clock.monotonic() - self._parts.spent
        until = started + self._limits.seconds
        self._files.on_text = on_text
        self._progress.stage("Reading the history")
        self._parts.begin(ReadingPart("change"))
        if request.baseline:
            change = self._checkout.baseline(request.head)
        else:
            change = self._checkout.change(request.base, request.head)
        self.change = change
        self.notes = (*change.notes, *_about(change))
        self._read_files(change, until)
        if self._parts.ends_at is None:
            self._files.read_dependencies(change, lambda: self._clock.monotonic() > until)
        else:
            self._so_far.reasons.append(f"the dependency files were not read: {TOO_MANY}")
        self.notes += self._files.notes
        outcome = self._ask_model(request, change, until) if self._reader else None
        self._parts.begin(ReadingPart("end"))
        report = self._report(request, change, outcome, self._clock.monotonic() - started)
        return admit(redact_report(report, self._files.redactor))

    def _ask_model(self, request: ReadingRequest, change: Change, until: float) -> ModelOutcome | None:
        """Let the model read what was read here, if anything was."""
        if self._reader is None or not self._so_far.files:
            return None
        try:
            return self._asked_model(self._reader, request, change, until)
        except PartLeftOutError as missing:
            self._so_far.reasons.append(f"the model's part is missing: {missing}")
            return None

    def _asked_model(
        self, reader: ModelReading, request: ReadingRequest, change: Change, until: float
    ) -> ModelOutcome:
        material = ReadingMaterial(
            files=self._so_far.files,
            words=[*request.words, *self._messages()],
            neighbours=self._neighbours(change, until),
            found=self._counted(self._so_far.found),
            facts=self._so_far.facts(),
            redactor=self._files.redactor,
            baseline=request.baseline,
        )
        self._parts.begin(ReadingPart("model"))
        began = self._clock.monotonic()
        outcome = reader.read(
            material,
            self._library.rubric,
            self._packs_used(),
            lambda: self._clock.monotonic() > until,
        )
        self.model_seconds = self._clock.monotonic() - began
        self._so_far.reasons += outcome.reasons
        if outcome.reused:
            self.notes += (
                f"{outcome.reused} of the model's answers were recorded before and are used again, unpaid.",
            )
        return outcome

    def _messages(self) -> list[ChangeText]:
        """Return the commits' messages; the report says which were not read."""
        try:
            self._parts.begin(ReadingPart("words"))
            messages = self._checkout.messages()
        except IncompleteReadingError as missing:
            self._so_far.reasons.append(f"the commit messages were not read: {missing}")
            return []
        self._so_far.reasons += messages.unread
        return [ChangeText(*each) for each in messages.read]

    def _neighbours(self, change: Change, until: float) -> list[SourceText]:
        """Read the few unchanged files that say how the changed ones are tested, evaluated and decided."""
        if change.base is None or self._parts.ends_at is not None:
            return []
        tree = {entry.path: entry.side for entry in self._checkout.tree()}
        texts = []
        for path in neighbours([file.path for file in change.files], tree):
            side = tree[path]
            if (
                self._files.unreadable(path, side)
                or skip_reason_by_name(path)
                or (side.size or 0) > MOST_NEIGHBOUR_BYTES
            ):
                continue
            if self._clock.monotonic() > until:
                break
            try:
                self._parts.begin(ReadingPart("file", path))
                text, unfit = self._files.text(path, change.head, "head", side)
            except PartLeftOutError as missing:
                self._so_far.reasons.append(f"{shown(path)}, beside the change: {missing}")
                continue
            except IncompleteReadingError:
                continue  # beside the change, and not part of it
            if text and not unfit:
                texts.append(text)
            if len(texts) == MOST_NEIGHBOURS:
                break
        return texts

    def _read_files(self, change: Change, until: float) -> None:
        hides = self._files.hides(change)
        self._progress.stage("Reading files", len(change.files))
        for n, file in enumerate(change.files):
            part = ReadingPart("file", file.path)
            if self._clock.monotonic() > until:
                spent = f"the limit of {self._limits.seconds:g} s for a review was reached"
                self._leave(change.files[n:], spent)
                return
            if part == self._parts.ends_at:
                self._leave(change.files[n:], TOO_MANY)
                return
            try:
                self._parts.begin(part)
                if skipped := self._files.read(change, file, hides):
                    self._so_far.skipped.append(skipped)
            except IncompleteReadingError as missing:
                self._skip(file, str(missing))
                self._so_far.reasons.append(f"{shown(file.path)}: {missing}")
            self._progress.step()

    def _leave(self, left: Sequence[FileDiff], reason: str) -> None:
        self._so_far.reasons.append(f"{len(left)} files were not read: {reason}")
        for file in left:
            self._skip(file, reason)

    def _skip(self, file: FileDiff, reason: str) -> None:
        self._so_far.skipped.append(Skipped(path=shown(file.path), reason=reason))

    def _counted(self, found: Iterable[QuotedHit]) -> list[QuotedHit]:
        """Leave out what a pack found whose technology does not show."""
        used = {pack.id for pack in self._packs_used()}
        return [
            one
            for one in found
            if (pack := self._pack_of.get(one.armed.signal.id)) is None or pack.id in used
        ]

    def _packs_used(self) -> list[Pack]:
        """Return the packs whose technology shows."""
        used = {trace.stack for trace in self._traces()}
        return [pack for pack in self._library.packs if pack.id in used]

    def _traces(self) -> list[Trace]:
        """Return what shows which stacks are used, one trace for each in each top folder.

        What a pack's own signal found shows it too, where nothing else does; evidence that does not ask for
        an import may be of anything, and shows none.
        """
        traces = dict(self._so_far.traces)
        for one in (*self._so_far.found, *self._so_far.taken()):
            pack = self._pack_of.get(one.armed.signal.id)
            if pack and shows_its_stack(one.armed.signal):
                folder = top_folder(one.citation.path)
                trace = Trace(
                    stack=pack.id,
                    title=pack.title,
                    folder=folder,
                    kind="signal",
                    what=one.armed.signal.id,
                    path=one.citation.path,
                    line=one.citation.line_start,
                )
                traces.setdefault((pack.id, folder), trace)
        return sorted(traces.values(), key=lambda trace: (trace.stack, trace.folder))

    def _report(
        self, request: ReadingRequest, change: Change, outcome: ModelOutcome | None, seconds: float
    ) -> Report:
        so_far = self._so_far
        packs = self._packs_used()
        rubric = with_packs(self._library.rubric, packs)
        found, taken = self._counted(so_far.found), self._counted(so_far.taken())
        facts = so_far.facts()
        stated = question_selection.bound_hits(facts)
        moved = join_answers(question_selection.find_movements(found, taken), [])
        asked = [] if request.baseline else question_selection.choose_questions(found, facts)
        read = outcome if outcome and outcome.answered else None
        if read:
            moved = join_answers(moved, read.movements)
            stated += read.concerns
            # A model may be told to ask nothing: a signal's question stays unless one takes its place.
            if not request.baseline:
                by_signal = question_selection.choose_questions(found, [*facts, *read.concerns])
                asked = question_selection.complete_questions(read.questions, by_signal, rubric)
        named = [*(m.check for m in moved), *(f.check for f in stated), *(q.check for q in asked)]
        missing = (*so_far.reasons, *so_far.gaps)
        complete = not missing
        return Report(
            kind="baseline" if request.baseline else "change",
            mode="model" if read else "signals",
            complete=complete,
            incomplete_because=missing,
            base=change.base,
            head=change.head,
            rubric=RubricRef(id=rubric.id, version=rubric.version, sha256=sha256(rubric)),
            stacks=tuple(pack.id for pack in packs),
            stack_evidence=tuple(self._traces()),
            model=read.ref if read else None,
            touched=question_selection.touched_checks(rubric, named),
            movements=tuple(moved),
            concerns=tuple(stated),
            questions=tuple(asked),
            strengths=tuple(read.strengths) if read else (),
            left_out=left_out(outcome.dropped) if outcome else {},
            coverage=Coverage(
                files_total=len(change.files),
                files_read=len(change.files) - len(so_far.skipped),
                skipped=tuple(so_far.skipped),
                # A whole tree was read against every check; of a change, a model's silence says nothing.
                not_assessed=(
                    ()
                    if read and complete and request.baseline
                    else question_selection.unassessed_checks(rubric, moved)
                ),
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
        yield (
            f"Sensei uses {IGNORE_FILE} from the base. Patterns that this change adds hide nothing yet; "
            "changed files that it no longer names are read."
        )
