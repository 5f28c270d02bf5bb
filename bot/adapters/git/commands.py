"""Running git: one place for its environment, its time limit and the meaning of its failures."""

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
_MOST_PRINTED = 64 * 1024 * 1024  # bytes: the names of some half a million files
_LONGEST_FIELD = 1024 * 1024  # bytes; a file system allows paths of 4,096


OLDEST = (2, 32)  # the first with GIT_CONFIG_GLOBAL, and that follows no link in place of .gitattributes

_NEEDED = ".".join(map(str, OLDEST))
# What git says of an object that is not there.
_LACKS = re.compile(
    r"from promisor remote|lazy fetching disabled|unable to (read|find)|missing (blob|tree|commit)|bad object"
)
_NO_MEMORY = re.compile(r"^fatal: (?:Out of memory|.*: Cannot allocate memory$)", re.MULTILINE)


@dataclass(frozen=True)
class GitRunner:
    """Git commands that run in ``folder``; each may take ``timeout`` seconds of wall-clock time.

    ``where`` is what messages call the repository; ``partial`` says that it is a partial clone. What a
    command is for (``to``) completes "git could not ..." and "git took longer than N s to ...".
    """

    folder: Path
    where: str
    timeout: float
    environment: Mapping[str, str]
    partial: bool = False

    def under(self, environment: Mapping[str, str]) -> "GitRunner":
        """Return the same with more environment variables."""
        return replace(self, environment={**self.environment, **environment})

    def at(self, folder: Path, environment: Mapping[str, str]) -> "GitRunner":
        """Return commands of the same repository that run elsewhere, with this environment alone."""
        return replace(self, folder=folder, environment=environment)

    def ask(self, *arguments: str, to: str, stdin: bytes = b"", negative: Collection[int] = ()) -> bytes:
        """Run a command and return what it prints; nothing where its status is one of ``negative``.

        Raises:
            UserError: the command fails.
            Incomplete: it takes too long, or needs objects that a partial clone does not have.
        """
        with self._running(*arguments, stdin=stdin) as process:
            until = time.monotonic() + self.timeout
            output, errors = self._printed(process, until, to)
            try:
                status = process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                raise self.too_slow(to) from None
            if status in negative:
                return b""
            if status:
                raise self.failure(errors, to)
            return output

    def _printed(self, process: Process, until: float, to: str) -> tuple[bytes, bytes]:
        """Return all that a command prints on both streams; a tree of few objects may have billions of files.

        Whatever git has started holds the streams open too, so nobody waits for their end beyond the time.
        """
        printed: tuple[bytearray, bytearray] = bytearray(), bytearray()
        with selectors.DefaultSelector() as selector:
            for stream, kept in zip((process.stdout, process.stderr), printed, strict=True):
                selector.register(pipe(stream), selectors.EVENT_READ, kept)
            while selector.get_map():
                ready = selector.select(max(0.0, until - time.monotonic()))
                if not ready:
                    raise self.too_slow(to)
                for key, _ in ready:
                    part = os.read(key.fd, 1 << 16)
                    if not part:
                        selector.unregister(key.fileobj)
                    key.data.extend(part)
                    if len(key.data) > _MOST_PRINTED:
                        raise IncompleteReadingError(
                            f"git prints more than {_MOST_PRINTED >> 20} MB to {to}."
                        )
        return bytes(printed[0]), bytes(printed[1])

    @contextmanager
    def fields(self, *arguments: str, to: str) -> Iterator[Iterator[bytes]]:
        """As ``lines``, for a command whose option ``-z`` ends each field with a NUL, which is not given.

        Raises:
            UserError, Incomplete: as ``lines``; Incomplete also for a field of more than a megabyte.
        """
        with self._parts(*arguments, to=to, cut=functools.partial(_fields, to=to)) as parts:
            yield (part[:-1] for part in parts if part.endswith(b"\0"))

    @contextmanager
    def lines(self, *arguments: str, to: str) -> Iterator[Iterator[bytes]]:
        """Run a command and give the lines it prints while it runs; time counts until the block ends.

        Raises:
            UserError, Incomplete: as ``ask``, from the iterator.
        """
        with self._parts(*arguments, to=to, cut=iter) as parts:
            # A line without its end was cut when the process was killed.
            yield (part for part in parts if part.endswith(b"\n"))

    @contextmanager
    def _parts(
        self, *arguments: str, to: str, cut: Callable[[IO[bytes]], Iterator[bytes]]
    ) -> Iterator[Iterator[bytes]]:
        with self._running(*arguments) as process, self.limited(process) as expired:
            errors = _drained(pipe(process.stderr))

            def printed() -> Iterator[bytes]:
                yield from cut(pipe(process.stdout))
                status = process.wait()
                if expired.is_set():
                    raise self.too_slow(to)
                if status:
                    raise self.failure(errors(), to)

            try:
                yield printed()
            finally:
                process.kill()  # a reader that stops early must not leave it waiting
                errors()

    @contextmanager
    def limited(self, process: Process) -> Iterator[threading.Event]:
        """Kill the process if the block takes longer than the time limit, and set the event."""
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            process.kill()

        timer = threading.Timer(self.timeout, expire)
        timer.daemon = True  # an interruption on the next line must not make the exit wait for it
        timer.start()
        try:
            yield expired
        finally:
            timer.cancel()
            timer.join()

    def start(self, *arguments: str, stdin: BinaryIO | int) -> Process:
        """Start a command whose process the caller ends with ``end``."""
        # -C, as GitPython expands variables in the folder, and without a word stays where it is if that
        # is not one: it would read another repository.
        command = [Git.GIT_PYTHON_GIT_EXECUTABLE, "-C", str(self.folder), *arguments]
        try:
            with without_git_variables():
                owner = Git(self.folder).execute(command, stdin, as_process=True, env=self.environment)
        except GitCommandNotFound:
            raise UserError(
                "there is no git here.", f"Install git {_NEEDED} or newer, or put it on PATH."
            ) from None
        # GitPython's wrapper would terminate the process when it is collected, and reads errors its own way.
        process, owner.proc = cast("Process", owner.proc), None
        return process

    @contextmanager
    def _running(self, *arguments: str, stdin: bytes = b"") -> Iterator[Process]:
        # A file, as a pipe would block where git prints before it has read everything.
        with cast("BinaryIO", tempfile.TemporaryFile()) as given:
            given.write(stdin)
            given.seek(0)
            process = self.start(*arguments, stdin=given)
            try:
                yield process
            finally:
                end(process)

    def too_slow(self, to: str) -> IncompleteReadingError:
        """Return what to raise for a command that was killed."""
        return IncompleteReadingError(f"git took longer than {self.timeout:g} s to {to}.")

    def failure(self, errors: bytes, to: str) -> UserError | IncompleteReadingError:
        """Return what to raise for a command that failed, by what it printed as errors."""
        text = errors.decode("utf-8", "replace")
        if self.partial and _LACKS.search(text):
            return IncompleteReadingError(
                f"git could not {to}: this is a partial clone that lacks some objects; "
                "`git fetch --refetch --no-filter` completes it."
            )
        if _NO_MEMORY.search(text):
            return IncompleteReadingError(f"git needed more memory than it was allowed to {to}.")
        if "dubious ownership" in text:
            return UserError(
                f"The repository {self.where} belongs to someone else, so git does not read it.",
                f"If you trust it, run `git config --global --add safe.directory {self.where}`.",
            )
        reasons = [line for line in text.splitlines() if line.startswith(("fatal: ", "error: "))]
        reason = (reasons or text.splitlines() or ["no reason given"])[0].split(": ", 1)[-1][:300]
        return UserError(
            f"git could not {to} in {self.where}: {reason.rstrip('.')}.",
            "`git fsck` says whether the repository is damaged.",
        )


def is_too_old(version: str) -> UserError:
    """Return what to raise for a git that lacks what keeps a repository's settings out."""
    return UserError(f"Sensei needs git {_NEEDED} or newer; this is {version}.", "Install a newer one.")


def pipe(end: IO[bytes] | None) -> IO[bytes]:
    """Return one end of a process's pipe, which ``start`` has opened."""
    assert end is not None  # noqa: S101 - tells mypy what GitPython always does
    return end


def end(process: Process) -> None:
    """End a process of ``start``, running or not, and close its pipes."""
    process.kill()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with suppress(BrokenPipeError):
                stream.close()
    process.wait()


def _fields(stream: IO[bytes], to: str) -> Iterator[bytes]:
    """Cut a stream behind each NUL; what is behind the last comes at the end."""
    rest = b""
    while part := stream.read(1 << 16):
        *whole, rest = (rest + part).split(b"\0")
        yield from (field + b"\0" for field in whole)
        if len(rest) > _LONGEST_FIELD:
            raise IncompleteReadingError(f"git prints a name of more than {_LONGEST_FIELD >> 20} MB to {to}.")
    yield rest


def _drained(stream: IO[bytes]) -> Callable[[], bytes]:
    """Read a stream in the background, so that its writer never waits; the function returns all of it."""
    parts: list[bytes] = []
    reader = threading.Thread(target=lambda: parts.append(stream.read()), daemon=True)
    reader.start()

    def everything() -> bytes:
        reader.join()
        return b"".join(parts)

    return everything
