"""Facts about this machine: git, free disk space, writable folders and file systems."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from bot.adapters.git.environment import closed_variables, without_git_variables

_GIT_SECONDS = 10
# File systems whose files are on another machine or, with FUSE, in an unknown place.
_REMOTE = re.compile(r"nfs\d?|cifs|smb\w*|9p|afs|ceph|glusterfs|lustre|virtiofs|fuse\..+|fuseblk")
MOUNTS = Path("/proc/self/mounts")


def git_version() -> str | None:
    """Return git's version, such as ``2.47.3``, or None if git can't be run."""
    with without_git_variables():
        environment = {**os.environ, **closed_variables()}
    try:
        done = subprocess.run(
            ["git", "version"],
            capture_output=True,
            text=True,
            check=False,
            timeout=_GIT_SECONDS,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"\d+(?:\.\d+)+", done.stdout)
    return found[0] if found else None


def free_bytes(place: Path) -> int:
    """Return the free bytes on a path's disk. The path need not exist yet."""
    return shutil.disk_usage(_nearest_existing(place)).free


def why_unwritable(folder: Path) -> str:
    """Return the reason why no file can be created in a folder, or an empty text. It need not exist yet."""
    place = _nearest_existing(folder)
    if not place.is_dir():
        return f"{place} is not a folder"
    try:
        with tempfile.TemporaryFile(dir=place):
            return ""
    except OSError as refused:
        return (refused.strerror or type(refused).__name__).lower()


def remote_file_system(place: Path, mounts: Path = MOUNTS) -> str:
    """Return the type of a path's file system if it is on another machine, or else an empty text.

    Only Linux lists mounted file systems, so the result is empty on other systems.
    """
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    wanted = _nearest_existing(place).resolve()
    kind, depth = "", -1
    for line in lines:
        fields = line.split()
        if len(fields) < 3:
            continue
        # Spaces in mount paths are written as octal numbers.
        point = Path(re.sub(r"\\(\d{3})", lambda found: chr(int(found[1], 8)), fields[1]))
        if wanted.is_relative_to(point) and len(point.parts) >= depth:
            kind, depth = fields[2], len(point.parts)
    return kind if _REMOTE.fullmatch(kind) else ""


def _nearest_existing(place: Path) -> Path:
    """Return a path, or its nearest parent folder that exists."""
    place = place.expanduser().absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    return place
