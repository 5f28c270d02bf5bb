"""Commands on pull requests that no event has mentioned, and comments whose deliveries never arrive."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
import sqlalchemy as sa
import structlog

from bot.domain.pull_requests.records import Account, QuestionState
from bot.ports.code_host import HostRepository
from bot.ports.deliveries import Delivery
from bot.ports.engine import Json, Workflow
from bot.ports.store import Store, Tx
from bot.workflows.jobs.dispatch import RECHECK_SECONDS, JobDispatcher
from bot.workflows.pull_requests import missed_comments
from bot.workflows.pull_requests.enrolment import Enrolment, enrol_repository
from bot.workflows.pull_requests.event_handling import EventHandler
from bot.workflows.pull_requests.missed_comments import OVERLAP, MissedComments, begin_looking
from bot.workflows.pull_requests.pull_request_fetch import PullRequestFetch
from tests.fakes.github import GitHub, missing
from tests.fakes.github.model import Comment, Pull, Thread, User
from tests.fakes.steps import Died, Recorded, Straight
from tests.workflows.hosted import Hosted

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class AtOnce:
    """An engine that runs each workflow to its end as soon as it is started, and each id once."""

    def __init__(self, it: Hosted) -> None:
        self.it = it
        self.started: list[str] = []
        fetch = PullRequestFetch(it.host, it.store, it.now)
        self.workflows: dict[str, Workflow] = {
            "fetch": fetch.run,
            "answer": it.answering.answer,
            "reconcile": it.upkeep.reconcile,
            "review": it.reviews.run,
        }

    def workflow(self, name: str, do: Workflow) -> None:
        self.workflows[name] = do

    def run(self, name: str, id_: str, argument: Json) -> None:
        if id_ not in self.started:
            self.started.append(id_)
            self.workflows[name](Straight(self.it.store), argument)

    def going_on(self, names: Sequence[str] | None = None) -> Sequence[str]:
        return []

    def forget(self, names: Sequence[str], before: datetime) -> int:
        return 0


class Desk(Hosted):
    """A dojo whose deliveries a test brings in its own order, or not at all."""

    def __init__(self, engine: sa.Engine, github: GitHub, folder: Path) -> None:
        super().__init__(engine, github, folder)
        self.bo = github.user("bo")
        github.hooks.holding = True
        self.inbox = EventHandler(self.now, 0)
        self.comments = MissedComments(self.host, self.store, self.inbox, self.now)
        self.engine_there = AtOnce(self)
        self.dispatcher = JobDispatcher(self.store, self.engine_there, self.inbox, self.now)
        with self.store.begin() as tx:
            begin_looking(tx, self.number, LONG_AGO)

    def bring(self, *events: str) -> None:
        """Bring what GitHub holds back of some events, without handling it."""
        hooks = self.github.hooks
        with self.store.begin() as tx:
            for event in events:
                for held in [held for held in hooks.held if held.event == event]:
                    hooks.held.remove(held)
                    tx.deliveries.receive(Delivery(held.guid, held.event, held.raw), self.now())
                    self.wait(0.001)

    def lose(self) -> None:
        """Let nothing that GitHub holds back ever arrive."""
        self.github.hooks.held.clear()

    def pump(self) -> None:
        while self.dispatcher.pump():
            self.wait(RECHECK_SECONDS)  # of three answers in one repository the last waits

    def look(self) -> None:
        """Look round, as every ten minutes."""
        self.run("reconcile")
        self.pump()

    @property
    def there(self) -> HostRepository:
        with self.store.begin() as tx:
            capstone = tx.capstones.get(self.capstone.id)
        return self.host.repository(capstone)

    def replies(self, pull: Pull) -> list[str]:
        said = [*pull.comments, *(comment for thread in pull.threads for comment in thread.comments)]
        return [comment.body for comment in said if comment.user is self.app.bot and "reply=" in comment.body]

    def is_private(self, pull: Pull) -> bool:
        with self.store.begin() as tx:
            found = tx.pull_requests.find(self.capstone.id, pull.number)
        return found is not None and found.private

    def reviews_there(self, pull: Pull) -> list[str]:
        return [review.body for review in pull.reviews if review.user is self.app.bot and review.body]

    def waiting(self) -> Sequence[str]:
        with self.store.begin() as tx:
            return tx.deliveries.list_waiting(100)


@pytest.fixture(name="it")
def a_desk(engine: sa.Engine, tmp_path: Path) -> Iterator[Desk]:
    with GitHub() as github:
        it = Desk(engine, github, tmp_path)
        yield it
        with it.store.begin() as tx:
            tx.capstones.end(it.capstone.id)


def test_private_that_arrives_before_opened_is_answered_and_no_review_is_published(it: Desk) -> None:
    pull = it.pull("work")
    it.github.comment(pull, "/sensei private", it.ada)
    it.bring("issue_comment", "pull_request")
    it.pump()
    assert it.is_private(pull)
    assert len(it.replies(pull)) == 1
    assert [round_.state for round_ in it.rounds()] == ["published"]  # read, and nothing shown
    assert (it.reviews_there(pull), it.repository_there.checks) == ([], [])


def test_private_whose_delivery_is_late_or_lost_is_found_before_the_review_is_submitted(it: Desk) -> None:
    pull = it.pull("work")
    it.bring("pull_request")
    it.dispatcher.handle_deliveries()
    [round_] = it.rounds()

    def say_private() -> None:
        it.github.comment(pull, "/sensei private", it.ada)

    it.reviews.run(Straight(it.store, before={"submit.0": say_private}), {"round": round_.id})
    assert it.is_private(pull)
    assert it.reviews_there(pull) == []
    it.bring("issue_comment")
    it.pump()
    it.look()
    assert len(it.replies(pull)) == 1


def test_a_command_on_a_pull_request_that_no_event_mentions_is_answered(it: Desk) -> None:
    pull = it.pull("work")
    it.github.close_pull(pull)
    it.lose()
    it.github.comment(pull, "/sensei review", it.ada)
    it.bring("issue_comment")
    it.pump()
    [answer] = it.replies(pull)
    assert "This pull request is closed, so I won't read it." in answer
    assert it.rounds() == []
    it.look()
    assert len(it.replies(pull)) == 1


def test_a_command_below_the_first_line_is_answered_there_too(it: Desk) -> None:
    pull = it.pull("work")
    it.github.comment(pull, "Thanks.\n\n/sensei review", it.ada)
    it.bring("issue_comment")
    it.pump()
    [answer] = it.replies(pull)
    assert "a command must be on the first line" in answer


def test_a_kill_in_the_fetch_loses_nothing(it: Desk, subtests: pytest.Subtests) -> None:
    def die() -> None:
        raise Died

    for step in ("fetch", "release"):
        with subtests.test(step=step):
            pull = it.pull(f"work-{step}")
            it.github.comment(pull, "/sensei help", it.ada)
            it.bring("issue_comment")
            it.dispatcher.handle_deliveries()
            [job] = it.jobs("fetch")
            with it.store.begin() as tx:
                tx.jobs.mark_begun(job.id, it.now())
            fetch, steps = PullRequestFetch(it.host, it.store, it.now), Recorded(it.store, before={step: die})
            with pytest.raises(Died):
                fetch.run(steps, job.argument)
            steps.again()
            assert fetch.run(steps, job.argument) == {"outcome": "done"}
            it.pump()
            assert len(it.replies(pull)) == 1


def test_a_command_that_was_deleted_before_its_pull_request_is_known_is_not_answered(it: Desk) -> None:
    pull = it.pull("work")
    comment = it.github.comment(pull, "/sensei private", it.ada)
    it.github.delete_comment(comment)
    it.bring("issue_comment")
    it.pump()
    assert it.replies(pull) == []


def test_a_command_where_the_app_is_no_longer_installed_does_not_wait_for_ever(it: Desk) -> None:
    pull = it.pull("work")
    it.github.comment(pull, "/sensei help", it.ada)
    it.github.uninstall(it.installation)
    it.bring("issue_comment")
    it.pump()
    assert it.waiting() == []
    # Once it is installed again, the next look finds the comment.
    it.github.install(it.app, it.repository_there)
    it.bring("installation")
    it.pump()
    it.look()
    assert len(it.replies(pull)) == 1


def test_a_command_in_a_repository_that_is_not_enrolled_stays_unanswered(it: Desk) -> None:
    other = it.github.repository("ada/other", {"a.py": b"A = 1\n"})
    it.github.install(it.app, other)
    it.github.push(other, "work", {"a.py": b"A = 2\n"})
    pull = it.github.open_pull(other, "work", it.ada)
    it.github.comment(pull, "/sensei help", it.ada)
    it.bring("issue_comment", "pull_request")
    it.pump()
    it.look()
    assert it.replies(pull) == []
    assert it.engine_there.started == []


def lost(it: Desk, pull: Pull, body: str, by: User | None = None, thread: Thread | None = None) -> Comment:
    """Let somebody write a comment of which the bot never hears."""
    comment: Comment
    comment = (
        it.github.reply(thread, body, by or it.ada) if thread else it.github.comment(pull, body, by or it.ada)
    )
    it.lose()
    return comment


def test_a_command_whose_delivery_is_lost_for_good_is_answered_once(it: Desk) -> None:
    pull = it.pull("work")
    began = it.github.comment_inline(pull, "work.py", 1, "/sensei help", it.ada)
    closed = it.pull("closed")
    it.github.close_pull(closed)
    lost(it, pull, "/sensei quiet")
    lost(it, pull, "/sensei explain", thread=began.thread)
    lost(it, closed, "/sensei review")
    lost(it, pull, "A word.")
    lost(it, pull, "/sensei help", it.app.bot)
    it.look()
    assert (len(it.replies(pull)), len(it.replies(closed))) == (3, 1)
    it.wait(600)
    it.look()
    assert (len(it.replies(pull)), len(it.replies(closed))) == (3, 1)


def test_a_delivery_that_arrives_after_the_look_changes_nothing(it: Desk) -> None:
    pull = it.pull("work")
    it.github.comment(pull, "/sensei quiet", it.ada)
    it.look()
    it.github.comment(pull, "/sensei speak", it.ada)
    it.look()
    it.bring("issue_comment", "pull_request")
    it.pump()
    assert len(it.replies(pull)) == 2
    with it.store.begin() as tx:
        known = tx.pull_requests.find(it.capstone.id, pull.number)
    assert known
    assert not known.quiet


def test_words_that_another_person_may_have_written_are_no_command(it: Desk) -> None:
    """GitHub's list does not say who edited a comment."""
    pull = it.pull("work")
    comment = it.github.comment(pull, "Well.", it.ada)
    comment.updated = comment.created + timedelta(seconds=5)
    comment.body = "/sensei quiet"
    it.lose()
    it.look()
    assert it.replies(pull) == []


def test_an_answer_whose_delivery_is_lost_for_good_is_kept(it: Desk) -> None:
    pull = it.pull("work")
    root = it.github.comment_inline(pull, "work.py", 1, "Why?", it.app.bot)
    it.bring("pull_request")
    it.dispatcher.handle_deliveries()
    it.ask(root.id)
    lost(it, pull, "It halved the errors.", thread=root.thread)
    it.run("reconcile")
    it.dispatcher.handle_deliveries()
    assert it.questions() == [QuestionState.ANSWERED]


def test_very_many_comments_are_looked_at_in_parts(it: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missed_comments, "MOST_COMMENTS", 2)
    pull = it.pull("work")
    for number in range(5):
        comment = lost(it, pull, "/sensei help", it.bo if number else it.ada)
        comment.created = comment.updated = LONG_AGO + timedelta(minutes=number + 1)
    seen = [len(it.comments.find(it.there)) for _ in range(5)]
    assert seen == [2, 2, 2, 2, 1]  # the last of each part is seen again, and is known
    with it.store.begin() as tx:
        known = tx.deliveries.find_known([f"comment:{it.number}:{comment.id}" for comment in pull.comments])
    assert len(known) == 5


def test_more_comments_in_one_second_than_a_look_lists_do_not_hide_later_ones(
    it: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missed_comments, "MOST_COMMENTS", 2)
    pull = it.pull("work")
    for number in range(4):
        comment = lost(it, pull, "/sensei help", it.ada if number == 3 else it.bo)
        comment.created = comment.updated = LONG_AGO + timedelta(minutes=number // 3 + 1)
    for _ in range(3):
        it.look()
    with it.store.begin() as tx:
        assert tx.commands.by_comment(pull.comments[3].id, inline=False)


@pytest.mark.contract
def test_the_texts_of_comments_are_searched_while_others_can_write(it: Desk) -> None:
    """Strangers can write texts that take long to search; the turn to write is then for others."""
    pull = it.pull("work")
    for _ in range(3):
        lost(it, pull, "/sen\n\n" + "|a" * 49 + "\n" + "|-" * 49 + "\n" + "|\n" * 500, it.bo)
    there = it.there
    turns = Turns(it.store)
    began = time.thread_time()
    assert MissedComments(it.host, cast("Store", turns), it.inbox, it.now).find(there) == []
    assert turns.seconds < (time.thread_time() - began) / 2


class Turns:
    """A store that measures the processor time that its writing transactions take, in seconds."""

    def __init__(self, store: Store) -> None:
        self.store, self.read, self.seconds = store, store.read, 0.0

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        with self.store.begin() as tx:
            began = time.thread_time()
            yield tx
            self.seconds += time.thread_time() - began


def test_a_strangers_command_on_an_unknown_pull_request_costs_no_request(it: Desk) -> None:
    pull = it.pull("work")
    it.github.close_pull(pull)
    it.lose()
    it.github.comment(pull, "/sensei help", it.bo)
    it.github.comment(pull, "Well.\n\n/sensei help", it.bo)
    it.bring("issue_comment")
    before = len(it.github.requests)
    it.pump()
    assert (it.jobs("fetch"), it.waiting(), it.github.requests[before:]) == ([], [], [])
    it.github.comment(pull, "/sensei link 7F3K-0Q9M-X2ZB", it.bo)
    it.bring("issue_comment")
    it.pump()
    assert len(it.replies(pull)) == 1


def test_a_pull_request_that_becomes_known_releases_only_its_own_commands(it: Desk) -> None:
    pulls = [it.pull(f"work-{number}") for number in range(6)]
    for pull in pulls:
        it.github.comment(pull, "/sensei private", it.ada)
    it.bring("issue_comment")
    it.dispatcher.handle_deliveries()
    assert it.waiting() == []
    with it.store.begin() as tx:
        [job, *_] = sorted(tx.jobs.due(it.now(), 10), key=lambda job: job.id)
    PullRequestFetch(it.host, it.store, it.now).run(Straight(it.store), job.argument)
    assert it.waiting() == [job.argument["delivery"]]
    it.pump()
    assert all(it.is_private(pull) for pull in pulls)


@pytest.mark.parametrize("again", [False, True], ids=["enrolled", "changed"])
def test_only_what_was_written_before_the_enrolment_is_left_alone(it: Desk, again: bool) -> None:
    """`sensei capstone add` also changes the people of a capstone."""
    pull = it.pull("work")
    lost(it, pull, "/sensei help")
    repository, ada = it.there, Account(it.ada.id, "ada")
    if not again:
        with it.store.begin() as tx:
            tx.capstones.end(it.capstone.id)
    with it.store.begin() as tx:
        enrol_repository(
            tx,
            Enrolment(tx.cohorts.add("dojo", datetime.now(UTC)), repository, ada, None, None),
            datetime.now(UTC) + OVERLAP,
        )
    it.look()
    assert len(it.replies(pull)) == again


def test_a_list_that_is_refused_stops_nothing_else(it: Desk) -> None:
    it.pull("work")
    it.github.fault(missing(), "GET", "/repos/{owner}/{repo}/issues/comments")
    with structlog.testing.capture_logs() as logs:
        assert it.run("reconcile") == {"outcome": "done", "open": 1}
    assert [entry["event"] for entry in logs if entry["log_level"] == "warning"] == ["comments.unlisted"]
    assert len(it.rounds()) == 1


def test_a_look_asks_for_no_more_than_is_new(it: Desk) -> None:
    """Two requests, besides those that find the repository."""
    it.run("reconcile")
    before = len(it.github.requests)
    it.run("reconcile")
    paths = [request.template for request in it.github.requests[before:]]
    assert sum("/comments" in (path or "") for path in paths) == 2


def test_news_of_its_own_check_run_begins_no_other_round(it: Desk) -> None:
    """GitHub tells the App that made a check run when it is made and when it ends."""
    it.pull("work")
    it.bring("pull_request")
    it.pump()
    actions = [held.action for held in it.github.hooks.held if held.event == "check_run"]
    assert actions == ["created", "completed"]
    it.bring("check_run", "pull_request_review", "pull_request_review_comment")
    it.pump()
    assert it.waiting() == []
    assert len(it.rounds()) == 1
    [check] = it.repository_there.checks
    it.github.rerequest(check, it.ada)
    it.bring("check_run")
    it.pump()
    it.bring("check_run")
    it.pump()
    assert (len(it.rounds()), len(it.repository_there.checks)) == (2, 2)


def test_a_reconciliation_has_the_same_steps_as_before(it: Desk) -> None:
    """A workflow that runs while the bot is upgraded replays the steps that are recorded."""
    it.pull("work")
    steps = Straight(it.store)
    it.upkeep.reconcile(steps, {"capstone": it.capstone.id})
    assert steps.names == ["list", "open"]
