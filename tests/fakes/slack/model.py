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
    is_restricted: bool = False  # a guest
    is_ultra_restricted: bool = False  # a guest of one channel
    is_stranger: bool = False  # of another workspace, and in no channel that the app sees
    is_app_user: bool = False  # a person who has authorised the app
    team: str | None = None  # their own workspace; None: this one
    teams: tuple[str, ...] = ()  # all of theirs, in an organisation of several workspaces

    def document(self, team: str) -> Json:
        team = self.team or team
        document: Json = {
            "id": self.id,
            "team_id": team,
            "name": self.id.lower(),
            "deleted": self.deleted,
            "real_name": self.name,
            "is_bot": self.is_bot,
            "is_app_user": self.is_app_user,
            "updated": 1_700_000_000,
            "profile": {
                "real_name": self.name,
                "display_name": self.display_name,
                "email": self.email,
                "team": team,
            },
        }
        if not self.deleted:  # Slack says nothing of these about who was deactivated
            document |= {
                "is_admin": False,
                "is_owner": False,
                "is_primary_owner": False,
                "is_restricted": self.is_restricted or self.is_ultra_restricted,
                "is_ultra_restricted": self.is_ultra_restricted,
            }
        if self.is_stranger:
            document["is_stranger"] = True
        if self.teams:
            document["enterprise_user"] = {
                "id": self.id,
                "enterprise_id": "E0ORG00001",
                "enterprise_name": "Org",
                "is_admin": False,
                "is_owner": False,
                "teams": list(self.teams),
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
class StoredFile:
    """A file of the app's; nobody else sees it until a message shows it."""

    id: str
    name: str
    length: int
    alt_text: str
    ticket: str  # the end of the address to which the bytes go
    content: bytes | None = None
    finished: bool = False


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
