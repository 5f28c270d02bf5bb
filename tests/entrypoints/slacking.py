"""The app in a workspace on loopback: Slack's two ways in, a real database behind them, and a feature to try.

``try.count`` counts what was really done, as rows of the audit trail: ids alone, one for each time.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import sqlalchemy as sa

from bot.adapters import slack as adapter
from bot.adapters.database.transaction import SqlStore
from bot.domain.chat.events import Acted, Click, Mention, MessageShortcut, PaneOpened, Submission
from bot.domain.dojo.people import CohortRole
from bot.domain.dojo.permissions import Action
from bot.entrypoints import slack_listeners as entrypoint
from bot.entrypoints import web_app
from bot.entrypoints.connection_limits import ConnectionLimits
from bot.entrypoints.response_urls import ResponseUrls
from bot.entrypoints.socket_mode import ACK_SECONDS, SocketModeListener
from bot.entrypoints.web_server import WebServer, make_configuration
from bot.errors import UnconfirmedError, UserError
from bot.ports.chat import OutgoingMessage, View
from bot.ports.deliveries import Delivery
from bot.ports.store import Tx
from bot.rendering.chat import slack_blocks
from bot.rendering.chat.slack_text import plain_object
from bot.workflows.chat import dispatch
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.chat.features import Button, Feature, Features, Form, Kept, Shortcut, Subcommand
from bot.workflows.chat.intake import ChatIntake
from bot.workflows.chat.workspace import WorkspaceLookup
from bot.workflows.dojo import basic_commands
from bot.workflows.jobs.dispatch import JobDispatcher
from bot.workflows.pull_requests.event_handling import EventHandler
from bot.workflows.pull_requests.webhook_intake import WebhookIntake
from tests.entrypoints.webhooks import SECRET, now
from tests.fakes.slack import Person, Slack
from tests.waiting import FUSE, wait_for


def _count(tx: Tx, actor: Actor, what: Acted, _clock: Clock) -> None:
    tx.audit(actor.person or "guest", "try.count", actor.user)
    if isinstance(what, Click) and what.value == "too late":
        raise UserError("The pair has changed meanwhile.", "Look at it again.")


def _answer(_tx: Tx, _actor: Actor, argument: str, _clock: Clock) -> OutgoingMessage:
    if argument == "never":
        raise UserError("Never is no day.", "Name one.")
    return OutgoingMessage("Noted.", (slack_blocks.section("Noted."),))


def _form(_tx: Tx, _actor: Actor, argument: str, _clock: Clock) -> View:
    return {
        "type": "modal",
        "title": plain_object("Try"),
        "submit": plain_object("Send"),
        "private_metadata": argument,
        "blocks": [
            {
                "type": "input",
                "block_id": "word",
                "label": plain_object("A word"),
                "element": {"type": "plain_text_input", "action_id": "try.word"},
            },
            slack_blocks.actions(slack_blocks.button("Anew", "try.redraw")),
        ],
    }


def _checked(_tx: Tx, _actor: Actor, sent: Submission, _clock: Clock) -> dict[str, str]:
    return {} if sent.text("word") == "please" else {"word": "The word is another."}


def _redrawn(tx: Tx, actor: Actor, _click: Click, clock: Clock) -> View:
    return {**_form(tx, actor, "anew", clock), "title": plain_object("Anew")}


def _own(_tx: Tx, actor: Actor, used: MessageShortcut, _clock: Clock) -> None:
    if used.author != actor.user:
        raise UserError("That isn't yours.", "Choose one of yours.")


class _Hearing:
    """Hears Ada's colleagues in channels, and whoever opens the pane, each as a row of the audit trail.

    It keeps the text of what begins with "keep", and nothing of what begins with "drop".
    """

    def keep(self, _tx: Tx, heard: Mention | PaneOpened) -> Any:
        if isinstance(heard, PaneOpened):
            return True
        kept = {"keep": Kept.TEXT, "drop": Kept.NOTHING}
        return kept.get(heard.text.partition(" ")[0], Kept.REFERENCE)

    def hear(self, tx: Tx, mention: Mention, _clock: Clock) -> bool:
        tx.audit("guest", "try.count", f"{mention.user}:{mention.text}")
        return True

    def open(self, tx: Tx, opened: PaneOpened, _clock: Clock) -> bool:
        tx.audit("guest", "try.count", opened.user)
        return True


TRY = Feature(
    commands=(
        Subcommand("try", Action.DATES_SEE, "try it", answer=_answer, then=_count, takes_text=True),
        Subcommand("form", Action.DATES_SEE, "try a form", opens="try.form", takes_text=True),
    ),
    buttons={
        "try.count": Button(Action.DATES_SEE, do=_count),
        "try.open": Button(Action.DATES_SEE, opens="try.form"),
        "try.redraw": Button(Action.DATES_SEE, redraws=_redrawn),
        "try.lead": Button(Action.PAIR_APPROVE, do=_count),
    },
    forms={"try.form": Form(Action.DATES_SEE, _form, _count, _checked)},
    shortcuts={"try.note": Shortcut(Action.DATES_SEE, "try.form", _own)},
    mentions=(_Hearing(),),
    panes=(_Hearing(),),
)
OFFER = OutgoingMessage(
    "Try it",
    (
        slack_blocks.section("Try it"),
        slack_blocks.actions(
            slack_blocks.button("Count", "try.count"),
            slack_blocks.button("Too late", "try.count:late", "too late"),
            slack_blocks.button("Open", "try.open", "42"),
            slack_blocks.button("Lead", "try.lead"),
        ),
    ),
)


class Begun:
    """An engine that only notes what it was given."""

    def __init__(self) -> None:
        self.jobs: list[tuple[str, dict[str, Any]]] = []

    def run(self, name: str, _id: str, argument: dict[str, Any]) -> None:
        self.jobs.append((name, argument))

    def going_on(self, _names: Sequence[str] | None = None) -> Sequence[str]:
        return []


@dataclass
class Workspace:
    """A workspace with the app in it, and Ada, a participant of its cohort."""

    slack: Slack
    database: sa.Engine
    store: SqlStore
    receiver: WebhookIntake
    pump: JobDispatcher
    engine: Begun
    socket: SocketModeListener | None
    port: int
    keeps: bool = True  # False: the disk is full
    confirms: bool = True  # False: the commit has begun, and its answer does not come
    arrived: threading.Event = field(default_factory=threading.Event)  # something is about to be kept
    goes_on: threading.Event = field(default_factory=threading.Event)  # and is; cleared: it waits
    ada: Person = field(init=False)

    def __post_init__(self) -> None:
        self.goes_on.set()
        self.ada = self.enrolled("Ada Lovelace", CohortRole.PARTICIPANT)

    def enrolled(self, name: str, *roles: CohortRole) -> Person:
        """Let somebody be in the cohort."""
        person = self.slack.person(name)
        with self.store.begin() as tx:
            cohort = tx.cohorts.add("dojo", now())
            tx.cohorts.set_workspace(cohort.id, self.slack.team)
            known = tx.members.find_or_add_by_chat(self.slack.team, person.id, name, now())
            for role in roles:
                tx.members.join(cohort.id, known, role, now())
        return person

    def offered(self, person: Person) -> dict[str, Any]:
        """Let the app offer somebody a message with buttons."""
        chat = adapter.connect(self.slack.bot_token, self.slack.api_url)
        chat.post(chat.conversation([person.id]), OFFER, f"offer:{person.id}")
        return person.messages[-1]

    def handled(self) -> None:
        """Let all that was kept be handled."""
        self.slack.settle()
        while self.pump.pump():
            pass

    @property
    def counted(self) -> int:
        """How often ``try.count`` was really done."""
        with self.database.connect() as connection:
            query = "SELECT count(*) FROM audit_event WHERE action = 'try.count'"
            return int(connection.exec_driver_sql(query).scalar_one())

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Every delivery that was kept: what, and how it ended."""
        with self.database.connect() as connection:
            query = "SELECT event, state FROM delivery ORDER BY received_at, guid"
            return [tuple(row) for row in connection.exec_driver_sql(query)]


@contextmanager
def served(
    database: sa.Engine,
    slack: Slack,
    way: str,
    features: Features | None = None,
    *,
    ping: float = 3600,
    ack_seconds: float = ACK_SECONDS,
) -> Iterator[Workspace]:
    """Let the app listen, by Socket Mode or over HTTP.

    Pings come so seldom that no connection ends because this machine is busy; a test that wants them says so.
    """
    store = SqlStore(database, "github.com", now)
    receiver = WebhookIntake(store, now, lambda: None, patience=FUSE)
    receiver.start()
    chat = adapter.connect(slack.bot_token, slack.api_url)
    made = features or Features((TRY, dispatch.FEATURE, basic_commands.feature("https://github.com")))
    found: list[Workspace] = []

    def receive(delivery: Delivery) -> bool:
        if found:
            found[0].arrived.set()
            assert found[0].goes_on.wait(FUSE)
        if found and not found[0].keeps:
            raise OSError("no space left on device")
        if found and not found[0].confirms:
            raise UnconfirmedError("The database did not confirm a commit in time.")
        return receiver.receive(delivery)

    where = WorkspaceLookup(chat)
    where.look()  # else the first click would wait for it, and on a busy machine in vain
    reception = ChatIntake(made, store, chat, receive, where.id, now)
    client = adapter.client(slack.bot_token, slack.api_url)
    answers = ResponseUrls(client.base_url)
    slack.after_click = lambda: answers.wait(FUSE)
    app = entrypoint.app(reception, client, slack.signing_secret, answers)
    socket = None
    if way == "socket":
        socket = SocketModeListener(app, slack.app_token, client, ping, ack_seconds)
        socket.start()
    engine = Begun()
    inbox = EventHandler(now, 0, dispatch.ChatDispatch(made, now))
    pump = JobDispatcher(store, engine, inbox, now)  # type: ignore[arg-type]
    door = web_app.SlackEndpoint(slack.signing_secret.encode(), partial(entrypoint.handle_request, app))
    slacks = web_app.SlackStatus(lambda: None, door)
    with _listening(
        web_app.app(receiver, SECRET, lambda: None, web_app.RequestLimits(FUSE, slack=FUSE), slack=slacks)
    ) as port:
        if way == "http":
            slack.events_url = f"http://127.0.0.1:{port}/slack/events"
        else:
            slack.sockets.wait()
        found.append(Workspace(slack, database, store, receiver, pump, engine, socket, port))
        try:
            yield found[0]
        finally:
            found[0].goes_on.set()
            if socket:
                socket.stop()
            receiver.stop()


@contextmanager
def _listening(application: Any) -> Iterator[int]:
    server = WebServer(
        make_configuration(application, lambda _reason: None, ConnectionLimits(seconds=FUSE), port=0)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        wait_for(lambda: server.started)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
