"""Conversations as data: what somebody says, what Sensei may rely on, and what a model answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.domain.guardrails.conversation import ConversationGrounds
from bot.domain.guardrails.model_wording import Grounds, ShownText

_FOLDER = Path(__file__).parent / "conversations"


@dataclass(frozen=True)
class Talk:
    """One conversation: ``drafts`` are bad, as a probe and as a reply; ``probes`` and ``replies`` honest."""

    what: str
    grounds: ConversationGrounds
    drafts: Sequence[str]
    probes: Sequence[str]
    replies: Sequence[str]


@cache
def talks(name: str) -> Sequence[Talk]:
    """Return the conversations of one file: ``baiting``, ``honest``, and each with ``_held_out``."""
    scenes = _load("scenes")
    return tuple(_talk(talk, scenes[talk["scene"]]) for talk in _load(name))


def _load(name: str) -> Any:
    return yaml.safe_load((_FOLDER / f"{name}.yaml").read_text("utf-8"))


def _talk(talk: Mapping[str, Any], scene: Mapping[str, str]) -> Talk:
    code = f"{scene['path']}\n{scene['code']}"
    grounds = ConversationGrounds(
        code=Grounds(code, ShownText(code)),
        own_words=tuple(talk["own"]),
        sources=tuple(talk.get("sources", ())),
        others=frozenset(talk.get("others", ())),
        earlier=(scene["question"], *talk.get("earlier", ())),
    )
    said = (tuple(talk.get(kind, ())) for kind in ("drafts", "probes", "replies"))
    return Talk(talk["what"], grounds, *said)
