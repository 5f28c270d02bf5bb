"""The environment variables and the settings of every git process. No other module sets them.

Git reads through a folder that Sensei makes (``shadow_git_folder``), so the repository's own
configuration cannot name a program or a path. This module closes the other sources: the configuration of the
machine and of the user, and the variables of the process that started Sensei. See git(1) and git-config(1).
"""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

# The only GIT_* variables that are inherited. They say where the user's own configuration is and where git is
# installed, and make git stricter about owners (git's own switch for tests). Hooks, aliases and `git rebase
# --exec` export others, which would direct git to other repositories, objects or formats.
INHERITED = frozenset(
    {
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_CONFIG_SYSTEM",
        "GIT_EXEC_PATH",
        "GIT_TEST_ASSUME_DIFFERENT_OWNER",
    }
)
lock = threading.Lock()
"""The lock to hold while changing this process's environment, or reading all of it."""

_FIXED = {
    "GIT_ALLOW_PROTOCOL": "",  # no transport at all, whatever protocol.*.allow says
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_CLOSED = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
_PINS = {
    # git trusts both of these files in a repository without a check. The first can give a commit other
    # parents; the second can name packs outside the repository.
    "core.commitGraph": "false",
    "core.multiPackIndex": "false",
    "core.fsmonitor": "false",  # this setting may name a program
    "core.hooksPath": os.devnull,  # update-index and fetch run hooks
    "core.pager": "",
    "diff.external": "",
    "protocol.allow": "never",
}
READING_SETTINGS = {
    "core.attributesFile": os.devnull,  # without this, git uses a default
}
STAGING_SETTINGS = {
    "core.compression": "0",  # the objects are only needed during the reading
    "core.looseCompression": "0",
    "core.fsync": "none",
    "core.safecrlf": "false",  # with "true", git refuses files with mixed line ends
    "core.splitIndex": "false",  # otherwise git writes a shared index into the repository
    "core.untrackedCache": "false",  # a part of the index that names folders to search
}
LOCATED_SETTINGS = {
    "safe.bareRepository": "all",  # ``repository_location`` decides which bare repository is read
}


def closed_variables(*pins: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for commands that see these settings (``section.key``) and no others."""
    return {**user_variables(*pins), **_CLOSED}


def user_variables(*pins: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for commands that also see the configuration of the machine and of the user."""
    pinned = list({key: value for settings in (_PINS, *pins) for key, value in settings.items()}.items())
    variables = {**_FIXED, "GIT_CONFIG_COUNT": str(len(pinned))}
    for number, (key, value) in enumerate(pinned):
        variables |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return variables


@contextmanager
def without_git_variables() -> Iterator[None]:
    """Remove git's variables from this process's environment, which GitPython copies to its children."""
    with lock:
        taken = {
            name: os.environ.pop(name)
            for name in tuple(os.environ)
            if name.startswith("GIT_") and name not in INHERITED
        }
        try:
            yield
        finally:
            os.environ.update(taken)
