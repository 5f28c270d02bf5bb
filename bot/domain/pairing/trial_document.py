"""The document of a trial pairing, ``sensei.pairing/1``, which ``sensei pair try --json`` prints."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.pairing.fit import PairReason
from bot.domain.pairing.problem import Constraint
from bot.domain.review.report import escape_unseen_characters


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class TrialPerson(_Model):
    """A person in the file. ``slack`` identifies them: an e-mail address or a Slack user id."""

    slack: str
    name: str


class TrialMove(_Model):
    """Another participant who would change senseis. None means no sensei."""

    participant: str
    before: str | None
    after: str | None


class NextBest(_Model):
    """The best other sensei for a participant.

    ``fit`` is that pair's, as a percentage. ``cost`` is by how much the total fit of all pairs, less the cost
    of uneven loads, would drop, in percentage points of one pair's fit. It can be negative if a participant
    would lose their sensei.
    """

    sensei: str
    fit: int
    cost: float
    moves: tuple[TrialMove, ...]


class TrialPair(_Model):
    """A pair with its fit as a percentage. ``next_best`` is None if no other sensei is possible."""

    participant: str
    sensei: str
    fit: int
    reasons: tuple[PairReason, ...]
    next_best: NextBest | None


class TrialOverlap(_Model):
    """The sensei with whom a participant shares the most working hours, and the minutes a week."""

    sensei: str
    minutes: int


class TrialUnassigned(_Model):
    """A participant without a sensei.

    If ``alone``, removing one of the ``causes`` would be enough; otherwise they prevent it together.
    ``possible`` are the senseis they could have if there were a free place. ``most_overlap`` is None if
    there is no sensei.
    """

    participant: str
    causes: tuple[Constraint, ...]
    alone: bool
    possible: tuple[str, ...]
    most_overlap: TrialOverlap | None


class SenseiLoad(_Model):
    """How many participants a sensei has and would accept."""

    sensei: str
    participants: int
    capacity: int


class UnknownWish(_Model):
    """A wish for somebody who isn't in the file, so it has no effect."""

    person: str
    prefers: str


class PairingTrial(_Model):
    """Pairs for the people in a file, in the order of the file. People are identified by ``slack``.

    ``week`` is a day in the week in which working hours were compared. ``weights`` are all weights, with
    ``minimum_hours``. ``compared`` is false if there are
    too many people to work out next-best senseis.
    """

    schema_: Literal["sensei.pairing/1"] = Field(default="sensei.pairing/1", alias="schema")
    week: date
    weights: dict[str, int]
    compared: bool
    people: tuple[TrialPerson, ...]
    pairs: tuple[TrialPair, ...]
    unassigned: tuple[TrialUnassigned, ...]
    loads: tuple[SenseiLoad, ...]
    unknown_wishes: tuple[UnknownWish, ...]

    def as_json(self) -> str:
        """Return the document that ``--json`` prints, ending in a newline."""
        return escape_unseen_characters(self.model_dump_json(by_alias=True, indent=2) + "\n")
