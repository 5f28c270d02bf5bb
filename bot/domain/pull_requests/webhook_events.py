"""Webhook events, with only those fields of a delivery that Sensei uses.

The fields are GitHub's: https://docs.github.com/en/webhooks/webhook-events-and-payloads. If a field is
missing or of another type, the event is ``None``, and Sensei ignores it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.domain.pull_requests.records import GHOST, Account
from bot.domain.text.storable_text import make_storable


@dataclass(frozen=True, slots=True)
class EventRepository:
    """A repository as an event shows it."""

    id: int
    owner: str
    name: str
    default_branch: str
    installation: int | None


@dataclass(frozen=True, slots=True)
class PullRequestChanged:
    """A pull request was opened, pushed to, edited, closed or the like.

    ``at`` is the host's time of the event. ``by`` is the account that did it; None if the event does not
    say.
    """

    action: str
    repository: EventRepository
    number: int
    state: str
    draft: bool
    author: Account
    head: str
    base_ref: str
    at: datetime
    retargeted: bool
    by: Account | None = None


@dataclass(frozen=True, slots=True)
class CommentChanged:
    """A comment was written, edited or deleted; ``thread`` is the first comment of its thread.

    ``at`` is the host's time of this text, in whole seconds; for a deletion, of the last text. ``inline``
    comments are on the diff, and have their own series of ids. ``by`` is the account that did it, if the
    event names it: anyone with write access may edit other people's comments.
    """

    action: str
    repository: EventRepository
    number: int
    comment: int
    thread: int | None
    author: Account
    body: str
    at: datetime
    inline: bool = False
    by: int | None = None

    @property
    def forged(self) -> bool:
        """Return whether someone other than the author may have written this text."""
        return self.action == "edited" and self.by != self.author.id

    def newer_than(self, known: datetime) -> bool:
        """Return whether this event is newer than the stored text of the same comment.

        ``known`` is the time of the stored text. Deliveries arrive in any order. A creation is never newer
        than anything; of several edits within one second, the last one to arrive counts.
        """
        return self.action != "created" and self.at >= known


@dataclass(frozen=True, slots=True)
class ThreadResolved:
    """A review thread was resolved or reopened; ``comments`` are its comments in order.

    ``by`` is the account that did it; None if the event does not say.
    """

    resolved: bool
    repository: EventRepository
    number: int
    comments: tuple[int, ...]
    by: Account | None


@dataclass(frozen=True, slots=True)
class CheckRerequested:
    """A person (``by``) requests a check of a commit again; ``by`` is None if the event does not say."""

    repository: EventRepository
    head: str
    by: Account | None


@dataclass(frozen=True, slots=True)
class BranchPushed:
    """A branch has a new head; None if it was deleted."""

    repository: EventRepository
    branch: str
    head: str | None


@dataclass(frozen=True, slots=True)
class InstallationChanged:
    """An installation gained or lost repositories; ``all_of_it`` if the installation itself is gone."""

    installation: int
    added: tuple[int, ...]
    removed: tuple[int, ...]
    all_of_it: bool


@dataclass(frozen=True, slots=True)
class RepositoryRenamed:
    """A repository has another name, owner or default branch."""

    repository: EventRepository


Event = (
    PullRequestChanged
    | CommentChanged
    | ThreadResolved
    | CheckRerequested
    | BranchPushed
    | InstallationChanged
    | RepositoryRenamed
)


_YEARS = range(1970, 9999)


class _Missing(Exception):  # noqa: N818 - unwinds to read_event
    pass


def read_event(name: str, payload: object) -> Event | None:
    """Return an event by its name and payload; None if Sensei does not use it."""
    read = _READERS.get(name)
    if read is None:
        return None
    try:
        return read(_Reader(payload))
    except _Missing:
        return None


class _Reader:
    """Reads values from a payload; raises ``_Missing`` if one is missing or of another type."""

    def __init__(self, node: object) -> None:
        self._node = node

    def below(self, key: str) -> "_Reader":
        if not isinstance(self._node, Mapping) or key not in self._node:
            raise _Missing
        return _Reader(self._node[key])

    def has(self, key: str) -> bool:
        return isinstance(self._node, Mapping) and self._node.get(key) is not None

    def number(self, key: str) -> int:
        value = self.below(key)._node
        # Numbers too large for a database column cannot be ids.
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
            raise _Missing
        return value

    def text(self, key: str, longest: int = 300) -> str:
        value = self.below(key)._node
        if not isinstance(value, str) or len(value) > longest or make_storable(value) != value:
            raise _Missing
        return value

    def words(self, key: str) -> str:
        value = self.below(key)._node
        return make_storable(value) if isinstance(value, str) else ""

    def moment(self, key: str) -> datetime:
        try:
            moment = datetime.fromisoformat(self.text(key, 40))
        except ValueError:
            raise _Missing from None
        if moment.year not in _YEARS:
            raise _Missing  # in another time zone it may be out of range
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def flag(self, key: str) -> bool:
        return self.below(key)._node is True if self.has(key) else False

    def items(self, key: str) -> list["_Reader"]:
        value = self.below(key)._node if self.has(key) else []
        return [_Reader(item) for item in value] if isinstance(value, list) else []


def _read_repository(payload: _Reader) -> EventRepository:
    node = payload.below("repository")
    return EventRepository(
        id=node.number("id"),
        owner=node.below("owner").text("login"),
        name=node.text("name"),
        default_branch=node.text("default_branch") if node.has("default_branch") else "",
        installation=payload.below("installation").number("id") if payload.has("installation") else None,
    )


def _read_account(node: _Reader) -> Account:
    bot = node.has("type") and node.text("type") == "Bot"
    return Account(node.number("id"), node.text("login"), bot)


def _read_author(node: _Reader) -> Account:
    """Return the author; for a deleted account GitHub sends a placeholder user, or none."""
    return _read_account(node.below("user")) if node.has("user") else GHOST


def _read_sender(payload: _Reader) -> Account | None:
    return _read_account(payload.below("sender")) if payload.has("sender") else None


def _read_pull_request(payload: _Reader) -> Event:
    node = payload.below("pull_request")
    merged = node.flag("merged") or node.has("merged_at")
    state = "merged" if merged else node.text("state")
    if state not in {"open", "closed", "merged"}:
        raise _Missing
    changes = payload.below("changes") if payload.has("changes") else _Reader({})
    return PullRequestChanged(
        action=payload.text("action"),
        repository=_read_repository(payload),
        number=node.number("number"),
        state=state,
        draft=node.flag("draft"),
        author=_read_author(node),
        head=node.below("head").text("sha", 64),
        base_ref=node.below("base").text("ref"),
        at=node.moment("updated_at"),
        retargeted=changes.has("base"),
        by=_read_sender(payload),
    )


def _read_issue_comment(payload: _Reader) -> Event | None:
    if not payload.below("issue").has("pull_request"):
        return None  # a comment on an issue
    return _read_comment(payload, payload.below("issue").number("number"), inline=False)


def _read_review_comment(payload: _Reader) -> Event:
    return _read_comment(payload, payload.below("pull_request").number("number"), inline=True)


def _read_comment(payload: _Reader, number: int, *, inline: bool) -> CommentChanged:
    node = payload.below("comment")
    return CommentChanged(
        action=payload.text("action"),
        repository=_read_repository(payload),
        number=number,
        comment=node.number("id"),
        thread=node.number("in_reply_to_id") if node.has("in_reply_to_id") else None,
        author=_read_author(node),
        body=node.words("body"),
        at=node.moment("updated_at"),
        inline=inline,
        by=payload.below("sender").number("id") if payload.has("sender") else None,
    )


def _read_thread(payload: _Reader) -> Event:
    return ThreadResolved(
        resolved=payload.text("action") == "resolved",
        repository=_read_repository(payload),
        number=payload.below("pull_request").number("number"),
        comments=tuple(comment.number("id") for comment in payload.below("thread").items("comments")),
        by=_read_sender(payload),
    )


def _check_reader(name: str) -> Callable[[_Reader], Event | None]:
    def read(payload: _Reader) -> Event | None:
        if payload.text("action") != "rerequested":
            return None
        head = payload.below(name).text("head_sha", 64)
        return CheckRerequested(_read_repository(payload), head, _read_sender(payload))

    return read


def _read_push(payload: _Reader) -> Event | None:
    ref = payload.text("ref")
    if not ref.startswith("refs/heads/"):
        return None
    head = None if payload.flag("deleted") else payload.text("after", 64)
    return BranchPushed(_read_repository(payload), ref.removeprefix("refs/heads/"), head)


def _read_installation(payload: _Reader) -> Event | None:
    installation, action = payload.below("installation").number("id"), payload.text("action")
    ids = tuple(repository.number("id") for repository in payload.items("repositories"))
    if action in {"deleted", "suspend"}:
        return InstallationChanged(installation, (), (), all_of_it=True)
    if action in {"created", "unsuspend"}:
        return InstallationChanged(installation, ids, (), all_of_it=False)
    return None


def _read_installation_repositories(payload: _Reader) -> Event:
    return InstallationChanged(
        payload.below("installation").number("id"),
        tuple(repository.number("id") for repository in payload.items("repositories_added")),
        tuple(repository.number("id") for repository in payload.items("repositories_removed")),
        all_of_it=False,
    )


def _read_renamed(payload: _Reader) -> Event | None:
    if payload.text("action") not in {"renamed", "transferred", "edited"}:
        return None
    return RepositoryRenamed(_read_repository(payload))


_READERS: Mapping[str, Callable[[_Reader], Event | None]] = {
    "pull_request": _read_pull_request,
    "issue_comment": _read_issue_comment,
    "pull_request_review_comment": _read_review_comment,
    "pull_request_review_thread": _read_thread,
    "check_run": _check_reader("check_run"),
    "check_suite": _check_reader("check_suite"),
    "push": _read_push,
    "installation": _read_installation,
    "installation_repositories": _read_installation_repositories,
    "repository": _read_renamed,
}

SUBSCRIBED = (*_READERS, "ping")
"""The events to which the App subscribes; any other event is accepted, but ignored."""


def parse_payload(body: bytes) -> Any:
    """Return a delivery's JSON; None if it is not JSON, or nested too deeply to parse."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
