"""Where a repository lies. Found without git, which would read its configuration on the way.

A ``.git`` that leads elsewhere (a file, or a link) is followed only where what it leads to names it in turn:
a linked worktree and a submodule do. A bare repository inside of a working tree may be a part of what
somebody else has committed there, so it is not taken for a repository.
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
    """A repository's own git folder, the one that linked worktrees share, and the folder of its ``.git``."""

    git_dir: Path
    common_dir: Path
    home: Path | None

    @property
    def linked(self) -> bool:
        """Whether it is a linked worktree."""
        return self.git_dir != self.common_dir

    @property
    def folder(self) -> Path:
        """The folder at which git finds it."""
        return self.home or self.git_dir

    def working_tree(self, configuration: SafeConfiguration) -> Path | None:
        """Return the folder of its files; None where there is none, or another than the one of its ``.git``.

        Raises:
            UserError: ``.git`` leads to a git folder elsewhere that belongs to another folder.
        """
        if self.linked:
            return self.home
        named = configuration.last("core.worktree")
        stated = git_folder_checks.real(self.git_dir / named) if named else None
        if self.home is None:
            return stated if stated and self._is_led_to_by(stated) else None
        if not self.git_dir.is_relative_to(self.home) and stated != self.home:
            raise self._foreign(self.home)
        if configuration.flag("core.bare") or stated not in {None, self.home}:
            return None
        return self.home

    def _is_led_to_by(self, folder: Path) -> bool:
        found = _beside(folder)
        return found is not None and found.git_dir == self.git_dir

    def _foreign(self, home: Path) -> UserError:
        here, there = paths.on_one_line(str(home)), paths.on_one_line(str(self.git_dir))
        return UserError(
            f"{here}/.git leads to the repository {there}, which does not say that it belongs to {here}.",
            f"If it does, run `git --git-dir={there} config core.worktree {here}`.",
        )


def locate(where: str) -> RepositoryLocation:
    """Find the repository at or above a folder, as git does.

    Raises:
        UserError: there is none, or not one that may be taken for it.
    """
    given = os.path.expanduser(where)  # noqa: PTH111 - as a Path a leading "./~" would be a person's folder
    if not os.path.exists(given):  # noqa: PTH110 - Path raises where a folder may not be looked into
        raise UserError(
            f"{where} does not exist, or Sensei may not look into it.", "Name the folder of a git repository."
        )
    start, bare = git_folder_checks.real(given), None
    for place in (start, *start.parents):
        if found := _beside(place):
            if bare is None or bare.git_dir == found.git_dir:
                return found
            if bare.git_dir.is_relative_to(found.common_dir):
                return bare
            raise _within(bare.git_dir, place)
        bare = bare or _at(place)
    if bare:
        return bare
    raise UserError(
        f"{start} is not in a git repository.", "Name a folder of one, or make one with `git init`."
    )


def require_one_repository(location: RepositoryLocation) -> None:
    """Make sure that git, too, finds this repository at its folder, and no other that the folder holds.

    git passes over a ``.git`` that it does not like, and then takes the folder itself for a bare repository;
    in a bare one it looks for ``.git`` first.

    Raises:
        UserError: it could find another.
    """
    folder = location.folder
    parts = (("HEAD", "commondir"), ("HEAD", "objects", "refs")) if location.home else ((".git",),)
    for names in parts:
        if all(os.path.lexists(folder / name) for name in names):
            here = paths.on_one_line(str(folder))
            raise UserError(
                f"{here} could be two repositories: it is one, and holds {' and '.join(names)}. "
                "Sensei did not read it.",
                f"Rename {paths.on_one_line(str(folder / names[0]))}, or name another folder.",
            )


def find_bare(place: Path) -> RepositoryLocation:
    """Return the location of a bare repository of our own."""
    return RepositoryLocation(git_folder_checks.real(place), git_folder_checks.real(place), None)


def _beside(place: Path) -> RepositoryLocation | None:
    """Return the repository that the ``.git`` of a folder is or leads to."""
    entry = place / ".git"
    if os.path.isdir(entry):  # noqa: PTH112 - Path raises where a folder may not be looked into
        return _at(git_folder_checks.real(entry), place)
    if not os.path.lexists(entry):
        return None
    line = git_folder_checks.text(entry) or ""
    target = git_folder_checks.real(place / line.removeprefix(_GITFILE))
    found = _at(target, place) if line.startswith(_GITFILE) else None
    if found is None:
        raise UserError(
            f"{paths.on_one_line(str(entry))} does not lead to a git repository.",
            "`git worktree repair` mends a worktree that was moved; otherwise clone it again.",
        )
    return found


def _at(git_dir: Path, home: Path | None = None) -> RepositoryLocation | None:
    """Return the repository whose git folder is here, if it looks like one."""
    if not os.path.lexists(git_dir / "HEAD"):
        return None
    shared = git_folder_checks.text(git_dir / "commondir")
    if shared is None:
        whole = all(os.path.isdir(git_dir / name) for name in ("objects", "refs"))  # noqa: PTH112
        return RepositoryLocation(git_dir, git_dir, home) if whole else None
    common = git_folder_checks.real(git_dir / shared)
    if git_dir.parent != common / "worktrees":
        raise git_folder_checks.refusal(git_dir / "commondir", "leads to another repository")
    back = git_folder_checks.text(git_dir / "gitdir")
    if home is not None and (back is None or git_folder_checks.real((git_dir / back).parent) != home):
        raise UserError(
            f"{paths.on_one_line(str(home))}/.git leads to a worktree that is somewhere else.",
            "If it was moved, run `git worktree repair` in it.",
        )
    return RepositoryLocation(git_dir, common, home)


def _within(bare: Path, home: Path) -> UserError:
    inside, outside = paths.on_one_line(str(bare)), paths.on_one_line(str(home))
    return UserError(
        f"{inside} is a bare repository inside the working tree {outside}, "
        "so it may have come with what is committed there. Sensei did not read it.",
        f"To read the working tree, name {outside}; to read the bare repository, move it out.",
    )
