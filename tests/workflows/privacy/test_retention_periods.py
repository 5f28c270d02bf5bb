"""How long what quotes people is kept, on both databases: a model's answers, capstones that have ended."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from bot.adapters.database import ModelCallRow, ModelCallState
from bot.adapters.engine.dbos import DurableEngine
from bot.adapters.engine.workflow_records import DbosWorkflowRecords
from bot.adapters.git.clone_cache import CheckoutCache
from bot.domain.pull_requests.records import RoundState, Trigger
from bot.ports.jobs import Job
from bot.workflows.privacy.retention import Retention, RetentionPeriods
from tests.adapters.database.rows import row
from tests.workflows.running_dojo import SEN, Dojo, sha


class Aged(Dojo):
    """A dojo whose old things are forgotten; time goes by with ``days``."""

    def __init__(self, engine: sa.Engine, durable: DurableEngine, folder: Path) -> None:
        super().__init__(engine)
        self.clones = CheckoutCache(folder / "checkouts", 10**9, 60, 1_000_000)
        self.records = DbosWorkflowRecords(engine)
        self.tidying = Retention(self.store, durable, self.now, RetentionPeriods(), self.records, self.clones)
        self.durable = durable

    def days(self, days: float) -> None:
        self.clock += timedelta(days=days)
        self.tidying.tidy()

    def answered(self, number: int | None = None, state: ModelCallState = ModelCallState.ANSWERED) -> int:
        """Record a call about a repository, by default this one's; return its id."""
        call = row(
            self.now(),
            key=f"{number or self.number}".ljust(64, "k"),
            repository=f"github.com/{number or self.number}",
            state=state,
            finished_at=self.now(),
            answer='{"a": "some quoted code"}' if state is ModelCallState.ANSWERED else None,
            input_tokens=7,
            usd=0.5,
        )
        with Session(self.engine) as session, session.begin():
            session.add(call)
            session.flush()
            assert call.id
            return call.id

    def call(self, id_: int) -> ModelCallRow:
        with Session(self.engine, expire_on_commit=False) as session:
            return session.get_one(ModelCallRow, id_)

    def round(self, state: RoundState) -> None:
        """Let a round of pull request 1 be in a state."""
        with self.store.begin() as tx:
            pull = tx.pull_requests.find(self.capstone.id, 1)
            assert pull
            round_ = tx.rounds.begin(pull.id, Trigger.ASKED, sha("a"), self.now())
            tx.rounds.set_state(round_.id, state, self.now())

    def count(self, table: str) -> int:
        with self.engine.connect() as connection:
            return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


@pytest.fixture(name="it")
def a_dojo(engine: sa.Engine, tmp_path: Path) -> Iterator[Aged]:
    durable = DurableEngine(engine, "github.com", lambda: datetime.now(UTC), polling=0.05)
    for kind in ("review", "baseline"):
        durable.workflow(kind, lambda steps, argument: {"done": steps.step("look", lambda: argument)})
    durable.start()
    try:
        it = Aged(engine, durable, tmp_path)
        yield it
    finally:
        durable.stop(5)


def test_an_answer_is_forgotten_after_three_months_and_its_bill_is_not(it: Aged) -> None:
    old, failed = it.answered(), it.answered(it.number + 10**6, ModelCallState.FAILED)
    before = it.call(old)
    it.days(89)
    assert it.call(old).answer == before.answer
    it.days(2)
    after = it.call(old)
    assert (after.answer, after.state) == (None, ModelCallState.FORGOTTEN)
    kept = {"input_tokens", "usd", "key", "repository", "model", "started_at", "finished_at"}
    assert after.model_dump(include=kept) == before.model_dump(include=kept)
    assert it.call(failed).state == ModelCallState.FAILED


@pytest.mark.contract
@pytest.mark.parametrize(
    ("states", "closed", "kept"),
    [
        ([RoundState.READING], False, True),
        ([RoundState.FAILED], False, True),
        ([RoundState.FAILED], True, False),
        ([RoundState.FAILED, RoundState.WAITING], False, True),
        ([RoundState.FAILED, RoundState.PUBLISHED], False, False),
        ([RoundState.PUBLISHED], False, False),
        ([RoundState.INCOMPLETE], False, False),
        ([RoundState.STOPPED], False, False),
        ([RoundState.SUPERSEDED], False, False),
    ],
)
def test_an_answer_stays_while_a_round_may_still_want_it(
    it: Aged, states: list[RoundState], closed: bool, kept: bool
) -> None:
    it.deliver("pull_request", it.pull_request("opened", "a"))
    with it.store.begin() as tx:
        tx.rounds.set_state(it.rounds_in(tx)[0].id, states[0], it.now())
    for state in states[1:]:
        it.round(state)
    mine, another = it.answered(), it.answered(it.number + 10**6)
    it.days(91)
    if closed:
        it.wait(1)
        it.deliver("pull_request", it.pull_request("closed", "a", state="closed"))
        it.days(2)
    assert (it.call(mine).state == ModelCallState.ANSWERED) is kept
    assert it.call(another).state == ModelCallState.FORGOTTEN


def test_a_capstone_that_ended_a_year_ago_goes_with_all_under_it_and_another_stays(it: Aged) -> None:
    other = Aged(it.engine, it.durable, it.clones.folder.parent)
    work: dict[int, tuple[int, int]] = {}
    for one in (it, other):
        question = one.ask(comment=one.number * 10)
        one.deliver(*one.comment("Because it halved.", SEN, thread=one.number * 10))
        one.deliver(*one.comment("/sensei help", SEN))
        [said] = [job.argument["command"] for job in one.jobs("answer")]
        work[one.number] = said, question
        with one.store.begin() as tx:
            tx.effects.begin(f"reply:{said}", one.now())
            tx.effects.begin(f"ruling:{question}", one.now())
            tx.jobs.add(Job(f"ruling:{question}", "ruling", {"question": question}, one.now()))
            tx.effects.begin(f"check:review:{one.number}#1:1", one.now())
            tx.jobs.add(Job(f"baseline:{one.number}:x", "baseline", {"capstone": one.capstone.id}, one.now()))
        one.durable.run("baseline", f"baseline:{one.number}:x", {"capstone": one.capstone.id})
        one.durable.run("review", f"review:{one.number}#1:1", {"round": f"review:{one.number}#1:1"})
        (one.clones.folder / f"{one.number}.git").mkdir(parents=True)
    until_done(it)
    calls = [one.answered() for one in (it, other)]
    with it.store.begin() as tx:
        tx.capstones.end(it.capstone.id)
    it.days(364)
    assert it.questions() == ["asked"]
    it.days(2)
    with it.store.begin() as tx:
        assert tx.capstones.by_repository(it.number) is None
        assert tx.people.scope(next(iter(tx.people.find("ada")))).repositories >= {other.number}
        assert it.capstone.id not in tx.people.scope(next(iter(tx.people.find("ada")))).capstones
        scope = replace(tx.people.capstone_scope(other.capstone.id), repositories=frozenset({it.number}))
        assert tx.effects.find(f"check:review:{it.number}#1:1") == (False, None)
        assert tx.effects.find(f"check:review:{other.number}#1:1") == (True, None)
        for one, kept in ((it, False), (other, True)):
            said, question = work[one.number]
            of_it = [tx.effects.find(key)[0] for key in (f"reply:{said}", f"ruling:{question}")]
            assert [*of_it, bool(tx.questions.get(question))] == [kept] * 3
        due = {job.id for job in tx.jobs.due(it.now() + timedelta(days=9), 10_000)}
        assert {f"ruling:{work[one.number][1]}" for one in (it, other)} & due == {
            f"ruling:{work[other.number][1]}"
        }
    assert it.count("command WHERE id IN " + str(tuple(said for said, _ in work.values()))) == 1
    assert it.jobs("answer") == []
    assert (
        it.records.by_scope(replace(scope, capstones=frozenset({it.capstone.id}), questions=frozenset()))
        == []
    )
    assert it.jobs("baseline") == it.jobs("review") == []
    assert not it.clones.holds(it.number)
    assert other.clones.holds(other.number)
    assert other.questions() == ["asked"]
    assert [job.id for job in other.jobs("review")] == [f"review:{other.number}#1:1"]
    mine, theirs = map(it.call, calls)
    assert (mine.repository, mine.answer, mine.usd) == (None, None, 0.5)
    assert theirs.repository == f"github.com/{other.number}"
    subject = f"capstone:{it.capstone.id}"
    with it.engine.connect() as connection:
        said = connection.execute(
            sa.text("SELECT actor, action FROM audit_event WHERE subject = :subject"), {"subject": subject}
        ).all()
    assert [tuple(each) for each in said] == [("sensei", "capstone.forgotten")]


def test_a_capstone_that_was_enrolled_again_stays(it: Aged) -> None:
    it.ask(comment=None)
    with it.store.begin() as tx:
        tx.capstones.end(it.capstone.id)
    it.days(300)
    it.enrol()
    it.days(300)
    assert it.questions() == ["asked"]


def test_a_capstone_whose_clone_cannot_be_deleted_keeps_no_other_one(it: Aged) -> None:
    other = Aged(it.engine, it.durable, it.clones.folder.parent)
    for dojo in (it, other):
        dojo.ask(comment=None)
        with dojo.store.begin() as tx:
            tx.capstones.end(dojo.capstone.id)

    class Stuck(CheckoutCache):
        def remove(self, repository: int) -> bool:
            if repository == it.number:
                raise PermissionError
            return super().remove(repository)

    it.tidying.clones = Stuck(it.clones.folder, 10**9, 60, 1_000_000)
    it.days(366)
    assert (it.questions(), other.questions()) == (["asked"], [])


def until_done(it: Aged) -> None:
    tick = threading.Event()
    while it.durable.going_on():
        tick.wait(0.05)
