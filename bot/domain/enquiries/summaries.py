"""The summary with which an enquiry goes to a person: made of the asker's words, who may change it."""

import re

from bot.domain.enquiries.records import Answer, AnswerSource, Kind

MOST_OF_A_SUMMARY = 3000
"""Maximum characters of a summary. It is also Slack's maximum for a field."""
_MOST_OF_WORDS, _MOST_OF_AN_ANSWER = 1500, 1200
_MARKER = re.compile(r"\s?\[\d{1,2}\]")


def write_summary(words: str, answer: Answer | None) -> str:
    """Return a summary of what somebody asked last, and of what Sensei answered to it.

    An answer in Sensei's fixed words says nothing about the question, so it is left out.
    """
    parts = [f"My question: {_cut(words, _MOST_OF_WORDS)}"]
    if answer is not None and _says_something(answer):
        said = _MARKER.sub("", answer.text)
        parts.append(f"Sensei answered: {_cut(said, _MOST_OF_AN_ANSWER)}")
    return "\n\n".join(parts)


def _says_something(answer: Answer) -> bool:
    is_own = answer.source in {AnswerSource.MODEL, AnswerSource.PASSAGES}
    return is_own and answer.kind is not Kind.SENSITIVE and bool(answer.text.strip())


def _cut(text: str, most: int) -> str:
    text = text.strip()
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
