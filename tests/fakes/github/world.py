"""The state of the fake GitHub, and what happens in it as a consequence of something else."""

import itertools
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, TypeVar

from tests.fakes.github.hooks import Hooks
from tests.fakes.github.model import (
    App,
    Comment,
    Effect,
    Installation,
    IssueComment,
    Manifest,
    Place,
    Pull,
    Repository,
    Review,
    ReviewComment,
    Thing,
    Thread,
    Token,
    User,
)
from tests.fakes.github.store import File, Line, Store

T = TypeVar("T", bound=Thing)
NOBODY = "0" * 40
Emit = Callable[..., None]


class World:
    """Everything there is. Whoever reads or changes it holds ``lock``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.url = ""
        self.lock = threading.RLock()
        self.list_lag = 0.0
        self.token_lifetime = timedelta(hours=1)
        self.file_limit = 3000
        self.patch_limit = 20_000  # lines of one file's patch, and of all together
        self.users: dict[str, User] = {}
        self.apps: dict[int, App] = {}
        self.installations: dict[int, Installation] = {}
        self.tokens: dict[str, Token] = {}
        self.repositories: dict[int, Repository] = {}
        self.former_names: dict[str, Repository] = {}
        self.signed_in = "ada"  # whoever sits at the browser
        self.owners: dict[str, set[str]] = {}  # of organisations
        self.asked_for: dict[str, Mapping[str, Any]] = {}  # manifests whose page is shown, by a token
        self.manifests: dict[str, Manifest] = {}  # Apps whose key nobody has fetched, by code
        self.effects: list[Effect] = []
        self._ids = itertools.count(1001)
        self.hooks = Hooks(self.next_id)
        self.emit: Emit = lambda *_event, **_more: None

    def next_id(self) -> int:
        return next(self._ids)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def make(self, kind: type[T], *arguments: Any, **more: Any) -> T:
        return kind(self.next_id(), self.now(), *arguments, **more)

    def effect(self, kind: str, thing: Thing, body: Any = None) -> None:
        self.effects.append(Effect(kind, thing.id, thing, dict(body or {})))

    def shown(self, things: Iterable[T]) -> list[T]:
        """Leave out what is too young for a list: GitHub's replicas lag behind."""
        ripe = time.monotonic() - self.list_lag
        return [thing for thing in things if thing.born <= ripe]

    def named(self, full_name: str) -> Repository | None:
        wanted = full_name.lower()
        return next((r for r in self.repositories.values() if r.full_name.lower() == wanted), None)

    def store(self, source: Store | None = None) -> Store:
        return Store(self.root / f"{self.next_id()}.git", source)

    def installation_of(self, app: App, repository: Repository) -> Installation | None:
        return next(
            (i for i in self.installations.values() if i.app is app and repository in i.repositories), None
        )

    def pulls(self) -> list[Pull]:
        return [pull for repository in self.repositories.values() for pull in repository.pulls.values()]

    def comments(self, repository: Repository) -> list[Comment]:
        pulls = repository.pulls.values()
        inline = [comment for pull in pulls for thread in pull.threads for comment in thread.comments]
        return [*inline, *(comment for pull in pulls for comment in pull.comments)]

    def files(self, pull: Pull) -> list[File]:
        return pull.repository.store.diff(pull.base_sha, pull.head_sha)

    def add_pull(
        self,
        repository: Repository,
        source: Repository,
        head: str,
        base: str,
        author: User,
        title: str,
        body: str | None,
        draft: bool = False,
    ) -> Pull:
        number = len(repository.pulls) + 1
        repository.store.take(source.store, head, number)
        shas = repository.store.heads()[base], source.store.heads()[head]
        pull = self.make(
            Pull, repository, number, author, title, body, base, source, head, *shas, draft=draft
        )
        repository.pulls[number] = pull
        self.emit("pull_request", "opened", repository, author, pull=pull)
        return pull

    def submit(self, review: Review, event: str, body: str | None) -> None:
        states = {"COMMENT": "COMMENTED", "APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED"}
        review.state = states[event]  # type: ignore[assignment]
        review.submitted = review.updated = self.now()
        if body is not None:
            review.body = body
        inline = [c for thread in review.pull.threads for c in thread.comments if c.review is review]
        self.emit("pull_request_review", "submitted", review.pull.repository, review.user, review=review)
        for comment in inline:
            self.announce(comment, "created", comment.user)

    def announce(self, comment: Comment, action: str, sender: User, **more: Any) -> None:
        if isinstance(comment, ReviewComment):
            name, repository = "pull_request_review_comment", comment.pull.repository
        else:
            assert isinstance(comment, IssueComment)
            name, repository = "issue_comment", comment.pull.repository
        self.emit(name, action, repository, sender, comment=comment, **more)

    def resolve(self, thread: Thread, user: User, resolved: bool = True) -> None:
        thread.resolved_by = user if resolved else None
        action = "resolved" if resolved else "unresolved"
        self.emit("pull_request_review_thread", action, thread.pull.repository, user, thread=thread)

    def notice(self, repository: Repository, sender: User) -> None:
        """Find out what was pushed, and tell it: ``push`` first, then each pull request's ``synchronize``."""
        before, after = repository.refs, repository.store.heads()
        repository.refs = after
        for branch in sorted({*before, *after}):
            old, new = before.get(branch, NOBODY), after.get(branch, NOBODY)
            if old == new:
                continue
            self.emit("push", None, repository, sender, branch=branch, before=old, after=new)
            if new == NOBODY:
                continue
            for pull in self.pulls():
                if pull.head_repository is repository and pull.head == branch and not pull.closed:
                    self._synchronise(pull, old, new, sender)

    def _synchronise(self, pull: Pull, before: str, after: str, sender: User) -> None:
        pull.repository.store.take(pull.head_repository.store, pull.head, pull.number)
        pull.head_sha = after
        pull.base_sha = pull.repository.store.heads()[pull.base]
        pull.updated = self.now()
        files = {file.path: file for file in self.files(pull)}
        for thread in pull.threads:
            self._move(thread, files.get(thread.original.path))
        self.emit(
            "pull_request", "synchronize", pull.repository, sender, pull=pull, before=before, after=after
        )

    def _move(self, thread: Thread, file: File | None) -> None:
        """Let a thread follow its line; it is outdated when the line changed or left the diff."""
        place, first = thread.original, thread.comments[0]
        thread.place = None
        if file is None:
            return
        if place.line is None:
            thread.place = place
        elif place.side == "RIGHT":
            store = thread.pull.repository.store
            old = store.text(first.original_commit_id, place.path)
            new = store.text(thread.pull.head_sha, place.path)
            line = _followed(old, new, place.line)
            start = _followed(old, new, place.start_line) if place.start_line else None
            if line and (found := file.find(line, "RIGHT")) and bool(start) == bool(place.start_line):
                thread.place = _placed(place, file, found, line, start)
        elif found := file.find(place.line, "LEFT"):
            thread.place = _placed(place, file, found, place.line, place.start_line)
        if thread.place is not None:
            for comment in thread.comments:
                comment.commit_id = thread.pull.head_sha


def _followed(old: list[str], new: list[str], number: int) -> int | None:
    for a, b, size in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        if a <= number - 1 < a + size:
            return number - a + b
    return None


def _placed(place: Place, file: File, found: Line, line: int, start: int | None) -> Place:
    return Place(
        place.path, line, place.side, start, place.start_side, found.position, file.hunk_up_to(found)
    )
