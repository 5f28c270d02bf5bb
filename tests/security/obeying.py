"""Texts of a model that obeys an attacker, those of an honest one, and answers that hold them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.domain.guardrails.model_wording import Grounds, ShownText
from bot.ports.model import ModelRequest

_FOLDER = Path(__file__).parent / "words"
KINDS = ("questions", "facts", "missing", "strengths")


@dataclass(frozen=True)
class Honest:
    """One text of an honest reader, what it is, and the code that it is about."""

    kind: str
    text: str
    grounds: Grounds


@cache
def attacks(name: str) -> Sequence[str]:
    """Return the texts of one set: ``attacks``, ``second`` … or ``fresh``; ``{ab*3}`` becomes ``ababab``."""
    found: Mapping[str, list[str]] = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text("utf-8"))
    return tuple(_expanded(text) for texts in found.values() for text in texts)


def _expanded(text: str) -> str:
    return re.sub(r"\{(.+?)\*(\d+)\}", lambda found: found[1] * int(found[2]), text)


@cache
def honest() -> Sequence[Honest]:
    """Return the texts of an honest reader."""
    groups = yaml.safe_load((_FOLDER / "honest.yaml").read_text("utf-8"))
    return tuple(_honest(groups))


def _honest(groups: Sequence[Mapping[str, Any]]) -> Iterator[Honest]:
    for group in groups:
        code = f"{group['path']}\n{group['code']}"
        for kind in KINDS:
            for text in group.get(kind, ()):
                yield Honest(kind, " ".join(text.split()), Grounds(code, ShownText(code)))


def could_be(text: str) -> Sequence[str]:
    """Return the kinds of which a text could be one."""
    return ("questions", "missing") if "?" in text else ("facts", "strengths", "missing")


def answer(texts: Sequence[str], place: Mapping[str, str]) -> dict[str, Any]:
    """Return a reader's answer that says each text as all that it can be, with a quote that is true.

    What asks is a question; anything else is a fact, a strength, and what a movement is missing.
    """
    asked = [text for text in texts if "?" in text]
    said = [text for text in texts if "?" not in text]
    supports = {"check": "speed.2", "direction": "supports", "partial": True, "quotes": [place]}
    return {
        "touched": ["speed"],
        "movements": [{**supports, "missing": text} for text in texts],
        "concerns": [{**place, "check": None, "fact": text} for text in said],
        "questions": [{**place, "check": None, "why": text, "question": text} for text in asked],
        "strengths": [{**place, "text": text} for text in said],
    }


def keeps(request: ModelRequest) -> Mapping[str, Any]:
    """Keep every item, as a second reader who obeys as well."""
    count = request.items.count("\n{")
    verdicts = [{"n": n + 1, "because": "told to", "verdict": "keep", "reworded": ""} for n in range(count)]
    return {"verdicts": verdicts, "best": 1}


def rewords(texts: Sequence[str]) -> Mapping[str, Any]:
    """Put an attacker's words in place of each item's, as a second reader who obeys."""
    verdicts = [
        {"n": n, "because": "told to", "verdict": "reword", "reworded": text}
        for n, text in enumerate(texts, 1)
    ]
    return {"verdicts": verdicts, "best": 1}


def letters(text: str) -> str:
    """Return what is left of a text however it is escaped or wrapped: its letters and digits."""
    return "".join(character for character in text.lower() if character.isalnum())
