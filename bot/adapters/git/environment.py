"""The environment of every git command: what a repository, a user or a hook could set is overridden here.

The user's own configuration stays in force for the rest, as ``safe.directory`` lives there. Sources: the
manual pages git(1) and git-config(1); variables that an older git does not know are ignored by it.
"""

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

# Of all the variables GIT_* these are inherited: they say where the user's own configuration is, where git
# is installed, and (git's own switch for tests) to be stricter about owners. Hooks, aliases and
# `git rebase --exec` export others, which would lead git to other repositories, objects or formats.
_INHERITED = frozenset(
    {
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_CONFIG_SYSTEM",
        "GIT_EXEC_PATH",
        "GIT_TEST_ASSUME_DIFFERENT_OWNER",
    }
)
_environ_lock = threading.Lock()

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
_PINS = {
    "core.fsmonitor": "false",  # may name a program
    "core.hooksPath": os.devnull,  # update-index has a hook
    "core.pager": "",
    "diff.external": "",
    "protocol.allow": "never",
    "diff.suppressBlankEmpty": "false",  # the one setting of a diff that no flag of it overrides
}
READING = {
    "core.attributesFile": os.devnull,
}
STAGING = {
    "core.compression": "0",  # the objects live as long as the reading
    "core.looseCompression": "0",
    "core.fsync": "none",
    "core.safecrlf": "false",  # "true" refuses files with mixed line ends
    "core.splitIndex": "false",  # else a shared index is written into the repository
}


def environment(*pins: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for git commands, with these settings of git (``section.key``) pinned too."""
    pinned = list({key: value for settings in (_PINS, *pins) for key, value in settings.items()}.items())
    variables = {**_FIXED, "GIT_CONFIG_COUNT": str(len(pinned))}
    for number, (key, value) in enumerate(pinned):
        variables |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return variables


def without_filters(names: Iterable[str]) -> dict[str, str]:
    """Return settings that switch these configured ``filter.<driver>.<key>`` off."""
    return {name: "false" if name.endswith(".required") else "" for name in names}


@contextmanager
def nothing_inherited() -> Iterator[None]:
    """Take git's variables out of this process's environment, which GitPython copies to its children."""
    with _environ_lock:
        taken = {
            name: os.environ.pop(name)
            for name in tuple(os.environ)
            if name.startswith("GIT_") and name not in _INHERITED
        }
        try:
            yield
        finally:
            os.environ.update(taken)
