"""What people do on GitHub while a test runs: each act changes the state and tells the Apps."""

from typing import Any

from tests.fakes.github import payloads, placing
from tests.fakes.github.accounts import Accounts
from tests.fakes.github.hooks import Delivery
from tests.fakes.github.model import (
    App,
    CheckRun,
    Comment,
    IssueComment,
    Place,
    Pull,
    Repository,
    Review,
    ReviewComment,
    Thread,
    User,
)
from tests.repositories import Files


class People(Accounts):
    """The acts. Those that take ``by`` are done by that person."""

    def push(
        self,
        repository: Repository,
        branch: str,
        files: Files,
        message: str = "A change",
        start: str | None = None,
        by: User | None = None,
    ) -> str:
        """Commit and push; ``start`` is where a new branch begins, or what a force-push puts it on."""
        known = branch in repository.refs
        start = start or (None if known else repository.default_branch)
        repository.store.push(branch, files, message, start)
        self.sync(repository, by)
        return repository.refs[branch]

    def sync(self, repository: Repository, by: User | None = None) -> None:
        """Notice what a test pushed with its own git to ``repository.store.path``."""
        with self.lock:
            repository.updated = self.now()
            self.notice(repository, by or repository.owner)

    def open_pull(
        self,
        repository: Repository,
        head: str,
        by: User | None = None,
        title: str = "A change",
        body: str | None = None,
        base: str = "main",
        draft: bool = False,
        fork: Repository | None = None,
    ) -> Pull:
        with self.lock:
            source = fork or repository
            return self.add_pull(repository, source, head, base, by or source.owner, title, body, draft)

    def edit_pull(
        self, pull: Pull, title: str | None = None, body: str | None = None, by: User | None = None
    ) -> None:
        with self.lock:
            changes = {}
            if title is not None:
                changes["title"], pull.title = {"from": pull.title}, title
            if body is not None:
                changes["body"], pull.body = {"from": pull.body or ""}, body
            self._pull(pull, "edited", by, changes=changes)

    def close_pull(self, pull: Pull, by: User | None = None) -> None:
        with self.lock:
            pull.closed = self.now()
            self._pull(pull, "closed", by)

    def reopen_pull(self, pull: Pull, by: User | None = None) -> None:
        with self.lock:
            pull.closed = None
            self._pull(pull, "reopened", by)

    def merge_pull(self, pull: Pull, by: User | None = None) -> None:
        with self.lock:
            pull.merge_sha = pull.repository.store.merge(pull.base, pull.head_sha)
            pull.closed = pull.merged = self.now()
            pull.merged_by = by or pull.repository.owner
            self._pull(pull, "closed", pull.merged_by)
            self.notice(pull.repository, pull.merged_by)

    def convert_to_draft(self, pull: Pull, by: User | None = None) -> None:
        with self.lock:
            pull.draft = True
            self._pull(pull, "converted_to_draft", by)

    def mark_ready(self, pull: Pull, by: User | None = None) -> None:
        with self.lock:
            pull.draft = False
            self._pull(pull, "ready_for_review", by)

    def _pull(self, pull: Pull, action: str, by: User | None, **more: Any) -> None:
        pull.updated = self.now()
        self.emit("pull_request", action, pull.repository, by or pull.user, pull=pull, **more)

    def comment(self, pull: Pull, body: str, by: User | None = None) -> IssueComment:
        with self.lock:
            comment = self.make(IssueComment, by or pull.user, body, pull=pull)
            pull.comments.append(comment)
            self.announce(comment, "created", comment.user)
            return comment

    def comment_inline(
        self, pull: Pull, path: str, line: int, body: str, by: User | None = None
    ) -> ReviewComment:
        """Begin a thread on a line of the head's file."""
        with self.lock:
            place = placing.place(self, pull, {"path": path, "line": line})
            assert isinstance(place, Place), place
            thread = self.make(Thread, pull, place, place)
            pull.threads.append(thread)
            return self.reply(thread, body, by)

    def reply(self, thread: Thread, body: str, by: User | None = None) -> ReviewComment:
        with self.lock:
            pull, user = thread.pull, by or thread.pull.user
            review = self.make(Review, pull, user, "", pull.head_sha)
            pull.reviews.append(review)
            first = thread.comments[0].id if thread.comments else None
            shas = {"commit_id": pull.head_sha, "original_commit_id": pull.head_sha}
            comment = self.make(
                ReviewComment, user, body, thread=thread, review=review, in_reply_to=first, **shas
            )
            thread.comments.append(comment)
            self.submit(review, "COMMENT", None)
            return comment

    def edit_comment(self, comment: Comment, body: str, by: User | None = None) -> None:
        with self.lock:
            before, comment.body, comment.updated = comment.body, body, self.now()
            self.announce(comment, "edited", by or comment.user, before=before)

    def delete_comment(self, comment: Comment, by: User | None = None) -> None:
        with self.lock:
            if isinstance(comment, ReviewComment):
                comment.thread.comments.remove(comment)
            elif isinstance(comment, IssueComment):
                comment.pull.comments.remove(comment)
            self.announce(comment, "deleted", by or comment.user)

    def resolve_thread(self, thread: Thread, by: User | None = None, resolved: bool = True) -> None:
        with self.lock:
            self.resolve(thread, by or thread.pull.user, resolved)

    def rerequest(self, check: CheckRun, by: User | None = None, suite: bool = False) -> None:
        """Press "Re-run" on a check, or "Re-run all checks"."""
        with self.lock:
            event = "check_suite" if suite else "check_run"
            sender = by or check.repository.owner
            self.emit(event, "rerequested", check.repository, sender, check=check)

    def build(
        self, app: App, event: str, action: str | None, subject: Any, sender: User, **more: Any
    ) -> Delivery:
        """Make a signed delivery without sending it: ``hooks.send`` sends it, as often as wanted."""
        return payloads.build(self, app, event, action, subject, sender, **more)
