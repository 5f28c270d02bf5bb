"""What this machine has: git, room on its disks, folders that can be written to."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from bot.adapters.git.environment import closed_variables, without_git_variables

_GIT_SECONDS = 10
# Kinds of file systems whose files lie on another machine (or, by FUSE, who knows where).
_REMOTE = re.compile(r"nfs\d?|cifs|smb\w*|9p|afs|ceph|glusterfs|lustre|virtiofs|fuse\..+|fuseblk")
MOUNTS = Path("/proc/self/mounts")


def git_version() -> str | None:
    """Return git's version, such as ``2.47.3``; None where git cannot be run."""
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
    """Return the bytes that are free where a file or folder lies or would lie."""
    return shutil.disk_usage(_nearest(place)).free


def why_unwritable(folder: Path) -> str:
    """Say why no file can be made in a folder, which may have to be made first; empty where one can."""
    place = _nearest(folder)
    if not place.is_dir():
        return f"{place} is not a folder"
    try:
        with tempfile.TemporaryFile(dir=place):
            return ""
    except OSError as refused:
        return (refused.strerror or type(refused).__name__).lower()


def remote_file_system(place: Path, mounts: Path = MOUNTS) -> str:
    """Return the kind of file system of a place if it is another machine's, else an empty text.

    Where the system does not list what is mounted (only Linux does) nothing is known.
    """
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    wanted = _nearest(place).resolve()
    kind, depth = "", -1
    for line in lines:
        fields = line.split()
        if len(fields) < 3:
            continue
        # Blanks in a mount's path are written as octal numbers.
        point = Path(re.sub(r"\\(\d{3})", lambda found: chr(int(found[1], 8)), fields[1]))
        if wanted.is_relative_to(point) and len(point.parts) >= depth:
            kind, depth = fields[2], len(point.parts)
    return kind if _REMOTE.fullmatch(kind) else ""


def _nearest(place: Path) -> Path:
    """Return a place, or the folder nearest above it that is there."""
    place = place.expanduser().absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    return place
