"""``sensei doctor`` finds what was planted, and says what to do about it: before real parts of all kinds."""

import json
import os
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlmodel import Session

from bot.adapters.database import inspection, open_store, upgrade_store
from bot.adapters.database.migration import alembic_configuration
from bot.adapters.database.server_lock import hold_server_lease as serves
from bot.adapters.database.transaction import SqlStore
from bot.adapters.engine.dbos import DurableEngine
from bot.adapters.files import prompts
from bot.adapters.model.model_retirement import RETIREMENT_DATES
from bot.bootstrap import doctor
from bot.domain.pull_requests.records import Account, RoundState, Trigger
from bot.domain.setup.findings import Finding
from bot.domain.setup.health_checks import database as judged
from bot.ports.deliveries import Delivery
from bot.ports.engine import Json, Steps
from bot.ports.jobs import Job
from tests import databases, sensei
from tests.adapters.database.rows import row
from tests.fakes.github import GitHub
from tests.fakes.messages import KEY, Messages, Says
from tests.fakes.messages import Fails as ModelFails
from tests.fakes.slack import Slack
from tests.serving import serving

MODEL = "claude-opus-5-5"


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class SetUp:
    """A set-up in which nothing is wrong: ``plant`` makes something so."""

    folder: Path
    github: GitHub
    slack: Slack
    environment: dict[str, str]
    engine: sa.Engine
    number: int
    after: list[Callable[[], None]] = field(default_factory=list)

    def set(self, **variables: str | None) -> None:
        """Set variables; None unsets one."""
        for name, value in variables.items():
            if value is None:
                self.environment.pop(f"SENSEI_{name.upper()}", None)
            else:
                self.environment[f"SENSEI_{name.upper()}"] = value

    @property
    def store(self) -> SqlStore:
        return SqlStore(self.engine, "localhost", now)

    @property
    def file(self) -> Path:
        return self.folder / "sensei.db"

    def sql(self, statement: str, **values: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(sa.text(statement), values)

    def examined(self, *, ask_model: bool = False) -> list[tuple[str, Finding]]:
        with pytest.MonkeyPatch.context() as patch:
            for name in [*os.environ]:
                if name.startswith("SENSEI_"):
                    patch.delenv(name)
            for name, value in self.environment.items():
                patch.setenv(name, value)
            return doctor.run_doctor(ask_model=ask_model)

    def troubles(self, *, ask_model: bool = False) -> list[Finding]:
        return [each for _, each in self.examined(ask_model=ask_model) if each.state != "ok"]


class _Taker(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(202)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


@contextmanager
def taking() -> Iterator[str]:
    """An address at which every delivery is taken."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Taker)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/github/webhook"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def well(folder: Path, *, served: bool = True) -> Iterator[SetUp]:
    """Everything set up: an App on a repository that is enrolled, a model, a database that is served."""
    url = databases.migrated_file(folder / "sensei.db")
    with taking() as webhook, GitHub() as github, Slack() as slack, open_store(url) as engine:
        app = github.app(webhook_url=webhook)
        repository = github.repository("ada/desk", {"a.py": b"A = 1\n"})
        installation = github.install(app, repository)
        github.hooks.settle()
        key = folder / "app.pem"
        key.write_text(app.private_key)
        environment = {
            "HOME": str(folder),
            "SENSEI_DATABASE_URL": url,
            "SENSEI_GITHUB_APP_ID": str(app.id),
            "SENSEI_GITHUB_PRIVATE_KEY": str(key),
            "SENSEI_GITHUB_WEBHOOK_SECRET": "a-secret-of-the-webhook",
            "SENSEI_GITHUB_API_URL": github.url,
            "SENSEI_SLACK_BOT_TOKEN": slack.bot_token,
            "SENSEI_SLACK_APP_TOKEN": slack.app_token,
            "SENSEI_SLACK_SIGNING_SECRET": slack.signing_secret,
            "SENSEI_SLACK_API_URL": slack.api_url,
            "SENSEI_CHECKOUTS": str(folder / "checkouts"),
            "SENSEI_CHECKOUTS_MAX_BYTES": "1000000",
            "SENSEI_MODEL_PROVIDER": "anthropic",
            "SENSEI_MODEL": MODEL,
            "SENSEI_ANTHROPIC_API_KEY": KEY,
            "SENSEI_DAY_BUDGET_USD": "10",
        }
        it = SetUp(folder, github, slack, environment, engine, repository.id)
        with it.store.begin() as tx:
            tx.capstones.add(
                cohort="dojo",
                repository=repository.id,
                owner="ada",
                name="desk",
                default_branch="main",
                installation=installation.id,
                participant=Account(1, "ada"),
                sensei=Account(2, "sen"),
                publish=None,
                at=now(),
            )
        if served:
            with serves(engine):
                yield it
        else:
            yield it
        for undo in it.after:
            undo()


def _other_key() -> str:
    made = rsa.generate_private_key(65537, 2048)
    return made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()


def other_key(it: SetUp) -> None:
    it.set(github_private_key=_other_key())


def known_elsewhere(it: SetUp) -> None:
    it.sql(
        "INSERT INTO identity (person_id, provider, tenant, external_id, login) "
        "SELECT person_id, 'slack', 'T0OTHER', 'U1', 'sen' FROM identity WHERE login = 'sen'"
    )


def revoked(it: SetUp) -> None:
    it.slack.revoke()


def revoked_while_messages_wait(it: SetUp) -> None:
    revoked(it)
    with it.store.begin() as tx:
        for number in range(2):
            tx.jobs.add(Job(f"message:welcome:{number}", "message", {}, now()))


def fewer_permissions(it: SetUp) -> None:
    [app] = it.github.apps.values()
    app.permissions = {**app.permissions, "checks": "read"}


def fewer_events(it: SetUp) -> None:
    [app] = it.github.apps.values()
    app.events = [event for event in app.events if event != "push"]


def suspended(it: SetUp) -> None:
    [installation] = it.github.installations.values()
    it.github.suspend(installation)


def lost_delivery(it: SetUp) -> None:
    [app] = it.github.apps.values()
    app.webhook_url = "http://127.0.0.1:9/github/webhook"  # where nobody listens
    it.github.ping(app)
    assert it.github.deliveries[-1].answered


def clock_behind(it: SetUp) -> None:
    it.github.clock_ahead = 95.0


def clock_odd(it: SetUp) -> None:
    it.github.clock_ahead = -30.0


def not_a_database(it: SetUp) -> None:
    file = it.folder / "other.db"
    file.write_bytes(b"no database at all, however long it is " * 200)
    it.set(database_url=f"sqlite:///{file}")


def nowhere(it: SetUp) -> None:
    it.set(database_url=f"sqlite:///{it.folder / 'app.pem' / 'sensei.db'}")


def tables_behind(it: SetUp) -> None:
    with it.engine.connect() as connection, connection.begin():
        command.downgrade(alembic_configuration(connection), "0002")


def tables_newer(it: SetUp) -> None:
    it.sql("UPDATE alembic_version SET version_num = '9999'")


def no_wal(it: SetUp) -> None:
    it.engine.dispose()
    with closing(sqlite3.connect(it.file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def busy_writer(it: SetUp) -> None:
    connection = sqlite3.connect(it.file, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    it.after.append(connection.close)


def gives_up(it: SetUp) -> None:
    def workflow(steps: Steps, argument: Json) -> Json:
        raise RuntimeError("planted")

    engine = DurableEngine(it.engine, "localhost", now, polling=0.05)
    engine.workflow("review", workflow)
    engine.start()
    try:
        engine.run("review", "review:1#1:1", {})
        last = time.monotonic() + 30
        while engine.going_on():
            assert time.monotonic() < last
            time.sleep(0.05)
    finally:
        engine.stop(20)


def failed_delivery(it: SetUp) -> None:
    with it.store.begin() as tx:
        tx.deliveries.receive(Delivery("a", "ping", b"{}"), now())
        tx.deliveries.close("a", "failed", "a bug; see the traceback in the log")


def unstartable_job(it: SetUp) -> None:
    with it.store.begin() as tx:
        tx.jobs.add(Job("renamed:1", "renamed", {}, now()))
        tx.jobs.postpone("renamed:1", now() + timedelta(minutes=5), "this version has no such workflow")


def late_delivery(it: SetUp) -> None:
    with it.store.begin() as tx:
        tx.deliveries.receive(Delivery("a", "ping", b"{}"), now() - timedelta(hours=2))


def late_job(it: SetUp) -> None:
    with it.store.begin() as tx:
        tx.jobs.add(Job("sweep:1", "sweep", {}, now() - timedelta(minutes=20)))


def round_ended(it: SetUp, state: RoundState, error: str) -> None:
    with it.store.begin() as tx:
        capstone = tx.capstones.by_repository(it.number)
        assert capstone is not None
        pull = tx.pull_requests.save(
            capstone.id,
            12,
            state="open",
            draft=False,
            author=Account(1, "ada"),
            head="a" * 40,
            base_ref="main",
            at=now(),
        )
        round_ = tx.rounds.begin(pull.id, Trigger.OPENED, "a" * 40, now())
        tx.rounds.set_state(round_.id, state, now(), error)
        tx.jobs.mark_begun(round_.id, now())


def no_installation(it: SetUp) -> None:
    with it.store.begin() as tx:
        tx.capstones.set_installation(it.number, None)


def no_sensei(it: SetUp) -> None:
    it.sql("UPDATE capstone SET sensei_id = NULL")


def no_sensei_in_one_of_two_cohorts(it: SetUp) -> None:
    no_sensei(it)
    it.sql("UPDATE cohort SET name = 'spring 27'")
    databases.add_cohort(it.environment["SENSEI_DATABASE_URL"], "autumn 27")


def spent(it: SetUp, usd: float) -> None:
    with Session(it.engine) as session, session.begin():
        session.add(row(now(), usd=usd))


def git_of(it: SetUp, version: str) -> None:
    program = it.folder / "bin" / "git"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho git version {version}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    it.environment["PATH"] = str(program.parent)


def broken_overlay(it: SetUp) -> None:
    file = it.folder / "overlay.yaml"
    file.write_text("schema: dojo.overlay/v1\nof: nothing\n")
    it.set(overlay=str(file))


SETTINGS, APP, DATABASE, SERVICE = doctor.SETTINGS, doctor.APP, doctor.DATABASE, doctor.SERVICE
Plant = Callable[[SetUp], None]
FAULTS: dict[str, tuple[Plant, str, str, str]] = {
    "a-variable-that-means-nothing": (
        lambda it: it.set(modle="x"),
        "warning",
        "SENSEI_MODLE is set",
        "SENSEI_MODEL?",
    ),
    "a-value-that-cannot-be": (
        lambda it: it.set(port="0"),
        "bad",
        "SENSEI_PORT cannot be used",
        "`sensei settings`",
    ),
    "a-provider-without-a-model": (
        lambda it: it.set(model=None),
        "bad",
        "SENSEI_MODEL is not",
        "Set SENSEI_MODEL",
    ),
    "the-key-of-another-app": (other_key, "bad", "does not know this App", "SENSEI_GITHUB_APP_ID"),
    "no-key": (
        lambda it: it.set(github_private_key=None),
        "bad",
        "PRIVATE_KEY is missing",
        "sensei setup github",
    ),
    "a-key-file-that-is-gone": (
        lambda it: it.set(github_private_key="/nonexistent.pem"),
        "bad",
        "neither a private key",
        ".pem",
    ),
    "a-permission-missing": (
        fewer_permissions,
        "bad",
        "lacks these permissions: checks (write)",
        "Grant them",
    ),
    "an-event-missing": (fewer_events, "bad", "not subscribed to these events: push", "Subscribe"),
    "a-short-webhook-secret": (
        lambda it: it.set(github_webhook_secret="short"),
        "bad",
        "shorter than 16",
        "the same secret",
    ),
    "a-suspended-installation": (
        suspended,
        "bad",
        "Installation ada: The installation is suspended",
        "owner",
    ),
    "a-delivery-that-did-not-arrive": (
        lost_delivery,
        "warning",
        "1 delivery from the last three days did not arrive",
        "reach the webhook",
    ),
    "a-clock-that-is-wrong": (clock_behind, "bad", "behind GitHub's", "NTP"),
    "a-clock-that-is-odd": (clock_odd, "warning", "ahead of GitHub's", "NTP"),
    "an-api-that-is-not-there": (
        lambda it: it.set(github_api_url="http://localhost:9"),
        "bad",
        "Reading the App's details: GitHub did not answer",
        "Try again later",
    ),
    "a-file-that-is-no-database": (not_a_database, "bad", "cannot be used", "is of the right kind"),
    "a-database-that-cannot-be-made": (
        nowhere,
        "bad",
        "cannot be created",
        "Check that the database is running",
    ),
    "a-kind-of-database-nobody-uses": (
        lambda it: it.set(database_url="mysql://h/d"),
        "bad",
        "does not support",
        "postgresql://",
    ),
    "tables-behind": (tables_behind, "warning", "older than this version", "sensei db upgrade"),
    "tables-of-a-newer-version": (tables_newer, "bad", "newer version", "Upgrade Sensei"),
    "no-write-ahead-log": (no_wal, "warning", "journal mode is 'delete'", "WAL"),
    "somebody-who-writes-for-ever": (
        busy_writer,
        "bad",
        "another process has been writing",
        "Give this user write access",
    ),
    "a-dead-letter": (
        gives_up,
        "bad",
        "Sensei gave up on 1 piece of work: review:1#1:1",
        "sensei dead retry",
    ),
    "a-delivery-that-met-a-bug": (
        failed_delivery,
        "bad",
        "1 delivery could not be handled because of a bug",
        "sensei dead retry",
    ),
    "a-job-that-cannot-start": (
        unstartable_job,
        "bad",
        "Sensei could not start 1 job",
        "tries again every five minutes",
    ),
    "a-delivery-that-waits": (late_delivery, "bad", "the oldest for 2 hours", "/readyz"),
    "a-job-that-waits": (late_job, "bad", "the oldest for 20 minutes", "/readyz"),
    "a-round-that-stopped": (
        lambda it: round_ended(it, RoundState.STOPPED, "it is suspended."),
        "warning",
        "(ada/desk#12), the last review stopped because GitHub refused a request: it is suspended.",
        "App is installed",
    ),
    "a-round-that-stayed-incomplete": (
        lambda it: round_ended(it, RoundState.INCOMPLETE, ""),
        "warning",
        "ada/desk#12",
        "/sensei review",
    ),
    "a-capstone-without-the-app": (
        no_installation,
        "bad",
        "not installed on ada/desk",
        "owner to install it",
    ),
    "a-cohort-that-does-not-exist": (
        lambda it: it.set(cohort="sprng"),
        "warning",
        "SENSEI_COHORT is sprng, but there is no cohort with this name",
        "The cohorts are: dojo. Correct SENSEI_COHORT, or run `sensei cohort add sprng`.",
    ),
    "a-capstone-without-a-sensei": (
        no_sensei,
        "warning",
        "No sensei has been named for ada/desk",
        "Name one: `sensei capstone add ada/desk --participant ada --sensei LOGIN`.",
    ),
    "a-capstone-without-a-sensei-in-one-of-two-cohorts": (
        no_sensei_in_one_of_two_cohorts,
        "warning",
        "No sensei has been named for ada/desk",
        "`sensei capstone add ada/desk --participant ada --sensei LOGIN --cohort 'spring 27'`.",
    ),
    "nothing-enrolled": (
        lambda it: it.sql("UPDATE capstone SET state = 'ended'"),
        "warning",
        "No repository is enrolled",
        "capstone add",
    ),
    "no-key-for-the-model": (
        lambda it: it.set(anthropic_api_key=None),
        "bad",
        "no API key is set",
        "SENSEI_ANTHROPIC_API_KEY",
    ),
    "a-budget-without-a-price": (
        lambda it: it.set(model="llama-70b"),
        "bad",
        "price of this model is unknown",
        "SENSEI_DAY_BUDGET_USD",
    ),
    "a-model-that-ends": (
        lambda it: it.set(model=next(iter(RETIREMENT_DATES)), day_budget_usd=None),
        "warning",
        "deprecated",
        "sensei eval",
    ),
    "a-budget-nearly-spent": (
        lambda it: spent(it, 8.5),
        "warning",
        "$8.50 of $10.00",
        "SENSEI_DAY_BUDGET_USD",
    ),
    "a-budget-spent": (lambda it: spent(it, 10.0), "bad", "will not call the model", "SENSEI_DAY_BUDGET_USD"),
    "git-too-old": (lambda it: git_of(it, "2.20.1"), "bad", "git 2.20.1 is too old", "2.40"),
    "git-rather-old": (lambda it: git_of(it, "2.39.5"), "warning", "git 2.39.5", "2.40"),
    "no-git": (
        lambda it: it.environment.update(PATH="/nonexistent"),
        "bad",
        "git cannot be run",
        "Install git",
    ),
    "clones-that-cannot-be-written": (
        lambda it: it.set(checkouts=str(it.folder / "app.pem")),
        "bad",
        "is not a folder",
        "SENSEI_CHECKOUTS",
    ),
    "a-disk-that-is-smaller-than-the-cap": (
        lambda it: it.set(checkouts_max_bytes=str(10**18)),
        "warning",
        "it may fill up",
        "Lower SENSEI_CHECKOUTS_MAX_BYTES",
    ),
    "a-revoked-token": (revoked, "bad", "the token was revoked", "Install the app"),
    "messages-that-wait-for-a-token": (
        revoked_while_messages_wait,
        "warning",
        "2 messages can't go out, because Sensei can't use its bot token. None is lost.",
        "Sensei then sends each message once",
    ),
    "no-bot-token": (
        lambda it: it.set(slack_bot_token=None),
        "bad",
        "SENSEI_SLACK_BOT_TOKEN is missing",
        "sensei setup slack",
    ),
    "a-token-that-is-a-persons": (
        lambda it: it.set(slack_bot_token="xoxp-1"),
        "bad",
        "is a person's token",
        "xoxb-",
    ),
    "a-scope-that-is-missing": (
        lambda it: it.slack.scopes.discard("mpim:write"),
        "bad",
        "lacks these scopes: mpim:write (open a group message",
        "reinstall the app",
    ),
    "a-scope-too-many": (
        lambda it: it.slack.scopes.add("channels:history"),
        "warning",
        "more scopes than Sensei needs: channels:history",
        "Remove them",
    ),
    "an-app-level-token-without-its-scope": (
        lambda it: it.slack.app_scopes.clear(),
        "bad",
        "lacks the scope connections:write",
        "install the app again",
    ),
    "socket-mode-off": (
        lambda it: setattr(it.slack, "socket_mode", False),
        "bad",
        "socket_mode_not_enabled",
        "switch on Socket Mode",
    ),
    "a-bot-token-for-the-app": (
        lambda it: it.set(slack_app_token=it.slack.bot_token),
        "bad",
        "The app-level token's format is wrong",
        "xapp-",
    ),
    "neither-socket-nor-http": (
        lambda it: it.set(slack_app_token=None, slack_signing_secret=None),
        "bad",
        "receives nothing from Slack",
        "SENSEI_SLACK_APP_TOKEN",
    ),
    "another-secret": (
        lambda it: it.set(slack_signing_secret="a-client-secret-of-slack"),
        "bad",
        "does not look like one of Slack's",
        "Basic Information",
    ),
    "another-workspace": (known_elsewhere, "bad", "T0OTHER", "Install the app in their workspace"),
    "a-broken-overlay": (broken_overlay, "bad", "overlay.yaml:", "sensei rubric check"),
    "no-such-rubric": (lambda it: it.set(rubric="nope"), "bad", "no rubric called 'nope'", "Available"),
    "no-such-packs": (lambda it: it.set(stacks="/nonexistent"), "bad", "no folder /nonexistent", "packs"),
}
# The same fault seen by another check as well, or a fault that keeps others from being known.
FOLLOWS = {
    "an-api-that-is-not-there": {"clock"},
    "messages-that-wait-for-a-token": {"bot token"},
}


def test_where_all_is_well_nothing_is_found(tmp_path: Path) -> None:
    with well(tmp_path) as it:
        found = it.examined()
    assert [each for _, each in found if each.state != "ok"] == []
    groups = list(dict.fromkeys(group for group, _ in found))
    assert groups == list(doctor._ORDER)


@pytest.mark.contract
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_with_its_remedy_and_nothing_else_is(tmp_path: Path, fault: str) -> None:
    plant, state, text, remedy = FAULTS[fault]
    with well(tmp_path) as it:
        plant(it)
        found = it.troubles()
    mine = [each for each in found if text in each.text]
    assert [each.state for each in mine] == [state], found
    assert remedy in mine[0].remedy
    others = {each.name for each in found if each is not mine[0]}
    assert others == FOLLOWS.get(fault, set()), found


def test_nobody_serves_what_should_be(tmp_path: Path) -> None:
    with well(tmp_path, served=False) as it:
        late_delivery(it)
        found = it.troubles()
    assert [(each.name, each.state) for each in found] == [("sensei serve", "warning"), ("queue", "warning")]
    assert all("Start `sensei serve`" in each.remedy for each in found)


@pytest.mark.contract
def test_a_file_on_another_machines_disk_is_found(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/home {tmp_path}/far\\040away nfs4 rw 0 0\n")
    far = tmp_path / "far away"
    far.mkdir()
    for folder, kind in ((far, "nfs4"), (tmp_path, "")):
        url = f"sqlite:///{folder / 'sensei.db'}"
        upgrade_store(url)
        it = inspection.examine_database(url, mounts)
        assert it.shared == kind
        bad = [each for each in judged(it) if each.state == "bad"]
        assert [("local disk" in each.remedy) for each in bad] == ([True] if kind else [])


@pytest.mark.contract
def test_a_postgresql_without_tables_or_without_the_right_to_write_is_found(
    tmp_path: Path,
) -> None:
    with databases.fresh() as url, well(tmp_path) as it:
        it.set(database_url=url)
        [bare] = it.troubles()
        assert (bare.state, bare.remedy) == ("bad", "Run `sensei db upgrade`.")
        upgrade_store(url)
        found = it.troubles()
        assert [each.name for each in found] == ["sensei serve", "capstones"]  # it is empty
        address = sa.make_url(url)
        admin = sa.create_engine(address.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql(
                f'ALTER DATABASE "{address.database}" SET default_transaction_read_only = on'
            )
        admin.dispose()
        [writing] = [each for each in it.troubles() if each.state == "bad"]
        assert "The database cannot be written to: ReadOnlySqlTransaction" in writing.text
        assert "SENSEI_DATABASE_URL" in writing.remedy


def test_a_postgresql_that_is_not_there_is_found_and_its_password_not_shown(tmp_path: Path) -> None:
    with well(tmp_path) as it:
        it.set(database_url="postgresql://u:hunter2@127.0.0.1:9/dojo")
        found = it.examined()
    [bad] = [each for _, each in found if each.state == "bad"]
    assert "127.0.0.1/dojo cannot be used" in bad.text
    assert "hunter2" not in str(found)


@pytest.mark.contract
def test_who_serves_a_postgresql_is_named(tmp_path: Path) -> None:
    with databases.fresh() as url, well(tmp_path) as it:
        it.set(database_url=url)
        upgrade_store(url)
        with open_store(url) as engine, serves(engine):
            found = it.examined()
    assert any(
        each.state == "ok" and "`sensei serve` is running: a process on" in each.text for _, each in found
    )


def test_a_model_is_asked_only_on_request_and_its_refusal_is_found(tmp_path: Path) -> None:
    with Messages(lambda _body: Says({"there": True})) as messages, well(tmp_path) as it:
        it.set(model_base_url=messages.url)
        it.examined()
        assert messages.requests == []
        found = it.examined(ask_model=True)
        assert [each for _, each in found if each.state != "ok"] == []
        assert any("The model answered a test call, for $" in each.text for _, each in found)
        assert len(messages.requests) == 1
        messages.script(ModelFails(401, "authentication_error"))
        it.sql("DELETE FROM model_call")
        [bad] = it.troubles(ask_model=True)
        assert (bad.name, bad.state) == ("model's answer", "bad")
        assert "rejects the API key" in bad.text
        assert KEY not in str(found) + str(bad)


def test_with_nothing_set_up_it_says_what_to_do_first_and_makes_nothing(tmp_path: Path) -> None:
    done = sensei.run_interpreter("doctor", HOME=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "No GitHub App is set up" in done.stdout
    assert "→ Create one with `sensei setup github`." in done.stdout
    assert max(map(len, done.stdout.replace(str(tmp_path), "~").splitlines())) <= 80
    assert list(tmp_path.rglob("*")) == []
    assert sensei.run("doctor", "--strict", HOME=str(tmp_path)).returncode == 3


def test_beside_the_bot_it_changes_nothing_and_says_who_serves(tmp_path: Path) -> None:
    with serving(tmp_path) as it:
        it.enrol()
        it.start()
        it.settle()
        done = it.run("doctor", "--json")
        document = json.loads(done.stdout)
        assert document["schema"] == "sensei.doctor/1"
        texts = {each["name"]: each["text"] for each in document["findings"]}
        assert it.process is not None
        assert f"process {it.process.pid} on" in texts["sensei serve"]
        unwell = {each["name"]: each["text"] for each in document["findings"] if each["state"] == "bad"}
        assert set(unwell) <= {"webhook"}, unwell
        assert set(document["findings"][0]) == {"group", "name", "state", "text", "remedy"}
        assert it.get("/readyz") == 200
        it.environment["SENSEI_RUBRIC"] = "nope"
        bad = it.run("doctor")
        assert bad.returncode == 2
        assert "must be corrected" in bad.stdout
        assert it.errors() == []
    secrets = [it.app.private_key[40:80], it.environment["SENSEI_GITHUB_WEBHOOK_SECRET"]]
    assert [secret for secret in secrets if secret in done.stdout + bad.stdout] == []


def test_every_check_says_all_is_well_in_words_of_its_own(tmp_path: Path) -> None:
    with well(tmp_path) as it:
        found = it.examined()
    texts = [each.text for _, each in found]
    assert len(texts) == len(set(texts))
    assert all(text.endswith(".") for text in texts)
    (listed,) = (each.text for _, each in found if each.name == "prompts")
    assert [name for name in prompts.shipped() if f"{name} " not in listed] == []
