"""A clock that stands still until it is turned, and a GitHub and a Slack that know what time it is."""

from dataclasses import dataclass, field
from datetime import datetime

from tests.fakes.github import GitHub
from tests.fakes.slack import Slack
from tests.fakes.slack.faults import Fault
from tests.fakes.slack.model import Call


@dataclass
class TurnedClock:
    """The time of the bot, of GitHub and of the people."""

    at: datetime

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return self.at


class TimedGitHub(GitHub):
    """A GitHub whose pull requests and comments have the clock's times."""

    def __init__(self, clock: TurnedClock) -> None:
        self.clock = clock
        super().__init__()

    def now(self) -> datetime:
        return self.clock.at


@dataclass(frozen=True)
class Sent:
    """A direct message as the app posted it: when, and in which conversation."""

    at: datetime
    call: Call

    @property
    def key(self) -> str:
        """Return what the app calls the message."""
        return str(self.call.args.get("metadata", {}).get("event_payload", {}).get("key", ""))


@dataclass
class Log:
    """What was posted, oldest first."""

    sent: list[Sent] = field(default_factory=list)


class TimedSlack(Slack):
    """A workspace that notes when each message was posted."""

    def __init__(self, clock: TurnedClock) -> None:
        super().__init__()
        self.clock, self.log = clock, Log()
        self.events |= {"message.im"}

    def meet(self, call: Call) -> Fault | None:
        if call.method == "chat.postMessage":
            self.log.sent.append(Sent(self.clock.at, call))
        return super().meet(call)
