"""Figures about what a cohort asks, in words, for the chat and for a terminal."""

from collections.abc import Iterator

from bot.domain.enquiries.records import FeedbackReason
from bot.domain.enquiries.trends import Trends

_TOO_FEW = "too few to show"
_REASONS = {
    FeedbackReason.WRONG: "wrong",
    FeedbackReason.NOT_MY_QUESTION: "answered a different question",
    FeedbackReason.TOO_VAGUE: "too vague",
    FeedbackReason.KNEW_IT: "already knew it",
    FeedbackReason.WANTED_A_PERSON: "wanted a person",
}


def write_trends(trends: Trends) -> str:
    """Return the sentences about the last four weeks. They contain nobody's words."""
    figures = {
        "Questions to Sensei in the last 4 weeks": trends.asked,
        "Answers that helped": trends.helpful,
        "Answers that didn't": trends.not_helpful,
    }
    if not any(figures.values()):
        return f"Questions to Sensei in the last 4 weeks: {_TOO_FEW}."
    said = " ".join(f"{title}: {_show(count)}." for title, count in figures.items())
    return " ".join([said, *_say_reasons(trends)])


def _say_reasons(trends: Trends) -> Iterator[str]:
    if trends.reasons:
        why = "; ".join(f"{_REASONS[reason]}, {count}" for reason, count in trends.reasons.items())
        yield f"Reasons: {why}."
    elif trends.not_helpful is not None:
        yield f"Reasons: {_TOO_FEW}."


def _show(count: int | None) -> str:
    return _TOO_FEW if count is None else str(count)
