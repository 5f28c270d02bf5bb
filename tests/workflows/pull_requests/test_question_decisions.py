"""Deciding about questions on GitHub: by whoever may, in the name of their role, and telling nobody more."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.domain.dojo.people import CohortRole
from bot.domain.pull_requests.comment_command_rules import CommandOutcome, CommentPlace
from bot.domain.pull_requests.records import Account, QuestionState, RoundState
from bot.rendering.pull_requests import command_replies
from tests.workflows.pull_requests.test_comment_commands import Desk
from tests.workflows.running_dojo import ADA, BO, SEN, Dojo

DEP, LEA = Account(31_001, "dep"), Account(31_002, "lea")
WAITS = QuestionState.PROPOSED


@pytest.fixture(name="it")
def a_dojo(engine: sa.Engine) -> Iterator[Dojo]:
    it = Dojo(engine)
    yield it
    with it.store.begin() as tx:
        tx.capstones.end(it.capstone.id)


def has_people(it: Dojo) -> None:
    """Let Dep stand in for Sen today, and Lea lead the cohort."""
    with it.store.begin() as tx:
        cohort = it.capstone.cohort
        sen = tx.members.find_or_add_by_host_account(SEN, it.now())
        dep, lea = (tx.members.find_or_add_by_host_account(who, it.now()) for who in (DEP, LEA))
        tx.members.join(cohort, dep, CohortRole.SENSEI, it.now())
        tx.members.join(cohort, lea, CohortRole.LEAD, it.now())
        today, day = it.now().date(), timedelta(days=1)
        tx.absences.add(cohort, sen, today - day, today + day, dep)


def audited(it: Dojo, question: int) -> list[tuple[str, str]]:
    """What was decided about a question, and in which role."""
    query = sa.text("SELECT action, detail FROM audit_event WHERE subject IN (:one, :many) ORDER BY id")
    with it.engine.connect() as connection:
        named = {"one": f"question:{question}", "many": f"questions:[{question}]"}
        rows = connection.execute(query, named).all()
    details = [json.loads(row[1]) if isinstance(row[1], str) else row[1] for row in rows]
    return [(row[0], detail["role"]) for row, detail in zip(rows, details, strict=True)]


def jobs(it: Dojo, kind: str) -> list[dict[str, Any]]:
    """What is to be done about this pull request."""
    with it.store.begin() as tx:
        due = tx.jobs.due(it.now(), 10_000)
    return [{**job.argument, "key": ""} for job in due if job.kind == kind and f":{it.number}#" in job.id]


def decides(desk: Desk, body: str, author: Account, place: CommentPlace) -> CommandOutcome:
    command = desk.command(desk.say(body, author, place), place)
    assert command
    return command.answer


IN_TALK, IN_THREAD = CommentPlace.CONVERSATION, CommentPlace.QUESTION


@pytest.mark.parametrize(
    ("author", "role", "named"),
    [(SEN, "sensei", {}), (DEP, "deputy", {"deputy": True}), (LEA, "lead", {"lead": True})],
)
def test_keep_posts_a_question_that_waits_in_the_name_of_the_role(
    it: Dojo, author: Account, role: str, named: dict[str, bool]
) -> None:
    has_people(it)
    desk = Desk(it, asked=WAITS)
    assert decides(desk, f"/sensei keep Q{desk.question}", author, IN_TALK) is CommandOutcome.DONE
    assert it.questions() == ["kept"]
    assert jobs(it, "questions") == [{"questions": [desk.question], "key": "", **named}]
    assert audited(it, desk.question) == [("questions.keep", role)]
    assert decides(desk, f"/sensei keep Q{desk.question}", author, IN_TALK) is CommandOutcome.ALREADY
    assert len(jobs(it, "questions")) == 1


@pytest.mark.parametrize(
    ("word", "state", "named"),
    [("stands", "asked", {"lead": True}), ("withdraw", "withdrawn", {"lead": True})],
)
def test_a_dispute_is_ruled_on_in_its_thread_once(
    it: Dojo, word: str, state: str, named: dict[str, bool]
) -> None:
    has_people(it)
    desk = Desk(it)
    desk.say("/sensei dispute It is a fixture.", place=IN_THREAD)
    assert decides(desk, f"/sensei {word}", LEA, IN_THREAD) is CommandOutcome.DONE
    assert it.questions() == [state]
    assert jobs(it, "ruling") == [{"question": desk.question, "key": "", **named}]
    assert decides(desk, f"/sensei {word}", SEN, IN_THREAD) is CommandOutcome.NOT_WAITING
    assert audited(it, desk.question) == [("questions.settle", "lead")]


def test_withdraw_drops_a_question_that_waits_for_good(it: Dojo) -> None:
    desk = Desk(it, asked=WAITS)
    assert decides(desk, f"/sensei withdraw Q{desk.question}", SEN, IN_TALK) is CommandOutcome.DONE
    assert it.questions() == ["withdrawn"]
    assert audited(it, desk.question) == [("questions.withdraw", "sensei")]
    assert jobs(it, "ruling") == []


@pytest.mark.parametrize(
    ("author", "told"), [(ADA, CommandOutcome.SENSEIS), (BO, CommandOutcome.NOT_YOURS)], ids=["ada", "bo"]
)
@pytest.mark.parametrize("word", ["keep", "withdraw"])
def test_participants_and_strangers_decide_nothing_and_learn_nothing(
    it: Dojo, author: Account, told: CommandOutcome, word: str
) -> None:
    """The answer is the same whether a question with this number waits or not."""
    desk = Desk(it, asked=WAITS)
    assert decides(desk, f"/sensei {word} Q{desk.question}", author, IN_TALK) is told
    it.wait(240)
    [*_, other] = [decides(Desk(Dojo(it.engine)), f"/sensei {word} Q99999", author, IN_TALK)]
    assert other is told
    assert it.questions() == ["proposed"]


def test_what_waits_elsewhere_or_cannot_be_asked_is_not_kept(it: Dojo) -> None:
    elsewhere = Desk(Dojo(it.engine), asked=WAITS)
    desk = Desk(it, asked=WAITS)
    answer = decides(desk, f"/sensei keep Q{elsewhere.question}", SEN, IN_TALK)
    assert answer is CommandOutcome.NOT_WAITING
    desk.say("/sensei private")
    answer = decides(desk, f"/sensei keep Q{desk.question}", SEN, IN_TALK)
    assert answer is CommandOutcome.UNPOSTABLE
    assert it.questions() == ["proposed"]


def test_a_command_about_a_waiting_question_does_not_wait_for_a_reading(it: Dojo) -> None:
    desk = Desk(it, asked=WAITS)
    with it.store.begin() as tx:
        for one in it.rounds_in(tx):
            tx.rounds.set_state(one.id, RoundState.READING, it.now())
    assert decides(desk, f"/sensei withdraw Q{desk.question}", SEN, IN_TALK) is CommandOutcome.DONE


def test_keep_without_a_number_says_where_the_number_is(it: Dojo) -> None:
    desk = Desk(it, asked=WAITS)
    command = desk.command(desk.say("/sensei keep", SEN))
    assert command
    assert command.answer is CommandOutcome.IN_THREAD
    [said] = command_replies.format_reply(command, desk.pull_request, it.capstone.publish)
    assert "needs the number of a question that waits, such as `/sensei keep Q12`" in said
