"""A cohort whose pairs meet: their calendars, briefs and answers, on a clock that the test turns."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import col

from bot.adapters.database.pull_requests.tables import PullRequestRow
from bot.domain.articulation.slots import Slot
from bot.domain.check_ins.records import Topic as CheckInTopic
from bot.domain.decisions.records import Decision, DecisionOrigin, DecisionState, RevisedBy
from bot.domain.defences.records import Defence, DefenceState, NewDefenceQuestion
from bot.domain.one_to_ones.calendar_events import digest_name
from bot.domain.one_to_ones.records import OneToOne
from bot.domain.pull_requests.records import QuestionState
from bot.domain.triage.records import CriterionSnapshot
from bot.ports.engine import Json
from bot.workflows.chat.unprompted import Feature
from bot.workflows.dojo.member_messages import find_name
from bot.workflows.dojo.one_to_one_parties import list_pairs_of
from bot.workflows.one_to_ones.calendar_reading import CalendarReading
from bot.workflows.one_to_ones.features import one_to_one_features
from bot.workflows.one_to_ones.schedule import OneToOneSchedule
from bot.workflows.one_to_ones.sending import OneToOneSending
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from tests.fakes.calendars import HOST, CalendarHost, calendar_host
from tests.fakes.slack import Slack
from tests.fakes.steps import Straight
from tests.workflows.digest.weeks import Week
from tests.workflows.running_dojo import question, sha
from tests.workflows.shop import LIBRARY

LOADER = LedgerLoader(LIBRARY)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class Meetings(Week):
    """``host`` serves calendars."""

    host: CalendarHost | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.meets = OneToOneSchedule(self.store, self.now)
        for feature in one_to_one_features(lambda: LOADER, (HOST,), self.now):
            self.messaging.words.update(feature.words)  # type: ignore[attr-defined]

    def talks(self, person: str, day: date) -> None:
        """Let something else be said to somebody unasked on a day."""
        with self.store.begin() as tx:
            assert tx.unprompted.take(person, day, Feature.CHECK_IN, f"check_in:{day}:{person}")

    def runs(self, kind: str, argument: Json, steps: Straight | None = None) -> Json:
        """Run a workflow."""
        steps = steps or Straight(self.store)
        if kind == "one_to_one":
            return OneToOneSending(self.now).run(steps, argument)
        if kind == "calendar":
            assert self.host
            return CalendarReading(self.store, self.host.calendars(), self.now).run(steps, argument)
        return super().runs(kind, argument, steps)

    def looks_round(self) -> None:
        self.meets.keep()

    def lives(self, until: datetime, *, step: timedelta = HOUR) -> None:
        super().lives(until, step=step)

    def plans(self, participant: str, sensei: str, at: datetime) -> OneToOne:
        with self.store.begin() as tx:
            return tx.one_to_ones.plan(self.id, participant, sensei, at, self.now())

    def planned(self, person: str) -> list[OneToOne]:
        with self.store.read() as tx:
            return list(tx.one_to_ones.planned_with({person}, self.now()))

    def looked(self, name: str, criterion: str, *, met: int, weeks_ago: int = 1) -> None:
        """Let so many checks of a criterion have been met some weeks ago."""
        week = self.now().date() - timedelta(days=self.now().weekday(), weeks=weeks_ago)
        snapshot = CriterionSnapshot(self.capstones[name], criterion, week, met, 0, 0, 2 - met, 0, 0)
        with self.store.begin() as tx:
            tx.snapshots.save([snapshot])

    def drafts(self, name: str, person: str, title: str) -> Decision:
        """Let a participant have a draft."""
        with self.store.begin() as tx:
            return tx.decisions.add(
                self.capstones[name],
                person=person,
                origin=DecisionOrigin.CHAT,
                question=None,
                check=None,
                private=True,
                title=title,
                texts={Slot.DECIDED: title},
                anchors=(),
                supersedes=None,
                by=RevisedBy.PARTICIPANT,
                at=self.now(),
            )

    def loses_code(self, decision: Decision) -> None:
        """Let the code of a decision be gone."""
        with self.store.begin() as tx:
            tx.decisions.set_state(decision.id, DecisionState.CONFIRMED, self.now())
            tx.decisions.set_code_gone(decision.id, self.now())

    def prepares(self, name: str, person: str, by: str, *checks: str) -> Defence:
        """Let the questions of a participant's defence be ready, one about each check."""
        questions = [
            NewDefenceQuestion("safety", check, "Why?", (), (), "desk.py", 3, 3, "x()", f"defence:{check}")
            for check in checks
        ]
        with self.store.begin() as tx:
            defence = tx.defences.add(self.capstones[name], person, by, None, self.now())
            tx.defences.set_questions(defence.id, sha("a"), questions)
            tx.defences.set_state(defence.id, DefenceState.READY, self.now())
        return defence

    def merges(self, name: str, *, author: int | None = None) -> None:
        """Let a participant's pull request 1 be merged; with ``author``, it was another account's."""
        merged = sa.update(PullRequestRow).where(col(PullRequestRow.capstone_id) == self.capstones[name])
        with self.engine.begin() as connection:
            connection.execute(merged.values(state="merged"))
        if author is not None:
            self.opened_by(name, author)

    def opened_by(self, name: str, author: int) -> None:
        """Let another account have opened a participant's pull request 1."""
        opened = sa.update(PullRequestRow).where(col(PullRequestRow.capstone_id) == self.capstones[name])
        with self.engine.begin() as connection:
            connection.execute(opened.values(author_id=author))

    def checks_in(self, name: str, person: str) -> int:
        """Let a check-in wait for a participant's answer; return its id."""
        with self.store.begin() as tx:
            asked = question("", state=QuestionState.ASKED, inline=False, head=sha("a"))
            number = tx.questions.add_private(self.capstones[name], asked, self.now())
            [member] = [it for it in tx.members.roles(person) if it.role == "participant"]
            day, capstone = self.now().date(), self.capstones[name]
            return tx.check_ins.add(
                member.enrolment, capstone, day, CheckInTopic.GATE, number, False, self.now()
            ).id

    def adds_calendar(self, person: str, participant: str, address: str, title: str = "") -> int:
        """Let somebody give a calendar; return the participant's enrolment."""
        with self.store.begin() as tx:
            [member] = [it for it in tx.members.roles(participant) if it.role == "participant"]
            other = next(
                pair.sensei if person == participant else participant
                for pair in list_pairs_of(tx, self.id, {participant})
            )
            looks_for = digest_name(find_name(tx, other))
            tx.calendar_links.save(member.enrolment, address, person, looks_for, title)
            return member.enrolment

    def briefs(self, person: str) -> list[str]:
        """The briefs before somebody, as they read them."""
        return [said for said in self.heard(person) if "topic" in said or "won't take place" in said]

    def asked(self, person: str) -> list[str]:
        """The questions after one-to-ones before somebody."""
        return [said for said in self.heard(person) if "note what came of it" in said]


@contextmanager
def meetings(engine: sa.Engine, folder: Path) -> Iterator[Meetings]:
    """Open a cohort with its workspace and a host of calendars."""
    with Slack() as slack, calendar_host(folder) as host:
        yield Meetings(engine, slack, host=host)
        assert slack.problems == []
