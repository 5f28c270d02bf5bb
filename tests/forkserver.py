"""Starts ``sensei`` without its imports: a process that has done them forks a child for each command.

A command still is a process with an environment, a folder, streams, signals and an exit status of its own.
What it saves is reading 2,000 files again, which takes more than a second of a processor. ``tests.sensei`` is
its client. What a test says of the start itself needs an interpreter of its own (``sensei.run_interpreter``).
"""

import atexit
import gc
import importlib
import io
import json
import os
import pkgutil
import selectors
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import bot.__main__ as command
from bot.adapters.files import rubrics

LENGTH = 8
"""Bytes that say how long a request is. With them come the three streams of the command."""

_PRELOADED = ("bot", "alembic.command", "anthropic", "slack_bolt", "github", "dbos", "uvicorn")


def main(path: str) -> None:
    """Serve at a socket in the background, until its folder or whoever owns that is gone.

    In a child, run what it was forked for.
    """
    _preload()
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen()
    if os.fork() == 0:
        os.setsid()
        if child := _Server(listening, Path(path)).serve():
            _end_with(child)


def _end_with(child: Callable[[], None]) -> NoReturn:
    """Run it and end as Python does, but leave the modules as they are: taking them down takes a second."""
    try:
        child()
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)


def _preload() -> None:
    for name in _PRELOADED:
        importlib.import_module(name)
    for module in pkgutil.walk_packages(importlib.import_module("bot").__path__, "bot."):
        importlib.import_module(module.name)
    rubrics.load("capstone")  # the other half of a start
    gc.collect()
    gc.freeze()  # a collection in a child would copy every page


class _Server:
    """Forks, and says of each child its number and in the end its status."""

    def __init__(self, listening: socket.socket, path: Path) -> None:
        self._listening = listening
        self._path = path
        self._clients: dict[int, socket.socket] = {}
        self._woken, waking = socket.socketpair()
        waking.setblocking(False)
        self._waking = waking
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waking.fileno())

    def serve(self) -> Callable[[], None] | None:
        """Return in the parent once its socket is gone, in a child what it runs."""
        selector = selectors.DefaultSelector()
        selector.register(self._listening, selectors.EVENT_READ)
        selector.register(self._woken, selectors.EVENT_READ)
        owner = int((self._path.parent / "owner").read_text("ascii"))
        while self._path.exists() and _is_alive(owner):
            for key, _ in selector.select(timeout=1):
                if key.fileobj is self._woken:
                    self._woken.recv(4096)
                elif child := self._fork():
                    selector.close()
                    return child
            self._reap()
        return None

    def _fork(self) -> Callable[[], None] | None:
        client, _ = self._listening.accept()
        start, streams, _, _ = socket.recv_fds(client, LENGTH, 3)
        rest = b""
        while len(rest) < int.from_bytes(start) and (part := client.recv(int.from_bytes(start) - len(rest))):
            rest += part
        if not rest or len(rest) < int.from_bytes(start):  # whoever asked has gone
            client.close()
            return None
        pid = os.fork()
        if pid == 0:
            self._leave(client)
            return lambda: _run(json.loads(rest), streams)
        for stream in streams:
            os.close(stream)
        with suppress(OSError):
            client.sendall(pid.to_bytes(LENGTH))
        self._clients[pid] = client
        return None

    def _leave(self, client: socket.socket) -> None:
        """Keep nothing in a child that is its parent's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for held in (self._listening, self._woken, self._waking, client, *self._clients.values()):
            held.close()

    def _reap(self) -> None:
        while self._clients:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            with self._clients.pop(pid) as client:
                try:
                    client.sendall(os.waitstatus_to_exitcode(status).to_bytes(LENGTH, signed=True))
                except OSError:  # nobody waits for it any more
                    continue


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _run(request: Mapping[str, Any], streams: list[int]) -> None:
    """Be the command."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False), encoding="utf-8")
    sys.stdout = _writing(1)
    sys.stderr = _writing(2)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = [str(command.__file__), *request["arguments"]]
    sys.modules["__main__"] = command  # how the help names the command depends on it
    command.main()


def _writing(number: int) -> io.TextIOWrapper:
    buffered = io.BufferedWriter(io.FileIO(number, "w", closefd=False))
    return io.TextIOWrapper(buffered, encoding="utf-8", line_buffering=number == 2)


if __name__ == "__main__":
    main(sys.argv[1])
