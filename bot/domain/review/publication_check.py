"""The last look at what a model wrote, before anybody sees it: what does not pass is left out and counted.

Every surface asks here once more, whatever was checked before: a report can be read back from a database, a
file or another process. Nothing is reworded. What signals say comes from the rubric and passes as it is. In a
report from a file, that is looked up.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeVar

from bot.domain.guardrails import model_wording
from bot.domain.guardrails.model_wording import Grounds
from bot.domain.review.report import Citation, Concern, Movement, Question, Report, Strength

# What signals can say; None for a report that Sensei has made itself.
Texts = Collection[str] | None
T = TypeVar("T", Movement, Concern, Question, Strength)


def admit(report: Report, signals: Texts = None) -> Report:
    """Return the report without what a model may not say; ``left_out`` counts it by reason.

    ``signals`` are the texts that signals can say. Give them for a report that anyone can have written: what
    only claims to be from a signal is then looked at like a model's.
    """
    left: Counter[str] = Counter(report.left_out)
    admitted = {
        "movements": tuple(_admitted(report.movements, _refuse_movement, left, signals)),
        "concerns": tuple(_admitted(report.concerns, _refuse_concern, left, signals)),
        "questions": tuple(_admitted(report.questions, _refuse_asked, left, signals)),
        "strengths": tuple(_admitted(report.strengths, _refuse_strength, left, signals)),
    }
    if left == Counter(report.left_out):
        return report
    return report.model_copy(update={**admitted, "left_out": dict(left)})


def may_ask(question: str, path: str, quote: str, report: Report | None) -> bool:
    """Say whether a question of a kept report may be asked: a probe of the rubric, or words that pass."""
    probes = {one.text for one in report.questions if one.source == "signal"} if report else set()
    return question in probes or model_wording.refuse_question(question, Grounds(f"{path}\n{quote}")) is None


def left_out(dropped: Mapping[str, int]) -> dict[str, int]:
    """Return what was refused for its words, by reason, of all that was dropped: ``"question: leading"``."""
    counts: Counter[str] = Counter()
    for what, number in dropped.items():
        reason = what.rpartition(": ")[2]
        if reason in model_wording.REASONS and not what.startswith("why: "):
            counts[reason] += number
    return dict(counts)


def _admitted(
    items: Iterable[T],
    refuse: Callable[[T, Texts], str | None],
    left: Counter[str],
    signals: Texts,
) -> Iterable[T]:
    for item in items:
        reason = refuse(item, signals)
        if reason is None:
            yield item
        else:
            left[reason] += 1


def _refuse_movement(one: Movement, signals: Texts) -> str | None:
    if not one.missing or _by_signal(one.source, one.missing, signals):
        return None
    return model_wording.refuse_missing(one.missing, _grounds(*one.citations))


def _refuse_concern(one: Concern, signals: Texts) -> str | None:
    if _by_signal(one.source, one.text, signals):
        return None
    return model_wording.refuse_statement(one.text, _grounds(one.citation))


def _refuse_asked(one: Question, signals: Texts) -> str | None:
    if _by_signal(one.source, one.text, signals):
        return None
    return model_wording.refuse_question(one.text, _grounds(one.citation))


def _refuse_strength(one: Strength, _signals: Texts) -> str | None:
    return model_wording.refuse_statement(one.text, _grounds(one.citation))


def _by_signal(source: str, text: str, signals: Texts) -> bool:
    return source == "signal" and (signals is None or text in signals)


def _grounds(*citations: Citation) -> Grounds:
    return Grounds("\n".join(f"{one.path}\n{one.quote}" for one in citations))
