"""What senseis decide while the bot is killed, and what follows: rulings, levels, digests, reports.

Ana is the sensei of all capstones. Bo, whose one of them is, is in Slack, too. There it is always noon, and
a week passes whenever a test says so.
"""

import itertools
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from bot.adapters.database import open_store
from bot.adapters.database.jobs.tables import JobRow
from bot.adapters.database.transaction import SqlStore
from bot.domain.check_ins.records import CheckInState
from bot.domain.defences.records import DefenceState
from bot.domain.dojo.people import CohortRole, DateKind, Profile
from bot.domain.enquiries.records import AnswerState, Place
from bot.domain.one_to_ones.calendar_events import digest_name
from bot.domain.pairing.states import PairState
from bot.domain.pull_requests.records import Account
from bot.ports.engine import RETRY_SEPARATOR
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.chat.unprompted import Feature
from bot.workflows.check_ins.participants import Participant, find_participant
from bot.workflows.check_ins.schedule import ask_now
from bot.workflows.defences.sessions import prepare_defence
from bot.workflows.design_documents.giving import give_document
from bot.workflows.digest.recipients import list_recipients
from bot.workflows.digest.schedule import plan_job
from bot.workflows.digest.snapshots import week_of
from bot.workflows.dojo.member_messages import find_name
from bot.workflows.dojo.one_to_one_parties import list_pairs_of
from bot.workflows.enquiries.hearing import hear_deletion, hear_message
from bot.workflows.one_to_ones.message_keys import AFTER
from bot.workflows.one_to_ones.readers import MeetingReader
from bot.workflows.one_to_ones.schedule import make_job
from tests.chaos.workspace import Circle
from tests.fakes.slack import CannotDo, Outcome, Person
from tests.ruling import noon_everywhere

_CRITERIA = ("outcome", "integration", "risk", "context", "reliability", "governance", "security", "delivery")
_RULING = "Rule on a criterion"


@dataclass
class Deciding:
    """Senseis who rule, and Bo, who hears of it. ``said`` has each ruling's sentence, and if it was saved."""

    circle: Circle
    chance: random.Random
    bo_account: Account
    sen_account: Account
    said: dict[str, bool] = field(default_factory=dict)
    weeks: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.bo, self.eve = (self.circle.slack.person(name) for name in ("Bo Desk", "Eve Ning"))

    def begin(self, tx: Tx) -> None:
        """Let Ana and Bo be known by their accounts at GitHub, and a milestone be tomorrow."""
        it, at = self.circle, datetime.now(UTC)
        for who, account, role in (
            (it.senseis[0], self.sen_account, CohortRole.SENSEI),
            (self.bo, self.bo_account, CohortRole.PARTICIPANT),
        ):
            person = tx.members.find_or_add_by_chat(it.slack.team, who.id, who.account.name, at)
            tx.members.join(it.cohort, person, role, at)
            tx.members.prove(person, account, at)
            tx.members.set_name(tx.members.by_host_account(account.id) or "", who.account.name)
        eve = tx.members.find_or_add_by_chat(it.slack.team, self.eve.id, self.eve.account.name, at)
        enrolment = tx.members.join(it.cohort, eve, CohortRole.LEAD, at).enrolment
        for member in tx.members.of(it.cohort):
            tx.members.set_profile(member.enrolment, Profile(noon_everywhere(), capacity=9))
        evening = replace(noon_everywhere(), begins=23 * 60)
        tx.members.set_profile(enrolment, Profile(evening))
        tx.cohorts.add_date(it.cohort, DateKind.DESIGN, "", (at + timedelta(days=1)).date())

    # What people do.

    def bustle(self) -> None:
        """Let a sensei rule, or decide about a question, and a week pass now and then."""
        doings: list[tuple[float, Callable[[], object]]] = [
            (0.6, self.rules),
            (0.5, self.keeps),
            (0.3, self.hurry),
            (0.2, lambda: self.bring_about("digest")),
            (0.1, lambda: self.bring_about("report")),
            (0.2, lambda: self.bring_about("met")),
            (0.1, lambda: self.bring_about("check_in")),
            (0.2, lambda: self.bring_about("asked")),
            (0.1, lambda: self.bring_about("unasked")),
        ]
        for likely, do in doings:
            if self.chance.random() < likely and not self.circle.dead():
                do()

    def bring_about(self, needs: str) -> None:
        """Do what makes the bot come to a point."""
        if needs == "judged":
            self.rules()
            self.hurry()
            return
        if needs in {"digest", "put_off"}:
            self._pass_week()
        ways: Mapping[str, Sequence[Callable[[Tx], Sequence[Job]]]] = {
            "too_soon": (lambda tx: self._digests(tx, self.circle.person(self.eve.id)),),
            "digest": (self._digests,),
            "put_off": (self._take_days, self._digests),
            "snapshot": (self._snapshots,),
            "met": (self._meetings,),
            "calendar": (self._calendars,),
            "check_in": (self._check_ins,),
            "reminded": (self._reminders,),
            "documented": (self._documents,),
            "defended": (self._defences,),
            "asked": (self._enquiries,),
            "unasked": (self._deletions,),
        }
        for way in ways.get(needs, (self._reports,)):
            self._add(way)

    def rules(self) -> None:
        """Let a sensei who may rule on Bo's capstone open the evidence for a criterion, and rule."""
        capstone = self.circle.rows("SELECT id FROM capstone WHERE owner = 'bob'")[0][0]
        about = f"{capstone}:{self.chance.choice(_CRITERIA)}"
        for who in self.circle.senseis[:2]:
            with suppress(CannotDo):
                if self._sees_evidence(who, about):
                    self._judge(who)
                    return

    def _sees_evidence(self, who: Person, about: str) -> bool:
        """Let somebody open a criterion's evidence; False if the bot is gone, or refuses."""

        def came() -> bool:
            return self.circle.dead() or (who.modal is not None and who.modal.title in {_RULING, "Not done"})

        self.circle.slack.modals.pop(who.id, None)
        if _press(who, "triage.rule", about).failed:
            return False
        with suppress(AssertionError):
            self.circle.wait(came, 10)
        return who.modal is not None and who.modal.title == _RULING

    def _judge(self, who: Person) -> None:
        """Say that this cannot be judged; half of the time, Slack brings it twice."""
        sentence = f"This is sentence {len(self.said)}."
        outcome = who.submit({"join.choice": "cannot_judge", "join.sentence": sentence})
        title = outcome.answer.get("view", {}).get("title", {}).get("text", "")
        self.said[sentence] = not outcome.failed and not outcome.errors and title not in {"", "Not done"}
        if self.chance.random() < 0.5 and not self.circle.dead():
            self.circle.slack.again(outcome.delivery)

    def keeps(self) -> None:
        """Let a sensei decide about the newest question that waits for them."""
        for who in self.circle.senseis[:2]:
            for message, value in self.circle._buttons(who, "triage.keep"):
                with suppress(CannotDo):
                    self.circle._clicks("", who, message, "triage.keep", value, "")
                return

    def hurry(self) -> None:
        """Let the sitting of a sensei be over, and another day begin for whoever was told today.

        What was put off because of another message of the day is due at once.
        """
        self._set("DELETE FROM unprompted_message")
        self._set(
            "UPDATE job SET due_at = :at WHERE started_at IS NULL AND due_at > :at"
            " AND id LIKE 'message:digest.%'",
            at=datetime.now(UTC),
        )
        self._set(
            "UPDATE job SET due_at = :at WHERE started_at IS NULL AND due_at > :at"
            " AND id LIKE 'message:triage.released:%'",
            at=datetime.now(UTC),
        )

    def _pass_week(self) -> None:
        """Let all digests that were made be those of an earlier week."""
        week = f"2025-W{next(self.weeks):02}"
        self._set("UPDATE digest SET week = :week WHERE week > '2026'", week=week)

    def _digests(self, tx: Tx, *people: str) -> list[Job]:
        at = datetime.now(UTC)
        return [
            _again(plan_job(reader, at), at)
            for reader in list_recipients(tx, self.circle.cohort, at, people or None)
            if people or reader.person != self.circle.person(self.eve.id)
        ]

    def _take_days(self, tx: Tx) -> list[Job]:
        """Let everyone who gets a digest have had today's unprompted message."""
        at = datetime.now(UTC)
        for reader in list_recipients(tx, self.circle.cohort, at):
            tx.unprompted.take(reader.person, reader.day_of(at), Feature.BRIEF, "another")
        return []

    def _snapshots(self, _tx: Tx) -> list[Job]:
        at, cohort = datetime.now(UTC), self.circle.cohort
        week = week_of(at).isoformat()
        return [
            _again(Job(f"snapshot:{cohort}:{week}", "snapshot", {"cohort": cohort, "week": week}, at), at)
        ]

    def _reports(self, tx: Tx) -> list[Job]:
        at, person = datetime.now(UTC), self.circle.person(self.bo.id)
        [capstone] = tx.capstones.by_participant(person)
        about = {"person": person, "capstone": capstone.id, "milestone": "design"}
        identity = f"report:{capstone.repository}#{capstone.id}:{int(at.timestamp() * 1000)}"
        return [Job(identity, "report", about, at)]

    def _meetings(self, tx: Tx) -> list[Job]:
        """Let a pair have met an hour ago, so that both are asked what came of it."""
        at, cohort = datetime.now(UTC), self.circle.cohort
        pairs = [pair for pair in tx.pairings.ongoing(cohort) if pair.state is PairState.ACTIVE]
        people = (pairs[0].participant, pairs[0].sensei) if pairs else (self.circle.person(self.bo.id),) * 2
        held = tx.one_to_ones.plan(cohort, *people, at - timedelta(hours=1), at)
        return [
            make_job(MeetingReader(held, person, noon_everywhere(), ()), AFTER, at)
            for person in dict.fromkeys(people)
        ]

    def _calendars(self, tx: Tx) -> list[Job]:
        """Let somebody have given the address of a calendar from which the bot may not read."""
        at, person = datetime.now(UTC), self.circle.person(self.bo.id)
        enrolment, cohort = next((member.enrolment, member.cohort) for member in tx.members.roles(person))
        other = next((pair.sensei for pair in list_pairs_of(tx, cohort, {person})), person)
        looks_for = digest_name(find_name(tx, other))
        tx.calendar_links.save(enrolment, "https://calendar.example/basic.ics", person, looks_for, "")
        identity = f"calendar:{enrolment}:{int(at.timestamp() * 1000)}"
        return [Job(identity, "calendar", {"enrolment": enrolment}, at)]

    def _check_ins(self, tx: Tx) -> list[Job]:
        """Let Bo ask for a check-in, once the last one is over."""
        at, one = datetime.now(UTC), self._find_bo(tx)
        for asked in tx.check_ins.asked():
            tx.check_ins.set_state(asked.id, CheckInState.SKIPPED, at)
        ask_now(tx, one, at)
        return []

    def _reminders(self, tx: Tx) -> list[Job]:
        """Let the newest check-in of Bo be looked at again; before the first one, there is nothing to do."""
        at, enrolment = datetime.now(UTC), self._find_bo(tx).member.enrolment
        newest = next(iter(tx.check_ins.of(enrolment)), None)
        about = {"check_in": newest.id if newest else 0, "enrolment": enrolment, "chosen": False}
        stamp = int(at.timestamp() * 1000)
        return [Job(f"check_in_reminder:{about['check_in']}:{stamp}", "check_in_reminder", about, at)]

    def _enquiries(self, tx: Tx) -> list[Job]:
        """Let Bo have asked something. Hearing it adds the job itself."""
        words = f"What does the criterion {self.chance.choice(_CRITERIA)} ask about?"
        said = self.bo.says(words)["ts"]
        enrolment = self._find_bo(tx).member.enrolment
        hear_message(tx, enrolment, Place.DIRECT, self.bo.dm, said, said, words, lambda: datetime.now(UTC))
        return []

    def _deletions(self, tx: Tx) -> list[Job]:
        """Let Bo delete what was asked last and has its answer; if there is none, let him ask."""
        enrolment = self._find_bo(tx).member.enrolment
        for enquiry in tx.enquiries.of(enrolment):
            if any(answer.state is AnswerState.SHOWN for answer in tx.enquiries.answers(enquiry.id)):
                where = (enrolment, enquiry.place, enquiry.channel, enquiry.thread, enquiry.thread)
                hear_deletion(tx, *where, lambda: datetime.now(UTC))
                return []
        return list(self._enquiries(tx))

    def _find_bo(self, tx: Tx) -> Participant:
        at, person = datetime.now(UTC), self.circle.person(self.bo.id)
        members = tx.members.roles(person)
        member = next(member for member in members if member.role is CohortRole.PARTICIPANT)
        one = find_participant(tx, member.cohort, person, member.enrolment, at)
        assert one
        return one

    def _documents(self, tx: Tx) -> list[Job]:
        """Let Bo give a design document. Reading it adds the job itself."""
        at, person = datetime.now(UTC), self.circle.person(self.bo.id)
        [capstone] = tx.capstones.by_participant(person)
        give_document(tx, capstone, person, "", "The desk answers letters. " * 20, at)
        return []

    def _defences(self, tx: Tx) -> list[Job]:
        """Let Ana ask for Bo's defence, in place of an earlier one."""
        at, person = datetime.now(UTC), self.circle.person(self.bo.id)
        [capstone] = tx.capstones.by_participant(person)
        earlier = tx.defences.newest([capstone.id]).get(capstone.id)
        if earlier is not None:
            tx.defences.set_state(earlier.id, DefenceState.CANCELLED, at)
        sensei = self.circle.person(self.circle.senseis[0].id)
        prepare_defence(tx, capstone, sensei, at + timedelta(days=3), at)
        return []

    def _add(self, make: Callable[[Tx], Sequence[Job]]) -> None:
        with open_store(self.circle.url) as database, SqlStore(database, "localhost").begin() as tx:
            for job in make(tx):
                tx.jobs.add(job)

    def _set(self, query: str, **values: Any) -> None:
        with self.circle.database.begin() as connection:
            connection.execute(sa.text(query), values)


def _again(job: Job, at: datetime) -> Job:
    """Return a job under another id, due now, since each id runs only once."""
    return replace(job, id=f"{job.id}{RETRY_SEPARATOR}{int(at.timestamp() * 1000)}", due_at=at)


def _press(who: Person, action: str, value: str) -> Outcome:
    """Click a button that somebody has from earlier."""
    click = who._payload("block_actions") | {
        "actions": [{"action_id": action, "type": "button", "value": value}],
        "container": {"type": "message", "channel_id": who.dm, "is_ephemeral": True},
    }
    return who._bring("interactive", click)


def found(it: Deciding, sent: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return everything, in words, by the names of ``Counts``. ``sent`` are the messages, by their keys."""
    made = [(row.id, row.sentence) for row in it.circle.rows("SELECT id, sentence FROM criterion_ruling")]
    times = Counter(sentence for _, sentence in made if sentence)
    # Whose week is over before its message could go is rightly never sent.
    digests = it.circle.rows("SELECT id, person_id, role FROM digest WHERE week > '2026'")
    keys = {f"message:digest.{row.role}:{row.person_id}:{row.id}" for row in digests}
    jobs = it.circle.rows("SELECT id FROM job WHERE kind = 'report'")
    files = [one for one in it.circle.slack.messages(it.bo.dm) if one.get("files")]
    shared = Counter(file["id"] for one in files for file in one["files"])
    told = _told(it, sent)
    newest = {row[0] for row in it.circle.rows(_NEWEST)}
    due = [number for number, sentence in made if sentence in it.said and number in newest]
    return {
        "rulings": [sentence for sentence in times if sentence in it.said],
        "digests": sorted(keys),
        "reports": [row[0] for row in jobs],
        "rulings_lost": [sentence for sentence, taken in it.said.items() if taken and sentence not in times],
        "rulings_doubled": [sentence for sentence, n in times.items() if n > 1],
        "levels_untold": [f"ruling {number}" for number in due if not told[number]],
        "levels_told_twice": [f"ruling {number}" for number, n in told.items() if n > 1],
        "digests_lost": sorted(keys - sent.keys()),
        "reports_lost": ["a report"] * (len(jobs) - len(files)),
        "reports_doubled": ["a report"] * (len(files) - len(jobs))
        + [id_ for id_, n in shared.items() if n > 1],
        **_answers(it),
    }


def _answers(it: Deciding) -> dict[str, list[str]]:
    """Return what Bo asked, each question in its own thread, and what is wrong with the answers there."""
    app, messages = it.circle.slack.bot_user, it.circle.slack.messages(it.bo.dm)
    posted = Counter(one.get("thread_ts") for one in messages if one["user"] == app)
    asked = it.circle.rows(
        "SELECT thread, deleted_at FROM enquiry JOIN enquiry_message ON enquiry_id = enquiry.id"
    )
    kept = [row.thread for row in asked if row.deleted_at is None]
    return {
        "enquiries": kept,
        "enquiries_unanswered": [thread for thread in kept if not posted[thread]],
        "enquiries_answered_twice": [thread for thread in kept if posted[thread] > 1],
        "answers_left": [row.thread for row in asked if row.deleted_at is not None and posted[row.thread]],
    }


_NEWEST = "SELECT max(id) FROM criterion_ruling GROUP BY capstone_id, criterion"


def _told(it: Deciding, sent: Mapping[str, Any]) -> Counter[int]:
    """Return in how many of the messages that were sent each ruling is."""
    with open_store(it.circle.url) as database, SqlStore(database, "localhost").begin() as tx:
        query = select(JobRow).where(col(JobRow.id).startswith("message:triage.released:"))
        jobs = tx.jobs.session.exec(query).all()
        return Counter(
            number for job in jobs if job.id in sent for number in job.argument["about"]["rulings"]
        )
