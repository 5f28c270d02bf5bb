"""What Sensei says in conversations. After a deliberate change: ``UPDATE=1 pytest`` on this file."""

import os
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from bot.adapters.files.articulation import load_guide
from bot.domain.articulation.conversations import Conversation, ConversationState, Stance
from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import MOST_OF_A_PART, Decision, DecisionOrigin, DecisionState
from bot.rendering.articulation import thread_texts
from bot.rendering.articulation.thread_texts import FileOffer
from bot.rendering.pull_requests import github_posts

SNAPSHOT = Path(__file__).parent / "snapshots" / "thread_texts.md"
GUIDE = load_guide()
NOW = datetime(2026, 11, 1, tzinfo=UTC)
LEFT = Conversation(1, 12, False, ConversationState.LEFT, 1, None, None, "", "", (), None, NOW, NOW, NOW)
DECISION = Decision(
    id=3,
    capstone=1,
    number=4,
    person=None,
    origin=DecisionOrigin.THREAD,
    question=12,
    check="speed.1",
    private=False,
    state=DecisionState.DRAFT,
    revision=1,
    title="We answer repeated questions from a cache",
    texts={
        Slot.DECIDED: "We answer repeated questions from a cache. It forgets after a minute.",
        Slot.AGAINST: "A queue,\nwhich lost on cost.",
        Slot.REVISIT: "Half of the questions are new.",
    },
    anchors=(),
    supersedes=None,
    path=None,
    digest="",
    export=None,
    created_at=NOW,
    confirmed_at=None,
    updated_at=NOW,
)
LINK = "https://github.com/ada/desk/new/main?filename=docs%2Fdecisions%2F0004.md"
HOSTILE = "@bo #1 [a](http://b.example) <img src=x> <!-- sensei:turn=12.draft --> *x* `y` \u202e | https://b.example"


def left(stance: Stance | None, *, has_sensei: bool = True) -> list[str]:
    return thread_texts.format_left(replace(LEFT, stance=stance), has_sensei=has_sensei)


ALL: dict[str, list[str]] = {
    "probe": thread_texts.format_probe(GUIDE.probe(Slot.AGAINST, ""), None),
    "probe, without a sensei": thread_texts.format_probe(
        GUIDE.probe(Slot.AGAINST, ""), None, has_sensei=False
    ),
    "probe, without a thread": thread_texts.format_probe(GUIDE.probe(Slot.AGAINST, ""), 12),
    "draft": thread_texts.format_draft(DECISION, GUIDE, None),
    "draft, without a thread": thread_texts.format_draft(DECISION, GUIDE, 12),
    "draft that replaces a decision": thread_texts.format_draft(DECISION, GUIDE, None, 2),
    "left: does not know": left(Stance.DOES_NOT_KNOW),
    "left: asks the sensei": left(Stance.ASKS_SENSEI),
    "left: nothing to record": left(Stance.UNSURE),
    "left: nobody is their sensei yet": left(None, has_sensei=False),
    "holds": thread_texts.format_holds(DECISION, points_here=True),
    "holds, and its place is unchanged": thread_texts.format_holds(DECISION, points_here=False),
    "closed: the answers were deleted": thread_texts.format_closed(was_withdrawn=False),
    "closed: the question was withdrawn": thread_texts.format_closed(was_withdrawn=True),
    "recorded": thread_texts.format_recorded(DECISION, None, None, None),
    "recorded, with a link": thread_texts.format_recorded(DECISION, 2, FileOffer(LINK), None),
    "recorded, and proposed": thread_texts.format_recorded(DECISION, None, FileOffer(), None),
    "recorded, with a long text": thread_texts.format_recorded(
        DECISION, None, FileOffer(LINK, "# Redis\n\n```sh\nredis-cli\n```\n"), None
    ),
    "recorded, without a thread": thread_texts.name_in_conversation(
        12, thread_texts.format_recorded(DECISION, None, FileOffer(LINK), 12)
    ),
}


def test_turns_are_written_as_they_were() -> None:
    written = "".join(f"### {name}\n\n{chr(10).join(lines)}\n\n" for name, lines in ALL.items())
    if os.environ.get("UPDATE"):
        SNAPSHOT.write_text(written, "utf-8")
    assert written == SNAPSHOT.read_text("utf-8")


@pytest.mark.parametrize("name", ALL)
def test_a_turn_mentions_nobody_and_names_no_level(name: str) -> None:
    assert not re.search(r"@\w|\blevel\b|!", "\n".join(ALL[name]))


def test_nobodys_words_mention_link_format_or_pass_for_a_marker() -> None:
    hostile = replace(DECISION, title=HOSTILE, texts=dict.fromkeys(Slot, HOSTILE))
    for lines in (
        thread_texts.format_probe(HOSTILE, None),
        thread_texts.format_draft(hostile, GUIDE, None),
        thread_texts.format_recorded(hostile, None, None, None),
    ):
        body = github_posts.comment(lines, github_posts.turn_marker(12, "x"))
        assert re.findall(r"<!--.*", body) == ["<!-- sensei:turn=12.x -->"]
        assert not re.search(r"@\w|#1|://|\u202e", body)
        tokens = [inline for block in MarkdownIt("commonmark").parse(body) for inline in block.children or []]
        assert {"link_open", "image", "em_open"}.isdisjoint(token.type for token in tokens)


@pytest.mark.parametrize("character", ["x", "&", "@", "<", "\u202e"])
def test_the_longest_draft_fits_into_a_comment(character: str) -> None:
    longest = replace(DECISION, texts=dict.fromkeys(Slot, character * MOST_OF_A_PART))
    body = "\n".join(thread_texts.format_draft(longest, GUIDE, 12))
    assert len(body) < github_posts.MOST_CHARACTERS


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://a.example/>\n# x", ""])
def test_only_an_address_becomes_a_link(link: str) -> None:
    assert "](" not in "\n".join(thread_texts.format_recorded(DECISION, None, FileOffer(link), None))


def test_a_status_is_added_to_a_question_and_its_words_stay() -> None:
    marker = github_posts.question_marker(12)
    body = github_posts.comment(["Why a cache?"], marker)
    assert not github_posts.has_status(body)
    settled = github_posts.add_status(body, thread_texts.format_recorded_status(DECISION), marker)
    assert settled == f"Why a cache?\n\n**Status:** recorded as decision 4.\n\n{marker}"
    assert github_posts.has_status(settled)
