"""An enquiry: a thread in which a person asks Sensei, with its messages, answers and hand-over."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Place(StrEnum):
    """Where a person asked: in their direct messages, in the assistant's pane, or in a channel."""

    DIRECT = "direct"
    PANE = "pane"
    CHANNEL = "channel"


class Kind(StrEnum):
    """What is asked. Sensei answers facts and logistics, and gives hints about one's own design and bugs.

    ``SENSITIVE`` is distress or a conflict: Sensei offers a person at once, and gives no advice.
    """

    FACT = "fact"
    HOW_TO = "how_to"
    RUBRIC = "rubric"
    LOGISTICS = "logistics"
    DESIGN = "design"
    DEBUGGING = "debugging"
    SENSITIVE = "sensitive"


class Rung(StrEnum):
    """A step of the ladder of hints, in the order in which they are given."""

    REFRAME = "reframe"
    POINT = "point"
    OPTIONS = "options"


class AnswerState(StrEnum):
    """``WRITTEN``: ready to be shown. ``SHOWN``: posted. ``WITHDRAWN``: the question was deleted."""

    WRITTEN = "written"
    SHOWN = "shown"
    WITHDRAWN = "withdrawn"


class AnswerSource(StrEnum):
    """What an answer consists of.

    ``MODEL``: a model's words that the guard passed. ``PASSAGES``: passages of sources, because no model is
    set, none answered, or the guard refused its words. ``NOTHING``: no source covers it. ``FIXED``: words
    that Sensei always uses, such as for a sensitive matter or a limit that was reached.
    """

    MODEL = "model"
    PASSAGES = "passages"
    NOTHING = "nothing"
    FIXED = "fixed"


class Feedback(StrEnum):
    """What the asker said about an answer."""

    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"


class FeedbackReason(StrEnum):
    """Why an answer didn't help."""

    WRONG = "wrong"
    NOT_MY_QUESTION = "not_my_question"
    TOO_VAGUE = "too_vague"
    KNEW_IT = "knew_it"
    WANTED_A_PERSON = "wanted_a_person"


class HandoverState(StrEnum):
    """``WAITING``: for the sensei's answer. ``WITHDRAWN``: by the asker, or because the enquiry went away."""

    WAITING = "waiting"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class HandoverReason(StrEnum):
    """Why an enquiry went to a person."""

    REQUESTED = "requested"
    NOT_HELPFUL = "not_helpful"
    NO_SOURCE = "no_source"
    SENSITIVE = "sensitive"


class Addressee(StrEnum):
    """To whom a hand-over goes.

    ``ON_DUTY``: to the asker's sensei or, while they are away, to their deputy. ``PERSON``: to one person
    whom the asker chose, and to nobody else, whatever becomes of that person.
    """

    ON_DUTY = "on_duty"
    PERSON = "person"


MODEL_REPOSITORIES = "enquiries/"
"""How the names begin under which calls to a model about what people asked are stored."""


def model_repository(enrolment: int) -> str:
    """Return the name under which calls to a model about what a member asked are stored.

    It stands in the place of a repository's name, so that their export and their erasure find the calls.
    """
    return f"{MODEL_REPOSITORIES}{enrolment}"


@dataclass(frozen=True, slots=True)
class Enquiry:
    """A thread in which a person asks. ``thread`` is the timestamp of its first message in Slack."""

    id: int
    enrolment: int
    place: Place
    channel: str
    thread: str
    asked_at: datetime
    moved_at: datetime


@dataclass(frozen=True, slots=True)
class EnquiryMessage:
    """What the asker wrote. ``revision`` counts edits. A deleted message keeps its row without its words."""

    id: int
    enquiry: int
    ts: str
    text: str
    revision: int
    at: datetime
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """What an answer relies on: a passage's title, its address or "", and the words that are quoted."""

    title: str
    link: str
    quote: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Sensei's answer to a message: at most one each.

    ``text`` is what was said, with ``[1]`` for the first citation. ``revision`` is that of the message that
    it answers. ``ts`` is its timestamp in Slack once it is shown, or "".
    """

    id: int
    enquiry: int
    message: int
    revision: int
    kind: Kind
    rung: Rung | None
    source: AnswerSource
    text: str
    citations: tuple[Citation, ...]
    state: AnswerState
    ts: str
    at: datetime
    refused: str = ""
    feedback: Feedback | None = None
    feedback_reason: FeedbackReason | None = None


BETWEEN_REPLIES = "\n\n"
"""Separates the replies in an answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A part of a person's answer. ``reference`` is its message in the chat, or the form it was typed in.

    A deleted one has no length. It stays known, because old events about it may still arrive.
    """

    reference: str
    length: int


@dataclass(frozen=True, slots=True)
class Handover:
    """An enquiry that went to a person. ``summary`` is what the asker agreed to show.

    ``to`` is the person who was told last, or "" until somebody was. ``chosen`` is the person whom the asker
    chose, or "" if they chose nobody or that person was erased. ``answer`` are the replies of
    ``answered_by``, each a paragraph of its own; ``replies`` says for each where it came from, and how long
    it is. ``feedback`` is what the asker said about the answer.
    """

    id: int
    enquiry: int
    reason: HandoverReason
    summary: str
    state: HandoverState
    at: datetime
    addressee: Addressee = Addressee.ON_DUTY
    chosen: str = ""
    to: str = ""
    told_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: str = ""
    answer: str = ""
    replies: tuple[Reply, ...] = ()
    feedback: Feedback | None = None

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The words of each reply, which are empty for a deleted one."""
        found, begins = [], 0
        for reply in self.replies:
            found.append(self.answer[begins : begins + reply.length])
            begins += reply.length + len(BETWEEN_REPLIES) if reply.length else 0
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Handbook:
    """A cohort's handbook. ``place`` is a folder on the server, or ``owner/name`` of a repository.

    ``link`` is the address at which readers find its pages, or "". ``problem`` is why it, or a part of it,
    couldn't be read the last time, or "". Then ``pages`` are those that can still be found.
    """

    cohort: int
    place: str
    link: str = ""
    read_at: datetime | None = None
    pages: int = 0
    problem: str = ""
