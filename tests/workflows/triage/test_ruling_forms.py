"""Ruling in Slack: the evidence first, one effect whatever happens meanwhile, and no draft that leaks."""

import copy
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from bot.domain.dojo.people import EnrolmentState
from bot.domain.triage.records import RulerRole, Verdict
from tests.fakes.slack import Shown
from tests.workflows.running_dojo import sha
from tests.workflows.triage.triaging import ADA, SEN, SOL, Triaging, triaging


@pytest.fixture
def it(own_engine: sa.Engine) -> Iterator[Triaging]:
    with triaging(own_engine) as made:
        yield made
        assert made.slack.problems == []


def before(it: Triaging, name: str = SEN) -> Shown:
    """A copy of the form before somebody, as another window shows it."""
    shown = it.people[name].modal
    assert shown
    return copy.deepcopy(shown)


def test_a_sensei_reads_all_evidence_before_the_draft_level(it: Triaging) -> None:
    it.reads()
    it.finds("speed.1", "cache = <bounded>(8)")
    it.finds("speed.2", "later & never", partial=True, missing="who *pays*")
    it.finds("speed.2", "# no limit", "weakens")
    it.opens(it.sen)
    form = it.form(it.sen)
    order = (
        "The quality speed @",
        "Met · level 1 Is speed.1 argued? For · src/desk.py, lines 3–4 ``` cache = <bounded>(8) ```",
        "Contested (evidence for and against) · level 2 Is speed.2 argued?",
        "For, in part · src/desk.py, lines 3–4 ``` later & never ``` Missing: who ∗pays∗",
        "Against · src/desk.py, lines 3–4 ``` # no limit ```",
        "No draft level: 1 check is contested.",
        "Your ruling ○ 0",
    )
    assert [form.index(part) for part in order] == sorted(form.index(part) for part in order)
    assert it.sen.modal
    assert f"https://github.com/ada/desk/blob/{sha('a')}/src/desk.py#L3-L4" in str(it.sen.modal.document)
    assert it.locked_by() == it.member(SEN).person
    [(who, what, _)] = it.audited("evidence.see")
    assert (who, what) == (it.member(SEN).person, f"capstone:{it.capstone.id}")


def test_words_are_shown_with_where_they_were_said(it: Triaging) -> None:
    public, private = it.asks(), it.asks_in_private()
    with it.here.store.begin() as tx:
        for number, quote in ((public, "In <public>"), (private, "In private")):
            tx.statements.enter(
                it.capstone.id,
                source="thread",
                reference=number,
                check="speed.1",
                partial=True,
                missing="",
                quote=quote,
                pull_request=None,
                pending=False,
                at=it.now(),
            )
    it.finds("speed.2", "said there", source="text", path="description")
    it.opens(it.sen)
    form = it.form(it.sen)
    assert "For, in part · their answer in a thread of pull request 1 “In <public>”" in form
    assert "For, in part · what they told me in private “In private”" in form
    assert "For · the text of pull request 1 “said there”" in form
    assert it.sen.modal
    assert f"/ada/desk/pull/1#discussion_r{500 + public}" in str(it.sen.modal.document)


def test_agreeing_takes_one_click(it: Triaging) -> None:
    it.finds("speed.1")
    it.reads()
    it.opens(it.sen)
    assert "◉ I agree: 1 · level 1" in it.form(it.sen)
    assert not it.sen.submit().errors
    [ruling] = it.rulings()
    assert (ruling.verdict, ruling.level, ruling.draft) == (Verdict.AGREED, 1, 1)
    assert (ruling.reason, ruling.sentence, ruling.role) == ("", "", RulerRole.SENSEI)
    assert "Saved: 1 · level 1 for The quality speed." in it.form(it.sen)
    assert "Nothing is waiting for your ruling." in it.form(it.sen)
    assert it.locked_by() is None


def test_another_level_needs_a_reason_and_a_sentence(it: Triaging) -> None:
    it.finds("speed.1")
    it.reads()
    it.opens(it.sen)
    said = it.rules(it.sen, "2").errors
    assert said == {
        f"reason.{it.capstone.id}.speed.0": "Give a reason. Only senseis can read it.",
        f"sentence.{it.capstone.id}.speed.0": (
            "Write one sentence. The participant will read it along with your ruling."
        ),
    }
    assert it.rules(it.sen, "2", reason="…", sentence="x" * 301).errors == {
        f"reason.{it.capstone.id}.speed.0": "Give a reason. Only senseis can read it.",
        f"sentence.{it.capstone.id}.speed.0": "This has 301 characters; the maximum is 300.",
    }
    assert it.rulings() == []
    assert not it.rules(it.sen, "2", reason="It <holds>", sentence="Show & tell.").errors
    [ruling] = it.rulings()
    assert (ruling.verdict, ruling.level, ruling.draft) == (Verdict.OTHER, 2, 1)
    assert (ruling.reason, ruling.sentence) == ("It <holds>", "Show & tell.")
    it.opens_again("speed")
    form = it.form(it.sen)
    assert "Last ruling: 2 · level 2" in form
    assert "by you Reason, for other senseis: It <holds> To the participant: Show & tell." in form


def test_a_sensei_who_agrees_but_gives_a_reason_is_asked_which_it_is(it: Triaging) -> None:
    it.finds("speed.1")
    it.reads()
    it.opens(it.sen)
    said = it.rules(it.sen, reason="It is more than that.").errors
    assert said == {
        f"reason.{it.capstone.id}.speed.0": (
            "You've chosen to agree with the draft level. Either empty this field, or choose another level."
        )
    }
    assert it.rulings() == []


def test_a_sensei_who_cannot_judge_tells_the_participant_why(it: Triaging) -> None:
    it.finds("speed.1")
    it.opens(it.sen)
    assert "I agree" not in it.form(it.sen), "no reading has covered it, so there is no draft to agree with"
    assert set(it.rules(it.sen, "cannot_judge").errors) == {f"sentence.{it.capstone.id}.speed.0"}
    assert not it.rules(it.sen, "cannot_judge", sentence="I need to see it run.").errors
    [ruling] = it.rulings()
    assert (ruling.verdict, ruling.level, ruling.sentence) == (
        Verdict.CANNOT_JUDGE,
        None,
        "I need to see it run.",
    )
    assert "Saved: you couldn't judge The quality speed." in it.form(it.sen)


def test_evidence_that_moves_meanwhile_is_shown_with_the_words_so_far(it: Triaging) -> None:
    it.finds("speed.1")
    it.reads()
    it.opens(it.sen)
    it.finds("speed.2", "a newer line")
    it.rules(it.sen, "3", reason="My reason", sentence="My sentence")
    assert it.rulings() == []
    form = it.form(it.sen)
    assert "The evidence changed while you were reading it, so I haven't saved your ruling." in form
    assert "a newer line" in form
    assert "◉ 3 · level 3" in form
    assert "My reason" in form
    assert "My sentence" in form
    assert "I agree: 2 · level 2" in form
    assert not it.sen.submit().errors
    [ruling] = it.rulings()
    assert (ruling.level, ruling.draft, ruling.reason) == (3, 2, "My reason")


def test_an_older_window_of_the_same_sensei_rules_on_nothing(it: Triaging) -> None:
    it.finds("speed.1")
    it.reads()
    it.opens(it.sen)
    older = before(it)
    it.finds("speed.2", "a newer line")
    it.opens(it.sen)
    it.rules(it.sen, view=older)
    assert it.rulings() == []
    assert not it.sen.submit().errors
    it.rules(it.sen, view=older)
    assert [ruling.draft for ruling in it.rulings()] == [2]


def test_a_form_that_is_sent_twice_rules_once(it: Triaging) -> None:
    it.finds("speed.1")
    it.reads()
    it.opens(it.sen)
    again = before(it)
    assert not it.sen.submit().errors
    answer = it.sen.submit(view=again).answer
    assert len(it.rulings()) == 1
    assert "You've already ruled on this, and that ruling counts." in str(answer)
    assert len(it.audited("ruling.make")) == 1


def test_of_two_senseis_one_rules_and_the_other_reads_why_not(it: Triaging) -> None:
    it.finds("speed.1")
    it.reads()
    it.goes_away(SEN, SOL)
    it.opens(it.sol)
    assert "you're standing in" not in it.form(it.sol)
    deputys = before(it, SOL)
    it.opens(it.sen)
    assert "Someone else is currently ruling on this criterion. Try again after" in it.form(it.sen)
    it.lock_ends()
    it.opens(it.sen)
    assert not it.sen.submit().errors
    answer = it.rules(it.sol, "3", view=deputys, reason="r", sentence="s").answer
    assert "Someone else has ruled on this since you opened it" in str(answer)
    [ruling] = it.rulings()
    assert (ruling.sensei, ruling.role) == (it.member(SEN).person, RulerRole.SENSEI)


def test_after_the_last_day_a_deputys_open_form_saves_nothing(it: Triaging) -> None:
    it.finds("speed.1")
    it.reads()
    it.goes_away(SEN, SOL)
    it.opens(it.sol)
    it.comes_back(SEN)
    answer = it.sol.submit().answer
    assert "You're not currently this participant's sensei" in str(answer)
    assert it.rulings() == []
    it.opens(it.sen)
    assert not it.sen.submit().errors, "a deputy who may no longer rule holds nobody up"
    assert len(it.rulings()) == 1


def test_a_sensei_whose_role_was_revoked_saves_nothing(it: Triaging) -> None:
    it.finds("speed.1")
    it.reads()
    it.opens(it.sen)
    it.sets(SEN, EnrolmentState.LEFT)
    assert "You're not in this dojo." in str(it.sen.submit().answer)
    assert it.rulings() == []


def test_a_sensei_who_reads_for_long_need_not_begin_again(it: Triaging) -> None:
    it.finds("speed.1")
    it.reads()
    it.opens(it.sen)
    it.lock_ends()
    assert not it.sen.submit().errors
    assert len(it.rulings()) == 1


def test_at_a_milestone_one_criterion_after_the_other_opens(it: Triaging) -> None:
    it.finds("speed.1")
    it.reads()
    it.milestone()
    it.sen.command("/dojo triage")
    listed = it.form(it.sen)
    assert "design milestone: 2 of 2 criteria left" in listed
    gate, other = "The quality safety · gate No ruling yet", "The quality speed No ruling yet"
    assert listed.index(gate) < listed.index(other)
    it.opens(it.sen, "safety")
    assert "Design milestone · 1 of 2" in it.form(it.sen)
    it.rules(it.sen, "cannot_judge", sentence="Not yet.")
    form = it.form(it.sen)
    assert "Saved: you couldn't judge The quality safety. Next: The quality speed" in form
    assert "Design milestone · 2 of 2" in form
    assert "Not yet." not in form
    it.rules(it.sen)
    assert "Saved: 1 · level 1 for The quality speed. Nothing is waiting for your ruling." in it.form(it.sen)
    assert [ruling.milestone for ruling in it.rulings()] == ["design", "design"]


def test_long_evidence_can_only_be_ruled_on_after_its_last_page(it: Triaging) -> None:
    for number in range(60):
        it.finds("speed.1", f"quote {number:02}", path=f"src/{number:02}.py")
    it.opens(it.sen)
    first = it.form(it.sen)
    assert "Evidence, page 1 of 3. [ Next ] · You can rule once you've opened every page." in first
    assert "Your ruling" not in first
    assert "Draft level" not in first
    it.presses(it.sen, "triage.evidence_page")
    assert "Your ruling" not in it.form(it.sen)
    it.presses(it.sen, "triage.evidence_page:next")
    last = it.form(it.sen)
    assert "Continued: Is speed.1 argued?" in last
    assert "Your ruling" in last
    pages = [first, last]
    it.sen.click(before(it), "triage.evidence_page:back")
    pages.append(it.form(it.sen))
    assert "Your ruling" in pages[-1], "all pages have been opened, so any of them can be sent"
    assert all(any(f"quote {number:02}" in page for page in pages) for number in range(60))
    assert not it.rules(it.sen, "1", reason="Enough.", sentence="Well argued.").errors
    assert len(it.rulings()) == 1


def test_nobody_else_sees_the_evidence_or_can_rule(it: Triaging) -> None:
    it.finds("speed.1")
    it.reads()
    it.opens(it.sen)
    form = before(it)
    it.lock_ends()
    for name in (ADA, SOL, "Lea"):
        person = it.people[name]
        person.command("/dojo triage")
        shown = f"{it.whispered(person)} {it.form(person) if person.modal else ''}"
        assert "Nothing is waiting for your ruling." in shown or "doesn't allow that" in shown
        it.sends_click(person, "triage.rule", f"{it.capstone.id}:speed")
        it.sends_click(person, "triage.exempt", f"{it.capstone.id}:speed")
        it.sends_click(person, "triage.restore", f"{it.capstone.id}:speed:1")
        answer = str(person.submit(view=copy.deepcopy(form)).answer)
        assert "doesn't allow that" in answer or "You're not currently this participant's sensei" in answer
        assert "level 1" not in f"{answer}{it.whispered(person)}"
    assert it.rulings() == []
    assert it.locked_by() is None


def test_a_draft_level_is_stored_with_its_ruling_and_nowhere_else(it: Triaging) -> None:
    it.finds("speed.1")
    it.finds("speed.2")
    it.reads()
    it.milestone()
    it.opens(it.sen)
    it.rules(it.sen, "4", reason="Mine", sentence="To you")
    it.opens_again("safety")
    it.settle()
    stored = it.stored_text()
    for words in ("Draft level", "I agree", "level 2"):
        assert words not in stored
    assert [ruling.draft for ruling in it.rulings()] == [2]
    assert all("raft" not in said for name in (ADA, "Lea", SOL) for said in it.heard(it.people[name]))
