"""Figures about what a cohort asks, in words, for the chat and for a terminal."""

from collections.abc import Iterator

from bot.domain.enquiries.records import FeedbackReason
from bot.domain.enquiries.trends import Trends

_TOO_FEW = "too few to show"
_REASONS = {
    FeedbackReason.WRONG: "wrong",
    FeedbackReason.NOT_MY_QUESTION: "about another question",
    FeedbackReason.TOO_VAGUE: "too vague",
    FeedbackReason.KNEW_IT: "known already",
    FeedbackReason.WANTED_A_PERSON: "a person wanted",
}


def write_trends(trends: Trends) -> str:
    """Return the sentences about the last four weeks. They contain nobody's words."""
    figures = {
        "asked": trends.asked,
        "answers that helped": trends.helpful,
        "answers that didn't": trends.not_helpful,
    }
    if not any(figures.values()):
        return f"Questions to Sensei in the last 4 weeks: {_TOO_FEW}."
    said = ", ".join(f"{title} {_TOO_FEW if count is None else count}" for title, count in figures.items())
    return " ".join([f"Questions to Sensei in the last 4 weeks: {said}.", *_say_reasons(trends)])


def _say_reasons(trends: Trends) -> Iterator[str]:
    if trends.reasons:
        why = ", ".join(f"{_REASONS[reason]} {count}" for reason, count in trends.reasons.items())
        yield f"Why they didn't: {why}."
    elif trends.not_helpful is not None:
        yield f"Why they didn't: {_TOO_FEW}."
