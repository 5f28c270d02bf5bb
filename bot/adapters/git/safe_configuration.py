"""The few settings of a repository that Sensei needs to read it.

None of them names a program or a file. No version of git ever sees the repository's other settings.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass

_VALUE = re.compile(r"[A-Za-z0-9]*")
_TRUE = frozenset({"true", "yes", "on"})
# How objects and refs are stored.
_FORMAT = ("core.repositoryformatversion", "extensions.objectformat", "extensions.refstorage")
# How git compares the files of a working tree with those of a commit: only booleans and words. Settings that
# let git miss changed files are left out (core.checkstat, core.trustctime).
WORKING_TREE = (
    "core.autocrlf",
    "core.eol",
    "core.filemode",
    "core.ignorecase",
    "core.precomposeunicode",
    "core.sparsecheckout",
    "core.sparsecheckoutcone",
    "core.symlinks",
)
# These define @{upstream}. Without the remote's address, git cannot connect to it.
_UPSTREAM = re.compile(r"(branch|remote)\.([^\n]+)\.(remote|merge|fetch)")
_PARTIAL = re.compile(r"extensions\.partialclone|remote\..*\.promisor", re.DOTALL)


@dataclass(frozen=True)
class SafeConfiguration:
    """Settings in order, with keys as git prints them: ``section.key`` or ``section.Sub section.key``."""

    entries: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, printed: bytes) -> "SafeConfiguration":
        """Parse the output of ``git config --null --list`` or ``--get-regexp``."""
        lines = (os.fsdecode(entry).partition("\n") for entry in printed.split(b"\0")[:-1])
        return cls(tuple((key, value if mark else "true") for key, mark, value in lines))

    @property
    def partial(self) -> bool:
        """Whether the repository is a partial clone."""
        return any(_PARTIAL.fullmatch(key) for key, _ in self.entries)

    def followed_by(self, others: "SafeConfiguration") -> "SafeConfiguration":
        """Return these settings, followed by the others."""
        return SafeConfiguration((*self.entries, *others.entries))

    def value(self, key: str) -> str | None:
        """Return the value that applies (the last one), or None if there is none."""
        return dict(self.entries).get(key)

    def is_on(self, key: str) -> bool:
        """Say whether a switch is on."""
        value = (self.value(key) or "").lower()
        return value in _TRUE or (value.isdigit() and int(value) != 0)

    def to_file_text(self) -> str:
        """Return the text of a configuration file with the settings that reading needs, and no others."""
        return "".join(_format_lines(self.entries))


def _format_lines(entries: Iterable[tuple[str, str]]) -> Iterable[str]:
    yield "[core]\n\tbare = true\n"
    for key, value in entries:
        if key in {*_FORMAT, *WORKING_TREE} and _VALUE.fullmatch(value):
            section, _, name = key.partition(".")
            yield f"[{section}]\n\t{name} = {value}\n"
        elif found := _UPSTREAM.fullmatch(key):
            section, subsection, name = found.groups()
            yield f'[{section} "{_escape(subsection)}"]\n\t{name} = "{_escape(value)}"\n'


def _escape(value: str) -> str:
    """Escape a text between quotation marks, see "Syntax" in git-config(1)."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
