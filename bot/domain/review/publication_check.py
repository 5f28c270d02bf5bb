"""Check a model's texts again before a report is shown. Omit and count the refused texts.

Every rendering calls this, even if the texts were checked before, because a report can come from a database,
a file or another process. No text is reworded. Texts of signals come from the rubric and are always allowed;
in a report from a file, they are compared with the rubric first.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeVar

from bot.domain.guardrails import model_wording
from bot.domain.guardrails.model_wording import Grounds
from bot.domain.review.report import Citation, Concern, Movement, Question, Report, Strength

# The texts that signals can state, or None for a report that Sensei made itself.
Texts = Collection[str] | None
T = TypeVar("T", Movement, Concern, Question, Strength)


def remove_refused_texts(report: Report, signals: Texts = None) -> Report:
    """Return the report without the texts that a model may not say. Its ``left_out`` counts them by reason.

    ``signals`` are the texts that signals can state. Pass them for a report that anyone could have written.
    Then a text that falsely claims to be from a signal is checked like a model's.
    """
    refused: Counter[str] = Counter(report.left_out)
    admitted = {
        "movements": tuple(_keep_allowed(report.movements, _refuse_movement, refused, signals)),
        "concerns": tuple(_keep_allowed(report.concerns, _refuse_concern, refused, signals)),
        "questions": tuple(_keep_allowed(report.questions, _refuse_question, refused, signals)),
        "strengths": tuple(_keep_allowed(report.strengths, _refuse_strength, refused, signals)),
    }
    if refused == Counter(report.left_out):
        return report
    return report.model_copy(update={**admitted, "left_out": dict(refused)})


def is_question_allowed(question: str, path: str, quote: str, report: Report | None) -> bool:
    """Return whether a stored report's question may be asked: if a signal asks it, or if its words pass."""
    probes = {asked.text for asked in report.questions if asked.source == "signal"} if report else set()
    return question in probes or model_wording.refuse_question(question, Grounds(f"{path}\n{quote}")) is None


def count_refused_texts(dropped: Mapping[str, int]) -> dict[str, int]:
    """Return how many items were dropped because of their wording, by reason.

    ``dropped`` counts items by kind and reason, such as ``"question: leading"``.
    """
    counts: Counter[str] = Counter()
    for item, number in dropped.items():
        reason = item.rpartition(": ")[2]
        if reason in model_wording.REASONS and not item.startswith("why: "):
            counts[reason] += number
    return dict(counts)


def _keep_allowed(
    items: Iterable[T],
    refuse: Callable[[T, Texts], str | None],
    refused: Counter[str],
    signals: Texts,
) -> Iterable[T]:
    for item in items:
        reason = refuse(item, signals)
        if reason is None:
            yield item
        else:
            refused[reason] += 1


def _refuse_movement(movement: Movement, signals: Texts) -> str | None:
    if not movement.missing or _is_signal_text(movement.source, movement.missing, signals):
        return None
    return model_wording.refuse_missing(movement.missing, _collect_grounds(*movement.citations))


def _refuse_concern(concern: Concern, signals: Texts) -> str | None:
    if _is_signal_text(concern.source, concern.text, signals):
        return None
    return model_wording.refuse_statement(concern.text, _collect_grounds(concern.citation))


def _refuse_question(question: Question, signals: Texts) -> str | None:
    if _is_signal_text(question.source, question.text, signals):
        return None
    return model_wording.refuse_question(question.text, _collect_grounds(question.citation))


def _refuse_strength(strength: Strength, _signals: Texts) -> str | None:
    return model_wording.refuse_statement(strength.text, _collect_grounds(strength.citation))


def _is_signal_text(source: str, text: str, signals: Texts) -> bool:
    return source == "signal" and (signals is None or text in signals)


def _collect_grounds(*citations: Citation) -> Grounds:
    return Grounds("\n".join(f"{citation.path}\n{citation.quote}" for citation in citations))
