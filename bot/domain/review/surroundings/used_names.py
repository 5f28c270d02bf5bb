"""List the names that added lines use: settings, constants, and what they call."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice

from bot.domain.review.context.changed_files import ReadableFile
from bot.domain.review.diff import LineKind
from bot.domain.review.signals import is_test_path
from bot.domain.review.surroundings.candidates import code_family
from bot.domain.review.surroundings.names import is_constant, name_strength
from bot.domain.review.surroundings.reformatting import altered_lines

MOST_NAMES = 60
_MOST_LINES, _LONGEST_LINE = 4000, 400  # added lines looked at; characters of each

_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")
_COMMENT = re.compile(r"(?:#|(?<!:)//)[^\n]*")
_CONSTANT = re.compile(r"(?<![\w.])[A-Z][A-Z0-9]*_[A-Z0-9_]+(?!\w)|(?<=\.)[A-Z][A-Z0-9]*_[A-Z0-9_]+(?!\w)")
_SETTINGS_ROOT = re.compile(
    r"(?<!\w)\w*(?:settings|config|configuration|conf|cfg|options|opts|environ|env|constants|defaults)(?:\(\))?"
    r"(?P<path>(?:(?:\.get\(|\[)[\"'][\w.-]+[\"'][\])]?|\??\.\w+(?!\w|\())+)",
    re.IGNORECASE,
)
_GETENV = re.compile(r"(?:getenv|environ\.get|env)\([\"'](\w+)[\"']")
_WORD = re.compile(r"[A-Za-z_]\w+")
_CALL = re.compile(r"(?<!\w)([A-Za-z_]\w{3,})[ \t]*\(|<([A-Z]\w{3,})(?=[\s/>])")
_TYPE = re.compile(r"(?<![\w.])[A-Z][a-z0-9]\w*[A-Z]\w*(?!\w)")


class UseKind(IntEnum):
    """How added lines use a name, in the order in which definitions are shown."""

    SETTING = 0
    CONSTANT = 1
    CALL = 2
    TYPE = 3


@dataclass(frozen=True, slots=True)
class UsedName:
    """A name that added lines of the file ``path`` use, ``count`` times."""

    name: str
    kind: UseKind
    path: str
    count: int


def list_used_names(files: Sequence[ReadableFile], defined: Iterable[str]) -> list[UsedName]:
    """List the names that added code uses, except those in ``defined``, settings and constants first."""
    known, found = set(defined), dict[str, UsedName]()
    room = _MOST_LINES
    code = [file for file in files if code_family(file.file.path) and file.head]
    # Tests use what the change shows anyway.
    for file in [file for file in code if not is_test_path(file.file.path)] or code:
        added = (line.text for line in altered_lines(file.file) if line.kind is LineKind.ADDED)
        lines = [text.decode("utf-8", "replace")[:_LONGEST_LINE] for text in islice(added, room)]
        room -= len(lines)
        uses = Counter(use for line in lines for use in _uses_on_line(line))
        for (name, kind), count in uses.items():
            if name in known or (kind > UseKind.CONSTANT and name_strength(name) is None):
                continue
            if name not in found or kind < found[name].kind:
                found[name] = UsedName(name, kind, file.file.path, count)
    return sorted(found.values(), key=lambda used: (used.kind, -used.count, used.name))[:MOST_NAMES]


def _uses_on_line(line: str) -> Iterator[tuple[str, UseKind]]:
    for root in _SETTINGS_ROOT.finditer(line):
        yield from ((name, UseKind.SETTING) for name in _WORD.findall(root["path"]) if name != "get")
    yield from ((name, UseKind.SETTING) for name in _GETENV.findall(line))
    code = _COMMENT.sub("", _STRING.sub('""', line))
    yield from ((name, UseKind.CONSTANT) for name in _CONSTANT.findall(line) if is_constant(name))
    yield from ((call[0] or call[1], UseKind.CALL) for call in _CALL.findall(code))
    yield from ((name, UseKind.TYPE) for name in _TYPE.findall(code))
