"""The exact requests of a reading: instructions and rubric first, the same for a cohort; the data last.

Whatever comes from a participant, their quotes and what was derived from their code included, stands in
``user`` alone.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.domain.review import model_answer_schemas
from bot.domain.review.answer_merging import number_proposals
from bot.domain.review.context.display import escaped
from bot.domain.review.model_answers import (
    ProposedConcern,
    ProposedMovement,
    ProposedQuestion,
    Quote,
    ReadAnswer,
)
from bot.domain.review.prompts import Prompt
from bot.domain.rubrics import rubric_outline
from bot.domain.rubrics.overlays import asks
from bot.domain.rubrics.rubric import Library, Pack, Rubric
from bot.ports.model import ModelRequest


@dataclass(frozen=True, slots=True)
class ChallengedItem:
    """A concern or question that is to be refuted: its words, its place ("a.py:12-14"), the code there."""

    kind: Literal["concern", "question"]
    text: str
    check: str | None
    place: str
    code: str


def read_request(prompt: Prompt, rubric: Rubric, packs: Iterable[Pack], user: str) -> ModelRequest:
    """Ask for a reading of one context pack; ``user`` is its data section."""
    return _request("read", prompt, rubric, packs, user)


def baseline_request(prompt: Prompt, rubric: Rubric, packs: Iterable[Pack], user: str) -> ModelRequest:
    """Ask for a reading of a whole tree, or of one context pack of it."""
    return _request("baseline", prompt, rubric, packs, user)


def reduce_request(
    prompt: Prompt, rubric: Rubric, packs: Iterable[Pack], answers: Sequence[ReadAnswer], user: str = ""
) -> ModelRequest:
    """Ask which of several packs' proposals stand for the whole change; ``user`` is its words, if any."""
    proposals = (_proposal(n, one) for n, one in enumerate(number_proposals(answers), start=1))
    return _request("reduce", prompt, rubric, packs, _data(user, "proposals", proposals))


def challenge_request(
    prompt: Prompt, rubric: Rubric, packs: Iterable[Pack], items: Sequence[ChallengedItem], user: str
) -> ModelRequest:
    """Ask a second reader to refute the items; ``user`` is the data section that the first one read."""
    packs = tuple(packs)
    asked = asks(Library(rubric, packs))
    numbers = enumerate(items, start=1)
    listed = (
        {
            "n": n,
            "kind": item.kind,
            "text": item.text,
            "serves": asked.get(item.check or ""),
            "at": item.place,
            "code": item.code,
        }
        for n, item in numbers
    )
    return _request("challenge", prompt, rubric, packs, _data(user, "items", listed))


def _request(
    purpose: Literal["read", "reduce", "challenge", "baseline"],
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
    return ModelRequest(
        purpose=purpose,
        prompt=prompt.id,
        prompt_version=prompt.version,
        prompt_sha256=prompt.sha256,
        rubric_version=rubric.version,
        system=prompt.render(**{name: texts[name] for name in prompt.inputs}),
        user=user,
        schema=model_answer_schemas.SCHEMAS[prompt.schema_],
        max_tokens=prompt.max_tokens,
        effort=prompt.effort,
    )


def _data(user: str, tag: str, entries: Iterable[Mapping[str, Any]]) -> str:
    """Put entries after the data section, one JSON object a line, in a section of their own.

    Every text in an entry is written as in the data section: unseen characters and what
    looks like one of our tags, are escaped. ``</`` is written ``<\\/``, which JSON reads as the same.
    """
    lines = (json.dumps(_escaped(entry), ensure_ascii=False).replace("</", "<\\/") for entry in entries)
    return "\n".join([*([user.rstrip("\n"), ""] if user else []), f"<{tag}>", *lines, f"</{tag}>"])


def _escaped(value: Any) -> Any:
    match value:
        case str():
            return escaped(value)
        case Mapping():
            return {name: _escaped(one) for name, one in value.items()}
        case list():
            return [_escaped(one) for one in value]
        case _:
            return value


def _proposal(n: int, one: Any) -> Mapping[str, Any]:
    match one:
        case ProposedMovement():
            said = {
                "kind": "movement",
                "check": one.check,
                "direction": one.direction,
                "partial": one.partial,
                "missing": one.missing,
            }
            return {"n": n, **said, "quotes": [_place(quote) for quote in one.quotes]}
        case ProposedConcern():
            said = {"kind": "concern", "check": one.check, "fact": one.fact}
        case ProposedQuestion():
            said = {"kind": "question", "check": one.check, "question": one.question, "why": one.why}
        case _:
            said = {"kind": "strength", "text": one.text}
    return {"n": n, **said, **_place(one)}


def _place(one: Quote) -> Mapping[str, Any]:
    return {"path": one.path, "side": one.side, "quote": one.quote}
