"""Pushing a branch with one new commit, made beside a clone that stays as it is."""

import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.git import open_checkout
from bot.adapters.git.clone_cache import CheckoutCache
from bot.adapters.git.clone_fetching import CloneFetcher, classify_failure
from bot.adapters.git.commands import GitRunner
from bot.adapters.git.environment import closed_variables
from bot.domain.review import paths
from bot.errors import IncompleteReadingError, PermanentError, UserError
from bot.ports.checkout import BranchCommit, BranchTakenError, CloneRequest

_REGULAR = "100"  # the start of a regular file's mode


@dataclass(frozen=True)
class GitBranches:
    """``Branches`` with git, on the clones of ``cache``."""

    cache: CheckoutCache

    def read_files(
        self, wanted: CloneRequest, choose: Callable[[Sequence[str]], Collection[str]], most: int
    ) -> tuple[Sequence[str], Mapping[str, bytes]]:
        """Return the paths of all regular files of a head, and the contents of the chosen ones."""
        limits = {"timeout": self.cache.timeout, "max_scan_bytes": self.cache.max_scan_bytes}
        with (
            self.cache.open_clone(wanted) as folder,
            open_checkout(folder, clone=True, **limits) as checkout,  # type: ignore[arg-type]
        ):
            checkout.baseline(wanted.head)
            tree = {entry.path: entry.side for entry in checkout.tree()}
            regular = {path: side for path, side in tree.items() if side.mode.startswith(_REGULAR)}
            chosen = [path for path in choose(list(regular)) if path in regular]
            small = [path for path in chosen if (regular[path].size or 0) <= most]
            return list(regular), {path: checkout.read(regular[path]) for path in small}

    def push(self, wanted: CloneRequest, commit: BranchCommit) -> None:
        """Push a commit to a new branch. Its objects are in a scratch folder, not in the clone."""
        prefix = "sensei-push-"
        with self.cache.open_clone(wanted) as folder, tempfile.TemporaryDirectory(prefix=prefix) as scratch:
            place = Path(scratch)
            objects = place / "objects"
            objects.mkdir()
            variables = {
                "GIT_DIR": folder,
                "GIT_OBJECT_DIRECTORY": str(objects),
                "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(Path(folder) / "objects"),
                "GIT_INDEX_FILE": str(place / "index"),
            }
            fetcher = CloneFetcher(self.cache.timeout, self.cache.max_scan_bytes, self.cache.max_files)
            environment = {**closed_variables(), **variables}
            git = GitRunner(place, folder, self.cache.timeout, environment, partial=True)
            sha = _make_commit(git, commit)
            host = git.in_folder(place, {**fetcher.host_environment(wanted), **variables})
            _push_commit(host, sha, commit.branch)


def _make_commit(git: GitRunner, commit: BranchCommit) -> str:
    """Write the commit's objects; return its id.

    Raises:
        IncompleteReadingError: a file or a link of the parent is where a folder is needed.
    """
    git.ask("read-tree", commit.parent, to="read the files of the head")
    entries = b"".join(
        b"100644 %s\t%s\0" % (_write_blob(git, content).encode(), paths.to_git(path))
        for path, content in commit.files.items()
    )
    git.ask("update-index", "-z", "--index-info", to="add the files", stdin=entries)
    tree = git.ask("write-tree", "--missing-ok", to="write the new tree").decode().strip()
    _require_only(git, commit, tree)
    name, address = commit.author
    when = f"{int(commit.at.timestamp())} +0000"
    signed = {
        f"GIT_{role}_{field}": value
        for role in ("AUTHOR", "COMMITTER")
        for field, value in (("NAME", name), ("EMAIL", address), ("DATE", when))
    }
    arguments = ("commit-tree", tree, "-p", commit.parent)
    message = commit.message.encode()
    return git.with_variables(signed).ask(*arguments, to="make the commit", stdin=message).decode().strip()


def _require_only(git: GitRunner, commit: BranchCommit, tree: str) -> None:
    """Make sure that nothing else changes: git would remove a file or a link to make room for a folder."""
    arguments = ("diff-tree", "-r", "-z", "--name-only", "--no-renames", commit.parent, tree)
    changed = git.ask(*arguments, to="compare the trees").split(b"\0")[:-1]
    if not {paths.from_git(name) for name in changed} <= set(commit.files):
        raise IncompleteReadingError(
            "The repository has a file where the folder of the decision record should be."
        )


def _write_blob(git: GitRunner, content: bytes) -> str:
    return git.ask("hash-object", "-w", "--stdin", to="write the file", stdin=content).decode().strip()


def _push_commit(git: GitRunner, sha: str, branch: str) -> None:
    """Push without force: a branch that already is at this commit is fine, any other is left alone."""
    ref = f"refs/heads/{branch}"
    try:
        git.ask("push", "--quiet", "--no-verify", "origin", f"{sha}:{ref}", to="push the branch")
    except UserError as failed:
        if "failed to push some refs" not in failed.what:
            raise classify_failure(failed) from None
        # git's first line doesn't say whether the branch or the host's rules are in the way.
        standing = git.ask("ls-remote", "origin", ref, to="look for the branch").decode().split()
        if standing and standing[0] == sha:
            return  # the answer to an earlier attempt was lost
        if standing:
            raise BranchTakenError(branch) from None
        raise PermanentError(
            "GitHub did not accept the branch that contains the decision record.",
            "Check the repository's rules for branches.",
        ) from None
