"""What people see of a design document in Slack.

After a deliberate change: ``UPDATE=1 pytest <this file>``.
"""

import os
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.design_documents.records import (
    DesignDocument,
    DocumentFinding,
    DocumentProblem,
    DocumentReading,
    DocumentSource,
    DocumentState,
    Says,
)
from bot.domain.design_documents.shown import ShownCheck, ShownDocument
from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_validation import checked_message, checked_view
from bot.rendering.design_documents import slack_document, slack_giving_form
from tests.fakes.slack import judge, look
from tests.keys import KEYS

SNAPSHOTS = Path(__file__).parent / "snapshots"
AT = datetime(2026, 12, 1, 10, tzinfo=UTC)
WHOLE = DocumentFinding("speed.1", Says.WHOLE, "The desk drafts an answer\nwithin 2 s.", 4)
PART = DocumentFinding("speed.2", Says.PART, "Keyword search lost.", 9, "what the chosen search costs")
READING = DocumentReading(
    ("speed.1", "speed.2", "safety.1"), (WHOLE, PART), ("It says 2 s. Where does the 2 come from?",)
)
FILE = DesignDocument(
    3,
    7,
    "p" * 32,
    DocumentSource.FILE,
    "docs/design.md",
    "a" * 40,
    "",
    DocumentState.READ,
    None,
    AT,
    AT,
    reading=READING,
)
CHECKS = (
    ShownCheck("Speed & cost", "Is a target stated as a number?", WHOLE),
    ShownCheck("Speed & cost", "Is a rejected way named, with what made it lose?", PART),
    ShownCheck("Safety", "Is one concrete harm named?", None),
)
ADDRESS = "https://github.com/ada/desk/blob/main/docs/design.md"
HOSTILE = "<!channel> & *all* `of` _you_ <@U0SOMEBODY> " * 60
SHOWN = ShownDocument(FILE, "Ada <b>", "ada/desk", ADDRESS, CHECKS, READING.questions)
PASTED = replace(
    SHOWN,
    address="",
    checks=(),
    document=replace(
        FILE,
        source=DocumentSource.PASTED,
        path="",
        head="",
        text="# The desk\n\nIt <drafts> answers.",
        state=DocumentState.WAITING,
        problem=DocumentProblem.NO_MODEL,
        reading=None,
    ),
)

UNREAD = replace(
    SHOWN,
    checks=(),
    document=replace(
        FILE, state=DocumentState.WAITING, problem=DocumentProblem.NO_MODEL, read_at=None, reading=None
    ),
)


def failed(problem: DocumentProblem, *paths: str) -> ShownDocument:
    document = replace(
        FILE, state=DocumentState.UNREADABLE, problem=problem, paths=paths, reading=None, path="", head=""
    )
    return replace(SHOWN, document=document, checks=(), address="")


VIEWS = {
    "read": slack_document.document_view(SHOWN, is_own=True),
    "read_by_sensei": slack_document.document_view(SHOWN, is_own=False),
    "unread": slack_document.document_view(PASTED, is_own=False),
    "unread_file": slack_document.document_view(UNREAD, is_own=False),
    "form": slack_giving_form.giving_form({"7": "ada/desk"}),
    "form_no_sensei": slack_giving_form.giving_form({"7": "ada/desk"}, has_sensei=False),
    "form_of_two": slack_giving_form.giving_form({"7": "ada/desk", "8": "ada/shop"}, 2),
    "given": slack_giving_form.given_view(["Saved. I'll tell you in a direct message what comes of it."]),
}
MESSAGES = {
    "read": slack_document.reading_message(SHOWN),
    "told": slack_document.sensei_message(SHOWN),
    "to_read": slack_document.sensei_message(PASTED),
    "choice": slack_document.choice_message(failed(DocumentProblem.SEVERAL, "design.md", "docs/<b>.md")),
    "chosen": slack_document.choice_message(SHOWN),
    **{f"problem_{one}": slack_document.reading_message(failed(one)) for one in DocumentProblem},
    "problem_not_found_at_path": slack_document.reading_message(
        replace(SHOWN, document=replace(failed(DocumentProblem.NOT_FOUND).document, path="docs/dezign.md"))
    ),
    "problem_no_model_pasted": slack_document.reading_message(PASTED),
    "problem_no_model_no_sensei": slack_document.reading_message(replace(PASTED, has_sensei=False)),
    "read_no_sensei": slack_document.reading_message(replace(SHOWN, has_sensei=False)),
}


def as_document(message: OutgoingMessage) -> Any:
    return {"text": message.text, "blocks": list(message.blocks)}


def compare(name: str, text: str) -> None:
    file = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("UPDATE"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    assert file.read_text("utf-8") == text


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_looks_as_in_its_snapshot(name: str) -> None:
    compare(f"view_{name}", look.text(checked_view(VIEWS[name])))


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_looks_as_in_its_snapshot(name: str) -> None:
    compare(f"message_{name}", look.text(as_document(checked_message(MESSAGES[name]))))


def test_a_sensei_reads_why_a_document_was_not_read_and_whether_it_still_may_be() -> None:
    said = {
        problem: look.text(as_document(slack_document.sensei_message(failed(problem)))).replace("\n", " ")
        for problem in (DocumentProblem.NO_MODEL, DocumentProblem.NOT_ANSWERED, DocumentProblem.GAVE_UP)
    }
    assert "no model is set up here" in said[DocumentProblem.NO_MODEL]
    assert "I'll try again over the next day" in said[DocumentProblem.NOT_ANSWERED]
    assert "have stopped trying" in said[DocumentProblem.GAVE_UP]


def test_nothing_here_names_a_level() -> None:
    for shown in (*VIEWS.values(), *map(as_document, MESSAGES.values())):
        assert "level" not in look.text(shown).lower()


@settings(max_examples=40)
@given(st.one_of(st.just(HOSTILE), st.text(min_size=1, max_size=400)))
def test_slack_takes_it_whatever_is_in_it(text: str) -> None:
    finding = replace(PART, quote=text, missing=text)
    checks = tuple(ShownCheck(text, text, finding if n % 2 else None) for n in range(150))
    reading = DocumentReading((), (finding,), (text,) * 3)
    document = replace(FILE, reading=reading, path=text)
    shown = ShownDocument(document, text, text, ADDRESS, checks, reading.questions)
    unread = replace(PASTED, document=replace(PASTED.document, text=text * 60))
    views = (slack_document.document_view(one, is_own=False) for one in (shown, unread))
    for view in views:
        checked_view(view)
        assert not look.notified(view)
    choice = failed(DocumentProblem.SEVERAL, *(f"{text}{n}" for n in range(8)))
    for message in (
        slack_document.reading_message(shown),
        slack_document.sensei_message(shown),
        slack_document.choice_message(choice),
    ):
        checked_message(message)
        assert not judge.of_message(list(message.blocks))
        assert not look.notified(as_document(message))


def texts_of(text: str) -> list[str]:
    """What a sensei reads of a pasted text that nobody has read, block by block."""
    pasted = replace(PASTED, document=replace(PASTED.document, text=text))
    blocks = slack_document.document_view(pasted, is_own=False)["blocks"]
    return [block["text"]["text"] for block in blocks if block["type"] == "section"][2:]


@pytest.mark.parametrize("character", ["<", "&", ">", "a"])
@pytest.mark.parametrize("length", [10, 90, 4000])
def test_a_pasted_text_is_shown_whole(character: str, length: int) -> None:
    lines = [f"{number}: {character * length} end" for number in range(18_000 // (length + 8) or 1)]
    shown = "\n".join(texts_of("\n".join(lines)))
    assert "…" not in shown
    assert shown.count("end") == len(lines)
    count = shown.count(escape(character)) + shown.count("›")  # as it is at the start of a line
    assert count >= length * len(lines)


def test_a_secret_that_lies_across_two_blocks_is_in_neither() -> None:
    key = KEYS["aws-access-key-id"][0]
    for before in range(2560, 2620, 7):
        shown = "\n".join(texts_of(f"{'x' * before} {key} after"))
        assert "after" in shown
        assert not any(key[at : at + 8] in shown for at in range(len(key) - 7))
