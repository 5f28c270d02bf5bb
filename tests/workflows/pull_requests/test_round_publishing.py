"""What rounds say on a pull request: on both databases, before a GitHub on loopback."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain.pull_requests.records import AskedQuestion, PublishPolicy, QuestionState, RoundState
from bot.ports.engine import DeadLetter, Json
from bot.ports.store import Tx
from bot.rendering.pull_requests import github_posts as rendered
from bot.workflows.jobs import retry
from bot.workflows.jobs.retry import GaveUpError
from bot.workflows.pull_requests import review_posting
from tests.fakes.github import Cuts, Fails, GitHub
from tests.fakes.github.client import Client
from tests.fakes.github.faults import Fault
from tests.fakes.github.model import Pull, Review
from tests.fakes.steps import Died, Recorded, Straight
from tests.workflows.hosted import Hosted
from tests.workflows.running_dojo import START

ASKED = b"import shop\ncache(1)\ntrust(2)\n"
ASKED_AGAIN = b"import shop\ncache(7)\ntrust(8)\n"
LAG = 0.3  # seconds until the fake's lists show what is new, where a test wants that

REVIEWS = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews"
REVIEW = f"{REVIEWS}/{{review_id}}"
COMMENTS = f"{REVIEW}/comments"
NOT_A_LINE = Fails(422, "Unprocessable Entity: pull_request_review_thread.line must be part of the diff")


@pytest.fixture(name="it")
def a_dojo(engine: sa.Engine, tmp_path: Path) -> Iterator[Hosted]:
    with GitHub() as github:
        it = Hosted(engine, github, tmp_path)
        yield it
        removed(it)  # a person has only so many questions open


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_posting, "LIST_LAG", LAG * 1.5)


def opened(it: Hosted, files: bytes = ASKED) -> Pull:
    it.push({"desk.py": files}, "work")
    pull = it.github.open_pull(it.repository_there, "work", it.ada)
    it.run("reconcile")
    return pull


def pushed(it: Hosted, files: bytes) -> None:
    """Push, and let everything that was asked be settled, so that a later round may ask."""
    with it.store.begin() as tx:
        for one in tx.questions.of(it.rounds_in(tx)[0].pull_request):
            tx.questions.set_state(one.id, QuestionState.RESOLVED, it.now())
    it.push({"desk.py": files}, "work")
    it.run("reconcile")
    with it.store.begin() as tx:
        it.inbox.request_round(tx, tx.pull_requests.get(it.rounds_in(tx)[0].pull_request))


def questions_in(tx: Tx, it: Hosted) -> list[AskedQuestion]:
    return list(tx.questions.of(it.rounds_in(tx)[0].pull_request))


def test_only_what_another_attempt_may_read_is_read_again(it: Hosted) -> None:
    deep = b"[project]\na" + b".a" * 100 + b" = 1\n"
    it.push({"desk.py": ASKED, "pyproject.toml": deep}, "work")
    pull = it.github.open_pull(it.repository_there, "work", it.ada)
    it.run("reconcile")
    it.review()
    assert [one.state for one in it.rounds()] == [RoundState.PUBLISHED]
    [review] = pull.reviews
    assert "**Incomplete.** Some parts could not be read." in review.body
    assert len(pull.threads) == 2


def questions(it: Hosted) -> list[AskedQuestion]:
    with it.store.begin() as tx:
        return questions_in(tx, it)


def shown(pull: Pull) -> list[Review]:
    return [review for review in pull.reviews if not review.pending]


def held(it: Hosted) -> None:
    with it.store.begin() as tx:
        tx.capstones.set_publishing(it.capstone.id, held=True)


def removed(it: Hosted) -> None:
    with it.store.begin() as tx:
        tx.capstones.end(it.capstone.id)


def closed(it: Hosted) -> None:
    it.github.close_pull(it.repository_there.pulls[1])
    it.run("reconcile")


def superseded(it: Hosted) -> None:
    it.push({"desk.py": b"import shop\n"}, "work")
    it.run("reconcile")


STOPS: dict[Callable[[Hosted], None], RoundState] = {
    held: RoundState.PUBLISHED,
    removed: RoundState.SUPERSEDED,
    closed: RoundState.SUPERSEDED,
    superseded: RoundState.SUPERSEDED,
}


@pytest.mark.contract
@pytest.mark.parametrize("step", ["check", "pending.0", "submit.0"])
@pytest.mark.parametrize("stop", STOPS)
def test_nothing_is_said_once_somebody_has_stopped_it(
    it: Hosted, step: str, stop: Callable[[Hosted], None]
) -> None:
    pull = opened(it)
    steps = Straight(it.store, before={step: lambda: stop(it)})
    assert it.review(steps) == {"state": STOPS[stop]}
    assert pull.reviews == []
    assert len(it.github.done("review.created")) == (step == "submit.0")
    assert it.rounds()[0].review is None
    assert len(it.repository_there.checks) == (step != "check")
    assert all(check.conclusion for check in it.repository_there.checks)
    # What a hold has kept back waits for a sensei, everything else is free to be asked again.
    assert it.questions() == (["proposed"] * 2 if stop is held else [])


@pytest.mark.parametrize("stop", STOPS)
def test_a_check_that_was_made_unheard_comes_to_an_end_though_nothing_more_is_said(
    it: Hosted, stop: Callable[[Hosted], None]
) -> None:
    pull = opened(it)
    it.github.fault(Cuts(worked=True), "POST", "/repos/{owner}/{repo}/check-runs")
    assert it.review(Straight(it.store, before={"check#1": lambda: stop(it)})) == {"state": STOPS[stop]}
    assert pull.reviews == []
    assert [check.conclusion for check in it.repository_there.checks] == ["neutral"]


@pytest.mark.contract
@pytest.mark.parametrize("stop", STOPS)
def test_a_review_that_was_made_unheard_is_not_left_pending_once_somebody_has_stopped_it(
    it: Hosted, stop: Callable[[Hosted], None]
) -> None:
    pull = opened(it)

    def stopped() -> None:
        stop(it)
        it.github.list_lag = LAG  # so that who looks at once does not see it

    it.github.fault(Cuts(worked=True), "POST", REVIEWS)
    assert it.review(Straight(it.store, before={"pending.0#1": stopped})) == {"state": STOPS[stop]}
    assert len(it.github.done("review.created")) == 1
    assert pull.reviews == []


@pytest.mark.contract
@pytest.mark.parametrize("stop", STOPS)
def test_a_summary_is_not_edited_once_somebody_has_stopped_it(
    it: Hosted, stop: Callable[[Hosted], None]
) -> None:
    pull = opened(it, b"import shop\n")
    it.review()
    before = pull.reviews[0].body
    pushed(it, b"import shop\nbounded(4)\n")
    assert it.review(Straight(it.store, before={"summary": lambda: stop(it)})) == {"state": STOPS[stop]}
    assert [review.body for review in pull.reviews] == [before]


def test_what_was_shown_unheard_and_then_held_is_known_to_be_shown(it: Hosted) -> None:
    pull = opened(it)
    it.github.fault(Cuts(worked=True), "POST", f"{REVIEWS}/{{review_id}}/events")
    it.review(Straight(it.store, before={"submit.0#1": lambda: held(it)}))
    assert it.rounds()[0].review == pull.reviews[0].id
    assert it.questions() == ["asked", "asked"]


def test_questions_that_the_host_takes_on_no_line_stay_in_the_summary(it: Hosted) -> None:
    pull = opened(it)
    it.github.fault(NOT_A_LINE, "POST", REVIEWS)
    it.review()
    assert pull.threads == []
    assert pull.reviews[0].body.count("desk.py:") >= 2
    it.push({"other.py": b"B = 2\n"}, "work")
    it.run("reconcile")
    it.review()
    assert len(pull.reviews) == 1
    for one in questions(it):
        assert f"**{one.text}**" in pull.reviews[0].body


def test_a_later_push_counts_what_is_still_open(it: Hosted) -> None:
    pull = opened(it)
    it.review()
    [check] = it.repository_there.checks
    assert check.output["title"] == "No facts, 2 open questions"
    assert pull.reviews[0].body.startswith("**I read 1 file: no facts, 2 questions on their lines.**")
    with it.store.begin() as tx:
        tx.questions.set_state(questions_in(tx, it)[0].id, QuestionState.ANSWERED, it.now())
    it.push({"other.py": b"B = 2\n"}, "work")
    it.run("reconcile")
    it.review()
    check = it.repository_there.checks[-1]
    assert check.output["title"] == "No facts, 1 open question"
    assert pull.reviews[0].body.startswith("**I read 2 files: no facts, 1 open question on its line.**")


# A review's body as an earlier version wrote it.
OLD_BODY = """\
## First pass

1 of 1 file read; 0 calls, 0 tokens, $0.00, 0.1 s; no model. Read with signals only.

## Questions about lines that aren't part of the diff

{questions}

## What was read

50 checks not assessed: signals only find patterns. Judging takes a person or a model.

{marker}"""


def age(it: Hosted, review: Review) -> None:
    """Give a review the body that an earlier version would have given it."""
    lines = [
        f"{number}. **{asked.text}** `{asked.path}:{asked.line_start}`"
        for number, asked in enumerate(questions(it), 1)
    ]
    review.body = OLD_BODY.format(questions="\n".join(lines), marker=review.body.splitlines()[-1])


def test_a_summary_of_an_earlier_version_is_rewritten(it: Hosted) -> None:
    pull = opened(it)
    it.github.fault(NOT_A_LINE, "POST", REVIEWS)
    it.review()
    age(it, pull.reviews[0])
    it.push({"other.py": b"B = 2\n"}, "work")
    it.run("reconcile")
    it.review()
    assert len(pull.reviews) == 1
    assert pull.reviews[0].body.startswith("**I read 2 files: no facts, 2 questions (below).**")
    assert pull.reviews[0].body.endswith(rendered.review_marker(it.rounds()[0].id))


def test_a_summary_of_an_earlier_version_and_its_questions_are_recognised(it: Hosted) -> None:
    pull = opened(it)
    it.github.fault(NOT_A_LINE, "POST", REVIEWS)
    dies_unheard(it)
    age(it, pull.reviews[0])
    bury(it)
    conclude(it)
    assert it.rounds()[0].review == pull.reviews[0].id
    assert it.questions() == ["asked", "asked"]


def test_questions_of_a_later_round_that_fit_no_line_are_in_its_review(it: Hosted) -> None:
    pull = opened(it)
    it.review()
    pushed(it, ASKED_AGAIN)
    it.github.fault(NOT_A_LINE, "POST", REVIEWS)
    it.review()
    _, later = shown(pull)
    new = [one for one in questions(it) if one.state is QuestionState.ASKED]
    assert len(new) == 2
    for one in new:
        assert f"**{one.text}**" in later.body


@pytest.mark.parametrize("refused", [False, True])
def test_a_workflow_that_goes_on_after_a_kill_branches_as_it_did(it: Hosted, refused: bool) -> None:
    """Each step's rows may have changed by the time that it is done again."""
    pull = opened(it)
    if refused:
        it.github.fault(NOT_A_LINE, "POST", REVIEWS)
    steps = Recorded(it.store)
    it.review(steps)
    whole = [name for name, _ in steps.record]
    steps.again()
    it.review(steps)
    assert [name for name, _ in steps.record] == whole
    assert len(pull.reviews) == 1


@pytest.mark.contract
@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("stop", [held, superseded])
def test_a_deletion_that_github_refuses_is_not_taken_for_done(
    it: Hosted, stop: Callable[[Hosted], None], status: int
) -> None:
    pull = opened(it)
    it.github.fault(Fails(status, "Resource not accessible by integration"), "DELETE", REVIEW)
    steps = Straight(it.store, before={"submit.0": lambda: stop(it)})
    assert it.review(steps) == {"state": RoundState.STOPPED}
    assert [review.pending for review in pull.reviews] == [True]
    assert "Deleting a pending review" in it.rounds()[0].error


def test_a_pending_review_that_is_gone_needs_no_deletion(it: Hosted) -> None:
    pull = opened(it)

    def stop() -> None:
        held(it)
        pull.reviews.clear()

    assert it.review(Straight(it.store, before={"submit.0": stop})) == {"state": RoundState.PUBLISHED}


def test_a_pending_review_that_may_not_be_deleted_stops_the_next_round_at_once(it: Hosted) -> None:
    pull = opened(it)
    it.github.fault(Fails(403, "Resource not accessible by integration"), "DELETE", REVIEW, times=2)
    it.review(Straight(it.store, before={"submit.0": lambda: superseded(it)}))
    pushed(it, ASKED_AGAIN)
    steps = Straight(it.store)
    assert it.review(steps) == {"state": RoundState.STOPPED}
    assert "pending.0#1" not in steps.names
    assert [review.pending for review in pull.reviews] == [True]


def test_a_summary_that_github_does_not_take_is_named_in_the_check_run(it: Hosted) -> None:
    opened(it)
    it.review()
    pushed(it, ASKED_AGAIN)
    it.github.fault(Fails(422, "Body is too long"), "PUT", REVIEW)
    assert it.review() == {"state": RoundState.PUBLISHED}
    assert "couldn't update the summary" in it.repository_there.checks[-1].output["summary"]
    assert "Body is too long" in it.repository_there.checks[-1].output["summary"]


def test_a_kill_after_the_review_is_shown_does_not_post_it_twice(it: Hosted) -> None:
    pull = opened(it)

    def die() -> None:
        raise Died

    steps = Recorded(it.store, before={"comments.0": die})
    with pytest.raises(Died):
        it.review(steps)
    assert it.questions() == ["asked", "asked"]
    steps.again()
    assert it.review(steps) == {"state": RoundState.PUBLISHED}
    assert len(pull.reviews) == 1


def test_a_question_that_somebody_deleted_at_once_does_not_stop_its_round(it: Hosted) -> None:
    pull = opened(it)
    steps = Straight(it.store, before={"comments.0": lambda: pull.threads.pop(0)})
    assert it.review(steps) == {"state": RoundState.PUBLISHED}
    assert it.questions() == ["asked", "asked"]
    assert [one.comment for one in questions(it)] == [None, pull.threads[0].comments[0].id]


def gives_up(
    it: Hosted, monkeypatch: pytest.MonkeyPatch, method: str, route: str, *faults: Fault
) -> Recorded:
    """Let the last round give up at a request, and bury it; return its record without that request."""
    with monkeypatch.context() as patched:
        patched.setattr(retry, "MOST_TRIES", 2)
        for fault in faults or [Fails(500)] * 2:
            it.github.fault(fault, method, route)
        steps = Recorded(it.store)
        with pytest.raises(GaveUpError):
            it.review(steps)
    del steps.record[-2:]
    steps.again()
    bury(it)
    return steps


def bury(it: Hosted, *letters: str) -> None:
    """Bury the last round; ``letters`` are of what else gave up about it."""
    with it.store.begin() as tx:
        round_ = it.rounds_in(tx)[-1].id
        it.upkeep.bury(tx, [DeadLetter(round_, "review", "GaveUp", START)])
        it.upkeep.bury(tx, [DeadLetter(f"{each}:{round_}", each, "GaveUp", START) for each in letters])


def conclude(it: Hosted, steps: Straight | None = None) -> Json:
    """Do what a burial has made due."""
    [job] = it.jobs("conclude")
    return it.upkeep.conclude(steps or Straight(it.store), job.argument)


@pytest.mark.contract
@pytest.mark.parametrize("concluded", [False, True])
@pytest.mark.parametrize(("method", "route"), [("POST", REVIEWS), ("GET", COMMENTS)])
def test_a_round_that_gave_up_and_is_let_go_on_asks_what_it_chose(
    it: Hosted, monkeypatch: pytest.MonkeyPatch, method: str, route: str, concluded: bool
) -> None:
    pull = opened(it)
    steps = gives_up(it, monkeypatch, method, route)
    if concluded:
        conclude(it)
    assert it.review(steps) == {"state": RoundState.PUBLISHED}
    assert len(shown(pull)) == 1
    assert it.questions() == ["asked", "asked"]
    assert [one.comment for one in questions(it)] == [thread.comments[0].id for thread in pull.threads]


def test_what_a_round_that_gave_up_chose_is_asked_by_the_next_one_and_by_it_alone(
    it: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull = opened(it)
    steps = gives_up(it, monkeypatch, "POST", REVIEWS)
    conclude(it)
    it.push({"other.py": b"B = 2\n"}, "work")
    it.run("reconcile")
    assert it.review() == {"state": RoundState.PUBLISHED}
    assert it.reviews.run(steps, {"round": it.rounds()[0].id}) == {"state": RoundState.SUPERSEDED}
    assert len(shown(pull)) == 1
    assert len(pull.threads) == 2
    assert it.questions() == ["asked", "asked"]


def test_the_check_of_a_round_that_gave_up_comes_to_an_end(
    it: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(it)
    gives_up(it, monkeypatch, "POST", REVIEWS)
    [check] = it.repository_there.checks
    assert check.status == "in_progress"
    conclude(it)
    assert (check.conclusion, check.output["title"]) == ("neutral", "Not finished")


def test_a_check_that_was_made_unheard_by_a_round_that_gave_up_comes_to_an_end(
    it: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(it)
    route = "/repos/{owner}/{repo}/check-runs"
    it.github.fault(Fails(500), "GET", "/repos/{owner}/{repo}/commits/{ref}/check-runs")
    gives_up(it, monkeypatch, "POST", route, Cuts(worked=True))
    conclude(it)
    [check] = it.repository_there.checks
    assert (check.conclusion, check.output["title"]) == ("neutral", "Not finished")


def dies_unheard(it: Hosted, step: str = "said") -> Recorded:
    """Let the last round be set aside after its review was submitted, before anything is noted of that."""

    def die() -> None:
        raise Died

    steps = Recorded(it.store, before={step: die})
    with pytest.raises(Died):
        it.review(steps)
    steps.again()
    return steps


def said_once(pull: Pull, asked: int = 2) -> None:
    assert sum("What I read" in review.body for review in shown(pull)) == 1
    assert len(pull.threads) == asked


@pytest.mark.parametrize("step", ["said", "comments.0"])
def test_what_was_shown_before_a_round_was_set_aside_is_noted(it: Hosted, step: str) -> None:
    pull = opened(it)
    dies_unheard(it, step)
    bury(it)
    assert conclude(it) == {"outcome": "done"}
    [round_] = it.rounds()
    assert (round_.state, round_.review) == (RoundState.PUBLISHED, pull.reviews[0].id)
    assert it.questions() == ["asked", "asked"]
    assert [one.comment for one in questions(it)] == [thread.comments[0].id for thread in pull.threads]
    [check] = it.repository_there.checks
    assert check.conclusion == "neutral"
    assert check.output["title"] == "No facts, 2 open questions"
    said_once(pull)


def test_a_later_round_waits_until_that_is_known_and_says_nothing_twice(it: Hosted) -> None:
    pull = opened(it)
    dies_unheard(it)
    bury(it)
    it.push({"other.py": b"B = 2\n"}, "work")
    it.run("reconcile")
    _, later = it.rounds()
    with it.store.begin() as tx:
        assert tx.rounds.is_another_running(later.id)
    conclude(it)
    with it.store.begin() as tx:
        assert not tx.rounds.is_another_running(later.id)
    steps = Straight(it.store)
    assert it.review(steps) == {"state": RoundState.PUBLISHED}
    assert "shown" not in steps.names  # once it is known nobody looks again
    assert it.rounds()[0].review == pull.reviews[0].id
    said_once(pull)


def test_whoever_asks_meanwhile_is_not_put_off_with_a_round_that_gave_up(it: Hosted) -> None:
    pull = opened(it)
    with it.store.begin() as tx:
        it.inbox.request_round(tx, tx.pull_requests.get(it.rounds_in(tx)[0].pull_request))
    dies_unheard(it)
    for asked in (1, 2):  # what goes on already is not begun anew
        with it.store.begin() as tx:
            it.inbox.request_round(tx, tx.pull_requests.get(it.rounds_in(tx)[0].pull_request))
        assert len(it.rounds()) == asked
        if asked == 1:
            bury(it)
    conclude(it)
    it.review()
    assert [one.state for one in it.rounds()] == [RoundState.PUBLISHED] * 2
    said_once(pull)


@pytest.mark.contract
@pytest.mark.parametrize("silent", [False, True])
def test_a_later_round_looks_itself_where_nobody_could_before(it: Hosted, silent: bool) -> None:
    pull = opened(it)
    steps = dies_unheard(it)
    bury(it, "conclude")
    assert it.rounds()[0].state is RoundState.FAILED
    it.push({"other.py": b"B = 2\n"}, "work")
    it.run("reconcile")
    if silent:
        held(it)
    assert it.review() == {"state": RoundState.PUBLISHED}
    said_once(pull)
    assert it.questions() == ["asked", "asked"]
    assert [one.state for one in it.rounds()] == [RoundState.PUBLISHED] * 2
    if not silent:
        assert "I read 2 files" in pull.reviews[0].body
        it.reviews.run(steps, {"round": it.rounds()[0].id})
        said_once(pull)


def test_what_a_later_round_has_said_before_it_was_set_aside_is_not_said_again(it: Hosted) -> None:
    pull = opened(it)
    it.review()
    pushed(it, ASKED_AGAIN)
    dies_unheard(it)
    bury(it)
    conclude(it)
    # It had to edit the summary too, and has not.
    assert [one.state for one in it.rounds()] == [RoundState.PUBLISHED, RoundState.FAILED]
    assert it.rounds()[1].review == shown(pull)[1].id
    assert it.questions()[2:] == ["asked", "asked"]
    it.push({"other.py": b"B = 2\n"}, "work")
    it.run("reconcile")
    assert it.review() == {"state": RoundState.PUBLISHED}
    said_once(pull, 4)


def test_questions_in_a_body_are_known_to_be_asked(it: Hosted) -> None:
    pull = opened(it)
    it.github.fault(NOT_A_LINE, "POST", REVIEWS)
    dies_unheard(it)
    bury(it)
    conclude(it)
    assert it.questions() == ["asked", "asked"]
    assert [(one.inline, one.comment) for one in questions(it)] == [(False, None)] * 2
    assert pull.threads == []


def test_questions_that_go_to_a_sensei_first_wait_for_one_all_the_same(it: Hosted) -> None:
    with it.store.begin() as tx:
        tx.capstones.set_publishing(it.capstone.id, publish=PublishPolicy.SENSEI_FIRST)
    pull = opened(it)
    dies_unheard(it)
    bury(it)
    conclude(it)
    assert it.rounds()[0].state is RoundState.PUBLISHED
    assert it.questions() == ["proposed", "proposed"]
    with it.store.begin() as tx:
        assert len([one for owner, _, one in tx.questions.list_proposed() if owner.id == it.capstone.id]) == 2
    [check] = it.repository_there.checks
    assert "go to your sensei first" in check.output["summary"]
    said_once(pull, 0)


def test_an_answer_that_comes_before_a_question_is_known_to_be_asked_is_heard(it: Hosted) -> None:
    pull = opened(it)
    dies_unheard(it)
    bury(it)
    first = pull.threads[0].comments[0].id
    it.deliver(
        *it.comment("Because of the limit.", it.capstone.participant, comment=first + 10**5, thread=first)
    )
    conclude(it)
    with it.store.begin() as tx:
        it.inbox.wake(tx)
        waiting = tx.deliveries.list_waiting(100)
    for guid in waiting:
        with it.store.begin() as tx:
            it.inbox.handle(tx, guid)
    assert it.questions() == ["answered", "asked"]


def test_a_round_that_has_shown_nothing_is_failed_and_leaves_no_pending_review(it: Hosted) -> None:
    pull = opened(it)
    dies_unheard(it, "submit.0")
    assert [review.pending for review in pull.reviews] == [True]
    bury(it)
    conclude(it)
    assert [(one.state, one.review) for one in it.rounds()] == [(RoundState.FAILED, None)]
    assert pull.reviews == []
    it.push({"other.py": b"B = 2\n"}, "work")
    it.run("reconcile")
    assert it.review() == {"state": RoundState.PUBLISHED}
    assert [review.pending for review in pull.reviews] == [False]
    said_once(pull)


def test_what_was_shown_is_looked_for_again_where_the_host_does_not_answer(it: Hosted) -> None:
    opened(it)
    dies_unheard(it)
    bury(it)
    it.github.fault(Fails(500), "GET", REVIEWS, times=3)
    steps = Straight(it.store)
    conclude(it, steps)
    assert [name for name in steps.names if name.startswith("shown")] == [
        "shown",
        "shown#1",
        "shown#2",
        "shown#3",
    ]
    assert it.rounds()[0].state is RoundState.PUBLISHED


def test_where_the_app_was_removed_the_round_is_failed_and_looked_for_once_it_is_back(it: Hosted) -> None:
    pull = opened(it)
    dies_unheard(it)
    bury(it)
    it.github.uninstall(it.installation)
    assert conclude(it) == {"outcome": "stop"}
    assert it.rounds()[0].state is RoundState.FAILED
    anew = it.github.install(it.app, it.repository_there)
    with it.store.begin() as tx:
        tx.capstones.set_installation(it.number, anew.id)
    it.push({"other.py": b"B = 2\n"}, "work")
    it.run("reconcile")
    assert it.review() == {"state": RoundState.PUBLISHED}
    said_once(pull)


def test_what_an_older_version_has_begun_goes_on_as_it_was_begun(it: Hosted) -> None:
    opened(it)
    dies_unheard(it)
    bury(it, "conclude")
    steps = Recorded(it.store, record=[("begin", '{"go": true}')])
    assert conclude(it, steps) == {"outcome": "done"}
    assert [name for name, _ in steps.record] == ["begin", "conclude"]
    [check] = it.repository_there.checks
    assert check.output["title"] == "Not finished"
    it.push({"other.py": b"B = 2\n"}, "work")
    it.run("reconcile")
    begun = '{"go": true, "state": "reading", "speaks": false}'
    with it.store.begin() as tx:
        tx.rounds.set_state(it.rounds_in(tx)[-1].id, RoundState.READING, it.now())
    steps = Recorded(it.store, record=[("begin", begun)])
    assert it.review(steps) == {"state": RoundState.PUBLISHED}
    assert "shown" not in steps.names


def test_a_conclusion_that_is_replayed_branches_as_it_did(it: Hosted) -> None:
    opened(it)
    dies_unheard(it)
    bury(it)
    steps = Recorded(it.store)
    first = conclude(it, steps)
    whole = [name for name, _ in steps.record]
    assert whole == ["begin", "shown", "recalled", "end", "conclude"]
    steps.again()
    it.state(RoundState.FAILED)
    assert it.upkeep.conclude(steps, {"round": it.rounds()[0].id}) == first
    assert [name for name, _ in steps.record] == whole


def test_a_review_whose_text_was_made_to_look_like_the_next_rounds_is_not_taken_for_it(it: Hosted) -> None:
    """Whoever owns the repository may edit the App's reviews."""
    pull = opened(it)
    it.review()
    first = pull.reviews[0]
    first.body += f"\n{rendered.review_marker(f'review:{it.number}#1:2')}"
    pushed(it, ASKED_AGAIN)
    it.review()
    _, second = shown(pull)
    assert it.rounds()[1].review == second.id
    assert len(pull.threads) == 4


def test_a_quoted_marker_is_no_marker(it: Hosted) -> None:
    pull = opened(it)
    it.review()
    first = pull.reviews[0]
    first.body = f"{rendered.review_marker(f'review:{it.number}#1:2')}\n{first.body}"
    with it.store.begin() as tx:
        tx.rounds.set_review(it.rounds_in(tx)[0].id, 0)  # as if nobody had noted it
    pushed(it, ASKED_AGAIN)
    it.review()
    assert len(shown(pull)) == 2
    assert it.rounds()[1].review != first.id


def test_another_apps_check_run_is_not_ours(it: Hosted) -> None:
    pull = opened(it)
    other = it.github.app()
    installation = it.github.install(other, it.repository_there)
    with it.store.begin() as tx:
        capstone = tx.capstones.get(it.capstone.id)
    there = it.host.repository(capstone)
    Client(it.github, installation).post(
        "/repos/ada/desk/check-runs", name="Dojo review", head_sha=pull.head_sha, external_id="review:1"
    )
    assert it.host.find_check(there, pull.head_sha, "review:1") is None
