"""Commands about one question, with and without a thread: on both databases, before a GitHub on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import DecisionState, RevisedBy
from bot.domain.pull_requests.records import Account, QuestionState
from bot.workflows.decisions.records import withdraw_decision
from bot.workflows.pull_requests import comment_posting
from bot.workflows.pull_requests.dispute_rulings import settle_question
from tests.fakes.github import GitHub
from tests.fakes.github.model import IssueComment, User
from tests.fakes.steps import Straight
from tests.workflows.pull_requests.conversations import PROBE, Debate
from tests.workflows.pull_requests.test_command_replies import LAG, ended, said


@pytest.fixture(name="it")
def a_debate(engine: sa.Engine, tmp_path: Path) -> Iterator[Debate]:
    with GitHub() as github:
        it = Debate(engine, github, tmp_path)
        yield it
        it.unlink()
        ended(it)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comment_posting, "LIST_LAG", LAG * 1.5)


def answered(it: Debate, body: str, by: User | None = None) -> str:
    """Say something in the conversation, and return Sensei's reply to it; "" if there is none."""
    before = len(it.ours)
    it.says(body, by)
    it.answers()
    return said(it) if len(it.ours) > before else ""


def test_a_question_without_a_thread_is_talked_about_in_the_conversation(it: Debate) -> None:
    it.loses_its_thread()
    name = f"Q{it.asked}"
    answer = it.says(f"/sensei answer {name} It seemed best.\n\nAnd cheap.")
    it.answers()
    assert it.ours == []  # the answer gets eyes, and then the follow-up
    assert len(answer.reactions) == 1
    assert it.words() == ["It seemed best.\n\nAnd cheap."]
    assert it.questions() == ["answered"]

    it.say(it.probed())
    assert said(it).startswith(f"**{name}**: {PROBE}")
    assert f"`/sensei answer {name}`" in said(it)

    it.says(f"/sensei answer {name}\nWe cache for a minute.")
    it.say(it.drafted(decided="We cache for a minute."))
    assert f"comment `/sensei record {name}`" in said(it)
    it.says(f"/sensei record {name}")
    it.announce()
    assert said(it).startswith(f"**{name}**: Recorded as **decision 1**")
    assert all(isinstance(comment, IssueComment) for comment in it.ours)
    assert it.thread.resolved_by is None
    assert "Status" not in it.thread.comments[0].body


def test_an_answer_in_the_conversation_is_edited_and_deleted(it: Debate) -> None:
    it.loses_its_thread()
    answer = it.says(f"/sensei answer Q{it.asked} It seemed best.")
    it.edits(answer, f"/sensei answer Q{it.asked} It seemed best to us.")
    assert it.words() == ["It seemed best to us."]
    it.edits(answer, f"/sensei answer Q{it.asked + 1} Another one.")
    assert it.words() == ["It seemed best to us."]
    before = it.jobs("hear")
    it.wait(5)
    it.deletes(answer)
    assert it.words() == []
    assert it.jobs("hear") != before
    it.tell("created", answer)  # a late delivery
    assert it.words() == []


def test_an_answer_whose_delivery_is_lost_or_repeated_counts_once(it: Debate) -> None:
    it.loses_its_thread()
    comment = it.github.comment(it.pull_there, f"/sensei answer Q{it.asked} We cache.", it.ada)
    it.finds_missed()
    assert it.words() == ["We cache."]
    it.tell("created", comment)
    assert it.words() == ["We cache."]


def test_a_command_about_a_question_that_is_not_shown_here_is_refused(it: Debate) -> None:
    missing = "No question on this pull request has that number"
    assert missing in answered(it, f"/sensei answer Q{it.asked + 99} We cache.")
    with it.store.begin() as tx:
        tx.questions.set_state(it.asked, QuestionState.WITHDRAWN, it.now())
    assert "This question is settled" in answered(it, f"/sensei answer Q{it.asked} We cache.")
    assert it.words() == []


@pytest.mark.contract
@pytest.mark.parametrize("who", ["sen", "bo"])
@pytest.mark.parametrize("verb", ["record", "answer"])
def test_only_the_participant_answers_and_records(it: Debate, who: str, verb: str) -> None:
    reply = answered(it, f"/sensei {verb} Q{it.asked}\nDecided: we use a queue.", getattr(it, who))
    assert ("Only the participant" if who == "sen" else "Only this capstone's participant") in reply
    assert it.decision is None
    assert it.words() == []


def test_labelled_words_are_recorded_without_a_draft(it: Debate) -> None:
    it.says("/sensei record\n**Decided:** we cache.\n- revisit when: half is new.", thread=it.thread)
    it.announce()
    decision = it.decision
    assert decision
    assert decision.state is DecisionState.CONFIRMED
    assert list(decision.texts.values()) == ["we cache.", "half is new."]
    assert "Recorded as **decision 1**: we cache." in said(it)
    with it.store.begin() as tx:
        [revision] = tx.decisions.history(decision.id)
    assert revision.by is RevisedBy.PARTICIPANT
    assert it.words() == []


@pytest.mark.contract
@pytest.mark.parametrize(
    ("words", "reply"),
    [
        ("", "There's nothing to record yet"),
        ("We cache.", "Begin each part with its name"),
        ("Because: it is cheap.", "Begin each part with its name"),
        ("Decided: we cache.\nConsequences: it is stale.", "Begin each part with its name"),
        (f"Decided: {'x' * 3001}", "more than 3,000 characters"),
    ],
    ids=["nothing", "no label", "another label", "one other label", "too long"],
)
def test_words_that_cannot_be_recorded_are_refused_with_what_to_do(
    it: Debate, words: str, reply: str
) -> None:
    it.says(f"/sensei record\n{words}", thread=it.thread)
    it.answers()
    assert reply in said(it)
    assert it.decision is None
    assert it.questions() == ["asked"]


def test_a_recorded_decision_can_be_reworded_and_is_announced_once(it: Debate) -> None:
    it.says("/sensei record\nDecided: we cache.", thread=it.thread)
    it.announce()
    it.says("/sensei record\nAgainst: a queue.", thread=it.thread)
    it.answers()
    assert "already recorded" in said(it)
    assert it.announce() == []
    decision = it.decision
    assert decision
    assert list(decision.texts.values()) == ["we cache.", "a queue."]
    assert decision.revision == 2


def test_a_withdrawn_decision_can_be_recorded_anew(it: Debate) -> None:
    it.says("/sensei record\nDecided: we cache.", thread=it.thread)
    first = it.decision
    assert first
    with it.store.begin() as tx:
        withdraw_decision(tx, first, it.now())
    it.says("/sensei record\nDecided: we queue.", thread=it.thread)
    second = it.decision
    assert second
    assert (second.number, second.state) == (2, DecisionState.CONFIRMED)


def test_a_withdrawn_decision_leaves_its_question_open_for_another_answer(it: Debate) -> None:
    it.says("/sensei record\nDecided: we cache.", thread=it.thread)
    first = it.decision
    assert first
    with it.store.begin() as tx:
        withdraw_decision(tx, first, it.now())
    assert it.questions() == ["answered"]
    it.says("We queue now.", thread=it.thread)
    assert [job.argument for job in it.jobs("hear")] == [{"question": it.asked}]


def test_the_next_participant_cannot_record_the_draft_of_the_one_before(it: Debate) -> None:
    it.says("We cache.", thread=it.thread)
    it.drafted(decided="We cache.")
    theirs = it.decision
    assert theirs
    with it.store.begin() as tx:
        person = tx.members.find_or_add_by_host_account(Account(it.bo.id, "bo"), it.now())
    with it.engine.begin() as connection:
        hand_over = sa.text("UPDATE decision SET person_id = :person WHERE id = :id")
        connection.execute(hand_over, {"person": person, "id": theirs.id})
    assert "nothing to record yet" in answered(it, f"/sensei record Q{it.asked}")
    it.says(f"/sensei record Q{it.asked}\nDecided: we queue.")
    assert it.decision
    assert (it.decision.number, it.decision.texts) == (2, {Slot.DECIDED: "we queue."})


def test_what_was_said_while_a_question_was_disputed_is_heard_once_it_stands(it: Debate) -> None:
    it.says("/sensei dispute It is a fixture.", thread=it.thread)
    it.says("But if you ask: it seemed best.", thread=it.thread)
    assert (it.questions(), it.jobs("hear")) == (["disputed"], [])
    with it.store.begin() as tx:
        settle_question(tx, it.asked, stands=True, withdrawn=False, at=it.now())
    assert it.questions() == ["answered"]
    assert [job.argument for job in it.jobs("hear")] == [{"question": it.asked}]


def test_a_question_that_stands_waits_for_an_answer_if_there_was_none(it: Debate) -> None:
    it.says("/sensei dispute It is a fixture.", thread=it.thread)
    with it.store.begin() as tx:
        settle_question(tx, it.asked, stands=True, withdrawn=False, at=it.now())
    assert (it.questions(), it.jobs("hear")) == (["asked"], [])


def test_what_was_said_in_a_resolved_thread_is_heard_once_it_is_reopened(it: Debate) -> None:
    it.resolves("resolved")
    it.says("It seemed best.", thread=it.thread)
    assert (it.questions(), it.jobs("hear")) == (["resolved"], [])
    it.resolves("unresolved")
    assert it.questions() == ["answered"]
    assert [job.argument for job in it.jobs("hear")] == [{"question": it.asked}]


def test_a_recorded_question_that_is_reopened_does_not_wait_for_an_answer(it: Debate) -> None:
    it.says("/sensei record\nDecided: we cache.", thread=it.thread)
    it.resolves("unresolved")
    assert (it.questions(), it.jobs("hear")) == (["answered"], [])


def test_a_recorded_decision_counts_once_its_pull_request_is_merged(it: Debate) -> None:
    it.says("/sensei record\nDecided: we cache.", thread=it.thread)
    with it.store.begin() as tx:
        [pending] = tx.statements.of(it.capstone.id)
    assert (pending.source, pending.pending) == ("decision", True)
    it.github.merge_pull(it.pull_there)
    it.run("reconcile")
    with it.store.begin() as tx:
        [counted] = tx.statements.of(it.capstone.id)
    assert not counted.pending


def test_words_about_a_pull_request_that_was_closed_unmerged_are_forgotten(it: Debate) -> None:
    it.says("/sensei record\nDecided: we cache.", thread=it.thread)
    it.github.close_pull(it.pull_there)
    it.run("reconcile")
    with it.store.begin() as tx:
        assert tx.statements.of(it.capstone.id) == []


def test_a_decision_counts_if_its_pull_request_is_merged_after_all(it: Debate) -> None:
    it.says("/sensei record\nDecided: we cache.", thread=it.thread)
    it.github.close_pull(it.pull_there)
    it.run("reconcile")
    it.says("/sensei record\nAgainst: a queue.", thread=it.thread)
    with it.store.begin() as tx:
        assert tx.statements.of(it.capstone.id) == []
    it.github.reopen_pull(it.pull_there)
    it.run("reconcile")
    it.github.merge_pull(it.pull_there)
    it.run("reconcile")
    with it.store.begin() as tx:
        [counted] = tx.statements.of(it.capstone.id)
    assert (counted.quote, counted.pending) == ("we cache.\na queue.", False)


@pytest.mark.parametrize("threadless", [False, True], ids=["thread", "conversation"])
def test_a_dispute_reaches_the_sensei_with_its_reason_and_a_ruling_closes_the_thread(
    it: Debate, threadless: bool
) -> None:
    it.brings_sensei_to_chat()
    if threadless:
        it.loses_its_thread()
        it.says(f"/sensei dispute Q{it.asked} It is a fixture.")
    else:
        it.says("/sensei dispute It is a fixture.", thread=it.thread)
    with it.store.begin() as tx:
        [job] = tx.jobs.list_waiting(f"message:articulation.dispute:{it.asked}")
        reasons = [reason for _, _, asked, reason in tx.questions.list_disputed() if asked.id == it.asked]
        settle_question(tx, it.asked, stands=False, withdrawn=True, at=it.now())
    assert job
    assert reasons == ["It is a fixture."]
    assert it.words() == []
    [ruling] = it.jobs("ruling")
    it.answering.ruling(Straight(it.store), ruling.argument)
    assert "withdrawn this question" in said(it)
    assert said(it).startswith("**Q") == threadless
    assert ("**Status:** withdrawn." in it.thread.comments[0].body) != threadless


def test_a_dispute_on_a_weekend_reaches_the_sensei_on_monday_morning(it: Debate) -> None:
    it.brings_sensei_to_chat()
    it.wait(2 * 24 * 3600)  # from a Thursday to a Saturday
    it.says("/sensei dispute It is a fixture.", thread=it.thread)
    [due] = [
        job.due_at for job in it.messages() if job.id.startswith(f"message:articulation.dispute:{it.asked}:")
    ]
    assert f"{due:%A %H:%M}" == "Monday 09:00"


def test_a_conversation_cannot_go_on_in_a_chat_that_the_participant_has_not_linked(it: Debate) -> None:
    it.says("/sensei private", thread=it.thread)
    it.answers()
    assert "isn't linked to Slack" in said(it)
    with it.store.begin() as tx:
        assert tx.conversations.by_question(it.asked) is None


def test_nothing_about_a_question_that_went_private_stands_in_a_later_summary(it: Debate) -> None:
    it.loses_its_thread()
    it.link()
    it.says(f"/sensei private Q{it.asked}")
    it.answers()
    assert "Let's continue in Slack" in said(it)
    assert it.conversation.private
    it.says(f"/sensei private Q{it.asked}")
    it.answers()
    assert "already given this command" in said(it)
    it.push({"desk.py": b"import shop\ncache(1)\nx = 2\n"}, "work")
    it.run("reconcile")
    it.review()
    assert "Questions without a thread" not in it.pull_there.reviews[0].body


def test_a_private_pull_request_asks_its_open_questions_in_the_chat(it: Debate) -> None:
    it.link()
    it.says("/sensei private")
    assert it.conversation.private
    it.push({"desk.py": b"import shop\ncache(1)\ntrust(2)\n"}, "work")
    it.run("reconcile")
    it.says("/sensei review")
    it.review()
    assert it.questions() == ["asked", "asked"]
    assert len([job for job in it.messages() if job.kind == "message" and job.id.endswith(":0")]) == 2
    it.say(it.probed())
    assert not any(PROBE in comment.body for comment in it.ours)
