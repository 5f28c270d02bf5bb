"""A defence from its preparation to the outcomes that the participant reads."""

from datetime import timedelta

import pytest

from bot.domain.defences.records import DefenceState
from bot.domain.triage.records import Milestone
from bot.workflows.defences.messages import announce
from bot.workflows.milestones.reports import gather_report
from tests.entrypoints.webhooks import now
from tests.workflows.defences.defending import ADA, BO, CODE, LEA, SEN, SOL, Defending
from tests.workflows.whole_dojo import LEDGERS

WEEKS = timedelta(days=20)


def test_three_places_in_merged_code_are_chosen_gates_first(it: Defending) -> None:
    defence = it.prepares()
    assert defence.state is DefenceState.READY
    assert [question.asked.criterion for question in defence.questions] == ["safety", "speed", "speed"]
    assert defence.head == it.repository.store.git("rev-parse", "main").strip()
    for question in defence.questions:
        line = question.asked.line_start
        assert question.asked.quote in CODE.decode()
        assert line == {"bounded(limit)": 4, "limit = 50": 3, "def trust(caller):": 7}[question.asked.quote]
        assert question.asked.text
        assert question.asked.touches
    page = it.opens_defence(it.people[SEN])
    assert "def trust(caller):" in page
    assert "A strong answer would touch on" in page


def test_the_participant_learns_when_and_never_a_question(it: Defending) -> None:
    defence = it.prepares()
    it.settle(WEEKS)
    [said] = [text for text in it.heard(it.people[ADA]) if "defence" in text.lower()]
    assert "thirty minutes" in said
    assert "the defence is yours alone" in said
    for question in defence.questions:
        assert question.asked.text not in said
        assert question.asked.quote not in said
    for name in (ADA, BO, SOL, LEA):
        told = it.opens_defence(it.people[name])
        assert "Your role" in told or "isn't one of your participants" in told


def test_after_the_last_ruling_they_read_questions_outcomes_and_sentences_once(it: Defending) -> None:
    defence = it.prepares()
    assert not it.rules_on(1, "alone", "You named who may call it, and why.").failed
    assert not it.rules_on(2, "after_follow_up", "The 50 came with the second question.").failed
    it.settle(WEEKS)
    assert not any("Your defence: the questions" in text for text in it.heard(it.people[ADA]))
    assert not it.rules_on(3, "not_asked", "").failed
    assert "That was the last. Your participant gets the outcomes" in it.form(it.people[SEN])
    it.settle(WEEKS)
    [said] = [text for text in it.heard(it.people[ADA]) if "Your defence: the questions" in text]
    assert "Answered alone: You named who may call it, and why." in said
    assert "Answered after a follow-up: The 50 came with the second question." in said
    assert "Not asked" in said
    assert defence.questions[0].asked.text in said
    assert all(follow_up not in said for one in defence.questions for follow_up in one.asked.touches)
    held = it.defence()
    assert held
    assert held.state is DefenceState.HELD


def test_a_second_look_keeps_the_first_ruling_and_rewrites_the_message(it: Defending) -> None:
    it.prepares()
    for position in (1, 2, 3):
        it.rules_on(position, "not_yet", "Not yet clear to me.")
    it.settle(WEEKS)
    assert not it.rules_on(1, "alone", "On second thoughts, you said it.").failed
    it.settle(WEEKS)
    [said] = [text for text in it.heard(it.people[ADA]) if "Your defence: the questions" in text]
    assert "Answered alone: On second thoughts, you said it." in said
    found = it.defence()
    assert found
    assert [ruling.outcome for ruling in found.questions[0].rulings] == ["not_yet", "alone"]


def test_a_form_that_is_sent_twice_is_one_ruling(it: Defending) -> None:
    it.prepares()
    for _ in range(2):
        it.rules_on(1, "alone", "Said it.")
    found = it.defence()
    assert found
    assert len(found.questions[0].rulings) == 1


def test_once_the_milestone_has_closed_a_ruling_stays(it: Defending) -> None:
    it.prepares()
    it.rules_on(1, "not_yet", "Not yet.")
    it.final(-20)
    person = it.people[SEN]
    it.opens_defence(person)
    found = it.defence()
    assert found
    assert person.modal
    person.click(person.modal, f"defence.rule:{found.questions[0].id}")
    assert "The final milestone has closed" in it.form(person)
    assert not it.rules_on(2, "alone", "The first ruling on this one.").failed
    again = it.defence()
    assert again
    assert again.questions[1].rulings


def test_an_outcome_needs_a_sentence_unless_it_was_not_asked(it: Defending) -> None:
    it.prepares()
    it.rules_on(1, "alone", "…")
    assert it.errors(it.people[SEN]) == {"note": "Write one sentence: they read it with the question."}
    found = it.defence()
    assert found
    assert not found.has_rulings


def test_what_was_defended_alone_is_counted_apart(it: Defending) -> None:
    it.prepares()
    it.rules_on(1, "alone", "Said it.")
    it.rules_on(2, "after_follow_up", "Nearly.")
    it.rules_on(3, "not_asked", "")
    it.settle(WEEKS)
    sen = it.opens(it.people[SEN])
    assert "1 question defended alone" in sen
    assert "Open the defence" in sen
    ada = it.opens(it.people[ADA])
    assert "1 question defended alone" in ada
    assert "A question counts as defended alone if" in ada
    assert "unaided for the first time" not in ada.lower()


def wants_others(it: Defending, day: str = "2099-01-01") -> None:
    """Let Sen ask for other questions, for a session on another day."""
    person = it.people[SEN]
    it.opens_defence(person)
    it.clicks_in_page(person, "defence.prepare")
    assert not person.submit({"join.day": day, "join.clock": "09:30"}).failed


def announced(it: Defending) -> list[str]:
    """What Ada was told about when her defence is."""
    return [text for text in it.heard(it.people[ADA]) if "Your defence" in text]


def test_other_questions_replace_those_from_before(it: Defending) -> None:
    first = it.prepares()
    it.finds(safety_1="return caller in KNOWN")
    wants_others(it)
    choosing = it.opens_defence(it.people[SEN])
    assert "I'm choosing other questions" in choosing
    assert "def trust(caller):" in choosing, "these stay until there are others"
    it.settle()
    now = it.defence()
    assert now
    assert (now.id, now.state) == (first.id, DefenceState.READY)
    assert [question.asked.quote for question in now.questions] == ["return caller in KNOWN"]
    it.forges(it.people[SEN], "defence.rule", str(first.questions[0].id))
    assert "This question isn't in a current defence" in it.read_last(it.people[SEN])


def test_those_that_were_replaced_do_not_come_back(it: Defending) -> None:
    first = it.prepares()
    it.finds(safety_1="return caller in KNOWN")
    wants_others(it)
    it.settle()
    it.finds(
        **{
            (question.asked.check or "").replace(".", "_"): question.asked.quote
            for question in first.questions
        }
    )
    wants_others(it, "2099-01-02")
    it.settle()
    now = it.defence()
    assert now
    assert [question.asked.quote for question in now.questions] == ["return caller in KNOWN"]


def test_without_other_places_the_questions_stay(it: Defending) -> None:
    first = it.prepares()
    wants_others(it)
    it.settle()
    now = it.defence()
    assert now
    assert (now.state, now.questions) == (DefenceState.READY, first.questions)
    [_] = [text for text in it.heard(it.people[SEN]) if "I found no other questions" in text]
    assert not it.rules_on(1, "alone", "Said it.").failed


def test_a_ruling_meanwhile_keeps_the_questions(it: Defending) -> None:
    first = it.prepares()
    it.finds(safety_1="return caller in KNOWN")
    wants_others(it)
    assert not it.rules_on(1, "alone", "Said it.").failed
    it.settle()
    now = it.defence()
    assert now
    assert now.state is DefenceState.READY
    assert [question.id for question in now.questions] == [question.id for question in first.questions]
    it.opens_defence(it.people[SEN])
    it.forges(it.people[SEN], "defence.prepare", str(it.desk.id))
    it.people[SEN].submit({"join.day": "2099-01-01", "join.clock": "09:30"})
    assert "There are rulings on questions" in it.read_last(it.people[SEN])


def test_a_defence_with_other_questions_is_announced_once_with_its_new_time(it: Defending) -> None:
    it.prepares()
    it.settle(WEEKS)
    [before] = announced(it)
    it.finds(safety_1="return caller in KNOWN")
    wants_others(it)
    it.settle(WEEKS)
    [after] = announced(it)
    assert after != before
    found = it.defence()
    assert found
    assert found.session_at
    assert str(int(found.session_at.timestamp())) in after or "2099" in after


def test_who_has_lost_their_sensei_reads_of_a_sensei(it: Defending) -> None:
    defence = it.prepares()
    it.settle(WEEKS)
    it.ends_pair(ADA)
    with it.here.store.begin() as tx:
        announce(tx, defence, now())
    it.settle(WEEKS)
    [said] = announced(it)
    assert "A sensei asks you up to three questions" in said
    assert "our sensei" not in said


def test_a_session_is_called_off_and_planned_again_in_one_message(it: Defending) -> None:
    defence = it.prepares()
    it.settle(WEEKS)
    person = it.people[SEN]
    it.opens_defence(person)
    it.clicks_in_page(person, "defence.call_off")
    assert "the questions stay" in it.form(person)
    it.settle(WEEKS)
    [said] = announced(it)
    assert "It's called off for now." in said
    found = it.defence()
    assert found
    assert (found.session_at, found.questions) == (None, defence.questions)
    it.opens_defence(person)
    it.clicks_in_page(person, "defence.time")
    assert not person.submit({"join.day": "2099-01-01", "join.clock": "09:30"}).failed
    assert "shows the new time" in it.form(person)
    it.settle(WEEKS)
    [again] = announced(it)
    assert "called off" not in again


def test_both_see_in_their_homes_and_at_the_milestone_when_it_is(it: Defending) -> None:
    found = it.prepares()
    assert found.session_at
    when = f"{found.session_at:%Y-%m-%d %H:%M} UTC"
    for name in (ADA, SEN):
        it.shows_home(it.people[name])
        assert when in str(it.people[name].home)
        assert when in it.opens(it.people[name])
    it.shows_home(it.people[BO])
    assert when not in str(it.people[BO].home)
    it.forges(it.people[SEN], "defence.call_off", str(it.desk.id))
    for name in (ADA, SEN):
        it.shows_home(it.people[name])
        assert when not in str(it.people[name].home)


def test_once_somebody_has_ruled_nothing_is_called_off(it: Defending) -> None:
    it.prepares()
    it.rules_on(1, "alone", "Said it.")
    it.forges(it.people[SEN], "defence.call_off", str(it.desk.id))
    assert "I haven't called it off" in it.read_last(it.people[SEN])
    found = it.defence()
    assert found
    assert found.session_at


def test_the_same_time_is_nothing_to_tell(it: Defending) -> None:
    it.prepares()
    person = it.people[SEN]
    it.opens_defence(person)
    it.clicks_in_page(person, "defence.time")
    day = (it.now() + timedelta(days=2)).date().isoformat()
    assert not person.submit({"join.day": day, "join.clock": "11:00"}).failed
    assert "*Saved.*" in it.form(person) or "Saved." in it.form(person)
    assert "new time" not in it.form(person)


def test_a_participant_can_be_named_instead_of_mentioned(it: Defending, subtests: pytest.Subtests) -> None:
    it.prepares()
    person = it.people[SEN]
    mentioned = it.opens_defence(person)
    for typed in (ADA, f"@{ADA.lower()}", ADA[:2]):
        with subtests.test(typed):
            it.slack.modals.pop(person.id, None)
            person.command(f"/dojo defence {typed}")
            assert it.form(person) == mentioned
    for stranger in ("Zelda", BO, "@"):
        with subtests.test(stranger):
            it.slack.modals.pop(person.id, None)
            person.command(f"/dojo defence {stranger}")
            assert "This person isn't one of your participants" in it.read_last(person)


def test_whoever_has_no_such_participant_reads_so(it: Defending) -> None:
    it.ends_pair(ADA)
    person = it.people[SEN]
    assert "This person isn't one of your participants" in it.opens_defence(person)
    person.command("/dojo defence")
    assert "there's no defence to prepare" in it.read_last(person)


def test_nothing_is_asked_about_code_that_is_not_on_the_default_branch(it: Defending) -> None:
    it.github.push(it.repository, "main", {"desk.py": b"def trust(caller):\n    return True\n"})
    defence = it.prepares()
    assert [question.asked.quote for question in defence.questions] == ["def trust(caller):"]
    assert defence.questions[0].asked.line_start == 1


def test_the_ruling_form_shows_the_defence_on_its_own_line(it: Defending) -> None:
    it.prepares()
    it.rules_on(1, "alone", "Said it.")
    person = it.people[SEN]
    it.forges(person, "triage.rule", f"{it.desk.id}:safety")
    form = it.form(person)
    assert "In the live defence, apart from the evidence above" in form
    assert "– answered alone: Said it." in form


def test_a_new_time_is_told_where_the_earlier_one_was(it: Defending) -> None:
    it.prepares()
    it.settle(WEEKS)
    person = it.people[SEN]
    it.opens_defence(person)
    it.clicks_in_page(person, "defence.time")
    assert not person.submit({"join.day": "2099-01-01", "join.clock": "09:30"}).failed
    it.settle(WEEKS)
    said = [text for text in it.heard(it.people[ADA]) if "Your defence" in text]
    assert len(said) == 1
    found = it.defence()
    assert found
    assert found.session_at
    assert found.session_at.year == 2099


def test_the_past_is_no_time_for_a_session(it: Defending) -> None:
    person = it.people[SEN]
    it.opens_defence(person)
    it.clicks_in_page(person, "defence.prepare")
    person.submit({"join.day": "2001-01-01", "join.clock": "09:30"})
    assert it.errors(person) == {"day": "This time is in the past."}
    assert it.defence() is None


def test_only_the_sensei_of_now_or_their_deputy_may_rule(it: Defending) -> None:
    it.prepares()
    found = it.defence()
    assert found
    question = str(found.questions[0].id)
    with it.here.store.begin() as tx:
        today, sen, sol = it.now().date(), it.member(SEN).person, it.member(SOL).person
        tx.absences.add(it.member(SEN).cohort, sen, today, today, sol)
    it.forges(it.people[SOL], "defence.rule", question)
    assert "How did it go?" in it.form(it.people[SOL])
    it.ends_pair(ADA)
    it.forges(it.people[SEN], "defence.rule", question)
    assert "This question isn't in a current defence" in it.read_last(it.people[SEN])
    for name in (ADA, BO, LEA):
        it.forges(it.people[name], "defence.rule", question)
        it.forges(it.people[name], "defence.show", str(it.desk.id))
        said = it.read_last(it.people[name])
        assert "doesn't allow that" in said or "not this participant's sensei" in said


def test_without_evidence_in_code_there_is_nothing_to_ask(it: Defending) -> None:
    it.finds()
    it.prepares_nothing()
    it.settle(WEEKS)
    assert any("couldn't prepare the defence" in text for text in it.heard(it.people[SEN]))
    assert not any("Your defence" in text for text in it.heard(it.people[ADA]))


def test_the_report_on_the_final_milestone_has_the_defence(it: Defending) -> None:
    it.rules("speed", 2, milestone=Milestone.FINAL)
    it.rules("safety", 2, milestone=Milestone.DESIGN)
    it.prepares()
    for position in (1, 2, 3):
        it.rules_on(position, "alone", f"Sentence {position} of Sen.")
    with it.here.store.read() as tx:
        capstone = tx.capstones.get(it.desk.id)
        made = {
            milestone: gather_report(tx, LEDGERS, capstone, milestone, it.now())
            for milestone in (Milestone.FINAL, Milestone.DESIGN)
        }
    assert [one.sentence for one in made[Milestone.FINAL].defence] == [
        "Sentence 1 of Sen.",
        "Sentence 2 of Sen.",
        "Sentence 3 of Sen.",
    ]
    assert made[Milestone.DESIGN].defence == ()
