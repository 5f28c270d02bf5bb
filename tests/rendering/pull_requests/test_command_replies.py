"""What is answered to commands. After a deliberate change: ``UPDATE=1 pytest`` on this file."""

import os
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from bot.adapters.files import rubrics
from bot.adapters.files.articulation import load_guide
from bot.domain.pull_requests.comment_command_rules import RULES, CommandOutcome, CommentCommand, Verb
from bot.domain.pull_requests.records import Account, PublishPolicy, PullRequest, Ruling
from bot.domain.rubrics.check_explanations import CheckExplanation, NearestChecks, explain_check
from bot.domain.rubrics.rubric import Source
from bot.rendering.pull_requests import command_replies, github_posts

SNAPSHOT = Path(__file__).parent / "snapshots" / "replies.md"
PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")
NOW = datetime(2026, 11, 1, tzinfo=UTC)
PLAIN = CommentCommand(1, 1, 90, False, None, 1, None, CommandOutcome.DONE, "", None, NOW, False)
PARTS = [part.title for part in load_guide().slots]
PULL = PullRequest(1, 1, 1, "open", False, Account(1, "ada"), "a" * 40, "main", False, False, None, NOW)


def answer(
    said: CommandOutcome,
    verb: Verb | None = None,
    about: str = "",
    *,
    private: bool = False,
    publish: PublishPolicy = PublishPolicy.AUTOMATIC,
    once: bool = False,
    question: int | None = None,
) -> str:
    command = replace(PLAIN, answer=said, verb=verb, about=about, question=question)
    pull_request = replace(PULL, private=private)
    return "\n".join(command_replies.format_reply(command, pull_request, publish, PARTS, once=once))


def explained(name: str) -> str:
    found = explain_check(rubrics.load("capstone", None, None), name)
    assert isinstance(found, CheckExplanation)
    return "\n".join(command_replies.format_explanation(found))


def nearest(name: str) -> str:
    found = explain_check(rubrics.load("capstone", None, None), name)
    assert isinstance(found, NearestChecks)
    return "\n".join(command_replies.format_nearest_checks(found))


SAID_ELSEWHERE = {Verb.EXPLAIN, Verb.ANSWER}
ALL = {
    **{f"done: {verb}": answer(CommandOutcome.DONE, verb) for verb in RULES if verb not in SAID_ELSEWHERE},
    "done: private, about a question": answer(CommandOutcome.DONE, Verb.PRIVATE, question=12),
    "no_reason, to an answer": answer(CommandOutcome.NO_REASON, Verb.ANSWER),
    "done: review, in private": answer(CommandOutcome.DONE, Verb.REVIEW, private=True),
    "done: review, the sensei first": answer(
        CommandOutcome.DONE, Verb.REVIEW, publish=PublishPolicy.SENSEI_FIRST
    ),
    "done: review, of somebody else's pull request": answer(CommandOutcome.DONE, Verb.REVIEW, once=True),
    **{
        f"{said}": answer(said, Verb.DISPUTE)
        for said in CommandOutcome
        if said not in {CommandOutcome.DONE, CommandOutcome.SILENT, CommandOutcome.UNKNOWN}
    },
    "not the first line": answer(CommandOutcome.ALONE, about="private"),
    "unknown": answer(CommandOutcome.UNKNOWN),
    "unknown, and nearly known": answer(CommandOutcome.UNKNOWN, about="review"),
    **{f"ruled: {ruling}": "\n".join(command_replies.format_ruling(ruling)) for ruling in Ruling},
    "explained: of the rubric": explained("reliability.2"),
    "explained: of the whole capstone": explained("outcome.1"),
    "explained: of a pack, with two sources": explained("amazon-bedrock.guardrail"),
    "not explained, with a slip": nearest("reliabilty.2"),
    "not explained, in two packs": nearest("runtime"),
    "not explained, a criterion": nearest("reliability"),
    "not explained, a pack": nearest("openai.model-version"),
    "not explained, and nothing near": nearest("timeout"),
    "not explained, as none was named": nearest(""),
}


def test_answers_are_written_as_they_were() -> None:
    written = "".join(f"### {name}\n\n{text}\n\n" for name, text in ALL.items())
    if os.environ.get("UPDATE"):
        SNAPSHOT.write_text(written, "utf-8")
    assert written == SNAPSHOT.read_text("utf-8")


@pytest.mark.parametrize("name", ALL)
def test_an_answer_mentions_nobody_and_names_no_level(name: str) -> None:
    text = ALL[name]
    assert not re.search(r"@\w|\blevel\b|!", text.replace("<!", ""))
    body = github_posts.comment(text.split("\n"), github_posts.reply_marker(90))
    assert re.findall(r"<!--.*", body) == ["<!-- sensei:reply=90 -->"]
    # Nothing in angle brackets but addresses is HTML: what a command takes is code.
    assert "html_inline" not in {child.type for token in PARSER.parse(text) for child in token.children or []}


def test_the_help_lists_every_command_that_can_be_done_and_no_other() -> None:
    named = set(re.findall(r"\| `/sensei (\w+)", command_replies.HELP))
    assert named == set(RULES) - {Verb.HELP}


def test_a_source_of_ones_own_pack_cannot_draw_or_mention() -> None:
    found = explain_check(rubrics.load("capstone", None, None), "reliability.2")
    assert isinstance(found, CheckExplanation)
    hostile = Source.model_validate(
        {
            "title": "@everyone <img src=x>",
            "url": "https://example.com/>@ada",
            "settles": "[a](b)",
            "checked": "2026-11-01",
            "state": "read",
        }
    )
    text = "\n".join(command_replies.format_explanation(replace(found, sources=(hostile,))))
    assert "@everyone" not in text
    assert "<img" not in text
    assert "`https://example.com/>@ada`" in text
