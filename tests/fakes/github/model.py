"""What the fake GitHub remembers."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from tests.fakes.github.store import Store

Side = Literal["LEFT", "RIGHT"]


def when(moment: datetime | None) -> str | None:
    """Return a moment as GitHub writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


@dataclass(eq=False)
class Thing:
    """Whatever has an id and an age: lists may not show it yet (``GitHub.list_lag``)."""

    id: int
    created: datetime
    updated: datetime = field(init=False)
    born: float = field(init=False, default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.updated = self.created


@dataclass(eq=False)
class User(Thing):
    login: str
    kind: Literal["User", "Bot", "Organization"] = "User"


@dataclass(eq=False)
class App(Thing):
    slug: str
    owner: User
    bot: User
    private_key: str
    public_key: str
    webhook_secret: str
    permissions: dict[str, str]
    events: list[str]
    webhook_url: str | None = None
    name: str = ""
    hook_active: bool = True
    content_type: str = "json"
    public: bool = True
    owner_is_hidden: bool = False  # GitHub may say null

    @property
    def client_id(self) -> str:
        return f"Iv1.{self.id:016x}"


@dataclass(frozen=True)
class Manifest:
    """An App that was made from a manifest, and until when its code works."""

    app: App
    ends: datetime


@dataclass(eq=False)
class Installation(Thing):
    app: App
    account: User
    permissions: dict[str, str]
    repositories: list["Repository"]
    selection: Literal["all", "selected"] = "selected"
    suspended: datetime | None = None
    suspended_by: User | None = None


@dataclass(eq=False)
class Token:
    """An installation token: what it may do, where, and until when."""

    value: str
    installation: Installation
    permissions: Mapping[str, str]
    expires: datetime
    repository_ids: frozenset[int] | None = None

    def covers(self, repository: "Repository") -> bool:
        scoped = self.repository_ids is None or repository.id in self.repository_ids
        return scoped and repository in self.installation.repositories


@dataclass(eq=False)
class Repository(Thing):
    owner: User
    name: str
    store: Store
    private: bool = True
    default_branch: str = "main"
    fork_of: "Repository | None" = None
    collaborators: dict[str, str] = field(default_factory=dict)
    pulls: dict[int, "Pull"] = field(default_factory=dict)
    checks: list["CheckRun"] = field(default_factory=list)
    refs: dict[str, str] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        return f"{self.owner.login}/{self.name}"


@dataclass(eq=False)
class Pull(Thing):
    repository: Repository
    number: int
    user: User
    title: str
    body: str | None
    base: str
    head_repository: Repository
    head: str
    base_sha: str
    head_sha: str
    draft: bool = False
    closed: datetime | None = None
    merged: datetime | None = None
    merged_by: User | None = None
    merge_sha: str | None = None
    reviews: list["Review"] = field(default_factory=list)
    threads: list["Thread"] = field(default_factory=list)
    comments: list["IssueComment"] = field(default_factory=list)

    @property
    def state(self) -> Literal["open", "closed"]:
        return "closed" if self.closed else "open"


@dataclass(eq=False)
class Review(Thing):
    pull: Pull
    user: User
    body: str
    commit_id: str
    state: Literal["PENDING", "COMMENTED", "APPROVED", "CHANGES_REQUESTED"] = "PENDING"
    submitted: datetime | None = None

    @property
    def pending(self) -> bool:
        return self.state == "PENDING"


@dataclass(frozen=True)
class Place:
    """Where a comment stands; no line means the whole file."""

    path: str
    line: int | None = None
    side: Side = "RIGHT"
    start_line: int | None = None
    start_side: Side | None = None
    position: int | None = None
    hunk: str = ""


@dataclass(eq=False)
class Reaction(Thing):
    user: User
    content: str


@dataclass(eq=False)
class Comment(Thing):
    user: User
    body: str
    app: App | None = None
    reactions: list[Reaction] = field(default_factory=list)


@dataclass(eq=False)
class IssueComment(Comment):
    pull: Pull = field(kw_only=True)


@dataclass(eq=False)
class ReviewComment(Comment):
    """A comment in a thread, which belongs to a review as well."""

    thread: "Thread" = field(kw_only=True)
    review: Review = field(kw_only=True)
    commit_id: str = field(kw_only=True)
    original_commit_id: str = field(kw_only=True)
    in_reply_to: int | None = field(kw_only=True, default=None)

    @property
    def pull(self) -> Pull:
        return self.thread.pull


@dataclass(eq=False)
class Thread(Thing):
    """``original`` is where it was begun, ``place`` where it stands now (None: outdated)."""

    pull: Pull
    original: Place
    place: Place | None
    comments: list[ReviewComment] = field(default_factory=list)
    resolved_by: User | None = None

    @property
    def node_id(self) -> str:
        return f"PRRT_{self.id}"


@dataclass(eq=False)
class CheckRun(Thing):
    repository: Repository
    app: App
    name: str
    head_sha: str
    suite: int
    external_id: str = ""
    status: str = "queued"
    conclusion: str | None = None
    details_url: str | None = None
    started: str | None = None
    completed: str | None = None
    output: dict[str, Any] = field(default_factory=dict)
    actions: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Effect:
    """Something that the App's requests changed: what a test counts."""

    kind: str
    id: int
    thing: Thing
    body: Mapping[str, Any]
