"""Opening a repository: what can be wrong with it or with git, said before anything is read."""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from git import Repo
from git.exc import InvalidGitRepositoryError, NoSuchPathError

from bot.adapters.git.checkout import GitCheckout, Limits, Repository
from bot.adapters.git.commands import Commands
from bot.adapters.git.environment import READING, STAGING, environment, nothing_inherited, without_filters
from bot.errors import UserError

_OLDEST = (2, 31)  # the first with GIT_CONFIG_COUNT


@contextmanager
def opened(where: str, *, timeout: float, max_scan_bytes: int, max_patch_bytes: int) -> Iterator[GitCheckout]:
    """Do what the package's ``open_checkout`` says, once git is known to be there."""
    hook_index = os.environ.get("GIT_INDEX_FILE")
    with ExitStack() as resources:
        try:
            with nothing_inherited():
                repo = resources.enter_context(Repo(where, search_parent_directories=True, expand_vars=False))
        except NoSuchPathError:
            raise UserError(
                f"There is no folder {where} that can be looked into.", "Name the folder of a git repository."
            ) from None
        except InvalidGitRepositoryError:
            raise UserError(
                f"{Path(where).resolve()} is not in a git repository.",
                "Name a folder of one, or make one with `git init`.",
            ) from None
        pins = {"core.bigFileThreshold": str(max_scan_bytes)}
        probing = Commands(repo, timeout, environment(READING, pins))
        filters = _filters(probing)
        staging = Commands(repo, timeout, environment(STAGING, pins, filters))
        repository = _examine(probing, staging, Path(hook_index).absolute() if hook_index else None)
        reading = Commands(repo, timeout, environment(READING, pins, filters)).under(
            # Attributes of the working tree could hide text from the diff.
            {"GIT_ATTR_SOURCE": repository.empty_tree}
        )
        yield GitCheckout(reading, repository, Limits(max_scan_bytes, max_patch_bytes), resources)


def _filters(git: Commands) -> dict[str, str]:
    pattern = r"^filter\..*\.(clean|smudge|process|required)$"
    arguments = ("config", "-z", "--name-only", "--get-regexp", pattern)
    names = git.ask(*arguments, to="read its settings", negative=(1,))
    return without_filters(os.fsdecode(name) for name in names.split(b"\0")[:-1])


def _examine(probing: Commands, staging: Commands, hook_index: Path | None) -> Repository:
    printed = probing.ask("version", to="say its version").decode("utf-8", "replace")
    version = tuple(int(part) for part in re.findall(r"\d+", printed)[:2])
    if version < _OLDEST:
        raise UserError(f"Sensei needs git 2.31 or newer; this is {printed.strip()}.", "Install a newer one.")
    shallow = probing.ask("rev-parse", "--is-shallow-repository", to="open the repository") == b"true\n"
    empty = probing.ask("hash-object", "-t", "tree", "--stdin", to="open the repository")
    return Repository(staging, version, shallow, empty.decode("ascii").strip(), hook_index)
