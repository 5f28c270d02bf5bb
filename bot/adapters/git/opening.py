"""Opening a repository: what can be wrong with it or with git, said before anything is read."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bot.adapters.git.checkout import DiffLimits, GitCheckout, OpenedRepository
from bot.adapters.git.commands import OLDEST, GitRunner, is_too_old
from bot.adapters.git.environment import LOCATED, READING, STAGING, closed_variables, user_variables
from bot.adapters.git.repository_location import RepositoryLocation, find_bare, locate, require_one_repository
from bot.adapters.git.safe_configuration import WORKING_TREE, SafeConfiguration
from bot.adapters.git.shadow_git_folder import mirror, require_readable_settings
from bot.domain.review import paths
from bot.errors import UserError

_OPEN = "open the repository"
# Of the user's own settings those that decide what a commit of their files would hold.
_USERS = "|".join((*WORKING_TREE, "core.excludesfile", "core.attributesfile")).replace(".", r"\.")


@contextmanager
def open_repository(
    where: str, *, timeout: float, max_scan_bytes: int, max_patch_bytes: int, clone: bool = False
) -> Iterator[GitCheckout]:
    """Do what the package's ``open_checkout`` says, once git is known to be there."""
    location = find_bare(Path(where)) if clone else locate(where)
    limits = DiffLimits(max_scan_bytes, max_patch_bytes)
    hook_index = os.environ.get("GIT_INDEX_FILE")
    with ExitStack() as resources:
        # A process that reads may have too little memory left to take it away; its parent does then.
        temporary = tempfile.TemporaryDirectory(prefix="sensei-", ignore_cleanup_errors=True)
        scratch = Path(resources.enter_context(temporary))
        shown = paths.on_one_line(str(location.folder))
        probing = GitRunner(scratch, shown, timeout, closed_variables(LOCATED))
        version = _version(probing)
        configuration = _configuration(probing, location)
        top = location.working_tree(configuration)
        git_dir = mirror(location, configuration.kept(), scratch)
        objects = location.common_dir / "objects"
        pins = {"core.bigFileThreshold": str(limits.max_scan_bytes)}
        in_mirror = {"GIT_DIR": str(git_dir), "GIT_OBJECT_DIRECTORY": str(objects)}
        known = clone or configuration.partial
        reading = GitRunner(scratch, shown, timeout, closed_variables(READING, pins), partial=known).under(
            in_mirror
        )
        empty = reading.ask("hash-object", "-t", "tree", "--stdin", to=_OPEN).decode("ascii").strip()
        repository = OpenedRepository(
            staging=_staging(reading, top, pins) if top else None,
            index=Path(hook_index).absolute() if hook_index else location.git_dir / "index",
            git_dir=location.git_dir,
            objects=objects,
            version=version,
            shallow=reading.ask("rev-parse", "--is-shallow-repository", to=_OPEN) == b"true\n",
            empty_tree=empty,
        )
        # Without a working tree git looks for attributes elsewhere, which could hide text from the diff.
        yield GitCheckout(reading.under({"GIT_ATTR_SOURCE": empty}), repository, limits, resources)


def _version(git: GitRunner) -> tuple[int, ...]:
    printed = git.ask("version", to="say its version").decode("utf-8", "replace")
    version = tuple(int(part) for part in re.findall(r"\d+", printed)[:2])
    if version < OLDEST:
        raise is_too_old(printed.strip())
    return version


def _configuration(probing: GitRunner, location: RepositoryLocation) -> SafeConfiguration:
    """Ask git for a repository's own settings; it says at the same time whether it trusts the owner.

    It is the one command that sees the repository as it lies there. It follows no ``include``, and of what
    it prints ``SafeConfiguration`` keeps what is harmless.
    """
    require_one_repository(location)
    require_readable_settings(location)
    listing = ("--no-pager", "config", "--no-includes", "--null", "--list")
    finding = {"GIT_CEILING_DIRECTORIES": str(location.folder.parent)}
    git = probing.at(location.folder, {**user_variables(LOCATED), **finding})
    try:
        found = SafeConfiguration.parse(git.ask(*listing, "--local", to=_OPEN))
    except UserError as failed:
        if "--local can only" in failed.what:
            # git does not take it for a repository, so the next command stops there too, and says why.
            git.ask("rev-parse", "--git-dir", to=_OPEN)
        raise
    path = location.git_dir / "config.worktree"
    if found.flag("extensions.worktreeconfig") and os.path.lexists(path):
        found = found.and_then(SafeConfiguration.parse(probing.ask(*listing, "--file", str(path), to=_OPEN)))
    return found


def _staging(reading: GitRunner, top: Path, pins: dict[str, str]) -> GitRunner:
    """Return commands in the working tree, under the settings that a commit of its files would heed."""
    in_mirror = {name: reading.environment[name] for name in ("GIT_DIR", "GIT_OBJECT_DIRECTORY")}
    asking = reading.at(reading.folder, {**user_variables(), **in_mirror})
    arguments = ("--no-pager", "config", "--null", "--get-regexp", f"^({_USERS})$")
    kept = dict(SafeConfiguration.parse(asking.ask(*arguments, to=_OPEN, negative=(1,))).entries)
    return reading.at(top, {**closed_variables(kept, STAGING, pins), **in_mirror, "GIT_WORK_TREE": str(top)})
