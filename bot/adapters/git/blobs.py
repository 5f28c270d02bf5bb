"""Blobs by object id, from one `git cat-file` that stays open.

GitPython's own persistent command refuses the ids of sha256 repositories.
"""

from collections.abc import Iterable

from bot.adapters.git.commands import GitRunner, Process, end, pipe
from bot.errors import IncompleteReadingError

_READ = "read a file's content"


class Blobs:
    """Reads objects; ``close`` ends its process."""

    def __init__(self, commands: GitRunner) -> None:
        self._commands = commands
        self._process: Process | None = None

    def sizes(self, oids: Iterable[str]) -> dict[str, int]:
        """Return the size in bytes of each object that this clone has."""
        asked = "".join(f"{oid}\n" for oid in dict.fromkeys(oids)).encode("ascii")
        if not asked:
            return {}
        format_ = "--batch-check=%(objectname) %(objectsize)"
        printed = self._commands.ask("cat-file", format_, to="read the sizes of files", stdin=asked)
        answers = (line.split(" ") for line in printed.decode("ascii").splitlines())
        return {oid: int(size) for oid, size in answers if size != "missing"}

    def read(self, oid: str) -> bytes:
        """Return an object's content.

        Raises:
            Incomplete: the repository does not have the object, or git takes too long.
            UserError: git fails otherwise.
        """
        if self._process is None:
            self._process = self._commands.start("cat-file", "--batch", stdin=-1)
        process = self._process
        with self._commands.limited(process) as expired:
            try:
                pipe(process.stdin).write(oid.encode("ascii") + b"\n")
                pipe(process.stdin).flush()
                header = pipe(process.stdout).readline().split()
                if header[1:] == [b"missing"]:
                    raise self.missing(oid)
                size = int(header[2]) if len(header) == 3 else 0
                content = pipe(process.stdout).read(size + 1)
            except BrokenPipeError:
                header, size, content = [], 0, b""
        if expired.is_set():
            self.close()
            raise self._commands.too_slow(_READ)
        if len(header) != 3 or len(content) != size + 1:
            failure = self._commands.failure(pipe(process.stderr).read(), _READ)
            self.close()
            raise failure
        return content[:-1]

    def missing(self, what: str) -> IncompleteReadingError:
        """Return what to raise where an object that the repository names is not there."""
        if self._commands.partial:
            return IncompleteReadingError(
                f"this partial clone does not have the content of {what}; "
                "`git fetch --refetch --no-filter` completes it"
            )
        return IncompleteReadingError(
            f"the repository is damaged and lacks the content of {what}; "
            "`git fsck` says what else, and a new clone mends it"
        )

    def close(self) -> None:
        """End the process; a later ``read`` starts another."""
        if self._process is not None:
            end(self._process)
            self._process = None
