"""The bot in this process, on a clock that the test turns: HTTP in, the real engine, HTTP out.

It is ``sensei serve`` without its own timers: the test turns the clock, and then lets the bot do what is due.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import sqlalchemy as sa
import structlog

from bot.adapters.database.transaction import SqlStore
from bot.bootstrap import chat as chat_features
from bot.bootstrap import dojo, slack_listening, wiring
from bot.bootstrap.command_service import CommandService, open_for_command
from bot.bootstrap.engine import run_engine
from bot.bootstrap.service import make_look_round
from bot.domain.rubrics.rubric import Library
from bot.entrypoints import web_app
from bot.entrypoints.web_server import WebServer, make_configuration
from bot.settings import Settings
from bot.workflows.jobs.dispatch import JobDispatcher
from bot.workflows.pull_requests.webhook_intake import WebhookIntake
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from tests import databases
from tests.cohort_weeks.clock import TimedGitHub, TimedSlack, TurnedClock
from tests.fakes.github.model import App
from tests.waiting import FUSE, wait_for

SECRET = "a-secret-of-the-webhook"
SOON = timedelta(seconds=30)
"""How much later a job may be due to belong to what goes on now, such as one that waits for its turn."""
ASKS_GITHUB = "look_for_changes"
"""The part of a look round that asks GitHub about every capstone, in case a webhook was lost."""
READS_ALL = "prepare_milestones"
"""The part that reads every capstone once more when a milestone opens."""


@dataclass
class Served:
    """The bot and what surrounds it. Whoever turns the clock calls ``settle`` afterwards."""

    clock: TurnedClock
    github: TimedGitHub
    slack: TimedSlack
    app: App
    settings: Settings
    library: Library
    service: CommandService
    dispatcher: JobDispatcher
    parts: Sequence[Callable[[bool], None]]

    @property
    def store(self) -> SqlStore:
        return self.service.store

    def look_round(self, left_out: Collection[str] = ()) -> None:
        """Do what the bot does every ten minutes, without some of its parts."""
        for part in self.parts:
            if getattr(part, "__name__", "") not in left_out:
                part(False)

    def settle(self) -> None:
        """Let the bot do all that is due now and what follows from it, a few seconds later if need be."""
        while True:
            self.slack.settle()
            self.github.hooks.settle()
            if self.dispatcher.pump():
                continue
            if self._is_busy():
                time.sleep(0.02)
                continue
            due = self.next_job()
            if due is None or due > self.clock.at + SOON:
                return
            self.clock.at = max(self.clock.at, due)

    def next_job(self) -> datetime | None:
        """Return when the next job is due, or None if none waits."""
        found = self._ask("SELECT min(due_at) FROM job WHERE started_at IS NULL")
        if found is None or isinstance(found, datetime):
            return found
        return datetime.fromisoformat(found).replace(tzinfo=self.clock.at.tzinfo)

    def _is_busy(self) -> bool:
        schema = "dbos." if self.service.database.dialect.name == "postgresql" else ""
        query = f"SELECT 1 FROM {schema}workflow_status WHERE status IN ('PENDING', 'ENQUEUED') LIMIT 1"
        return self._ask(query) is not None

    def _ask(self, query: str) -> Any:
        with self.service.database.connect() as connection:
            return connection.execute(sa.text(query)).scalar()


@contextmanager
def served(folder: Path, start: datetime, url: str | None = None) -> Iterator[Served]:
    """Serve GitHub and Slack on loopback, on the database at ``url`` or a SQLite file in a folder."""
    clock = TurnedClock(start)
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(wiring, "now", clock.now))
        # Rendered without the settings of ``sensei serve``, an exception's frames take a minute.
        stack.enter_context(structlog.testing.capture_logs())
        github = stack.enter_context(TimedGitHub(clock))
        slack = stack.enter_context(TimedSlack(clock))
        app = github.app(webhook_url=None, webhook_secret=SECRET)
        settings = _make_settings(folder, url, github, slack, app)
        library = wiring.load_library(settings)
        rules, vocabulary = wiring.load_articulation(library), dojo.make_vocabulary(library)
        chat = wiring.connect_chat(settings)
        service = stack.enter_context(open_for_command(settings, lambda: vocabulary, lambda: rules))
        engine, upkeep, _ = stack.enter_context(run_engine(settings, library, service, chat=chat))
        dispatcher = JobDispatcher(service.store, engine, service.inbox, wiring.now)
        receiver = WebhookIntake(service.store, wiring.now, lambda: None, patience=FUSE)
        receiver.start()
        stack.callback(receiver.stop)
        ledgers = LedgerLoader(library)
        features = chat_features.features_from_settings(
            settings, lambda: vocabulary, lambda: rules, lambda: ledgers
        )
        listening = slack_listening.start_listening(settings, service.store, receiver, features, chat)
        assert listening
        stack.callback(listening.stop)
        slack.after_click = partial(listening.answers.wait, FUSE)
        door = web_app.SlackStatus(lambda: None, listening.endpoint)
        limits = web_app.RequestLimits(FUSE, slack=FUSE)
        web = web_app.app(receiver, SECRET.encode(), lambda: None, limits, slack=door)
        port = stack.enter_context(_listen(web))
        app.webhook_url = f"http://127.0.0.1:{port}/github/webhook"
        slack.events_url = f"http://127.0.0.1:{port}/slack/events"
        parts = make_look_round(settings, service, engine, upkeep)
        yield Served(clock, github, slack, app, settings, library, service, dispatcher, parts)


def _make_settings(
    folder: Path, url: str | None, github: TimedGitHub, slack: TimedSlack, app: App
) -> Settings:
    values: dict[str, Any] = {
        "database_url": url or databases.migrated_file(folder / "sensei.db"),
        "checkouts": folder / "checkouts",
        "github_app_id": app.id,
        "github_private_key": app.private_key,
        "github_webhook_secret": SECRET,
        "github_api_url": github.url,
        "github_write_seconds": 0,
        "quiet_seconds": 0,
        "slack_bot_token": slack.bot_token,
        "slack_signing_secret": slack.signing_secret,
        "slack_api_url": slack.api_url,
    }
    return Settings(**values)


@contextmanager
def _listen(application: Any) -> Iterator[int]:
    server = WebServer(make_configuration(application, lambda _reason: None, port=0))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        wait_for(lambda: server.started)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
