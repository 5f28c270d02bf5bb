"""Fetching exactly the objects that a reading opens into a partial clone.

They are fetched beforehand because a reading runs without a network, and because git would connect once for
each object that it fetches on demand. A clone has two refs, the last base and the last head, so that git can
tell the host which commits it already has.
"""

import base64
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.git.commands import GitRunner
from bot.adapters.git.environment import closed_variables, user_variables
from bot.adapters.git.needed_blobs import find_missing, list_needed_blobs
from bot.adapters.git.safe_configuration import SafeConfiguration
from bot.adapters.git.shadow_git_folder import make_bare, write_configuration
from bot.errors import IncompleteReadingError, PermanentError, TransientError, UserError
from bot.ports.checkout import CloneRequest

_OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# A fetch leaves four files, or more if it is killed. Packs are never merged, and git searches each of them.
_MOST_PACK_FILES = 600
# Messages of git and curl when a host is down, slow or unreachable.
_TRANSIENT_FAILURES = (
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


@dataclass(frozen=True)
class CloneFetcher:
    """Fetches clones. A git command may take ``timeout`` seconds; a commit may have ``max_files`` files.

    A file of more than ``max_scan_bytes`` bytes counts as a big file for git.
    """

    timeout: float
    max_scan_bytes: int
    max_files: int

    def fetch(self, folder: Path, request: CloneRequest) -> None:
        """Fetch what is missing. A clone that git can no longer use is made again, once.

        Raises:
            TransientError: the host did not answer. PermanentError: it refused access.
            IncompleteReadingError: it no longer has a commit, git took too long, or there are too many files.
        """
        try:
            self._fetch_all(folder, request)
        except UserError:
            shutil.rmtree(folder, ignore_errors=True)
            try:
                self._fetch_all(folder, request)
            except UserError as failed:
                raise IncompleteReadingError(failed.what) from None

    def _fetch_all(self, folder: Path, request: CloneRequest) -> None:
        if not (folder / "HEAD").exists() or _is_fragmented(folder):
            shutil.rmtree(folder, ignore_errors=True)
            make_bare(folder)
        # Written each time, so that it contains nothing else.
        write_configuration(folder, SafeConfiguration(()).to_file_text())
        git_dir = {"GIT_DIR": str(folder)}
        # No remote is set, because an older git would ask it for each missing object.
        variables = {**closed_variables(self._settings()), **git_dir}
        git = GitRunner(folder, str(folder), self.timeout, variables, partial=True)
        host = git.in_folder(folder, {**self.host_environment(request), **git_dir})
        commits = {"head": request.head, **({"base": request.base} if request.base else {})}
        if find_missing(git, commits.values()):
            self._fetch_objects(host, commits.values(), "skipping")
            refs = "".join(f"update refs/sensei/{name} {sha}\n" for name, sha in commits.items())
            git.ask("update-ref", "--stdin", to="record the commits", stdin=refs.encode())
        if blobs := find_missing(git, list_needed_blobs(git, request, self.max_files)):
            # "noop" is also what git uses for missing objects: a host that is told about a commit could
            # assume that its blobs are here too.
            self._fetch_objects(host, blobs, "noop")

    def _settings(self) -> dict[str, str]:
        return {"core.bigFileThreshold": str(self.max_scan_bytes)}

    def host_environment(self, request: CloneRequest) -> dict[str, str]:
        """Return git's environment for connecting to this repository. The token is nowhere else."""
        header = base64.b64encode(f"x-access-token:{request.token}".encode()).decode()
        settings = {
            **self._settings(),
            "extensions.partialClone": "origin",
            "remote.origin.promisor": "true",
            "remote.origin.partialclonefilter": "blob:none",
            "remote.origin.url": request.url,
            f"http.{request.url}.extraHeader": f"Authorization: Basic {header}",
            "http.followRedirects": "false",  # the header would be sent along
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
        # The operator's own configuration applies: it says how to reach the host, and what to trust.
        return {**user_variables(settings), "GIT_ALLOW_PROTOCOL": "http:https"}

    def _fetch_objects(self, git: GitRunner, objects: Iterable[str], negotiation: str) -> None:
        """Fetch objects; ``negotiation`` is git's algorithm for telling the host which commits are here.

        Each object must be a full id: git would treat anything else as a refspec, which can write refs.
        """
        arguments = (
            "-c", f"fetch.negotiationAlgorithm={negotiation}",
            "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance",
            "--recurse-submodules=no", "--filter=blob:none", "--stdin", "origin",
        )  # fmt: skip
        oids = list(objects)
        if not all(map(_OID.fullmatch, oids)):
            raise IncompleteReadingError(
                "The change contains an object id that is not valid, so nothing was fetched."
            )
        stdin = "".join(f"{oid}\n" for oid in oids).encode()
        try:
            git.ask(*arguments, to="fetch the change", stdin=stdin)
        except UserError as failed:
            raise classify_failure(failed) from None


def classify_failure(failed: UserError) -> Exception:
    """Return the exception to raise for a failed fetch, based on what git printed."""
    text = failed.what.lower()
    if "authentication failed" in text or "could not read username" in text:
        return TransientError("The host rejected the token for the repository. It may have expired.")
    if "not our ref" in text or "unadvertised object" in text or "couldn't find remote ref" in text:
        return IncompleteReadingError("The host no longer has this commit. Sensei will read a newer one.")
    if "error: 403" in text or "error: 404" in text or "not found" in text:
        return PermanentError(
            "The repository could not be fetched, because the App has no access to it.",
            "Install the App on the repository, with permission to read contents.",
        )
    if any(phrase in text for phrase in _TRANSIENT_FAILURES):
        return TransientError(f"The repository could not be fetched: {failed.what[:200]}")
    return failed


def _is_fragmented(folder: Path) -> bool:
    """Say whether a clone has so many packs that it should be made again."""
    packs = folder / "objects" / "pack"
    return packs.is_dir() and sum(1 for _ in packs.iterdir()) > _MOST_PACK_FILES
