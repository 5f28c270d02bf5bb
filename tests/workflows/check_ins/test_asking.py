"""Asking a check-in: what about, in which words, and once."""

from datetime import timedelta

from bot.domain.check_ins.records import CheckInState, Topic
from bot.domain.decisions.drift import DriftFinding
from bot.domain.dojo.people import EnrolmentState
from bot.domain.pull_requests.records import Account, PublishPolicy, QuestionState
from bot.ports.model import CallOutcome
from tests.fakes.model import Scripted
from tests.fakes.steps import Recorded
from tests.workflows.check_ins.checked import DAY, QUOTE, Checked

ASKED = "With `limit=50`, anything longer is cut. What does a guest see then?"


def test_the_gate_is_asked_about_with_its_code_at_the_head_of_the_default_branch(it: Checked) -> None:
    it.shows()
    assert it.asks() == "asked"
    [made] = it.check_ins()
    assert (made.topic, made.state, made.day, made.asked_for) == (Topic.GATE, CheckInState.ASKED, DAY, False)
    asked = it.question
    assert (asked.head, asked.path, asked.line_start, asked.line_end) == (it.head, "desk.py", 5, 5)
    assert (asked.quote, asked.check, asked.state) == (QUOTE, "safety.1", QuestionState.ASKED)
    assert (asked.pull_request, asked.round, asked.capstone) == (None, None, it.capstone.id)
    assert asked.text.startswith("You have this in desk.py, line 5. ")
    assert it.sent(asked.id) == [f"articulation:{asked.id}:0"]
    with it.store.read() as tx:
        talk = tx.conversations.by_question(asked.id)
        assert tx.unprompted.taken(it.person, DAY) == "check_in"
    assert talk
    assert talk.private
    assert len(it.waiting("check_in_reminder")) == 1


def test_a_repeat_after_a_crash_asks_once_and_the_model_is_not_asked_again(it: Checked) -> None:
    it.shows()
    it.model = Scripted(check_in={"question": ASKED})
    steps = Recorded(it.store)
    assert it.asks(steps) == "asked"
    steps.again()
    assert it.asks(steps) == "asked"
    assert len(it.check_ins()) == 1
    assert len(it.model.requests) == 1
    assert "trust" not in str(steps.record), "no code is kept with a step's result"


def test_a_model_words_the_question_and_is_shown_only_this_place(it: Checked) -> None:
    it.shows()
    it.model = Scripted(check_in={"question": ASKED})
    assert it.asks() == "asked"
    assert it.question.text == ASKED
    [request] = it.model.requests
    assert (request.purpose, request.prompt) == ("check_in", "check_ins/question")
    assert '"lines": "5-5"' in request.user
    assert "def answer(text):" in request.user
    assert "Ada" not in request.user
    assert it.refusals.reasons == []


def test_what_the_guardrails_refuse_is_asked_with_the_rubrics_probe(it: Checked) -> None:
    it.shows()
    it.model = Scripted(check_in={"question": "Have you considered a queue for `trust` here?"})
    assert it.asks() == "asked"
    assert it.question.text.startswith("You have this in desk.py, line 5. ")
    assert len(it.refusals.reasons) == 1


def test_a_model_that_fails_leaves_the_probe(it: Checked) -> None:
    it.shows()
    it.model = Scripted(check_in=CallOutcome.FAILED)
    assert it.asks() == "asked"
    assert it.question.text.startswith("You have this in desk.py, line 5. ")


def test_where_a_sensei_sees_questions_first_no_model_words_them(it: Checked) -> None:
    it.shows()
    it.model = Scripted(check_in={"question": ASKED})
    with it.store.begin() as tx:
        tx.capstones.set_publishing(it.capstone.id, PublishPolicy.SENSEI_FIRST)
    assert it.asks() == "asked"
    assert it.model.requests == []


def test_a_decision_whose_code_is_gone_comes_first_with_the_code_as_it_was(it: Checked) -> None:
    before = it.head
    decision = it.decides()
    it.loses_code(decision)
    it.shows("import shop")
    assert it.asks() == "asked"
    asked = it.question
    assert it.check_ins()[0].topic is Topic.DRIFT
    assert (asked.head, asked.quote, asked.line_start) == (before, QUOTE, 5)
    assert "decision 1 (“The limit is 50”)" in asked.text
    with it.store.read() as tx:
        drifted = tx.decisions.drifted(asked.id)
    assert drifted
    assert drifted.id == decision.id


def test_a_decision_that_a_merged_change_contradicts_is_asked_about_once(it: Checked) -> None:
    decision = it.decides("limit = 20")
    pull = it.merges()
    cited = it.moved().citations[0]
    with it.store.begin() as tx:
        last = tx.rounds.of(pull)[-1].id
        tx.decisions.save_findings(last, [DriftFinding(decision.id, "f" * 64, cited)])
    assert it.asks() == "asked"
    assert (it.check_ins()[0].topic, it.question.quote) == (Topic.DRIFT, QUOTE)
    assert it.question.fingerprint == "f" * 64
    with it.store.begin() as tx:
        tx.check_ins.set_state(it.check_ins()[0].id, CheckInState.SKIPPED, it.now())
    it.wait(7 * 86400)
    assert it.asks(day=DAY + timedelta(days=7)) == "no topic"


def test_a_question_about_a_drifted_decision_must_name_it(it: Checked) -> None:
    it.loses_code(it.decides())
    it.model = Scripted(check_in={"question": ASKED})
    assert it.asks() == "asked"
    assert "decision 1" in it.question.text
    [request] = it.model.requests
    assert '"kind": "decision"' in request.user


def test_the_words_of_a_private_decision_are_not_shown_to_a_model(it: Checked) -> None:
    it.loses_code(it.decides(private=True))
    it.model = Scripted(check_in={"question": ASKED})
    assert it.asks() == "asked"
    assert it.model.requests == []
    assert "decision 1" in it.question.text


def test_a_question_that_was_put_off_is_asked_again_once_its_change_is_merged(it: Checked) -> None:
    number = it.puts_off(it.merges())
    it.shows("import shop")
    assert it.asks() == "asked"
    [made] = it.check_ins()
    assert (made.topic, made.question) == (Topic.OPEN_QUESTION, number)
    assert it.question.text == "Where does the 50 come from?"
    assert it.question.state is QuestionState.ASKED
    with it.store.begin() as tx:
        tx.check_ins.set_state(made.id, CheckInState.SKIPPED, it.now())
        tx.questions.set_state(number, QuestionState.DEFERRED, it.now())
    it.wait(7 * 86400)
    assert it.asks(day=DAY + timedelta(days=7)) == "asked"
    assert it.check_ins()[0].topic is Topic.GATE, "the same question isn't asked a third time"


def test_what_they_have_merged_comes_last_and_only_their_own(it: Checked) -> None:
    it.merges(it.moved(check="speed.1"), author=Account(99, "bo"), number=1)
    assert it.asks() == "no topic"
    it.merges(it.moved(check="speed.1"), number=2)
    assert it.asks() == "asked"
    assert it.check_ins()[0].topic is Topic.CHANGE
    assert it.question.text.startswith("You've merged a change to desk.py, line 5. ")


def test_the_same_place_is_never_asked_about_twice(it: Checked) -> None:
    it.shows()
    assert it.asks() == "asked"
    with it.store.begin() as tx:
        tx.check_ins.set_state(it.check_ins()[0].id, CheckInState.SKIPPED, it.now())
    it.push({"moved.py": b"\n\n" + b"import shop\n\n\ndef answer(text):\n    return trust(text, limit=50)\n"})
    it.shows(path="moved.py")
    it.wait(7 * 86400)
    assert it.asks(day=DAY + timedelta(days=7)) == "no topic"


def test_code_that_is_gone_or_hidden_is_not_asked_about(it: Checked) -> None:
    it.shows("    return trust(text, limit=20)")
    assert it.asks() == "no topic"
    it.shows()
    it.push({".senseiignore": b"desk.py\n"})
    assert it.asks() == "no topic"
    assert it.check_ins() == []


def test_a_criterion_with_a_decision_is_not_asked_about(it: Checked) -> None:
    it.shows()
    it.decides("import shop")
    assert it.asks() == "no topic"


def test_who_asked_for_a_check_in_is_told_that_there_is_nothing_to_ask(it: Checked) -> None:
    assert it.asks() == "no topic"
    assert it.waiting("message") == []
    assert it.asks(asked_for=True) == "no topic"
    with it.store.read() as tx:
        due = tx.jobs.due_with_prefix(f"message:check_ins.nothing:{it.person}:", it.clock, 10)
    assert [job.argument["kind"] for job in due] == ["check_ins.nothing"]


def test_a_check_in_that_was_asked_for_takes_no_unprompted_message(it: Checked) -> None:
    it.shows()
    with it.store.begin() as tx:
        tx.unprompted.take(it.person, DAY, "levels", "levels:1")
    assert it.asks() == "not now"
    assert it.asks(asked_for=True) == "asked"
    with it.store.read() as tx:
        assert tx.unprompted.taken(it.person, DAY) == "levels"


def test_while_one_is_open_no_other_is_asked(it: Checked) -> None:
    it.shows()
    assert it.asks() == "asked"
    assert it.asks() == "asked before"
    assert it.asks(asked_for=True) == "open"


def test_nobody_is_asked_outside_their_hours_or_while_they_are_paused(it: Checked) -> None:
    it.shows()
    it.wait(10 * 3600)
    assert it.asks() == "not now"
    with it.store.begin() as tx:
        tx.members.set_state(it.enrolment, EnrolmentState.PAUSED)
    assert it.asks() == "paused"


def test_what_changed_while_the_model_was_asked_is_not_asked_about(it: Checked) -> None:
    it.shows()
    steps = Recorded(it.store)
    steps.before["topic.ask"] = lambda: it.decides("import shop")
    assert it.asks(steps) == "changed"
    assert it.check_ins() == []
