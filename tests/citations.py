"""The judge of quotes: every citation of a report, against the bytes that git has."""

import re
import subprocess
from pathlib import Path

from bot.domain.review.report import Citation, Report

_MARK = re.compile(r"\[redacted:[a-z0-9-]+\]")


def check(repository: Path, report: Report) -> int:
    """Assert that every quote is byte for byte at its lines; return how many there were."""
    cited = [
        *(each for movement in report.movements for each in movement.citations),
        *(concern.citation for concern in report.concerns),
        *(question.citation for question in report.questions),
        *(strength.citation for strength in report.strengths),
        *(note.citation for note in report.notes),
    ]
    for citation in cited:
        if citation.source == "text":
            continue  # words of a pull request or a commit message: no blob has them
        commit = report.base if citation.side == "base" else report.head
        assert citation.commit == commit, f"{citation} is not of the {citation.side}"
        _check_one(repository, citation)
    return len(cited)


def _check_one(repository: Path, citation: Citation) -> None:
    if _MARK.search(citation.path):
        return  # a key for a name: the file cannot be looked up by what is shown of it
    lines = _blob(repository, citation).split(b"\n")[citation.line_start - 1 : citation.line_end]
    count = citation.line_end - citation.line_start + 1
    assert len(lines) == count, f"{citation.path} has no lines {citation.line_start} to {citation.line_end}"
    text, quote = b"\n".join(lines), citation.quote
    if not citation.redacted:
        assert quote.encode() in text, f"{quote!r} does not stand in {citation.path}:{citation.line_start}"
        assert quote.count("\n") == count - 1, f"{quote!r} is not {count} lines"
        return
    parts = _MARK.split(quote)
    assert len(parts) > 1, f"{quote!r} is marked as redacted and is not"
    at = 0
    for part in parts:
        found = text.find(part.encode(), at)
        assert found >= 0, f"{part!r} does not stand in {citation.path}:{citation.line_start}"
        at = found + len(part.encode())


def _blob(repository: Path, citation: Citation) -> bytes:
    path = _unquoted(citation.path)
    if citation.commit == "WORKTREE":
        return (repository / path.decode("utf-8", "surrogateescape")).read_bytes()
    name = b"" if citation.commit == "INDEX" else citation.commit.encode()
    done = subprocess.run(
        ["git", "-C", str(repository), "cat-file", "blob", name + b":" + path],
        capture_output=True,
        check=True,
    )
    return done.stdout


def _unquoted(path: str) -> bytes:
    """Undo ``bot.domain.review.paths.display_path``."""
    if not (path.startswith('"') and path.endswith('"')):
        return path.encode()
    return re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8)]), path[1:-1].encode())
