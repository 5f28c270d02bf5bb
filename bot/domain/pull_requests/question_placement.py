"""Choosing the questions to ask after a reading, and where to place each on the pull request."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.domain.pull_requests.records import AskedQuestion, QuestionState
from bot.domain.review.diff import FileDiff, Hunk
from bot.domain.review.paths import display_path
from bot.domain.review.report import Citation, Question, Report

MOST_IN_A_ROUND = 3
MOST_OPEN = 6  # per author, across all of their pull requests
_OPEN = (QuestionState.PROPOSED, QuestionState.KEPT, QuestionState.ASKED, QuestionState.DISPUTED)


@dataclass(frozen=True, slots=True)
class AskingContext:
    """Limits on the questions of a reading.

    ``speaks_freely``: it is the first complete round, or was requested.

    ``gates`` are the checks of gate criteria; ``open`` is the number of unanswered questions on all pull
    requests by the same author. A question about a ``critical`` check goes before one about an earlier
    decision.
    """

    speaks_freely: bool
    gates: Collection[str]
    open: int
    critical: Collection[str] = ()


def fingerprint(check: str | None, quote: str) -> str:
    """Return a question's fingerprint: a digest of its check and its code, wherever the code is."""
    return hashlib.sha256(f"{check or ''}\n{''.join(quote.split())}".encode()).hexdigest()


def identify(criterion: str, quote: str) -> str:
    """Return the fingerprint of a check-in's question: a digest of its criterion and of its code."""
    return hashlib.sha256(f"check-in:{criterion}\n{''.join(quote.split())}".encode()).hexdigest()


def choose_questions(
    report: Report, asked_before: Sequence[AskedQuestion], context: AskingContext
) -> list[Question]:
    """Return the questions to ask now, often none.

    A reading that is not final asks none. A later push leads to a question only if it weakens a gate. A
    question is not asked again while its code is the same. Each check has at most one open question at a
    time, but a question needn't belong to a check.
    """
    if not report.final:
        return []
    known = {earlier.fingerprint for earlier in asked_before}
    open_checks = {earlier.check for earlier in asked_before if earlier.state in _OPEN and earlier.check}
    weakened = {movement.check for movement in report.movements if movement.direction == "weakens"} & set(
        context.gates
    )
    allowance = max(0, min(MOST_IN_A_ROUND, MOST_OPEN - context.open))
    chosen = []
    for question in report.questions:
        identity = fingerprint(question.check, question.citation.quote)
        if identity in known or question.check in open_checks:
            continue
        if context.speaks_freely or question.check in weakened:
            chosen.append(question)
            known.add(identity)
            if question.check:
                open_checks.add(question.check)
    return chosen[:allowance]


def make_room(
    chosen: Sequence[Question], drift: Citation, check: str | None, context: AskingContext
) -> list[Question] | None:
    """Return the questions to ask beside one about an earlier decision, or None if that has no room.

    It goes before all but the critical ones. On the same lines, and about the decision's ``check``, it
    replaces the others.
    """
    allowance = max(0, min(MOST_IN_A_ROUND, MOST_OPEN - context.open))
    kept = [
        question
        for question in chosen
        if question.check in context.critical
        or not (_overlap(question.citation, drift) or (check and question.check == check))
    ]
    for question in reversed(kept):
        if len(kept) < allowance:
            break
        if question.check not in context.critical:
            kept.remove(question)
    return kept if len(kept) < allowance else None


def _overlap(one: Citation, other: Citation) -> bool:
    return (
        (one.path, one.side) == (other.path, other.side)
        and one.line_start <= other.line_end
        and other.line_start <= one.line_end
    )


@dataclass(frozen=True, slots=True)
class CommentablePlace:
    """Lines of a pull request's diff, within one hunk, on which a comment can be placed.

    ``path`` is the file's name in the diff; a renamed file has its new name on both sides of the diff.
    """

    path: str
    side: str
    start: int
    end: int


def find_place(files: Iterable[FileDiff], citation: Citation) -> CommentablePlace | None:
    """Return the place for a comment on a quote: its lines in the first hunk that contains any, or None."""
    if citation.source != "commit":
        return None
    for file in files:
        path = file.path if citation.side == "head" else file.old_path
        if display_path(path) == citation.path:
            for hunk in file.hunks:
                lines = sorted(_shown_lines(hunk, citation.side).intersection(_cited_lines(citation)))
                if lines:
                    return CommentablePlace(display_path(file.path), citation.side, lines[0], lines[-1])
    return None


def _cited_lines(citation: Citation) -> range:
    return range(citation.line_start, citation.line_end + 1)


def _shown_lines(hunk: Hunk, side: str) -> set[int]:
    numbers = (line.new if side == "head" else line.old for line in hunk.lines)
    return {number for number in numbers if number is not None}
