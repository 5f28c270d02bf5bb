"""Build the request with which a model drafts an answer: instructions, and one thread as data.

The data is one thread's: its messages, Sensei's earlier answers in it, and passages that its asker may read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.enquiries import answer_schema
from bot.domain.enquiries.answering import Asked
from bot.domain.enquiries.ladder import next_rung
from bot.domain.enquiries.records import Answer, AnswerState
from bot.domain.enquiries.shortened_threads import shorten_thread
from bot.domain.enquiries.shown_passages import show_passages
from bot.domain.review.prompts import Prompt
from bot.domain.secrets.detection import Redactor
from bot.domain.sources.documents import FoundPassage
from bot.ports.model import ModelRequest
from bot.workflows.review.model_requests import format_section

MOST_ANSWERS, MOST_OF_AN_ANSWER = 6, 700
"""Maximum earlier answers, the last ones, and characters of each."""


@dataclass(frozen=True)
class AnswerRequests:
    """Builds requests from the prompt ``enquiries/answer``. ``rubric_version`` is stored with each call."""

    prompt: Prompt
    rubric_version: str

    def build(self, asked: Asked, passages: Sequence[FoundPassage]) -> ModelRequest:
        """Return the request for an answer to the newest message.

        ``write_answer`` must get the same ``asked`` and ``passages``.
        """
        return ModelRequest(
            purpose="enquiry",
            prompt=self.prompt.id,
            prompt_version=self.prompt.version,
            prompt_sha256=self.prompt.sha256,
            rubric_version=self.rubric_version,
            system=self.prompt.render(),
            user=format_section("items", _list_items(asked, passages)),
            schema=answer_schema.SCHEMA,
            max_tokens=self.prompt.max_tokens,
            effort=self.prompt.effort,
        )


def _list_items(asked: Asked, passages: Sequence[FoundPassage]) -> Iterator[Mapping[str, Any]]:
    redact = Redactor().redact
    yield {
        "kind": "task",
        "if_tried": next_rung(asked.answers, tried=True).value,
        "if_not": next_rung(asked.answers, tried=False).value,
    }
    for number, passage in enumerate(show_passages(passages), start=1):
        section = " > ".join(passage.headings)
        yield {
            "kind": "passage",
            "n": number,
            "title": passage.title,
            "section": section,
            "text": passage.text,
        }
    for answer in _list_said(asked.answers):
        yield {"kind": "answer", "hint": answer.rung, "text": redact(answer.text)[:MOST_OF_AN_ANSWER]}
    messages = shorten_thread([redact(message) for message in asked.messages])
    for number, text in enumerate(messages, start=1):
        newest = {"newest": True} if number == len(messages) else {}
        yield {"kind": "message", "n": number, **newest, "text": text}


def _list_said(answers: Sequence[Answer]) -> Sequence[Answer]:
    return [answer for answer in answers if answer.state is not AnswerState.WITHDRAWN][-MOST_ANSWERS:]
