"""Conversations while the bot is killed: participants answer, are asked back, and record what they decided.

The model's part is scripted here, and so is the people's.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from tests.fakes.github import GitHub
from tests.fakes.github.model import Pull, Thread, User
from tests.fakes.messages import Says, said

PATIENCE = 90  # seconds; on a machine that does much else
TURN = re.compile(r"<!-- sensei:turn=(\d+)\.(\S+) -->")
_ANSWERS = (
    "We cap the answer at that many tokens because the desk closes at five.",
    "We looked at streaming the whole answer, and it lost because nobody reads on after a page.",
    "What we accept is that a long answer is cut off, and the clerk asks again.",
)
MESSAGE = re.compile(r'"kind": ?"message", ?"n": ?(\d+), ?"text": ?"((?:[^"\\]|\\.)*)"')


def is_heard(body: Mapping[str, Any]) -> bool:
    """Say whether a request to the model is about somebody's answer."""
    schema = body.get("output_config", {}).get("format", {}).get("schema", {})
    return "probe" in schema.get("properties", {})


def hear(body: Mapping[str, Any]) -> Says:
    """Find what was decided in the first message, and what was possible in the second; ask for that."""
    messages = MESSAGE.findall(said(body))
    parts = [
        {"part": part, "message": int(n), "quote": text[:60]}
        for part, (n, text) in zip(("decided", "against", "accepting"), messages, strict=False)
    ]
    probe = {"part": "against", "text": "You say that the desk closes at five. What else was possible here?"}
    return Says({"parts": parts, "stance": "argues", "probe": probe if len(messages) < 2 else None})


@dataclass
class Talks:
    """The threads of questions at GitHub, and what participants do in them."""

    github: GitHub
    bot: User
    database: sa.Engine
    chance: random.Random
    wait: Callable[[Callable[[], Any], float], None]
    dead: Callable[[], bool]

    def answer(self, thread: Thread) -> None:
        """Say something more in a thread."""
        n = sum(one.user is not self.bot for one in thread.comments)
        self.github.reply(thread, f"{_ANSWERS[n % len(_ANSWERS)]} That is my word {n}.")

    def record(self, thread: Thread) -> None:
        """Record the decision, in the words of the draft or in words of one's own."""
        own = "\nAgainst: a longer limit, which lost on cost" if self.chance.random() < 0.3 else ""
        self.github.reply(thread, f"/sensei record{own}")

    def turns(self, thread: Thread) -> list[str]:
        """Return the kinds of what the bot has said in a thread."""
        found = (TURN.search(one.body) for one in thread.comments if one.user is self.bot)
        return [match[2] for match in found if match]

    def hurry(self) -> None:
        """Let the pause after an answer be over."""
        with self.database.begin() as connection:
            connection.execute(
                sa.text("UPDATE job SET due_at = :now WHERE kind = 'hear' AND started_at IS NULL"),
                {"now": datetime.now(UTC)},
            )

    def bustle(self, pulls: list[Pull]) -> None:
        """Let participants go on talking where they were answered, or correct what they said."""
        for thread in self._open(pulls):
            theirs = [one for one in thread.comments[1:] if one.user is not self.bot]
            turns, wanted = self.turns(thread), self.chance.random()
            if "draft" in turns and wanted < 0.4:
                self.record(thread)
            elif turns and wanted < 0.7:
                self.answer(thread)
            elif theirs and wanted < 0.8 and not theirs[-1].body.startswith("/sensei"):
                self.github.edit_comment(theirs[-1], f"{theirs[-1].body} Corrected.")
        if self.chance.random() < 0.7:
            self.hurry()

    def _open(self, pulls: list[Pull]) -> Iterator[Thread]:
        """Yield some of the threads that nobody has resolved and in which nothing is recorded."""
        threads = [
            thread
            for pull in pulls
            for thread in list(pull.threads)
            if thread.comments[0].user is self.bot and not thread.comments[0].review.pending
        ]
        for thread in self.chance.sample(threads, min(4, len(threads))):
            if not self._is_recorded(thread):
                yield thread

    def is_open(self, thread: Thread) -> bool:
        """Say whether the bot listens: no sensei has spoken; nothing is recorded, put off or disputed."""
        theirs = [one for one in thread.comments[1:] if one.user is not self.bot]
        own = all(one.user is thread.pull.user for one in theirs)
        is_closed = any(command in one.body for one in theirs for command in ("defer", "dispute"))
        return own and not self._is_recorded(thread) and not is_closed

    def _is_recorded(self, thread: Thread) -> bool:
        return any(turn.startswith("recorded") for turn in self.turns(thread))

    def bring_about(self, thread: Thread, *, recorded: bool) -> None:
        """Let a conversation come to an answer being heard, or to a record."""
        if not recorded or not self.turns(thread):
            said_before = len(self.turns(thread))
            self.answer(thread)
            self._wait_for(thread, "", said_before)
        if not recorded:
            return
        if "draft" not in self.turns(thread):
            self.answer(thread)
            self._wait_for(thread, "draft")
        self.record(thread)
        self._wait_for(thread, "recorded")

    def _wait_for(self, thread: Thread, kind: str, after: int = 0) -> None:
        """Wait until the bot has said something of a kind, however often it puts that off; or is dead.

        What it had said before, so many turns, isn't meant.
        """

        def has_come() -> bool:
            self.hurry()
            turns = self.turns(thread)[after:]
            return self.dead() or any(turn.startswith(kind) for turn in turns)

        with suppress(AssertionError):
            self.wait(has_come, PATIENCE)


_UNHEARD = """
SELECT q.id FROM question q JOIN pull_request p ON p.id = q.pull_request_id
WHERE q.state = 'answered' AND p.state = 'open' AND q.sensei_spoke_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM conversation c WHERE c.question_id = q.id AND c.heard_at >= (
        SELECT max(t.at) FROM thread_message t
        WHERE t.question_id = q.id AND t.author_id = p.author_id AND t.deleted_at IS NULL))
"""
_RECORDED_TWICE = """
SELECT question_id FROM decision WHERE question_id IS NOT NULL AND state <> 'withdrawn'
GROUP BY question_id HAVING count(*) > 1
"""
_CONFIRMED = "SELECT question_id, id FROM decision WHERE state = 'confirmed' AND question_id IS NOT NULL"


def found(github: GitHub, bot: User, rows: Callable[[str], list[Any]]) -> dict[str, list[str]]:
    """Return what there is of conversations, and what is wrong with them, by the names of ``Counts``."""
    posted = _posted(github, bot)
    confirmed = {f"{question}.recorded.{decision}" for question, decision in rows(_CONFIRMED)}
    return {
        "conversations": [
            str(row[0]) for row in rows("SELECT id FROM conversation WHERE heard_at IS NOT NULL")
        ],
        "follow_ups": [turn for turn in posted if turn.endswith(".probe")],
        "records": sorted(confirmed),
        "answers_unheard": [f"question {row[0]}" for row in rows(_UNHEARD)],
        "turns_doubled": [turn for turn, n in Counter(posted).items() for _ in range(n - 1)],
        "records_doubled": [f"question {row[0]}" for row in rows(_RECORDED_TWICE)],
        "records_untold": sorted(confirmed - set(posted)),
    }


def _posted(github: GitHub, bot: User) -> list[str]:
    """Return the question and the kind of each thing that the bot has said in a conversation."""
    comments = [one for repository in github.repositories.values() for one in github.comments(repository)]
    marks = (TURN.search(one.body) for one in comments if one.user is bot)
    return [f"{mark[1]}.{mark[2]}" for mark in marks if mark]
