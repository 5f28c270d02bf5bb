"""Resolving revisions (branches, tags and other names for commits) to commit ids."""

import difflib
import re

from bot.adapters.git.commands import GitRunner
from bot.domain.review import paths
from bot.errors import UserError

_OID = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?\n")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_STEPS = re.compile(r"[~^:]|@\{|\.\.")
_REF_FOLDERS = ("refs/heads", "refs/tags", "refs/remotes")
_DEFAULT_BASES = (
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
)


class Revisions:
    """Resolves revisions of one repository to full commit ids."""

    def __init__(self, commands: GitRunner, *, shallow: bool) -> None:
        self._commands = commands
        self.shallow = shallow

    def find(self, revision: str) -> str | None:
        """Return the id of the commit that a revision names, or None if there is none.

        Raises:
            UserError: it is empty, names several commits, or could be mistaken for something else.
        """
        if not revision.strip():
            raise UserError("The revision is empty.", "Name a branch, a tag or a commit.")
        if revision.startswith("-"):
            raise UserError(
                f"The revision {revision!r} looks like an option.", "Name a branch, a tag or a commit."
            )
        if _CONTROL.search(revision):
            raise UserError(
                f"The revision {revision!r} contains a control character.",
                "Name a branch, a tag or a commit.",
            )
        self._require_one_meaning(revision)
        return self._find_commit(revision)

    def _find_commit(self, revision: str) -> str | None:
        arguments = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        printed = self._commands.ask(*arguments, to=f"look up {revision!r}", negative=(1, 128))
        return printed.decode("ascii").strip() if _OID.fullmatch(printed) else None

    def _require_one_meaning(self, revision: str) -> None:
        """Refuse a name that several refs share: git would use the tag, which anyone may have pushed."""
        name = _STEPS.split(revision, maxsplit=1)[0]
        if not name or name == "HEAD" or name.startswith("refs/"):  # git interprets these literally
            return
        refs = [f"{folder}/{name}" for folder in _REF_FOLDERS]
        arguments = ("for-each-ref", "--format=%(refname)", *map(_escape_pattern, refs))
        printed = self._commands.ask(*arguments, to=f"look up {revision!r}")
        existing = paths.from_git(printed).splitlines()
        found = {ref: self._find_commit(ref) for ref in refs if ref in existing}
        if len(set(found.values())) > 1:
            raise UserError(
                f"{name!r} names {' and '.join(found)} in {self._commands.repository_name}, and they differ.",
                f"Say which one you mean, for example {revision.replace(name, next(iter(found)), 1)}.",
            )

    def resolve(self, revision: str) -> str:
        """Return the id of the commit that a revision names.

        Raises:
            UserError: there is no such commit; the remedy suggests similar names.
        """
        found = self.head() if revision == "HEAD" else self.find(revision)
        if found:
            return found
        if revision == "HEAD":
            raise UserError(
                f"The repository {self._commands.repository_name} has no commits yet.",
                "Commit first. Or read what is staged (--head INDEX) or in the working tree "
                "(--head WORKTREE), without --base.",
            )
        raise UserError(
            f"There is no commit {revision!r} in {self._commands.repository_name}.", self._suggest(revision)
        )

    def head(self) -> str | None:
        """Return the id of the commit that is checked out, or None before the first commit.

        Raises:
            UserError: HEAD names a commit that the repository does not have.
        """
        found = self.find("HEAD")
        if found is None:
            arguments = ("rev-parse", "--verify", "--quiet", "HEAD")
            if self._commands.ask(*arguments, to="look up HEAD", negative=(1, 128)):
                raise UserError(
                    f"{self._commands.repository_name} is damaged: the commit that HEAD points to is "
                    "missing.",
                    "Clone it again. `git fsck` lists what else is missing.",
                )
        return found

    def branch(self) -> str:
        """Return the name of the branch that is checked out, or an empty string for a detached HEAD."""
        arguments = ("symbolic-ref", "--quiet", "--short", "HEAD")
        printed = self._commands.ask(*arguments, to="look up the branch", negative=(1, 128))
        return paths.display_path(paths.from_git(printed.removesuffix(b"\n")))

    def default_base(self) -> str:
        """Return the id of the last commit of the branch that work usually starts from.

        Raises:
            UserError: none of the usual branches exists.
        """
        for name in _DEFAULT_BASES:
            if found := self.find(name):
                return found
        raise UserError(
            f"{self._commands.repository_name} has no origin/HEAD, and no branch named main or master.",
            "Name the base with --base.",
        )

    def merge_bases(self, first: str, second: str) -> list[str]:
        """Return the best common ancestors of two commits, git's choice first; there may be none.

        Raises:
            UserError: there is none, and this clone is shallow.
        """
        arguments = ("merge-base", "--all", first, second)
        printed = self._commands.ask(*arguments, to="find the merge base", negative=(1,))
        found = printed.decode("ascii").split()
        if not found and self.shallow:
            raise UserError(
                f"{self._commands.repository_name} is a shallow clone: its history ends before the common "
                "ancestor of base and head.",
                "Run `git fetch --unshallow`, or clone with the full history (`fetch-depth: 0`).",
            )
        return found

    def _suggest(self, revision: str) -> str:
        arguments = ("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags")
        names = self._commands.ask(*arguments, to="list branches").decode("utf-8", "replace").splitlines()
        if close := difflib.get_close_matches(revision, names):
            return f"Did you mean {' or '.join(close)}?"
        if self.shallow:
            return (
                "This clone is shallow: if the commit is older than the clone's history, run "
                "`git fetch --unshallow`."
            )
        return "If it exists elsewhere, fetch it. `git branch --all` lists the branches of this clone."


def _escape_pattern(name: str) -> str:
    """Return a name as a git pattern that matches only that name."""
    return re.sub(r"([\\*?\[])", r"\\\1", name)
