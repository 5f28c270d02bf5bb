"""The code that runs in the reading process: it does one task from standard input and answers with JSON.

The parent trusts nothing that this process sends: it validates the report again, and its own limits end this
process.
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

from bot.adapters.reading_process.frames import BrokenFrameError, encode_message, read_frame
from bot.adapters.reading_process.process import memory_message
from bot.adapters.reading_process.tasks import run_task
from bot.errors import IncompleteReadingError, UserError
from bot.ports.model import CallOutcome, ModelAnswer, ModelRequest, Usage
from bot.ports.reading_process import ReadingPart, ReadingTask

_PR_SET_PDEATHSIG = 1  # <sys/prctl.h>
_MANY_SECONDS = 100_000.0
_SPARE_SECONDS = 5  # of processor time after the reading's time is over: the parent has killed it by then


def main(parent: int) -> None:
    """Do the task from standard input under the limits that it sets, and exit."""
    _exit_with_parent(parent)
    pipe = _Pipe()
    memory_bytes = 0
    with suppress(ImportError):  # git is missing; opening a repository will report it
        import_module("bot.adapters.git.opening")  # while the parent prepares the task
    gc.freeze()  # the loaded modules stay, so the garbage collector need not examine them
    gc.enable()
    try:
        task: ReadingTask = pickle.loads(pipe.receive())  # noqa: S301 - from our parent, which made it
        memory_bytes = task.rules.limits.memory_bytes
        _set_limits(memory_bytes, task.rules.limits.seconds - task.spent)
        model = ParentModel(pipe, *task.model) if task.model else None
        pipe.send({"read": run_task(task, model, pipe, pipe.announce_part)})
    except UserError as refused:
        pipe.send({"refused": [refused.what, refused.remedy]})
    except IncompleteReadingError as missing:
        pipe.send({"incomplete": str(missing)})
    except MemoryError:
        pipe.send({"died": memory_message(memory_bytes)})
    except BrokenFrameError:
        pass
    except Exception as bug:  # noqa: BLE001 - the process boundary: the parent words the error
        frames = traceback.extract_tb(bug.__traceback__)[-6:]
        pipe.send({"bug": [type(bug).__name__, *(f"{f.filename}:{f.lineno} in {f.name}" for f in frames)]})
    sys.stdout.flush()
    os._exit(0)  # the parent cleans up everything else


def _set_limits(memory_bytes: int, seconds: float) -> None:
    used = time.process_time()
    for limit, most in (
        (resource.RLIMIT_DATA, memory_bytes),
        (resource.RLIMIT_CPU, int(min(used + max(0.0, seconds), _MANY_SECONDS) + _SPARE_SECONDS)),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        bounded = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(limit, (bounded, hard))
        except (ValueError, OSError):
            continue  # this system has no such limit, but the parent also checks


def _exit_with_parent(parent: int) -> None:
    """Make sure that this process ends with its parent, however the parent ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


class _Pipe:
    """Both ends of the pipe to the parent; implements ``ports.reading.Progress``.

    When the parent has ended, it ends this process and its git processes.
    """

    def __init__(self) -> None:
        self._in: BinaryIO = os.fdopen(os.dup(0), "rb")
        self._out = os.dup(1)
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)  # so that a library's output is not mistaken for a message
        self._answers: list[bytes] = []
        self._answered = threading.Semaphore(0)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        """Receive messages from the parent. When the parent ends, end this process and git."""
        while True:
            try:
                self._answers.append(read_frame(self._in))
            except (BrokenFrameError, OSError):
                os.killpg(0, signal.SIGKILL)
            self._answered.release()

    def receive(self) -> bytes:
        self._answered.acquire()
        return self._answers.pop(0)

    def send(self, message: Mapping[str, Any]) -> None:
        data = memoryview(encode_message(message))
        while data:
            data = data[os.write(self._out, data) :]

    def announce_part(self, part: ReadingPart) -> None:
        self.send({"part": [part.kind, part.path]})

    def stage(self, name: str, total: int | None = None) -> None:
        """Start a stage."""
        self.send({"stage": [name, total]})

    def step(self) -> None:
        """Finish one step."""
        self.send({"step": 1})


class ParentModel:
    """``ports.model.Model``; the parent asks the model."""

    def __init__(self, pipe: _Pipe, provider: str, id_: str) -> None:
        self._pipe = pipe
        self.provider = provider
        self.id = id_

    def ask(self, request: ModelRequest) -> ModelAnswer:
        """Have the parent ask the model, and return the answer."""
        self._pipe.send({"ask": asdict(request)})
        fields = pickle.loads(self._pipe.receive())  # noqa: S301 - from our parent, which made it
        return parse_answer(fields)


def parse_answer(fields: Mapping[str, Any]) -> ModelAnswer:
    """Rebuild an answer from the fields that were sent over the pipe."""
    usage = Usage(**fields["usage"])
    return ModelAnswer(**{**fields, "outcome": CallOutcome(fields["outcome"]), "usage": usage})
