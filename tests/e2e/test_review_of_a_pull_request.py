"""``sensei review --pr`` beside a GitHub on loopback: read for one person, or published as the bot would."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.adapters.database.server_lock import hold_server_lease as served
from bot.adapters.github import GitHubApp, GitHubHost
from bot.cli.review import Format, review
from bot.errors import UserError
from bot.workflows.pull_requests import requested_review
from tests import databases
from tests.fakes.github import Fails, Loses, missing
from tests.fakes.github.model import Pull
from tests.serving import AFTER, Serving, serving


@pytest.fixture(name="it", scope="module")
def a_dojo_without_a_bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("dojo")) as it:
        it.enrol()
        yield it


@pytest.fixture(autouse=True)
def _closes(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close what a test has opened: a person has only so many questions open."""
    yield
    if "it" not in request.fixturenames:
        return
    it: Serving = request.getfixturevalue("it")
    for pull in it.repository.pulls.values():
        if pull.closed is None:
            it.github.close_pull(pull)


def opened(it: Serving, branch: str, **more: Any) -> Pull:
    it.github.push(it.repository, branch, {**AFTER, f"{branch}.md": b"A note.\n"})
    return it.github.open_pull(it.repository, branch, it.ada, **more)


def name(pull: Pull) -> str:
    return f"ada/desk#{pull.number}"


def writes(it: Serving) -> list[str]:
    """What was asked of GitHub that changes anything, tokens apart."""
    return [
        f"{request.method} {request.path}"
        for request in it.github.requests
        if request.method not in {"GET", ""}
        and "access_tokens" not in request.path
        and "git-upload-pack" not in request.path
    ]


def rows(it: Serving, table: str) -> int:
    with it.database.connect() as connection:
        return int(connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_a_pull_request_is_read_for_whoever_asks_and_nothing_is_said_at_github(it: Serving) -> None:
    pull = opened(it, "read")
    before, jobs = len(writes(it)), rows(it, "job")
    done = it.run("review", "--pr", name(pull), "--format", "json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["head"], report["complete"], report["kind"]) == (pull.head_sha, True, "change")
    assert len(report["questions"]) == 2
    assert report["coverage"]["files_read"] == report["coverage"]["files_total"] == 2
    assert writes(it)[before:] == []
    assert (rows(it, "round"), rows(it, "job")) == (0, jobs)


def test_its_report_is_the_same_as_a_local_ones(it: Serving, tmp_path: Path) -> None:
    pull = opened(it, "same")
    page = tmp_path / "report.html"
    assert it.run("review", "--pr", name(pull), "--format", "html", "--output", str(page)).returncode == 0
    assert pull.head_sha[:10] in page.read_text("utf-8")
    there = json.loads(it.run("review", "--pr", name(pull), "--format", "json").stdout)
    bare = ["--repo", str(it.repository.store.path), "--base", "main", "--head", pull.head_sha]
    here = json.loads(it.run("review", *bare, "--format", "json").stdout)
    for report in (there, here):
        report["cost"]["seconds"] = 0
    assert there == here
    assert "Facts" in it.run("review", "--pr", name(pull)).stdout


def test_a_repository_need_not_be_enrolled_to_be_read(it: Serving) -> None:
    other = it.github.repository("ada/elsewhere", {"a.py": b"A = 1\n"})
    it.github.select(it.installation, it.repository, other)
    it.github.push(other, "feature", AFTER)
    it.github.open_pull(other, "feature", it.ada)
    done = it.run("review", "--pr", "ada/elsewhere#1", "--format", "md")
    assert done.returncode == 0, done.stderr
    assert "## Questions" in done.stdout
    refused = it.run("review", "--pr", "ada/elsewhere#1", "--publish")
    assert refused.returncode == 2
    assert "ada/elsewhere is not enrolled" in refused.stderr
    assert rows(it, "round") == 0


def test_with_publish_a_round_is_read_and_published_here_where_no_bot_serves(it: Serving) -> None:
    pull = opened(it, "published")
    done = it.run("review", "--pr", name(pull), "--publish")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{name(pull)}: read and published: 2 questions, 1 fact.\n"
    assert it.rounds(pull) == ["published"]
    assert len(it.submitted(pull)) == 1
    assert len(pull.threads) == 2
    [check] = it.concluded(pull)
    assert check.conclusion == "neutral"


def test_a_second_round_asks_nothing_twice_and_edits_the_summary(it: Serving) -> None:
    pull = opened(it, "again")
    for _ in range(2):
        assert it.run("review", "--pr", name(pull), "--publish").returncode == 0
    assert it.rounds(pull) == ["published", "published"]
    assert len(it.submitted(pull)) == 1
    assert len(pull.threads) == 2


@pytest.mark.contract
def test_a_draft_is_published_as_somebody_asks_for_it(it: Serving) -> None:
    pull = opened(it, "draft", draft=True)
    assert it.run("review", "--pr", name(pull), "--publish").returncode == 0
    assert len(pull.threads) == 2


@pytest.mark.contract
def test_held_questions_and_held_capstones_are_told(it: Serving) -> None:
    it.enrol("--publish", "sensei_first")
    try:
        first = it.run("review", "--pr", name(opened(it, "first-sensei")), "--publish").stdout
        assert it.run("hold", "ada/desk").returncode == 0
        pull = opened(it, "held")
        second = it.run("review", "--pr", name(pull), "--publish").stdout
    finally:
        it.run("release", "ada/desk")
        it.enrol("--publish", "automatic")
    assert first.endswith(
        "read and published: 0 questions, 1 fact; 2 questions for a sensei to keep or withdraw.\n"
    )
    assert "read; Sensei posts nothing while the capstone is on hold; 2 questions for a sensei" in second
    assert pull.reviews == []


@pytest.mark.contract
def test_an_outage_on_the_way_is_waited_for(it: Serving) -> None:
    pull = opened(it, "outage")
    it.github.fault(Loses(502), "POST", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews")
    done = it.run("review", "--pr", name(pull), "--publish")
    assert it.github.unmet() == []
    assert done.returncode == 0, done.stderr
    assert len(it.submitted(pull)) == 1


def test_a_round_that_cannot_be_published_says_why(it: Serving) -> None:
    pull = opened(it, "stopped")
    it.github.fault(missing(), "POST", "/repos/{owner}/{repo}/check-runs")
    done = it.run("review", "--pr", name(pull), "--publish")
    assert done.returncode == 3
    assert (
        f"{name(pull)}: not published: Creating the check run in ada/desk: GitHub did not find it"
        in done.stderr
    )
    assert it.rounds(pull) == ["stopped"]


def test_a_bot_that_serves_publishes_it(it: Serving) -> None:
    it.start()
    try:
        it.settle()
        pull = opened(it, "served", draft=True)
        it.settle()
        done = it.run("review", "--pr", name(pull), "--publish")
        assert done.returncode == 0, done.stderr
        assert (
            done.stdout
            == f"`sensei serve` is running, so it will read {name(pull)} and publish the review.\n"
        )
        it.wait(lambda: it.concluded(pull))
        assert len(pull.threads) == 2
        assert it.rounds(pull) == ["published"]
    finally:
        assert it.end(signal.SIGTERM) == 0


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("desk#1", "'desk#1' is not the name of a pull request."),
        ("ada/desk", "'ada/desk' is not the name of a pull request."),
        ("ada/desk#0", "'ada/desk#0' is not the name of a pull request."),
        ("ada/desk#1x", "'ada/desk#1x' is not the name of a pull request."),
        ("ada/desk#4711", "ada/desk has no pull request 4711 that the App can see."),
        ("bo/secret#1", "The App is not installed on bo/secret, or there is no such repository."),
    ],
)
def test_what_is_no_pull_request_is_told_in_a_sentence(it: Serving, named: str, said: str) -> None:
    host = GitHubHost(GitHubApp(it.app.id, it.app.private_key, it.github.url))
    with pytest.raises(UserError) as told:
        requested_review.find_pull_request(host, named)
    assert told.value.what == said
    assert told.value.remedy


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"publish": True}, "--publish needs a pull request."),
        ({"pr": "ada/desk#1", "base": "main"}, "--pr chooses what to read, so --base has no effect."),
        ({"pr": "ada/desk#1", "repo": Path("x")}, "--pr chooses what to read, so --repo has no effect."),
        ({"pr": "ada/desk#1", "staged": True}, "--pr chooses what to read, so --staged has no effect."),
        ({"pr": "ada/desk#1", "baseline": True}, "--pr chooses what to read, so --baseline has no effect."),
        (
            {"pr": "ada/desk#1", "publish": True, "no_model": True},
            "--publish always does what the bot would do, so --no-model has no effect.",
        ),
        (
            {"pr": "ada/desk#1", "publish": True, "format_": Format.JSON},
            "--publish always does what the bot would do, so --format has no effect.",
        ),
    ],
)
def test_options_that_mean_nothing_together_are_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError) as told:
        review(**options)
    assert told.value.what == said


def test_a_closed_one_is_read_and_not_published(it: Serving) -> None:
    pull = opened(it, "closed")
    it.github.close_pull(pull)
    assert it.run("review", "--pr", name(pull)).returncode == 0
    done = it.run("review", "--pr", name(pull), "--publish")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"sensei: {name(pull)} is closed, so nothing is published there.\n")
    assert it.rounds(pull) == []


def test_an_outage_while_it_is_looked_up_is_no_bug(it: Serving) -> None:
    it.github.fault(Fails(503), "GET", "/repos/{owner}/{repo}/installation")
    done = it.run("review", "--pr", "ada/desk#1")
    assert done.returncode == 3
    assert "Looking for the App on ada/desk: GitHub answered 503." in done.stderr
    assert "bug" not in done.stderr


def test_without_an_app_it_is_told_what_to_set(it: Serving) -> None:
    kept = it.environment.pop("SENSEI_GITHUB_APP_ID")
    try:
        done = it.run("review", "--pr", "ada/desk#1")
    finally:
        it.environment["SENSEI_GITHUB_APP_ID"] = kept
    assert done.returncode == 2
    assert "No GitHub App is set up." in done.stderr


@pytest.mark.contract
def test_on_postgresql_it_is_published_or_left_to_whoever_serves(tmp_path: Path) -> None:
    with databases.migrated() as url, serving(tmp_path, url) as it:
        it.enrol()
        pull = opened(it, "first")
        with served(it.database):
            assert "is running" in it.run("review", "--pr", name(pull), "--publish").stdout
        assert it.rounds(pull) == ["waiting"]
        done = it.run("review", "--pr", name(pull), "--publish")
        assert done.returncode == 0, done.stderr
        assert it.rounds(pull) == ["published"]
        assert len(pull.threads) == 2
