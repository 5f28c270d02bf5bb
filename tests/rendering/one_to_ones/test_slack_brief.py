"""The two briefs in Slack. After a deliberate change: ``UPDATE=1 pytest`` on this file."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.domain.dojo.app_home import ShownPerson
from bot.domain.one_to_ones.briefs import (
    Brief,
    DecisionWords,
    MovedSince,
    OpenMatters,
    Topic,
    TopicCode,
    TopicKind,
)
from bot.domain.one_to_ones.records import Worth
from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_validation import checked_message, checked_view
from bot.rendering.one_to_ones.slack_afterwards import (
    ShownNote,
    afterwards_message,
    decided_form,
    worth_form,
)
from bot.rendering.one_to_ones.slack_brief import BriefReader, brief_message, cancelled_brief
from tests.fakes.slack import look

SNAPSHOTS = Path(__file__).parent / "snapshots"
AT = datetime(2026, 12, 2, 10, tzinfo=UTC)
SEN, ADA = ShownPerson("Sen Sei", "U1"), ShownPerson("Ada & <Co>", "U2")
PAGE = "https://github.com/ada/desk"
BUSY = Brief(
    OpenMatters(2, ("Use *one* queue", "Retry twice"), 1, 2, (4,), (6, 7)),
    MovedSince(date(2026, 11, 25), ("Security",), ("Reliability", "Evals"), ("Cost",), ("Outcome",)),
    (
        Topic(
            TopicKind.DRIFT,
            "Keep the cache in memory",
            "The code that decision 4 is about is no longer in desk/cache.py as it was. Does it still hold?",
            code=TopicCode(
                "desk/cache.py", 12, 14, "cache = {}\nfor key in keys:\n    cache[key] = load(key)", "b" * 40
            ),
            decision=DecisionWords(4, "Keep the cache in memory.", "A restart is rare.", "Two processes."),
            since=date(2026, 11, 30),
            page=PAGE,
        ),
        Topic(
            TopicKind.PUT_OFF,
            "Reliability",
            "I don't see a limit on these retries. What has an hour without the provider cost by then?",
            "Does every retry end after a stated number of attempts?",
            fact="This loop has no end of its own.",
            code=TopicCode("desk/client.py", 7, 7, "retry(forever=True)", "c" * 40),
            since=date(2026, 11, 20),
            page=PAGE,
        ),
        Topic(
            TopicKind.GATE,
            "Security",
            "What could a message from a stranger make the agent do?",
            "Can untrusted text reach a tool that can write?",
            "who approves it",
            said=(2, 7),
            is_gate=True,
        ),
    ),
    "We queue.\n<!channel> waits.",
)
DOUBTED = Topic(
    TopicKind.DRIFT,
    "Keep the cache in memory",
    "This changes the lines that decision 4 is about. Is it still right?",
    code=TopicCode("desk/cache.py", 12, 12, "cache = {}"),
    decision=DecisionWords(4, "In memory.", is_asked=True),
    pull_request=9,
    since=date(2026, 11, 20),
    page=PAGE,
)
CALM = Brief(OpenMatters(), MovedSince(), ())


def reads(brief: Brief, *, sensei: bool) -> OutgoingMessage:
    other = ADA if sensei else SEN
    return checked_message(brief_message(brief, BriefReader(other, AT, sensei, date(2026, 12, 1))))


def text_of(said: OutgoingMessage) -> str:
    return look.text({"text": said.text, "blocks": list(said.blocks)})


@pytest.mark.parametrize(
    ("name", "brief", "sensei"),
    [
        ("sensei", BUSY, True),
        ("participant", BUSY, False),
        ("calm_sensei", CALM, True),
        ("calm_participant", CALM, False),
    ],
)
def test_a_brief_is_read_as_it_was_approved(name: str, brief: Brief, sensei: bool) -> None:
    said = reads(brief, sensei=sensei)
    text = f"({said.text})\n{text_of(said)}\n"
    file = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("UPDATE"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


@pytest.mark.parametrize("sensei", [True, False])
def test_a_brief_of_long_texts_still_fits_one_screen(sensei: bool) -> None:
    long = "word " * 2000
    code = TopicCode(long, 1, 50, f"{long}\n" * 50, "c" * 40)
    topic = Topic(TopicKind.LOST, long, long, long, long, long, code, since=date(2026, 1, 1), page=PAGE)
    words = DecisionWords(1, long, long, long)
    drift = Topic(TopicKind.DRIFT, long, long, code=code, decision=words, page=PAGE)
    topics = (drift, topic, replace(topic, kind=TopicKind.PUT_OFF))
    titles = tuple(long for _ in range(40))
    brief = Brief(
        OpenMatters(40, titles, 40, 40, tuple(range(40)), tuple(range(40))),
        MovedSince(date(2025, 1, 1), titles, titles, titles, titles),
        topics,
        long,
    )
    text = text_of(reads(brief, sensei=sensei))  # its lines have 40 characters, Slack's about 90
    assert len(text) < 7000
    assert text.count("\n") < 200


def test_only_the_sensei_has_evidence_and_only_the_author_a_drafts_words() -> None:
    theirs, mine = (" ".join(text_of(reads(BUSY, sensei=sensei)).split()) for sensei in (True, False))
    assert "cache[key]" in theirs
    assert "cache[key]" not in mine
    assert "stated number of attempts" in theirs
    assert "stated number of attempts" not in mine
    assert "quotes from your code, with what was decided and with what the rubric asks" in mine
    assert "Retry twice" not in theirs
    assert "Retry twice" in mine


def first_topic(topic: Topic, *, sensei: bool = True) -> str:
    text = text_of(reads(Brief(OpenMatters(), MovedSince(), (topic,)), sensei=sensei))
    return " ".join(text[text.index("1. ") :].split())


def test_each_topic_says_what_is_true_of_it() -> None:
    gate = Topic(TopicKind.GATE, "Security", "Who?", said=(0, 7), is_gate=True)
    assert (
        "1. Security – the capstone must pass it; nothing has been said about it yet In the capstone"
        in first_topic(gate)
    )
    said = replace(gate, said=(2, 7))
    assert "– the capstone must pass it; something has been said about 2 of its 7 checks" in first_topic(said)
    against = replace(gate, kind=TopicKind.AGAINST)
    assert "– the capstone must pass it; there's new evidence against it" in first_topic(against)
    gained = replace(against, kind=TopicKind.GAINED, is_gate=False)
    assert "1. Security – there's new evidence for it" in first_topic(gained)


def test_a_question_names_its_file_once() -> None:
    asked = replace(BUSY.topics[1], question="What ends this?")
    for sensei in (True, False):
        assert "In desk/client.py: What ends this?" in first_topic(asked, sensei=sensei)
    named = replace(asked, question="What ends it in desk/client.py?")
    assert "In desk/client.py" not in first_topic(named, sensei=False)


def test_a_question_carried_over_names_its_pull_request() -> None:
    asked = replace(BUSY.topics[1], question="What ends this?", pull_request=12)
    for sensei in (True, False):
        shown = first_topic(asked, sensei=sensei)
        assert "On pull request 12, I asked about desk/client.py: What ends this?" in shown


def test_what_the_rubric_asks_is_for_both_if_the_question_needs_it() -> None:
    both = replace(BUSY.topics[2], tells_ask=True)
    for sensei in (True, False):
        shown = first_topic(both, sensei=sensei)
        assert "The rubric asks: Can untrusted text reach a tool that can write? In the capstone" in shown
        assert shown.count("The rubric asks") == 1


def test_its_author_reads_what_would_reopen_a_decision() -> None:
    mine = first_topic(BUSY.topics[0], sensei=False)
    assert "What would reopen it: Two processes." in mine
    assert "A restart is rare" not in mine


def test_a_draft_and_an_unseen_capstone_are_of_no_file() -> None:
    draft = Topic(TopicKind.DRAFT, "A title", "What is open?", since=date(2026, 11, 20))
    shown = first_topic(draft, sensei=False)
    assert "1. A title – not confirmed yet; drafted on 20 Nov What is open?" in shown
    unseen = first_topic(Topic(TopicKind.UNSEEN, "The capstone", "What does a model do in it?"))
    assert "– I've found nothing in its merged code that the rubric asks about What does a model" in unseen


def test_each_is_told_only_what_the_other_has() -> None:
    draft = Topic(TopicKind.DRAFT, "A title", "What is open?", since=date(2026, 11, 20))
    assert first_topic(draft, sensei=False).endswith("Sen Sei gets the same topics.")
    assert first_topic(draft).endswith("gets the same topics.")
    gate = replace(draft, kind=TopicKind.GATE, listen_for="Is it?")
    assert first_topic(gate, sensei=False).endswith("gets the same topics, with what the rubric asks.")
    told = first_topic(replace(gate, tells_ask=True), sensei=False)
    assert told.endswith("gets the same topics.")


def test_a_decision_that_is_doubted_names_the_pull_request() -> None:
    theirs = first_topic(DOUBTED)
    assert "– whether it still holds was asked on 20 Nov On pull request 9, I asked: This changes" in theirs
    assert "Decided: In memory. desk/cache.py, line 12 ``` cache = {} ```" in theirs
    assert "In memory" not in first_topic(DOUBTED, sensei=False).replace("Keep the cache in memory", "")


def test_code_is_linked_at_its_commit_and_as_it_is_now() -> None:
    blocks = str(reads(BUSY, sensei=True).blocks)
    assert f"<{PAGE}/blob/{'b' * 40}/desk/cache.py#L12-L14|desk/cache.py, lines 12 to 14>" in blocks
    assert f"<{PAGE}/blob/HEAD/desk/cache.py|the file now>" in blocks
    mine = str(reads(BUSY, sensei=False).blocks)
    assert f"{PAGE}/blob/{'c' * 40}/desk/client.py#L7|desk/client.py, line 7>" in mine
    assert "retry(" not in mine


def test_what_people_wrote_formats_and_mentions_nothing() -> None:
    for said in (
        reads(BUSY, sensei=False),
        checked_message(cancelled_brief(ADA)),
        checked_message(
            afterwards_message(
                5, ADA, AT, [ShownNote("", Worth.NO, "<!channel> *x*"), ShownNote("Sen", None, "")]
            )
        ),
    ):
        assert "<!channel>" not in str(said.blocks)
        assert "<Co>" not in str(said.blocks)


def test_the_forms_are_such_as_slack_takes() -> None:
    checked_view(worth_form(ADA, None, "5"))
    checked_view(worth_form(ADA, Worth.YES, "5"))
    checked_view(decided_form(ADA, "x" * 1500, "5", can_keep=True))
