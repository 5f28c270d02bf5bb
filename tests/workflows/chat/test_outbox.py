"""A message is sent once, whatever crashes or gets lost in between: on both databases."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.errors import TransientError
from bot.ports.chat import OutgoingMessage, PostedMessage
from bot.ports.jobs import Job
from bot.workflows.chat import outbox
from bot.workflows.chat.outbox import Outbox, is_on_its_way, send_message
from bot.workflows.jobs.retry import GaveUpError
from tests.fakes.slack import Cuts, Fails, Loses, Slack, outage, ratelimited
from tests.fakes.slack.faults import Fault
from tests.fakes.steps import Died, Recorded, Straight
from tests.workflows.slacked import GREETING, Cohort

POST = "chat.postMessage"


@pytest.fixture(name="it")
def a_cohort(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cohort]:
    monkeypatch.setattr(outbox, "LIST_LAG", 0.3)
    with Slack() as slack:
        yield Cohort(engine, slack)


@pytest.fixture
def ada(it: Cohort) -> str:
    return it.joins("Ada", CohortRole.PARTICIPANT)


@pytest.fixture
def sen(it: Cohort) -> str:
    return it.joins("Sen", CohortRole.SENSEI)


def texts(it: Cohort, person: str) -> list[str]:
    return [message["text"] for message in it.accounts[person].messages]


def test_a_message_to_one_is_direct_and_sent_once(it: Cohort, ada: str) -> None:
    job = it.sends("hello", ada)
    assert it.run(job) == it.run(job) == {"outcome": "done"}
    assert texts(it, ada) == ["Hello Ada"]


def test_a_message_to_several_opens_their_group(it: Cohort, ada: str, sen: str) -> None:
    it.run(it.sends("hello", ada, sen))
    assert [m["text"] for m in it.slack.group(it.accounts[ada], it.accounts[sen])] == ["Hello Ada and Sen"]
    assert texts(it, ada) == texts(it, sen) == []


def test_the_words_are_those_of_when_it_is_sent_and_none_is_in_the_job(it: Cohort, ada: str) -> None:
    job = it.sends("hello", ada)
    assert "Ada" not in str(job)
    with it.store.begin() as tx:
        tx.members.set_name(ada, "Countess")
    it.run(job)
    assert texts(it, ada) == ["Hello Countess"]


def test_what_is_not_wanted_any_more_is_not_sent(it: Cohort, ada: str) -> None:
    job = it.sends("hello", ada)
    with it.store.begin() as tx:
        tx.members.set_state(tx.members.roles(ada)[0].enrolment, EnrolmentState.LEFT)
    assert it.run(job) == {"outcome": "done"}
    assert it.slack.posted() == []


def test_who_has_no_account_in_the_chat_is_passed_over(it: Cohort, ada: str) -> None:
    nobody = it.unlinked("Nobody", CohortRole.SENSEI)
    it.run(it.sends("both", ada, nobody))
    it.run(it.sends("alone", nobody))
    assert texts(it, ada) == ["Hello Ada and Nobody"]
    assert len(it.slack.posted()) == 1


def test_whom_nobody_has_met_is_reached_by_their_account(it: Cohort) -> None:
    guest = it.slack.person("Guest")
    it.run(it.sends("guest", users=(guest.id,)))
    assert len(guest.messages) == 1


LOST: list[Fault] = [Loses(), Cuts(), outage(), ratelimited(1), Fails("internal_error"), Fails("", 200)]


@pytest.mark.parametrize("fault", LOST, ids=str)
def test_a_message_whose_fate_is_unknown_is_found_or_sent_once(it: Cohort, ada: str, fault: Fault) -> None:
    it.slack.lag = 0.2
    it.slack.fault(fault, POST)
    steps = Straight(it.store)
    assert it.run(it.sends("hello", ada), steps) == {"outcome": "done"}
    assert texts(it, ada) == ["Hello Ada"]
    assert len(steps.names) > 2


@pytest.mark.parametrize("method", ["conversations.open", "conversations.history"])
def test_what_is_needed_around_it_may_fail_as_well(it: Cohort, ada: str, method: str) -> None:
    it.slack.fault(Loses(), POST)
    it.slack.fault(outage(), method, times=2)
    assert it.run(it.sends("hello", ada)) == {"outcome": "done"}
    assert texts(it, ada) == ["Hello Ada"]


@pytest.mark.parametrize("step", ["began", "post"])
def test_a_kill_before_a_step_leaves_one_message(it: Cohort, ada: str, step: str) -> None:
    def die() -> None:
        raise Died

    job, steps = it.sends("hello", ada), Recorded(it.store, before={step: die})
    with pytest.raises(Died):
        it.run(job, steps)
    assert texts(it, ada) == []
    steps.again()
    it.run(job, steps)
    assert texts(it, ada) == ["Hello Ada"]


def test_a_kill_after_it_was_sent_and_before_its_record_does_not_send_it_twice(it: Cohort, ada: str) -> None:
    job, steps = it.sends("hello", ada), Recorded(it.store)
    it.run(job, steps)
    for lost in (1, 2):
        del steps.record[-lost:]
        steps.again()
        it.run(job, steps)
    # Not even the row of it was written.
    with it.engine.begin() as connection:
        connection.execute(sa.text("UPDATE effect SET external_id = NULL WHERE key LIKE 'message:%'"))
    steps.record.pop()
    steps.again()
    it.run(job, steps)
    assert texts(it, ada) == ["Hello Ada"]


def test_a_message_that_was_replayed_takes_the_same_way(it: Cohort, ada: str) -> None:
    job, steps = it.sends("hello", ada), Recorded(it.store)
    it.run(job, steps)
    whole, calls = [name for name, _ in steps.record], len(it.slack.calls)
    steps.again()
    it.run(job, steps)
    assert [name for name, _ in steps.record] == whole == ["began", "post"]
    assert len(it.slack.calls) == calls


def test_a_message_of_another_key_is_another(it: Cohort, ada: str) -> None:
    it.run(it.sends("one", ada))
    it.run(it.sends("two", ada))
    assert texts(it, ada) == ["Hello Ada", "Hello Ada"]


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive", "invalid_auth", "token_expired"])
def test_while_slack_rejects_the_token_a_message_waits_in_its_place(it: Cohort, ada: str, error: str) -> None:
    job = it.sends("hello", ada)
    it.slack.fault(Fails(error), "conversations.open")
    assert it.run(job) == {"outcome": "paused"}
    assert "SENSEI_SLACK_BOT_TOKEN" in str(it.chat.why_rejected())
    with it.store.begin() as tx:
        [again] = [other for other in tx.jobs.due(it.now(), 1000) if other.id.startswith(f"{job.id}~")]
    assert again.due_at == job.due_at
    it.chat.check_token()
    assert it.run(again) == {"outcome": "done"}
    assert texts(it, ada) == ["Hello Ada"]


@pytest.mark.parametrize("step", ["wait", "after"])
def test_a_kill_while_a_message_is_put_back_leaves_one_that_waits(it: Cohort, ada: str, step: str) -> None:
    def die() -> None:
        raise Died

    job, steps = it.sends("hello", ada), Recorded(it.store, before={step: die})
    it.slack.fault(Fails("token_revoked"), "conversations.open")
    if step == "wait":
        with pytest.raises(Died):
            it.run(job, steps)
        steps.again()
    assert it.run(job, steps) == {"outcome": "paused"}
    steps.again()
    assert it.run(job, steps) == {"outcome": "paused"}
    assert [name for name, _ in steps.record] == ["began", "post", "wait"]
    with it.store.begin() as tx:
        assert len([other for other in tx.jobs.due(it.now(), 1000) if other.id.startswith(f"{job.id}~")]) == 1


def test_what_slack_refuses_for_another_reason_is_a_dead_letter_with_its_remedy(it: Cohort, ada: str) -> None:
    job = it.sends("hello", ada)
    it.slack.fault(Fails("user_disabled"), "conversations.open")
    with pytest.raises(GaveUpError, match=r"account is deactivated.*left the dojo"):
        it.run(job)
    assert it.run(job) == {"outcome": "done"}
    assert texts(it, ada) == ["Hello Ada"]


def test_without_slack_what_somebody_there_should_hear_waits(it: Cohort, ada: str) -> None:
    job = it.sends("hello", ada)
    unconnected = Outbox(None, it.store, it.messaging.words, it.now)
    with pytest.raises(GaveUpError, match="sensei setup slack"):
        unconnected.message(Straight(it.store), job.argument)


def test_a_message_that_was_sent_can_say_what_is_true_now(it: Cohort, ada: str) -> None:
    it.run(it.sends("hello", ada))
    with it.store.begin() as tx:
        tx.members.set_name(ada, "Countess")
        outbox.rewrite_message(tx, f"hello:{it.number}", GREETING, {"to": [ada]}, it.now())
    with it.store.begin() as tx:
        due = tx.jobs.due(it.now(), 1000)
    [job] = [job for job in due if job.id.startswith(f"rewrite:hello:{it.number}:")]
    it.slack.fault(Loses(), "chat.update")
    it.run(job)
    assert texts(it, ada) == ["Hello Countess"]


def test_a_message_that_was_never_sent_is_not_rewritten(it: Cohort, ada: str) -> None:
    argument = {"key": f"never:{it.number}", "kind": GREETING, "about": {"to": [ada]}}
    assert it.run(Job("rewrite", "rewrite", argument, it.now())) == {"outcome": "done"}
    assert it.slack.posted() == []


@pytest.mark.parametrize("lost", [False, True], ids=["in flight", "lost"])
def test_what_changes_while_a_message_is_sent_is_said_by_it(it: Cohort, ada: str, lost: bool) -> None:
    job = it.sends("hello", ada)
    post = it.chat.post

    def posted(*given: Any, **more: Any) -> PostedMessage:
        made = post(*given, **more)
        with it.store.begin() as tx:  # somebody clicks what has just come, before its row knows that it has
            tx.members.set_name(ada, "Countess")
        it.run(Job("rewrite:x", "rewrite", job.argument, it.now()))
        if lost:
            raise TransientError("the answer was lost")
        return made

    it.chat.post = posted  # type: ignore[method-assign]
    it.run(job)
    assert texts(it, ada) == ["Hello Countess"]


def sends_a_picture(it: Cohort, person: str) -> Job:
    """Let a greeting with a picture be sent; return its job."""
    picture = it.chat.upload_picture("week.png", b"png", "A picture.")
    argument = {"key": f"seen:{it.number}", "kind": GREETING, "about": {"to": [person], "picture": picture}}
    return Job("message:x", "message", argument, it.now())


def kinds(it: Cohort, person: str) -> list[list[str]]:
    return [[block["type"] for block in message["blocks"]] for message in it.accounts[person].messages]


def test_a_message_waits_until_slack_has_processed_its_picture(it: Cohort, ada: str) -> None:
    job = sends_a_picture(it, ada)
    it.slack.slow_files = 2
    it.run(job)
    assert kinds(it, ada) == [["section", "image"]]
    assert len(it.slack.asked("files.completeUploadExternal")) == 1


def test_a_picture_that_never_becomes_ready_does_not_hold_up_its_message(it: Cohort, ada: str) -> None:
    job = sends_a_picture(it, ada)
    it.slack.slow_files = 1000
    steps = Straight(it.store)
    sleep = steps.sleep

    def slept(name: str, seconds: float) -> None:
        sleep(name, seconds)
        it.clock += timedelta(seconds=seconds)

    steps.sleep = slept  # type: ignore[method-assign]
    it.run(job, steps)
    assert kinds(it, ada) == [["section", "context"]]
    assert "Slack couldn't show it" in str(it.accounts[ada].messages)
    assert timedelta(minutes=2) <= timedelta(seconds=steps.slept) < timedelta(minutes=5)


def test_a_message_is_rewritten_although_its_picture_was_deleted(it: Cohort, ada: str) -> None:
    job = sends_a_picture(it, ada)
    it.run(job)
    it.chat.delete_picture(job.argument["about"]["picture"])
    with it.store.begin() as tx:
        tx.members.set_name(ada, "Countess")
    it.run(Job("rewrite:x", "rewrite", job.argument, it.now()))
    assert texts(it, ada) == ["Hello Countess"]
    assert kinds(it, ada) == [["section", "context"]]


def test_an_older_look_does_not_undo_a_newer_one(it: Cohort, ada: str) -> None:
    job = it.sends("hello", ada)
    it.run(job)
    update, names = it.chat.update, iter(["Second"])

    def updated(posted: PostedMessage, message: OutgoingMessage) -> None:
        for name in names:  # while this one is under way
            with it.store.begin() as tx:
                tx.members.set_name(ada, name)
            it.run(Job("rewrite:newer", "rewrite", job.argument, it.now()))
        update(posted, message)

    it.chat.update = updated  # type: ignore[method-assign]
    it.run(Job("rewrite:older", "rewrite", job.argument, it.now()))
    assert texts(it, ada) == ["Hello Second"]


def test_a_key_is_no_other_that_begins_with_it(it: Cohort, ada: str) -> None:
    def known(key: str) -> bool:
        with it.store.read() as tx:
            return is_on_its_way(tx, f"x{it.number}.{key}", it.now())

    with it.store.begin() as tx:
        for key in ("result:12", "told:1:7"):
            send_message(tx, f"x{it.number}.{key}", GREETING, {"to": [ada]}, it.now())
    for _ in ("waiting", "begun"):
        assert (known("result:12"), known("result:1"), known("result:")) == (True, False, True)
        assert (known("told:1"), known("told:1:"), known("told:1:7"), known("told")) == (
            True,
            True,
            True,
            True,
        )
        with it.store.begin() as tx:
            for key in ("result:12", "told:1:7"):
                tx.jobs.mark_begun(f"message:x{it.number}.{key}", it.now())
    it.clock += timedelta(days=2)
    assert not known("result:12")
    with it.store.begin() as tx:
        tx.effects.begin(f"message:x{it.number}.result:12", it.now())
    assert (known("result:12"), known("result:1")) == (True, False)
