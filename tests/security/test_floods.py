"""Whoever makes very much work for one repository keeps no other repository waiting."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.adapters.database import open_store
from bot.domain.ledger.surviving_quotes import SurvivingQuotes
from bot.domain.pull_requests.records import RoundState
from bot.ports.code_host import HostRepository
from bot.ports.engine import Json, Workflow
from bot.ports.reading_process import ReadingResult
from bot.workflows.jobs.dispatch import MOST_AT_ONCE, JobDispatcher
from bot.workflows.jobs.fair_shares import MOST_READINGS, FairShares
from bot.workflows.pull_requests.baseline_reading import TreeReader
from bot.workflows.pull_requests.comment_commands import MOST_WITHIN
from tests import databases
from tests.fakes.github import GitHub
from tests.fakes.steps import Straight
from tests.workflows.hosted import Hosted
from tests.workflows.running_dojo import ADA, QUIET, Dojo, sha, user

MANY = 40


class Killed(BaseException):  # as a kill does, this passes everything that guards against bugs
    """The process died between giving a job to the engine and noting it."""


@dataclass
class Slots:
    """An engine in which what has begun goes on until it is ended; ``all`` is what ever began."""

    on: dict[str, Json] = field(default_factory=dict)
    all: list[str] = field(default_factory=list)
    dies: bool = False

    def workflow(self, name: str, do: Workflow) -> None: ...

    def run(self, name: str, id_: str, argument: Json) -> None:
        if id_ not in self.all:
            self.all.append(id_)
            self.on[id_] = argument
        if self.dies:
            self.dies = False
            raise Killed

    def going_on(self, names: Sequence[str] | None = None) -> Sequence[str]:
        return [each for each in self.on if names is None or each.partition(":")[0] in names]

    def forget(self, names: Sequence[str], before: datetime) -> int:
        return 0

    def of(self, kind: str, dojo: Dojo) -> list[str]:
        """What goes on of a kind for a repository."""
        return [
            each for each in self.on if each.startswith((f"{kind}:{dojo.number}:", f"{kind}:{dojo.number}#"))
        ]


@pytest.fixture(scope="module", name="engine")
def a_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    file: Path = tmp_path_factory.mktemp("database") / "sensei.db"
    with open_store(databases.migrated_file(file)) as made:
        yield made


@pytest.fixture(name="slots")
def an_engine() -> Slots:
    return Slots()


@pytest.fixture(name="it")
def a_repository(engine: sa.Engine, slots: Slots) -> Dojo:
    it = Dojo(engine)
    turns(it, slots)  # what other tests left waiting begins
    slots.on.clear()
    slots.all.clear()
    return it


def turns(it: Dojo, slots: Slots) -> None:
    """Let the pump turn as the worker does: until nothing is moved."""
    pump = JobDispatcher(it.store, slots, it.inbox, it.now)
    while pump.pump():
        pass


def later(it: Dojo, slots: Slots, *others: Dojo) -> None:
    for each in (it, *others):
        each.wait(2)
    turns(it, slots)


def push(it: Dojo, head: str = "b") -> None:
    pushed = {
        "ref": "refs/heads/main",
        "after": sha(head),
        "repository": it.repository(),
        "sender": user(ADA),
    }
    assert it.deliver("push", pushed) == "handled"


@pytest.mark.contract
def test_many_pushes_are_one_reading_and_a_last_one_for_what_came_meanwhile(it: Dojo, slots: Slots) -> None:
    for _ in range(MANY):
        push(it)
    assert len(it.jobs("baseline")) == 1
    turns(it, slots)
    assert len(slots.of("baseline", it)) == 1
    for _ in range(MANY):
        push(it)
        later(it, slots)
    assert len(it.jobs("baseline")) == 1
    [first] = slots.of("baseline", it)
    del slots.on[first]
    later(it, slots)
    assert it.jobs("baseline") == []
    [second] = slots.of("baseline", it)
    assert slots.all == [first, second]


def test_anothers_pull_request_is_begun_while_one_repository_is_pushed_to(it: Dojo, slots: Slots) -> None:
    other = Dojo(it.engine)
    other.deliver("pull_request", other.pull_request("opened", "a"))
    it.wait(QUIET)
    for _ in range(MANY):
        push(it)
        turns(it, slots)
    assert len(slots.of("review", other)) == 1
    assert len(slots.on) == 2


def test_many_pull_requests_of_one_repository_have_a_share_and_each_is_read_in_the_end(
    it: Dojo, slots: Slots
) -> None:
    other = Dojo(it.engine)
    push(it)
    turns(it, slots)
    many = range(1, 9)
    for number in many:
        it.deliver("pull_request", it.pull_request("opened", "a", number=number))
    other.deliver("pull_request", other.pull_request("opened", "a"))
    it.wait(QUIET)
    turns(it, slots)
    assert len(slots.of("review", it)) + len(slots.of("baseline", it)) == MOST_READINGS
    assert len(slots.of("review", other)) == 1
    begun = set()
    while mine := [*slots.of("review", it), *slots.of("baseline", it)]:
        assert len(mine) <= MOST_READINGS
        begun.update(mine)
        for each in mine:
            del slots.on[each]
        later(it, slots)
    assert {f"review:{it.number}#{number}:1" for number in many} <= begun


@pytest.mark.contract
def test_more_jobs_than_the_pump_lists_at_a_time_hide_nobody_elses(it: Dojo, slots: Slots) -> None:
    for number in range(1, MOST_AT_ONCE + 11):
        it.deliver("pull_request", it.pull_request("opened", "a", number=number))
    other = Dojo(it.engine)
    other.wait(1)
    other.deliver("pull_request", other.pull_request("opened", "a"))
    it.wait(QUIET + 1)
    turns(it, slots)
    assert len(slots.of("review", it)) == MOST_READINGS
    assert len(slots.of("review", other)) == 1


def test_one_pull_request_that_is_asked_about_again_and_again_has_one_round_that_waits(
    it: Dojo, slots: Slots
) -> None:
    it.deliver("pull_request", it.pull_request("opened", "a"))
    it.wait(QUIET)
    turns(it, slots)
    it.state(RoundState.READING)
    for _ in range(4):
        it.deliver(*it.comment("/sensei review", ADA))
        later(it, slots)
    assert len(it.jobs("review")) == len(slots.of("review", it)) == 1


def test_an_app_that_is_taken_off_and_put_on_again_and_again_is_one_look(it: Dojo, slots: Slots) -> None:
    added = {"action": "added", "installation": {"id": 9}, "repositories_removed": []}
    for _ in range(2):
        for _ in range(MANY):
            it.deliver("installation_repositories", {**added, "repositories_added": [{"id": it.number}]})
        assert [job.argument["stopped"] for job in it.jobs("reconcile")] == [True]
        turns(it, slots)
    assert len(slots.of("reconcile", it)) == 1


def test_a_push_after_a_crash_is_read_though_the_one_before_looked_as_if_it_waited(
    it: Dojo, slots: Slots
) -> None:
    """The engine had the first one, which may know its head already; the row did not say so."""
    push(it)
    slots.dies = True
    with pytest.raises(Killed):
        turns(it, slots)
    [first] = slots.of("baseline", it)
    push(it, "c")
    turns(it, slots)
    assert slots.of("baseline", it) == [first]
    del slots.on[first]
    later(it, slots)
    assert len(slots.of("baseline", it)) == 1


def test_a_job_that_the_engine_had_before_a_crash_is_noted_as_begun(it: Dojo, slots: Slots) -> None:
    push(it)
    slots.dies = True
    with pytest.raises(Killed):
        turns(it, slots)
    turns(it, slots)
    assert it.jobs("baseline") == []
    assert len(slots.all) == 1


def test_many_commands_of_one_repository_have_a_share_and_keep_no_other_waiting(
    it: Dojo, slots: Slots
) -> None:
    """GitHub slows one repository's comments down: each answer may wait for hours in its place."""
    other = Dojo(it.engine)
    for each in (it, other):
        each.deliver("pull_request", each.pull_request("opened", "a"))
    for _ in range(MOST_WITHIN):
        it.deliver(*it.comment("/sensei help", ADA))
    answers = {job.id for job in it.jobs("answer")}
    assert len(answers) == MOST_WITHIN
    turns(it, slots)
    assert len(slots.of("answer", it)) == 2
    other.deliver(*other.comment("/sensei help", ADA))
    for each in (it, other):
        each.wait(QUIET)
    turns(it, slots)
    assert len(slots.of("answer", other)) == 1
    assert len(slots.of("review", other)) == len(slots.of("review", it)) == 1
    while mine := slots.of("answer", it):
        assert len(mine) <= 2
        for answered in mine:
            del slots.on[answered]
        later(it, slots)
    assert answers <= set(slots.all)


SPOKEN = [
    "answer:{}#1:{}",
    "answer:{}#1:{}:void",
    "ruling:{}#1:{}",
    "questions:{}#1:{}+0:x",
    "conclude:review:{}#1:{}",
]


@pytest.mark.parametrize("name", SPOKEN)
def test_what_is_said_in_one_repository_has_a_share_whatever_it_is(name: str) -> None:
    shares = FairShares([name.format(7, number) for number in (1, 2)])
    assert not shares.take(name.format(7, 3))
    assert shares.take(name.format(7, 2))  # the engine has it already
    assert shares.take(name.format(77, 3))
    assert shares.take("review:7#1:1")


@dataclass
class Counted:
    """A reader that counts the trees it was given to read."""

    reader: TreeReader
    read: int = 0

    def tree(
        self,
        repository: HostRepository,
        head: str,
        standing: SurvivingQuotes,
        shown: Sequence[str] = (),
        *,
        with_model: bool,
    ) -> ReadingResult:
        self.read += 1
        return self.reader.tree(repository, head, standing, shown, with_model=with_model)

    def list_checks(self, stacks: Collection[str]) -> frozenset[str]:
        return self.reader.list_checks(stacks)


def test_pushes_that_leave_the_head_where_it_was_read_have_nothing_read(
    engine: sa.Engine, tmp_path: Path
) -> None:
    with GitHub() as github:
        it = Hosted(engine, github, tmp_path)
        counted = Counted(it.upkeep.reader)
        it.upkeep = replace(it.upkeep, reader=counted)
        for _ in range(3):
            push(it)
            for job in it.jobs("baseline"):
                assert it.upkeep.baseline(Straight(it.store), job.argument) == {"outcome": "done"}
        assert counted.read == 1
        assert it.ledger() == {"baseline": ["bounded(3)"]}
        it.run("baseline")  # as at its enrolment
        assert counted.read == 2
        it.push({"a.py": b"import shop\n"})
        assert it.run("baseline", pushed=True) == {"outcome": "done"}
        assert counted.read == 3
        assert it.ledger() == {}


def test_a_head_of_which_not_all_was_read_is_read_again(engine: sa.Engine, tmp_path: Path) -> None:
    with GitHub() as github:
        it = Hosted(engine, github, tmp_path)
        whole = it.upkeep
        it.run("baseline", pushed=True)
        it.push({"a.py": b"import shop\n"})
        it.out_of_time()
        it.run("baseline", pushed=True)
        assert it.ledger() == {"baseline": ["bounded(3)"]}
        counted = Counted(whole.reader)
        it.upkeep = replace(whole, reader=counted)
        it.run("baseline", pushed=True)
        assert (counted.read, it.ledger()) == (1, {})
