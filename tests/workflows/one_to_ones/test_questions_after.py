"""After the hour, each of the two is asked once what came of it."""

from datetime import UTC, datetime

from bot.domain.dojo.people import CohortRole
from bot.domain.one_to_ones.records import Worth
from tests.workflows.one_to_ones.meetings import DAY, HOUR, Meetings

WEDNESDAY = datetime(2026, 12, 2, 10, tzinfo=UTC)


def pair(it: Meetings) -> tuple[str, str]:
    sen = it.joins("Sen Sei", CohortRole.SENSEI)
    return it.enrols("Ada", sen), sen


def test_both_are_asked_once_at_the_end_of_the_hour(it: Meetings) -> None:
    ada, sen = pair(it)
    it.plans(ada, sen, WEDNESDAY)
    it.lives(WEDNESDAY)
    assert (it.asked(ada), it.asked(sen)) == ([], [])
    it.lives(WEDNESDAY + HOUR)
    assert (len(it.asked(ada)), len(it.asked(sen))) == (1, 1)
    it.lives(WEDNESDAY + 5 * DAY, step=6 * HOUR)
    assert (len(it.asked(ada)), len(it.asked(sen))) == (1, 1)


def test_an_hour_that_ends_with_the_day_is_asked_about_the_next_morning(it: Meetings) -> None:
    ada, sen = pair(it)
    it.plans(ada, sen, datetime(2026, 12, 4, 15, tzinfo=UTC))  # a Friday, 16 to 17 in Berlin
    it.lives(datetime(2026, 12, 6, 23, tzinfo=UTC), step=2 * HOUR)
    assert it.asked(ada) == []
    it.lives(datetime(2026, 12, 7, 9, tzinfo=UTC))
    assert len(it.asked(ada)) == 1


def test_the_message_shows_both_what_both_have_said_and_nobody_else(it: Meetings) -> None:
    ada, sen = pair(it)
    sol = it.joins("Sol", CohortRole.SENSEI)
    meeting = it.plans(ada, sen, WEDNESDAY)
    it.lives(WEDNESDAY + HOUR)
    with it.store.begin() as tx:
        tx.one_to_ones.set_worth(meeting.id, ada, Worth.PARTLY, it.now())
        tx.one_to_ones.set_decided(meeting.id, sen, "Use a <queue> & *wait*", it.now())
        tx.one_to_ones.set_decided(meeting.id, sol, "Not mine", it.now())
    writer = it.messaging.words["one_to_ones.after"]
    with it.store.read() as tx:
        shown = {
            person: writer(tx, {"one_to_one": meeting.id, "person": person}) for person in (ada, sen, sol)
        }
    assert shown[sol] is None
    for person in (ada, sen):
        written = shown[person]
        assert written
        assert written.to == (person,)
        text = str(written.message.blocks)
        assert "Use a &lt;queue&gt; &amp; ∗wait∗" in text
        assert "partly" in text
        assert "Not mine" not in text


def writes(it: Meetings, meeting: int, person: str) -> str:
    """Return what somebody reads about an hour now, or nothing."""
    writer = it.messaging.words["one_to_ones.after"]
    with it.store.read() as tx:
        written = writer(tx, {"one_to_one": meeting, "person": person})
    return str(written.message.blocks) if written else ""


def test_who_has_noted_something_reads_that_it_was_saved(it: Meetings) -> None:
    ada, sen = pair(it)
    meeting = it.plans(ada, sen, WEDNESDAY)
    it.lives(WEDNESDAY + HOUR)
    with it.store.begin() as tx:
        tx.one_to_ones.set_worth(meeting.id, ada, Worth.YES, it.now())
    assert "I've saved what you noted. You can still change it." in writes(it, meeting.id, ada)
    assert "I've saved" not in writes(it, meeting.id, sen)
    assert "If you like, note what came of it." in writes(it, meeting.id, sen)


def test_a_sensei_who_comes_back_early_reads_nothing_of_their_deputys_hour(it: Meetings) -> None:
    ada, sen = pair(it)
    sol = it.joins("Sol", CohortRole.SENSEI)
    meeting = it.plans(ada, sen, WEDNESDAY)
    away = it.goes_away(sen, WEDNESDAY.date(), WEDNESDAY.date() + 5 * DAY, sol)
    it.lives(WEDNESDAY + HOUR)
    with it.store.begin() as tx:
        tx.one_to_ones.set_decided(meeting.id, ada, "Rather with another sensei", it.now())
        tx.one_to_ones.set_decided(meeting.id, sol, "Sol's own words", it.now())
        tx.absences.remove(it.id, away)
    it.lives(WEDNESDAY + 3 * DAY)
    assert it.asked(sen) == []
    assert writes(it, meeting.id, sen) == ""
    for person in (ada, sol):
        assert len(it.asked(person)) == 1
        assert "Rather with another" in writes(it, meeting.id, person)
        assert "Sol's own words" in writes(it, meeting.id, person)


def test_a_deputy_who_begins_after_the_hour_reads_nothing_of_it(it: Meetings) -> None:
    ada, sen = pair(it)
    sol = it.joins("Sol", CohortRole.SENSEI)
    meeting = it.plans(ada, sen, WEDNESDAY)
    it.lives(WEDNESDAY)  # the hour has begun, and nobody was asked about it
    it.goes_away(sen, WEDNESDAY.date(), WEDNESDAY.date() + 5 * DAY, sol)
    with it.store.begin() as tx:
        tx.one_to_ones.set_decided(meeting.id, ada, "For the two of us", it.now())
    it.lives(WEDNESDAY + 3 * DAY)
    assert it.asked(sol) == []
    assert writes(it, meeting.id, sol) == ""
    assert "For the two of us" in writes(it, meeting.id, sen)


def test_an_hour_that_its_calendar_moves_ahead_again_is_anybodys(it: Meetings) -> None:
    ada, sen = pair(it)
    meeting = it.plans(ada, sen, WEDNESDAY)
    it.lives(WEDNESDAY)
    with it.store.begin() as tx:
        tx.one_to_ones.move(meeting.id, WEDNESDAY + 7 * DAY)
        moved = tx.one_to_ones.find(meeting.id)
    assert moved
    assert moved.attendee is None


def test_whoever_is_away_for_long_is_not_asked(it: Meetings) -> None:
    ada, sen = pair(it)
    it.plans(ada, sen, datetime(2026, 12, 2, 15, 30, tzinfo=UTC))
    it.goes_away(sen, datetime(2026, 12, 3, tzinfo=UTC).date(), datetime(2026, 12, 20, tzinfo=UTC).date())
    it.lives(datetime(2026, 12, 22, 12, tzinfo=UTC), step=4 * HOUR)
    assert (len(it.asked(ada)), it.asked(sen)) == (1, [])
