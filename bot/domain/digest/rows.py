"""A row of a digest: who it is about, what to do, why now, and what it opens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.digest.matters import Place


class RowKind(StrEnum):
    """The kinds of rows. Their values are stored in the keys of rows."""

    DISPUTE = "dispute"
    APPEAL = "appeal"
    HANDOVER = "handover"
    ENQUIRY = "enquiry"
    QUESTION = "question"
    RULINGS = "rulings"
    AT_RISK = "risk"
    DRIFT = "drift"
    CHECK_IN = "check_in"
    GROWTH = "growth"


KIND_WORDS = {
    RowKind.DISPUTE: ("dispute to decide", "disputes to decide"),
    RowKind.APPEAL: ("appeal to decide", "appeals to decide"),
    RowKind.HANDOVER: ("question passed on to you", "questions passed on to you"),
    RowKind.ENQUIRY: ("question waiting for your answer", "questions waiting for your answer"),
    RowKind.QUESTION: ("question to keep, reword or withdraw", "questions to keep, reword or withdraw"),
    RowKind.RULINGS: ("ruling due", "rulings due"),
    RowKind.AT_RISK: ("participant to keep an eye on", "participants to keep an eye on"),
    RowKind.DRIFT: ("decision that may no longer hold", "decisions that may no longer hold"),
    RowKind.CHECK_IN: (
        "participant who skips check-ins",
        "participants who skip check-ins",
    ),
    RowKind.GROWTH: ("thing to mention when you meet", "things to mention when you meet"),
}
"""What one and what several of a kind are called."""


@dataclass(frozen=True, slots=True)
class RowTarget:
    """What a row opens: a criterion's evidence, or all that waits about a capstone (``criterion`` empty)."""

    capstone: int
    criterion: str = ""


@dataclass(frozen=True, slots=True)
class DigestRow:
    """A row. All that waits about one capstone and is of one kind is one row.

    ``what`` and ``why`` are Sensei's own words and the rubric's titles; ``name`` is the participant's.
    ``count`` is how much waits. ``target`` is None if there is nothing to decide. ``cost`` orders the rows.
    ``questions`` are the numbers of those that were left to the sensei, and ``handover`` is that of the
    participant's own question that the sensei can answer, or 0. ``shown_since`` is the day
    since which every digest has had this row, or None if the last one didn't.
    """

    kind: RowKind
    capstone: int
    name: str
    what: str
    why: tuple[str, ...]
    cost: int
    count: int = 1
    target: RowTarget | None = None
    place: Place | None = None
    standing_in_for: str = ""
    questions: tuple[int, ...] = ()
    handover: int = 0
    shown_since: date | None = None

    @property
    def key(self) -> str:
        """Return the row's key, which contains ids only."""
        return make_key(self.kind, self.capstone)


def make_key(kind: RowKind, capstone: int) -> str:
    """Return the key of the row about a capstone and a kind."""
    return f"{kind}:{capstone}"


def parse_key(key: str) -> tuple[RowKind, int] | None:
    """Return the kind and the capstone in a row's key, or None if it isn't one."""
    kind, _, capstone = key.partition(":")
    if kind not in set(RowKind) or not (capstone.isascii() and capstone.isdecimal()):
        return None
    return RowKind(kind), int(capstone)


def say_count(kind: RowKind, count: int) -> str:
    """Return how many of a kind there are: ``3 rulings due``."""
    one, several = KIND_WORDS[kind]
    return f"{count} {one if count == 1 else several}"


def say_days(days: int) -> str:
    """Return a number of working days in words."""
    return "1 working day" if days == 1 else f"{days} working days"


def say_waiting(days: int) -> str:
    """Return how long something has waited, as part of a sentence."""
    return f"for {say_days(days)}" if days else "since today"


def say_day(day: date) -> str:
    """Return a day: ``Mon 7 Dec``."""
    return f"{day:%a} {day.day} {day:%b}"


def mark_gate(title: str, *, gate: bool) -> str:
    """Return a criterion's title, marked if it is a gate."""
    return f"{title} (gate)" if gate else title


def join_words(words: Sequence[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
