"""What comes of the questions that a sensei keeps: on both databases, before a GitHub on loopback."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain.pull_requests.records import PublishPolicy, QuestionState
from bot.domain.pull_requests.rulings import OPERATOR_RULES
from bot.errors import UserError
from bot.ports.engine import Json
from bot.workflows.pull_requests.question_decisions import keep_questions
from tests.fakes.github import Fails, GitHub
from tests.fakes.github.model import Pull
from tests.fakes.steps import Straight
from tests.workflows.hosted import Hosted

ASKED = b"import shop\ncache(1)\ntrust(2)\n"
REVIEWS = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews"


@pytest.fixture(name="it")
def a_dojo(engine: sa.Engine, tmp_path: Path) -> Iterator[Hosted]:
    with GitHub() as github:
        it = Hosted(engine, github, tmp_path)
        with it.store.begin() as tx:
            tx.capstones.set_publishing(it.capstone.id, publish=PublishPolicy.SENSEI_FIRST)
        yield it
        removed(it)  # a person has only so many questions open


def proposed(it: Hosted) -> tuple[Pull, list[int]]:
    """Open a pull request about which two questions wait for a sensei."""
    it.push({"desk.py": ASKED}, "work")
    pull = it.github.open_pull(it.repository_there, "work", it.ada)
    it.run("reconcile")
    it.review()
    with it.store.begin() as tx:
        found = tx.questions.of(it.rounds_in(tx)[0].pull_request)
    return pull, [one.id for one in found]


def keep(it: Hosted, *questions: int) -> list[Json]:
    """Let a sensei keep questions; return what is to be run for that."""
    with it.store.begin() as tx:
        keep_questions(tx, questions, OPERATOR_RULES, it.now())
        due = [job for job in tx.jobs.due(it.now(), 10_000) if job.kind == "questions"]
        for job in due:
            tx.jobs.mark_begun(job.id, it.now())
    return [job.argument for job in due]


def post(it: Hosted, *arguments: Json, steps: Straight | None = None) -> None:
    for argument in arguments:
        it.upkeep.questions(steps or Straight(it.store), argument)


def on_lines(pull: Pull) -> list[tuple[str, int]]:
    """Return the commits and lines on which threads were begun."""
    return [(thread.comments[0].original_commit_id, thread.original.line or 0) for thread in pull.threads]


def listed(it: Hosted) -> list[int]:
    with it.store.begin() as tx:
        return [one.id for capstone, _, one in tx.questions.list_proposed() if capstone.id == it.capstone.id]


def test_what_is_kept_waits_for_no_sensei_any_more_and_is_kept_once(it: Hosted) -> None:
    pull, [first, second] = proposed(it)
    todo = keep(it, first)
    assert listed(it) == [second]
    with pytest.raises(UserError, match=f"Question {first} is not waiting"):
        keep(it, second, first)
    post(it, *todo, *keep(it, second))
    assert it.questions() == ["asked", "asked"]
    assert len(pull.threads) == 2


def test_kept_questions_stand_on_the_lines_that_they_were_asked_about(it: Hosted) -> None:
    pull, kept = proposed(it)
    asked_about = pull.head_sha
    it.push({"desk.py": b"# a line\n" * 20 + ASKED}, "work")
    it.run("reconcile")
    post(it, *keep(it, *kept))
    assert sorted(on_lines(pull)) == [(asked_about, 2), (asked_about, 3)]


def test_kept_questions_about_a_commit_that_is_gone_are_in_the_reviews_body(it: Hosted) -> None:
    pull, kept = proposed(it)
    it.github.push(it.repository_there, "work", {"desk.py": b"# a line\n" + ASKED}, start="main")
    it.run("reconcile")
    post(it, *keep(it, *kept))
    assert pull.threads == []
    body = pull.reviews[-1].body
    assert all(f"desk.py:{line}`" in body for line in (2, 3))
    with it.store.begin() as tx:
        assert [one.inline for one in tx.questions.of(it.rounds_in(tx)[0].pull_request)] == [False, False]


def test_questions_of_two_rounds_are_a_review_each_on_its_own_commit(it: Hosted) -> None:
    pull, [first, _] = proposed(it)
    commits = [pull.head_sha]
    with it.store.begin() as tx:
        for one in tx.questions.of(it.rounds_in(tx)[0].pull_request)[1:]:
            tx.questions.set_state(one.id, QuestionState.WITHDRAWN, it.now())
    it.push({"desk.py": b"import shop\ncache(9)\n\ntrust(2)\n"}, "work")
    commits.append(pull.head_sha)
    it.run("reconcile")
    with it.store.begin() as tx:
        it.inbox.request_round(tx, tx.pull_requests.get(it.rounds_in(tx)[0].pull_request))
    it.review()
    [new] = [number for number in listed(it) if number != first]
    post(it, *keep(it, first, new))
    assert [commit for commit, _ in on_lines(pull)] == commits


def held(it: Hosted) -> None:
    with it.store.begin() as tx:
        tx.capstones.set_publishing(it.capstone.id, held=True)


def removed(it: Hosted) -> None:
    with it.store.begin() as tx:
        tx.capstones.end(it.capstone.id)


def closed(it: Hosted) -> None:
    it.github.close_pull(it.repository_there.pulls[1])
    it.run("reconcile")


@pytest.mark.contract
@pytest.mark.parametrize("step", ["begin", "pending.0", "submit.0"])
@pytest.mark.parametrize("stop", [held, removed, closed])
def test_kept_questions_are_not_posted_once_somebody_has_stopped_it_and_wait_again(
    it: Hosted, step: str, stop: Callable[[Hosted], None]
) -> None:
    pull, kept = proposed(it)
    before = len(it.github.done("review.created"))
    post(it, *keep(it, *kept), steps=Straight(it.store, before={step: lambda: stop(it)}))
    assert pull.threads == []
    assert len(it.github.done("review.created")) == before + (step == "submit.0")
    assert it.questions() == ["proposed", "proposed"]


def test_what_could_not_be_posted_is_kept_again_within_the_second(it: Hosted) -> None:
    pull, [first, second] = proposed(it)
    it.github.fault(Fails(422, "Unprocessable Entity"), "POST", REVIEWS, times=2)
    post(it, *keep(it, first))
    assert listed(it) == [first, second]
    it.wait(0.001)
    # Nothing of the first try is taken for the second one's.
    post(it, *keep(it, first, second))
    assert it.questions() == ["asked", "asked"]
    assert len(pull.threads) == 2
