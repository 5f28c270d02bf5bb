"""What waits for a sensei is gathered from rows, of the right people, in a constant number of queries."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.domain.digest.matters import WaitingEnquiry
from bot.domain.digest.sensei_digest import list_rows
from bot.domain.dojo.people import CohortRole, DateKind, EnrolmentState
from bot.domain.enquiries.records import HandoverReason
from bot.domain.pull_requests.records import Account, Capstone, QuestionState
from bot.domain.triage.records import Milestone
from bot.ports.code_host import HostRepository
from bot.workflows.pull_requests.enrolment import Enrolment, enrol_repository
from tests.workflows.digest.weeks import SENSEI, Week
from tests.workflows.dojo.test_few_statements import counted

DAY = timedelta(days=1)


def test_everything_that_waits_is_found_with_its_days(it: Week) -> None:
    sen = it.joins("Sen", SENSEI)
    it.enrols("Ada", sen)
    it.asks("Ada", QuestionState.DISPUTED, check="safety.1")
    it.asks("Ada", QuestionState.PROPOSED)
    it.leaves(it.asks("Ada", QuestionState.ANSWERED))
    it.asks("Ada")
    gone, asked = it.decides("Ada"), it.decides("Ada")
    with it.store.begin() as tx:
        tx.decisions.set_code_gone(gone.id, it.now())
    drift = it.asks("Ada")
    with it.store.begin() as tx:
        tx.decisions.add_drift_question(drift, asked.id)
    it.moves("Ada", "speed.1")
    it.clock += 7 * DAY
    ada, day = it.about("Ada", sen), date(2026, 11, 30)
    assert [(matter.since, matter.gate) for matter in ada.disputes] == [(day, True)]
    assert [(matter.since, matter.gate) for matter in ada.questions] == [(day, False)]
    assert [matter.since for matter in ada.handovers] == [day]
    assert [matter.since for matter in ada.open_questions] == [day]
    assert [(decision.number, decision.asked) for decision in ada.drifted] == [(2, True), (1, False)]
    assert [ruling.criterion for ruling in ada.rulings] == ["speed"]
    assert (ada.name, ada.read_on, ada.has_access, ada.is_paused) == ("Ada", day, True, False)
    place = ada.disputes[0].place
    assert place
    assert place.repository.startswith("ada/desk")
    assert place.comment
    assert "secret" not in str(it.gathers(sen))


def test_questions_on_a_closed_pull_request_wait_for_nobody(it: Week) -> None:
    sen = it.joins("Sen", SENSEI)
    it.enrols("Ada", sen)
    it.asks("Ada", QuestionState.PROPOSED)
    assert len(it.about("Ada", sen).questions) == 1
    with it.store.begin() as tx:
        tx.standings.session.connection().execute(sa.text("UPDATE pull_request SET state = 'closed'"))
    assert it.about("Ada", sen).questions == ()


def test_an_answered_hand_over_is_done_and_a_private_one_has_no_thread(it: Week) -> None:
    sen = it.joins("Sen", SENSEI)
    it.enrols("Ada", sen)
    answered, private = it.asks("Ada"), it.asks("Ada")
    it.leaves(answered)
    it.leaves(private, private=True)
    it.clock += DAY
    with it.store.begin() as tx:
        tx.questions.note_sensei_message(answered, it.now())
    ada = it.about("Ada", sen)
    [left] = ada.handovers
    assert left.place
    assert left.place.comment is None
    assert [matter.since for matter in ada.open_questions] == [date(2026, 11, 30)]


def test_a_question_of_a_closed_pull_request_can_no_longer_be_kept_and_is_not_listed(it: Week) -> None:
    sen = it.joins("Sen", SENSEI)
    it.enrols("Ada", sen)
    it.asks("Ada", QuestionState.PROPOSED)
    assert len(it.about("Ada", sen).questions) == 1
    with it.store.begin() as tx:
        made = tx.pull_requests.find(it.capstones["Ada"], 1)
        assert made
        tx.pull_requests.save(
            made.capstone,
            made.number,
            state="closed",
            draft=False,
            author=made.author,
            head=made.head,
            base_ref=made.base_ref,
            at=it.now(),
        )
    assert it.about("Ada", sen).questions == ()


def test_a_hand_over_of_last_month_is_no_longer_listed(it: Week) -> None:
    sen = it.joins("Sen", SENSEI)
    it.enrols("Ada", sen)
    it.leaves(it.asks("Ada"))
    it.clock += 29 * DAY
    assert it.about("Ada", sen).handovers == ()


def test_only_own_participants_are_gathered_and_those_who_left_are_not(it: Week) -> None:
    sen, sol = it.joins("Sen", SENSEI), it.joins("Sol", SENSEI)
    it.enrols("Ada", sen)
    it.enrols("Ben", sol)
    gone = it.enrols("Cleo", sen)
    it.enrols("Dina")
    with it.store.begin() as tx:
        for member in tx.members.roles(gone):
            tx.members.set_state(member.enrolment, EnrolmentState.LEFT)
    assert [matters.name for matters in it.gathers(sen).participants] == ["Ada"]


def test_a_sensei_named_at_enrolment_counts_while_there_is_no_pair(it: Week) -> None:
    sen = it.joins("Sen", SENSEI)
    account = Account(70_000 + it.number, "sen")
    with it.store.begin() as tx:
        sen = tx.members.prove(sen, account, it.now())
    it.enrols("Ada", named=account)
    assert [matters.name for matters in it.gathers(sen).participants] == ["Ada"]


def test_a_deputy_sees_those_they_stand_in_for_while_it_lasts(it: Week) -> None:
    sen, sol = it.joins("Sen", SENSEI), it.joins("Sol", SENSEI)
    it.enrols("Ada", sen)
    it.enrols("Ben", sol)
    it.goes_away(sen, date(2026, 11, 30), date(2026, 12, 1), sol)
    found = {matters.name: matters.standing_in_for for matters in it.gathers(sol).participants}
    assert found == {"Ada": "Sen", "Ben": ""}
    it.clock += 2 * DAY
    assert [matters.name for matters in it.gathers(sol).participants] == ["Ben"]
    assert [matters.name for matters in it.gathers(sen).participants] == ["Ada"]


def test_an_appeal_is_the_second_senseis_and_its_ruling_no_longer_the_first_ones(it: Week) -> None:
    sen, sol = it.joins("Sen", SENSEI), it.joins("Sol", SENSEI)
    ada = it.enrols("Ada", sen)
    it.moves("Ada", "safety.1")
    ruling = it.rules("Ada", "safety", sen)
    it.moves("Ada", "speed.1", "safety.1")
    it.appeals(ruling, ada, sol)
    [appeal] = it.about("Ada", sol).appeals
    assert (appeal.criterion, appeal.gate, appeal.since) == ("safety", True, date(2026, 11, 30))
    assert it.about("Ada", sol).rulings == ()
    assert it.about("Ada", sen).appeals == ()
    assert [due.criterion for due in it.about("Ada", sen).rulings] == ["speed"]


def test_a_gate_is_missing_until_a_ruling_reaches_its_level(it: Week) -> None:
    sen = it.joins("Sen", SENSEI)
    it.enrols("Ada", sen)
    titles = ("The quality safety",)
    assert it.about("Ada", sen).gates_unruled == titles
    it.rules("Ada", "safety", sen, level=1)
    assert it.about("Ada", sen).gates_unruled == titles
    it.rules("Ada", "safety", sen, level=2)
    assert it.about("Ada", sen).gates_unruled == ()


def test_who_has_paused_or_cannot_be_read_is_known(it: Week) -> None:
    sen = it.joins("Sen", SENSEI)
    ada = it.enrols("Ada", sen)
    it.enrols("Ben", sen, installation=None)
    with it.store.begin() as tx:
        [member] = tx.members.roles(ada)
        tx.members.set_state(member.enrolment, EnrolmentState.PAUSED)
    assert it.about("Ada", sen).is_paused
    assert not it.about("Ben", sen).has_access


def test_silence_counts_from_the_start_of_the_cohort(it: Week) -> None:
    sen = it.joins("Sen", SENSEI)
    it.enrols("Ada", sen)
    with it.store.begin() as tx:
        tx.cohorts.add_date(it.id, DateKind.START, "", date(2026, 12, 14))
    it.clock += 21 * DAY
    assert it.about("Ada", sen).read_on == date(2026, 12, 14)


@pytest.mark.parametrize(
    ("day", "near"),
    [
        (date(2026, 12, 14), True),
        (date(2026, 12, 15), False),
        (date(2026, 11, 20), True),
        (date(2026, 11, 15), False),
    ],
)
def test_a_milestone_is_near_for_ten_working_days_and_while_it_is_open(
    it: Week, day: date, near: bool
) -> None:
    sen = it.joins("Sen", SENSEI)
    it.enrols("Ada", sen)
    with it.store.begin() as tx:
        tx.cohorts.add_date(it.id, DateKind.MIDWAY, "", day)
        tx.cohorts.add_date(it.id, DateKind.FINAL, "", date(2027, 6, 1))
    milestone = it.gathers(sen).calendar.milestone
    assert (milestone.milestone if milestone else None) == (Milestone.MIDWAY if near else None)


def test_days_are_those_of_the_sensei(it: Week) -> None:
    sen = it.joins("Sen", SENSEI)
    it.enrols("Ada", sen)
    it.clock = datetime(2026, 12, 6, 23, 30, tzinfo=UTC)  # Monday in Berlin
    it.asks("Ada", QuestionState.DISPUTED)
    assert it.about("Ada", sen).disputes[0].since == date(2026, 12, 7)
    assert it.gathers(sen).calendar.today == date(2026, 12, 7)


def test_the_number_of_queries_does_not_depend_on_the_number_of_participants(it: Week) -> None:
    sen = it.joins("Sen", SENSEI)
    counts = []
    for few, many in ((0, 2), (2, 8)):
        for number in range(few, many):
            name = f"P{number}"
            it.enrols(name, sen, installation=9 if number % 2 else None)
            it.asks(name, QuestionState.DISPUTED)
            it.leaves(it.asks(name))
            it.moves(name, "speed.1", "safety.1")
            it.rules(name, "safety", sen)
            it.hands_over(name)
            asked, decision = it.asks(name), it.decides(name)
            with it.store.begin() as tx:
                tx.decisions.add_drift_question(asked, decision.id)
        with counted(it.engine) as count:
            rows = list_rows(it.gathers(sen))
        counts.append(count.statements)
        assert len({row.capstone for row in rows}) == many
    assert counts[0] == counts[1] <= 45


def test_roles_in_the_cohort_are_taken_from_the_cohort(it: Week) -> None:
    """A lead who guides nobody has nothing to read."""
    lead = it.joins("Lea", CohortRole.LEAD)
    it.enrols("Ada", it.joins("Sen", SENSEI))
    assert it.gathers(lead).participants == []


def test_the_rulings_of_the_next_milestone_are_counted_until_it_opens(it: Week) -> None:
    sen = it.joins("Sen", SENSEI)
    it.enrols("Ada", sen)
    it.enrols("Ben", sen)
    with it.store.begin() as tx:
        tx.cohorts.add_date(it.id, DateKind.FINAL, "", date(2026, 12, 21))
    assert it.gathers(sen).coming is None  # in 21 days
    it.clock += DAY
    coming = it.gathers(sen).coming
    assert coming
    assert (coming.milestone, coming.participants) == (Milestone.FINAL, 2)
    assert (coming.opens, coming.day, coming.closes) == (
        date(2026, 12, 14),
        date(2026, 12, 21),
        date(2027, 1, 4),
    )
    announced = coming.rulings
    it.clock += 12 * DAY
    assert it.gathers(sen).coming
    it.clock += DAY
    now_due = it.gathers(sen)
    assert now_due.coming is None
    assert sum(len(matters.rulings) for matters in now_due.participants) == announced > 0


def test_the_rows_of_earlier_digests_are_known_while_no_week_is_missing(it: Week) -> None:
    sen = it.joins("Sen", SENSEI)
    it.enrols("Ada", sen)
    weeks = {48: ["rulings:1", "risk:1"], 49: ["rulings:1"], 50: ["risk:1", "rulings:1"]}
    for number, rows in weeks.items():
        with it.store.begin() as tx:
            tx.digests.add(it.id, sen, "sensei", f"2026-W{number}", rows, it.now())
            tx.digests.add(it.id, sen, "lead", f"2026-W{number}", ["date:1"], it.now())
        it.clock += 7 * DAY
    assert it.gathers(sen).shown == {
        "rulings:1": date(2026, 11, 30),
        "risk:1": date(2026, 12, 14),
    }
    with it.store.read() as tx:
        found = it.gatherer.gather(tx, it.id, sen, it.now(), week="2026-W49").shown
    assert found == {"rulings:1": date(2026, 11, 30), "risk:1": date(2026, 11, 30)}


def test_what_digests_had_about_a_former_participant_is_new_about_the_next_one(it: Week) -> None:
    sen = it.joins("Sen", SENSEI)
    it.enrols("Ada", sen)
    it.enrols("Cleo", sen)
    given, other = it.capstones["Ada"], it.capstones["Cleo"]
    with it.store.begin() as tx:
        tx.digests.add(it.id, sen, "sensei", "2026-W48", [f"rulings:{given}", f"rulings:{other}"], it.now())
        led = tx.digests.add(it.id, sen, "lead", "2026-W48", [f"appeal:{given}"], it.now())
    assert set(it.gathers(sen).shown) == {f"rulings:{given}", f"rulings:{other}"}
    with it.store.begin() as tx:
        capstone = tx.capstones.get(given)
        cohort, repository = tx.cohorts.get(capstone.cohort), host_repository(capstone)
        enrol_repository(tx, Enrolment(cohort, repository, capstone.participant, None, None), it.now())
    assert set(it.gathers(sen).shown) == {f"rulings:{given}", f"rulings:{other}"}, "it is still Ada's"
    gives_to_bob(it, given)
    assert set(it.gathers(sen).shown) == {f"rulings:{other}"}
    with it.store.read() as tx:
        assert tx.digests.find(led.id) == led


def test_a_row_snoozed_about_a_former_participant_is_awake_about_the_next_one(it: Week) -> None:
    sen, dep = it.joins("Sen", SENSEI), it.joins("Dep", SENSEI)
    it.enrols("Ada", sen)
    it.enrols("Cleo", sen)
    given, other = it.capstones["Ada"], it.capstones["Cleo"]
    until = it.now().date() + 20 * DAY
    with it.store.begin() as tx:
        for person in (sen, dep):
            for row in (f"rulings:{given}", f"risk:{given}", f"rulings:{other}", f"risk:{other}{given}"):
                tx.snoozes.set(person, row, until, it.now())
    gives_to_bob(it, given)
    left = {f"rulings:{other}": until, f"risk:{other}{given}": until}
    with it.store.read() as tx:
        assert tx.snoozes.of([sen, dep]) == {sen: left, dep: left}
    assert it.gathers(sen).snoozed == left


def gives_to_bob(it: Week, number: int) -> None:
    """Let a capstone be another participant's from now on."""
    with it.store.begin() as tx:
        capstone = tx.capstones.get(number)
        repository = host_repository(capstone)
        bob = Account(capstone.repository + 1_000_000, "bob")
        cohort = tx.cohorts.get(capstone.cohort)
        enrol_repository(tx, Enrolment(cohort, repository, bob, None, None), it.now())


def host_repository(capstone: Capstone) -> HostRepository:
    url = "https://example.org/desk.git"
    return HostRepository(capstone.repository, capstone.owner, capstone.name, "main", url, 9, 1)


def test_what_waits_says_which_gate_and_which_question(it: Week) -> None:
    sen = it.joins("Sen", SENSEI)
    it.enrols("Ada", sen)
    asked = it.asks("Ada", check="safety.1")
    it.leaves(asked)
    [left] = it.about("Ada", sen).handovers
    assert (left.criterion, left.question) == ("The quality safety", asked)


def test_what_participants_passed_on_is_listed_for_whom_it_is_for(it: Week) -> None:
    sen, sol = it.joins("Sen", SENSEI), it.joins("Sol", SENSEI)
    shared, chosen, done = (it.passes_on(name, sen) for name in ("Ada", "Bea", "Cy"))
    with it.store.begin() as tx:
        tx.handovers.withdraw(done)
        tx.handovers.withdraw(chosen)
        enquiry = tx.handovers.get(chosen)
        assert enquiry
        chosen = tx.handovers.add(enquiry.enquiry, HandoverReason.SENSITIVE, "secret", it.now(), sol).id
    it.clock += 3 * DAY
    day = it.clock.date() - 3 * DAY
    assert it.about("Ada", sen).enquiries == (WaitingEnquiry(shared, day),)
    assert it.about("Bea", sen).enquiries == ()
    assert it.about("Cy", sen).enquiries == ()
    assert "secret" not in str(it.gathers(sen))
    assert chosen != shared


def test_of_several_capstones_one_lists_what_their_participant_passed_on(it: Week) -> None:
    sen = it.joins("Sen", SENSEI)
    handover = it.passes_on("Ada", sen)
    it.enrols("Ada", sen)
    listed = [one.enquiries for one in it.gathers(sen).participants]
    assert sorted(map(len, listed)) == [0, 1]
    assert handover in {enquiry.handover for enquiries in listed for enquiry in enquiries}
