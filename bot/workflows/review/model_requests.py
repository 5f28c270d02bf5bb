"""Build a reading's requests: instructions and rubric, identical for a cohort; then the data; then the task.

Everything that comes from a participant is only in ``user`` and ``items``, including quotes and anything
derived from their code. The first two calls about a change differ only in ``items`` and ``task``, which come
last, so the second one reads everything else from the provider's cache.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.domain.review import model_answer_schemas
from bot.domain.review.answer_merging import number_proposals
from bot.domain.review.context.display import escape_for_display
from bot.domain.review.model_answers import (
    ProposedConcern,
    ProposedMovement,
    ProposedQuestion,
    Quote,
    ReadAnswer,
)
from bot.domain.review.prompts import Prompt
from bot.domain.rubrics import rubric_outline
from bot.domain.rubrics.overlays import asks_by_check
from bot.domain.rubrics.rubric import Library, Pack, Rubric
from bot.ports.model import ModelRequest


@dataclass(frozen=True, slots=True)
class DecisionItem:
    """A recorded decision to compare a change with: its number, title and parts, and the code it is about.

    ``about`` are that code's places and lines. ``touched`` says whether the change alters one of them.
    """

    number: int
    title: str
    texts: Mapping[str, str]
    about: Sequence[tuple[str, str]]
    touched: bool


@dataclass(frozen=True, slots=True)
class ChallengedItem:
    """A concern or question to refute: its text, its place ("a.py:12-14"), and the code there.

    ``problem`` is why it may not be published in these words, or "" if it may.
    """

    kind: Literal["concern", "question"]
    text: str
    check: str | None
    place: str
    code: str
    problem: str = ""


def read_request(prompt: Prompt, rubric: Rubric, packs: Iterable[Pack], user: str) -> ModelRequest:
    """Ask for a reading of one context pack; ``user`` is its data section."""
    return _build_request("read", prompt, rubric, packs, user)


def baseline_request(prompt: Prompt, rubric: Rubric, packs: Iterable[Pack], user: str) -> ModelRequest:
    """Ask for a reading of a whole tree, or of one context pack of it."""
    return _build_request("baseline", prompt, rubric, packs, user)


def reduce_request(
    prompt: Prompt, rubric: Rubric, packs: Iterable[Pack], answers: Sequence[ReadAnswer], user: str = ""
) -> ModelRequest:
    """Ask which proposals of several packs to keep; ``user`` contains the author's words, if any."""
    proposals = (
        _format_proposal(n, proposal) for n, proposal in enumerate(number_proposals(answers), start=1)
    )
    listed = format_section("proposals", proposals)
    data = "\n".join([user.rstrip("\n"), "", listed]) if user else listed
    return _build_request("reduce", prompt, rubric, packs, data)


def challenge_request(
    prompt: Prompt, rubric: Rubric, packs: Iterable[Pack], items: Sequence[ChallengedItem], user: str
) -> ModelRequest:
    """Ask a second reader to refute the items; ``user`` is the data section that the first reader saw."""
    packs = tuple(packs)
    questions = asks_by_check(Library(rubric, packs))
    listed = (
        {
            "n": n,
            "kind": item.kind,
            "text": item.text,
            "serves": questions.get(item.check or ""),
            "at": item.place,
            "code": item.code,
            **_format_problem(item.problem),
        }
        for n, item in enumerate(items, start=1)
    )
    request = _build_request("challenge", prompt, rubric, packs, user)
    return replace(request, items=format_section("items", listed))


def drift_request(
    prompt: Prompt, rubric: Rubric, packs: Iterable[Pack], items: Sequence[DecisionItem], user: str
) -> ModelRequest:
    """Ask which decisions a change contradicts or alters; ``user`` is what the first reader saw."""
    listed = (
        {
            "n": item.number,
            "title": item.title,
            **item.texts,
            "about": [{"at": place, "code": code} for place, code in item.about],
            "touched": item.touched,
        }
        for item in items
    )
    request = _build_request("drift", prompt, rubric, packs, user)
    return replace(request, items=format_section("items", listed))


def _build_request(
    purpose: Literal["read", "reduce", "challenge", "baseline", "drift"],
    prompt: Prompt,
    rubric: Rubric,
    packs: Iterable[Pack],
    user: str,
) -> ModelRequest:
    texts = {
        "criteria": rubric_outline.criteria(rubric),
        "packs": rubric_outline.packs(rubric, packs),
        "anchors": rubric_outline.anchors(rubric),
    }
    system, task = prompt.render_request(texts)
    return ModelRequest(
        purpose=purpose,
        prompt=prompt.id,
        prompt_version=prompt.version,
        prompt_sha256=prompt.sha256,
        rubric_version=rubric.version,
        system=system,
        user=user,
        schema=model_answer_schemas.SCHEMAS[prompt.schema_],
        max_tokens=prompt.max_tokens,
        effort=prompt.effort,
        task=f"<task>\n{task}\n</task>" if task else "",
    )


def format_section(tag: str, entries: Iterable[Mapping[str, Any]]) -> str:
    """Return a section of entries, one JSON object per line.

    Every text in an entry is escaped as in the data section: invisible characters, and what looks like one of
    our tags. ``</`` is written ``<\\/``, which is the same in JSON.
    """
    lines = (json.dumps(_escape_texts(entry), ensure_ascii=False).replace("</", "<\\/") for entry in entries)
    return "\n".join([f"<{tag}>", *lines, f"</{tag}>"])


def _escape_texts(value: Any) -> Any:
    match value:
        case str():
            return escape_for_display(value)
        case Mapping():
            return {name: _escape_texts(item) for name, item in value.items()}
        case list():
            return [_escape_texts(item) for item in value]
        case _:
            return value


def _format_problem(problem: str) -> Mapping[str, str]:
    """Return nothing for an item without a problem, so that it costs nothing."""
    return {"problem": problem} if problem else {}


def _format_proposal(n: int, proposal: Any) -> Mapping[str, Any]:
    match proposal:
        case ProposedMovement():
            fields = {
                "kind": "movement",
                "check": proposal.check,
                "direction": proposal.direction,
                "partial": proposal.partial,
                "missing": proposal.missing,
            }
            return {"n": n, **fields, "quotes": [_format_quote(quote) for quote in proposal.quotes]}
        case ProposedConcern():
            fields = {"kind": "concern", "check": proposal.check, "fact": proposal.fact}
            fields |= _format_problem(proposal.problem)
        case ProposedQuestion():
            fields = {
                "kind": "question",
                "check": proposal.check,
                "question": proposal.question,
                "why": proposal.why,
                **_format_problem(proposal.problem),
            }
        case _:
            fields = {"kind": "strength", "text": proposal.text}
    return {"n": n, **fields, **_format_quote(proposal)}


def _format_quote(quote: Quote) -> Mapping[str, Any]:
    return {"path": quote.path, "side": quote.side, "quote": quote.quote}
