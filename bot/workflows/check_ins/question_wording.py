"""Wording a check-in's question: what the model is shown, and what is asked without it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.domain.check_ins import wording
from bot.domain.check_ins.records import Topic
from bot.domain.check_ins.topics import TopicPlace
from bot.domain.decisions.drift_wording import names_decision
from bot.domain.decisions.records import Decision
from bot.domain.pull_requests.records import AskedQuestion
from bot.domain.review.prompts import Prompt
from bot.domain.rubrics.rubric import Check, Rubric
from bot.domain.secrets.detection import Redactor
from bot.ports.metrics import Metrics, NoMetrics
from bot.ports.model import CallOutcome, Model, ModelRequest
from bot.workflows.review.model_requests import format_section

log = structlog.get_logger(__name__)

OpenModel = Callable[[int], AbstractContextManager[Model | None]]
"""Opens the model for what is about a repository (the host's number); None if none is configured."""
LINES_AROUND = 25
"""How many lines before and after the code the model is shown."""
_MOST_OF_THE_CODE, _MOST_OF_A_SUBJECT, _MOST_OF_A_PART = 6000, 200, 1000
_TOPICS = {
    Topic.DRIFT: "a decision of theirs may no longer hold: its code is gone, or a change contradicts it",
    Topic.GATE: "the capstone must pass this criterion, and they haven't said anything about it yet",
    Topic.CHANGE: "they've merged a change with this lately",
}
"""What a topic means, for the model. A question that was put off is asked in its own words."""


@dataclass(frozen=True)
class FoundPlace:
    """A place that is in a commit. Lines are 1-based; ``content`` is the whole file, not redacted.

    ``subject`` is that of the last commit that touched the file; it is empty if it isn't known.
    """

    place: TopicPlace
    commit: str
    line_start: int
    line_end: int
    content: bytes = b""
    subject: str = ""


@dataclass(frozen=True)
class TopicMaterial:
    """What a question is made of: its check, the decision that drifted, or the question that was put off."""

    check: Check | None = None
    criterion: str = ""
    decision: Decision | None = None
    question: AskedQuestion | None = None


@dataclass(frozen=True)
class QuestionWording:
    """Words questions. ``measures`` counts what is refused."""

    prompt: Prompt
    model: OpenModel
    rubric_version: str
    measures: Metrics = field(default_factory=NoMetrics)

    def word(self, found: FoundPlace, material: TopicMaterial, repository: int, *, with_model: bool) -> str:
        """Return the question about a place, or an empty string if there is none that may be asked.

        A decision is named by its number, without its title. Without ``with_model``, and about a private
        decision, no model is asked.
        """
        if material.question is not None:
            return material.question.text
        decision = material.decision
        is_private = decision is not None and decision.private
        asked = self._ask(found, material, repository) if with_model and not is_private else ""
        return asked or self._ask_plainly(found, material)

    def _ask_plainly(self, found: FoundPlace, material: TopicMaterial) -> str:
        if material.decision is not None:
            return wording.ask_about_decision(material.decision)
        if material.check is None:
            return ""
        place, probe = found.place, material.check.probe
        return wording.ask_plainly(place.topic, probe, place.path, found.line_start, found.line_end)

    def _ask(self, found: FoundPlace, material: TopicMaterial, repository: int) -> str:
        """Return the model's question, or an empty string if it has none that may be asked."""
        items = list(_list_items(found, material))
        with self.model(repository) as model:
            if model is None:
                return ""
            answer = model.ask(self._build_request(items))
        if answer.outcome is not CallOutcome.ANSWERED or answer.document is None:
            log.warning("check_in.not_worded", outcome=answer.outcome, why=answer.reason)
            return ""
        question = wording.parse_question(answer.document)
        shown = "\n".join(str(value) for item in items for value in item.values())
        place = found.place
        refused = wording.refuse(question, place.path, Redactor().redact(place.quote), shown)
        number = material.decision.number if material.decision else None
        if refused is None and number is not None and not names_decision(question, number):
            refused = "doesn't name the decision"
        if refused is not None:
            self.measures.count_refused_words("check_in", refused)
            return ""
        return question

    def _build_request(self, items: list[Mapping[str, Any]]) -> ModelRequest:
        topics = "\n".join(f"- `{topic}`: {means}." for topic, means in _TOPICS.items())
        return ModelRequest(
            purpose="check_in",
            prompt=self.prompt.id,
            prompt_version=self.prompt.version,
            prompt_sha256=self.prompt.sha256,
            rubric_version=self.rubric_version,
            system=self.prompt.render(topics=topics),
            user=format_section("items", items),
            schema=wording.SCHEMA,
            max_tokens=self.prompt.max_tokens,
            effort=self.prompt.effort,
        )


def find_check(rubric: Rubric, check: str | None) -> tuple[Check | None, str]:
    """Return a check and its criterion's title; None and an empty string if the rubric lacks the check."""
    for criterion in rubric.criteria:
        for known in criterion.checks:
            if known.id == check:
                return known, criterion.title
    return None, ""


def _list_items(found: FoundPlace, material: TopicMaterial) -> Iterator[Mapping[str, Any]]:
    """Yield what the model is shown. Everything from the repository is without secrets."""
    redact = Redactor().redact
    place = found.place
    lines = f"{found.line_start}-{found.line_end}"
    yield {"kind": "topic", "topic": place.topic.value}
    yield {"kind": "code", "path": redact(place.path), "lines": lines, "code": redact(place.quote)}
    if around := _cut_around(redact(found.content.decode("utf-8", "replace")), found):
        yield {"kind": "around", "code": around}
    if found.subject:
        yield {"kind": "commit", "subject": redact(found.subject)[:_MOST_OF_A_SUBJECT]}
    if material.check is not None:
        check = material.check
        yield {"kind": "check", "criterion": material.criterion, "asks": check.ask, "probe": check.probe}
    if material.decision is not None:
        decision = material.decision
        parts = {slot.value: redact(text)[:_MOST_OF_A_PART] for slot, text in decision.texts.items()}
        title = redact(decision.title)
        yield {"kind": "decision", "n": decision.number, "title": title, "parts": parts}


def _cut_around(text: str, found: FoundPlace) -> str:
    """Return the code with the lines around it. Secrets are removed before, so that none is cut in two."""
    lines = text.split("\n")
    first = max(0, found.line_start - 1 - LINES_AROUND)
    return "\n".join(lines[first : found.line_end + LINES_AROUND])[:_MOST_OF_THE_CODE]
