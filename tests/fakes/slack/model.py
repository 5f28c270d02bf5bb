"""What the workspace holds."""

import time
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Account:
    """A user as Slack has them."""

    id: str
    name: str
    email: str
    tz: str | None = "Europe/London"
    display_name: str = ""
    is_bot: bool = False
    deleted: bool = False

    def document(self, team: str) -> Json:
        document: Json = {
            "id": self.id,
            "team_id": team,
            "name": self.id.lower(),
            "deleted": self.deleted,
            "real_name": self.name,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "profile": {
                "real_name": self.name,
                "display_name": self.display_name,
                "email": self.email,
                "team": team,
            },
        }
        if self.tz is not None:
            document |= {"tz": self.tz, "tz_label": self.tz, "tz_offset": 0}
        return document


@dataclass
class Channel:
    """A conversation; ``kind`` is im, mpim or channel. ``members`` are without the app."""

    id: str
    kind: str
    members: tuple[str, ...]
    has_app: bool = True
    archived: bool = False
    messages: list[Json] = field(default_factory=list)


@dataclass
class Ephemeral:
    """What one person alone was shown: an answer to a command, say."""

    user: str
    channel: str
    document: Json

    @property
    def text(self) -> str:
        return str(self.document.get("text", ""))


@dataclass
class Shown:
    """A view that somebody has before them; ``errors`` are those of the last submission, by block id."""

    user: str
    document: Json
    values: dict[tuple[str, str], Json] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return str(self.document["id"])

    @property
    def title(self) -> str:
        return str(self.document.get("title", {}).get("text", ""))


@dataclass
class Trigger:
    user: str
    at: float
    used: bool = False


@dataclass
class Call:
    """A request to the Web API as it came, and its answer; ``status`` 0 means that none was sent."""

    method: str
    args: Json
    token: str
    at: float = field(default_factory=time.monotonic)
    status: int = 0
    answer: Json = field(default_factory=dict)


@dataclass
class Attempt:
    """One try to bring something to the app, and what came of it."""

    number: int
    by: str  # socket or http
    acknowledged: bool = False
    status: int = 0
    body: Json = field(default_factory=dict)
    problem: str = ""


@dataclass
class Delivery:
    """Something that was brought to the app: an event, a command or an interaction."""

    kind: str  # events_api, slash_commands, interactive
    payload: Json
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def acknowledged(self) -> bool:
        return any(each.acknowledged for each in self.attempts)

    @property
    def id(self) -> str:
        return str(self.payload.get("event_id") or self.payload.get("trigger_id", ""))
