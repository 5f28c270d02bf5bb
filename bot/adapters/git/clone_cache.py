"""Clones of capstones, kept between rounds: partial, of a bounded size, without any credential on disk.

A clone holds every commit and tree, and of blobs only those that a reading needs. They are fetched
beforehand, as a reading runs without a network: git's own fetching on demand would connect for each.
Of the refs of a clone there are two, the last base and head, so that git tells the host what is there.
"""

import base64
import fcntl
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.adapters.git.commands import GitRunner
from bot.adapters.git.environment import closed_variables, user_variables
from bot.adapters.git.safe_configuration import SafeConfiguration
from bot.adapters.git.shadow_git_folder import make_bare, write_configuration
from bot.domain.review import diff
from bot.domain.review.dependency_files import is_manifest
from bot.domain.review.file_selection import reading_weight
from bot.errors import IncompleteReadingError, PermanentError, TransientError, UserError
from bot.ports.checkout import CloneRequest

_MOST_NEIGHBOURS = 400  # blobs of files that say how the changed ones are tested and decided
_NEIGHBOURLY = range(1, 5)  # domain.selection.weight: tests, evals, documents, CI
_HIDING = (".senseiignore", ".gitattributes")
_USED = "sensei-used"
_MOST_FILES = 300_000
_File = TypeVar("_File")
_OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# A fetch leaves four files, a killed one some more. Nothing is ever repacked, and git looks into each pack.
_MOST_PACK_FILES = 600


@dataclass(frozen=True)
class CheckoutCache:
    """Clones under ``folder``, at most ``max_bytes`` in all; a git command may take ``timeout`` seconds.

    A commit, and a change, may have ``max_files`` files.
    """

    folder: Path
    max_bytes: int
    timeout: float
    max_scan_bytes: int
    max_files: int = _MOST_FILES

    @contextmanager
    def brought(self, wanted: CloneRequest) -> Iterator[str]:
        """Give the folder of a clone with all that a reading of ``wanted`` looks at. One reader at a time.

        Raises:
            TransientError: the host did not answer. PermanentError: it does not let us in.
            Incomplete: it has not got a commit any more, git took too long, or there are too many files.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._locked(wanted.repository, wait=True):
            place = self._place(wanted.repository)
            self._bring(place, wanted)
            (place / _USED).touch()
            self._evict(keep=wanted.repository)
            yield str(place)

    def size(self) -> int:
        """Return the bytes of all clones."""
        return sum(_bytes(place) for place in self.folder.glob("*.git"))

    def holds(self, repository: int) -> bool:
        """Say whether anything on disk bears a repository's number."""
        return any(path.exists() for path in (self._place(repository), self._lock(repository)))

    def remove(self, repository: int) -> bool:
        """Remove a repository's clone, and the file that is its lock; say whether there was one.

        Raises:
            UserError: it is being read.
        """
        if not self.holds(repository):
            return False
        with self._locked(repository, wait=False) as free:
            if not free:
                raise UserError("The clone of a repository is being read.", "Try again once that has ended.")
            there = self._place(repository).exists()
            if there:
                shutil.rmtree(self._place(repository))
            self._lock(repository).unlink(missing_ok=True)
        return there

    def _lock(self, repository: int) -> Path:
        return self.folder / f"{repository}.lock"

    def _place(self, repository: int) -> Path:
        return self.folder / f"{repository}.git"

    @contextmanager
    def _locked(self, repository: int, *, wait: bool) -> Iterator[bool]:
        """Hold a repository's lock; without ``wait`` say whether it was to be had."""
        descriptor = os.open(self._lock(repository), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            while not _is_at(descriptor, self._lock(repository)):
                # Who had it has removed the clone and the file, and a new file is what others lock now.
                os.close(descriptor)
                descriptor = os.open(self._lock(repository), os.O_RDWR | os.O_CREAT, 0o600)
                fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True
        finally:
            os.close(descriptor)

    def _bring(self, place: Path, wanted: CloneRequest) -> None:
        """Fetch what is missing; a clone that git cannot use any more is made anew, once."""
        try:
            self._fetch_all(place, wanted)
        except UserError:
            shutil.rmtree(place, ignore_errors=True)
            try:
                self._fetch_all(place, wanted)
            except UserError as failed:
                raise IncompleteReadingError(failed.what) from None

    def _fetch_all(self, place: Path, wanted: CloneRequest) -> None:
        if not (place / "HEAD").exists() or _fragmented(place):
            shutil.rmtree(place, ignore_errors=True)
            make_bare(place)
        # Written each time, so that nothing else can be in it.
        write_configuration(place, SafeConfiguration(()).kept())
        where = {"GIT_DIR": str(place)}
        # Without a remote: an older git would ask it for each object that it misses.
        git = GitRunner(
            place, str(place), self.timeout, {**closed_variables(self._settings()), **where}, partial=True
        )
        host = git.at(place, {**self._environment(wanted), **where})
        commits = {"head": wanted.head, **({"base": wanted.base} if wanted.base else {})}
        if _missing(git, commits.values()):
            self._fetch(host, commits.values(), "skipping")
            refs = "".join(f"update refs/sensei/{name} {sha}\n" for name, sha in commits.items())
            git.ask("update-ref", "--stdin", to="note the commits", stdin=refs.encode())
        if blobs := _missing(git, _blobs(git, wanted, self.max_files)):
            # As git itself does for what it lacks: commits that the host is told of could be taken to be
            # here with their blobs.
            self._fetch(host, blobs, "noop")

    def _settings(self) -> dict[str, str]:
        return {"core.bigFileThreshold": str(self.max_scan_bytes)}

    def _environment(self, wanted: CloneRequest) -> dict[str, str]:
        """Return git's environment for talking to this one repository: the token is nowhere else."""
        header = base64.b64encode(f"x-access-token:{wanted.token}".encode()).decode()
        settings = {
            **self._settings(),
            "extensions.partialClone": "origin",
            "remote.origin.promisor": "true",
            "remote.origin.partialclonefilter": "blob:none",
            "remote.origin.url": wanted.url,
            f"http.{wanted.url}.extraHeader": f"Authorization: Basic {header}",
            "http.followRedirects": "false",  # the header would go with it
            "http.lowSpeedLimit": "1000",
            "http.lowSpeedTime": "30",
            "credential.helper": "",
            "gc.auto": "0",
            "maintenance.auto": "false",
            "fetch.fsckObjects": "true",
            "protocol.allow": "never",
            "protocol.http.allow": "always",
            "protocol.https.allow": "always",
        }
        # With the configuration of whoever runs the bot: it says how the host is reached and trusted.
        return {**user_variables(settings), "GIT_ALLOW_PROTOCOL": "http:https"}

    def _fetch(self, git: GitRunner, objects: Iterable[str], telling: str) -> None:
        """Fetch objects, and tell the host by an algorithm of git's which commits are here.

        Each must be a full id: anything else would be taken for a refspec, which can write refs.
        """
        arguments = (
            "-c", f"fetch.negotiationAlgorithm={telling}",
            "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance",
            "--recurse-submodules=no", "--filter=blob:none", "--stdin", "origin",
        )  # fmt: skip
        wanted = list(objects)
        if not all(map(_OID.fullmatch, wanted)):
            raise IncompleteReadingError(
                "The change names an object whose id is not valid, so nothing was fetched."
            )
        wants = "".join(f"{oid}\n" for oid in wanted).encode()
        try:
            git.ask(*arguments, to="fetch the change", stdin=wants)
        except UserError as failed:
            raise _meaning(failed) from None

    def _evict(self, keep: int) -> None:
        """Remove the clones that were not used for the longest, until the rest is small enough."""
        places = sorted(self.folder.glob("*.git"), key=_last_used)
        sizes = {place: _bytes(place) for place in places}
        left = sum(sizes.values())
        for place in places:
            if left <= self.max_bytes:
                return
            repository = int(place.stem)
            if repository == keep:
                continue
            with self._locked(repository, wait=False) as free:
                if free:
                    shutil.rmtree(place, ignore_errors=True)
                    left -= sizes[place]


def _is_at(descriptor: int, path: Path) -> bool:
    """Say whether an open file is the one that lies there."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _blobs(git: GitRunner, wanted: CloneRequest, most: int = _MOST_FILES) -> list[str]:
    """List the blobs that a reading opens: of changed files both sides, and what stands beside them."""
    blobs = []
    beside = 0
    for mode, blob, path in _tree(git, wanted.head, most):
        whole = wanted.base is None
        special = path in _HIDING or is_manifest(path)
        if not whole and not special and reading_weight(path) in _NEIGHBOURLY:
            beside += 1
            special = beside <= _MOST_NEIGHBOURS
        if mode != diff.SUBMODULE and (whole or special):
            blobs.append(blob)
    if wanted.base is None:
        return blobs
    blobs += [blob for _, blob, path in _tree(git, wanted.base, most) if path.rpartition("/")[2] in _HIDING]
    bases = git.ask("merge-base", "--all", wanted.base, wanted.head, to="compare", negative=(1,)).split()
    left = bases[0].decode() if bases else _empty_tree(git)
    arguments = ("-r", "-z", "--raw", "--no-renames", "--no-abbrev", left, wanted.head)
    with git.fields("diff-tree", *arguments, to="compare") as fields:
        for file in _at_most(most, diff.parse_raw(fields)):
            sides = (side for side in (file.old, file.new) if side and side.mode != diff.SUBMODULE)
            blobs += [side.oid for side in sides if side.oid.strip("0")]
    return blobs


def _at_most(most: int, files: Iterable[_File]) -> Iterator[_File]:
    """Give files one by one: no limit on memory holds here, and a few trees can name millions of files."""
    for n, file in enumerate(files):
        if n >= most:
            raise IncompleteReadingError(f"The commit, or the change, has more than {most:,} files.")
        yield file


def _empty_tree(git: GitRunner) -> str:
    return git.ask("hash-object", "-t", "tree", "--stdin", to="compare").decode().strip()


def _tree(git: GitRunner, commit: str, most: int) -> Iterator[tuple[str, str, str]]:
    with git.fields("ls-tree", "-r", "-z", "--full-tree", commit, to="list the files") as entries:
        for entry in _at_most(most, entries):
            about, _, path = entry.partition(b"\t")
            mode, _, blob = about.decode("ascii").split(" ")
            yield mode, blob, path.decode("utf-8", "replace")


def _missing(git: GitRunner, objects: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(objects))
    given = "".join(f"{each}\n" for each in wanted).encode()
    answer = git.ask("cat-file", "--batch-check", "--buffer", to="look for objects", stdin=given)
    return [
        each for each, line in zip(wanted, answer.split(b"\n"), strict=False) if line.endswith(b" missing")
    ]


# What git and curl say of a host that is down, slow or out of reach.
_PASSING = (
    "connection",
    "could not resolve",
    "early eof",
    "error: 5",
    "failed to connect",
    "hung up",
    "rpc failed",
    "timed out",
    "unable to access",
)


def _meaning(failed: UserError) -> Exception:
    """Say what a failed fetch means."""
    text = failed.what.lower()
    if "authentication failed" in text or "could not read username" in text:
        return TransientError(
            "The repository could not be fetched: its token was refused; it may have ended."
        )
    if "not our ref" in text or "unadvertised object" in text or "couldn't find remote ref" in text:
        return IncompleteReadingError("The host has not got this commit any more; a newer one will be read.")
    if "error: 403" in text or "error: 404" in text or "not found" in text:
        return PermanentError(
            "The repository cannot be fetched: the host does not let the App in.",
            "Is the App installed on it, with the right to read contents?",
        )
    if any(word in text for word in _PASSING):
        return TransientError(f"The repository could not be fetched: {failed.what[:200]}")
    return failed


def _fragmented(place: Path) -> bool:
    """Say whether a clone has so many packs that it is better made anew."""
    packs = place / "objects" / "pack"
    return packs.is_dir() and sum(1 for _ in packs.iterdir()) > _MOST_PACK_FILES


def _last_used(place: Path) -> float:
    try:
        return (place / _USED).stat().st_mtime
    except OSError:
        return 0.0


def _bytes(folder: Path) -> int:
    """Return the bytes of a folder's files; what goes away meanwhile counts nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_size
        except OSError:
            continue
    return total
