"""GitHub fails in the middle of a round: the review still arrives, once."""

import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.fakes.github import Cuts, Delivery, Fails, GitHub, Hangs, Loses, revoked, secondary_limit, too_many
from tests.fakes.github.faults import Fault
from tests.fakes.github.model import Pull
from tests.serving import AFTER, Serving, serving

REVIEWS = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews"
SUBMIT = f"{REVIEWS}/{{review_id}}/events"
CHECKS = "/repos/{owner}/{repo}/check-runs"
PULL = "/repos/{owner}/{repo}/pulls/{pull_number}"
DELIVERIES = "/app/hook/deliveries"
TOKENS = "/app/installations/{installation_id}/access_tokens"


@pytest.fixture(name="it", scope="module")
def a_dojo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("dojo"), look_round_seconds="3600") as it:
        it.enrol()
        it.start()
        it.settle()
        it.github.list_lag = 0.5
        yield it
        assert it.errors() == []
        assert it.github.unmet() == []


def published_once(it: Serving, branch: str) -> Pull:
    """Open a pull request; its review arrives once, with each question once, and its check run ends."""
    it.github.push(it.repository, branch, {**AFTER, f"{branch}.md": b"A note.\n"})
    pull = it.github.open_pull(it.repository, branch, it.ada)
    try:
        it.wait(lambda: it.rounds(pull) == ["published"] and it.concluded(pull))
        assert len(it.submitted(pull)) == len(pull.reviews) == 1
        assert len(pull.threads) == 2
        checks = [check for check in it.repository.checks if check.head_sha == pull.head_sha]
        assert [check.conclusion for check in checks] == ["neutral"]
        assert it.questions(pull) == ["asked", "asked"]
    finally:
        it.github.close_pull(pull)
        it.settle()
    return pull


FAULTS: list[tuple[str, Fault, str, str]] = [
    ("500-before-the-review", Fails(500), "POST", REVIEWS),
    ("502-after-the-review", Loses(502), "POST", REVIEWS),
    ("cut-after-the-review", Cuts(worked=True), "POST", REVIEWS),
    ("502-after-submitting", Loses(502), "POST", SUBMIT),
    ("cut-after-the-check-run", Cuts(worked=True), "POST", CHECKS),
    ("secondary-limit", secondary_limit(1), "POST", REVIEWS),
    ("429", too_many(1), "POST", SUBMIT),
    ("500-on-reading", Fails(503), "GET", PULL),
    ("401-in-mid-run", revoked(), "POST", REVIEWS),
    ("401-on-submitting", revoked(), "POST", SUBMIT),
    ("500-on-a-token", Fails(500), "POST", TOKENS),
]


# `make contract` tries the others, which lose the same answers at other steps.
_EACH_TIME = {"502-after-the-review", "secondary-limit"}
_ROWS = [
    pytest.param(*row, id=row[0], marks=[] if row[0] in _EACH_TIME else [pytest.mark.contract])
    for row in FAULTS
]


@pytest.mark.parametrize(("name", "fault", "method", "route"), _ROWS)
def test_the_review_arrives_once(it: Serving, name: str, fault: Fault, method: str, route: str) -> None:
    if route == TOKENS:
        it.github.revoke_tokens()
    it.github.fault(fault, method, route)
    published_once(it, name)


@pytest.mark.contract
def test_a_limit_that_was_met_is_visible_in_the_log(it: Serving) -> None:
    it.github.fault(secondary_limit(1), "POST", CHECKS)
    published_once(it, "visible")
    assert any("rate limit" in line and "retry_in" in line for line in it.log().splitlines())


@pytest.mark.contract
def test_rounds_that_only_wait_for_github_keep_no_other_waiting(tmp_path: Path) -> None:
    """As many as may read at the same time, for longer than this test takes on any machine."""
    with serving(tmp_path, look_round_seconds="3600") as it:
        it.enrol()
        it.start()
        it.github.fault(secondary_limit(3600), "POST", REVIEWS, times=2)
        pulls = []
        for branch in ("waits", "waits-too", "goes-on"):
            it.github.push(it.repository, branch, {**AFTER, f"{branch}.md": b"A note.\n"})
            pulls.append(it.github.open_pull(it.repository, branch, it.ada))
            if len(pulls) == 2:
                it.wait(lambda: len(it.github.asked("POST", REVIEWS)) == 2)
        it.wait(lambda: it.concluded(pulls[2]))
        assert [len(pull.reviews) for pull in pulls] == [0, 0, 1]


def test_where_a_line_is_refused_the_questions_stand_in_the_body(it: Serving) -> None:
    refusal = Fails(422, "Unprocessable Entity: pull_request_review_thread.line must be part of the diff")
    it.github.fault(refusal, "POST", REVIEWS)
    it.github.push(it.repository, "refused", {**AFTER, "refused.md": b"A note.\n"})
    pull = it.github.open_pull(it.repository, "refused", it.ada)
    it.wait(lambda: it.concluded(pull))
    [review] = it.submitted(pull)
    assert "More thinking means a longer wait." in review.body
    assert pull.threads == []
    it.github.close_pull(pull)
    it.settle()


@pytest.mark.contract
def test_a_github_that_says_nothing_for_a_minute(it: Serving) -> None:
    """The review was made and nobody heard of it."""
    it.github.fault(Hangs(60, worked=True), "POST", REVIEWS)
    published_once(it, "silent")


@pytest.mark.parametrize(
    "outage",
    [
        lambda github: github.fault(Fails(500), "GET", "/ada/desk.git/*"),
        lambda github: github.fault(Cuts(), "POST", "/ada/desk.git/git-upload-pack"),
    ],
    ids=["git-500", "git-cut"],
)
def test_a_clone_that_fails_is_fetched_again(it: Serving, outage: Callable[[GitHub], None]) -> None:
    outage(it.github)
    published_once(it, f"clone-{len(it.repository.pulls)}")


@pytest.mark.contract
def test_a_delivery_that_nobody_took_is_asked_for_again(it: Serving) -> None:
    """Nobody listened when the pull request was opened and pushed to; the bot looks round when it starts.

    The first bot is killed while it waits for GitHub's list. The next one looks afresh, in its place.
    """
    it.end()
    it.github.push(it.repository, "missed", {**AFTER, "missed.md": b"A note.\n"})
    pull = it.github.open_pull(it.repository, "missed", it.ada)
    it.github.hooks.settle()
    before = _count_sweeps(it)
    looks = len(it.github.asked("GET", DELIVERIES))
    it.github.fault(Hangs(), "GET", DELIVERIES)
    it.start()
    it.wait(lambda: len(it.github.asked("GET", DELIVERIES)) > looks)
    it.end(signal.SIGKILL)
    it.start()
    it.wait(lambda: it.concluded(pull))
    assert len(it.submitted(pull)) == 1
    it.wait(lambda: all(each.answered for each in _last_attempts(it)))
    it.wait(lambda: _count_sweeps(it) - before == Counter({"CANCELLED": 1, "SUCCESS": 1}))


def _count_sweeps(it: Serving) -> Counter[str]:
    with it.database.connect() as connection:
        query = sa.text("SELECT status FROM workflow_status WHERE name = 'sweep'")
        return Counter(connection.execute(query).scalars())


def _last_attempts(it: Serving) -> list[Delivery]:
    return list({each.guid: each for each in it.github.deliveries}.values())
