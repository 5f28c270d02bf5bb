"""Telling a participant what was ruled: a sitting at once, in their hours, nothing that is for senseis."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.pull_requests.records import Account
from bot.ports.jobs import Job
from bot.workflows.triage.own_levels import list_levels, without_words
from bot.workflows.triage.release import describe_release
from bot.workflows.triage.released_levels import RELEASED
from tests.domain.ledgers import movement
from tests.entrypoints.webhooks import now
from tests.workflows.dojo.test_few_statements import counted
from tests.workflows.triage.appealing import ADA, LEA, SEN, SOL, SOME_DAYS, Appealing, appealing
from tests.workflows.whole_dojo import PARTICIPANT

WORLD = appealing

SENTENCE = "A test that <fails> over & over"


def released(it: Appealing) -> list[Job]:
    """The messages about levels that wait."""
    return [job for job in it.waiting("message") if job.argument["kind"] == RELEASED]


def test_a_sitting_is_one_message_with_levels_sentences_evidence_and_who_ruled(it: Appealing) -> None:
    it.rules(SEN, "safety", None, "A trace of a refusal")
    it.rules(SEN, "speed", 1, SENTENCE, reason="SECRET reason")
    it.settle(SOME_DAYS)
    [told] = it.heard(it.ada)
    assert "Sen & ˋSonsˋ, your sensei, has looked at 2 criteria of your capstone: ada/desk" in told
    assert told.index("The quality speed – 1 · level 1") < told.index("The quality safety – no level yet")
    assert f"“{SENTENCE}”" in told
    assert "That isn't a low level. What would help: “A trace of a refusal”" in told
    assert "“retry(times=<3>) & ˋdoneˋ # speed.1" in told
    assert "/ada/desk/blob/" in str(it.ada.messages)
    assert "SECRET" not in str(it.ada.messages)
    assert "draft" not in told.lower()
    assert it.lea.messages == it.sol.messages == []


def test_it_comes_ten_minutes_after_the_last_ruling_in_the_participants_hours(it: Appealing) -> None:
    first = it.rules(SEN, "speed")
    second = it.rules(SEN, "safety")
    [job] = released(it)
    assert job.argument["about"]["rulings"] == [first.id, second.id]
    assert job.due_at >= second.at + timedelta(minutes=10)
    profile = it.member(ADA).profile
    assert profile
    local = job.due_at.astimezone(ZoneInfo(profile.hours.time_zone))
    assert local.weekday() < 5
    assert 9 <= local.hour < 17


def test_a_participant_hears_at_most_once_a_day(it: Appealing) -> None:
    it.rules(SEN, "speed")
    it.settle(SOME_DAYS)  # it begins now, so the next may come tomorrow
    it.rules(SEN, "safety")
    [job] = released(it)
    assert job.due_at.date() > now().date()
    it.settle(SOME_DAYS)
    assert ["1 criterion" in told for told in it.heard(it.ada)] == [True, True]


def test_only_the_newest_of_two_rulings_is_told_and_what_it_was_before(it: Appealing) -> None:
    it.rules(SEN, level=3)
    it.settle(SOME_DAYS)
    it.rules(SEN, level=4)
    it.evidence_moves("speed.2")
    it.rules(SEN, level=1)
    it.settle(SOME_DAYS)
    told = it.heard(it.ada)[-1]
    assert "1 criterion of your capstone" in told
    assert "The quality speed – 1 · level 1" in told
    assert "Before, it was 4 · level 4." in told


def test_a_deputy_is_named_as_who_stands_in(it: Appealing) -> None:
    with it.here.store.begin() as tx:
        away, deputy, today = it.member(SEN), it.member(SOL), now().date()
        day = timedelta(days=1)
        tx.absences.add(away.cohort, away.person, today - day, today + 9 * day, deputy.person)
    it.rules(SOL)
    it.settle(SOME_DAYS)
    assert "Sol, who stands in for your sensei, has looked at 1 criterion" in it.heard(it.ada)[0]


def test_who_is_not_on_slack_loses_nothing_and_the_sensei_reads_that(it: Appealing) -> None:
    with it.here.store.begin() as tx:
        tx.members.prove(it.member(SEN).person, Account(2, "sen"), now())
        it.enrols(tx, Account(5, "bo"), Account(2, "sen"))
    ruling = it.rules(SEN)
    with it.here.store.read() as tx:
        said = describe_release(tx, ruling)
    assert "isn't on Slack yet, so I can't tell them. They'll see it in their Home tab" in said
    assert released(it) == []
    it.joins("Bo", PARTICIPANT)
    it.owns("Bo", Account(5, "bo"))
    assert "The quality speed – 1 · level 1" in it.home(it.people["Bo"])


def test_who_is_on_slack_will_be_told_and_the_sensei_reads_that(it: Appealing) -> None:
    ruling = it.rules(SEN)
    with it.here.store.read() as tx:
        assert describe_release(tx, ruling).startswith(f"I'll tell {ADA} in Slack")


def test_a_capstones_next_participant_sees_nothing_of_the_former_ones_levels(it: Appealing) -> None:
    ruling = it.rules(SEN)
    it.changes_hands("Bo")
    it.settle(SOME_DAYS)
    assert it.heard(it.ada) == it.heard(it.people["Bo"]) == []
    assert "Your levels – none yet" in it.home(it.people["Bo"])
    assert "Your levels – none yet" in it.home(it.ada)
    with it.here.store.read() as tx:
        assert tx.rulings.latest([it.capstone])[it.capstone] == {}
        assert list(tx.rulings.of(it.capstone)) == []
        assert tx.rulings.find(ruling.id) is None


def test_jobs_effects_and_the_audit_trail_have_ids_only(it: Appealing) -> None:
    it.rules(SEN, sentence=SENTENCE, reason="SECRET reason")
    it.settle(SOME_DAYS)
    stored = it.stored_words()
    assert "fails" not in stored
    assert "SECRET" not in stored
    assert "level" not in stored


@pytest.mark.contract
@pytest.mark.parametrize("name", [SEN, SOL, LEA])
def test_nobody_else_can_open_the_evidence_of_a_participants_ruling(it: Appealing, name: str) -> None:
    ruling = it.rules(SEN)
    it.settle(SOME_DAYS)
    message = it.shows(it.ada, "triage.evidence")
    other = it.people[name]
    other.click(message, f"triage.evidence:{ruling.id}")
    assert other.modal is None or "retry" not in str(other.modal.document)


def test_the_evidence_has_states_quotes_and_what_is_missing_and_says_if_it_has_changed(it: Appealing) -> None:
    with it.here.store.begin() as tx:
        tx.ledgers.record(
            it.capstone, "baseline.part", [movement("speed.2", missing="a <number> & why")], pending=False
        )
        tx.ledgers.record(
            it.capstone,
            "baseline.against",
            [movement("safety.1", "weakens", quotes=("trust(<x>)",))],
            pending=False,
        )
    ruling = it.rules(SEN, sentence=SENTENCE)
    other = it.rules(SEN, "safety")
    it.settle(SOME_DAYS)
    it.ada.click(it.shows(it.ada, "triage.evidence"), f"triage.evidence:{ruling.id}")
    form = it.form(it.ada)
    assert "Met: Is speed.1 argued?" in form
    assert "Partly met: Is speed.2 argued?" in form
    assert "What is missing: a <number> & why" in form
    assert SENTENCE in form
    assert "has changed" not in form
    it.ada.closes()
    it.evidence_moves("safety.1")
    it.ada.click(it.shows(it.ada, "triage.evidence"), f"triage.evidence:{other.id}")
    form = it.form(it.ada)
    assert "Contested (evidence for and against): Is safety.1 argued?" in form
    assert "against: “trust(<x>)”" in form
    assert "The evidence has changed since this ruling." in form


def test_a_home_shows_any_number_of_levels_with_the_same_few_statements(it: Appealing) -> None:
    counts = []
    for criterion in ("speed", "safety"):
        it.rules(SEN, criterion)
        with it.here.store.read() as tx, counted(it.engine) as counted_now:
            assert list_levels(tx, without_words, [it.capstone], "")
        counts.append(counted_now.statements)
    assert counts[0] == counts[1] <= 3
