"""Running git, with its environment, its time limit and errors that say what failed."""

import functools
import os
import re
import selectors
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, BinaryIO, cast

from git import Git
from git.exc import GitCommandNotFound

from bot.adapters.git.environment import without_git_variables
from bot.errors import IncompleteReadingError, UserError

Process = subprocess.Popen[bytes]
_MOST_PRINTED = 64 * 1024 * 1024  # bytes: the names of about half a million files
_LONGEST_FIELD = 1024 * 1024  # bytes; file systems allow paths of 4,096


OLDEST_GIT = (2, 32)  # the first with GIT_CONFIG_GLOBAL that ignores a linked .gitattributes

_NEEDED = ".".join(map(str, OLDEST_GIT))
# Messages of git when an object is missing.
_MISSING_OBJECT = re.compile(
    r"from promisor remote|lazy fetching disabled|unable to (read|find)|missing (blob|tree|commit)|bad object"
)
_NO_MEMORY = re.compile(r"^fatal: (?:Out of memory|.*: Cannot allocate memory$)", re.MULTILINE)


@dataclass(frozen=True)
class GitRunner:
    """Git commands that run in ``folder``; each may take ``timeout`` seconds of wall-clock time.

    ``repository_name`` is the repository's name in messages; ``partial`` says that it is a partial clone.
    A command's purpose (``to``) completes "git could not ..." and "git took longer than N s to ...".
    """

    folder: Path
    repository_name: str
    timeout: float
    environment: Mapping[str, str]
    partial: bool = False

    def with_variables(self, environment: Mapping[str, str]) -> "GitRunner":
        """Return a runner with more environment variables."""
        return replace(self, environment={**self.environment, **environment})

    def hurried(self, seconds: float) -> "GitRunner":
        """Return a runner whose commands may take at most ``seconds``."""
        return replace(self, timeout=min(seconds, self.timeout))

    def in_folder(self, folder: Path, environment: Mapping[str, str]) -> "GitRunner":
        """Return a runner for the same repository in another folder, with only this environment."""
        return replace(self, folder=folder, environment=environment)

    def ask(self, *arguments: str, to: str, stdin: bytes = b"", negative: Collection[int] = ()) -> bytes:
        """Run a command and return its output, or nothing if its exit status is in ``negative``.

        Raises:
            UserError: the command fails.
            IncompleteReadingError: it takes too long, or needs objects that a partial clone lacks.
        """
        with self._run_process(*arguments, stdin=stdin) as process:
            until = time.monotonic() + self.timeout
            output, errors = self._read_output(process, until, to)
            try:
                status = process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                raise self.timeout_error(to) from None
            if status in negative:
                return b""
            if status:
                raise self.failure(errors, to)
            return output

    def _read_output(self, process: Process, until: float, to: str) -> tuple[bytes, bytes]:
        """Return everything that a command prints to stdout and stderr, up to a limit.

        The limit is needed because a tree of a few objects can list billions of files. Processes started by
        git also hold the streams open, so the wait for the end of the streams has a time limit.
        """
        printed: tuple[bytearray, bytearray] = bytearray(), bytearray()
        with selectors.DefaultSelector() as selector:
            for stream, buffer in zip((process.stdout, process.stderr), printed, strict=True):
                selector.register(require_pipe(stream), selectors.EVENT_READ, buffer)
            while selector.get_map():
                ready = selector.select(max(0.0, until - time.monotonic()))
                if not ready:
                    raise self.timeout_error(to)
                for key, _ in ready:
                    part = os.read(key.fd, 1 << 16)
                    if not part:
                        selector.unregister(key.fileobj)
                    key.data.extend(part)
                    if len(key.data) > _MOST_PRINTED:
                        raise IncompleteReadingError(
                            f"git printed more than {_MOST_PRINTED >> 20} MB when asked to {to}."
                        )
        return bytes(printed[0]), bytes(printed[1])

    @contextmanager
    def fields(self, *arguments: str, to: str) -> Iterator[Iterator[bytes]]:
        """Run a command whose option ``-z`` ends each field with a NUL, and yield the fields without it.

        Raises:
            UserError, IncompleteReadingError: as ``lines``.
            IncompleteReadingError: also for a field of more than a megabyte.
        """
        with self._stream(*arguments, to=to, cut=functools.partial(_split_fields, to=to)) as parts:
            yield (part[:-1] for part in parts if part.endswith(b"\0"))

    @contextmanager
    def lines(self, *arguments: str, to: str) -> Iterator[Iterator[bytes]]:
        """Run a command and yield its lines as it prints them. The time limit covers the whole block.

        Raises:
            UserError, IncompleteReadingError: as ``ask``, from the iterator.
        """
        with self._stream(*arguments, to=to, cut=iter) as parts:
            # A line without a line end was cut off when the process was killed.
            yield (part for part in parts if part.endswith(b"\n"))

    @contextmanager
    def _stream(
        self, *arguments: str, to: str, cut: Callable[[IO[bytes]], Iterator[bytes]]
    ) -> Iterator[Iterator[bytes]]:
        with self._run_process(*arguments) as process, self.limit_time(process) as expired:
            errors = _read_in_background(require_pipe(process.stderr))

            def read_parts() -> Iterator[bytes]:
                yield from cut(require_pipe(process.stdout))
                status = process.wait()
                if expired.is_set():
                    raise self.timeout_error(to)
                if status:
                    raise self.failure(errors(), to)

            try:
                yield read_parts()
            finally:
                process.kill()  # otherwise it would wait for a reader that has stopped early
                errors()

    @contextmanager
    def limit_time(self, process: Process) -> Iterator[threading.Event]:
        """Kill the process if the block takes longer than the time limit, and set the event."""
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            process.kill()

        timer = threading.Timer(self.timeout, expire)
        timer.daemon = True  # the program's exit must not wait for it
        timer.start()
        try:
            yield expired
        finally:
            timer.cancel()
            timer.join()

    def start(self, *arguments: str, stdin: BinaryIO | int) -> Process:
        """Start a command whose process the caller ends with ``end``."""
        # -C is needed because GitPython expands variables in the folder's name. If the result is not a
        # folder, it silently stays in the current one, and git would read another repository.
        command = [Git.GIT_PYTHON_GIT_EXECUTABLE, "-C", str(self.folder), *arguments]
        try:
            with without_git_variables():
                owner = Git(self.folder).execute(command, stdin, as_process=True, env=self.environment)
        except GitCommandNotFound:
            raise UserError(
                "git was not found.", f"Install git {_NEEDED} or newer, or add it to PATH."
            ) from None
        # GitPython's wrapper would end the process when garbage-collected, and handles errors in its own way.
        process, owner.proc = cast("Process", owner.proc), None
        return process

    @contextmanager
    def _run_process(self, *arguments: str, stdin: bytes = b"") -> Iterator[Process]:
        # A file, because a pipe would block if git printed before it had read everything.
        with cast("BinaryIO", tempfile.TemporaryFile()) as given:
            given.write(stdin)
            given.seek(0)
            process = self.start(*arguments, stdin=given)
            try:
                yield process
            finally:
                end_process(process)

    def timeout_error(self, to: str) -> IncompleteReadingError:
        """Return the error for a command that was killed because it took too long."""
        return IncompleteReadingError(f"git took longer than {self.timeout:g} s to {to}.")

    def failure(self, errors: bytes, to: str) -> UserError | IncompleteReadingError:
        """Return the error for a failed command, based on what it printed to stderr."""
        text = errors.decode("utf-8", "replace")
        if self.partial and _MISSING_OBJECT.search(text):
            return IncompleteReadingError(
                f"git could not {to}: this partial clone lacks some objects; run "
                "`git fetch --refetch --no-filter` to fetch them."
            )
        if _NO_MEMORY.search(text):
            return IncompleteReadingError(f"git ran out of memory while trying to {to}.")
        if "dubious ownership" in text:
            return UserError(
                f"The repository {self.repository_name} belongs to someone else, so git refuses to read it.",
                f"If you trust it, run `git config --global --add safe.directory {self.repository_name}`.",
            )
        reasons = [line for line in text.splitlines() if line.startswith(("fatal: ", "error: "))]
        reason = (reasons or text.splitlines() or ["no reason given"])[0].split(": ", 1)[-1][:300]
        return UserError(
            f"git could not {to} in {self.repository_name}: {reason.rstrip('.')}.",
            "Run `git fsck` to check whether the repository is damaged.",
        )


def too_old_error(version: str) -> UserError:
    """Return the error for a git version too old to ignore a repository's settings."""
    return UserError(f"Sensei needs git {_NEEDED} or newer; this is {version}.", "Install a newer git.")


def require_pipe(end: IO[bytes] | None) -> IO[bytes]:
    """Return one end of a process's pipe, which is always open after ``start``."""
    assert end is not None  # noqa: S101 - tells mypy what GitPython always does
    return end


def end_process(process: Process) -> None:
    """End a process from ``start``, whether or not it still runs, and close its pipes."""
    process.kill()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with suppress(BrokenPipeError):
                stream.close()
    process.wait()


def _split_fields(stream: IO[bytes], to: str) -> Iterator[bytes]:
    """Split a stream after each NUL, and yield what follows the last one at the end."""
    rest = b""
    while part := stream.read(1 << 16):
        *whole, rest = (rest + part).split(b"\0")
        yield from (field + b"\0" for field in whole)
        if len(rest) > _LONGEST_FIELD:
            raise IncompleteReadingError(
                f"git printed a name longer than {_LONGEST_FIELD >> 20} MB when asked to {to}."
            )
    yield rest


def _read_in_background(stream: IO[bytes]) -> Callable[[], bytes]:
    """Read a stream in the background, so that its writer never waits; return a function to get it all."""
    parts: list[bytes] = []
    reader = threading.Thread(target=lambda: parts.append(stream.read()), daemon=True)
    reader.start()

    def join() -> bytes:
        reader.join()
        return b"".join(parts)

    return join
