"""Leads hear of those who join: together, once an hour at most, while they work, and not of themselves."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.database import open_store
from bot.domain.dojo.people import CohortRole, EnrolmentState, Profile, WorkingHours
from bot.domain.pairing.states import PairState
from bot.ports.jobs import Job
from bot.rendering.chat.slack_validation import checked_message
from bot.workflows.dojo import join_news
from tests import databases
from tests.fakes.slack import Slack, look
from tests.workflows.slacked import Cohort

P, S, L = CohortRole.PARTICIPANT, CohortRole.SENSEI, CohortRole.LEAD
WEDNESDAY = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)  # eleven o'clock in Berlin


@pytest.fixture(name="it")
def a_cohort(tmp_path: Path) -> Iterator[Cohort]:
    with open_store(databases.migrated_file(tmp_path / "sensei.db")) as engine, Slack() as slack:
        yield Cohort(engine, slack)


def arrives(it: Cohort, name: str, role: CohortRole = P) -> str:
    """Let somebody join, as the form does."""
    person = it.joins(name, role)
    with it.store.begin() as tx:
        [member] = tx.members.roles(person)
        join_news.tell_leads(tx, member, it.now())
    return person


def waiting(it: Cohort) -> list[Job]:
    with it.store.begin() as tx:
        jobs = tx.jobs.due(it.now() + timedelta(days=30), 10_000)
    return [job for job in jobs if job.argument.get("kind") == join_news.NEWS and is_here(it, job)]


def is_here(it: Cohort, job: Job) -> bool:
    return bool(job.argument["about"]["cohort"] == it.id)


def told(it: Cohort, job: Job) -> str | None:
    """Let the news be sent when it is due; return what the lead reads."""
    it.clock = max(it.clock, job.due_at)
    with it.store.begin() as tx:
        tx.jobs.mark_begun(job.id, it.now())
    with it.store.read() as tx:
        written = join_news.FEATURE.words[join_news.NEWS](tx, job.argument["about"])
    if written is None:
        return None
    checked_message(written.message)
    document = {"text": written.message.text, "blocks": list(written.message.blocks)}
    assert look.notified(document) == set()
    return " ".join(look.text(document).split())


def test_those_who_join_soon_after_each_other_are_one_piece_of_news(it: Cohort) -> None:
    it.clock = WEDNESDAY
    lea, lou = it.joins("Lea", L), it.joins("Lou", L)
    arrives(it, "Ada")
    it.clock += timedelta(minutes=3)
    arrives(it, "Bo & <!channel>")
    sen = arrives(it, "Sen", S)
    news = waiting(it)
    assert sorted(job.argument["about"]["lead"] for job in news) == sorted([lea, lou])
    assert {job.due_at for job in news} == {WEDNESDAY + timedelta(minutes=15)}
    text = told(it, news[0]) or ""
    assert "3 people have joined" in text
    assert "Participants: Ada, Bo & ‹!channel›" in text.replace("<", "‹").replace(">", "›")
    assert "Sensei: Sen" in text
    assert "2 participants have no sensei yet. [● Propose pairs ]" in text
    # A pair counts, also while its sensei has yet to answer.
    ada = next(person for person, account in it.accounts.items() if account.account.name == "Ada")
    it.pairs(ada, sen, PairState.APPROVED)
    assert "1 participant has no sensei yet" in (told(it, news[1]) or "")


def test_the_next_news_is_an_hour_later_and_names_nobody_twice(it: Cohort) -> None:
    it.clock = WEDNESDAY
    it.joins("Lea", L)
    arrives(it, "Ada")
    [first] = waiting(it)
    assert "1 person has joined" in (told(it, first) or "")
    it.clock += timedelta(minutes=1)
    arrives(it, "Bo")
    [second] = waiting(it)
    assert second.due_at == first.due_at + timedelta(hours=1)
    text = told(it, second) or ""
    assert "Participant: Bo" in text
    assert "Ada" not in text


def test_it_waits_for_the_leads_own_working_hours(it: Cohort) -> None:
    it.clock = WEDNESDAY.replace(hour=20)
    lea = it.joins("Lea", L)
    with it.store.begin() as tx:
        [member] = tx.members.roles(lea)
        tx.members.set_profile(member.enrolment, Profile(WorkingHours("America/New_York", begins=600)))
    arrives(it, "Ada")
    [news] = waiting(it)
    assert news.due_at == WEDNESDAY.replace(hour=20, minute=15)
    it.clock += timedelta(hours=3)  # six o'clock in the evening there
    told(it, news)
    arrives(it, "Bo")
    [news] = waiting(it)
    assert news.due_at == datetime(2026, 11, 26, 15, tzinfo=UTC)
    it.clock += timedelta(hours=10)
    arrives(it, "Cy")
    [news] = waiting(it)
    assert news.due_at == datetime(2026, 11, 26, 15, tzinfo=UTC)
    assert "2 people have joined" in (told(it, news) or "")


def test_a_lead_without_hours_has_those_of_the_cohorts_zone(it: Cohort) -> None:
    it.clock = WEDNESDAY.replace(hour=17)
    lea = it.joins("Lea", L)
    number = enrolment(it, lea)
    with it.engine.begin() as connection:
        connection.exec_driver_sql(f"DELETE FROM profile WHERE enrolment_id = {number}")
    arrives(it, "Ada")
    [news] = waiting(it)
    assert news.due_at == datetime(2026, 11, 26, 8, tzinfo=UTC)  # nine o'clock in Berlin


def enrolment(it: Cohort, person: str) -> int:
    with it.store.begin() as tx:
        return tx.members.roles(person)[0].enrolment


def test_who_left_meanwhile_is_no_news_nor_is_anybody_to_who_leads_no_more(it: Cohort) -> None:
    it.clock = WEDNESDAY
    lea = it.joins("Lea", L)
    ada, bo = arrives(it, "Ada"), arrives(it, "Bo")
    [news] = waiting(it)
    leaves(it, ada)
    assert "1 person has joined" in (told(it, news) or "")
    leaves(it, bo)
    assert told(it, news) is None
    arrives(it, "Cy")
    [news] = waiting(it)
    leaves(it, lea)
    assert told(it, news) is None


def leaves(it: Cohort, person: str) -> None:
    number = enrolment(it, person)
    with it.store.begin() as tx:
        tx.members.set_state(number, EnrolmentState.LEFT)


def test_a_lead_who_joins_too_hears_nothing_of_it(it: Cohort) -> None:
    it.clock = WEDNESDAY
    lea = it.joins("Lea", L, P)
    with it.store.begin() as tx:
        member = next(member for member in tx.members.roles(lea) if member.role is P)
        join_news.tell_leads(tx, member, it.now())
    assert waiting(it) == []
