"""Deciding which jobs, effects, workflows and audit rows are about a person or a capstone."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from bot.domain.text.numbers import parse_number

_REPOSITORY_WORK = re.compile(
    r"(?:\A|:)(?:(?:review|answer|ruling|questions|baseline|reconcile|fetch|comments|read|report)"
    r":(\d+)(?=[#:])"
    r"|(?:hear|say|decided|export|dispute):(\d+)(?=#))"
)
"""Ids of work whose first number is a repository's number at the code host.

Without a ``#`` behind it, the number in the second group is our own, of a question or a decision.
"""
_ABOUT_ROWS = re.compile(r"(articulation|decisions|design|defence)(?:\.[a-z_]+)?:(\d+)(?=:|\Z)")
"""Keys of messages and jobs about a question (``articulation``), a decision, a design document, a defence."""
ERASED = "erased"
"""The prefix of an audit row's subject once the data that it refers to was erased."""


@dataclass(frozen=True, slots=True)
class DataScope:
    """All numbers and ids under which the data of a person, or of a capstone, is stored.

    ``repositories`` are the host's numbers; the other numbers are our own. ``commands`` are those given on
    the capstones, and for a person also their own commands elsewhere; ``conversations`` and ``decisions`` are
    about the capstones, and for a person also those with their own words; ``rulings`` and ``appeals`` are
    about the capstones, and for a person also those on their work in former ones; so are ``documents``, the
    design documents, and ``defences``; ``exemptions`` are those of the capstones. The other fields are empty
    for a capstone: ``people`` is the person's opaque id, ``users`` their ids in a chat, ``pairs`` their
    pairs, ``enrolments`` their places in cohorts, ``proposals`` the pairings that they asked Sensei to
    compute, and ``one_to_ones`` their meetings.
    """

    capstones: frozenset[int] = frozenset()
    repositories: frozenset[int] = frozenset()
    pull_requests: frozenset[int] = frozenset()
    questions: frozenset[int] = frozenset()
    commands: frozenset[int] = frozenset()
    conversations: frozenset[int] = frozenset()
    decisions: frozenset[int] = frozenset()
    people: frozenset[str] = frozenset()
    pairs: frozenset[int] = frozenset()
    enrolments: frozenset[int] = frozenset()
    proposals: frozenset[int] = frozenset()
    users: frozenset[str] = frozenset()
    rulings: frozenset[int] = frozenset()
    appeals: frozenset[int] = frozenset()
    exemptions: frozenset[int] = frozenset()
    one_to_ones: frozenset[int] = frozenset()
    documents: frozenset[int] = frozenset()
    defences: frozenset[int] = frozenset()

    def concerns(self, id_: str, argument: object = None) -> bool:
        """Say whether a job, an effect or a workflow is in this scope, by its id or its input."""
        if any(int(found[1] or found[2]) in self.repositories for found in _REPOSITORY_WORK.finditer(id_)):
            return True
        if any(person in id_ for person in self.people) or self.users.intersection(id_.split(":")):
            return True
        if self._has_key(id_):
            return True
        if any(text in self.people or text in self.users for text in _find_texts(argument)):
            return True
        return any(self._has_fields(mapping) for mapping in nested_mappings(argument))

    def _has_key(self, key: str) -> bool:
        """Say whether an effect is in this scope, by its key, because effects have no input."""
        kind, _, number = key.removeprefix("message:").partition(":")
        if about := _ABOUT_ROWS.match(f"{kind}:{number}"):
            rows = {
                "articulation": self.questions,
                "decisions": self.decisions,
                "design": self.documents,
                "defence": self.defences,
            }
            return _is_one_of(about[2], rows[about[1]])
        numbers = {
            "reply": self.commands,
            "ruling": self.questions,
            "confirm": self.enrolments,
            "enquiries.elsewhere": self.enrolments,
            "enquiries.limited": self.enrolments,
            "enquiry_answer": self.enrolments,
            "enquiry_form": self.enrolments,
            "say": self.questions,
            "unposted": self.questions,
            "triage.question": self.pull_requests,
            "dispute": self.questions,
            "decided": self.decisions,
            "export": self.decisions,
            "calendar": self.enrolments,
            "one_to_one": self.one_to_ones,
            "one_to_ones.brief": self.one_to_ones,
            "one_to_ones.after": self.one_to_ones,
            "enquiries.handover": self.enrolments,
            "enquiries.passed_on": self.enrolments,
            "enquiries.answered": self.enrolments,
            "enquiries.nobody": self.enrolments,
            "enquiries.offer": self.enrolments,
            "enquiries.unkept": self.enrolments,
        }.get(kind)
        return numbers is not None and _is_one_of(number.partition(":")[0], numbers)

    def is_subject(self, subject: str) -> bool:
        """Say whether an audit row with this subject is in this scope."""
        kind, _, rest = subject.partition(":")
        if subject.startswith(f"{ERASED} "):
            return False
        if kind == "questions":
            return any(_is_one_of(part.strip(), self.questions) for part in rest.strip("[]").split(","))
        numbers = {
            "pair": self.pairs,
            "enrolment": self.enrolments,
            "proposal": self.proposals,
            "capstone": self.capstones,
            "pull_request": self.pull_requests,
            "question": self.questions,
            "conversation": self.conversations,
            "decision": self.decisions,
            "ruling": self.rulings,
            "appeal": self.appeals,
            "exemption": self.exemptions,
            "one_to_one": self.one_to_ones,
        }.get(kind)
        if numbers is not None:
            return _is_one_of(rest, numbers)
        return self.concerns(subject.removeprefix("round:"))

    @property
    def rows_alone(self) -> "DataScope":
        """This scope without the person, and without the rows that remain when the person is erased."""
        return replace(self, people=frozenset(), users=frozenset(), proposals=frozenset())

    def _has_fields(self, argument: Mapping[str, Any]) -> bool:
        """Say whether the fields of a workflow's input refer to this scope."""
        round_ = argument.get("round")
        if isinstance(round_, str) and self.concerns(round_):
            return True
        kinds = {
            "capstone": self.capstones,
            "pull_request": self.pull_requests,
            "question": self.questions,
            "questions": self.questions,
            "command": self.commands,
            "conversation": self.conversations,
            "decision": self.decisions,
            "decisions": self.decisions,
            "pair": self.pairs,
            "pairs": self.pairs,
            "enrolment": self.enrolments,
            "ruling": self.rulings,
            "rulings": self.rulings,
            "appeal": self.appeals,
            "exemption": self.exemptions,
            "one_to_one": self.one_to_ones,
            "document": self.documents,
            "defence": self.defences,
        }
        return any(
            number in numbers for key, numbers in kinds.items() for number in _find_numbers(argument.get(key))
        )


def _is_one_of(number: str, numbers: frozenset[int]) -> bool:
    return parse_number(number) in numbers


def _find_numbers(value: object) -> Iterator[int]:
    for part in value if isinstance(value, list | tuple) else [value]:
        if isinstance(part, int):
            yield part


def _find_texts(value: object) -> Iterator[str]:
    """Yield the texts in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _find_texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _find_texts(part)


def nested_mappings(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield the mappings in a JSON value, the outer ones first."""
    if isinstance(value, Mapping):
        yield cast("Mapping[str, Any]", value)
        for part in value.values():
            yield from nested_mappings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from nested_mappings(part)
