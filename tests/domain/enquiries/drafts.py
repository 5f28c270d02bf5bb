"""Scripted drafts of a model, passages, and threads for tests of answers."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.domain.enquiries.answering import Asked, WrittenAnswer, write_answer
from bot.domain.enquiries.records import Answer, AnswerSource, AnswerState, Kind, Rung
from bot.domain.sources.documents import FoundPassage, Passage

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
TIMEOUTS = (
    "Requests time out after 10 minutes by default. You can configure this with the `timeout` option, which "
    "accepts seconds. Requests that time out are retried twice. Don't share one client between processes."
)
STORES = (
    "An extension keeps vectors and rows in one transaction, and its index shares memory with other queries. "
    "A service scales by itself and has its own backups. Use a service for large collections."
)


def passage(
    text: str = TIMEOUTS, title: str = "Timeouts", link: str = "https://docs.example.org/t"
) -> FoundPassage:
    return FoundPassage("rubric:capstone", "t.md", title, Passage(("Client", title), text, link), 1.0)


def claim(text: str, quote: str, number: int = 1) -> dict[str, object]:
    return {"text": text, "passage": number, "quote": quote}


def draft(
    kind: str, *claims: object, question: str = "", tried: str = "", covered: bool = True
) -> dict[str, Any]:
    """A model's answer."""
    return {
        "kind": kind,
        "tried": {"quote": tried} if tried else None,
        "covered": covered,
        "claims": list(claims),
        "question": question,
    }


def hint(rung: Rung | None, text: str = "What do your users see?", kind: Kind = Kind.DESIGN) -> Answer:
    """An earlier answer of the thread."""
    return Answer(1, 1, 1, 1, kind, rung, AnswerSource.MODEL, text, (), AnswerState.SHOWN, "1.0", AT)


def write(
    document: Mapping[str, Any],
    *messages: str,
    passages: Sequence[FoundPassage] | None = None,
    answers: Sequence[Answer] = (),
    others: Sequence[str] = (),
) -> WrittenAnswer:
    asked = Asked(messages, tuple(answers), frozenset(others))
    return write_answer(document, asked, [passage()] if passages is None else passages)
