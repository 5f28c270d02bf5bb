"""A participant's messages as Sensei hears them: their own words, without secrets, of bounded length."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.domain.articulation.conversations import SpokenMessage
from bot.domain.review.citations import SourceText
from bot.domain.review.context.display import LONGEST_PROSE_LINE, DisplayedText
from bot.domain.secrets.detection import Redactor

MOST_OF_A_MESSAGE = 6000
"""Maximum characters of a message that Sensei hears. The rest stays where it was written."""
MOST_MESSAGES = 12
"""Maximum messages that Sensei hears: the first one, and the newest."""

_QUOTED_LINE = re.compile(r"\s{0,3}>+\s?(.*)")


@dataclass(frozen=True)
class HeardMessage:
    """A message with a participant's own words. ``text`` has marks in place of secrets."""

    id: str
    text: str

    @cached_property
    def display(self) -> DisplayedText:
        """The text as a model is shown it. Invisible characters and what looks like a tag are escaped."""
        source = SourceText.of("", "", "head", self.text, [])
        return DisplayedText.of((self.id,), "text", source, Redactor(), LONGEST_PROSE_LINE)


def hear_messages(messages: Sequence[SpokenMessage], said: Iterable[str]) -> tuple[HeardMessage, ...]:
    """Return the messages with own words, oldest first. ``said`` is what Sensei said to the participant.

    Lines in which they quote Sensei are not their words. What they quote from elsewhere counts as theirs.
    """
    told = [" ".join(text.split()) for text in said]
    heard = (
        HeardMessage(message.id, Redactor().redact(_keep_own(message.text, told))) for message in messages
    )
    worded = [message for message in heard if message.text]
    return tuple(worded if len(worded) <= MOST_MESSAGES else [worded[0], *worded[1 - MOST_MESSAGES :]])


def _keep_own(text: str, told: Sequence[str]) -> str:
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(_drop_quotes(lines, told)).strip()[:MOST_OF_A_MESSAGE].rstrip()


def _drop_quotes(lines: Iterable[str], told: Sequence[str]) -> Iterator[str]:
    for line in lines:
        quoted = _QUOTED_LINE.fullmatch(line)
        words = " ".join(quoted[1].split()) if quoted else None
        if words is None or not any(words in text for text in told):
            yield line
