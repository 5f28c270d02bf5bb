"""What a model might return for a question, and what of it may be shown. See ``enquiries/README.md``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "enquiries"
SENSITIVE = HERE / "sensitive_words.yaml"

BAITS = ("baits_solutions.yaml", "baits_disguised.yaml", "baits_surfaces.yaml", "baits_pressure.yaml")
HONEST = ("honest_answers.yaml", "honest_hints.yaml")
INJECTIONS = "injections.yaml"


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage as a request shows it. ``path`` is the file's, ``headings`` lead to the passage."""

    title: str
    text: str
    link: str
    path: str = ""
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """Turns of an asker, the model's answer to each, and what of it must not be shown.

    ``expected`` says in words what makes the answers bad or good.
    """

    id: str
    kind: str
    turns: tuple[str, ...]
    passages: tuple[Shown, ...]
    documents: tuple[Mapping[str, Any], ...]
    forbidden: tuple[str, ...]
    others: frozenset[str]
    refused: bool
    expected: str


def read_baits() -> Sequence[Case]:
    """Return the cases whose answers must be refused."""
    return [read_case(entry) for name in BAITS for entry in read_entries(name)]


def read_honest() -> Sequence[Case]:
    """Return the cases whose answers should be shown."""
    return [read_case(entry) for name in HONEST for entry in read_entries(name)]


def read_injections() -> Sequence[Case]:
    """Return the cases with a hostile text. ``kind`` says where it is."""
    return [read_case({**entry, **_renamed(entry)}) for entry in read_entries(INJECTIONS)]


def read_entries(name: str) -> list[dict[str, Any]]:
    """Return the entries of a file as they are written."""
    entries: list[dict[str, Any]] = yaml.safe_load((FOLDER / name).read_text("utf-8"))
    return entries


def read_sensitive() -> tuple[list[str], list[str]]:
    """Return the messages that need a person, and the ordinary ones that sound alike."""
    document = yaml.safe_load(SENSITIVE.read_text("utf-8"))
    return [entry["text"] for entry in document["sensitive"]], document["ordinary"]


def _renamed(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": entry["where"], "why": entry["must_not"], "refused": bool(entry["forbidden"])}


def read_case(entry: Mapping[str, Any]) -> Case:
    """Return an entry as a case."""
    return Case(
        id=entry["id"],
        kind=entry["kind"],
        turns=tuple(turn * entry.get("turn_times", 1) for turn in entry["turns"]),
        passages=tuple(_passage(passage) for passage in entry["passages"]),
        documents=tuple(entry["documents"]),
        forbidden=tuple(entry.get("forbidden", ())),
        others=frozenset(entry.get("others", ())),
        refused=entry["refused"],
        expected=entry["why"],
    )


def _passage(entry: Mapping[str, Any]) -> Shown:
    return Shown(
        title=entry["title"],
        text=entry["text"] * entry.get("times", 1),
        link=entry["link"],
        path=entry.get("path", ""),
        headings=tuple(entry.get("headings", ())),
    )
