"""Deciding about questions on GitHub: by whoever may, in the name of their role, and telling nobody more."""

import itertools
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.domain.dojo.permissions import Action
from bot.domain.pull_requests.comment_command_rules import CommandOutcome, CommentPlace
from bot.domain.pull_requests.records import Account, QuestionState, RoundState
from bot.errors import UserError
from bot.rendering.pull_requests import command_replies
from bot.workflows.articulation.question_contexts import SenseiOnDuty, find_sensei_on_duty, load_context
from bot.workflows.articulation.rulers import require_ruler
from bot.workflows.chat.actors import make_actor
from bot.workflows.triage.responsibilities import list_responsibilities
from tests.workflows.pull_requests.test_comment_commands import Desk
from tests.workflows.running_dojo import ADA, BO, SEN, Dojo

DEP, LEA = Account(31_001, "dep"), Account(31_002, "lea")
WAITS, DISPUTED = QuestionState.PROPOSED, QuestionState.DISPUTED
_threads = itertools.count(8_100_000)


@pytest.fixture(name="it")
def a_dojo(engine: sa.Engine) -> Iterator[Dojo]:
    it = Dojo(engine)
    yield it
    with it.store.begin() as tx:
        tx.capstones.end(it.capstone.id)


def has_people(it: Dojo) -> None:
    """Let Dep stand in for Sen today, Lea lead the cohort, and Ada be a sensei of others too."""
    with it.store.begin() as tx:
        cohort = it.capstone.cohort
        sen = tx.members.find_or_add_by_host_account(SEN, it.now())
        dep, lea = (tx.members.find_or_add_by_host_account(who, it.now()) for who in (DEP, LEA))
        tx.members.join(cohort, dep, CohortRole.SENSEI, it.now())
        tx.members.join(cohort, lea, CohortRole.LEAD, it.now())
        ada = tx.members.find_or_add_by_host_account(ADA, it.now())
        tx.members.join(cohort, ada, CohortRole.SENSEI, it.now())
        today, day = it.now().date(), timedelta(days=1)
        tx.absences.add(cohort, sen, today - day, today + day, dep)


def sets_state(it: Dojo, account: Account, state: EnrolmentState) -> None:
    with it.store.begin() as tx:
        for member in tx.members.roles(tx.members.by_host_account(account.id) or ""):
            tx.members.set_state(member.enrolment, state)


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
    [(SEN, "sensei", {}), (DEP, "deputy", {"deputy": True})],
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


@pytest.mark.parametrize(("word", "state"), [("stands", "asked"), ("withdraw", "withdrawn")])
def test_a_dispute_is_ruled_on_in_its_thread_once(it: Dojo, word: str, state: str) -> None:
    has_people(it)
    desk = Desk(it)
    desk.say("/sensei dispute It is a fixture.", place=IN_THREAD)
    assert decides(desk, f"/sensei {word}", DEP, IN_THREAD) is CommandOutcome.DONE
    assert it.questions() == [state]
    assert jobs(it, "ruling") == [{"question": desk.question, "key": "", "deputy": True}]
    assert decides(desk, f"/sensei {word}", SEN, IN_THREAD) is CommandOutcome.NOT_WAITING
    assert audited(it, desk.question) == [("questions.settle", "deputy")]


def test_whoever_does_not_decide_now_changes_nothing_and_learns_nothing(it: Dojo) -> None:
    """A lead, and a sensei who has left: the answer is the same whatever the question's state is."""
    has_people(it)
    waiting, disputed, unknown = Desk(it, asked=WAITS).question, it.ask(next(_threads), DISPUTED), 99_999
    desk = Desk(it, asked=WAITS)

    def is_refused(author: Account) -> None:
        for word, number in itertools.product(("keep", "withdraw", "stands"), (waiting, disputed, unknown)):
            it.wait(240)
            assert decides(desk, f"/sensei {word} Q{number}", author, IN_TALK) is CommandOutcome.SENSEIS

    is_refused(LEA)
    sets_state(it, SEN, EnrolmentState.LEFT)
    is_refused(SEN)
    sets_state(it, SEN, EnrolmentState.ACTIVE)
    assert set(it.questions()) == {"proposed", "disputed"}
    assert audited(it, waiting) == audited(it, disputed) == []


def test_a_participant_who_stands_in_for_their_own_sensei_decides_nothing_of_their_own(it: Dojo) -> None:
    has_people(it)
    desk = Desk(it)
    desk.say("/sensei dispute It is a fixture.", place=IN_THREAD)
    with it.store.begin() as tx:
        sen, ada = tx.members.by_host_account(SEN.id), tx.members.by_host_account(ADA.id)
        assert sen
        assert ada
        for absence in tx.absences.not_over(it.capstone.cohort, it.now()):
            tx.absences.add(it.capstone.cohort, sen, absence.first, absence.last, ada)
        context = load_context(tx, desk.question)
        assert context
        on_duty = find_sensei_on_duty(tx, context, it.now())
        of_all = {duty.participant: duty for duty in list_responsibilities(tx, it.capstone.cohort, it.now())}
        actor = make_actor(tx, ada, "", "")
        with pytest.raises(UserError, match="not currently this participant's sensei"):
            require_ruler(tx, actor, context, Action.DISPUTE_RULE, it.now())
    assert on_duty == SenseiOnDuty(sen, is_deputy=False)
    assert of_all[ada].on_duty == sen
    assert decides(desk, "/sensei withdraw", ADA, IN_THREAD) is CommandOutcome.SENSEIS
    assert it.questions() == ["disputed"]


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
    assert "needs the number of a question that is waiting for you, for example: `/sensei keep Q12`" in said
