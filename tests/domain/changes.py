"""Changes for tests, without git: two contents in, a readable file out; and the judge of its citations."""

import difflib
import re
from collections.abc import Iterator

from bot.domain.review.citations import SourceText
from bot.domain.review.context import NearbyKind, NearbyText, ReadableFile
from bot.domain.review.diff import FileDiff, FileSide, FileStatus, Hunk, HunkLine, LineKind
from bot.domain.review.report import Citation
from bot.domain.secrets.detection import Redactor

HEAD, BASE = "a" * 40, "b" * 40
_BLOB = FileSide("100644", "0" * 40)
_MARK = re.compile(r"\[redacted:[a-z0-9-]+\]")


def readable(
    path: str,
    old: str | None,
    new: str | None,
    redactor: Redactor | None = None,
    *,
    old_path: str | None = None,
    baseline: bool = False,
) -> ReadableFile:
    """Make the change of one file; None: it is not there on that side."""
    redactor = redactor or Redactor()
    old_path = old_path or path
    status = FileStatus.ADDED if old is None else FileStatus.DELETED if new is None else FileStatus.MODIFIED
    if old_path != path:
        status = FileStatus.RENAMED
    return ReadableFile(
        FileDiff(
            path,
            old_path,
            status,
            None if old is None else _BLOB,
            None if new is None else _BLOB,
            () if baseline else tuple(hunks(old or "", new or "")),
        ),
        None if new is None else text(path, new, redactor),
        None if old is None else SourceText.of(old_path, BASE, "base", old, redactor.learn(old)),
    )


def text(path: str, content: str, redactor: Redactor | None = None) -> SourceText:
    return SourceText.of(path, HEAD, "head", content, (redactor or Redactor()).learn(content))


def nearby(path: str, content: str, redactor: Redactor | None = None) -> NearbyText:
    """Make an unchanged file that is shown whole."""
    shown = text(path, content, redactor)
    return NearbyText(NearbyKind.NEIGHBOUR, shown, (range(1, len(shown.starts) + 1),))


def hunks(old: str, new: str) -> Iterator[Hunk]:
    """Yield hunks with three lines of context, as git counts them."""
    before, after = _lines(old), _lines(new)
    for group in difflib.SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(3):
        lines: list[HunkLine] = []
        for tag, i, j, k, m in group:
            if tag == "equal":
                lines += [
                    HunkLine(LineKind.CONTEXT, before[i + n].encode(), i + n + 1, k + n + 1)
                    for n in range(j - i)
                ]
                continue
            lines += [HunkLine(LineKind.REMOVED, before[n].encode(), n + 1, None) for n in range(i, j)]
            lines += [HunkLine(LineKind.ADDED, after[n].encode(), None, n + 1) for n in range(k, m)]
        (_, i, _, k, _), (_, _, j, _, m) = group[0], group[-1]
        yield Hunk(i + (j > i), j - i, k + (m > k), m - k, tuple(lines))


def _lines(content: str) -> list[str]:
    lines = content.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def judge(citation: Citation, content: str) -> None:
    """Assert that a quote is byte for byte at its lines, as ``tests.citations`` does against git."""
    lines = content.encode().split(b"\n")[citation.line_start - 1 : citation.line_end]
    count = citation.line_end - citation.line_start + 1
    assert len(lines) == count
    assert citation.quote.count("\n") == count - 1
    at, whole = 0, b"\n".join(lines)
    for part in _MARK.split(citation.quote) if citation.redacted else [citation.quote]:
        found = whole.find(part.encode(), at)
        assert found >= 0, f"{part!r} is not in {whole!r}"
        at = found + len(part.encode())
