"""Webhook events in our words: what a delivery says, and nothing else of it.

The fields are GitHub's: https://docs.github.com/en/webhooks/webhook-events-and-payloads. A payload in which
something is missing or of another kind is ``None``: nothing that anybody here acts on.
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
    """A pull request was opened, pushed to, edited, closed or the like; ``at`` is the host's time of it.

    ``by`` is who did this, None where the event does not tell.
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
    """Somebody wrote, changed or deleted a comment; ``thread`` is the comment that began its thread.

    ``at`` is the host's time of these words, in whole seconds; that of a deletion is its last words'.
    ``inline``: it stands on the diff, whose comments have numbers of their own. ``by`` is who did this, where
    the event tells: whoever may write to a repository may edit anybody's comments.
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
        """Say whether the words may be somebody else's than the author's."""
        return self.action == "edited" and self.by != self.author.id

    def newer_than(self, known: datetime) -> bool:
        """Say whether this is later news of a comment of which there were words at a moment.

        Deliveries come in any order. Nothing is older than news that a comment was made; of edits within one
        second the last that comes counts.
        """
        return self.action != "created" and self.at >= known


@dataclass(frozen=True, slots=True)
class ThreadResolved:
    """A review thread was resolved or opened again; ``comments`` are its, the first one first.

    ``by`` is who did this, None where the event does not tell.
    """

    resolved: bool
    repository: EventRepository
    number: int
    comments: tuple[int, ...]
    by: Account | None


@dataclass(frozen=True, slots=True)
class CheckRerequested:
    """Somebody asks for a check again, for a commit; ``by`` is who, None where the event does not tell."""

    repository: EventRepository
    head: str
    by: Account | None


@dataclass(frozen=True, slots=True)
class BranchPushed:
    """A branch has a new tip (None: it was deleted)."""

    repository: EventRepository
    branch: str
    head: str | None


@dataclass(frozen=True, slots=True)
class InstallationChanged:
    """Repositories can be reached by an installation, or not any more; ``all_of_it`` when it has gone."""

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


class _Missing(Exception):  # noqa: N818 - unwinds to event_of
    pass


def read_event(name: str, payload: object) -> Event | None:
    """Return what an event of GitHub's says; None for what nobody here acts on."""
    read = _READERS.get(name)
    if read is None:
        return None
    try:
        return read(_Reader(payload))
    except _Missing:
        return None


class _Reader:
    """Takes values out of a payload, or gives up."""

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
        # Numbers that no database column takes are nobody's ids.
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
            raise _Missing  # in another time zone it may be a moment that nothing can hold
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def flag(self, key: str) -> bool:
        return self.below(key)._node is True if self.has(key) else False

    def items(self, key: str) -> list["_Reader"]:
        value = self.below(key)._node if self.has(key) else []
        return [_Reader(each) for each in value] if isinstance(value, list) else []


def _repository(payload: _Reader) -> EventRepository:
    it = payload.below("repository")
    return EventRepository(
        id=it.number("id"),
        owner=it.below("owner").text("login"),
        name=it.text("name"),
        default_branch=it.text("default_branch") if it.has("default_branch") else "",
        installation=payload.below("installation").number("id") if payload.has("installation") else None,
    )


def _account(node: _Reader) -> Account:
    bot = node.has("type") and node.text("type") == "Bot"
    return Account(node.number("id"), node.text("login"), bot)


def _author(node: _Reader) -> Account:
    """Return who wrote something; for a deleted account the host sends a placeholder user, or none."""
    return _account(node.below("user")) if node.has("user") else GHOST


def _sender(payload: _Reader) -> Account | None:
    return _account(payload.below("sender")) if payload.has("sender") else None


def _pull_request(payload: _Reader) -> Event:
    it = payload.below("pull_request")
    merged = it.flag("merged") or it.has("merged_at")
    state = "merged" if merged else it.text("state")
    if state not in {"open", "closed", "merged"}:
        raise _Missing
    changes = payload.below("changes") if payload.has("changes") else _Reader({})
    return PullRequestChanged(
        action=payload.text("action"),
        repository=_repository(payload),
        number=it.number("number"),
        state=state,
        draft=it.flag("draft"),
        author=_author(it),
        head=it.below("head").text("sha", 64),
        base_ref=it.below("base").text("ref"),
        at=it.moment("updated_at"),
        retargeted=changes.has("base"),
        by=_sender(payload),
    )


def _issue_comment(payload: _Reader) -> Event | None:
    if not payload.below("issue").has("pull_request"):
        return None  # an issue's comment
    return _comment(payload, payload.below("issue").number("number"), inline=False)


def _review_comment(payload: _Reader) -> Event:
    return _comment(payload, payload.below("pull_request").number("number"), inline=True)


def _comment(payload: _Reader, number: int, *, inline: bool) -> CommentChanged:
    it = payload.below("comment")
    return CommentChanged(
        action=payload.text("action"),
        repository=_repository(payload),
        number=number,
        comment=it.number("id"),
        thread=it.number("in_reply_to_id") if it.has("in_reply_to_id") else None,
        author=_author(it),
        body=it.words("body"),
        at=it.moment("updated_at"),
        inline=inline,
        by=payload.below("sender").number("id") if payload.has("sender") else None,
    )


def _thread(payload: _Reader) -> Event:
    return ThreadResolved(
        resolved=payload.text("action") == "resolved",
        repository=_repository(payload),
        number=payload.below("pull_request").number("number"),
        comments=tuple(each.number("id") for each in payload.below("thread").items("comments")),
        by=_sender(payload),
    )


def _check(name: str) -> Callable[[_Reader], Event | None]:
    def read(payload: _Reader) -> Event | None:
        if payload.text("action") != "rerequested":
            return None
        head = payload.below(name).text("head_sha", 64)
        return CheckRerequested(_repository(payload), head, _sender(payload))

    return read


def _push(payload: _Reader) -> Event | None:
    ref = payload.text("ref")
    if not ref.startswith("refs/heads/"):
        return None
    head = None if payload.flag("deleted") else payload.text("after", 64)
    return BranchPushed(_repository(payload), ref.removeprefix("refs/heads/"), head)


def _installation(payload: _Reader) -> Event | None:
    installation, action = payload.below("installation").number("id"), payload.text("action")
    ids = tuple(each.number("id") for each in payload.items("repositories"))
    if action in {"deleted", "suspend"}:
        return InstallationChanged(installation, (), (), all_of_it=True)
    if action in {"created", "unsuspend"}:
        return InstallationChanged(installation, ids, (), all_of_it=False)
    return None


def _installation_repositories(payload: _Reader) -> Event:
    return InstallationChanged(
        payload.below("installation").number("id"),
        tuple(each.number("id") for each in payload.items("repositories_added")),
        tuple(each.number("id") for each in payload.items("repositories_removed")),
        all_of_it=False,
    )


def _renamed(payload: _Reader) -> Event | None:
    if payload.text("action") not in {"renamed", "transferred", "edited"}:
        return None
    return RepositoryRenamed(_repository(payload))


_READERS: Mapping[str, Callable[[_Reader], Event | None]] = {
    "pull_request": _pull_request,
    "issue_comment": _issue_comment,
    "pull_request_review_comment": _review_comment,
    "pull_request_review_thread": _thread,
    "check_run": _check("check_run"),
    "check_suite": _check("check_suite"),
    "push": _push,
    "installation": _installation,
    "installation_repositories": _installation_repositories,
    "repository": _renamed,
}

SUBSCRIBED = (*_READERS, "ping")
"""The events that the App asks GitHub for; anything else is taken and ignored."""


def parse_payload(body: bytes) -> Any:
    """Return a delivery's JSON; None where it is none, or nested so deeply that it must not be parsed."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
