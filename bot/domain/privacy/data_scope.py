"""Which jobs, effects, workflows and rows of the audit trail are about a person or a capstone."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from bot.domain.text.numbers import parse_number

_OF_A_REPOSITORY = re.compile(r"(?:\A|:)(?:review|answer|ruling|questions|baseline|reconcile):(\d+)(?=[#:])")
"""The ids of work in which the first number is the code host's for a repository."""
ERASED = "erased"
"""How the subject of a row of the audit trail begins whose rows are gone: it names nothing any more."""


@dataclass(frozen=True, slots=True)
class DataScope:
    """All numbers under which things of somebody's capstones are kept.

    ``repositories`` are the host's numbers, the rest are our own. ``commands`` are those that were given
    there, and of a person also those that they gave elsewhere. ``people`` is their own opaque id, ``users``
    their ids in a chat, ``pairs`` those that they are in, ``enrolments`` and ``proposals`` what they are in a
    cohort and had solved: empty where a capstone alone is meant.
    """

    capstones: frozenset[int] = frozenset()
    repositories: frozenset[int] = frozenset()
    pull_requests: frozenset[int] = frozenset()
    questions: frozenset[int] = frozenset()
    commands: frozenset[int] = frozenset()
    people: frozenset[str] = frozenset()
    pairs: frozenset[int] = frozenset()
    enrolments: frozenset[int] = frozenset()
    proposals: frozenset[int] = frozenset()
    users: frozenset[str] = frozenset()

    def concerns(self, id_: str, argument: object = None) -> bool:
        """Say whether a job, an effect or a workflow is about one of these, by its id or its input."""
        if any(int(number) in self.repositories for number in _OF_A_REPOSITORY.findall(id_)):
            return True
        if any(person in id_ for person in self.people) or self.users.intersection(id_.split(":")):
            return True
        if self._is_key(id_):
            return True
        if any(text in self.people or text in self.users for text in _texts(argument)):
            return True
        return any(self._meant(mapping) for mapping in mappings(argument))

    def _is_key(self, key: str) -> bool:
        """Say whether an effect is about one of these: it has no input, and only its key tells."""
        kind, _, number = key.partition(":")
        known = {"reply": self.commands, "ruling": self.questions, "confirm": self.enrolments}.get(kind)
        return known is not None and _is_one_of(number.partition(":")[0], known)

    def is_subject(self, subject: str) -> bool:
        """Say whether a row of the audit trail is about one of these."""
        kind, _, rest = subject.partition(":")
        if subject.startswith(f"{ERASED} "):
            return False
        if kind == "questions":
            return any(_is_one_of(part.strip(), self.questions) for part in rest.strip("[]").split(","))
        known = {
            "pair": self.pairs,
            "enrolment": self.enrolments,
            "proposal": self.proposals,
            "capstone": self.capstones,
            "pull_request": self.pull_requests,
            "question": self.questions,
        }.get(kind)
        if known is not None:
            return _is_one_of(rest, known)
        return self.concerns(subject.removeprefix("round:"))

    @property
    def rows_alone(self) -> "DataScope":
        """The same without the person, and without what stays when they are erased."""
        return replace(self, people=frozenset(), users=frozenset(), proposals=frozenset())

    def _meant(self, argument: Mapping[str, Any]) -> bool:
        round_ = argument.get("round")
        if isinstance(round_, str) and self.concerns(round_):
            return True
        kinds = {
            "capstone": self.capstones,
            "pull_request": self.pull_requests,
            "question": self.questions,
            "questions": self.questions,
            "command": self.commands,
            "pair": self.pairs,
            "pairs": self.pairs,
            "enrolment": self.enrolments,
        }
        return any(number in known for key, known in kinds.items() for number in _numbers(argument.get(key)))


def _is_one_of(number: str, known: frozenset[int]) -> bool:
    return parse_number(number) in known


def _numbers(value: object) -> Iterator[int]:
    for one in value if isinstance(value, list | tuple) else [value]:
        if isinstance(one, int):
            yield one


def _texts(value: object) -> Iterator[str]:
    """Yield the texts in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def mappings(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield the mappings in a JSON value, the outer ones first."""
    if isinstance(value, Mapping):
        yield cast("Mapping[str, Any]", value)
        for part in value.values():
            yield from mappings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from mappings(part)
