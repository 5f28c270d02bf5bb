"""Recognise lines that import, and find names as whole words in a text."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator
from functools import cached_property
from operator import itemgetter

_IMPORT = re.compile(
    r"^[ \t]*(?:from|import)\b[^\n]{0,400}|^[^\n]{0,400}\bfrom[ \t]+[\"'][^\n]{0,200}"
    r"|^[^\n]{0,200}\brequire\([^\n]{0,200}"
    r"|^[ \t]+(?:[\w.]{1,60}[ \t]+)?\"[\w./~-]{1,200}\"[ \t]*$",  # a line of Go's import ( … )
    re.MULTILINE,
)
# A line inside the brackets of an import lists names and nothing else.
_LISTED = re.compile(r"[ \t]*(?:type[ \t]+)?\w+(?:[ \t]+as[ \t]+\w+)?,?[ \t]*(?:\)|\}[ \t]*from\b.*)?\Z")
_LONG_STRING = re.compile(r"\"\"\"[\s\S]*?\"\"\"|'''[\s\S]*?'''")
_COMMENT = re.compile(r"[ \t]*(?:#|//|\*|/\*|--)")


class SourceLines:
    """The text of an unchanged file, with its lines, its imports and its places of names."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self._imported: dict[str, bool] = {}  # the answers, since callers ask once for each place of a name

    @cached_property
    def starts(self) -> list[int]:
        """The offset of each line."""
        return [0, *(found.end() for found in re.finditer("\n", self.text))]

    @cached_property
    def imports(self) -> str:
        """All import statements of the file, without the names that follow on further lines."""
        return "\n".join(found[0] for found in _IMPORT.finditer(self.text))

    def imports_module(self, module: str) -> bool:
        """Return whether an import mentions a module by its last name."""
        if module not in self._imported:
            word = rf"(?<!\w){re.escape(module)}(?!\w)"
            self._imported[module] = module in self.imports and re.search(word, self.imports) is not None
        return self._imported[module]

    @cached_property
    def _prose(self) -> list[tuple[int, int]]:
        """The spans of Python's docstrings and other long strings."""
        return (
            [found.span() for found in _LONG_STRING.finditer(self.text)] if self.path.endswith(".py") else []
        )

    def line_at(self, offset: int) -> int:
        """Return the 1-based number of the line that contains an offset."""
        return bisect_right(self.starts, offset)

    def line(self, number: int) -> str:
        """Return a line without its line end."""
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[self.starts[number - 1] : end].rstrip("\r\n")

    def find_names(self, names: Collection[str]) -> Iterator[tuple[str, int]]:
        """Yield each name that the text contains as a whole word outside docstrings, with its line."""
        present = [name for name in names if name in self.text]
        prose = self._prose
        if not present:
            return
        patterns = [
            ("" if name.startswith("/") else r"(?<![\w-])") + re.escape(name)
            for name in sorted(present, key=len, reverse=True)
        ]
        seen = set[tuple[str, int]]()
        for found in re.finditer(rf"(?:{'|'.join(patterns)})(?![\w-])", self.text):
            place = (found[0], self.line_at(found.start()))
            span = bisect_right(prose, found.start(), key=itemgetter(0)) - 1
            in_prose = span >= 0 and found.start() < prose[span][1]
            if place not in seen and not in_prose:
                seen.add(place)
                yield place


def is_import(line: str) -> bool:
    """Return whether a line imports, or only lists a name, as inside the brackets of an import."""
    return _IMPORT.match(line) is not None or _LISTED.match(line) is not None


def is_comment(line: str) -> bool:
    """Return whether a line is a comment."""
    return _COMMENT.match(line) is not None


def define_pattern(words: str) -> re.Pattern[str]:
    """Return the pattern of a line that defines one of some names, in any of the languages.

    ``words`` is an alternation. The name is in the group ``name``. An indented variable is a local one.
    """
    return re.compile(
        r"^(?:(?:export[ \t]+)?(?:const|let|var)[ \t]+"
        r"|[ \t]*(?:(?:export|default|async|public|private|protected|static|final|abstract|declare|override)"
        r"[ \t]+)*(?:(?:def|class|function\*?|interface|type|enum|record|object|fun)[ \t]+"
        rf"|func[ \t]+(?:\([^()\n]{{0,80}}\)[ \t]*)?))(?P<name>{words})(?!\w)",
        re.MULTILINE,
    )
