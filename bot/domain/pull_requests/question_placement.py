"""Which of a reading's questions go out, and where on the pull request each can stand."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.domain.pull_requests.records import AskedQuestion, QuestionState
from bot.domain.review.diff import FileDiff, Hunk
from bot.domain.review.paths import shown
from bot.domain.review.report import Citation, Question, Report

MOST_IN_A_ROUND = 3
MOST_OPEN = 6  # per author, over all of their pull requests
_OPEN = (QuestionState.PROPOSED, QuestionState.KEPT, QuestionState.ASKED, QuestionState.DISPUTED)


@dataclass(frozen=True, slots=True)
class AskingContext:
    """Why a reading may ask. ``speaks_freely``: the first complete round, or somebody asked for this one.

    ``gates`` are the checks of gate criteria; ``open`` counts what is unanswered on all pull
    requests of this one's author.
    """

    speaks_freely: bool
    gates: Collection[str]
    open: int


def fingerprint(check: str | None, quote: str) -> str:
    """Return what makes a question the same one again: its check and its code, wherever that has moved."""
    return hashlib.sha256(f"{check or ''}\n{''.join(quote.split())}".encode()).hexdigest()


def choose_questions(
    report: Report, before: Sequence[AskedQuestion], occasion: AskingContext
) -> list[Question]:
    """Choose what to ask now: none is normal, and of a reading that is to be tried again it is always none.

    A later push stays silent unless it weakens a gate. What was asked before is not asked again while its
    lines stand as they were; of one check one question is open at a time (one may serve no check at all).
    """
    if not report.final:
        return []
    known = {one.fingerprint for one in before}
    open_checks = {one.check for one in before if one.state in _OPEN and one.check}
    weakened = {moved.check for moved in report.movements if moved.direction == "weakens"} & set(
        occasion.gates
    )
    left = max(0, min(MOST_IN_A_ROUND, MOST_OPEN - occasion.open))
    asked = []
    for question in report.questions:
        mark = fingerprint(question.check, question.citation.quote)
        if mark in known or question.check in open_checks:
            continue
        if occasion.speaks_freely or question.check in weakened:
            asked.append(question)
            known.add(mark)
            if question.check:
                open_checks.add(question.check)
    return asked[:left]


@dataclass(frozen=True, slots=True)
class CommentablePlace:
    """Lines of a pull request's diff that a comment can stand on; both inside one hunk.

    ``path`` is the file's in the diff: of a renamed one its new name, on either side.
    """

    path: str
    side: str
    start: int
    end: int


def find_place(files: Iterable[FileDiff], citation: Citation) -> CommentablePlace | None:
    """Find where a host takes a comment on a quote: its lines, as far as one hunk shows them; else None."""
    if citation.source != "commit":
        return None
    for file in files:
        path = file.path if citation.side == "head" else file.old_path
        if shown(path) == citation.path:
            for hunk in file.hunks:
                lines = sorted(_shown(hunk, citation.side).intersection(_lines(citation)))
                if lines:
                    return CommentablePlace(shown(file.path), citation.side, lines[0], lines[-1])
    return None


def _lines(citation: Citation) -> range:
    return range(citation.line_start, citation.line_end + 1)


def _shown(hunk: Hunk, side: str) -> set[int]:
    numbers = (line.new if side == "head" else line.old for line in hunk.lines)
    return {number for number in numbers if number is not None}
