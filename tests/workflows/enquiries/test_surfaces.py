"""Asking in the pane, in a channel, and by the shortcut of a message."""

from typing import Any

import pytest

from bot.adapters import slack as adapter
from bot.domain.dojo.people import EnrolmentState
from bot.domain.enquiries.limits import LIMITS
from bot.domain.enquiries.records import AnswerSource, Feedback, Place
from bot.domain.sources.documents import Document, Passage, cohort_scope, person_scope
from bot.rendering.enquiries.slack_form import MOST_OF_A_QUESTION
from bot.workflows.enquiries.ask_shortcut import FormQuestions
from bot.workflows.jobs.retry import GaveUpError
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Fails, Loses, look, outage
from tests.fakes.steps import Straight
from tests.workflows.enquiries.asking import ADA, HANDBOOK, QUESTION, SEN, Asking, answers_with
from tests.workflows.whole_dojo import SENSEI

DEADLINES = Document(
    "dates.md",
    "Dates",
    (Passage(("Deadlines",), "The deadlines and dates of the dojo are in the calendar."),),
)
OWN = Document("1", "Decision 1", (Passage(("Decided",), "We keep the quokka events in Postgres."),))
OWN_QUESTION = "What did we decide about quokka events?"


@pytest.fixture(autouse=True)
def _subscribed(it: Asking) -> None:
    it.slack.events |= {"app_mention", "assistant_thread_started"}


def opens(it: Asking, name: str = ADA) -> dict[str, Any] | None:
    """Let somebody open the pane; return what is suggested to them."""
    person = it.people[name]
    person.opens_home("messages")
    it.settle()
    return it.slack.prompts.get((person.dm, ""))


def asked(suggested: dict[str, Any] | None) -> list[str]:
    assert suggested
    return [prompt["message"] for prompt in suggested["prompts"]]


# -- the pane


def test_the_pane_suggests_questions_and_posts_nothing(it: Asking) -> None:
    suggested = opens(it)
    assert suggested
    assert suggested["title"] == "What would you like to know?"
    assert len(asked(suggested)) == 2
    assert asked(suggested)[0].startswith("What does the rubric mean by “")
    assert asked(suggested)[1].startswith("What can I cite about “")
    assert it.ada.messages == []
    assert asked(opens(it, SEN)) == asked(suggested)


def test_the_pane_suggests_a_question_about_the_handbook_only_if_it_covers_it(it: Asking) -> None:
    it.index.replace(cohort_scope(it.member(ADA).cohort), [HANDBOOK, DEADLINES])
    assert asked(opens(it))[-1] == "What does our handbook say about dates and deadlines?"


def test_if_the_handbook_cannot_be_searched_the_pane_suggests_the_rest(it: Asking) -> None:
    for file in it.folder.glob("index.db*"):
        file.unlink()
    (it.folder / "index.db").mkdir()
    assert len(asked(opens(it))) == 2


def test_the_pane_is_filled_once_a_minute_and_only_for_those_who_may_ask(it: Asking) -> None:
    opens(it)
    opens(it)
    assert len(it.slack.asked("assistant.threads.setSuggestedPrompts")) == 1
    guest = it.slack.person("Guest")
    guest.opens_home("messages")
    it.settle()
    assert not [kept for kept in it.here.kept if kept != ("slack.event", "handled")][1:]
    assert guest.id not in it.stored_text()
    assert (guest.dm, "") not in it.slack.prompts


@pytest.mark.parametrize("why", ["not an agent", "no scope", "an outage"])
def test_where_nothing_can_be_suggested_nothing_else_happens(it: Asking, why: str) -> None:
    it.slack.is_agent = why != "not an agent"
    if why == "no scope":
        it.slack.scopes.discard("assistant:write")
    if why == "an outage":
        it.slack.fault(outage(), "assistant.threads.setSuggestedPrompts")
    assert opens(it) is None
    assert it.ada.messages == []
    it.says(answers_with())
    assert it.in_thread(it.asks())


def test_a_thread_of_the_older_pane_is_answered_and_gets_its_first_question_as_title(it: Asking) -> None:
    it.says(answers_with())
    root = it.ada.opens_thread()
    it.settle()
    assert (it.ada.dm, root) in it.slack.prompts
    it.asks(thread=root)
    [enquiry] = it.enquiries()
    assert (enquiry.place, enquiry.thread) == (Place.PANE, root)
    assert "at most 45 minutes" in it.in_thread({"ts": root})[-1]
    assert it.slack.titles == {(it.ada.dm, root): QUESTION}
    it.asks("And on a Sunday?", root)
    assert it.slack.titles == {(it.ada.dm, root): QUESTION}


def test_a_title_has_no_secret_and_a_sensitive_question_gives_none(it: Asking) -> None:
    key = "AK" + "IA" + "QW3ERTYUIO5PASDF"
    said = it.asks(f"Is {key} ours?")
    it.asks("My sensei shouted at me in front of everybody.")
    assert list(it.slack.titles) == [(it.ada.dm, said["ts"])]
    assert key not in it.slack.titles[it.ada.dm, said["ts"]]


def test_a_title_can_mention_nobody_and_is_short(it: Asking) -> None:
    said = it.asks("<!channel> &amp; " + "words " * 40)
    title = it.slack.titles[it.ada.dm, said["ts"]]
    assert title.startswith("‹!channel› & words")
    assert len(title) == 60


# -- a channel


def in_channel(it: Asking, channel: str, thread: str) -> list[str]:
    """What the app has said in a thread of a channel."""
    said = [each for each in it.slack.messages(channel) if each["user"] == it.slack.bot_user]
    for message in said:
        assert message["thread_ts"] == thread
        assert look.notified(message) == set()
    return [" ".join(look.text(message).split()) for message in said]


def mentions(it: Asking, text: str, channel: str, name: str = ADA, thread: str | None = None) -> str:
    said = it.people[name].mentions_app(text, channel, thread)
    it.settle()
    return str(said["ts"])


def test_a_mention_is_answered_in_its_thread_once(it: Asking) -> None:
    it.says(answers_with())
    channel = it.slack.channel(it.ada)
    asked_at = mentions(it, f"{{app}} {QUESTION}", channel)
    [answer] = in_channel(it, channel, asked_at)
    assert "A run of the pipeline may take at most 45 minutes. [1]" in answer
    [enquiry] = it.enquiries()
    assert (enquiry.place, enquiry.channel, enquiry.thread) == (Place.CHANNEL, channel, asked_at)
    assert [one.text for one in it.messages()] == [QUESTION]
    assert it.ada.messages == []
    assert not it.slack.titles


def test_in_a_channel_nothing_of_ones_own_is_searched(it: Asking) -> None:
    member = it.member(ADA)
    it.index.replace(person_scope(member.cohort, member.person), [OWN])
    channel = it.slack.channel(it.ada)
    asked_at = mentions(it, f"{{app}} {OWN_QUESTION}", channel)
    [answer] = in_channel(it, channel, asked_at)
    assert "quokka" not in answer
    assert it.answers()[-1].source is AnswerSource.NOTHING


def test_what_others_write_in_the_thread_and_what_does_not_mention_sensei_is_not_heard(it: Asking) -> None:
    it.says(answers_with())
    channel = it.slack.channel(it.ada, it.people[SEN])
    asked_at = mentions(it, f"{{app}} {QUESTION}", channel)
    it.ada.says("And zanzibar?", channel, asked_at)
    mentions(it, "{app} zanzibar?", channel, SEN, asked_at)
    assert len(in_channel(it, channel, asked_at)) == 1
    assert "zanzibar" not in it.stored_text()
    [hint] = it.heard(it.people[SEN])
    assert "I only answer them there" in hint
    mentions(it, f"{{app}} {QUESTION}", channel, ADA, asked_at)
    assert len(in_channel(it, channel, asked_at)) == 2


def test_an_edit_comes_as_a_mention_and_is_answered_anew(it: Asking) -> None:
    it.says(answers_with())
    channel = it.slack.channel(it.ada)
    said = it.ada.mentions_app(f"{{app}} {QUESTION}", channel)
    it.settle()
    event = {**said, "type": "app_mention", "channel": channel, "event_ts": it.slack.stamp()}
    it.slack.event({**event, "text": f"<@{it.slack.bot_user}> How long is a run?"}, "app_mention")
    it.settle()
    assert [(one.text, one.revision) for one in it.messages()] == [("How long is a run?", 1)]
    assert len(in_channel(it, channel, said["ts"])) == 1


@pytest.mark.parametrize("who", ["a guest", "one who left", "one who asks nothing"])
def test_a_mention_that_is_no_question_gets_one_private_reply(it: Asking, who: str) -> None:
    words = "{app} zanzibar?" if who != "one who asks nothing" else "{app}"
    person = it.slack.person("Guest") if who == "a guest" else it.ada
    it.people["Guest"] = person
    if who == "one who left":
        it.sets(ADA, EnrolmentState.LEFT)
    channel = it.slack.channel(person)
    asked_at = mentions(it, words, channel, "Guest")
    mentions(it, words, channel, "Guest")
    assert in_channel(it, channel, asked_at) == []
    assert len(person.messages) == 1
    assert "zanzibar" not in it.stored_text()


def test_in_a_channel_an_answer_is_posted_although_sensei_cannot_look_for_it(it: Asking) -> None:
    it.says(answers_with())
    channel = it.slack.channel(it.ada)
    it.slack.fault(outage(), "chat.postMessage")
    asked_at = mentions(it, f"{{app}} {QUESTION}", channel)
    assert len(in_channel(it, channel, asked_at)) == 1
    assert not it.slack.asked("conversations.replies")


def test_feedback_on_an_answer_in_a_channel_is_shown_to_nobody(it: Asking) -> None:
    it.says(answers_with())
    channel = it.slack.channel(it.ada, it.people[SEN])
    asked_at = mentions(it, f"{{app}} {QUESTION}", channel)
    before = in_channel(it, channel, asked_at)
    assert "[ Ask a person ]" in before[0]
    assert not it.ada.click(it.slack.messages(channel)[-1], "enquiries.helpful").failed
    it.settle()
    assert it.answers()[-1].feedback is Feedback.HELPFUL
    assert in_channel(it, channel, asked_at) == before


def test_a_sensitive_mention_is_answered_in_the_direct_messages_and_nowhere_else(it: Asking) -> None:
    model = it.says(answers_with())
    channel = it.slack.channel(it.ada, it.people[SEN])
    asked_at = mentions(it, "{app} My sensei shouted at me.", channel)
    assert in_channel(it, channel, asked_at) == []
    assert not it.slack.asked("assistant.threads.setStatus")
    [told] = it.heard(it.ada)
    assert "talk to a person" in told
    assert "where only you can read it" in told
    assert f"[ Ask {SEN} ]" in told
    mentions(it, f"{{app}} {QUESTION}", channel, ADA, asked_at)
    assert in_channel(it, channel, asked_at) == []
    assert len(it.heard(it.ada)) == 2
    assert model.requests == []


def test_if_slacks_answer_to_a_sensitive_one_is_lost_it_is_found_again(it: Asking) -> None:
    channel = it.slack.channel(it.ada)
    it.slack.fault(Loses(), "chat.postMessage")
    asked_at = mentions(it, "{app} My sensei shouted at me.", channel)
    assert in_channel(it, channel, asked_at) == []
    assert len(it.heard(it.ada)) == 1


def test_an_edit_that_makes_a_mention_sensitive_takes_the_answer_out_of_the_channel_and_back(
    it: Asking,
) -> None:
    it.says(answers_with())
    channel = it.slack.channel(it.ada)
    said = it.ada.mentions_app(f"{{app}} {QUESTION}", channel)
    it.settle()
    event = {**said, "type": "app_mention", "channel": channel, "event_ts": it.slack.stamp()}
    app = f"<@{it.slack.bot_user}>"
    it.slack.event({**event, "text": f"{app} My sensei shouted at me."}, "app_mention")
    it.settle()
    assert in_channel(it, channel, said["ts"]) == []
    assert len(it.heard(it.ada)) == 1
    event["event_ts"] = it.slack.stamp()
    it.slack.event({**event, "text": f"{app} {QUESTION}"}, "app_mention")
    it.settle()
    assert len(in_channel(it, channel, said["ts"])) == 1
    assert it.heard(it.ada) == []


# -- the shortcut


def uses(it: Asking, name: str = ADA, of: str = ADA, text: str = "The runner stopped &amp; died.") -> Any:
    said = it.people[of].says(text, it.slack.channel(it.people[of]))
    return it.people[name].uses_shortcut(said, "enquiries.ask")


def field_of(it: Asking, name: str = ADA) -> str:
    form = it.people[name].modal
    assert form
    [element] = [block["element"] for block in form.document["blocks"] if block["type"] == "input"]
    return str(element.get("initial_value", ""))


def test_the_shortcut_asks_in_the_direct_messages_with_ones_own_words(it: Asking) -> None:
    it.says(answers_with())
    uses(it)
    assert field_of(it) == "The runner stopped & died."
    it.ada.submit({"join.question": f"<!channel> {QUESTION}"})
    it.settle()
    root, answer = it.ada.messages
    assert look.notified(root) == set()
    assert "You asked: › <!channel> How long" in " ".join(look.text(root).split()).replace("> <", "› <")
    assert answer["thread_ts"] == root["ts"]
    assert "at most 45 minutes" in it.in_thread(root)[0]
    [enquiry] = it.enquiries()
    assert (enquiry.place, enquiry.channel, enquiry.thread) == (Place.DIRECT, it.ada.dm, root["ts"])
    assert [(one.text, one.ts) for one in it.messages()] == [(f"<!channel> {QUESTION}", root["ts"])]
    it.asks("And on a Sunday?", root["ts"])
    assert len(it.in_thread(root)) == 2


def test_a_question_from_the_form_is_deleted_with_its_button_and_only_by_its_asker(it: Asking) -> None:
    it.says(answers_with(question="Who owns zanzibar?"))
    uses(it)
    it.ada.submit({"join.question": f"{QUESTION} zanzibar"})
    it.settle()
    root = it.ada.messages[0]
    sent = it.people[SEN].says("Hello")
    it.people[SEN]._bring("interactive", click_payload(it, SEN, sent, it.messages()[0].id))
    it.settle()
    assert "zanzibar" in it.stored_text()
    assert not it.ada.click(root, "enquiries.delete").failed
    it.settle()
    assert it.in_thread(root) == []
    [shown] = it.ada.messages
    assert " ".join(look.text(shown).split()) == "You deleted this question."
    assert "zanzibar" not in it.stored_text()
    assert [one.text for one in it.messages()] == [""]


def click_payload(it: Asking, name: str, message: dict[str, Any], value: int) -> dict[str, Any]:
    """Return the click of a button that somebody was never shown."""
    person = it.people[name]
    return person._payload("block_actions") | {
        "actions": [{"action_id": "enquiries.delete", "type": "button", "value": str(value)}],
        "container": {"type": "message", "channel_id": person.dm, "message_ts": message["ts"]},
    }


def test_of_anybody_elses_message_no_word_is_taken(it: Asking) -> None:
    uses(it, of=SEN, text="zanzibar")
    assert field_of(it) == ""
    assert it.ada.modal
    assert "I only copy messages that you wrote yourself." in " ".join(look.text(it.ada.modal).split())
    assert "zanzibar" not in str(it.ada.modal.document)
    it.ada.closes()
    said = it.slack.messages(it.ada.dm)
    assert said == []


def test_a_message_that_is_too_long_is_cut(it: Asking, subtests: pytest.Subtests) -> None:
    for name, text in {"plain": "word " * 1500, "wide": "😀" * 2500}.items():
        with subtests.test(name):
            uses(it, text=text)
            assert field_of(it)
            assert it.ada.modal
            assert "left out its end" in " ".join(look.text(it.ada.modal).split())
            it.ada.closes()
    assert LIMITS.characters > MOST_OF_A_QUESTION


def test_who_may_not_ask_is_told_so(it: Asking) -> None:
    guest = it.people["Guest"] = it.slack.person("Guest")
    uses(it, "Guest", "Guest")
    assert guest.modal is None
    assert "Only active members of a cohort that isn't over" in it.whispered(guest)
    uses(it)
    it.sets(ADA, EnrolmentState.LEFT)
    it.ada.submit({"join.question": QUESTION})
    it.settle()
    assert it.messages() == []


def test_a_limit_is_said_in_the_form(it: Asking) -> None:
    for number in range(LIMITS.waiting):
        with it.here.store.begin() as tx:
            made = tx.enquiries.open(it.member(ADA).enrolment, Place.DIRECT, it.ada.dm, f"{number}.1", now())
            tx.enquiries.add_message(made.id, f"{number}.1", "Why?", now())
    uses(it)
    errors = it.ada.submit({"join.question": QUESTION}).errors
    assert "I'm still working on" in errors["question"]


def test_a_lost_answer_of_slack_leads_to_one_thread(it: Asking) -> None:
    it.says(answers_with())
    uses(it)
    it.slack.fault(Loses(), "chat.postMessage")
    it.ada.submit({"join.question": QUESTION})
    it.settle()
    root, answer = it.ada.messages
    assert answer["thread_ts"] == root["ts"]


def test_a_question_of_a_form_waits_while_slack_rejects_the_token_and_goes_with_its_row(it: Asking) -> None:
    uses(it)
    it.ada.submit({"join.question": QUESTION})
    it.here.handled()
    [(kind, argument)] = it.here.engine.jobs
    it.here.engine.jobs = []
    assert kind == "enquiry_form"
    assert QUESTION not in str(argument)
    chat = adapter.connect(it.slack.bot_token, it.slack.api_url)
    it.slack.fault(Fails("token_revoked"), "conversations.open")
    flow = FormQuestions(chat, it.here.store, now)
    assert flow.run(Straight(it.here.store), argument)["outcome"] == "paused"
    with it.here.store.begin() as tx:
        [again] = tx.jobs.list_waiting(f"enquiry_form:{it.member(ADA).enrolment}:")
        tx.enquiries.delete_message(argument["message"], now())
    assert again
    it.settle()
    assert it.ada.messages == []


def test_the_sensei_asks_too_and_each_for_themselves(it: Asking) -> None:
    it.says(answers_with())
    uses(it, SEN, SEN)
    it.people[SEN].submit({"join.question": QUESTION})
    it.settle()
    assert len(it.people[SEN].messages) == 2
    assert it.ada.messages == []
    with it.here.store.read() as tx:
        assert len(tx.enquiries.of(it.member(SEN, SENSEI).enrolment)) == 1


@pytest.mark.parametrize("when", ["not answered yet", "answered already"])
def test_what_is_written_below_a_question_before_its_place_is_known_belongs_to_it(
    it: Asking, when: str
) -> None:
    model = it.says(answers_with())
    uses(it)
    it.ada.submit({"join.question": QUESTION})
    it.here.handled()
    [(_, argument)] = it.here.engine.jobs
    it.here.engine.jobs = []

    def write_below() -> None:
        it.ada.says("And on a Sunday?", thread=it.ada.messages[0]["ts"])
        if when == "answered already":
            it.settle()
        else:
            it.here.handled()

    chat = adapter.connect(it.slack.bot_token, it.slack.api_url)
    steps = Straight(it.here.store, before={"ask": write_below})
    assert FormQuestions(chat, it.here.store, now).run(steps, argument)["outcome"] == "done"
    it.settle()
    [enquiry] = it.enquiries()
    root = it.ada.messages[0]
    assert (enquiry.channel, enquiry.thread) == (it.ada.dm, root["ts"])
    assert [one.text for one in it.messages()] == [QUESTION, "And on a Sunday?"]
    assert len(it.in_thread(root)) == 1
    assert QUESTION in model.requests[-1].user
    assert "on a Sunday" in model.requests[-1].user


def test_without_a_chat_nothing_is_lost(it: Asking) -> None:
    uses(it)
    it.ada.submit({"join.question": QUESTION})
    it.here.handled()
    [(_, argument)] = it.here.engine.jobs
    it.here.engine.jobs = []
    flow = FormQuestions(None, it.here.store, now)
    with pytest.raises(GaveUpError, match="Slack is not set up"):
        flow.run(Straight(it.here.store), argument)
    assert [one.text for one in it.messages()] == [QUESTION]
