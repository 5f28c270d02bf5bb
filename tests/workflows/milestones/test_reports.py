"""The report has what senseis ruled and what it rests on, and nothing that isn't its participant's."""

from dataclasses import replace

import pytest

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import DecisionState
from bot.domain.ledger.evidence import CheckState, Statement
from bot.domain.milestones.report import MilestoneReport
from bot.domain.triage.records import Milestone, RulerRole
from bot.errors import UserError
from bot.rendering.milestones import html
from bot.workflows.milestones.reports import find_reported_milestone, gather_report
from tests.entrypoints.webhooks import now
from tests.workflows.milestones.ruled import ADA, CANARY, SAFETY, SEN, SOL, SPEED, Ruled
from tests.workflows.whole_dojo import LEDGERS

DESIGN = Milestone.DESIGN
CONFIRMED = DecisionState.CONFIRMED
KEY = "sk-ant-api03-" + "Ab3dEf6hIj" * 9 + "AA"


def report(it: Ruled, milestone: Milestone = DESIGN) -> MilestoneReport:
    with it.here.store.read() as tx:
        return gather_report(tx, LEDGERS, it.desk, milestone, now())


def test_a_criterion_has_its_level_sentence_and_live_evidence(it: Ruled) -> None:
    it.reads("speed.1")
    it.rules(SPEED, 2, sentence="The bound is argued well.")
    made = report(it)
    [speed] = made.criteria
    assert (speed.level, speed.name, speed.sentence) == (2, "level 2", "The bound is argued well.")
    assert (speed.sensei, speed.role) == (SEN, RulerRole.SENSEI)
    assert [(check.state, [cited.quote for cited in check.supports]) for check in speed.checks] == [
        (CheckState.MET, ["bounded(3)"])
    ]
    assert speed.without_evidence == 1
    assert not speed.moved
    assert made.missing == ("The quality safety",)
    assert (made.participant, made.sensei, made.capstone) == (ADA, SEN, "ada/desk")


def test_it_says_when_the_evidence_has_changed_or_the_ruling_is_under_appeal(it: Ruled) -> None:
    it.reads("speed.1")
    ruling = it.rules(SPEED, 2)
    it.reads("speed.1", quote="bounded(9)")
    with it.here.store.begin() as tx:
        tx.appeals.ask(ruling.id, it.member(ADA).person, CANARY, now())
    [speed] = report(it).criteria
    assert speed.moved
    assert speed.under_appeal


def test_no_draft_reason_private_word_or_other_name_is_in_it(it: Ruled) -> None:
    it.reads("speed.1", "speed.2")  # a draft of level 2
    it.rules(SPEED, 0, sentence="See what happens at noon.")
    it.rules(SAFETY, None, sensei=SOL, role=RulerRole.DEPUTY)
    it.decides(ADA, CONFIRMED, title="Answers are public")
    hidden = it.decides(
        ADA, CONFIRMED, private=True, title=CANARY, texts={Slot.DECIDED: CANARY}, check="speed.1"
    )
    it.decides(ADA, DecisionState.DRAFT, title=CANARY)
    with it.here.store.begin() as tx:
        tx.statements.enter(
            it.desk.id,
            source="decision",
            reference=hidden.id,
            check="speed.1",
            partial=True,
            missing="",
            quote=CANARY,
            pull_request=None,
            pending=False,
            at=now(),
        )
    made = report(it)
    page = html.render(made)
    assert CANARY not in page
    assert CANARY not in repr(made)
    assert SOL not in page
    assert "a deputy of their sensei" in page
    assert "Answers are public" in page
    assert "leaves out 1 private decision." in page
    assert "Level 0, level 0" in page
    assert "level 2" not in page.replace(made.gate, "")


def test_words_from_a_thread_are_cited_once_and_secrets_are_hidden(it: Ruled) -> None:
    it.reads("speed.1")
    decided = it.decides(ADA, CONFIRMED, texts={Slot.DECIDED: f"We use {KEY}."}, check="speed.1")
    with it.here.store.begin() as tx:
        for reference, source in ((decided.id, "decision"), (77, "thread")):
            tx.statements.enter(
                it.desk.id,
                source=source,  # type: ignore[arg-type]
                reference=reference,
                check="speed.1",
                partial=True,
                missing="",
                quote=f"We use {KEY}.",
                pull_request=None,
                pending=False,
                at=now(),
            )
    it.rules(SPEED, 1, sentence=f"Not {KEY}, please.")
    made = report(it)
    cited = made.criteria[0].checks[0].supports
    assert [one.source for one in cited if isinstance(one, Statement)] == ["decision", "thread"]
    assert KEY not in html.render(made)
    assert KEY not in repr(made)


def test_it_is_about_the_milestone_that_was_ruled_on_last_unless_one_is_named(it: Ruled) -> None:
    with it.here.store.read() as tx, pytest.raises(UserError, match="There are no rulings"):
        find_reported_milestone(tx, it.desk.id)
    it.rules(SPEED, 1, milestone=None)
    it.rules(SPEED, 2)
    it.rules(SAFETY, 3, milestone=Milestone.MIDWAY)
    it.rules(SAFETY, 4, milestone=None)
    with it.here.store.read() as tx:
        assert find_reported_milestone(tx, it.desk.id) is Milestone.MIDWAY
        assert find_reported_milestone(tx, it.desk.id, DESIGN) is DESIGN
        with pytest.raises(UserError, match="final milestone"):
            find_reported_milestone(tx, it.desk.id, Milestone.FINAL)
    assert [one.level for one in report(it).criteria] == [2]


def test_the_date_may_be_gone_and_the_report_stays(it: Ruled) -> None:
    it.rules(SPEED, 1, milestone=Milestone.FINAL)
    made = report(it, Milestone.FINAL)
    assert made.day is None
    assert replace(made, day=now().date()) != made
    assert "Final milestone." in html.render(made)
