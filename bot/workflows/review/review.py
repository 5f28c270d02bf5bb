"""One review: read a change with signals, let a model read it if there is one, and write the report.

docs/architecture.md lists the steps: diff, select, signals, locate, choose questions, report.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from bot.domain.decisions.drift import DriftFinding
from bot.domain.review import question_selection
from bot.domain.review.context import ChangeText
from bot.domain.review.diff import FileDiff
from bot.domain.review.example_keys import limit_notes
from bot.domain.review.movements import join_movements
from bot.domain.review.paths import display_path
from bot.domain.review.prompt_packs import choose_packs
from bot.domain.review.publication_check import count_refused_texts, remove_refused_texts
from bot.domain.review.question_selection import QuotedHit
from bot.domain.review.report import (
    Concern,
    Cost,
    Coverage,
    Movement,
    Question,
    Report,
    RubricRef,
    Skipped,
    Trace,
)
from bot.domain.review.report_redaction import redact_report
from bot.domain.review.routine_changes import RoutineKind, find_routine_kinds
from bot.domain.review.severity import SeverityOrder
from bot.domain.review.signals import shows_stack_in_use
from bot.domain.review.stack_detection import top_folder
from bot.domain.rubrics.overlays import pack_signal_ids, with_packs
from bot.domain.rubrics.rubric import Library, Pack, Rubric, sha256
from bot.domain.secrets.detection import Detect
from bot.errors import IncompleteReadingError
from bot.ports.checkout import Change, Checkout
from bot.ports.reading import Clock, Progress, ReadingLimits, ReadingRequest
from bot.ports.reading_process import ReadingPart
from bot.workflows.review.drift_reading import DriftReading
from bot.workflows.review.excerpts import Excerpts
from bot.workflows.review.file_reading import FileReading
from bot.workflows.review.hidden_files import IGNORE_FILE
from bot.workflows.review.located_proposals import ReadingMaterial
from bot.workflows.review.model_reading import ModelOutcome, ModelReading
from bot.workflows.review.reading_parts import PartLeftOutError, ReadingParts
from bot.workflows.review.surroundings import SECONDS, NearbyMaterial, Surroundings

TOO_MANY = "Sensei stopped after failing on several files"


class Review:
    """One reading of one checkout against one rubric. Use it once."""

    def __init__(  # noqa: PLR0913, PLR0917 - the dependencies of a reading
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
        self._files = FileReading(
            checkout, library, detect, limits, self._parts, store_texts=reader is not None
        )
        self._findings = self._files.findings
        self._reader = reader
        self._routine: tuple[RoutineKind, ...] = ()
        self._packs_by_signal = {signal: pack for pack in library.packs for signal in pack_signal_ids(pack)}
        self.change: Change | None = None
        """The change that was read, once ``run`` has returned."""
        self.notes: tuple[str, ...] = ()
        """Sentences for the person who asked, once ``run`` has returned. They are not part of the report."""
        self.subject = ("", "")
        """The names of the repository and of the branch, without secrets, once ``run`` has returned."""
        self._drift = DriftReading((), self._files.redactor, self._files.hidden)
        self.model_seconds: float | None = None
        """How long the model took, once ``run`` has returned; None if there was no model."""

    def run(self, request: ReadingRequest, on_text: Callable[[str], None] | None = None) -> Report:
        """Read, and return the report. If something could not be read, the report is incomplete and says why.

        ``on_text`` is called with the new side of every file that signals run over.

        Raises:
            UserError: nothing can be read, because there is no repository or no such revision.
        """
        started = self._clock.monotonic() - self._parts.spent
        until = started + self._limits.seconds
        self._drift = DriftReading(request.decisions, self._files.redactor, self._files.hidden)
        self._files.on_text = self._drift.search_first(on_text)
        self._files.excerpts = Excerpts(wanted=request.excerpts)
        self._progress.stage("Reading the history")
        self._parts.begin(ReadingPart("change"))
        if request.baseline:
            change = self._checkout.baseline(request.head)
        else:
            change = self._checkout.change(request.base, request.head)
        self.change = change
        self.notes = (*change.notes, *_list_limitations(change))
        self._read_files(change, until)
        if self._parts.ends_at is None:
            self._files.read_dependencies(change, lambda: self._clock.monotonic() > until)
        else:
            self._findings.reasons.append(f"the dependency files were not read: {TOO_MANY}")
        self.notes += self._files.hidden.problems
        unread = {skipped.path for skipped in self._findings.skipped}
        self._findings.gaps += self._drift.find_touched(change, self._checkout, unread, self._parts)
        outcome = self._ask_model(request, change, until) if self._reader else None
        self._parts.begin(ReadingPart("end"))
        report = self._report(request, change, outcome, self._clock.monotonic() - started)
        redact = self._files.redactor.redact
        self.subject = (redact(change.repository), redact(change.branch))
        return remove_refused_texts(redact_report(report, self._files.redactor))

    @property
    def drift(self) -> Sequence[DriftFinding]:
        """The decisions that the change may have overtaken, once ``run`` has returned.

        A change with nothing to decide overtakes none.
        """
        return () if self._routine else self._drift.findings

    def redact(self, text: str) -> str:
        """Return a text of the repository without the values that were recognised as secrets."""
        return self._files.redactor.redact(text)

    def _ask_model(self, request: ReadingRequest, change: Change, until: float) -> ModelOutcome | None:
        """Let the model read the stored files, if there are any that may hold a decision."""
        if self._reader is None:
            return None
        if change.base is not None and not request.baseline and not self._findings.reasons:
            self._routine = find_routine_kinds(self._findings.files, self._findings.skipped)
        if self._routine or not self._findings.files:
            return None
        try:
            return self._ask_reader(self._reader, request, change, until)
        except PartLeftOutError as missing:
            self._findings.reasons.append(f"the model's answers are missing: {missing}")
            return None

    def _ask_reader(
        self, reader: ModelReading, request: ReadingRequest, change: Change, until: float
    ) -> ModelOutcome:
        words = [*request.words, *self._read_messages()]
        nearby = self._read_nearby(change, words, until)
        material = ReadingMaterial(
            files=self._findings.files,
            words=words,
            neighbours=nearby.texts,
            found=self._keep_used_packs(self._findings.found),
            facts=self._findings.facts(),
            redactor=self._files.redactor,
            baseline=request.baseline,
            notes=nearby.notes,
        )
        packs = self._shown_packs(material)
        self._parts.begin(ReadingPart("model"))
        began = self._clock.monotonic()
        outcome = reader.read(
            material,
            self._library.rubric,
            packs,
            lambda: self._clock.monotonic() > until,
        )
        self._drift.ask(reader, material, self._library.rubric, packs)
        self.model_seconds = self._clock.monotonic() - began
        self._findings.reasons += outcome.reasons
        self._findings.gaps += outcome.gaps
        if outcome.reused:
            self.notes += (
                f"{outcome.reused} of the model's answers are from earlier recordings and cost nothing.",
            )
        return outcome

    def _read_messages(self) -> list[ChangeText]:
        """Return the commit messages. The report names those that were not read."""
        try:
            self._parts.begin(ReadingPart("words"))
            messages = self._checkout.messages()
        except IncompleteReadingError as missing:
            self._findings.reasons.append(f"the commit messages were not read: {missing}")
            return []
        self._findings.gaps += messages.unread
        return [ChangeText(*message) for message in messages.read]

    def _read_nearby(self, change: Change, words: Sequence[ChangeText], until: float) -> NearbyMaterial:
        """Read the unchanged text that explains the change: callers, definitions, plans and tests."""
        ends = min(until, self._clock.monotonic() + SECONDS)
        surroundings = Surroundings(
            self._checkout, self._files, self._parts, lambda: self._clock.monotonic() > ends
        )
        return surroundings.read(change, [text.text for text in words])

    def _read_files(self, change: Change, until: float) -> None:
        hiding = self._files.hidden.reasons(change)
        self._progress.stage("Reading files", len(change.files))
        for index, file in enumerate(change.files):
            part = ReadingPart("file", file.path)
            if self._clock.monotonic() > until:
                reason = f"the time limit of {self._limits.seconds:g} s for a review was reached"
                self._skip_rest(change.files[index:], reason)
                return
            if part == self._parts.ends_at:
                self._skip_rest(change.files[index:], TOO_MANY)
                return
            try:
                self._parts.begin(part)
                if skipped := self._files.read(change, file, hiding):
                    self._findings.skipped.append(skipped)
            except IncompleteReadingError as missing:
                # A report says "1 file not read: " before this.
                self._skip(file, missing.why if isinstance(missing, PartLeftOutError) else str(missing))
                self._note_unread(file, f"{display_path(file.path)}: {missing}")
            self._progress.step()

    def _note_unread(self, file: FileDiff, reason: str) -> None:
        if file.for_good:
            self._findings.gaps.append(reason)
            self._findings.unseen = True
        else:
            self._findings.reasons.append(reason)

    def _skip_rest(self, left: Sequence[FileDiff], reason: str) -> None:
        files = "1 file was" if len(left) == 1 else f"{len(left)} files were"
        self._findings.reasons.append(f"{files} not read: {reason}")
        for file in left:
            self._skip(file, reason)

    def _skip(self, file: FileDiff, reason: str) -> None:
        self._findings.skipped.append(Skipped(path=display_path(file.path), reason=reason))

    def _keep_used_packs(self, found: Iterable[QuotedHit]) -> list[QuotedHit]:
        """Return the hits, except those of packs whose technology the code does not use."""
        used = {pack.id for pack in self._used_packs()}
        return [
            hit
            for hit in found
            if (pack := self._packs_by_signal.get(hit.armed.signal.id)) is None or pack.id in used
        ]

    def _used_packs(self) -> list[Pack]:
        """Return the packs whose technology the code uses."""
        used = {trace.stack for trace in self._traces()}
        return [pack for pack in self._library.packs if pack.id in used]

    def _shown_packs(self, material: ReadingMaterial) -> list[Pack]:
        """Return the packs that the model sees: those that the change touches, or all for a baseline."""
        used = self._used_packs()
        if material.baseline:
            return used
        hits = (*self._findings.found, *self._findings.lost_evidence())
        packs = (self._packs_by_signal.get(hit.armed.signal.id) for hit in hits)
        matched = {pack.id for pack in packs if pack}
        nearby = [neighbour.text for neighbour in material.neighbours]
        return choose_packs(used, material.files, nearby, [text.text for text in material.words], matched)

    def _traces(self) -> list[Trace]:
        """Return the evidence of which stacks are used: one trace per stack and top folder.

        If nothing else shows a stack, a hit of its pack's own signal does. A signal that requires no import
        doesn't count, because it may match code without the stack.
        """
        traces = dict(self._findings.traces)
        for hit in (*self._findings.found, *self._findings.lost_evidence()):
            pack = self._packs_by_signal.get(hit.armed.signal.id)
            if pack and shows_stack_in_use(hit.armed.signal):
                folder = top_folder(hit.citation.path)
                trace = Trace(
                    stack=pack.id,
                    title=pack.title,
                    folder=folder,
                    kind="signal",
                    what=hit.armed.signal.id,
                    path=hit.citation.path,
                    line=hit.citation.line_start,
                )
                traces.setdefault((pack.id, folder), trace)
        return sorted(traces.values(), key=lambda trace: (trace.stack, trace.folder))

    def _report(
        self, request: ReadingRequest, change: Change, outcome: ModelOutcome | None, seconds: float
    ) -> Report:
        packs = self._used_packs()
        rubric = with_packs(self._library.rubric, packs)
        read = outcome if outcome and outcome.answered else None
        items = self._choose_items(request, read, rubric)
        missing = (*self._findings.reasons, *self._findings.gaps)
        # A baseline covers the whole tree and every check. For a change, a model's silence means nothing.
        all_assessed = read is not None and not missing and request.baseline
        return Report(
            kind="baseline" if request.baseline else "change",
            mode="model" if read else "signals",
            complete=not missing,
            incomplete_because=missing,
            permanent_reasons=len(self._findings.gaps),
            base=change.base,
            head=change.head,
            rubric=RubricRef(id=rubric.id, version=rubric.version, sha256=sha256(rubric)),
            stacks=tuple(pack.id for pack in packs),
            stack_evidence=tuple(self._traces()),
            model=read.ref if read else None,
            touched=question_selection.touched_criteria(rubric, items.checks()),
            movements=tuple(items.movements),
            concerns=tuple(self._files.excerpts.attach(items.concerns, self._findings.files)),
            questions=tuple(self._files.excerpts.attach(items.questions, self._findings.files)),
            strengths=tuple(read.strengths) if read else (),
            nothing_to_decide=self._routine,
            left_out=count_refused_texts(outcome.dropped) if outcome else {},
            notes=limit_notes(self._findings.notes),
            coverage=Coverage(
                files_total=len(change.files),
                files_read=len(change.files) - len(self._findings.skipped),
                skipped=tuple(self._findings.skipped),
                not_assessed=(
                    () if all_assessed else question_selection.unassessed_checks(rubric, items.movements)
                ),
            ),
            cost=(outcome.cost if outcome else Cost(seconds=0)).model_copy(
                update={"seconds": round(seconds, 3)}
            ),
        )

    def _choose_items(self, request: ReadingRequest, read: ModelOutcome | None, rubric: Rubric) -> "_Items":
        """Combine what signals found with what the model added, if it answered."""
        found = self._keep_used_packs(self._findings.found)
        lost = self._keep_used_packs(self._findings.lost_evidence())
        severity = SeverityOrder(rubric)
        facts = severity.sort_facts(self._findings.facts())
        concerns = _state_facts(request, facts)
        movements = join_movements(question_selection.gather_movements(found, lost, request.shown))
        questions = [] if request.baseline else question_selection.choose_questions(found, facts, severity)
        if read:
            movements = [*movements, *read.movements]
            if not request.baseline:  # the ledger keeps what each reader found in a tree separately
                movements = join_movements(movements)
            stated = severity.sort_facts([*facts, *read.concerns])
            concerns = _state_facts(request, stated)
            if not request.baseline:
                by_signal = question_selection.choose_questions(found, stated, severity)
                # A model may be told to say nothing. If not, it has seen these places and passed them over.
                if read.questions or read.concerns:
                    by_signal = [
                        question for question in by_signal if severity.outlasts_model(question.check)
                    ]
                questions = question_selection.complete_questions(read.questions, by_signal, rubric)
        return _Items(movements, concerns, questions)


def _state_facts(request: ReadingRequest, facts: list[Concern]) -> list[Concern]:
    """Return the facts of a report. Of a whole tree, every place counts."""
    merged = facts if request.baseline else question_selection.merge_repeated_facts(facts)
    return question_selection.limit_facts(merged)


class _Items(NamedTuple):
    """The items of a report."""

    movements: list[Movement]
    concerns: list[Concern]
    questions: list[Question]

    def checks(self) -> list[str | None]:
        """Return the check of each item, or None if it has none."""
        return [
            *(movement.check for movement in self.movements),
            *(concern.check for concern in self.concerns),
            *(question.check for question in self.questions),
        ]


def _list_limitations(change: Change) -> Iterator[str]:
    """Yield notes on what may surprise the person who asked about this change."""
    if not change.files:
        yield (
            "base and head are the same, so there is nothing to read. Choose another --base, or read "
            "uncommitted changes (--head WORKTREE) or the whole tree (--baseline)."
        )
    if change.base and any(file.path == IGNORE_FILE for file in change.files):
        yield (
            f"Sensei uses {IGNORE_FILE} as it was before this change, so patterns that the change adds have "
            "no effect yet. If the change removes patterns, Sensei does read the changed files that they "
            "excluded."
        )
