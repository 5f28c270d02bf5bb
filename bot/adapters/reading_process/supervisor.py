"""The port ``Readings``: each reading runs in its own process, and is repeated without a part that ended it.

A part may take ``part_seconds``, and at most half of the time that is left, so that there is time to read the
rest again without it. The last of ``MOST_TRIES`` tries reports only the files before the one that ended the
previous try.
"""

import logging
import pickle
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from bot.adapters.reading_process import record_messages
from bot.adapters.reading_process.frames import add_length
from bot.adapters.reading_process.process import (
    ProcessDiedError,
    ProcessStoppedError,
    ProcessTimeoutError,
    ReadingProcess,
)
from bot.domain.decisions.drift import DriftFinding
from bot.domain.pull_requests.question_placement import CommentablePlace
from bot.domain.review.report import Citation, Report
from bot.errors import IncompleteReadingError, TransientError, UserError
from bot.ports.model import Model, ModelRequest
from bot.ports.reading import Progress
from bot.ports.reading_process import PartKind, ReadingPart, ReadingResult, ReadingTask
from bot.rendering.text.safe_text import one_line

log = logging.getLogger(__name__)  # its warnings also appear on a terminal, where logging is not configured

MOST_TRIES = 4
GRACE_SECONDS = 4.0  # after the reading's time is over: to report what was not read
START_SECONDS = 60.0  # for a process to start; no file can influence this
_LATEST_QUESTION_SECONDS = 1.0
_LONGEST_LOG_ENTRY = 2000  # characters of a log entry about a bug in the reading process
_KINDS = get_args(PartKind)
_STAGE = re.compile(r"[A-Za-z ]{1,60}")  # it is shown on a terminal
# These are quick, unless a file was written to be slow to read.
_SMALL = frozenset({"ignore", "file", "words", "record"})
# Without these, nothing can be read.
_INDISPENSABLE = frozenset({"start", "scanner", "change", "ignore", "attributes", "dependencies", "end"})
# These may use all the time that is left: if one of them is ended, the reading ends too.
_LONG = frozenset({"scanner", "change", "end"})


class ReadingCrashedError(Exception):
    """The reading process failed because of a bug. ``frames`` are its stack frames, without values."""

    def __init__(self, name: str, frames: Sequence[str]) -> None:
        super().__init__(f"{name} in the reading process: {'; '.join(frames)}")
        self.frames = frames


class ReadingProcesses:
    """Does each reading in its own process; ``stop`` ends them all."""

    def __init__(self, ahead: ReadingProcess | None = None, compiled: Path | None = None) -> None:
        """``ahead`` is a process that was started early, for the first reading.

        ``compiled`` is the folder for Kingfisher's compiled rules, as for ``ReadingProcess``.
        """
        self._ahead = ahead
        self._compiled = compiled
        self._running: set[ReadingProcess] = set()
        self._lock = threading.Lock()
        self._stopping = False

    def read(self, task: ReadingTask, model: Model | None, progress: Progress) -> ReadingResult:
        """Do a reading as ``ports.reading_process.Readings`` describes.

        Raises:
            ReadingCrashedError: a bug in Sensei ended it in a part that cannot be left out.
        """
        clock = _ReadingClock(task.rules.limits.seconds)
        left_out: dict[ReadingPart, str] = dict(task.left_out)
        ends_at: ReadingPart | None = None
        for attempt in range(1, MOST_TRIES + 1):
            adjusted = replace(task, left_out=left_out, ends_at=ends_at, spent=clock.spent())
            reading = _Attempt(adjusted, clock, model, progress)
            try:
                with self._start_process(task) as process:
                    return reading.run(process)
            except ProcessStoppedError:
                raise TransientError("Sensei was stopped before the review was finished.") from None
            except (ProcessDiedError, ReadingCrashedError) as ended:
                why = _explain_end(ended, reading)
                if reading.part.kind in _INDISPENSABLE or attempt == MOST_TRIES:
                    raise IncompleteReadingError(f"{reading.part} could not be read: {why}") from None
                left_out[reading.part] = why
                if attempt == MOST_TRIES - 1:
                    ends_at = reading.part
        raise AssertionError("each try returns or raises")

    def stop(self) -> None:
        """End every reading, and start no new one."""
        with self._lock:
            self._stopping = True
            for process in self._running:
                process.stop()

    @contextmanager
    def _start_process(self, task: ReadingTask) -> Iterator[ReadingProcess]:
        with self._lock:
            if self._stopping:
                raise ProcessStoppedError
            process, self._ahead = self._ahead or ReadingProcess(self._compiled), None
            process.limit(task.rules.limits.memory_bytes)
            self._running.add(process)
        try:
            with process:
                yield process
        finally:
            with self._lock:
                self._running.discard(process)


def _explain_end(ended: ProcessDiedError | ReadingCrashedError, reading: "_Attempt") -> str:
    """Return why a part was not read. A bug in Sensei costs only that part, if it can be left out.

    Raises:
        ReadingCrashedError: it cannot.
    """
    if isinstance(ended, ProcessDiedError):
        return str(ended) or f"it takes longer than {reading.allowed:.3g} s"
    if reading.part.kind in _INDISPENSABLE:
        raise ended
    log.error("reading.failed: a part was left out: %s", one_line(str(ended))[:_LONGEST_LOG_ENTRY])
    return "Sensei's reader failed on it"


class _ReadingClock:
    """The time of a whole reading. It starts when the first process begins to read."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._began: float | None = None
        self._answered_at = 0.0

    def begin(self) -> None:
        """Start the clock, once."""
        self._began = self._began or time.monotonic()

    def spent(self) -> float:
        """Return the seconds since the start."""
        return time.monotonic() - self._began if self._began else 0.0

    def extend_for_answer(self) -> None:
        """Reserve time to process the model's answer, however long the answer took."""
        self._answered_at = time.monotonic()

    def is_over(self) -> bool:
        """Say whether it is too late to start anything new."""
        return self.spent() > self._seconds + _LATEST_QUESTION_SECONDS

    def left(self) -> float:
        """Return the seconds after which the process is ended in any case."""
        ends = (self._began or time.monotonic()) + self._seconds
        return max(0.0, max(ends, self._answered_at) + GRACE_SECONDS - time.monotonic())


class _Attempt:
    """One try of a task in one process; ``part`` is the part being read, ``allowed`` its time in seconds."""

    def __init__(
        self, task: ReadingTask, clock: _ReadingClock, model: Model | None, progress: Progress
    ) -> None:
        self._task = task
        self._clock = clock
        self._model = model
        self._progress = progress
        self.part = ReadingPart("start")
        self.allowed = START_SECONDS
        self._until = time.monotonic() + self.allowed

    def _begin_part(self, part: ReadingPart) -> None:
        """Note which part starts, and how long it may take."""
        self._clock.begin()
        left = self._clock.left()
        most = self._task.rules.limits.part_seconds if part.kind in _SMALL else left
        self.part = part
        self.allowed = left if part.kind in _LONG else min(most, left / 2)
        self._until = time.monotonic() + self.allowed

    def run(self, process: ReadingProcess) -> ReadingResult:
        process.send(add_length(pickle.dumps(self._task)), self._until)
        while True:
            for message in process.messages(self._until):
                match message:
                    case {"part": [str(kind), str(path)]} if kind in _KINDS:
                        self._begin_part(ReadingPart(kind, path))  # type: ignore[arg-type]
                    case {"stage": [str(name), int() | None as total]} if _STAGE.fullmatch(name):
                        self._progress.stage(name, total)
                    case {"step": _}:
                        self._progress.step()
                    case {"ask": dict(request)} if self._model is not None and not self._clock.is_over():
                        self._ask_model(process, self._model, request)
                    case {"ask": _}:
                        raise ProcessTimeoutError
                    case _:
                        return _read_outcome(message)

    def _ask_model(self, process: ReadingProcess, model: Model, request: dict[str, Any]) -> None:
        answer = model.ask(_parse_request(request))
        self._clock.extend_for_answer()
        self._begin_part(self.part)  # the model's time does not count towards the part's
        process.send(add_length(pickle.dumps(asdict(answer))), self._until)


def _read_outcome(message: dict[str, Any]) -> ReadingResult:
    """Return the result from the last message, or raise the error that it reports."""
    match message:
        case {"read": dict(read)}:
            return parse_result(read)
        case {"refused": [str(what), str(remedy)]}:
            raise UserError(what, remedy)
        case {"incomplete": str(why)}:
            raise IncompleteReadingError(why)
        case {"died": str(why)}:
            raise ProcessDiedError(why)
        case {"bug": [name, *frames]}:
            raise ReadingCrashedError(str(name), [str(frame) for frame in frames])
    raise ProcessDiedError("Sensei's reader sent an invalid message")


def parse_result(fields: dict[str, Any]) -> ReadingResult:
    """Rebuild a reading from the fields that came over the pipe, and validate all of them.

    Raises:
        ProcessDiedError: they are not a reading.
    """
    try:
        seconds = fields["model_seconds"]
        repository, branch = fields["subject"]
        return ReadingResult(
            report=Report.model_validate(fields["report"]),
            notes=tuple(map(str, fields["notes"])),
            places=tuple(_parse_place(place) for place in fields["places"]),
            standing=tuple(map(int, fields["standing"])),
            drift=tuple(map(_parse_finding, fields["drift"])),
            model_seconds=None if seconds is None else float(seconds),
            subject=(str(repository), str(branch)),
            records=record_messages.parse_records(fields.get("records")),
        )
    except (KeyError, TypeError, ValueError, ValidationError):
        raise ProcessDiedError("Sensei's reader sent an invalid report") from None


def _parse_place(fields: Any) -> CommentablePlace | None:
    if fields is None:
        return None
    path, side, start, end = fields
    return CommentablePlace(str(path), str(side), int(start), int(end))


def _parse_finding(fields: Any) -> DriftFinding:
    decision, fingerprint, citation, text, inline, touched = fields
    return DriftFinding(
        int(decision),
        str(fingerprint),
        Citation.model_validate(citation),
        str(text),
        inline is True,
        touched is True,
    )


def _parse_request(fields: dict[str, Any]) -> ModelRequest:
    try:
        return ModelRequest(**{**fields, "system": tuple(fields["system"])})
    except (KeyError, TypeError):
        raise ProcessDiedError("Sensei's reader sent an invalid question for the model") from None
