"""The port ``Readings``: each in a process of its own, and on without what ended or held the last one.

A part may take ``part_seconds``, and at most half of the time that is left, so that there is time to read the
rest again without it. After so many tries the files before the one that ended the last of them are reported.
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

from bot.adapters.reading_process.frames import to_frame
from bot.adapters.reading_process.process import (
    ProcessDiedError,
    ProcessStoppedError,
    ProcessTimeoutError,
    ReadingProcess,
)
from bot.domain.pull_requests.question_placement import CommentablePlace
from bot.domain.review.report import Report
from bot.errors import IncompleteReadingError, TransientError, UserError
from bot.ports.model import Model, ModelRequest
from bot.ports.reading import Progress
from bot.ports.reading_process import PartKind, ReadingPart, ReadingResult, ReadingTask
from bot.rendering.text.safe_text import one_line

log = logging.getLogger(__name__)  # which warns at a terminal, too, where nothing is configured

MOST_TRIES = 4
GRACE_SECONDS = 4.0  # beyond the time for the whole: to say what was not read
START_SECONDS = 60.0  # until a process has begun, of which nobody who writes a file has a say
_LATEST_QUESTION_SECONDS = 1.0
_LONGEST_ENTRY = 2000  # characters of what the process that reads says of its bug
_KINDS = get_args(PartKind)
_STAGE = re.compile(r"[A-Za-z ]{1,60}")  # it is drawn on a terminal
# What takes a moment, unless somebody wrote it to take long.
_SMALL = frozenset({"ignore", "file", "words"})
# Without these there is no reading at all.
_WHOLE = frozenset({"start", "scanner", "change", "ignore", "attributes", "dependencies", "end"})
# May take all the time that is left: what ends them ends the reading.
_LONG = frozenset({"scanner", "change", "end"})


class ReadingCrashedError(Exception):
    """The process that reads has met a bug; ``where`` are its frames, without any value that was read."""

    def __init__(self, what: str, where: Sequence[str]) -> None:
        super().__init__(f"{what} in the process that reads: {'; '.join(where)}")
        self.where = where


class ReadingProcesses:
    """Reads in processes; ``stop`` ends all that run."""

    def __init__(self, ahead: ReadingProcess | None = None, compiled: Path | None = None) -> None:
        """``ahead`` is a process that was started beforehand, for the first; ``compiled`` as there."""
        self._ahead = ahead
        self._compiled = compiled
        self._running: set[ReadingProcess] = set()
        self._lock = threading.Lock()
        self._stopping = False

    def read(self, task: ReadingTask, model: Model | None, progress: Progress) -> ReadingResult:
        """Do what ``ports.readings.Readings`` says.

        Raises:
            ReadingFailed: it met a bug of ours where nothing can be left out.
        """
        time_ = _ReadingClock(task.rules.limits.seconds)
        left_out: dict[ReadingPart, str] = dict(task.left_out)
        ends_at: ReadingPart | None = None
        for attempt in range(1, MOST_TRIES + 1):
            now = replace(task, left_out=left_out, ends_at=ends_at, spent=time_.spent())
            one = _Attempt(now, time_, model, progress)
            try:
                with self._process(task) as process:
                    return one.run(process)
            except ProcessStoppedError:
                raise TransientError("Sensei was stopped before the review was finished.") from None
            except (ProcessDiedError, ReadingCrashedError) as ended:
                why = _reason(ended, one)
                if one.part.kind in _WHOLE or attempt == MOST_TRIES:
                    raise IncompleteReadingError(f"{one.part} could not be read: {why}") from None
                left_out[one.part] = f"not read, as {why}"
                if attempt == MOST_TRIES - 1:
                    ends_at = one.part
        raise AssertionError("each try returns or raises")

    def stop(self) -> None:
        """End every reading, and begin none any more."""
        with self._lock:
            self._stopping = True
            for process in self._running:
                process.stop()

    @contextmanager
    def _process(self, task: ReadingTask) -> Iterator[ReadingProcess]:
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


def _reason(ended: ProcessDiedError | ReadingCrashedError, one: "_Attempt") -> str:
    """Say why a part was not read; a bug of ours costs that part alone where there is a reading without it.

    Raises:
        ReadingFailed: there is none.
    """
    if isinstance(ended, ProcessDiedError):
        return str(ended) or f"it takes longer than {one.allowed:.3g} s"
    if one.part.kind in _WHOLE:
        raise ended
    log.error("reading.failed: a part was left out: %s", one_line(str(ended))[:_LONGEST_ENTRY])
    return "Sensei's reader failed on it"


class _ReadingClock:
    """The time of a whole reading. It runs from when the first process has begun to read."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._began: float | None = None
        self._answered = 0.0

    def begin(self) -> None:
        """Begin, once."""
        self._began = self._began or time.monotonic()

    def spent(self) -> float:
        """Return the seconds since the beginning."""
        return time.monotonic() - self._began if self._began else 0.0

    def answered(self) -> None:
        """Let what a model has just answered be worked out, however long it took."""
        self._answered = time.monotonic()

    def over(self) -> bool:
        """Say whether nothing new may begin."""
        return self.spent() > self._seconds + _LATEST_QUESTION_SECONDS

    def left(self) -> float:
        """Return the seconds until the process is ended, whatever it does."""
        ends = (self._began or time.monotonic()) + self._seconds
        return max(0.0, max(ends, self._answered) + GRACE_SECONDS - time.monotonic())


class _Attempt:
    """One process's work on a task; ``part`` is what it reads now, ``allowed`` the seconds for that."""

    def __init__(
        self, task: ReadingTask, time_: _ReadingClock, model: Model | None, progress: Progress
    ) -> None:
        self._task = task
        self._time = time_
        self._model = model
        self._progress = progress
        self.part = ReadingPart("start")
        self.allowed = START_SECONDS
        self._until = time.monotonic() + self.allowed

    def _begin(self, part: ReadingPart) -> None:
        """Give a part its time."""
        self._time.begin()
        left = self._time.left()
        most = self._task.rules.limits.part_seconds if part.kind in _SMALL else left
        self.part = part
        self.allowed = left if part.kind in _LONG else min(most, left / 2)
        self._until = time.monotonic() + self.allowed

    def run(self, process: ReadingProcess) -> ReadingResult:
        process.tell(to_frame(pickle.dumps(self._task)), self._until)
        while True:
            for message in process.message(self._until):
                match message:
                    case {"part": [str(kind), str(path)]} if kind in _KINDS:
                        self._begin(ReadingPart(kind, path))  # type: ignore[arg-type]
                    case {"stage": [str(name), int() | None as total]} if _STAGE.fullmatch(name):
                        self._progress.stage(name, total)
                    case {"step": _}:
                        self._progress.step()
                    case {"ask": dict(request)} if self._model is not None and not self._time.over():
                        self._answer(process, self._model, request)
                    case {"ask": _}:
                        raise ProcessTimeoutError
                    case _:
                        return _ended(message)

    def _answer(self, process: ReadingProcess, model: Model, request: dict[str, Any]) -> None:
        answered = model.ask(_request(request))
        self._time.answered()
        self._begin(self.part)  # the model's time is not the part's
        process.tell(to_frame(pickle.dumps(asdict(answered))), self._until)


def _ended(message: dict[str, Any]) -> ReadingResult:
    """Return what the last message brings, or raise it."""
    match message:
        case {"read": dict(read)}:
            return to_result(read)
        case {"refused": [str(what), str(remedy)]}:
            raise UserError(what, remedy)
        case {"incomplete": str(why)}:
            raise IncompleteReadingError(why)
        case {"died": str(why)}:
            raise ProcessDiedError(why)
        case {"bug": [name, *frames]}:
            raise ReadingCrashedError(str(name), [str(frame) for frame in frames])
    raise ProcessDiedError("Sensei's reader sent an invalid message")


def to_result(told: dict[str, Any]) -> ReadingResult:
    """Return a reading as it went over the pipe; nothing of it is trusted.

    Raises:
        Died: it is none.
    """
    try:
        seconds = told["model_seconds"]
        return ReadingResult(
            report=Report.model_validate(told["report"]),
            notes=tuple(map(str, told["notes"])),
            places=tuple(_place(place) for place in told["places"]),
            standing=tuple(map(int, told["standing"])),
            model_seconds=None if seconds is None else float(seconds),
        )
    except (KeyError, TypeError, ValueError, ValidationError):
        raise ProcessDiedError("Sensei's reader sent an invalid report") from None


def _place(told: Any) -> CommentablePlace | None:
    if told is None:
        return None
    path, side, start, end = told
    return CommentablePlace(str(path), str(side), int(start), int(end))


def _request(told: dict[str, Any]) -> ModelRequest:
    try:
        return ModelRequest(**{**told, "system": tuple(told["system"])})
    except (KeyError, TypeError):
        raise ProcessDiedError("Sensei's reader sent an invalid question for the model") from None
