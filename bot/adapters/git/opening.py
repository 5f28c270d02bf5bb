"""Opening a repository. Problems with it or with git are reported before anything is read."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bot.adapters.git.checkout import GitCheckout, OpenedRepository
from bot.adapters.git.commands import OLDEST_GIT, GitRunner, too_old_error
from bot.adapters.git.environment import (
    LOCATED_SETTINGS,
    READING_SETTINGS,
    STAGING_SETTINGS,
    closed_variables,
    user_variables,
)
from bot.adapters.git.repository_location import RepositoryLocation, find_bare, locate, require_one_repository
from bot.adapters.git.safe_configuration import WORKING_TREE, SafeConfiguration
from bot.adapters.git.shadow_git_folder import mirror, require_readable_settings
from bot.adapters.git.tree_differences import DiffLimits
from bot.domain.review import paths
from bot.errors import UserError

_OPEN = "open the repository"
# The user's own settings that affect what a commit of their files contains.
_USER_SETTINGS = "|".join((*WORKING_TREE, "core.excludesfile", "core.attributesfile")).replace(".", r"\.")


@contextmanager
def open_repository(
    folder: str, *, timeout: float, max_scan_bytes: int, max_patch_bytes: int, clone: bool = False
) -> Iterator[GitCheckout]:
    """Open a repository, as ``open_checkout`` describes. git must be installed."""
    location = find_bare(Path(folder)) if clone else locate(folder)
    limits = DiffLimits(max_scan_bytes, max_patch_bytes)
    hook_index = os.environ.get("GIT_INDEX_FILE")
    with ExitStack() as resources:
        # If the reading process lacks the memory to remove the folder, its parent does so.
        temporary = tempfile.TemporaryDirectory(prefix="sensei-", ignore_cleanup_errors=True)
        scratch = Path(resources.enter_context(temporary))
        shown = paths.path_on_one_line(str(location.folder))
        probing = GitRunner(scratch, shown, timeout, closed_variables(LOCATED_SETTINGS))
        version = _check_version(probing)
        configuration = _read_configuration(probing, location)
        top = location.working_tree(configuration)
        git_dir = mirror(location, configuration.to_file_text(), scratch)
        objects = location.common_dir / "objects"
        pins = {"core.bigFileThreshold": str(limits.max_scan_bytes)}
        in_mirror = {"GIT_DIR": str(git_dir), "GIT_OBJECT_DIRECTORY": str(objects)}
        variables = {**closed_variables(READING_SETTINGS, pins), **in_mirror}
        partial = clone or configuration.partial
        reading = GitRunner(scratch, shown, timeout, variables, partial=partial)
        empty = reading.ask("hash-object", "-t", "tree", "--stdin", to=_OPEN).decode("ascii").strip()
        repository = OpenedRepository(
            staging=_staging_commands(reading, top, pins) if top else None,
            index=Path(hook_index).absolute() if hook_index else location.git_dir / "index",
            git_dir=location.git_dir,
            name="" if clone else paths.display_path(location.folder.name.removesuffix(".git")),
            objects=objects,
            version=version,
            shallow=reading.ask("rev-parse", "--is-shallow-repository", to=_OPEN) == b"true\n",
            empty_tree=empty,
        )
        # Without a working tree, git looks for attributes elsewhere, which could hide text from the diff.
        yield GitCheckout(reading.with_variables({"GIT_ATTR_SOURCE": empty}), repository, limits, resources)


def _check_version(git: GitRunner) -> tuple[int, ...]:
    printed = git.ask("version", to="report its version").decode("utf-8", "replace")
    version = tuple(int(part) for part in re.findall(r"\d+", printed)[:2])
    if version < OLDEST_GIT:
        raise too_old_error(printed.strip())
    return version


def _read_configuration(probing: GitRunner, location: RepositoryLocation) -> SafeConfiguration:
    """Ask git for a repository's own settings; git also says whether it trusts the owner.

    No other command opens the repository's own git folder. This one ignores ``include``, and
    ``SafeConfiguration`` drops every setting that could do harm.
    """
    require_one_repository(location)
    require_readable_settings(location)
    listing = ("--no-pager", "config", "--no-includes", "--null", "--list")
    finding = {"GIT_CEILING_DIRECTORIES": str(location.folder.parent)}
    git = probing.in_folder(location.folder, {**user_variables(LOCATED_SETTINGS), **finding})
    try:
        found = SafeConfiguration.parse(git.ask(*listing, "--local", to=_OPEN))
    except UserError as failed:
        if "--local can only" in failed.what:
            # git does not recognise the repository; the next command also fails, but states the reason.
            git.ask("rev-parse", "--git-dir", to=_OPEN)
        raise
    path = location.git_dir / "config.worktree"
    if found.is_on("extensions.worktreeconfig") and os.path.lexists(path):
        found = found.followed_by(
            SafeConfiguration.parse(probing.ask(*listing, "--file", str(path), to=_OPEN))
        )
    return found


def _staging_commands(reading: GitRunner, top: Path, pins: dict[str, str]) -> GitRunner:
    """Return a runner in the working tree, with the settings that a commit of its files would use."""
    in_mirror = {name: reading.environment[name] for name in ("GIT_DIR", "GIT_OBJECT_DIRECTORY")}
    user_git = reading.in_folder(reading.folder, {**user_variables(), **in_mirror})
    arguments = ("--no-pager", "config", "--null", "--get-regexp", f"^({_USER_SETTINGS})$")
    kept = dict(SafeConfiguration.parse(user_git.ask(*arguments, to=_OPEN, negative=(1,))).entries)
    return reading.in_folder(
        top, {**closed_variables(kept, STAGING_SETTINGS, pins), **in_mirror, "GIT_WORK_TREE": str(top)}
    )
