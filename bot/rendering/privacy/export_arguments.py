"""What an export's page says about conversations, decisions and the evidence in a person's own words."""

from collections.abc import Iterator, Sequence

from bot.domain.articulation.slots import Slot
from bot.rendering.privacy.export_words import Json, day, is_other, minute, quote_lines
from bot.rendering.review.markdown import code, fence, plain
from bot.rendering.text.safe_text import count

_CONVERSATION_STATES = {
    "waiting": "Sensei is waiting for your answer",
    "probed": "Sensei has asked a follow-up question",
    "drafted": "a decision is waiting for you to confirm it",
    "recorded": "the decision is recorded",
    "left": "the rest is left to you and your sensei",
    "closed": "closed",
}
_DECISION_STATES = {
    "draft": "a draft that doesn't count yet",
    "confirmed": "confirmed",
    "superseded": "replaced by a later one",
    "withdrawn": "withdrawn",
}
_WRITERS = {
    "sensei": "by Sensei, from your words",
    "participant": "by you",
    "file": "from a file in the repository",
}


def conversation_lines(conversation: Json | None) -> Iterator[str]:
    """Yield the conversation about a question: its state, the follow-up, and what was said in private."""
    if conversation is None:
        return
    where = "in direct messages" if conversation["private"] else "in the thread"
    state = _CONVERSATION_STATES.get(conversation["state"], conversation["state"])
    yield f"   Conversation {where}: {state}."
    yield ""
    if conversation["probe"] and not is_other(conversation["probe"]):
        yield f"   Sensei's follow-up question: {plain(conversation['probe'])}"
        yield ""
    for message in conversation["private_messages"]:
        if not is_other(message["body"]) and message["body"]:
            yield f"   On {minute(message['at'])}, you wrote in private:"
            yield ""
            yield from quote_lines(message["body"], "   ")
            yield ""


def decision_lines(decisions: Sequence[Json]) -> Iterator[str]:
    """Yield a capstone's decisions with the words of every revision, and their places in the code."""
    if not decisions:
        return
    yield from ("", "#### Decisions", "")
    for decision in decisions:
        yield from one_decision_lines(decision)


def one_decision_lines(decision: Json) -> Iterator[str]:
    """Yield one decision."""
    state = _DECISION_STATES.get(decision["state"], decision["state"])
    who = ", and private" if decision["private"] else ""
    yield f"**Decision {decision['number']}** of {day(decision['created_at'])}: {state}{who}."
    yield ""
    for revision in decision["revisions"]:
        yield from _revision_lines(revision)
    for anchor in decision["anchors"]:
        place = f"{anchor['path']}:{anchor['line_start']}"
        yield f"About {code(place)}:"
        yield ""
        yield fence(anchor["quote"])
        yield ""


def _revision_lines(revision: Json) -> Iterator[str]:
    if is_other(revision["title"]):
        yield "Another person's words are left out."
        yield ""
        return
    writer = _WRITERS.get(revision["revised_by"], revision["revised_by"])
    yield f"Version {revision['number']} of {minute(revision['at'])}, {writer}: {plain(revision['title'])}"
    yield ""
    for part in Slot:
        if part in revision["texts"]:
            yield f"{part.capitalize()}:"
            yield ""
            yield from quote_lines(revision["texts"][part])
            yield ""


def statement_lines(statements: Sequence[Json]) -> Iterator[str]:
    """Yield how much evidence in the person's own words there is."""
    if statements:
        pending = sum(statement["pending"] for statement in statements)
        merged = (
            "doesn't count until its pull request is"
            if pending == 1
            else "don't count until their pull requests are"
        )
        waiting = f" Of these, {pending:,} {merged} merged." if pending else ""
        quotes = count(len(statements), "quote")
        yield ""
        yield f"Evidence in your own words: {quotes}.{waiting} The JSON has every quote."
