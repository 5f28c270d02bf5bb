"""The lead's digest: what needs them, dates, levels and cost, and never anyone's words or a draft level."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from bot.domain.dojo.people import CohortRole, DateKind, EnrolmentState
from bot.domain.enquiries.records import AnswerSource, Feedback, FeedbackReason, HandoverReason, Kind, Place
from bot.domain.pull_requests.records import QuestionState
from bot.domain.triage.records import ExemptSubject, Milestone
from bot.workflows.digest.lead_digests import preview_leads
from tests.adapters.database.rows import row
from tests.fakes.slack import Slack, look
from tests.workflows.digest.weekly_cohort import SAFETY, SPEED, WeeklyCohort
from tests.workflows.dojo.test_few_statements import counted


@pytest.fixture(name="it")
def a_cohort(engine: sa.Engine) -> Iterator[WeeklyCohort]:
    with Slack() as slack:
        yield WeeklyCohort(engine, slack)


def busy(it: WeeklyCohort) -> str:
    """Let there be something of everything in a week; return the lead."""
    lead, sen = it.joins("Lea", CohortRole.LEAD), it.joins("Grace", CohortRole.SENSEI, capacity=1)
    ada, bea = it.enrols("Ada", sensei=sen), it.enrols("Bea", sensei=sen)
    it.enrols("Cy")
    it.asks(ada, QuestionState.ASKED, days_ago=12)
    it.asks(bea, QuestionState.DISPUTED)
    today = it.clock.date()
    with it.store.begin() as tx:
        tx.cohorts.add_date(it.id, DateKind.MIDWAY, "Midway review", today + timedelta(days=4))
        tx.absences.add(it.id, sen, today, today + timedelta(days=3), None)
    for criterion in (SPEED, SAFETY):
        it.rules(bea, sen, criterion, 2, Milestone.MIDWAY)
    ruling = it.rules(ada, sen, SPEED, 1, Milestone.MIDWAY)
    with it.store.begin() as tx:
        tx.appeals.ask(ruling, ada, "secret appeal", it.now())
        repository = tx.capstones.get(it.capstones[ada]).repository
    with Session(it.engine) as session:
        session.add(row(it.now(), key=f"k{it.number}", repository=f"github.com/{repository}", usd=1.25))
        session.commit()
    return lead


def test_a_busy_week_says_what_to_do_first_and_nobodys_words(it: WeeklyCohort) -> None:
    lead = busy(it)
    assert it.digests(lead) == "sent"
    [message] = it.accounts[lead].messages
    shown = look.text(message)
    order = ["Second opinions", "Stuck", "Senseis", "Dates", "Questions in the last 7 days", "[picture:"]
    assert sorted(order, key=shown.index) == order
    flat = " ".join(shown.split())
    assert "Ada – The quality speed, asked on Thu 26 Nov (today)" in flat
    assert "Ada: 1 open question, the oldest open for 12 days" in flat
    assert "Grace is away until" in flat
    assert "2 participants have no deputy" in flat
    assert "Grace has 2 participants, 1 over their limit" in flat
    assert "Rulings are missing for 2 participants (Grace: 1, without a sensei: 1)" in flat
    assert "1 asked, 0 withdrawn, 1 disputed" in flat
    assert "Cost of models in the last 7 days: $1.25" in flat
    assert "level 1: 1, level 2: 1, no level yet: 1" in flat
    assert "secret" not in str(message)
    assert "level 4" not in flat


def test_no_ruling_is_missing_of_a_criterion_that_does_not_apply_or_of_someone_who_left(
    it: WeeklyCohort,
) -> None:
    lead, sen = it.joins("Lea", CohortRole.LEAD), it.joins("Grace", CohortRole.SENSEI)
    ada, gone = it.enrols("Ada", sensei=sen), it.enrols("Bea", sensei=sen)
    with it.store.begin() as tx:
        tx.cohorts.add_date(it.id, DateKind.MIDWAY, "Midway review", it.clock.date() + timedelta(days=4))
        tx.exemptions.grant(it.capstones[ada], ExemptSubject.CRITERION, SAFETY, "None.", sen, it.now())
        tx.members.set_state(tx.members.roles(gone)[0].enrolment, EnrolmentState.LEFT)
    it.rules(ada, sen, SPEED, 2, Milestone.MIDWAY)
    it.digests(lead)
    [message] = it.accounts[lead].messages
    assert "Midway review" in look.text(message)
    assert "Rulings are missing" not in look.text(message)


def test_each_week_has_one_digest_with_one_picture(it: WeeklyCohort) -> None:
    lead = busy(it)
    it.digests(lead)
    it.digests(lead)
    assert len(it.accounts[lead].messages) == 1
    assert len(it.slack.files) == 1
    it.clock += timedelta(days=7)
    it.digests(lead)
    assert len(it.accounts[lead].messages) == 2


def test_a_quiet_week_is_a_few_lines(it: WeeklyCohort) -> None:
    lead = it.joins("Lea", CohortRole.LEAD)
    it.digests(lead)
    [message] = it.accounts[lead].messages
    assert "Nothing needs you this week." in look.text(message)
    assert len(message["blocks"]) <= 4


def test_without_the_scope_the_digest_has_no_picture(it: WeeklyCohort) -> None:
    lead = busy(it)
    it.slack.scopes.remove("files:write")
    assert it.digests(lead) == "sent"
    [message] = it.accounts[lead].messages
    assert "Stuck" in look.text(message)
    assert all(block["type"] != "image" for block in message["blocks"])


def test_whoever_is_no_lead_any_more_gets_nothing(it: WeeklyCohort) -> None:
    lead = busy(it)
    with it.store.begin() as tx:
        tx.members.set_state(tx.members.roles(lead)[0].enrolment, EnrolmentState.LEFT)
    assert it.digests(lead) == "not_needed"
    with it.store.begin() as tx:
        digest = tx.digests.add(it.id, lead, "lead", "2026-W48", [], it.now())
        assert it.leads.write(tx, {"digest": digest.id}) is None


def test_a_lead_who_takes_part_does_not_decide_about_their_own_appeal(it: WeeklyCohort) -> None:
    sen = it.joins("Sen", CohortRole.SENSEI)
    lead = it.enrols("Lea", CohortRole.LEAD, sensei=sen)
    ruling = it.rules(lead, sen, SPEED, 1)
    with it.store.begin() as tx:
        tx.appeals.ask(ruling, lead, "secret", it.now())
    it.digests(lead)
    assert "Second opinions" not in str(it.accounts[lead].messages)
    other = it.joins("Leo", CohortRole.LEAD)
    it.digests(other)
    assert "Second opinions" in str(it.accounts[other].messages)


def test_a_preview_says_the_same_and_stores_nothing(it: WeeklyCohort) -> None:
    busy(it)
    with it.store.read() as tx:
        lines = list(preview_leads(tx, it.leads, it.id))
    assert lines[0] == "To Lea"
    assert "  - Ada: 1 open question, the oldest open for 12 days" in lines
    assert max(map(len, lines)) <= 80
    assert it.slack.calls == []


def test_a_digest_takes_as_many_statements_for_many_as_for_few(it: WeeklyCohort) -> None:
    lead = busy(it)
    sen = it.joins("Sue", CohortRole.SENSEI, capacity=20)

    def gathered() -> int:
        with counted(it.engine) as counts, it.store.read() as tx:
            it.leads.choose_rows(tx, it.id, lead, it.now())
        return counts.statements

    few = gathered()
    for number in range(8):
        it.enrols(f"P{number}", sensei=sen)
    assert gathered() == few <= 32


def hands_over(it: WeeklyCohort, person: str, chosen: str | None = None) -> int:
    """Let somebody pass a question on, and its person have been told."""
    with it.store.begin() as tx:
        enrolment = tx.members.roles(person)[0].enrolment
        enquiry = tx.enquiries.open(enrolment, Place.DIRECT, "D1", f"{enrolment}.1", it.now())
        return tx.handovers.add(enquiry.id, HandoverReason.REQUESTED, "secret", it.now(), chosen).id


def test_questions_that_wait_for_a_person_are_listed_without_their_words(it: WeeklyCohort) -> None:
    lead, sen = it.joins("Lea", CohortRole.LEAD), it.joins("Grace", CohortRole.SENSEI)
    late, alone, mine, theirs = (it.enrols(name, sensei=sen) for name in ("Ada", "Bea", "Cy", "Di"))
    old = hands_over(it, late)
    with it.store.begin() as tx:
        tx.handovers.note_told(old, sen, it.now())
    hands_over(it, alone)
    number = hands_over(it, mine, lead)
    hands_over(it, theirs, sen)
    it.clock += timedelta(days=5)
    assert it.digests(lead) == "sent"
    [message] = it.accounts[lead].messages
    flat = " ".join(look.text(message).split())
    assert "Ada has been waiting for an answer from Grace since" in flat
    assert "Bea asked something that nobody can answer at the moment" in flat
    assert "Cy asked you something, and has been waiting for your answer since" in flat
    assert "Di" not in flat
    assert "secret" not in str(message)
    assert f"'enquiries.answer:{number}'" in str(message)
    assert str(message).count("enquiries.answer") == 1


def test_a_question_that_has_just_been_passed_on_is_no_matter_of_a_lead(it: WeeklyCohort) -> None:
    lead, sen = it.joins("Lea", CohortRole.LEAD), it.joins("Grace", CohortRole.SENSEI)
    handover = hands_over(it, it.enrols("Ada", sensei=sen))
    with it.store.begin() as tx:
        tx.handovers.note_told(handover, sen, it.now())
    it.digests(lead)
    assert "Nothing needs you this week" in " ".join(look.text(it.accounts[lead].messages[0]).split())


def test_figures_about_few_questions_are_not_shown(it: WeeklyCohort) -> None:
    lead = it.joins("Lea", CohortRole.LEAD)
    people = [it.enrols(f"P{number}") for number in range(6)]
    with it.store.begin() as tx:
        for number, person in enumerate(people):
            enrolment = tx.members.roles(person)[0].enrolment
            enquiry = tx.enquiries.open(enrolment, Place.DIRECT, f"D{number}", "1.1", it.now())
            asked = tx.enquiries.add_message(enquiry.id, "1.1", "secret", it.now())
            answer = tx.enquiries.keep_answer(
                asked.id, 0, Kind.FACT, None, AnswerSource.MODEL, "secret", (), "", it.now()
            )
            if number < 4:
                tx.enquiries.rate(answer.id, Feedback.NOT_HELPFUL, FeedbackReason.WRONG)
        tx.handbooks.add_gap(it.id, "secret", it.clock.date())
    it.digests(lead)
    [message] = it.accounts[lead].messages
    flat = " ".join(look.text(message).split())
    assert "in the last 4 weeks: 6. Answers that helped: too few to show. Answers that didn't" in flat
    assert "Gaps in the handbook: 1." in flat
    assert "secret" not in str(message)
