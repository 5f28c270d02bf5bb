"""Asking a check-in: what about, in which words, and once."""

from datetime import timedelta

import pytest

from bot.domain.check_ins.records import CheckInState, MoveReason, Rhythm, Topic
from bot.domain.decisions.drift import DriftFinding
from bot.domain.decisions.records import CodeAnchor
from bot.domain.defences.records import DefenceState
from bot.domain.dojo.people import DateKind, EnrolmentState, Weekday
from bot.domain.pull_requests.question_placement import fingerprint
from bot.domain.pull_requests.records import Account, PublishPolicy, QuestionState
from bot.ports.model import CallOutcome
from bot.ports.pull_requests import BASELINE
from bot.workflows.check_ins.endings import skip_check_in
from bot.workflows.check_ins.messages import FramingFinder
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from tests.fakes.model import Scripted
from tests.fakes.steps import Recorded
from tests.workflows.check_ins.checked import CODE, DAY, QUOTE, Checked
from tests.workflows.shop import LIBRARY

find_framing = FramingFinder(lambda: LedgerLoader(LIBRARY))
SHOWN = CODE.decode().strip()
ASKED = "With `limit=50`, anything longer is cut. What does a guest see then?"


def test_the_gate_is_asked_about_with_its_code_at_the_head_of_the_default_branch(it: Checked) -> None:
    it.shows()
    assert it.asks() == "asked"
    [made] = it.check_ins()
    assert (made.topic, made.state, made.day, made.asked_for) == (Topic.GATE, CheckInState.ASKED, DAY, False)
    asked = it.question
    assert (asked.head, asked.path, asked.line_start, asked.line_end) == (it.head, "desk.py", 1, 5)
    assert (asked.quote, asked.check, asked.state) == (SHOWN, "safety.1", QuestionState.ASKED)
    assert (asked.pull_request, asked.round, asked.capstone) == (None, None, it.capstone.id)
    assert asked.text.startswith("In `desk.py`: ")
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
    assert '"lines": "1-5"' in request.user
    assert "def answer(text):" in request.user
    assert "Ada" not in request.user
    assert it.refusals.reasons == []


def test_what_the_guardrails_refuse_is_asked_with_the_rubrics_probe(it: Checked) -> None:
    it.shows()
    it.model = Scripted(check_in={"question": "Have you considered a queue for `trust` here?"})
    assert it.asks() == "asked"
    assert it.question.text.startswith("In `desk.py`: ")
    assert len(it.refusals.reasons) == 1


def test_a_model_that_fails_leaves_the_probe(it: Checked) -> None:
    it.shows()
    it.model = Scripted(check_in=CallOutcome.FAILED)
    assert it.asks() == "asked"
    assert it.question.text.startswith("In `desk.py`: ")


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
    steps = Recorded(it.store)
    assert it.asks(steps) == "asked"
    assert "The limit is 50" not in str(steps.record), "no words of theirs are kept with a step's result"
    asked = it.question
    assert it.check_ins()[0].topic is Topic.DRIFT
    assert (asked.head, asked.quote, asked.line_start) == (before, QUOTE, 5)
    assert asked.text.startswith(
        "The code that decision 1 (“The limit is 50”) is about is no longer in `desk.py` as it was. "
    )
    with it.store.read() as tx:
        drifted = tx.decisions.drifted(asked.id)
    assert drifted
    assert drifted.id == decision.id


def test_what_has_taken_the_place_of_a_decisions_code_is_shown(it: Checked) -> None:
    decision = it.decides()
    it.push({"desk.py": CODE.replace(b"limit=50", b"limit=20")})
    with it.store.begin() as tx:
        tx.decisions.set_code_gone(decision.id, it.now())
    it.model = Scripted(check_in={"question": "Decision 1 has 50, this has 20. Where does the 20 come from?"})
    steps = Recorded(it.store)
    assert it.asks(steps) == "asked"
    assert "trust" not in str(steps.record), "no code is kept with a step's result"
    asked = it.question
    assert asked.quote == SHOWN.replace("50", "20")
    assert (asked.side, asked.line_start, asked.line_end) == ("head", 1, 5)
    assert asked.head != decision.anchors[0].commit
    [request] = it.model.requests
    assert '"kind": "before"' in request.user
    assert '"kind": "commit"' in request.user
    with it.store.read() as tx:
        framing = find_framing(tx, asked.id)
    assert framing
    assert "When you decided, desk.py had this" in str(framing.below)
    assert "limit=50" in str(framing.below)


def test_code_that_nothing_replaced_is_said_to_be_gone(it: Checked) -> None:
    it.loses_code(it.decides())
    it.model = Scripted(check_in={"question": "Decision 1 has a limit of 50. Who cuts it now?"})
    assert it.asks() == "asked"
    assert "it is gone" in it.model.requests[0].user
    with it.store.read() as tx:
        framing = find_framing(tx, it.question.id)
    assert framing
    assert "It's no longer there." in str(framing.below)


def test_a_model_is_told_that_a_decisions_file_is_gone(it: Checked) -> None:
    decision = it.decides()
    it.push({"desk.py": None})
    with it.store.begin() as tx:
        tx.decisions.set_code_gone(decision.id, it.now())
    it.model = Scripted(check_in={"question": "Decision 1 has a limit of 50. Who cuts it now?"})
    assert it.asks() == "asked"
    assert "its file is gone" in it.model.requests[0].user
    assert it.question.quote == QUOTE


def test_a_secret_near_a_place_is_not_shown_with_it(it: Checked) -> None:
    key = b"AKIA" + b"QWERTYUIOPASDFGH"
    it.push({"desk.py": CODE.replace(b"def answer", b'KEY = "%s"\ndef answer' % key)})
    it.shows()
    assert it.asks() == "asked"
    assert it.question.quote == QUOTE


def test_checks_that_were_not_asked_about_lately_come_first_and_no_words_twice(it: Checked) -> None:
    it.push({"desk.py": CODE + b"\n\nLIMIT = 20\nSECONDS = 30\n"})
    it.merges(
        it.moved("LIMIT = 20", "safety.1", direction="weakens"),
        it.moved("SECONDS = 30", "speed.2", direction="weakens"),
    )
    it.shows(direction="weakens")
    checks, texts = [], []
    for week in range(3):
        outcome = it.asks(day=DAY + timedelta(days=7 * week))
        if week == 2:
            assert outcome == "no topic", "its words were asked lately, and no model has others"
            break
        assert outcome == "asked"
        checks.append(it.question.check)
        texts.append(it.question.text)
        with it.store.begin() as tx:
            skip_check_in(tx, it.check_ins()[0], it.now())
        it.wait(7 * 86400)
    assert checks == ["safety.1", "speed.2"]
    assert len(set(texts)) == 2


def test_what_is_found_for_another_check_in_meanwhile_is_not_mixed_up(it: Checked) -> None:
    def find_other() -> None:
        with it.store.begin() as tx:
            tx.check_ins.keep_code(it.enrolment, it.capstone.id, "other", "import shop")

    it.shows()
    steps = Recorded(it.store)
    steps.before["topic.ask"] = find_other
    assert it.asks(steps) == "changed"
    assert it.check_ins() == []


def test_the_code_of_a_check_in_that_is_not_asked_is_deleted(it: Checked) -> None:
    def pause() -> None:
        with it.store.begin() as tx:
            tx.members.set_state(it.enrolment, EnrolmentState.PAUSED)

    it.shows()
    steps = Recorded(it.store)
    steps.before["topic.ask"] = pause
    assert it.asks(steps) == "paused"
    assert it.kept_code() == []


def test_the_code_that_is_kept_goes_when_the_capstone_gets_another_participant(it: Checked) -> None:
    former = it.enrolment
    with it.store.begin() as tx:
        tx.check_ins.keep_code(former, it.capstone.id, "next", "import shop")
    assert it.kept_code() == ["import shop"]
    it.goes_to_bob()
    assert it.kept_code() == []


def test_a_decision_that_a_merged_change_contradicts_is_asked_about_once(it: Checked) -> None:
    decision = it.decides("limit = 20")
    pull = it.merges()
    cited = it.moved().citations[0]
    with it.store.begin() as tx:
        last = tx.rounds.of(pull)[-1].id
        tx.decisions.save_findings(last, [DriftFinding(decision.id, "f" * 64, cited)])
    assert it.asks() == "asked"
    assert (it.check_ins()[0].topic, it.question.quote) == (Topic.DRIFT, SHOWN)
    assert it.question.fingerprint == "f" * 64
    with it.store.begin() as tx:
        tx.check_ins.set_state(it.check_ins()[0].id, CheckInState.SKIPPED, it.now())
    it.wait(7 * 86400)
    assert it.asks(day=DAY + timedelta(days=7)) == "no topic"


def test_a_question_about_a_drifted_decision_must_name_it(it: Checked) -> None:
    it.loses_code(it.decides())
    it.model = Scripted(check_in={"question": ASKED})
    assert it.asks() == "asked"
    assert it.question.text.startswith("The code that decision 1 (“The limit is 50”) ")
    [request] = it.model.requests
    assert '"kind": "decision"' in request.user


def test_the_words_of_a_private_decision_are_not_shown_to_a_model(it: Checked) -> None:
    it.loses_code(it.decides(private=True))
    it.model = Scripted(check_in={"question": ASKED})
    assert it.asks() == "asked"
    assert it.model.requests == []
    assert it.question.text.startswith(
        "The code that decision 1 is about is no longer in `desk.py` as it was. "
    )


def test_of_a_decision_with_several_places_one_question_is_asked_ever(it: Checked) -> None:
    decision = it.decides()
    with it.store.begin() as tx:
        other = CodeAnchor("desk.py", it.head, "head", 1, 1, "import shop")
        tx.decisions.set_anchors(decision.id, [*decision.anchors, other], it.now())
    it.loses_code(decision)
    assert it.asks() == "asked"
    with it.store.begin() as tx:
        skip_check_in(tx, it.check_ins()[0], it.now())
    it.wait(7 * 86400)
    assert it.asks(day=DAY + timedelta(days=7)) == "no topic"


def test_what_is_hidden_now_is_not_asked_about_as_it_was_before(it: Checked) -> None:
    decision = it.decides()
    it.push({"desk.py": b"import shop\n", ".senseiignore": b"desk.py\n"})
    with it.store.begin() as tx:
        tx.decisions.set_code_gone(decision.id, it.now())
    it.model = Scripted(check_in={"question": "With decision 1, what does a guest see?"})
    assert it.asks() == "no topic"
    assert it.model.requests == []


def test_of_a_decisions_places_a_model_sees_none_that_is_hidden_now(it: Checked) -> None:
    it.push({"prices.py": b"floor = 3\n", "hidden.py": b"margin = 7\n"})
    decision = it.decides()
    with it.store.begin() as tx:
        others = [
            CodeAnchor("hidden.py", it.head, "head", 1, 1, "margin = 7"),
            CodeAnchor("prices.py", it.head, "head", 1, 1, "floor = 3"),
        ]
        tx.decisions.set_anchors(decision.id, [*decision.anchors, *others], it.now())
    it.push({".senseiignore": b"hidden.py\n"})
    it.loses_code(decision)
    it.model = Scripted(check_in={"question": "Decision 1 has a limit of 50. Who cuts it now?"})
    assert it.asks() == "asked"
    [request] = it.model.requests
    assert "floor = 3" in request.user
    assert "margin = 7" not in request.user


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (DefenceState.PREPARING, "no topic"),
        (DefenceState.READY, "no topic"),
        (DefenceState.HELD, "asked"),
        (DefenceState.CANCELLED, "asked"),
    ],
)
def test_what_a_defence_is_to_ask_about_is_left_to_it(it: Checked, state: DefenceState, outcome: str) -> None:
    it.shows()
    it.defends(state, quote="import shop")
    assert it.asks() == outcome


def test_what_was_asked_in_a_defence_is_not_asked_again(it: Checked) -> None:
    it.shows()
    it.defends(DefenceState.HELD, quote=QUOTE)
    assert it.asks() == "no topic"


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
    assert it.question.text.startswith("In `desk.py`: ")


def test_the_same_place_is_never_asked_about_twice(it: Checked) -> None:
    it.shows()
    assert it.asks() == "asked"
    with it.store.begin() as tx:
        tx.check_ins.set_state(it.check_ins()[0].id, CheckInState.SKIPPED, it.now())
    it.push({"moved.py": b"\n\n" + b"import shop\n\n\ndef answer(text):\n    return trust(text, limit=50)\n"})
    it.shows(path="moved.py")
    it.wait(7 * 86400)
    assert it.asks(day=DAY + timedelta(days=7)) == "no topic"


def test_of_two_checks_at_the_same_lines_the_one_that_was_not_asked_about_is_asked(it: Checked) -> None:
    pull = it.merges(it.moved(check="speed.1"), it.moved(check="speed.2"))
    number = it.puts_off(pull, check="speed.1", fingerprint=fingerprint("speed.1", QUOTE))
    with it.store.begin() as tx:
        tx.questions.set_state(number, QuestionState.ANSWERED, it.now())
    assert it.asks() == "asked"
    assert it.question.check == "speed.2"


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
    it.reads_tree()
    assert it.asks() == "no topic"
    assert it.waiting("message") == []
    assert it.asks(asked_for=True) == "no topic"
    assert it.told("check_ins.nothing") == 1


def test_who_asked_for_one_is_told_if_their_capstone_was_never_read(it: Checked) -> None:
    assert it.asks(asked_for=True) == "no topic"
    assert (it.told("check_ins.unread"), it.told("check_ins.nothing")) == (1, 0)
    it.reads_tree()
    it.clock += timedelta(minutes=1)
    assert it.asks(asked_for=True) == "no topic"
    assert (it.told("check_ins.unread"), it.told("check_ins.nothing")) == (1, 1)


def test_a_capstone_of_which_a_change_was_read_counts_as_read(it: Checked) -> None:
    it.shows()
    it.decides("import shop")
    assert it.asks(asked_for=True) == "no topic"
    assert it.told("check_ins.nothing") == 1


def test_a_check_in_that_was_asked_for_takes_no_unprompted_message(it: Checked) -> None:
    it.shows()
    with it.store.begin() as tx:
        tx.unprompted.take(it.person, DAY, "levels", "levels:1")
    assert it.asks() == "not now"
    assert it.asks(asked_for=True) == "asked"
    with it.store.read() as tx:
        assert tx.unprompted.taken(it.person, DAY) == "levels"


def test_who_asked_for_one_is_told_if_their_capstone_cannot_be_read(it: Checked) -> None:
    it.shows()
    del it.repository_there.refs["main"]
    outcome = it.asks()
    assert outcome not in {"asked", "no topic"}
    assert it.told("check_ins.failed") == 0
    [job] = it.waiting("check_in")
    assert job.argument["day"] == "2026-11-27", "it is put off within the week, and decided again there"
    assert it.asks(asked_for=True) == outcome
    assert it.told("check_ins.failed") == 1


def test_outside_their_hours_it_is_put_off_within_the_week(it: Checked) -> None:
    it.shows()
    it.wait(10 * 3600)
    assert it.asks() == "not now"
    [job] = it.waiting("check_in")
    assert (job.argument["day"], job.argument["waited"]) == ("2026-11-27", True)


def framing_note(it: Checked) -> str:
    with it.store.read() as tx:
        framing = find_framing(tx, it.question.id)
    assert framing
    return framing.note


def test_the_question_names_the_criterion_that_the_capstone_must_pass(it: Checked) -> None:
    it.shows()
    assert it.asks() == "asked"
    assert framing_note(it).startswith("I'm asking because *The quality safety* is a criterion that")


def test_on_another_day_than_the_usual_one_it_says_why(it: Checked) -> None:
    it.shows()
    with it.store.begin() as tx:  # it is Thursday, and they are asked on Wednesdays
        tx.absences.add(it.cohort, it.person, DAY - timedelta(days=1), DAY - timedelta(days=1), None)
    assert it.asks() == "asked"
    assert it.check_ins()[0].moved_by is MoveReason.AWAY
    assert "I'm asking later than usual because you were away." in framing_note(it)


def test_a_message_on_the_usual_day_is_the_reason_that_it_comes_later(it: Checked) -> None:
    it.shows()
    with it.store.begin() as tx:
        tx.unprompted.take(it.person, DAY - timedelta(days=1), "levels", "levels:1")
    assert it.asks() == "asked"
    assert "because I'd already sent you another message on your usual day." in framing_note(it)


def test_after_they_have_changed_their_rhythm_it_only_says_that_the_day_is_another(it: Checked) -> None:
    it.shows()
    with it.store.begin() as tx:  # by this rhythm, they would have been asked two days ago
        tx.rhythms.choose(it.enrolment, Rhythm(1, Weekday.TUE, 9 * 60))
    assert it.asks() == "asked"
    assert it.check_ins()[0].moved_by is MoveReason.OTHER
    assert "I'm asking on a different day from usual this week." in framing_note(it)
    assert "later than usual" not in framing_note(it)


@pytest.mark.parametrize("asked_for", [True, False])
def test_on_the_usual_day_and_if_they_asked_for_it_no_reason_is_given(it: Checked, asked_for: bool) -> None:
    it.shows()
    if not asked_for:
        with it.store.begin() as tx:
            tx.rhythms.choose(it.enrolment, Rhythm(1, Weekday.THU, 9 * 60))
    assert it.asks(asked_for=asked_for) == "asked"
    assert it.check_ins()[0].moved_by is None
    assert "usual day" not in framing_note(it)


def test_after_three_without_an_answer_the_next_one_offers_a_slower_rhythm_once(it: Checked) -> None:
    it.push({"desk.py": CODE + b"".join(b"\nLIMIT_%d = 20\n" % number for number in range(5))})
    with it.store.begin() as tx:
        found = [it.moved(f"LIMIT_{number} = 20") for number in range(5)]
        tx.ledgers.record(it.capstone.id, BASELINE, found, False)
    offered = []
    for week in range(5):
        assert it.asks(day=DAY + timedelta(days=7 * week)) == "asked"
        offered.append("every two weeks" in framing_note(it))
        with it.store.begin() as tx:
            skip_check_in(tx, it.check_ins()[0], it.now())
        it.wait(7 * 86400)
    assert offered == [False, False, False, True, False]


def test_near_a_defence_nobody_is_asked_unless_they_want_it(it: Checked) -> None:
    it.shows()
    it.defends(DefenceState.READY, quote="import shop", at=it.now() + timedelta(days=1), check="speed.9")
    assert it.asks() == "held"
    assert [job.argument["day"] for job in it.waiting("check_in")] == [], "its week has no other day"
    assert it.asks(asked_for=True) == "asked"


def test_after_a_defence_it_comes_on_the_next_day_with_the_reason(it: Checked) -> None:
    it.shows()
    it.defends(DefenceState.HELD, quote="import shop", at=it.now() - timedelta(days=1))
    assert it.asks() == "asked"
    assert "because your defence was on your usual day or the day after." in framing_note(it)


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
    assert [job.argument["day"] for job in it.waiting("check_in")] == ["2026-11-27"]


@pytest.mark.parametrize("what", ["never", "later", "cohort over"])
def test_what_was_chosen_while_a_place_was_looked_for_holds(it: Checked, what: str) -> None:
    def choose() -> None:
        with it.store.begin() as tx:
            if what == "never":
                tx.rhythms.choose(it.enrolment, Rhythm(0, Weekday.WED, 600))
            elif what == "later":
                tx.rhythms.snooze(it.enrolment, DAY + timedelta(days=30))
            else:
                tx.cohorts.add_date(it.cohort, DateKind.END, "", DAY - timedelta(days=3))

    it.shows()
    steps = Recorded(it.store)
    steps.before["topic.ask"] = choose
    assert it.asks(steps) == "held"
    assert it.check_ins() == []


def test_what_is_looked_for_until_the_next_day_is_decided_again_there(it: Checked) -> None:
    it.shows()
    steps = Recorded(it.store)
    steps.before["topic.ask"] = lambda: it.wait(86400)
    assert it.asks(steps) == "late"
    [job] = it.waiting("check_in")
    assert (job.argument["day"], job.argument["waited"]) == ("2026-11-27", True)


def test_what_is_looked_for_until_the_next_week_is_not_asked(it: Checked) -> None:
    it.shows()
    steps = Recorded(it.store)
    steps.before["topic.ask"] = lambda: it.wait(7 * 86400)
    assert it.asks(steps) == "late"
    assert it.check_ins() == []
    assert it.waiting("check_in") == []


def test_places_that_are_no_longer_there_do_not_hide_the_next_one(it: Checked) -> None:
    gone = [it.moved(f"gone_number_{n}()", path=f"gone{n}.py") for n in range(45)]
    with it.store.begin() as tx:
        tx.ledgers.record(it.capstone.id, BASELINE, [*gone, it.moved()], False)
    assert it.asks() == "asked"
    assert it.question.quote == SHOWN


def test_with_two_capstones_the_one_with_the_newest_change_comes_first(it: Checked) -> None:
    it.shows()
    other = it.adds_capstone("archive")
    it.shows(capstone=other)
    assert it.asks() == "asked"
    assert it.check_ins()[0].capstone == other, "by name, if nothing was merged"
    with it.store.begin() as tx:
        skip_check_in(tx, it.check_ins()[0], it.now())
    it.wait(7 * 86400)
    assert it.asks(day=DAY + timedelta(days=7)) == "asked"
    assert it.check_ins()[0].capstone == it.capstone.id, "nothing is left in the other one"


def test_where_something_was_merged_is_asked_about_first(it: Checked) -> None:
    it.shows()
    it.shows(capstone=it.adds_capstone("archive"))
    it.merges()
    assert it.asks() == "asked"
    assert it.check_ins()[0].capstone == it.capstone.id


def test_a_chosen_place_is_found_again_by_its_key(it: Checked) -> None:
    it.loses_code(it.decides(check="speed.2"))
    it.puts_off(
        it.merges(it.moved("shop.ask(limit=50)", check="speed.1")), check="speed.2", quote="LIMIT = 50"
    )
    it.shows()
    with it.store.read() as tx:
        places = it.topics.list_places(tx, it.capstone, it.now()).places
        assert [place.topic for place in places] == list(Topic)
        assert [it.topics.find_place(tx, it.capstone, place.key, it.now()) for place in places] == places
