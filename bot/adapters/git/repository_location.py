"""Finding a repository without git, which would read the repository's configuration while searching.

A ``.git`` that leads elsewhere (a file, or a link) is followed only if its target points back to it, as for
linked worktrees and submodules. A bare repository inside a working tree may have been committed there by a
stranger, so Sensei does not read it.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.git import git_folder_checks
from bot.adapters.git.safe_configuration import SafeConfiguration
from bot.domain.review import paths
from bot.errors import UserError

_GITFILE = "gitdir: "


@dataclass(frozen=True)
class RepositoryLocation:
    """A repository's own git folder, the one that linked worktrees share, and the folder with ``.git``."""

    git_dir: Path
    common_dir: Path
    home: Path | None

    @property
    def linked(self) -> bool:
        """Whether it is a linked worktree."""
        return self.git_dir != self.common_dir

    @property
    def folder(self) -> Path:
        """The folder in which git finds the repository."""
        return self.home or self.git_dir

    def working_tree(self, configuration: SafeConfiguration) -> Path | None:
        """Return the folder of its files, or None if there is none or if ``.git`` is in another folder.

        Raises:
            UserError: ``.git`` leads to a git folder elsewhere that belongs to another folder.
        """
        if self.linked:
            return self.home
        named = configuration.value("core.worktree")
        stated = git_folder_checks.real_path(self.git_dir / named) if named else None
        if self.home is None:
            return stated if stated and self._is_target_of(stated) else None
        if not self.git_dir.is_relative_to(self.home) and stated != self.home:
            raise self._foreign_error(self.home)
        if configuration.is_on("core.bare") or stated not in {None, self.home}:
            return None
        return self.home

    def _is_target_of(self, folder: Path) -> bool:
        found = _find_in_folder(folder)
        return found is not None and found.git_dir == self.git_dir

    def _foreign_error(self, home: Path) -> UserError:
        folder, target = (
            paths.path_on_one_line(str(home)),
            paths.path_on_one_line(str(self.git_dir)),
        )
        return UserError(
            f"{folder}/.git leads to the repository {target}, which does not point back to {folder}.",
            f"If this folder belongs to that repository, run `git --git-dir={target} config core.worktree "
            f"{folder}`.",
        )


def locate(folder: str) -> RepositoryLocation:
    """Find the repository at or above a folder, as git does.

    Raises:
        UserError: there is none, or none that is safe to read.
    """
    given = os.path.expanduser(folder)  # noqa: PTH111 - as a Path a leading "./~" would be a person's folder
    if not os.path.exists(given):  # noqa: PTH110 - Path raises where a folder may not be looked into
        raise UserError(
            f"{folder} does not exist, or Sensei is not allowed to open it.",
            "Name the folder of a git repository.",
        )
    start, bare = git_folder_checks.real_path(given), None
    for place in (start, *start.parents):
        if found := _find_in_folder(place):
            if bare is None or bare.git_dir == found.git_dir:
                return found
            if bare.git_dir.is_relative_to(found.common_dir):
                return bare
            raise _nested_error(bare.git_dir, place)
        bare = bare or _read_git_folder(place)
    if bare:
        return bare
    raise UserError(
        f"{start} is not in a git repository.", "Name a folder inside one, or create one with `git init`."
    )


def require_one_repository(location: RepositoryLocation) -> None:
    """Make sure that git also finds this repository in its folder, and not another one.

    git skips a ``.git`` that is not valid, and then treats the folder itself as a bare repository. In a bare
    repository it looks for ``.git`` first.

    Raises:
        UserError: git could find another one.
    """
    folder = location.folder
    parts = (("HEAD", "commondir"), ("HEAD", "objects", "refs")) if location.home else ((".git",),)
    for names in parts:
        if all(os.path.lexists(folder / name) for name in names):
            here = paths.path_on_one_line(str(folder))
            raise UserError(
                f"{here} is a repository, but its {' and '.join(names)} could belong to another one. "
                "Sensei did not read it.",
                f"Rename {paths.path_on_one_line(str(folder / names[0]))}, or choose another folder.",
            )


def find_bare(place: Path) -> RepositoryLocation:
    """Return the location of one of Sensei's own bare repositories."""
    return RepositoryLocation(git_folder_checks.real_path(place), git_folder_checks.real_path(place), None)


def _find_in_folder(place: Path) -> RepositoryLocation | None:
    """Return the repository that the ``.git`` of a folder is or leads to."""
    entry = place / ".git"
    if os.path.isdir(entry):  # noqa: PTH112 - Path raises where a folder may not be looked into
        return _read_git_folder(git_folder_checks.real_path(entry), place)
    if not os.path.lexists(entry):
        return None
    line = git_folder_checks.read_text(entry) or ""
    target = git_folder_checks.real_path(place / line.removeprefix(_GITFILE))
    found = _read_git_folder(target, place) if line.startswith(_GITFILE) else None
    if found is None:
        raise UserError(
            f"{paths.path_on_one_line(str(entry))} does not lead to a git repository.",
            "If it is a worktree that was moved, run `git worktree repair`; otherwise clone it again.",
        )
    return found


def _read_git_folder(git_dir: Path, home: Path | None = None) -> RepositoryLocation | None:
    """Return the repository with this git folder; None if the folder does not look like one."""
    if not os.path.lexists(git_dir / "HEAD"):
        return None
    shared = git_folder_checks.read_text(git_dir / "commondir")
    if shared is None:
        whole = all(os.path.isdir(git_dir / name) for name in ("objects", "refs"))  # noqa: PTH112
        return RepositoryLocation(git_dir, git_dir, home) if whole else None
    common = git_folder_checks.real_path(git_dir / shared)
    if git_dir.parent != common / "worktrees":
        raise git_folder_checks.refusal(git_dir / "commondir", "leads to another repository")
    back = git_folder_checks.read_text(git_dir / "gitdir")
    if home is not None and (back is None or git_folder_checks.real_path((git_dir / back).parent) != home):
        raise UserError(
            f"{paths.path_on_one_line(str(home))}/.git belongs to a worktree in another folder.",
            "If the worktree was moved, run `git worktree repair` in it.",
        )
    return RepositoryLocation(git_dir, common, home)


def _nested_error(bare: Path, home: Path) -> UserError:
    inside, outside = paths.path_on_one_line(str(bare)), paths.path_on_one_line(str(home))
    return UserError(
        f"{inside} is a bare repository inside the working tree {outside}, "
        "so it may have been committed there. Sensei did not read it.",
        f"To read the working tree, run the command on {outside}; to read the bare repository, move it "
        "elsewhere.",
    )
