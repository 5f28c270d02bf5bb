"""What the bot says to GitHub, and what it takes from it, judged by what GitHub publishes."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.adapters.database import open_store
from bot.adapters.database.transaction import SqlTx
from bot.domain.pull_requests.records import Account
from bot.domain.pull_requests.webhook_events import SUBSCRIBED, read_event
from bot.domain.setup.github_app_requirements import EVENTS, PERMISSIONS
from bot.workflows.pull_requests.event_handling import EventHandler
from tests.contract import judge, openapi, vendor
from tests.entrypoints.webhooks import listening, now
from tests.fakes.github import GitHub, Loses
from tests.fakes.github.model import Comment, Pull
from tests.fakes.github.routes import ROUTES
from tests.serving import AFTER, CALL, Serving, serving
from tests.setting_up import ask, setting_up

pytestmark = pytest.mark.contract

OPERATIONS = [(route.method, route.template) for route in ROUTES if "graphql" not in route.template]
# Refused for what the fake was told to refuse, not for its form.
_NOT_TO_BE_JUDGED = {401, 422}


@pytest.fixture(name="verdict", scope="module")
def a_judge() -> judge.Judge:
    made = vendor.need(lambda: judge.Judge(OPERATIONS))
    assert isinstance(made, judge.Judge)
    return made


@pytest.mark.parametrize("enrolled", [False, True], ids=["strangers", "enrolled"])
def test_every_published_example_is_taken_and_makes_no_error(tmp_path: Path, enrolled: bool) -> None:
    examples = vendor.need(lambda: judge.examples(*SUBSCRIBED))
    assert {event for event, _ in examples} == set(SUBSCRIBED)
    with open_store(f"sqlite:///{tmp_path / 'sensei.db'}") as database, listening(database) as it:
        if enrolled:
            with it.store.begin() as tx:
                for repository in {
                    payload["repository"]["id"] for _, payload in examples if "repository" in payload
                }:
                    _enrol(tx, repository)
        statuses = [
            it.send(json.dumps(payload).encode(), f"{n}", {"X-GitHub-Event": event})
            for n, (event, payload) in enumerate(examples)
        ]
        assert statuses == [202] * len(examples)
        inbox = EventHandler(now, quiet=0)
        for guid in it.kept():
            with it.store.begin() as tx:
                assert inbox.handle(tx, guid)
        with database.connect() as connection:
            counted = connection.execute(sa.text("SELECT state, count(*) FROM delivery GROUP BY state"))
            states: dict[str, int] = {state: number for state, number in counted}  # noqa: C416 - rows, to mypy
        assert sum(states.values()) == len(examples)
        assert (states["handled"] > 30) == enrolled


def _enrol(tx: SqlTx, repository: int) -> None:
    tx.capstones.add(
        cohort="dojo",
        repository=repository,
        owner="Codertocat",
        name=f"Hello-World-{repository}",
        default_branch="master",
        installation=1,
        participant=Account(21031067, "Codertocat"),
        sensei=None,
        publish=None,
        at=now(),
    )


def test_only_what_nobody_here_acts_on_is_not_understood() -> None:
    examples = vendor.need(lambda: judge.examples(*SUBSCRIBED))
    silent = {
        (event, payload.get("action"))
        for event, payload in examples
        if read_event(event, payload) is None and "/tags/" not in payload.get("ref", "")
    }
    assert silent == IGNORED


# Comments here are on issues; of the others nothing follows for a pull request.
IGNORED = {
    ("ping", None),
    *(("issue_comment", action) for action in ("created", "edited", "deleted")),
    *(("check_run", action) for action in ("created", "completed", "requested_action")),
    *(("check_suite", action) for action in ("requested", "completed")),
    *(("repository", action) for action in ("created", "publicized", "privatized")),
    ("installation", "new_permissions_accepted"),
}


@pytest.fixture(name="said", scope="module")
def a_whole_life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitHub]:
    """Enrolled, opened, pushed to, answered, resolved, asked for, disputed, kept, renamed, closed, swept."""
    with serving(tmp_path_factory.mktemp("dojo")) as it:
        it.enrol("--publish", "sensei_first")
        it.start()
        github, repository = it.github, it.repository
        github.push(repository, "feature", AFTER)
        pull = github.open_pull(repository, "feature", it.ada, body="What it does.")
        it.wait(lambda: it.concluded(pull))
        numbers = [row.split()[0] for row in it.run("questions", "list").stdout.splitlines() if row[0] != " "]
        it.run("questions", "keep", *numbers)
        it.wait(lambda: len(pull.threads) == 2)
        it.enrol("--publish", "automatic")
        github.reply(pull.threads[0], "It halved the wrong answers.", it.ada)
        github.resolve_thread(pull.threads[1])
        github.push(
            repository, "feature", {"desk.py": CALL.replace("500", "900").encode(), "more.py": CALL.encode()}
        )
        it.wait(lambda: it.concluded(pull))
        for route in ("pulls/{pull_number}/comments/{comment_id}/replies", "issues/{issue_number}/comments"):
            github.fault(Loses(), "POST", f"/repos/{{owner}}/{{repo}}/{route}")  # so that they are looked for
        github.comment(pull, "/sensei review", it.ada)
        github.reply(pull.threads[0], "/sensei dispute That client is a fixture.", it.ada)
        it.wait(lambda: sum("sensei:reply=" in one.body for one in github_said(it, pull)) == 2)
        [number] = [r.split()[0] for r in it.run("questions", "list").stdout.splitlines() if "disputed" in r]
        it.run("questions", "settle", number, "--stands")
        it.wait(lambda: any("sensei:ruling=" in one.body for one in github_said(it, pull)))
        github.rename(repository, "counter")
        it.wait(lambda: it.rounds(pull) == ["published"] * 3)
        it.end(signal.SIGTERM)
        github.merge_pull(pull)
        github.hooks.settle()
        it.start()
        it.wait(lambda: github.asked("POST", "/app/hook/deliveries/{delivery_id}/attempts"))
        it.settle()
        assert it.errors() == []
        it.end(signal.SIGTERM)
        yield github


def github_said(it: Serving, pull: Pull) -> list[Comment]:
    """All comments on a pull request that the bot has written."""
    inline = [one for thread in pull.threads for one in thread.comments]
    return [one for one in (*inline, *pull.comments) if one.user is it.app.bot]


def test_every_request_that_the_bot_makes_is_as_github_describes_it(
    said: GitHub, verdict: judge.Judge
) -> None:
    judged = 0
    for recorded in said.requests:
        if recorded.template.startswith("git ") or recorded.status in _NOT_TO_BE_JUDGED:
            continue
        verdict.exchange(recorded)
        judged += 1
    assert judged > 40
    assert {recorded.status for recorded in said.requests if recorded.status in _NOT_TO_BE_JUDGED} == set()


def test_every_request_of_a_set_up_is_as_github_describes_it(tmp_path: Path, verdict: judge.Judge) -> None:
    with setting_up(tmp_path) as it:
        command = it.start("--org", "guild", "--repository", "guild/desk", "--participant", "ada")
        back = it.back(it.page(command))
        it.app.webhook_secret = ""
        assert ask("GET", back).status == 200
        command.says("installations/new")
        it.github.install(it.app, it.desk)
        assert command.ends() == 0, command.err
        assert it.run("--check", "--env-file", str(it.env)).process.returncode == 0
        judged = {(each.method, each.template) for each in it.github.requests}
        for recorded in it.github.requests:
            verdict.exchange(recorded)
    assert judged >= {
        ("POST", "/app-manifests/{code}/conversions"),
        ("PATCH", "/app/hook/config"),
        ("GET", "/app/hook/config"),
        ("GET", "/app"),
        ("GET", "/app/installations"),
        ("GET", "/installation/repositories"),
        ("GET", "/repos/{owner}/{repo}/installation"),
    }


def test_github_knows_every_permission_and_event_that_a_manifest_asks_for() -> None:
    known = vendor.need(lambda: openapi.load(OPERATIONS))["components"]["schemas"]["app-permissions"][
        "properties"
    ]
    assert {name: access for name, access in PERMISSIONS.items() if access not in known[name]["enum"]} == {}
    published = {event for event, _ in vendor.need(lambda: judge.examples(*EVENTS))}
    assert published == set(EVENTS)


def test_every_delivery_that_the_bot_was_brought_is_as_github_describes_it(said: GitHub) -> None:
    assert said.deliveries
    for delivery in said.deliveries:
        judge.webhook(delivery.event, delivery.payload)


def test_tokens_are_asked_for_one_repository_and_the_least_permissions(said: GitHub) -> None:
    asked = [
        recorded.body for recorded in said.asked("POST", "/app/installations/{installation_id}/access_tokens")
    ]
    assert asked
    for body in asked:
        assert set(body["permissions"]) <= {"checks", "contents", "metadata", "pull_requests"}
        assert body["permissions"]["contents"] == "read"
    assert any(len(body.get("repository_ids", [])) == 1 for body in asked)
