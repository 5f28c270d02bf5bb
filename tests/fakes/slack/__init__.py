"""A Slack workspace on loopback: a Web API, Socket Mode, signed HTTP, and people who use the app.

    with Slack() as slack:
        ada = slack.person("Ada Lovelace", email="ada@dojo.example")
        # the app: WebClient(slack.bot_token, base_url=slack.api_url); Socket Mode with slack.app_token.
        # With HTTP instead: slack.events_url = "http://127.0.0.1:8080/slack/events" (slack.signing_secret).
        ada.command("/dojo join")            # -> Outcome: .failed, .text, .answer, .errors
        ada.submit({"join.skills": ["risk"], ("hours", "join.begins"): "09:00"})
        ada.click(ada.messages[-1], "pair.accept")
        ada.opens_home()                     # an event; slack.settle() waits until all are delivered
        ada.home, ada.modal                  # Shown: .document, .values, .errors; None if there is none
        ada.messages, ada.told               # direct messages of the app; what she alone was shown
        slack.messages(channel), slack.group(ada, ben)

Events go out again after ``retry_after`` where nobody acknowledges them; commands and clicks never do.
``slack.retry_after = UNTIL_TAKEN`` goes on until somebody does. Nobody here judges Slack's three seconds: an
acknowledgement is waited for until its connection is lost (``slack.sockets.forgets = False``: until it comes
by the next one), and ``ack_seconds`` only ends what would never end.

Files are in ``slack.files``; ``slack.slow_files = 2`` refuses the next two messages that show one, as Slack
does while it processes a new one.

Messages that grow are in ``slack.streams`` until they are stopped; ``slack.expire_streams()`` and
``ada.stops(message)`` end them. ``slack.statuses``, ``.titles`` and ``.prompts`` are those of threads.
``ada.opens_home("messages")`` opens the pane, ``ada.mentions_app("{app} …", channel)`` mentions the app.

``slack.fault(Loses(), "chat.postMessage")`` lets requests fail until ``slack.pardon()``; ``slack.lag``,
``slack.scopes``, ``slack.trigger_seconds``, ``slack.strict_limits``, ``slack.revoke()``,
``slack.uninstall()``, ``slack.sockets.disconnect()`` and ``slack.sockets.cut()`` are the rest of the weather.
``slack.again(delivery)`` brings something a second time; ``slack.event(…)`` anything, in any order.

Leaving it fails the test if the fake itself failed, or the app said something in an acknowledgement that
Slack would refuse. ``look`` shows what is seen.
"""

import copy
import itertools
import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from tests.fakes.slack.delivering import Courier, encoded, post, sign
from tests.fakes.slack.faults import Cuts, Fails, Hangs, Loses, outage, ratelimited
from tests.fakes.slack.model import Account, Attempt, Call, Channel, Delivery, Ephemeral, Json, Shown
from tests.fakes.slack.people import CannotDo, Outcome, Person, waited
from tests.fakes.slack.server import Server
from tests.fakes.slack.sockets import Sockets
from tests.fakes.slack.world import SCOPES, World
from tests.waiting import FUSE

__all__ = [
    "SCOPES",
    "UNTIL_TAKEN",
    "Account",
    "Attempt",
    "Call",
    "CannotDo",
    "Channel",
    "Cuts",
    "Delivery",
    "Ephemeral",
    "Fails",
    "Hangs",
    "Loses",
    "Outcome",
    "Person",
    "Shown",
    "Slack",
    "encoded",
    "outage",
    "post",
    "ratelimited",
    "sign",
    "waited",
]

UNTIL_TAKEN = itertools.repeat(0.05)
"""Retries until an event is acknowledged, or the workspace ends."""


class Slack(World):
    """The workspace."""

    def __init__(self) -> None:
        super().__init__()
        self.events_url: str | None = None  # where the app takes signed HTTP; None: Socket Mode
        self.events: set[str] = {"app_home_opened", "app_uninstalled", "tokens_revoked"}
        self.ack_seconds = FUSE
        self.retry_after: Iterable[float] = (0.0, 0.3, 1.0)  # Slack's own: at once, a minute, five minutes
        self.after_click: Callable[[], object] = lambda: None  # waits for answers that an app sends by itself
        self.people: dict[str, Person] = {}
        self.sockets = Sockets(self)
        self.courier = Courier(self)
        self._server = Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def api_url(self) -> str:
        return f"{self.base}/api/"

    def __enter__(self) -> Self:
        self._thread.start()
        self.sockets.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release.set()
        self.sockets.stop()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        if error is None:
            assert self.problems == []

    def person(
        self,
        name: str,
        email: str | None = None,
        tz: str | None = "Europe/London",
        id: str | None = None,  # noqa: A002 - what Slack calls it
        display_name: str = "",
    ) -> Person:
        """Add somebody to the workspace."""
        number = self.number()
        made = Account(id or f"U0{number:08d}", name, email or f"u{number}@dojo.example", tz, display_name)
        self.accounts[made.id] = made
        person = self.people[made.id] = Person(self, made)
        return person

    def channel(self, *people: Person, has_app: bool = True) -> str:
        """Make an ordinary channel; return its id."""
        made = Channel(f"C0{self.number():08d}", "channel", tuple(sorted(it.id for it in people)), has_app)
        self.channels[made.id] = made
        return made.id

    def group(self, *people: Person) -> list[Json]:
        """Return what was said in the group message of exactly these people with the app."""
        with self.lock:
            found = self.conversation_of([each.id for each in people])
            return copy.deepcopy(found.messages) if found else []

    def messages(self, channel: str) -> list[Json]:
        """Return what stands in a conversation, oldest first."""
        with self.lock:
            return copy.deepcopy(self.channels[channel].messages)

    def posted(self) -> list[Json]:
        """Return every message of the app's, in all conversations, oldest first."""
        with self.lock:
            found = [
                {**each, "channel": channel.id}
                for channel in self.channels.values()
                for each in channel.messages
                if each["user"] == self.bot_user
            ]
        return sorted(copy.deepcopy(found), key=lambda each: float(each["ts"]))

    def channel_of(self, ts: str) -> str:
        with self.lock:
            for channel in self.channels.values():
                if any(each["ts"] == ts for each in channel.messages):
                    return channel.id
        raise CannotDo("that message is gone")

    def event(self, event: Json, name: str | None = None, event_id: str | None = None) -> Delivery | None:
        """Tell the app of an event, if it has subscribed to it; the tries go on in the background."""
        if (name or event["type"]) not in self.events:
            return None
        payload: Json = {
            "token": "deprecated",
            "team_id": self.team,
            "api_app_id": self.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": event_id or f"Ev0{self.number():08d}",
            "event_time": int(float(event.get("event_ts") or self.stamp())),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self.team,
                    "user_id": self.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
        }
        return self.courier.later(Delivery("events_api", payload))

    def again(self, delivery: Delivery) -> Attempt:
        """Bring something once more, as Slack may: events with a number of the try, the rest as it was."""
        return self.courier.attempt(delivery, len(delivery.attempts))

    @property
    def deliveries(self) -> list[Delivery]:
        """Everything that was brought, or tried, so far."""
        return list(self.courier.all)

    def settle(self, seconds: float = FUSE) -> None:
        """Wait until every event has been taken or given up."""
        self.courier.settle(seconds)

    def revoke(self) -> Delivery | None:
        """Revoke the app's bot token."""
        with self.lock:
            self.refused[self.bot_token] = "token_revoked"
        tokens = {"oauth": [], "bot": [self.bot_user]}
        return self.event({"type": "tokens_revoked", "tokens": tokens, "event_ts": self.stamp()})

    def uninstall(self) -> Delivery | None:
        """Remove the app from the workspace."""
        with self.lock:
            self.refused[self.bot_token] = "account_inactive"
        return self.event({"type": "app_uninstalled", "event_ts": self.stamp()})
