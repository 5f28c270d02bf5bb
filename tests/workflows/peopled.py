"""A dojo whose people are on Slack: the real listeners, a workspace on loopback, messages that are sent."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from bot.adapters import slack as adapter
from bot.domain.dojo.people import Absence, CohortRole, Member
from bot.domain.dojo.profiles import Vocabulary
from bot.ports.store import Tx
from bot.workflows.chat import dispatch
from bot.workflows.chat.features import Features
from bot.workflows.chat.outbox import Outbox
from bot.workflows.dojo import (
    account_linking,
    basic_commands,
    direct_messages,
    home_actions,
    join_news,
    link_form,
    sensei_requests,
)
from bot.workflows.dojo.absences import Absences
from bot.workflows.dojo.app_home import HomePublisher
from bot.workflows.dojo.joining import Joining
from bot.workflows.dojo.never_pairs import NeverPairs
from bot.workflows.dojo.pausing_and_leaving import PausingAndLeaving
from bot.workflows.dojo.profile_editing import ProfileEditing
from bot.workflows.dojo.profile_viewing import ProfileViewing
from tests.entrypoints.slacking import Workspace, served
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Person, Slack
from tests.fakes.steps import Straight

ZONES = frozenset({"Europe/London", "Europe/Madrid", "America/New_York"})
WORDS = Vocabulary(
    {"security": "Security and data protection", "validation": "Validation", "risk": "Risk"},
    {"anthropic": "Anthropic", "google-adk": "Google ADK"},
    ZONES,
)
WEB = "https://github.com"
NUMBER = 2**59 + 12345
"""What stands for randomness where a code is given."""


@dataclass
class Peopled:
    """A cohort ``dojo`` in a workspace, with its listeners; the lists note what pairing was told."""

    engine: sa.Engine
    slack: Slack
    here: Workspace = field(init=False)
    parted: list[str] = field(default_factory=list)
    barred: list[int] = field(default_factory=list)
    returned: list[int] = field(default_factory=list)
    told: list[int] = field(default_factory=list)
    untold: list[int] = field(default_factory=list)
    deputy: str | None = None
    shows_homes: bool = False

    def features(self) -> Features:
        numbers = iter(range(NUMBER, NUMBER + 100))
        linking = account_linking.feature(lambda _bits: next(numbers))
        return Features(
            (
                Joining(lambda: WORDS, self._returns).feature(),
                sensei_requests.FEATURE,
                ProfileEditing(lambda: WORDS).feature(),
                ProfileViewing(lambda: WORDS).feature(),
                NeverPairs(self._bars).feature(),
                PausingAndLeaving(self._parts, self._returns).feature(),
                Absences(self._deputises, self._tells, self._untells).feature(),
                linking,
                link_form.feature(link_form.find_code_giver(linking)),
                home_actions.FEATURE,
                join_news.FEATURE,
                dispatch.FEATURE,
                basic_commands.feature(WEB),
                direct_messages.feature(WEB),
            )
        )

    def _parts(self, _tx: Tx, person: str, _cohort: int, _at: datetime) -> None:
        self.parted.append(person)

    def _returns(self, _tx: Tx, cohort: int, _at: datetime) -> None:
        self.returned.append(cohort)

    def _bars(self, _tx: Tx, cohort: int, _at: datetime) -> None:
        self.barred.append(cohort)

    def _deputises(self, _tx: Tx, _cohort: int, _sensei: str, _first: date, _last: date) -> str | None:
        return self.deputy

    def _tells(self, _tx: Tx, _cohort: int, absence: int, _at: datetime, _was: Absence | None) -> None:
        self.told.append(absence)

    def _untells(self, _tx: Tx, _cohort: int, absence: Absence, _at: datetime) -> None:
        self.untold.append(absence.id)

    def settle(self) -> None:
        """Let all that was asked for be done, and all messages be sent."""
        self.here.handled()
        chat = adapter.connect(self.slack.bot_token, self.slack.api_url)
        messaging = Outbox(chat, self.here.store, self.features().words, now)
        begun, self.here.engine.jobs = self.here.engine.jobs, []
        for kind, argument in begun:
            if kind == "message":
                messaging.message(Straight(self.here.store), argument)
            elif kind == "rewrite":
                messaging.rewrite(Straight(self.here.store), argument)
            elif kind == "home" and self.shows_homes:
                HomePublisher(chat, self.here.store, WEB, now).home(Straight(self.here.store), argument)

    def members(self, role: CohortRole | None = None) -> list[Member]:
        with self.here.store.begin() as tx:
            cohort = tx.cohorts.by_name("dojo")
            assert cohort
            return list(tx.members.of(cohort.id, role))

    def member(self, person: Person, role: CohortRole = CohortRole.PARTICIPANT) -> Member:
        [found] = [one for one in self.members(role) if one.chat == person.id]
        return found

    def audited(self, action: str) -> list[tuple[str, str]]:
        """Who did an action, to what."""
        query = sa.text("SELECT actor, subject FROM audit_event WHERE action = :action ORDER BY id")
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(query, {"action": action})]

    def a_day_passes(self) -> None:
        """Let a lead's answer, or somebody's leaving before it, be long ago."""
        long_ago = "UPDATE effect SET external_id = 'declined 0' WHERE external_id LIKE 'declined %'"
        with self.engine.begin() as connection:
            assert connection.execute(sa.text(long_ago)).rowcount == 1

    def everything_kept(self) -> str:
        """All words of all rows, deliveries that wait apart: where something would be found that was kept."""
        with self.engine.connect() as connection:
            tables = [
                table
                for table in sa.inspect(connection).get_table_names()
                if table not in {"never_pair", "alembic_version"}
            ]
            rows = [
                [str(value) for value in row]
                for table in tables
                for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"')
            ]
        return json.dumps(rows)


@contextmanager
def peopled(engine: sa.Engine) -> Iterator[Peopled]:
    """Serve a dojo, with Ada as its participant."""
    with Slack() as slack:
        it = Peopled(engine, slack)
        with served(engine, slack, "http", it.features()) as here:
            it.here = here
            yield it


def texts(messages: list[dict[str, Any]]) -> list[str]:
    """What messages say, in their blocks too."""
    return [f"{each['text']} {json.dumps(each.get('blocks', []), ensure_ascii=False)}" for each in messages]
