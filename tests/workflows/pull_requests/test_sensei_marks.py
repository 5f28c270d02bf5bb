"""A pull request's check run says that a sensei has read the evidence: when, how often, and nothing more."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain.triage.records import CriterionRuling, NewRuling, RulerRole, Verdict
from bot.ports.engine import Json
from bot.workflows.jobs import retry
from bot.workflows.pull_requests import review_posting
from bot.workflows.pull_requests.sensei_marks import SenseiMarks
from bot.workflows.triage.release import mark_pull_requests
from tests.fakes.github import Fails, GitHub, Loses
from tests.fakes.github.model import CheckRun
from tests.fakes.steps import Died, Recorded, Straight
from tests.workflows.hosted import Hosted
from tests.workflows.running_dojo import SEN

CHECKS = "/repos/{owner}/{repo}/check-runs"
UPDATES = f"{CHECKS}/{{check_run_id}}"
SECRETS = ("Quince", "Medlar", "speed", "level 4", " 4")


class Marking(Hosted):
    """A dojo in which pull request 1 was read, and whose sensei rules."""

    def __init__(self, engine: sa.Engine, github: GitHub, folder: Path) -> None:
        super().__init__(engine, github, folder)
        self.there = self.pull()
        self.run("reconcile")
        self.review()

    @property
    def marking(self) -> SenseiMarks:
        return SenseiMarks(self.host, self.store, self.now)

    def ruled(self) -> CriterionRuling:
        with self.store.begin() as tx:
            sensei = tx.members.by_host_account(SEN.id)
            assert sensei
            new = NewRuling(
                self.capstone.id,
                "speed",
                Verdict.OTHER,
                4,
                2,
                "Quince",
                "Medlar",
                "basis",
                sensei,
                RulerRole.SENSEI,
            )
            ruling = tx.rulings.add(new, self.now())
            mark_pull_requests(tx, ruling, self.now())
        return ruling

    def marks(self, steps: Straight | None = None) -> Json:
        """Do what was last asked for."""
        jobs = self.jobs("read_by_sensei")
        job = max(jobs, key=lambda job: int(job.id.rpartition(":")[2]))
        return self.marking.run(steps or Straight(self.store), job.argument)

    @property
    def checks(self) -> list[CheckRun]:
        return sorted(self.repository_there.checks, key=lambda check: check.id)

    def shows(self) -> list[tuple[str | None, str]]:
        """The conclusion and the title of each check run, oldest first."""
        return [(check.conclusion, check.output["title"]) for check in self.checks]

    def updates(self) -> int:
        return len(self.github.asked("PATCH", UPDATES))


@pytest.fixture
def it(engine: sa.Engine, tmp_path: Path) -> Iterator[Marking]:
    with GitHub() as github:
        yield Marking(engine, github, tmp_path)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_posting, "LIST_LAG", 0.0)
    monkeypatch.setattr(retry, "LONGEST_PAUSE", 0.0)


READ = ("success", "Read by a sensei on 26 Nov 2026")


def test_after_a_ruling_the_check_run_says_so_and_that_it_is_no_grade_and_nothing_else(it: Marking) -> None:
    [(before, _)] = it.shows()
    assert before == "neutral"
    it.ruled()
    assert it.marks()["outcome"] == "done"
    assert it.shows() == [READ]
    text = str(it.checks[0].output)
    assert "This check is not a grade" in text
    assert "levels in Slack" in text
    for word in SECRETS:
        assert word not in text


def test_it_is_said_once_a_day_however_many_rulings_there_are(it: Marking) -> None:
    it.ruled()
    it.marks()
    before = it.updates()
    it.ruled()
    it.marks()
    assert it.updates() == before
    it.wait(24 * 3600)
    it.ruled()
    it.marks()
    assert it.shows() == [("success", "Read by a sensei on 27 Nov 2026")]


def test_a_push_gets_a_check_run_that_says_nothing_about_a_sensei(it: Marking) -> None:
    it.ruled()
    it.marks()
    it.push({"feature.py": b"C = 2\n"}, "feature")
    it.run("reconcile")
    it.review()
    assert [conclusion for conclusion, _ in it.shows()] == ["success", "neutral"]


def test_a_commit_that_was_not_read_yet_is_not_said_to_be_read(it: Marking) -> None:
    it.ruled()
    it.push({"feature.py": b"C = 2\n"}, "feature")
    it.run("reconcile")
    it.marks()
    assert [conclusion for conclusion, _ in it.shows()] == ["neutral"]


CHANGES: list[tuple[str, str]] = [
    ("UPDATE pull_request SET private = true WHERE capstone_id = :id", "private = false"),
    ("UPDATE pull_request SET quiet = true WHERE capstone_id = :id", "quiet = false"),
    ("UPDATE capstone SET held = true WHERE id = :id", "held = false"),
    ("UPDATE capstone SET publish = 'held' WHERE id = :id", "publish = NULL"),
    ("UPDATE capstone SET state = 'ended' WHERE id = :id", "state = 'active'"),
    ("UPDATE pull_request SET state = 'closed' WHERE capstone_id = :id", "state = 'open'"),
]
"""Each reason to post nothing, with what takes it back."""


def test_nothing_is_said_where_nothing_may_be_posted_not_even_from_one_step_to_the_next(
    it: Marking,
) -> None:
    def change(statement: str) -> None:
        with it.engine.begin() as connection:
            assert connection.execute(sa.text(statement), {"id": it.capstone.id}).rowcount == 1

    before = it.updates()
    it.ruled()
    for made, undone in CHANGES:
        table = made.split()[1]
        for early in (True, False):
            if early:
                change(made)
            it.marks(Straight(it.store, before={} if early else {"mark": partial(change, made)}))
            change(
                f"UPDATE {table} SET {undone} WHERE {'id' if table == 'capstone' else 'capstone_id'} = :id"
            )
    assert it.updates() == before
    it.marks()
    assert it.shows() == [READ]


def test_a_round_that_ends_after_the_mark_does_not_take_it_away(it: Marking) -> None:
    it.push({"feature.py": b"C = 2\n"}, "feature")
    it.run("reconcile")

    def mark() -> None:
        it.ruled()
        it.marks()

    it.review(Straight(it.store, before={"conclude": mark}))
    assert it.shows()[-1] == READ


@pytest.mark.parametrize("fault", [Fails(502, "Bad gateway"), Loses()])
def test_a_fault_or_a_death_on_the_way_leaves_one_mark(it: Marking, fault: Fails | Loses) -> None:
    it.ruled()
    it.github.fault(fault, "PATCH", UPDATES)

    def dies() -> None:
        raise Died

    steps = Recorded(it.store, before={"end": dies})
    with pytest.raises(Died):
        it.marks(steps)
    steps.again()
    it.marks(steps)
    it.marks()
    assert it.shows() == [READ]


def test_once_the_sensei_was_erased_the_day_is_that_in_utc(it: Marking) -> None:
    ruling = it.ruled()
    with it.engine.begin() as connection:
        forgets = sa.text("UPDATE criterion_ruling SET sensei_id = NULL WHERE id = :id")
        connection.execute(forgets, {"id": ruling.id})
    it.marks()
    assert it.shows() == [READ]
