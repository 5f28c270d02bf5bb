"""Reading blobs by object id, through one long-running `git cat-file`.

GitPython's own long-running command rejects the ids of SHA-256 repositories.
"""

from collections.abc import Iterable

from bot.adapters.git.commands import GitRunner, Process, end_process, require_pipe
from bot.errors import IncompleteReadingError

_READ = "read a file's content"


class Blobs:
    """Reads objects; ``close`` ends the git process."""

    def __init__(self, commands: GitRunner) -> None:
        self._commands = commands
        self._process: Process | None = None

    def sizes(self, oids: Iterable[str]) -> dict[str, int]:
        """Return the size in bytes of each object that this clone has."""
        stdin = "".join(f"{oid}\n" for oid in dict.fromkeys(oids)).encode("ascii")
        if not stdin:
            return {}
        format_ = "--batch-check=%(objectname) %(objectsize)"
        printed = self._commands.ask("cat-file", format_, to="read the sizes of files", stdin=stdin)
        answers = (line.split(" ") for line in printed.decode("ascii").splitlines())
        return {oid: int(size) for oid, size in answers if size != "missing"}

    def read(self, oid: str) -> bytes:
        """Return an object's content.

        Raises:
            IncompleteReadingError: the repository does not have the object, or git takes too long.
            UserError: git fails for another reason.
        """
        if self._process is None:
            self._process = self._commands.start("cat-file", "--batch", stdin=-1)
        process = self._process
        with self._commands.limit_time(process) as expired:
            try:
                require_pipe(process.stdin).write(oid.encode("ascii") + b"\n")
                require_pipe(process.stdin).flush()
                header = require_pipe(process.stdout).readline().split()
                if header[1:] == [b"missing"]:
                    raise self.missing_error(oid)
                size = int(header[2]) if len(header) == 3 else 0
                content = require_pipe(process.stdout).read(size + 1)
            except BrokenPipeError:
                header, size, content = [], 0, b""
        if expired.is_set():
            self.close()
            raise self._commands.timeout_error(_READ)
        if len(header) != 3 or len(content) != size + 1:
            failure = self._commands.failure(require_pipe(process.stderr).read(), _READ)
            self.close()
            raise failure
        return content[:-1]

    def missing_error(self, name: str) -> IncompleteReadingError:
        """Return the error for an object that the repository refers to but does not have."""
        if self._commands.partial:
            return IncompleteReadingError(
                f"this partial clone does not have the content of {name}; run "
                "`git fetch --refetch --no-filter` to fetch it"
            )
        return IncompleteReadingError(
            f"the repository is damaged: the content of {name} is missing; "
            "`git fsck` lists what else is missing; to repair it, clone the repository again"
        )

    def close(self) -> None:
        """End the process; a later ``read`` starts another."""
        if self._process is not None:
            end_process(self._process)
            self._process = None
