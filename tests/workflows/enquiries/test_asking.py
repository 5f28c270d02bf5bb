"""Asking in direct messages: what is kept, and what comes back in the thread."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.adapters import slack as adapter
from bot.domain.dojo.people import DateKind, EnrolmentState
from bot.domain.enquiries.limits import LIMITS, Limit
from bot.domain.enquiries.records import AnswerSource, AnswerState, Feedback, Place
from bot.errors import PermanentError
from bot.ports.model import CallOutcome, ModelRequest
from bot.rendering.enquiries.slack_answers import DAYS_KEPT, limited_message
from bot.workflows.enquiries.ask_shortcut import ENQUIRY_FORM
from bot.workflows.enquiries.direct_messages import FORM_KEYS
from bot.workflows.enquiries.hearing import find_asker, refresh_answer
from bot.workflows.jobs.retry import GaveUpError
from bot.workflows.privacy.retention import ENQUIRIES_KEPT
from tests.entrypoints.webhooks import now
from tests.fakes.slack import look
from tests.fakes.steps import Straight
from tests.workflows.enquiries.asking import ADA, QUESTION, SEN, Asking, answers_with

CANARY = "zanzibar-canary-4711"
PASSAGE = "A run of the pipeline may take at most 45 minutes."
REPLY = "I haven't saved your message"


def test_a_question_is_answered_in_its_thread_with_the_source(it: Asking) -> None:
    it.says(answers_with())
    said = it.asks()
    [answer] = it.in_thread(said)
    assert f"{PASSAGE} [1]" in answer
    assert f"[ Helpful ] [ Not helpful ] [ Ask {SEN} ]" in answer
    assert "[1] CI <handbook>: Time limits" in answer
    assert [one.text for one in it.messages()] == [QUESTION]
    [kept] = it.answers()
    assert (kept.state, kept.source) == (AnswerState.SHOWN, AnswerSource.MODEL)
    assert kept.ts == it.ada.messages[-1]["ts"]
    assert look.notified(it.ada.messages[-1]) == set()
    assert it.people[SEN].messages == []


def test_a_shown_link_is_that_of_the_passage_and_never_a_script(it: Asking) -> None:
    it.asks("Where are the secrets of the pipeline, and how long may a run take?")
    [shown] = [message for message in it.ada.messages if "thread_ts" in message]
    assert "https://docs.example/ci?a=1&amp;b=2#time-limits" in str(shown["blocks"])
    assert "javascript" not in str(shown["blocks"])


def test_what_follows_in_the_thread_is_answered_with_what_was_said_before(it: Asking) -> None:
    model = it.says(answers_with())
    said = it.asks()
    it.asks("And who can change that limit?", thread=said["ts"])
    assert len(it.in_thread(said)) == 2
    assert len(it.enquiries()) == 1
    assert QUESTION in model.requests[1].user
    assert "who can change that limit" in model.requests[1].user


def test_several_messages_in_a_row_get_one_answer(it: Asking) -> None:
    model = it.says(answers_with())
    said = it.ada.says("How long may it take?")
    it.ada.says("I mean a run of the pipeline.", thread=said["ts"])
    it.settle()
    assert len(it.in_thread(said)) == 1
    [request] = model.requests
    assert "How long may it take?" in request.user
    assert "I mean a run of the pipeline." in request.user


@pytest.mark.parametrize("who", ["a guest", "somebody who left", "somebody who pauses", "after the last day"])
def test_of_whoever_may_not_ask_nothing_is_stored(it: Asking, who: str) -> None:
    model = it.says(answers_with())
    person = it.slack.person("Gus") if who == "a guest" else it.ada
    if who == "after the last day":
        with it.here.store.begin() as tx:
            cohort = it.member(ADA).cohort
            tx.cohorts.add_date(cohort, DateKind.END, "End", (now() - timedelta(days=3)).date())
    elif who != "a guest":
        state = EnrolmentState.LEFT if who == "somebody who left" else EnrolmentState.PAUSED
        it.sets(ADA, state)
    person.says(CANARY)
    it.slack.settle()
    assert CANARY not in it.stored_text()  # not even while it waits to be handled
    it.settle()
    [reply] = it.heard(person)
    assert REPLY in reply
    assert CANARY not in it.stored_text()
    assert model.requests == []


def test_an_enquiry_is_that_of_its_author_alone(it: Asking) -> None:
    said = it.asks()
    with it.here.store.read() as tx:
        assert tx.enquiries.find(it.ada.dm, said["ts"])
        asker = find_asker(tx, it.slack.team, it.ada.id, now())
    assert asker == it.member(ADA)
    [enquiry] = it.enquiries()
    assert (enquiry.place, enquiry.enrolment) == (Place.DIRECT, it.member(ADA).enrolment)


def test_an_edit_changes_the_answer_that_was_shown(it: Asking) -> None:
    it.says(answers_with())
    said = it.asks(CANARY)
    before = it.ada.messages[-1]["ts"]
    it.says(answers_with(covered=False, claims=[]))
    it.ada.edits(said, "How long is lunch?")
    it.settle()
    [answer] = it.in_thread(said)
    assert "My sources don't cover this." in answer
    assert it.ada.messages[-1]["ts"] == before
    assert [(one.text, one.revision) for one in it.messages()] == [("How long is lunch?", 1)]
    assert CANARY not in it.stored_text()


def test_an_edit_before_the_answer_is_what_is_answered(it: Asking) -> None:
    model = it.says(answers_with())
    said = it.ada.says(CANARY)
    it.ada.edits(said, QUESTION)
    it.settle()
    assert len(it.in_thread(said)) == 1
    assert all(CANARY not in request.user for request in model.requests)
    assert len(model.requests) == 1


def test_a_deletion_takes_the_words_and_the_answer(it: Asking) -> None:
    it.says(answers_with(text=CANARY))
    said = it.asks(f"{QUESTION} {CANARY}")
    it.ada.deletes(said)
    it.settle()
    assert it.in_thread(said) == []
    assert [one.text for one in it.messages()] == [""]
    assert [(one.text, one.citations, one.state) for one in it.answers()] == [("", (), AnswerState.WITHDRAWN)]
    assert CANARY not in it.stored_text()


@pytest.mark.parametrize("change", ["deletes", "edits"])
def test_the_models_own_answer_goes_with_the_words_that_it_may_quote(it: Asking, change: str) -> None:
    said = it.asks(f"{QUESTION} {CANARY}")
    it.stores_model_answer(CANARY)
    if change == "deletes":
        it.ada.deletes(said)
    else:
        it.ada.edits(said, QUESTION)
    it.settle()
    assert CANARY not in it.stored_text()


@pytest.mark.parametrize("text", ["", "  "])
def test_an_edit_that_leaves_no_words_deletes_them(it: Asking, text: str) -> None:
    it.says(answers_with(text=CANARY))
    said = it.asks(f"{QUESTION} {CANARY}")
    it.ada.edits(said, text)
    it.settle()
    assert it.in_thread(said) == []
    assert CANARY not in it.stored_text()


def test_a_question_with_an_answer_leaves_a_tombstone_and_nothing_else(it: Asking) -> None:
    it.says(answers_with())
    said = it.asks(f"{QUESTION} {CANARY}")
    it.ada.deletes(said)
    it.slack.settle()
    [left] = [message for message in it.slack.messages(it.ada.dm) if message["ts"] == said["ts"]]
    assert (left["subtype"], left["user"]) == ("tombstone", "USLACKBOT")
    it.settle()
    assert it.in_thread(said) == []
    assert CANARY not in it.stored_text()


def test_an_edit_beyond_a_limit_keeps_the_new_words_and_says_so(it: Asking) -> None:
    model = it.says(answers_with())
    said = it.asks(f"{QUESTION} {CANARY}")
    with it.here.store.begin() as tx:
        [enquiry] = it.enquiries()
        for number in range(LIMITS.hour - 1):
            tx.enquiries.add_message(enquiry.id, f"9.{number}", "And?", now())
    it.ada.edits(said, QUESTION)
    it.settle()
    assert QUESTION in [one.text for one in it.messages()]
    assert CANARY not in it.stored_text()
    assert "I've kept your new words instead of the earlier ones" in it.heard(it.ada)[-1]
    assert len(model.requests) == 1


def test_an_edit_that_is_too_long_keeps_no_words_until_it_is_shortened(it: Asking) -> None:
    it.says(answers_with())
    said = it.asks(CANARY)
    it.ada.edits(said, "x" * (LIMITS.characters + 1))
    it.settle()
    assert "haven't kept the new ones" in it.heard(it.ada)[-1]
    assert [one.text for one in it.messages()] == [""]
    assert CANARY not in it.stored_text()
    it.ada.edits(said, QUESTION)
    it.settle()
    assert [one.text for one in it.messages()] == [QUESTION]
    assert any(PASSAGE in text for text in it.in_thread(said))


@pytest.mark.parametrize("change", ["deletes", "edits"])
def test_what_changes_in_the_thread_while_an_answer_is_written_is_not_answered(
    it: Asking, change: str
) -> None:
    said = it.ada.says(f"What about {CANARY}?")
    it.ada.says(QUESTION, thread=said["ts"])

    def answers(request: ModelRequest) -> Mapping[str, Any]:
        """Answer while Ada changes her first message."""
        if CANARY in request.user:
            if change == "deletes":
                it.ada.deletes(said)
            else:
                it.ada.edits(said, "What about that?")
            it.here.handled()
            it.stores_model_answer(CANARY)
        return answers_with()

    model = it.says(answers)
    it.settle()
    assert [CANARY in request.user for request in model.requests] == [True, False]
    [answer] = it.in_thread(said)
    assert PASSAGE in answer
    assert CANARY not in it.stored_text()


def test_an_edit_of_a_message_whose_answer_came_with_a_later_one_changes_that_answer(it: Asking) -> None:
    model = it.says(answers_with())
    said = it.ada.says("How long may lunch take?")
    it.here.handled()
    it.ada.says("I ask for a friend.", thread=said["ts"])
    it.settle()
    it.ada.edits(said, QUESTION)
    it.settle()
    assert len(it.in_thread(said)) == 1
    assert QUESTION in model.requests[-1].user
    assert "lunch" not in model.requests[-1].user
    [answer] = it.answers()
    [_, covering] = it.messages()
    assert (answer.message, answer.revision, covering.text) == (covering.id, 1, "I ask for a friend.")


def test_an_edit_before_the_later_message_is_answered_is_in_its_one_answer(it: Asking) -> None:
    model = it.says(answers_with())
    said = it.ada.says(CANARY)
    it.here.handled()
    it.ada.says("I ask for a friend.", thread=said["ts"])
    it.here.handled()
    it.ada.edits(said, QUESTION)
    it.settle()
    [request] = model.requests
    assert QUESTION in request.user
    assert CANARY not in request.user
    assert len(it.in_thread(said)) == 1


def test_of_several_edits_only_the_job_of_the_last_one_writes(it: Asking) -> None:
    model = it.says(answers_with())
    said = it.ada.says(CANARY)
    it.here.handled()
    for number in range(3):
        it.ada.edits(said, f"{QUESTION} {number}")
        it.here.handled()
    jobs = [argument for kind, argument in it.here.engine.jobs if kind == "enquiry"]
    it.here.engine.jobs = []
    assert len(jobs) == 4
    for argument in jobs[:-1]:
        it.run("enquiry", argument)
        assert model.requests == []
    it.run("enquiry", jobs[-1])
    assert [f"{QUESTION} 2" in request.user for request in model.requests] == [True]
    assert len(it.in_thread(said)) == 1


def test_while_the_index_cannot_be_used_it_says_so_at_once(it: Asking) -> None:
    model = it.says(answers_with())
    for file in it.folder.glob("index.db*"):
        file.unlink()
    (it.folder / "index.db").mkdir()
    [answer] = it.in_thread(it.asks())
    assert "I couldn't search my sources just now" in answer
    assert model.requests == []


def test_a_draft_that_cannot_even_be_read_leaves_the_passages(it: Asking) -> None:
    class Odd(dict[str, object]):
        def get(self, *_: object) -> object:
            raise RecursionError

    it.says(Odd(answers_with()))
    [answer] = it.in_thread(it.asks())
    assert "I couldn't put this into my own words" in answer
    assert "After that, the runner stops it." in answer


def test_an_answer_that_cannot_be_written_is_a_dead_letter_and_is_not_lost(it: Asking) -> None:
    it.ada.says(QUESTION)
    it.here.handled()
    [(_, argument)] = it.here.engine.jobs
    it.here.engine.jobs = []

    @contextmanager
    def refuses(enrolment: int) -> Iterator[None]:
        if enrolment:
            raise PermanentError("The key is wrong.", "Set another one.")
        yield

    with pytest.raises(GaveUpError, match="The key is wrong"):
        replace(it.answering(), model=refuses).run(Straight(it.here.store), argument)


def test_a_deletion_may_overtake_the_message(it: Asking) -> None:
    model = it.says(answers_with())
    gone = {"type": "message", "user": it.ada.id, "ts": "17.000001", "text": CANARY}
    it.ada.deletes(gone)
    it.settle()
    it.slack.event({**gone, "channel": it.ada.dm, "channel_type": "im"}, "message.im")
    it.settle()
    assert model.requests == []
    assert it.in_thread(gone) == []
    assert CANARY not in it.stored_text()


def test_if_the_newest_message_is_deleted_the_one_before_is_answered(it: Asking) -> None:
    model = it.says(answers_with())
    said = it.ada.says(QUESTION)
    later = it.ada.says(CANARY, thread=said["ts"])
    it.ada.deletes(later)
    it.settle()
    assert len(it.in_thread(said)) == 1
    assert [request.user.count(CANARY) for request in model.requests] == [0]


def test_without_a_model_the_passages_themselves_are_shown(it: Asking) -> None:
    said = it.asks()
    [answer] = it.in_thread(said)
    assert "no AI model is set up" in answer
    assert "After that, the runner stops it." in answer
    assert [one.source for one in it.answers()] == [AnswerSource.PASSAGES]


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        (CallOutcome.OVER_BUDGET, "used up today's budget"),
        (CallOutcome.FAILED, "The model didn't answer"),
        (CallOutcome.CUT_OFF, "The model didn't answer"),
    ],
)
def test_if_the_model_gives_no_answer_the_passages_are_shown(
    it: Asking, outcome: CallOutcome, why: str
) -> None:
    it.says(outcome)
    [answer] = it.in_thread(it.asks())
    assert why in answer
    assert "After that, the runner stops it." in answer


def test_what_no_source_covers_is_said_with_who_can_help(it: Asking) -> None:
    it.says(answers_with(covered=False, claims=[]))
    [answer] = it.in_thread(it.asks("When is the summer party?"))
    assert "My sources don't cover this." in answer
    assert "can help. I'll show you what I'd send before" in answer
    assert f"[ Ask {SEN} ]" in answer


def test_a_sensitive_matter_reaches_no_model_nor_does_anything_later_in_its_thread(it: Asking) -> None:
    model = it.says(answers_with())
    said = it.asks("My sensei shouted at me in front of everybody.")
    [answer] = it.in_thread(said)
    assert "talk to a person" in answer
    assert "please ask it in a new thread" in answer
    assert f"[ Ask {SEN} ]" in answer
    assert "Helpful" not in answer
    it.asks("It happened again yesterday, in front of everyone.", thread=said["ts"])
    assert ["talk to a person" in text for text in it.in_thread(said)] == [True, True]
    assert model.requests == []
    it.asks()
    [request] = model.requests
    assert "shouted" not in request.user
    assert "happened again" not in request.user


def test_what_was_asked_before_a_sensitive_matter_is_not_sent_to_a_model_again(it: Asking) -> None:
    it.says(answers_with())
    said = it.asks()
    it.asks("My sensei shouted at me in front of everybody.", thread=said["ts"])
    model = it.says(answers_with())
    it.ada.edits(said, f"{QUESTION} It happened again.")
    it.settle()
    assert model.requests == []


def test_if_a_model_finds_it_sensitive_its_words_are_not_kept_and_the_thread_stays_with_people(
    it: Asking,
) -> None:
    it.says(answers_with(kind="sensitive", question=CANARY))
    said = it.asks("Mein Sensei hat mich vor allen angeschrien.")
    [answer] = it.in_thread(said)
    assert "talk to a person" in answer
    assert CANARY not in it.stored_text()
    model = it.says(answers_with())
    it.asks(QUESTION, thread=said["ts"])
    assert model.requests == []
    it.ada.edits(said, QUESTION)  # what was sensitive is gone, but not what followed
    it.settle()
    assert model.requests == []


def test_a_reply_below_any_message_of_senseis_is_no_question(it: Asking) -> None:
    model = it.says(answers_with())
    chat = adapter.connect(it.slack.bot_token, it.slack.api_url)
    report = chat.post(it.ada.dm, limited_message(Limit.HOUR), "report")  # nothing notes that it was posted
    said = it.ada.says(CANARY, thread=report.ts)
    it.ada.edits(said, f"{CANARY} again")
    it.settle()
    assert it.enquiries() == []
    assert CANARY not in it.stored_text()
    assert model.requests == []


@pytest.mark.parametrize(
    ("has_model", "note"),
    [
        (True, "A model reads what you ask here. I keep it for 90 days."),
        (False, "I keep what you ask here for 90 days."),
    ],
)
def test_the_first_answer_says_what_reads_and_keeps_the_questions(
    it: Asking, has_model: bool, note: str
) -> None:
    if has_model:
        it.says(answers_with())
    it.asks("My sensei shouted at me.")  # what no model reads isn't the first
    first, second = it.asks(), it.asks("And on a Sunday?")
    assert note in it.in_thread(first)[0]
    with it.here.store.begin() as tx:
        refresh_answer(tx, it.answers()[1].id, now())
    it.settle()
    assert sum("90 days" in text for text in it.heard(it.ada)) == 1
    assert note in it.in_thread(first)[0]
    assert note not in it.in_thread(second)[0]
    assert timedelta(days=DAYS_KEPT) == ENQUIRIES_KEPT


def test_a_reply_below_a_question_from_the_form_is_one_even_before_its_thread_is_known(it: Asking) -> None:
    chat = adapter.connect(it.slack.bot_token, it.slack.api_url)
    shown = chat.post(it.ada.dm, limited_message(Limit.HOUR), "form")
    key = f"{ENQUIRY_FORM}:{it.member(ADA).enrolment}:1"
    with it.here.store.begin() as tx:
        tx.effects.begin(key, now())
        tx.effects.finish(key, f"{it.ada.dm} {shown.ts}", now())
    it.asks(QUESTION, shown.ts)
    assert [one.text for one in it.messages()] == [QUESTION]
    assert f"{ENQUIRY_FORM}:" == FORM_KEYS


def test_a_message_that_is_too_long_is_not_kept(it: Asking) -> None:
    said = it.asks(CANARY + "x" * LIMITS.characters)
    [told] = it.in_thread(said)
    assert "longer than 4,000 characters" in told
    assert it.messages() == []
    assert CANARY not in it.stored_text()
    it.ada.edits(said, QUESTION)
    it.settle()
    assert [one.text for one in it.messages()] == [QUESTION]


def test_a_few_questions_may_wait_at_once(it: Asking) -> None:
    for words in ("hi", "quick question", QUESTION):
        it.ada.says(words)
    it.here.handled()
    assert len(it.messages()) == 3
    for number in range(LIMITS.waiting):
        it.ada.says(f"{QUESTION} {number}")
    it.settle()
    assert len(it.messages()) == LIMITS.waiting == 6
    told = [text for text in it.heard(it.ada) if "I'm still working on 6 questions of yours" in text]
    assert len(told) == 1
    it.asks()
    assert len(it.messages()) == 7


def test_no_more_than_so_many_an_hour(it: Asking) -> None:
    first = it.asks()
    with it.here.store.begin() as tx:
        [enquiry] = it.enquiries()
        for number in range(LIMITS.hour - 1):
            tx.enquiries.add_message(enquiry.id, f"9.{number}", "And?", now())
    it.asks(CANARY, thread=first["ts"])
    assert f"asked {LIMITS.hour} questions within an hour" in it.heard(it.ada)[-1]
    assert CANARY not in it.stored_text()


def test_an_edit_counts_as_a_message_and_has_an_end(it: Asking) -> None:
    said = it.asks()
    for number in range(LIMITS.edits + 1):
        it.ada.edits(said, f"{QUESTION} {number}")
        it.settle()
    assert [one.revision for one in it.answers()] == [LIMITS.edits]
    assert [one.text for one in it.messages()] == [f"{QUESTION} {LIMITS.edits}"]
    assert any("edited this message 10 times" in text for text in it.heard(it.ada))


def test_what_a_reader_says_about_an_answer_is_shown_with_it(it: Asking) -> None:
    it.says(answers_with())
    said = it.asks()
    it.ada.click(it.ada.messages[-1], "enquiries.helpful")
    it.settle()
    [answer] = it.in_thread(said)
    assert "You said that this helped." in answer
    assert "[ Helpful ]" not in answer
    assert [one.feedback for one in it.answers()] == [Feedback.HELPFUL]


def test_a_reply_to_another_message_of_senseis_is_no_question(it: Asking) -> None:
    it.sets(ADA, EnrolmentState.PAUSED)
    it.ada.says("Hello")
    it.settle()
    [greeting] = it.ada.messages
    it.sets(ADA, EnrolmentState.ACTIVE)
    it.ada.says(CANARY, thread=greeting["ts"])
    it.slack.settle()
    assert CANARY not in it.stored_text()
    it.settle()
    assert it.enquiries() == []


def test_what_a_cohort_asks_in_a_day_has_a_limit_too(it: Asking) -> None:
    with it.here.store.begin() as tx:
        other = tx.enquiries.open(it.member(SEN).enrolment, Place.DIRECT, "D0OTHER", "1.1", now())
        message = tx.enquiries.add_message(other.id, "1.1", "Why?", now())
        for _ in range(LIMITS.cohort_day - 1):
            tx.enquiries.edit_message(message.id, "Why?", now())
    it.asks(CANARY)
    assert "Your cohort has reached its limit" in it.heard(it.ada)[-1]
    assert it.messages() == []
    assert CANARY not in it.stored_text()
