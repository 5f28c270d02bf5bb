"""A question that goes to a person reaches that person and nobody else, in their working hours, and once."""

import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.adapters import slack as adapter
from bot.adapters.database.trace_search import SqlTraceSearch
from bot.adapters.engine.workflow_records import DbosWorkflowRecords
from bot.adapters.git.clone_cache import CheckoutCache
from bot.domain.dojo.people import DateKind, EnrolmentState
from bot.domain.dojo.working_moments import next_working_moment
from bot.domain.enquiries.records import (
    AnswerSource,
    Feedback,
    HandoverReason,
    HandoverState,
    Kind,
    Place,
)
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.enquiries.handovers import (
    HandoverDeliveries,
    forget_words,
    refresh_forgotten,
)
from bot.workflows.privacy.erasure import Erasure
from bot.workflows.privacy.message_deletion import MessageDeletion
from tests.entrypoints.webhooks import now
from tests.fakes.slack import look
from tests.workflows.articulation.talking import ADA, SEN, SOL, SOME_DAYS
from tests.workflows.enquiries.asking_people import LEA, AskingPeople, asking_people

SECRET = "zanzibar"  # a word that nobody else may ever read


@pytest.fixture(name="asking")
def people_who_ask(own_engine: sa.Engine) -> Iterator[AskingPeople]:
    with asking_people(own_engine) as made:
        yield made
        assert made.slack.problems == []


def everything_before(it: AskingPeople, *names: str) -> str:
    return json.dumps([it.people[name].messages for name in names], ensure_ascii=False)


def test_the_sensei_reads_the_summary_as_the_asker_left_it_and_nobody_else_reads_it(
    asking: AskingPeople,
) -> None:
    answer = asking.asks_sensei(words=f"Only for Sensei: {SECRET}")
    form = asking.opens(ADA, answer)
    assert "Who reads it: Sen & ˋSonsˋ, your sensei" in form
    assert SECRET in form
    assert "The handbook says so." in form
    assert not asking.ada.submit({"join.summary": "May <!channel> & *I* cache it?"}).errors
    asking.settle(SOME_DAYS)
    [card] = asking.heard(asking.sen)
    assert not any(look.notified(message) for message in (*asking.sen.messages, *asking.ada.messages))
    assert "has a question for you" in card
    assert "May <!channel> & ∗I∗ cache it?" in card
    assert SECRET not in everything_before(asking, SEN, SOL, LEA)
    assert "cache it" not in everything_before(asking, SOL, LEA)
    assert asking.handover(answer).reason is HandoverReason.REQUESTED
    assert "I've passed your question on to Sen" in asking.in_thread(answer)[-1]


def test_the_sensei_hears_of_it_when_they_next_work(asking: AskingPeople) -> None:
    handover = asking.stores_handover(asking.asks_sensei())
    [job] = [job for job in asking.waiting("message") if job.argument["kind"] == "enquiries.handover"]
    with asking.here.store.read() as tx:
        hours = find_hours(tx, asking.member(SEN).person, asking.member(SEN).cohort)
        stored, due = tx.handovers.get(handover.id), tx.jobs.find_due_time(job.id)
    assert stored
    assert due
    begun = datetime.fromtimestamp(int(job.id.rsplit(":", 1)[-1]) / 1000, UTC)
    assert abs(due - next_working_moment(hours, begun)) < timedelta(seconds=1)
    assert stored.told_at == due


def test_an_answer_from_the_form_returns_to_the_thread_and_can_be_rated(asking: AskingPeople) -> None:
    answer = asking.asks_sensei()
    asking.passes_on(answer)
    asking.settle(SOME_DAYS)
    asking.helps(SEN, "Measure <it> first, & *then* decide.")
    said = asking.in_thread(answer)[-1]
    assert "answered:" in said
    assert "Measure <it> first, & ∗then∗ decide." in said
    assert "What you write here comes to me, not to Sen" in said
    assert "answered your question" in asking.in_thread(answer)[-2]
    assert "Measure" not in everything_before(asking, SOL, LEA)
    shown = asking.newest("enquiries.helped")
    assert not asking.ada.click(shown, "enquiries.helped").failed
    asking.settle()
    assert "You said that this helped." in asking.in_thread(answer)[-1]
    assert "They say that it helped." in asking.heard(asking.sen)[-1]
    assert asking.handover(answer).feedback is Feedback.HELPFUL


def test_replies_in_the_messages_thread_are_the_answer_too(asking: AskingPeople) -> None:
    answer = asking.asks_sensei()
    asking.passes_on(answer)
    asking.settle(SOME_DAYS)
    card = asking.sen.messages[-1]
    first = asking.sen.says("Ask <!here> Bo.", thread=card["ts"])
    asking.settle()
    second = asking.sen.says("And read the page.", thread=card["ts"])
    asking.settle()
    said = asking.in_thread(answer)[-1]
    assert said.index("Ask <!here> Bo.") < said.index("And read the page.")
    assert len(asking.in_thread(answer)) == 3
    asking.sen.edits(first, "Ask Cleo.")
    asking.settle()
    assert "Ask Cleo." in asking.in_thread(answer)[-1]
    assert "Bo" not in asking.in_thread(answer)[-1]
    asking.sen.deletes(first)
    asking.sen.deletes(second)
    asking.settle()
    assert "deleted this answer" in asking.in_thread(answer)[-1]
    assert asking.handover(answer).state is HandoverState.WAITING
    assert "Cleo" not in asking.stored_text()
    asking.sen.says("Once more.", thread=card["ts"])
    asking.settle()
    assert "Once more." in asking.in_thread(answer)[-1]


def test_a_reply_that_nobody_waits_for_is_not_kept(asking: AskingPeople) -> None:
    answer = asking.asks_sensei()
    asking.passes_on(answer)
    asking.settle(SOME_DAYS)
    card = asking.sen.messages[-1]
    asking.ada.click(asking.newest("enquiries.take_back"), "enquiries.take_back")
    asking.settle()
    asking.sen.says(f"Too late: {SECRET}", thread=card["ts"])
    asking.settle()
    assert "no longer needs your answer" in asking.heard(asking.sen)[-1]
    assert SECRET not in asking.stored_text()
    assert SECRET not in everything_before(asking, ADA)


def test_what_is_taken_back_leaves_the_senseis_message_and_the_database(asking: AskingPeople) -> None:
    answer = asking.asks_sensei()
    asking.passes_on(answer, f"Between us: {SECRET}")
    asking.settle(SOME_DAYS)
    assert SECRET in everything_before(asking, SEN)
    assert not asking.ada.click(asking.newest("enquiries.take_back"), "enquiries.take_back").failed
    asking.settle()
    assert SECRET not in everything_before(asking, SEN)
    assert SECRET not in asking.stored_text()
    assert "no longer needs an answer" in asking.heard(asking.sen)[-1]
    assert "Your question no longer waits for an answer" in asking.in_thread(answer)[-1]


def test_only_who_may_takes_back_answers_or_rates(asking: AskingPeople) -> None:
    answer = asking.asks_sensei()
    asking.passes_on(answer)
    asking.settle(SOME_DAYS)
    number = asking.handover(answer).id
    asking.forges(SOL, "enquiries.answer", number)
    asking.forges(LEA, "enquiries.answer", number)
    asking.forges(ADA, "enquiries.answer", number)
    asking.forges(SEN, "enquiries.take_back", number)
    assert [asking.people[name].modal for name in (SOL, LEA, ADA)] == [None] * 3
    assert asking.handover(answer).state is HandoverState.WAITING
    asking.helps(SEN, "Yes.")
    asking.forges(SEN, "enquiries.helped", number)
    assert asking.handover(answer).feedback is None


def test_a_deputy_reads_it_while_the_sensei_is_away_and_no_longer_once_they_are_back(
    asking: AskingPeople,
) -> None:
    asking.goes_away(SEN, SOL)
    answer = asking.asks_sensei()
    assert "who stands in for your sensei" in asking.opens(ADA, answer)
    asking.passes_on(answer, SECRET)
    asking.settle(SOME_DAYS)
    assert "You stand in for" in asking.heard(asking.sol)[-1]
    assert SECRET not in everything_before(asking, SEN)
    asking.comes_back(SEN)
    assert asking.looks() == 1
    assert SECRET in everything_before(asking, SEN)
    assert "will answer" in asking.heard(asking.sol)[-1]
    assert SECRET not in everything_before(asking, SOL)
    assert asking.looks() == 0


def test_a_sensei_who_was_away_when_their_message_was_due_gets_it_once_they_are_back(
    asking: AskingPeople,
) -> None:
    asking.stores_handover(asking.asks_sensei(), SECRET)
    asking.goes_away(SEN, SOL)
    assert asking.looks() == 1  # what was due for Sen in these days had nothing to say
    assert SECRET not in everything_before(asking, SEN)
    assert SECRET in everything_before(asking, SOL)
    asking.comes_back(SEN)
    assert asking.looks() == 1
    assert everything_before(asking, SEN).count(SECRET) == 1
    assert SECRET not in everything_before(asking, SOL)
    assert asking.looks() == 0


@pytest.mark.parametrize("fails", range(4))
def test_one_that_cannot_be_brought_does_not_keep_the_others(asking: AskingPeople, fails: int) -> None:
    for words in ("zanzibar one", "zanzibar two"):
        asking.stores_handover(asking.asks_sensei(), words)
    asking.settle(SOME_DAYS)
    asking.ends_pair()
    asking.begins_pair(SOL)
    calls = itertools.count()

    def clock() -> datetime:
        if next(calls) == fails:
            raise RuntimeError
        return now()

    assert HandoverDeliveries(asking.here.store, clock).look() == 1
    asking.settle(SOME_DAYS)
    assert everything_before(asking, SOL).count(SECRET) == 1
    assert asking.looks() == 1
    assert everything_before(asking, SOL).count(SECRET) == 2


def test_a_new_sensei_gets_what_waits_and_the_former_one_keeps_nothing(asking: AskingPeople) -> None:
    answer = asking.asks_sensei()
    asking.passes_on(answer, SECRET)
    asking.settle(SOME_DAYS)
    former = asking.sen.messages[-1]
    asking.ends_pair()
    asking.begins_pair(SOL)
    assert asking.looks() == 1
    assert asking.looks() == 0
    assert SECRET not in everything_before(asking, SEN)
    assert everything_before(asking, SOL).count(SECRET) == 1
    assert "Sol will answer" in " ".join(asking.heard(asking.sen))
    asking.sen.says("Still mine?", thread=former["ts"])
    asking.settle()
    assert asking.handover(answer).state is HandoverState.WAITING
    assert "passed your question on to Sol" in " ".join(asking.in_thread(answer))


def test_without_a_sensei_the_asker_hears_so_once(asking: AskingPeople) -> None:
    answer = asking.asks_sensei()
    asking.passes_on(answer, SECRET)
    asking.settle(SOME_DAYS)
    asking.ends_pair()
    assert asking.looks() == 1
    assert asking.looks() == 0
    heard = [said for said in asking.in_thread(answer) if "can no longer answer your question" in said]
    assert len(heard) == 1
    assert SECRET not in everything_before(asking, SEN, SOL, LEA)
    asking.begins_pair(SOL)
    assert asking.looks() == 1
    assert SECRET in everything_before(asking, SOL)
    asking.helps(SOL, "Yes.")
    assert "Yes." in asking.in_thread(answer)[-1]


def test_the_form_has_the_words_of_the_answer_that_was_clicked(asking: AskingPeople) -> None:
    first = asking.asks_sensei(words="How do I cache it?")
    asking.asks_sensei(words=f"My sensei shouted at me: {SECRET}", thread=asking.enquiry(first).thread)
    form = asking.opens(ADA, first)
    assert "How do I cache it?" in form
    assert SECRET not in form


def test_if_anything_in_the_thread_is_sensitive_a_lead_can_be_chosen(asking: AskingPeople) -> None:
    first = asking.asks_sensei(words="How do I cache it?")
    asking.opens(ADA, first)
    assert asking.ada.modal
    assert LEA not in str(asking.ada.modal.document)
    asking.ada.closes()
    asking.asks_sensei(words="My sensei shouted at me.", thread=asking.enquiry(first).thread)
    assert "Who should read it?" in asking.opens(ADA, first)
    assert f"{LEA}, who leads your cohort" in str(asking.ada.modal.document)


def test_a_sensitive_matter_goes_to_the_one_person_whom_the_asker_chose(asking: AskingPeople) -> None:
    answer = asking.asks_sensei(kind=Kind.SENSITIVE, source=AnswerSource.FIXED)
    form = asking.opens(ADA, answer)
    assert "The handbook says so" not in form
    lea = asking.member(LEA).person
    asking.passes_on(answer, f"About Sen: {SECRET}", reader=lea)
    asking.settle(SOME_DAYS)
    assert SECRET in everything_before(asking, LEA)
    assert SECRET not in everything_before(asking, SEN, SOL)
    assert asking.heard(asking.sen) == []
    assert asking.handover(answer).reason is HandoverReason.SENSITIVE
    asking.goes_away(SEN, SOL)
    assert asking.looks() == 0
    asking.helps(LEA, "Let's talk.")
    assert "Let's talk." in asking.in_thread(answer)[-1]
    assert "Let's talk." not in everything_before(asking, SEN, SOL)


def test_a_chosen_person_who_leaves_is_replaced_by_nobody(asking: AskingPeople) -> None:
    answer = asking.asks_sensei(kind=Kind.SENSITIVE, source=AnswerSource.FIXED)
    asking.passes_on(answer, SECRET, reader=asking.member(LEA).person)
    asking.settle(SOME_DAYS)
    asking.sets(LEA, EnrolmentState.LEFT)
    assert asking.looks() == 1
    assert asking.looks() == 0
    assert SECRET not in everything_before(asking, SEN, SOL, LEA)
    assert "You chose who reads it" in asking.in_thread(answer)[-1]


def test_a_sensei_asks_a_lead_and_a_lead_without_another_hears_that_nobody_is_there(
    asking: AskingPeople,
) -> None:
    answer = asking.asks_sensei(SEN)
    assert "Lea, who leads your cohort" in asking.opens(SEN, answer)
    asking.passes_on(answer, "How do I plan?", SEN)
    asking.settle(SOME_DAYS)
    assert "How do I plan?" in asking.heard(asking.lea)[-1]
    alone = asking.asks_sensei(LEA)
    assert "I can't find another lead in this cohort." in asking.opens(LEA, alone)


def test_a_form_that_shows_somebody_else_by_now_sends_nothing(asking: AskingPeople) -> None:
    answer = asking.asks_sensei()
    asking.opens(ADA, answer)
    asking.ends_pair()
    asking.begins_pair(SOL)
    sent = asking.ada.submit({"join.summary": SECRET})
    assert "the person who'd read it has changed" in sent.errors["summary"]
    asking.settle(SOME_DAYS)
    assert SECRET not in everything_before(asking, SEN, SOL, LEA)


def test_what_was_asked_in_a_channel_is_answered_in_private(asking: AskingPeople) -> None:
    answer = asking.asks_sensei(place=Place.CHANNEL)
    asking.passes_on(answer)
    asking.settle(SOME_DAYS)
    asking.helps(SEN, "In private.")
    assert not any("In private." in said for said in asking.in_thread(answer))
    assert "In private." in asking.heard(asking.ada)[-1]


def test_a_message_that_was_not_sent_yet_never_reaches_who_is_no_longer_on_duty(
    asking: AskingPeople,
) -> None:
    answer = asking.asks_sensei()
    asking.stores_handover(answer, SECRET)
    asking.ends_pair()
    asking.settle(SOME_DAYS)
    assert SECRET not in everything_before(asking, SEN, SOL, LEA)


def test_who_has_left_waits_for_nobody(asking: AskingPeople) -> None:
    answer = asking.asks_sensei()
    asking.passes_on(answer, SECRET)
    asking.settle(SOME_DAYS)
    asking.sets(ADA, EnrolmentState.LEFT)
    assert asking.looks() == 1
    assert asking.handover(answer).state is HandoverState.WITHDRAWN
    assert SECRET not in everything_before(asking, SEN) + asking.stored_text()


def test_after_the_last_day_nobody_waits(asking: AskingPeople) -> None:
    answer = asking.asks_sensei()
    asking.passes_on(answer, SECRET)
    asking.settle(SOME_DAYS)
    with asking.here.store.begin() as tx:
        tx.cohorts.add_date(
            asking.member(ADA).cohort, DateKind.END, "End", (now() - timedelta(days=3)).date()
        )
    assert asking.looks() == 1
    assert asking.handover(answer).state is HandoverState.WITHDRAWN
    assert SECRET not in everything_before(asking, SEN) + asking.stored_text()
    assert asking.looks() == 0


@pytest.mark.parametrize("is_answered", [True, False])
def test_nothing_stays_of_an_enquiry_that_went_away(asking: AskingPeople, is_answered: bool) -> None:
    answer = asking.asks_sensei()
    asking.passes_on(answer, SECRET)
    asking.settle(SOME_DAYS)
    if is_answered:
        asking.helps(SEN, "Yes.")
    with asking.here.store.begin() as tx:
        forget_words(tx, answer.enquiry, now())
    asking.settle()
    assert SECRET not in everything_before(asking, SEN) + asking.stored_text()


@pytest.mark.parametrize("is_answered", [True, False])
def test_the_message_about_a_forgotten_enquiry_says_so(asking: AskingPeople, is_answered: bool) -> None:
    answer = asking.asks_sensei()
    asking.passes_on(answer, SECRET)
    asking.settle(SOME_DAYS)
    if is_answered:
        asking.helps(SEN, "Yes.")
    later = now() + timedelta(days=1)
    with asking.here.store.begin() as tx:
        refresh_forgotten(tx, later, now())
        assert tx.enquiries.forget(later) == 1
    asking.settle()
    assert "This question was deleted" in asking.heard(asking.sen)[-1]
    assert SECRET not in everything_before(asking, SEN) + asking.stored_text()


def test_a_look_changes_nothing_while_nothing_is_overlooked(asking: AskingPeople) -> None:
    asking.stores_handover(asking.asks_sensei())
    assert HandoverDeliveries(asking.here.store, now).look() == 0


def test_erasing_the_asker_deletes_the_message_that_the_sensei_has(
    asking: AskingPeople, tmp_path: Path
) -> None:
    answer = asking.asks_sensei()
    asking.passes_on(answer, SECRET)
    asking.settle(SOME_DAYS)
    assert SECRET in everything_before(asking, SEN)
    engine, chat = asking.engine, adapter.connect(asking.slack.bot_token, asking.slack.api_url)
    erasure = Erasure(
        asking.here.store,
        DbosWorkflowRecords(engine),
        CheckoutCache(tmp_path / "clones", 10**6, 5.0, 10**6),
        SqlTraceSearch(engine),
        MessageDeletion(chat),
    )
    name = asking.member(ADA).person
    planned = erasure.plan(name).messages
    result = erasure.erase(name)
    assert not any("enquiry" in where for where in result.found.left)
    assert result.messages == planned
    assert [said for said in asking.ada.messages if said["text"]] == []
    assert SECRET not in everything_before(asking, SEN) + asking.stored_text()


def test_erasing_who_answered_deletes_their_words(asking: AskingPeople, tmp_path: Path) -> None:
    answer = asking.asks_sensei()
    asking.passes_on(answer)
    asking.settle(SOME_DAYS)
    asking.helps(SEN, SECRET)
    engine = asking.engine
    clones = CheckoutCache(tmp_path / "clones", 10**6, 5.0, 10**6)
    erasure = Erasure(asking.here.store, DbosWorkflowRecords(engine), clones, SqlTraceSearch(engine))
    assert erasure.erase(asking.member(SEN).person).complete
    assert SECRET not in asking.stored_text()
    kept = asking.handover(answer)
    assert (kept.state, kept.answer, kept.paragraphs) == (HandoverState.ANSWERED, "", ())


def test_deleting_all_that_was_asked_takes_the_question_back(asking: AskingPeople) -> None:
    answer = asking.asks_sensei()
    asking.passes_on(answer, SECRET)
    asking.settle(SOME_DAYS)
    thread = asking.enquiry(answer).thread
    asked = next(it for it in asking.slack.messages(asking.ada.dm) if it["ts"] == thread)
    asking.ada.deletes(asked)
    asking.settle()
    assert asking.handover(answer).state is HandoverState.WITHDRAWN
    assert SECRET not in everything_before(asking, SEN) + asking.stored_text()


def test_the_weekly_digest_opens_the_form_for_what_waits(asking: AskingPeople) -> None:
    answer = asking.asks_sensei()
    asking.passes_on(answer, SECRET)
    asking.settle(SOME_DAYS)
    sen = asking.member(SEN)
    week, row = f"{now() + timedelta(days=7):%G-W%V}", f"enquiry:{asking.capstone.id}"
    with asking.here.store.begin() as tx:
        digest = tx.digests.add(sen.cohort, sen.person, "sensei", week, [row], now()).id
    about = {"digest": digest}
    key = f"digest.sensei:{sen.person}:{digest}"
    asking.run("message", {"key": key, "kind": "digest.sensei", "about": about})
    shown = asking.sen.messages[-1]
    assert SECRET not in json.dumps(shown)
    assert not asking.sen.click(shown, "enquiries.answer:1").failed
    assert SECRET in asking.form(asking.sen)
    assert not asking.sen.submit({"join.text": "Yes."}).errors
    asking.settle()
    assert "Yes." in asking.in_thread(answer)[-1]
    assert "questions waiting for your answer: nothing left to do" in asking.heard(asking.sen)[-1]
