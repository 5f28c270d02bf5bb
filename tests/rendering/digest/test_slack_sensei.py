"""A sensei's digest in Slack. After a deliberate change: ``UPDATE=1 pytest`` on this file."""

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.domain.digest.matters import DigestMaterial, WaitingEnquiry
from bot.domain.digest.rows import RowKind
from bot.domain.digest.sensei_digest import make_digest
from bot.domain.digest.shown import show_digest
from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_blocks import image
from bot.rendering.chat.slack_validation import checked_message
from bot.rendering.digest.slack_sensei import sensei_digest
from tests.domain.digest.weeks import BUSY, CALM, COMING, EMPTY, ago, material, matter, matters, ruling
from tests.fakes.slack import look

WEB = "https://github.example"
SNAPSHOTS = Path(__file__).parent / "snapshots"


def message(week: DigestMaterial, keys: list[str] | None = None) -> OutgoingMessage:
    """The message about a week, which Slack would take."""
    chosen = [row.key for row in make_digest(week).rows] if keys is None else keys
    return checked_message(sensei_digest(5, show_digest(week, chosen), WEB))


def read(said: OutgoingMessage) -> str:
    """The message as it is read."""
    return look.text({"text": said.text, "blocks": list(said.blocks)})


@pytest.mark.parametrize(("name", "week"), [("busy", BUSY), ("calm", CALM), ("empty", EMPTY)])
def test_a_week_is_read_as_it_was_approved(name: str, week: DigestMaterial) -> None:
    said = message(week)
    text = f"({said.text})\n{read(said)}\n"
    file = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("UPDATE"):
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


def test_the_notification_says_what_to_do_first() -> None:
    assert message(BUSY).text == "Your week. First: Ida, 1 appeal to decide: Security (gate)."


def test_only_the_first_open_row_stands_out() -> None:
    done = replace(BUSY, participants=[it for it in BUSY.participants if it.name != "Ida"])
    keys = [row.key for row in make_digest(BUSY).rows]
    styles = [
        element.get("style")
        for block in message(done, keys).blocks
        for element in block.get("elements", ())
        if element.get("action_id", "").startswith("triage.")
    ]
    assert styles == ["primary", *[None] * 5]


def test_done_and_snoozed_rows_keep_their_places_and_have_no_buttons() -> None:
    week = material(
        matters(1, "Ada"),
        matters(2, "Ben", disputes=(matter(1),)),
        matters(3, "Cleo", disputes=(matter(0),)),
        snoozed={"dispute:2": date(2026, 12, 7)},
    )
    text = read(message(week, ["rulings:1", "dispute:2", "dispute:3", "question:4"]))
    words = " ".join(text.split())
    assert "1. ✓ Ada · rulings due: nothing left to do." in words
    assert "2. Ben · 1 dispute to decide. Snoozed until Mon 7 Dec." in words
    assert "3. Cleo · 1 dispute to decide · Only you can decide." in words
    assert "4. You no longer guide this participant, so there's nothing left to do here." in words
    assert text.count("Snooze until …") == 1


def test_a_row_that_the_reader_knows_keeps_its_words_and_place_and_says_since_when() -> None:
    known = matters(1, "Ada", rulings=(ruling("speed", gate=True, ruled=20),))
    paused = matters(2, "Ben", is_paused=True)
    words = " ".join(read(message(material(known, paused, shown={"rulings:1": ago(14)}))).split())
    assert "1. Ada · 1 ruling due, on a gate criterion · Criterion: Speed (gate)." in words
    assert "The evidence has changed since then. In your digest since Mon 16 Nov." in words
    assert words.count("In your digest since") == 1
    assert "In your digest" not in read(message(material(known, paused)))


@pytest.mark.parametrize("week", [CALM, EMPTY])
def test_the_rulings_of_the_next_milestone_are_announced(week: DigestMaterial) -> None:
    words = " ".join(read(message(replace(week, coming=COMING))).split())
    assert (
        "Coming up: the final milestone on Fri 18 Dec. You'll have 20 rulings to make for it, on 2 "
        "participants, between Fri 11 Dec and Fri 1 Jan."
    ) in words
    assert "Coming up" not in read(message(week))


def test_a_question_passed_on_has_a_button_for_those_who_have_talked() -> None:
    week = material(matters(1, "Ada", handovers=(matter(3, question=12), matter(1, question=15))))
    [row] = [block for block in message(week).blocks if block["type"] == "actions"]
    assert [element["text"]["text"] for element in row["elements"]] == [
        "Open",
        "We've talked",
        "Snooze until …",
    ]
    assert (row["elements"][1]["action_id"], row["elements"][1]["value"]) == (
        "articulation.talked:1",
        "12 15",
    )


def test_when_all_is_done_the_notification_says_so() -> None:
    assert message(EMPTY, ["rulings:1"]).text == "Your week: nothing on this list needs you any more."


def test_names_can_neither_format_nor_notify() -> None:
    name = "<!channel> *Ada* `x` @here"
    said = message(material(matters(1, name, disputes=(matter(1),), standing_in_for=name)))
    assert "<!channel>" not in str(said)
    assert "∗Ada∗" in read(said)


def test_the_largest_digest_fits_into_a_message() -> None:
    people = [
        matters(number, "é" * 500, disputes=(matter(number),), growth=("x" * 900,) * 9)
        for number in range(1, 100)
    ]
    week = material(*people)
    everything = [f"{kind}:{number}" for number in range(1, 5) for kind in (RowKind.DISPUTE, RowKind.GROWTH)]
    assert len(message(week, everything[:7]).blocks) <= 50


def test_a_picture_has_words_for_those_who_cannot_see_it() -> None:
    shown = show_digest(CALM, ["rulings:1"])
    picture = image("F012345678", "Ada: 3 of 9 checks met.")
    said = checked_message(sensei_digest(5, shown, WEB, (picture,)))
    assert said.blocks[-1] == {
        "type": "image",
        "slack_file": {"id": "F012345678"},
        "alt_text": "Ada: 3 of 9 checks met.",
    }


def test_a_question_that_waits_has_a_button_that_answers_the_oldest() -> None:
    waiting = (WaitingEnquiry(8, ago(1)), WaitingEnquiry(7, ago(3)))
    said = message(material(matters(1, "Ada", enquiries=waiting)))
    [answer] = [
        element
        for block in said.blocks
        for element in block.get("elements", ())
        if element.get("action_id") == "enquiries.answer:1"
    ]
    assert (answer["value"], answer["style"]) == ("7", "primary")
    assert "My earlier message says what they asked." in " ".join(read(said).split())
