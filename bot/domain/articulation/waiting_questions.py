"""A private question that waits for a participant's answer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WaitingQuestion:
    """A question that waits in private. ``text`` is the question, or the follow-up if one was asked."""

    question: int
    text: str
