"""``sensei serve`` killed in each step of answering, and at each request of it: everybody gets one answer.

Each process is killed once. The next one goes on with what was left, and is killed too: maybe there, maybe at
the next question. Now and then one lives, since work that was killed eleven times waits for an operator.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from bot.domain.dojo.people import CohortRole
from tests import databases
from tests.chaos.counting import Records
from tests.chaos.deaths import FATES, SLACK, WEEK, Arrival, Death, Point
from tests.chaos.mortal import MOMENTS
from tests.chaos.workspace import DeadlySlack
from tests.conversing import Conversing, now, read_by, reply
from tests.fakes.github import GitHub
from tests.fakes.messages import Messages, Step
from tests.fakes.slack import UNTIL_TAKEN, Person

pytestmark = pytest.mark.chaos

PATIENCE = 180  # seconds
IN_A_ROW = 6
"""How many processes are killed before one lives."""
MODEL = "/v1/messages"
METHODS = ("assistant.threads.setStatus", "chat.startStream", "chat.appendStream", "chat.stopStream")
CALLS = [("model-intent", "before"), ("model-intent", "after"), ("model-answer", "before")]
PAGE = "# Continuous integration\n\nA run of the pipeline may take at most 45 minutes. Then it is stopped.\n"
QUESTION, ANSWER = "How long may a run of the pipeline take?", "may take at most 45 minutes. [1]"


def deaths_in_steps() -> list[Death]:
    """Return every death in the steps."""
    return [Point(moment, step, "asked") for step in WEEK["asked"] for moment in MOMENTS]


def deaths_between() -> list[Death]:
    """Return every death around the model's records, and as requests arrive."""
    found: list[Death] = [Point(moment, name, "asked") for name, moment in CALLS]
    found += [Arrival("POST", f"{SLACK}{method}", fate, "asked") for method in METHODS for fate in FATES[:2]]
    found += [Arrival("POST", f"{SLACK}chat.startStream", "late", "asked")]
    return [*found, Arrival("POST", MODEL, "undone", "asked")]


class Asking(Conversing):
    """A dojo in which somebody else asks before each death of the bot."""

    slack: DeadlySlack
    kills_at_model = False

    def joins(self, name: str) -> Person:
        """Let somebody take part."""
        person = self.slack.person(name)
        with self.store.begin() as tx:
            [cohort] = tx.cohorts.all()
            found = tx.members.find_or_add_by_chat(self.slack.team, person.id, name, now())
            tx.members.join(cohort.id, found, CohortRole.PARTICIPANT, now())
        return person

    def replies(self, body: Mapping[str, Any]) -> Step:
        """Answer for the model, and kill if that is what was meant."""
        if self.kills_at_model:
            self.kills_at_model = False
            with suppress(ProcessLookupError):
                os.killpg(self.slack.victim, signal.SIGKILL)
        return reply(body)

    def dies(self, death: Death) -> None:
        """Start the bot, and wait until it is killed."""
        self.slack.death = death if isinstance(death, Arrival) and death.route != MODEL else None
        self.kills_at_model = isinstance(death, Arrival) and death.route == MODEL
        mortal = ["tests.chaos.mortal", death.moment, death.name] if isinstance(death, Point) else ["bot"]
        with (self.folder / "serve.log").open("ab") as log:
            process = self.process = subprocess.Popen(
                [sys.executable, "-m", *mortal, "serve"],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.slack.victim = process.pid
        self.wait(lambda: process.poll() is not None, PATIENCE)
        assert process.returncode == -signal.SIGKILL, f"{death}: {self.log()[-3000:]}"
        self.process = None

    def lives(self) -> None:
        """Start the bot, and let it do everything that was left."""
        self.start()
        self.wait(lambda: self.readiness()["slack"] == "ready", PATIENCE)
        self.quiesce()
        assert self.end(signal.SIGTERM) == 0


@contextmanager
def asking(folder: Path, url: str | None) -> Iterator[Asking]:
    """Serve a dojo with a handbook."""
    with GitHub() as github, DeadlySlack() as slack, Messages() as messages:
        slack.retry_after = UNTIL_TAKEN
        it = Asking(folder, github, slack, url, **read_by(messages))
        messages.otherwise = it.replies
        (folder / "handbook").mkdir()
        (folder / "handbook" / "ci.md").write_text(PAGE, "utf-8")
        try:
            it.begin(may_write=False)
            done = it.run("handbook", "set", "dojo", str(folder / "handbook"))
            assert done.returncode == 0, done.stderr
            assert it.end(signal.SIGTERM) == 0
            yield it
        finally:
            it.end(signal.SIGKILL)
            it.database.dispose()


def test_a_death_in_any_step_leaves_exactly_one_answer_on_postgresql(tmp_path: Path) -> None:
    with databases.fresh() as url, asking(tmp_path, url) as it:
        everybody_gets_one_answer(it, deaths_in_steps())


def test_a_death_at_any_moment_leaves_exactly_one_answer_on_sqlite(tmp_path: Path) -> None:
    with asking(tmp_path, None) as it:
        everybody_gets_one_answer(it, [*deaths_in_steps(), *deaths_between()])


def everybody_gets_one_answer(it: Asking, deaths: Sequence[Death]) -> None:
    asked = []
    for n, death in enumerate(deaths, start=1):
        person = it.joins(f"Asker {n}")
        asked.append((person, person.says(QUESTION), death))
        it.dies(death)
        if n % IN_A_ROW == 0:
            it.lives()
    it.lives()
    answers = {
        str(death): [it.read(one) for one in person.messages if one.get("thread_ts") == said["ts"]]
        for person, said, death in asked
    }
    assert {death: texts for death, texts in answers.items() if len(texts) != 1} == {}
    assert [text for [text] in answers.values() if ANSWER not in text or "[ Helpful ]" not in text] == []
    assert it.slack.streams == {}
    records = Records(it.environment["SENSEI_DATABASE_URL"])
    try:
        assert records.dead() == []
        doubled = "SELECT key FROM model_call WHERE state = 'answered' GROUP BY key HAVING count(*) > 1"
        assert records.rows(doubled) == []
    finally:
        records.close()
    shown = it.rows("SELECT state, count(*) FROM enquiry_answer GROUP BY state")
    assert shown == [("shown", len(asked))]
