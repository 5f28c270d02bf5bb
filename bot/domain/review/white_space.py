"""Recognise edits to white space that change nothing that a program or a reader sees.

Only blank lines, and white space and CR at the ends of lines, can be such edits. Indentation always counts as
more. These count as more too:

- a new CR, because it can break a script,
- white space at the end of a line that continues on the next one (``\\``, or `` ` `` and ``^`` in scripts of
  Windows),
- a blank line at the start of a file, where it disables a shebang or a YAML header,
- white space after a word alone on its line, in a file where it may end a heredoc or a YAML header,
- any edit to a file whose values or text include the white space at the ends of lines.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile

from bot.domain.review.context.changed_files import ReadableFile
from bot.domain.review.diff import FileStatus, Hunk, LineKind

# In a Makefile, ``DIR = build `` has the space in its value, so ``rm -rf $(DIR)/x`` deletes another folder.
_KEEPS_SPACE = re.compile(
    r"(?:\A|/)(?:(?:gnu)?makefile(?:\..*)?|\.env[^/]*|[^/]*\.(?:mk|env|properties|bat|cmd|patch|diff|txt|text"
    r"|prompt|j2|jinja2?|tmpl|tpl|hbs|mustache))\Z",
    re.IGNORECASE,
)
_CONTINUES = (b"\\", b"`", b"^")
_WORD_ALONE = re.compile(rb"[ \t]*(?:\w[\w-]*|---|\.\.\.)\Z")


def changes_only_space(readable: ReadableFile) -> bool:
    """Return whether a change of a file has no effect, because it only edits white space."""
    file = readable.file
    if file.status is not FileStatus.MODIFIED or not file.hunks or file.binary:
        return False
    if file.old is None or file.new is None or file.old.mode != file.new.mode:
        return False
    if _KEEPS_SPACE.search(file.path):
        return False
    marked = any(_has_marks(side.content) for side in (readable.base, readable.head) if side)
    return all(_only_space(hunk, marked=marked) for hunk in file.hunks)


def _has_marks(content: str) -> bool:
    """Return whether a word alone on its line may end a part of a file."""
    return "<<" in content or content.lstrip("\ufeff").startswith("---")


def _only_space(hunk: Hunk, *, marked: bool) -> bool:
    old, new = (
        [line.text for line in hunk.lines if line.kind is not other]
        for other in (LineKind.ADDED, LineKind.REMOVED)
    )
    if min(hunk.old_start, hunk.new_start) <= 1 and _count_leading(old) != _count_leading(new):
        return False
    before, after = _without_blanks(old), _without_blanks(new)
    if len(before) != len(after) or _count_blank_returns(new) > _count_blank_returns(old):
        return False
    return all(_is_same(*pair, marked=marked) for pair in zip(before, after, strict=True))


def _is_same(old: bytes, new: bytes, *, marked: bool) -> bool:
    text = _strip(old)
    if text != _strip(new) or text.endswith(_CONTINUES) or (b"\r" in new[len(text) :] and b"\r" not in old):
        return False
    return old == new or not (marked and _WORD_ALONE.match(text))


def _strip(line: bytes) -> bytes:
    return line.rstrip(b" \t\r")


def _without_blanks(lines: Iterable[bytes]) -> list[bytes]:
    return [line for line in lines if _strip(line)]


def _count_leading(lines: Sequence[bytes]) -> int:
    return sum(1 for _ in takewhile(lambda line: not _strip(line), lines))


def _count_blank_returns(lines: Iterable[bytes]) -> int:
    return sum(line.count(b"\r") for line in lines if not _strip(line))
