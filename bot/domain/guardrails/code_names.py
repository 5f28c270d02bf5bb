"""Finding the names in code that it defines, calls, sets or accesses by a dot.

Words in comments, strings and documents are not names, because an attacker can write a sentence there. Code
of any language is read line by line. In case of doubt, a word is not a name.
"""

import re
from collections.abc import Iterator

# A line of the data section: "12+ x = 1", "- x = 1"; code without numbers is not changed.
_NUMBERED = re.compile(r"^(?:\d+[ +]|-) ")
_FILE = re.compile(r'^<file path="(?P<path>[^"]*)"')
_PROSE = re.compile(r"\.(?:md|mdx|rst|txt|adoc|html?)$", re.IGNORECASE)
# Names in quotation marks: ``row["paid_at"]``, ``{"paid_at": …}``, ``resource "aws_sqs_queue" "jobs"``.
_QUOTED = re.compile(
    r"""\[\s*["'](\w+)["']\s*\]|["'](\w+)["']\s*:|^\s*(?:resource|data)\s+"(\w+)"\s+"(\w+)"\s*\{"""
)
_DOCSTRING = re.compile(r'"""|\'\'\'')
_NO_CODE = re.compile(
    r"""(?P<string>"(?:\\.|[^"\\])*+(?:"|\\?$)|'(?:\\.|[^'\\])*+(?:'|\\?$)|`[^`]*+(?:`|$))"""
    r"""|(?:\#|//|--\s|/\*|<!--|^\s*\*).*"""
)
_NAME = re.compile(
    r"\b(?:def|class|func|function|fn|fun|interface|struct|type|enum|trait|impl|record|const|let|var|val"
    r"|import|from|as|for|in|if|not|return|await|yield|new|raise|throw|except|catch|lambda|table|column"
    r")\s+(?P<kept>\w+)"
    r"|\b(?P<called>\w++)\s*+(?:\(|:?=(?!=)|:|\.)|[.@(,\[{*&]\s*(?P<reached>\w+)",
    re.IGNORECASE,
)


def find_names(text: str) -> frozenset[str]:
    """Return the names in code, as they are written. ``text`` is the text that a model was shown."""
    return frozenset(name for line in _code_lines(text) for name in _find_line_names(line))


def _find_line_names(line: str) -> Iterator[str]:
    for found in _QUOTED.finditer(line):
        yield from filter(None, found.groups())
    code = _NO_CODE.sub(lambda found: '""' if found["string"] else "", line)
    following = _NAME.search(code)
    while following:
        group = following.lastgroup or ""
        if not following[group][0].isdigit():
            yield following[group]
        # Continue at the end of the word, so that one sign can follow one name and precede another.
        following = _NAME.search(code, following.end(group))


def _code_lines(text: str) -> Iterator[str]:
    """Yield the lines of code without line numbers, commit messages, documents or docstrings."""
    prose = quoted = False
    for line in text.split("\n"):
        opened = _FILE.match(line)
        if opened or line.startswith(("</words", "</file")):
            prose, quoted = bool(opened and _PROSE.search(opened["path"])), False
        elif line.startswith("<words"):
            prose = True
        elif not prose:
            marks = len(_DOCSTRING.findall(line))
            if not quoted and not marks:
                yield _NUMBERED.sub("", line)
            quoted ^= marks % 2 == 1
