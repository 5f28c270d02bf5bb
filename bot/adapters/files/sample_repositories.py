"""Creating git repositories from sample changes, such as the shipped ones (``evals/samples``)."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path

from git import Git
from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from bot import resources
from bot.adapters.git.environment import closed_variables, without_git_variables
from bot.domain.evals.cases import Planted, PullRequest
from bot.errors import UserError

BASE_BRANCH, HEAD_BRANCH = "main", "capstone"


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample change in a repository at ``path``. ``base`` and ``head`` are commit ids.

    ``pull_request_title`` and ``pull_request_body`` are texts of the sample participant.
    """

    title: str
    story: str
    path: Path
    base: str
    head: str
    pull_request_title: str
    pull_request_body: str


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Commit(_Strict):
    """One of the two commits."""

    date: str  # ISO 8601 with an offset, so that the commit id does not depend on the machine.
    message: str


class Description(_Strict):
    """The content of ``sample.yaml``."""

    title: str
    story: str
    author: str
    base: Commit
    head: Commit
    pull_request: PullRequest
    planted: tuple[Planted, ...]


def sample_names() -> list[str]:
    """Return the names of the samples, in alphabetical order."""
    return sorted(path.parent.name for path in resources.folder("samples").glob("*/sample.yaml"))


def build(name: str, into: Path) -> Sample:
    """Create the repository of a sample in ``into``, with ``capstone`` checked out, based on ``main``.

    Its commit ids are always the same: the user's git configuration and the environment are ignored, and no
    hook runs.

    Raises:
        UserError: there is no such sample, or ``into`` is not empty.
    """
    if name not in sample_names():
        raise UserError(
            f"There is no sample called {name!r}.", f"The samples are: {', '.join(sample_names())}."
        )
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise UserError(f"{into} is not an empty folder. Nothing was written.", "Choose an empty folder.")
    source = resources.folder("samples") / name
    description = Description.model_validate(
        YAML(typ="safe", pure=True).load((source / "sample.yaml").read_text(encoding="utf-8"))
    )
    base, head = (contents(source / side, description.planted) for side in ("base", "head"))
    return make_sample(description, base, head, into)


def make_sample(
    description: Description, base: Mapping[str, bytes], head: Mapping[str, bytes], into: Path
) -> Sample:
    """Create a repository from two trees in ``into``, a folder that is empty or doesn't exist yet."""
    into.mkdir(parents=True, exist_ok=True)
    git = _isolated_git(into, description.author)
    with without_git_variables():
        git.init("--quiet", "--template=", "--object-format=sha1", f"--initial-branch={BASE_BRANCH}")
        before = _commit(git, base, into, description.base)
        git.checkout("--quiet", "-b", HEAD_BRANCH)
        git.rm("--quiet", "-r", ".")
        after = _commit(git, head, into, description.head)
    return Sample(
        title=description.title,
        story=description.story,
        path=into,
        base=before,
        head=after,
        pull_request_title=description.pull_request.title,
        pull_request_body=description.pull_request.body,
    )


def contents(tree: Path, planted: Iterable[Planted]) -> dict[str, bytes]:
    """Read all files of a tree, keyed by path, and replace the placeholders for planted secrets."""
    found = {}
    for file in sorted(tree.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            content = file.read_bytes()
            for secret in planted:
                content = content.replace(secret.token.encode(), "".join(secret.pieces).encode())
            found[file.relative_to(tree).as_posix()] = content
    return found


def _isolated_git(into: Path, author: str) -> Git:
    """Return a git client for a new repository in ``into``, isolated from the user's configuration."""
    name, address = parseaddr(author)
    git = Git(into)
    git.update_environment(
        **closed_variables({"core.attributesFile": os.devnull}),
        GIT_DIR=str(into.resolve() / ".git"),
        GIT_WORK_TREE=str(into.resolve()),
        GIT_AUTHOR_NAME=name,
        GIT_AUTHOR_EMAIL=address,
        GIT_COMMITTER_NAME=name,
        GIT_COMMITTER_EMAIL=address,
    )
    return git


def _commit(git: Git, tree: Mapping[str, bytes], into: Path, commit: Commit) -> str:
    """Write a tree into an empty work tree, commit it, and return the commit's id."""
    for path, content in tree.items():
        target = into / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    git.add("--force", "--all")
    with git.custom_environment(GIT_AUTHOR_DATE=commit.date, GIT_COMMITTER_DATE=commit.date):
        git.commit("--quiet", "--no-verify", "--message", commit.message)
    return str(git.rev_parse("HEAD"))
