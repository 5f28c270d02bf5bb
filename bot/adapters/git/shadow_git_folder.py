"""A git folder that Sensei makes, through which git safely reads an untrusted repository.

It has the repository's refs and Sensei's own configuration. The objects stay where they are, and
``GIT_OBJECT_DIRECTORY`` leads to them. Hooks, attributes, grafts and alternates are left out.
"""

import os
import re
from pathlib import Path

from bot.adapters.git import git_folder_checks
from bot.adapters.git.repository_location import RepositoryLocation
from bot.domain.review import paths
from bot.errors import UserError

_FOLDERS = ("refs", "logs", "reftable")
_FILES = re.compile(r"HEAD|[A-Z_]+_HEAD|packed-refs|shallow")
_MAY_BE_LARGE = "packed-refs"


def require_readable_settings(location: RepositoryLocation) -> None:
    """Check the files that git opens to find a repository and print its configuration.

    Raises:
        UserError: one of them is not a regular file, or too large.
    """
    folders = {location.git_dir, location.common_dir}
    for path in (folder / name for folder in folders for name in ("config", "config.worktree", "HEAD")):
        if path.name != "HEAD" or not path.is_symlink():
            git_folder_checks.require_small(path)


def mirror(location: RepositoryLocation, configuration: str, into: Path) -> Path:
    """Make the folder inside ``into``, with a configuration file; return the value for GIT_DIR.

    Raises:
        UserError: the repository has pipes or devices among its files, or parts of it are outside it.
    """
    _refuse_alternates(location.common_dir)
    git_folder_checks.require_plain(location.common_dir / "objects", location.common_dir)
    made = into / "repository"
    copies = git_folder_checks.FileCopies()
    _copy_refs(location.common_dir, made, location.common_dir, copies)
    (made / "info").mkdir()
    copies.add(
        location.common_dir / "info" / "exclude", made / "info" / "exclude", git_folder_checks.MOST_TEXT
    )
    write_configuration(made, configuration)
    if not location.linked:
        return made
    own = made / "worktrees" / location.git_dir.name
    own.parent.mkdir()
    _copy_refs(location.git_dir, own, location.common_dir, copies)
    (own / "commondir").write_text("../..\n", "ascii")
    return own


def make_bare(place: Path) -> None:
    """Make an empty bare repository, as ``git init`` would, without the user's templates."""
    for folder in ("objects", "refs"):
        (place / folder).mkdir(parents=True, exist_ok=True)
    (place / "HEAD").write_text("ref: refs/heads/main\n", "ascii")


def write_configuration(git_dir: Path, text: str) -> None:
    """Write a git folder's configuration file."""
    (git_dir / "config").write_bytes(os.fsencode(text))


def _copy_refs(source: Path, into: Path, root: Path, copies: git_folder_checks.FileCopies) -> None:
    """Copy the files that hold the refs, and link the folders.

    git's time to read ``shallow`` grows with the square of its length, so that file must be small.
    """
    (into / "objects").mkdir(parents=True)
    for name in _FOLDERS:
        if os.path.lexists(source / name):
            git_folder_checks.require_plain(source / name, root)
            (into / name).symlink_to(source / name)
    if not os.path.lexists(into / "refs"):
        (into / "refs").mkdir()
    git_folder_checks.require_own_tables(source / "reftable")
    for entry in (source / name for name in git_folder_checks.list_names(source)):
        if entry.name == "HEAD" and entry.is_symlink():
            # A link is an old form of symbolic ref: git reads its target as the ref's name.
            (into / "HEAD").write_bytes(b"ref: " + os.fsencode(entry.readlink()) + b"\n")
        elif _FILES.fullmatch(entry.name):
            most = None if entry.name == _MAY_BE_LARGE else git_folder_checks.MOST_TEXT
            copies.add(entry, into / entry.name, most)


def _refuse_alternates(common_dir: Path) -> None:
    alternates = common_dir / "objects" / "info" / "alternates"
    if git_folder_checks.read_text(alternates):
        folder = paths.path_on_one_line(str(common_dir))
        raise UserError(
            f"The repository {folder} uses the objects of another repository (alternates), which Sensei does "
            "not read.",
            f"Run `git --git-dir={folder} repack -a -d` to copy them; then delete "
            f"{paths.path_on_one_line(str(alternates))} and try again.",
        )
