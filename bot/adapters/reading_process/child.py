"""What the process that reads does: one task, from its standard input; what comes of it is JSON.

Nothing here is trusted by the parent: it takes the report apart again, and its own limits end this process.
"""

import ctypes
import gc
import os
import pickle
import resource
import signal
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from importlib import import_module
from typing import Any, BinaryIO

from bot.adapters.reading_process.frames import BrokenFrameError, take_frame, write_frame
from bot.adapters.reading_process.process import is_over_memory
from bot.adapters.reading_process.tasks import run_task
from bot.errors import IncompleteReadingError, UserError
from bot.ports.model import CallOutcome, ModelAnswer, ModelRequest, Usage
from bot.ports.reading_process import ReadingPart, ReadingTask

_PR_SET_PDEATHSIG = 1  # <sys/prctl.h>
_MANY_SECONDS = 100_000.0
_SPARE_SECONDS = 5  # of processor time beyond the time for the whole: the parent has killed it by then


def main(parent: int) -> None:
    """Read what standard input says, under the limits that it brings, and end."""
    _end_with(parent)
    pipe = _Pipe()
    memory_bytes = 0
    with suppress(ImportError):  # where there is no git; opening a repository says so
        import_module("bot.adapters.git.opening")  # while the parent gets its task ready
    gc.freeze()  # what was loaded stays; the collector, off until here, need never look at it
    gc.enable()
    try:
        task: ReadingTask = pickle.loads(pipe.heard())  # noqa: S301 - from our parent, which made it
        memory_bytes = task.rules.limits.memory_bytes
        _limit(memory_bytes, task.rules.limits.seconds - task.spent)
        model = ParentModel(pipe, *task.model) if task.model else None
        pipe.say({"read": run_task(task, model, pipe, pipe.began)})
    except UserError as refused:
        pipe.say({"refused": [refused.what, refused.remedy]})
    except IncompleteReadingError as missing:
        pipe.say({"incomplete": str(missing)})
    except MemoryError:
        pipe.say({"died": is_over_memory(memory_bytes)})
    except BrokenFrameError:
        pass
    except Exception as bug:  # noqa: BLE001 - the process boundary: the parent makes words of it
        frames = traceback.extract_tb(bug.__traceback__)[-6:]
        pipe.say({"bug": [type(bug).__name__, *(f"{f.filename}:{f.lineno} in {f.name}" for f in frames)]})
    sys.stdout.flush()
    os._exit(0)  # what is left to clean up goes with the process


def _limit(memory_bytes: int, seconds: float) -> None:
    used = time.process_time()
    for what, most in (
        (resource.RLIMIT_DATA, memory_bytes),
        (resource.RLIMIT_CPU, int(min(used + max(0.0, seconds), _MANY_SECONDS) + _SPARE_SECONDS)),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        bounded = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(what, (bounded, hard))
        except (ValueError, OSError):
            continue  # this system has no such limit; the parent looks as well


def _end_with(parent: int) -> None:
    """See that this process ends with its parent, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


class _Pipe:
    """Both ends; implements ``ports.Progress``.

    It notices that the parent has gone, and ends this process and git under it.
    """

    def __init__(self) -> None:
        self._in: BinaryIO = os.fdopen(os.dup(0), "rb")
        self._out = os.dup(1)
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)  # what a library prints is no message
        self._answers: list[bytes] = []
        self._answered = threading.Semaphore(0)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        """Hear what the parent says; its end is ours, and git's."""
        while True:
            try:
                self._answers.append(take_frame(self._in))
            except (BrokenFrameError, OSError):
                os.killpg(0, signal.SIGKILL)
            self._answered.release()

    def heard(self) -> bytes:
        self._answered.acquire()
        return self._answers.pop(0)

    def say(self, message: Mapping[str, Any]) -> None:
        data = memoryview(write_frame(message))
        while data:
            data = data[os.write(self._out, data) :]

    def began(self, part: ReadingPart) -> None:
        self.say({"part": [part.kind, part.path]})

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage."""
        self.say({"stage": [name, total]})

    def step(self) -> None:
        """Finish one step."""
        self.say({"step": 1})


class ParentModel:
    """``ports.Model``, asked by the parent."""

    def __init__(self, pipe: _Pipe, provider: str, id_: str) -> None:
        self._pipe = pipe
        self.provider = provider
        self.id = id_

    def ask(self, request: ModelRequest) -> ModelAnswer:
        """Let the parent ask."""
        self._pipe.say({"ask": asdict(request)})
        told = pickle.loads(self._pipe.heard())  # noqa: S301 - from our parent, which made it
        return answer(told)


def answer(told: Mapping[str, Any]) -> ModelAnswer:
    """Return an answer as it went over the pipe."""
    usage = Usage(**told["usage"])
    return ModelAnswer(**{**told, "outcome": CallOutcome(told["outcome"]), "usage": usage})
