"""Wording a check-in's question: what the model is shown, and what is asked without it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import structlog

from bot.domain.check_ins import wording
from bot.domain.check_ins.earlier_code import list_earlier_code
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
    Topic.GATE: "the capstone must pass this criterion, and no decision of theirs is about it yet",
    Topic.CHANGE: "they've merged a change with this lately",
}
"""What a topic means, for the model. A question that was put off is asked in its own words."""


class Gone(StrEnum):
    """What is shown of code that is gone, as a model is told."""

    AS_IT_WAS = "as it was when they decided; it is gone"
    WITH_ITS_FILE = "as it was when they decided; its file is gone"
    REPLACED = "as it is now, in place of what they decided on"


@dataclass(frozen=True)
class FoundPlace:
    """A place, and the code that its reader sees: lines of a commit (1-based), without secrets.

    ``content`` is the whole file, not redacted. For a decision whose code is gone, ``gone`` says whether
    the code shown is as it was then, or what has taken its place. ``subject`` is that of the last commit that
    touched the file; it is empty if it isn't known. ``hidden`` are paths whose code no model may see.
    """

    place: TopicPlace
    commit: str
    line_start: int
    line_end: int
    shown: str
    content: bytes = b""
    subject: str = ""
    side: str = "head"
    gone: Gone | None = None
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TopicMaterial:
    """What a question is made of: its check, the decision that drifted, or the question that was put off.

    ``said`` are the questions of the person's check-ins of the last weeks, whose words aren't repeated.
    ``project`` is the repository's name.
    """

    check: Check | None = None
    criterion: str = ""
    decision: Decision | None = None
    question: AskedQuestion | None = None
    said: Collection[str] = ()
    project: str = ""


@dataclass(frozen=True)
class QuestionWording:
    """Words questions. ``measures`` counts what is refused."""

    prompt: Prompt
    model: OpenModel
    rubric_version: str
    measures: Metrics = field(default_factory=NoMetrics)

    def word(
        self,
        found: FoundPlace,
        material: TopicMaterial,
        repository: int,
        *,
        may_use_models: bool,
        with_model: bool = True,
    ) -> str:
        """Return the question about a place, or an empty string if there is none that may be asked.

        A decision is named by its number, without its title. Without ``may_use_models``, nothing that a model
        says or has said is used. Without ``with_model``, and about a private decision, no model is asked.
        """
        if material.question is not None:
            return material.question.text
        decision = material.decision
        is_private = decision is not None and decision.private
        with_model = with_model and may_use_models and not is_private
        asked = self._ask(found, material, repository) if with_model else ""
        return asked or _ask_plainly(found, material, may_use_models=may_use_models)

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
        refused = wording.refuse(question, place.path, found.shown, shown, material.project)
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


def _ask_plainly(found: FoundPlace, material: TopicMaterial, *, may_use_models: bool) -> str:
    place = found.place
    if material.decision is not None:
        return wording.ask_about_decision(material.decision, place.path, is_gone=found.gone is not None)
    if material.check is None:
        return ""
    probe = material.check.probe
    return wording.choose_plain_question(place, probe, material.said, with_models_words=may_use_models)


def _list_items(found: FoundPlace, material: TopicMaterial) -> Iterator[Mapping[str, Any]]:
    """Yield what the model is shown. Everything from the repository is without secrets."""
    redact = Redactor().redact
    place = found.place
    yield {"kind": "topic", "topic": place.topic.value}
    yield _describe_code(found, redact)
    if around := _cut_around(redact(found.content.decode("utf-8", "replace")), found):
        yield {"kind": "around", "code": around}
    if material.decision is not None:
        yield from _describe_decision(material.decision, found, redact)
        return
    if material.check is not None:
        check = material.check
        yield {"kind": "check", "criterion": material.criterion, "asks": check.ask, "probe": check.probe}
    says = {"says": place.says.direction, "missing": place.says.missing, "fact": place.says.fact}
    said = {key: text for key, text in says.items() if text}
    if said or place.says.question:
        yield {"kind": "found", **said, **({"asked": place.says.question} if place.says.question else {})}


def _describe_code(found: FoundPlace, redact: Callable[[str], str]) -> Mapping[str, Any]:
    lines = f"{found.line_start}-{found.line_end}"
    described = {"kind": "code", "path": redact(found.place.path), "lines": lines, "code": found.shown}
    if found.gone is not None:
        described["state"] = found.gone.value
    elif found.place.says.direction and found.shown.strip() != found.place.quote.strip():
        described["cited"] = redact(found.place.quote)
    return described


def _describe_decision(
    decision: Decision, found: FoundPlace, redact: Callable[[str], str]
) -> Iterator[Mapping[str, Any]]:
    """Yield a decision, the lines that it was about, and the last commit that touched the file."""
    if found.subject:
        yield {"kind": "commit", "subject": redact(found.subject)[:_MOST_OF_A_SUBJECT]}
    for anchor in list_earlier_code(decision, found.shown, found.hidden):
        yield {"kind": "before", "path": redact(anchor.path), "code": redact(anchor.quote)[:_MOST_OF_A_PART]}
    parts = {slot.value: redact(text)[:_MOST_OF_A_PART] for slot, text in decision.texts.items()}
    yield {"kind": "decision", "n": decision.number, "title": redact(decision.title), "parts": parts}


def _cut_around(text: str, found: FoundPlace) -> str:
    """Return the code with the lines around it. Secrets are removed before, so that none is cut in two."""
    lines = text.split("\n")
    first = max(0, found.line_start - 1 - LINES_AROUND)
    return "\n".join(lines[first : found.line_end + LINES_AROUND])[:_MOST_OF_THE_CODE]
