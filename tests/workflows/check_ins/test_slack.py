"""Check-ins as people meet them in Slack: the question, its buttons, the command, and who sees what."""

from collections.abc import Iterator, Mapping
from datetime import UTC, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col

from bot.adapters.database.check_ins.tables import CheckInRow
from bot.adapters.database.jobs.tables import EffectRow
from bot.domain.check_ins.records import CheckInState, Rhythm
from bot.domain.dojo.people import Profile, Weekday, WorkingHours
from bot.domain.pull_requests.records import QuestionState
from bot.ports.jobs import Job
from bot.workflows.articulation.private_talks import refresh_talk
from bot.workflows.chat.outbox import send_message
from bot.workflows.check_ins.reminder_messages import REMINDER, make_about, reminder_key
from bot.workflows.triage.deliveries import deliver_again, find_overlooked
from bot.workflows.triage.waiting import count_waiting
from tests.entrypoints.webhooks import now
from tests.workflows.articulation.talking import ADA, SEN, SOME_DAYS
from tests.workflows.check_ins.asked import Asked, asked_dojo

MONDAY: Mapping[Any, Any] = {"join.often": "2", "join.day": "mon", "join.time": "09:30"}


@pytest.fixture(name="slack")
def a_workspace(own_engine: sa.Engine) -> Iterator[Asked]:
    with asked_dojo(own_engine) as it:
        yield it
        assert it.slack.problems == []


def reminders(slack: Asked) -> list[Job]:
    return slack.waiting("check_in_reminder")


def test_the_question_says_that_it_is_the_check_in_and_who_sees_the_answer(slack: Asked) -> None:
    slack.checks_in()
    shown = slack.question_shown
    assert "Your check-in: a question about ada/desk at aaaaaaa, just for you" in shown
    assert "Where does the <50> come from & who chose ∗it∗?" in shown
    assert "desk.py, lines 3 to 4" in shown
    assert (
        "I'm asking because The quality speed is a criterion that your capstone must pass, and you haven't"
        in shown
    )
    assert "A few sentences are enough: 120 words at most." in shown
    assert "[● Answer ] [ Later ] [ Skip it ] [ This question is wrong ]" in shown
    assert "sees your answer only if I pass it on, if I can't draft a decision from it" in shown
    assert len(shown) < 1200, "it fits on a screen"


def test_an_answer_in_the_form_ends_the_check_in_and_is_heard(slack: Asked) -> None:
    number = slack.checks_in()
    slack.answers(number, "From the supplier's limit.")
    assert slack.check_in(number).state is CheckInState.ANSWERED
    assert slack.question(number).state is QuestionState.ANSWERED
    assert "I've saved your answer." in slack.question_shown
    assert "Skip it" not in slack.question_shown
    assert [job.argument for job in slack.waiting("hear")] == [{"question": number}]


def test_who_skips_it_reads_so_kindly_and_can_still_answer(slack: Asked) -> None:
    number = slack.checks_in(skipped=True)
    shown = slack.question_shown
    assert "I've marked this check-in as skipped." in shown
    assert "[● Answer ]" in shown
    assert "Later" not in shown
    assert "missed" not in shown
    slack.answers(number, "It was the supplier's limit after all.")
    assert slack.check_in(number).state is CheckInState.ANSWERED


def test_the_reason_for_skipping_is_kept_but_told_to_nobody_else(slack: Asked) -> None:
    number = slack.checks_in()
    slack.skips("I'm on a course & <away>")
    assert slack.check_in(number).reason == "I'm on a course & <away>"
    slack.checks_in(skipped=True)
    slack.shows_home(slack.sen)
    assert "skipped the last two check-ins" in str(slack.sen.home)
    assert "on a course" not in str(slack.sen.home)


def test_a_dispute_of_a_check_in_goes_to_the_sensei_and_their_digest(slack: Asked) -> None:
    number = slack.checks_in()
    slack.disputes("It isn't my code.")
    assert "You've said that this question is wrong." in slack.question_shown
    with slack.here.store.read() as tx:
        [waiting] = tx.standings.waiting_for_senseis([slack.capstone.id])
        assert count_waiting(tx, [slack.capstone.id]) == (0, 1)
        cohort, sensei = slack.capstone.cohort, slack.member(SEN)
    assert (waiting.id, waiting.pull_request) == (number, None)
    with slack.here.store.begin() as tx:  # somebody who comes on duty gets it, too
        tx.jobs.replace(f"message:articulation.dispute:{number}:", Job("message:none", "message", {}, now()))
        assert find_overlooked(tx, cohort, now()) == {slack.member(ADA).person}
        deliver_again(tx, cohort, [slack.member(ADA).person], now())
        assert tx.jobs.list_waiting(f"message:articulation.dispute:{number}:{sensei.person}:")
        tx.jobs.mark_begun("message:none", now())
    slack.settle(SOME_DAYS)
    assert any("It isn't my code." in said for said in slack.heard(slack.sen))
    slack.shows_home(slack.sen)
    slack.shows_home(slack.ada)
    told = next(each for each in reversed(slack.sen.messages) if "articulation.stands" in str(each))
    assert not slack.sen.click(told, "articulation.stands").failed
    slack.settle(SOME_DAYS)
    assert slack.question(number).state is QuestionState.ASKED
    assert "stands" in slack.heard(slack.ada)[-1]


def test_later_asks_for_a_day_and_comes_back_on_it(slack: Asked) -> None:
    number = slack.checks_in()
    slack.ada.click(slack.newest("check_ins.later"), "check_ins.later")
    today = now().astimezone(slack.zone(ADA)).date()
    assert slack.ada.submit({"join.until": today.isoformat()}).errors == {
        "until": "Choose a day after today."
    }
    far = today + timedelta(days=40)
    assert "four weeks" in str(slack.ada.submit({"join.until": far.isoformat()}).errors)
    until = today + timedelta(days=9)
    assert not slack.ada.submit({"join.until": until.isoformat()}).errors
    slack.settle()
    [job] = reminders(slack)
    assert job.argument["chosen"]
    day = job.due_at.astimezone(slack.zone(ADA)).date()
    assert until <= day <= until + timedelta(days=2), "on a weekend, it's the next day on which they work"
    assert f"I'll come back to it on {day:%a} {day.day} {day:%b}." in slack.question_shown
    confirmed = f"I'll come back to your check-in on {day:%a} {day.day} {day:%b}, when you're at work."
    assert confirmed in slack.heard(slack.ada)[-1]
    assert slack.check_in(number).put_off_until == day
    assert slack.check_in(number).state is CheckInState.ASKED


def test_putting_one_off_changes_no_longer_rest_and_such_a_rest_is_not_said_of_the_question(
    slack: Asked,
) -> None:
    enrolment, until = slack.member(ADA).enrolment, now().date() + timedelta(days=50)
    with slack.here.store.begin() as tx:
        tx.rhythms.snooze(enrolment, until)
    number = slack.checks_in()
    assert "put this check-in off" not in slack.question_shown
    slack.ada.click(slack.newest("check_ins.later"), "check_ins.later")
    later = now().date() + timedelta(days=9)
    assert not slack.ada.submit({"join.until": later.isoformat()}).errors
    slack.settle()
    with slack.here.store.read() as tx:
        assert tx.rhythms.choices([enrolment])[enrolment].snoozed_until == until
    told = slack.answered(slack.ada, "/dojo checkin")
    day = slack.check_in(number).put_off_until
    assert day
    assert later <= day <= later + timedelta(days=2)
    assert f"You've put your check-in off. I'll come back to it on {day:%a} {day.day} {day:%b}" in told


def test_a_rest_from_check_ins_is_confirmed_and_ends_when_its_field_is_emptied(slack: Asked) -> None:
    enrolment, until = slack.member(ADA).enrolment, now().date() + timedelta(days=20)
    slack.clicks(slack.ada, "check_ins.change", str(enrolment))
    far = (now().date() + timedelta(days=70)).isoformat()
    refused = slack.ada.submit({"join.until": far}).errors
    assert refused == {
        "until": "Choose a day within the next eight weeks. For longer, choose “Never” under “How often”."
    }
    assert not slack.ada.submit({"join.until": until.isoformat()}).errors
    slack.settle()
    told = slack.heard(slack.ada)[-1]
    assert f"No check-in before {until:%a} {until.day} {until:%b}." in told
    [job] = slack.waiting("check_in")
    assert job.argument["day"] >= until.isoformat()
    slack.clicks(slack.ada, "check_ins.change", str(enrolment))
    assert not slack.ada.submit({"join.until": None}).errors
    slack.settle()
    with slack.here.store.read() as tx:
        assert tx.rhythms.choices([enrolment])[enrolment].snoozed_until is None
    [job] = slack.waiting("check_in")
    assert job.argument["day"] < until.isoformat()


def test_what_stands_in_the_way_is_named_with_what_to_do(slack: Asked) -> None:
    with slack.here.store.begin() as tx:
        tx.capstones.set_publishing(slack.capstone.id, publish=None, held=True)
    told = slack.answered(slack.ada, "/dojo checkin")
    assert "No check-in is planned." in told
    way = "Your capstone or the cohort is on hold. Your lead knows when it goes on."
    assert way in told
    assert f"I can't ask you now. {way}" in slack.answered(slack.ada, "/dojo checkin now")


def test_the_home_says_that_nothing_waits_only_if_that_is_so(slack: Asked) -> None:
    slack.shows_home(slack.ada)
    assert "Nothing is waiting for you." in str(slack.ada.home)
    slack.checks_in()
    slack.shows_home(slack.ada)
    assert "No open questions on GitHub." in str(slack.ada.home)
    assert "Nothing is waiting for you." not in str(slack.ada.home)


def test_the_form_to_skip_says_what_the_sensei_hears(slack: Asked) -> None:
    slack.checks_in()
    slack.ada.click(slack.newest("check_ins.skip"), "check_ins.skip")
    assert "If that happens twice in a row, I tell your sensei, but not why." in str(slack.ada.modal)


def test_without_a_sensei_nothing_speaks_of_one(slack: Asked) -> None:
    slack.pairs_end(SEN)
    slack.checks_in()
    assert "your sensei" not in slack.question_shown
    slack.ada.click(slack.newest("check_ins.skip"), "check_ins.skip")
    assert "your sensei" not in str(slack.ada.modal)
    assert "You don't have a sensei yet" in slack.answered(slack.ada, "/dojo checkin")


def test_a_reminder_says_by_when_to_answer_and_changes_if_it_is_put_off(slack: Asked) -> None:
    number = slack.checks_in()
    with slack.here.store.begin() as tx:
        tx.check_ins.note_reminded(slack.check_in(number).id, now())
        about = make_about(number, now().date(), chosen=False)
        send_message(tx, reminder_key(number, now().date(), chosen=False), REMINDER, about, now())
    [job] = reminders(slack)
    slack.settle()
    said = slack.heard(slack.ada)[-1]
    assert "Your check-in is still open" in said
    assert f"{job.due_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC, I'll mark this check-in as skipped" in said
    assert "If that happens twice in a row, I tell your sensei, but not why." in said
    slack.ada.click(slack.newest("check_ins.later"), "check_ins.later")
    later = now().date() + timedelta(days=9)
    assert not slack.ada.submit({"join.until": later.isoformat()}).errors
    slack.settle()
    [reminder] = [said for said in slack.heard(slack.ada) if "I'll ask you this again on" in said]
    assert "You've put this check-in off" in reminder
    assert "I won't remind you again." not in reminder
    assert not [said for said in slack.heard(slack.ada) if "Your check-in is still open" in said]
    assert "I'll mark this check-in as skipped" not in reminder


def offered(slack: Asked) -> int:
    """Let a check-in have been asked that offers to ask every two weeks."""
    number = slack.checks_in()
    with slack.engine.begin() as connection:
        connection.execute(sa.update(CheckInRow).values(offers_fortnight=True))
    with slack.here.store.begin() as tx:
        refresh_talk(tx, number, now())
    slack.settle()
    return number


def test_who_is_offered_a_slower_rhythm_takes_it_with_one_click(slack: Asked) -> None:
    offered(slack)
    enrolment = slack.member(ADA).enrolment
    assert "If you'd rather be asked every two weeks" in slack.question_shown
    assert not slack.ada.click(slack.newest("check_ins.fortnight"), "check_ins.fortnight").failed
    slack.settle()
    with slack.here.store.read() as tx:
        assert tx.rhythms.choices([enrolment])[enrolment].rhythm == Rhythm(2, Weekday.WED, 600)
    assert "Your rhythm: every 2 weeks, on Wednesday at 10:00." in slack.heard(slack.ada)[-1]
    assert "If you'd rather be asked every two weeks" not in slack.question_shown
    assert "[ Skip it ] [ This question is wrong ]" in slack.question_shown


def test_an_offer_changes_nothing_for_others_or_once_the_rhythm_is_another(slack: Asked) -> None:
    number = offered(slack)
    enrolment, message = slack.member(ADA).enrolment, slack.newest("check_ins.fortnight")
    slack.clicks(slack.sen, "check_ins.fortnight", str(slack.check_in(number).id))
    slack.settle()
    with slack.here.store.begin() as tx:
        assert tx.rhythms.choices([enrolment])[enrolment].rhythm is None
        tx.rhythms.choose(enrolment, Rhythm(3))
    slack.ada.click(message, "check_ins.fortnight")
    slack.settle()
    with slack.here.store.read() as tx:
        assert tx.rhythms.choices([enrolment])[enrolment].rhythm == Rhythm(3)


def test_nobody_else_can_skip_it_or_ask_for_one(slack: Asked) -> None:
    number = slack.checks_in()
    message = slack.newest("check_ins.skip")
    slack.sen.click(message, "check_ins.skip", str(slack.check_in(number).id))
    assert slack.sen.modal is None
    enrolment = str(slack.member(ADA).enrolment)
    slack.clicks(slack.sen, "check_ins.change", enrolment)
    assert slack.sen.modal is None
    assert slack.check_in(number).state is CheckInState.ASKED


def test_the_command_says_what_comes_next_and_why(slack: Asked) -> None:
    told = slack.answered(slack.ada, "/dojo checkin")
    assert "Your next check-in" in told
    assert "Every Wednesday at 10:00, as in the whole cohort." in told
    assert "[ Change the rhythm ] [ Ask me now ]" in told
    slack.checks_in()
    told = slack.answered(slack.ada, "/dojo checkin")
    assert "Your check-in is in our direct messages." in told
    assert "Ask me now" not in told


def test_a_check_in_now_is_asked_once_within_the_limits(slack: Asked) -> None:
    assert "I'm looking for a place in your code" in slack.answered(slack.ada, "/dojo checkin now")
    slack.here.handled()
    told = slack.answered(slack.ada, "/dojo checkin now")
    assert "I'm already looking for a place in your code" in told
    begun = [argument for kind, argument in slack.here.engine.jobs if kind == "check_in"]
    assert [(job["enrolment"], job["asked_for"]) for job in begun] == [(slack.member(ADA).enrolment, True)]


def test_while_one_is_open_no_other_is_chosen(slack: Asked) -> None:
    slack.checks_in()
    told = slack.answered(slack.ada, "/dojo checkin now")
    assert "Your last check-in still waits for your answer" in told
    assert slack.waiting("check_in") == []


def test_one_that_is_not_known_to_have_arrived_is_not_said_to_be_there(slack: Asked) -> None:
    number = slack.checks_in()
    with slack.engine.begin() as connection:
        gone = sa.delete(EffectRow).where(col(EffectRow.key) == f"message:articulation:{number}:0")
        assert connection.execute(gone).rowcount == 1
    told = slack.answered(slack.ada, "/dojo checkin now")
    assert "I don't know whether your last check-in has reached Slack" in told
    assert "It's in our direct messages" not in told
    with slack.here.store.begin() as tx:  # they have it, since they put it off
        tx.check_ins.put_off(slack.check_in(number).id, now().date() + timedelta(days=9))
    assert "Your last check-in still waits for your answer" in slack.answered(slack.ada, "/dojo checkin now")


def test_a_participant_changes_their_rhythm_and_goes_back_to_the_cohorts(slack: Asked) -> None:
    enrolment = slack.member(ADA).enrolment
    slack.ada.command("/dojo checkin")
    slack.clicks(slack.ada, "check_ins.change", str(enrolment))
    assert not slack.ada.submit(MONDAY).errors
    slack.settle()
    assert "Your rhythm: every 2 weeks, on Monday at 09:30." in slack.heard(slack.ada)[-1]
    with slack.here.store.read() as tx:
        assert tx.rhythms.choices([enrolment])[enrolment].rhythm == Rhythm(2, Weekday.MON, 570)
    slack.clicks(slack.ada, "check_ins.change", str(enrolment))
    assert not slack.ada.submit({"join.often": "cohort"}).errors
    slack.settle()
    with slack.here.store.read() as tx:
        assert tx.rhythms.choices([enrolment])[enrolment].rhythm is None


SATURDAY: Mapping[Any, Any] = {"join.often": "1", "join.day": "sat", "join.time": "07:00"}


def works(slack: Asked, name: str, *days: Weekday) -> None:
    """Let a person work on some days of the week."""
    with slack.here.store.begin() as tx:
        tx.members.set_profile(slack.member(name).enrolment, Profile(WorkingHours("Europe/Madrid", days)))


def test_a_rhythm_that_never_fits_is_refused_at_its_day(slack: Asked, subtests: pytest.Subtests) -> None:
    works(slack, ADA, Weekday.TUE, Weekday.THU)
    enrolment = slack.member(ADA).enrolment
    slack.clicks(slack.ada, "check_ins.change", str(enrolment))
    assert slack.ada.submit(SATURDAY).errors == {
        "day": "You don't work on Saturday or later in the week, so I'd never ask you. Choose another day, "
        "or change your working days with `/dojo profile` first."
    }
    with slack.here.store.read() as tx:
        assert tx.rhythms.choices([enrolment])[enrolment].rhythm is None
    for field, value in (("join.day", "thu"), ("join.often", "0")):
        with subtests.test(field):
            slack.clicks(slack.ada, "check_ins.change", str(enrolment))
            assert not slack.ada.submit({**SATURDAY, field: value}).errors


def test_a_cohorts_rhythm_that_never_fits_is_said_to_its_lead_and_to_whom_it_leaves_out(
    slack: Asked,
) -> None:
    lea, cohort = slack.people["Lea"], slack.member("Lea").cohort
    works(slack, ADA, Weekday.TUE, Weekday.THU)
    slack.clicks(lea, "check_ins.cohort", str(cohort))
    assert not lea.submit({**SATURDAY, "join.day": "fri"}).errors
    slack.settle()
    left_out = "One participant doesn't work on Friday or later in the week, so I never ask that person."
    assert left_out in slack.heard(lea)[-1]
    assert left_out in slack.answered(lea, "/dojo checkin cohort")
    why = "You don't work on the day of your check-ins or later in the week, so I never ask you."
    assert why in slack.answered(slack.ada, "/dojo checkin")
    slack.shows_home(slack.ada)
    assert why in str(slack.ada.home)
    slack.clicks(slack.ada, "check_ins.change", str(slack.member(ADA).enrolment))
    assert not slack.ada.submit({"join.often": "cohort"}).errors
    slack.settle()
    assert slack.heard(slack.ada)[-1].count("You don't work on Friday or later in the week") == 1
    slack.clicks(slack.ada, "check_ins.change", str(slack.member(ADA).enrolment))
    assert not slack.ada.submit({**SATURDAY, "join.day": "tue"}).errors
    slack.settle()
    assert "One participant" not in slack.answered(lea, "/dojo checkin cohort")


def test_only_a_lead_changes_the_cohorts_rhythm(slack: Asked) -> None:
    lea = slack.people["Lea"]
    cohort = slack.member("Lea").cohort
    assert "I ask participants every Wednesday at 10:00" in slack.answered(lea, "/dojo checkin cohort")
    slack.clicks(lea, "check_ins.cohort", str(cohort))
    assert not lea.submit(MONDAY).errors
    slack.settle()
    with slack.here.store.read() as tx:
        assert tx.rhythms.of_cohorts([cohort])[cohort] == Rhythm(2, Weekday.MON, 570)
    assert "Your role in this dojo doesn't allow that." in slack.answered(slack.ada, "/dojo checkin cohort")
    assert slack.people[SEN].command("/dojo checkin").failed is False


def test_app_homes_show_the_next_check_in_to_its_participant_alone(slack: Asked) -> None:
    slack.shows_home(slack.ada)
    assert "Next check-in" in str(slack.ada.home)
    assert "Your rhythm: every Wednesday at 10:00." in str(slack.ada.home)
    slack.shows_home(slack.sen)
    assert "check-in" not in str(slack.sen.home)
    slack.checks_in(skipped=True)
    slack.shows_home(slack.ada)
    assert "<50>" not in str(slack.ada.home), "a skipped question doesn't wait"


def test_text_that_the_command_does_not_know_is_refused(slack: Asked) -> None:
    assert "I don't understand “sometimes”" in slack.answered(slack.ada, "/dojo checkin sometimes")
