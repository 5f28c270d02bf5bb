"""Of a repository's configuration the few settings that reading it needs. None names a program or a file.

What is not named here git does not see, whatever it is called, in whichever version.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass

_VALUE = re.compile(r"[A-Za-z0-9]*")
_TRUE = frozenset({"true", "yes", "on"})
# How objects and refs are stored.
_FORMAT = ("core.repositoryformatversion", "extensions.objectformat", "extensions.refstorage")
# How the files of a working tree are compared with those of a commit: switches and words. Not what lets git
# overlook changed files (core.checkstat, core.trustctime).
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
# What @{upstream} means. Without an address of the remote there is nothing to talk to.
_UPSTREAM = re.compile(r"(branch|remote)\.([^\n]+)\.(remote|merge|fetch)")
_PARTIAL = re.compile(r"extensions\.partialclone|remote\..*\.promisor", re.DOTALL)


@dataclass(frozen=True)
class SafeConfiguration:
    """Settings in their order, keys as git prints them: ``section.key`` or ``section.Sub section.key``."""

    entries: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, printed: bytes) -> "SafeConfiguration":
        """Read what ``git config --null --list`` or ``--get-regexp`` prints."""
        lines = (os.fsdecode(entry).partition("\n") for entry in printed.split(b"\0")[:-1])
        return cls(tuple((key, value if mark else "true") for key, mark, value in lines))

    @property
    def partial(self) -> bool:
        """Whether it is that of a partial clone."""
        return any(_PARTIAL.fullmatch(key) for key, _ in self.entries)

    def and_then(self, others: "SafeConfiguration") -> "SafeConfiguration":
        """Return both, the others' last."""
        return SafeConfiguration((*self.entries, *others.entries))

    def last(self, key: str) -> str | None:
        """Return the value that counts, None where there is none."""
        return dict(self.entries).get(key)

    def flag(self, key: str) -> bool:
        """Say whether a switch is on."""
        value = (self.last(key) or "").lower()
        return value in _TRUE or (value.isdigit() and int(value) != 0)

    def kept(self) -> str:
        """Return the text of a configuration file with what reading needs, and nothing else."""
        return "".join(_lines(self.entries))


def _lines(entries: Iterable[tuple[str, str]]) -> Iterable[str]:
    yield "[core]\n\tbare = true\n"
    for key, value in entries:
        if key in {*_FORMAT, *WORKING_TREE} and _VALUE.fullmatch(value):
            section, _, name = key.partition(".")
            yield f"[{section}]\n\t{name} = {value}\n"
        elif found := _UPSTREAM.fullmatch(key):
            section, subsection, name = found.groups()
            yield f'[{section} "{_escaped(subsection)}"]\n\t{name} = "{_escaped(value)}"\n'


def _escaped(value: str) -> str:
    """Escape a text between quotation marks, see "Syntax" in git-config(1)."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
