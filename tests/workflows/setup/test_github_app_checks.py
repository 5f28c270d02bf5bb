"""An App that is not as Sensei needs it, over real HTTP: each lack is named, with where it is put right."""

from collections.abc import Callable, Iterator

import pytest

from bot.adapters.github import GitHubApp, GitHubOwnApp
from bot.domain.setup.findings import Finding
from bot.domain.setup.github_app_manifest import NOWHERE
from bot.workflows.setup.github_app_checks import ExpectedApp, check_github_app, verdict
from tests.fakes.github import EVENTS, PERMISSIONS, Fails, GitHub
from tests.fakes.github.model import App as FakeApp

HOOK = "https://dojo.example.org/github/webhook"
NEEDED = [event for event in EVENTS if event != "pull_request_review"]


class Examined:
    """``guild``'s App, installed on one of its repositories, and in order until a test changes it."""

    def __init__(self, github: GitHub) -> None:
        self.github = github
        guild = github.user("guild", "Organization")
        self.app: FakeApp = github.app(events=NEEDED, webhook_url=HOOK, webhook_secret="s" * 40)
        self.app.owner = guild
        self.app.hook_active = False  # nobody listens there
        self.desk = github.repository("guild/desk", {"a": b"a\n"})
        self.installation = github.install(self.app, self.desk)
        self.key = self.app.private_key
        self.number = self.app.id

    def findings(self, hook: str | None = HOOK, secret: int = 40) -> list[Finding]:
        own = GitHubOwnApp(GitHubApp(self.number, self.key, self.github.url, between_writes=0))
        return check_github_app(own, ExpectedApp("https://github.example", secret, hook))

    def wrong(self, hook: str | None = HOOK, secret: int = 40) -> list[Finding]:
        return [each for each in self.findings(hook, secret) if each.state != "ok"]


@pytest.fixture(name="it")
def an_app() -> Iterator[Examined]:
    with GitHub() as github:
        yield Examined(github)


def test_what_is_in_order_is_said_with_what_was_looked_at(it: Examined) -> None:
    found = it.findings()
    assert verdict(found) == "ok"
    assert [each.name for each in found] == [
        "App",
        "permissions",
        "events",
        "webhook",
        "webhook secret",
        "installation guild",
    ]
    assert found[-1].text == "The installation covers 1 repository: guild/desk."


def test_an_app_whose_owner_github_does_not_name_is_in_order(it: Examined) -> None:
    it.app.owner_is_hidden = True
    first, *_ = found = it.findings()
    assert verdict(found) == "ok"
    assert first.text == f"App {it.number}, Sensei (sensei). Its key works."


PAGE = "https://github.example/organizations/guild/settings/apps/sensei"


def _lacks_permissions(it: Examined) -> None:
    it.app.permissions = {**PERMISSIONS, "checks": "read"}
    del it.app.permissions["issues"]


def _has_more(it: Examined) -> None:
    it.app.permissions = {**PERMISSIONS, "contents": "write", "actions": "read"}


def _lacks_events(it: Examined) -> None:
    it.app.events = [event for event in NEEDED if event not in {"push", "check_run"}]


def _elsewhere(it: Examined) -> None:
    it.app.webhook_url = "https://old.example.org/github/webhook"


def _without_hook(it: Examined) -> None:
    it.app.webhook_url = NOWHERE


def _as_form(it: Examined) -> None:
    it.app.content_type = "form"


def _unsigned(it: Examined) -> None:
    it.app.webhook_secret = ""


def _suspended(it: Examined) -> None:
    it.github.suspend(it.installation)


def _not_accepted(it: Examined) -> None:
    it.installation.permissions = {**PERMISSIONS, "pull_requests": "read"}


def _nowhere(it: Examined) -> None:
    it.github.uninstall(it.installation)


def _emptied(it: Examined) -> None:
    it.github.select(it.installation)


@pytest.mark.parametrize(
    ("change", "name", "state", "text", "remedy"),
    [
        (
            _lacks_permissions,
            "permissions",
            "bad",
            "lacks these permissions: checks (write), issues (read)",
            f"{PAGE}/permissions",
        ),
        (_has_more, "permissions", "warning", "than Sensei needs: contents (write), actions (read)", PAGE),
        (
            _lacks_events,
            "events",
            "bad",
            "not subscribed to these events: check_run, push",
            f"{PAGE}/permissions",
        ),
        (_elsewhere, "webhook", "bad", f"not to {HOOK}", PAGE),
        (_without_hook, "webhook", "bad", "has no webhook", f"set the URL to {HOOK}"),
        (_as_form, "webhook", "bad", "deliveries as form", "application/json"),
        (_unsigned, "webhook", "bad", "does not sign its deliveries", "SENSEI_GITHUB_WEBHOOK_SECRET"),
        (_suspended, "installation guild", "bad", "suspended", "/settings/installations/"),
        (
            _not_accepted,
            "installation guild",
            "bad",
            "has not accepted these permissions: pull_requests (write)",
            "can accept them",
        ),
        (_nowhere, "installations", "warning", "not installed anywhere", "/apps/sensei/installations/new"),
        (_emptied, "installation guild", "warning", "covers no repositories", "can choose them"),
    ],
)
def test_each_lack_is_named_with_where_it_is_put_right(
    it: Examined, change: Callable[[Examined], None], name: str, state: str, text: str, remedy: str
) -> None:
    change(it)
    [found] = it.wrong()
    assert (found.name, found.state) == (name, state)
    assert text in found.text
    assert remedy in found.remedy


@pytest.mark.parametrize(("length", "said"), [(0, "is not set"), (15, "is shorter than 16 characters")])
def test_a_secret_that_serve_would_refuse(it: Examined, length: int, said: str) -> None:
    [found] = it.wrong(secret=length)
    assert (found.name, found.state) == ("webhook secret", "bad")
    assert said in found.text


def test_without_an_expected_address_any_of_sensei_s_will_do(it: Examined) -> None:
    assert it.wrong(hook=None) == []
    it.app.webhook_url = "https://dojo.example.org/hooks"
    [found] = it.wrong(hook=None)
    assert "Sensei expects them at /github/webhook" in found.text


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ({"number": 7}, "there is no GitHub App with this id"),
        ({"key": "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"}, "cannot be read"),
    ],
)
def test_of_an_app_whose_key_does_not_work_nothing_else_is_said(
    it: Examined, spoil: dict[str, object], said: str
) -> None:
    for name, value in spoil.items():
        setattr(it, name, value)
    [found] = it.findings()
    assert (found.name, found.state) == ("App", "bad")
    assert said in found.text
    assert found.remedy


def test_a_key_of_another_app_is_refused(it: Examined) -> None:
    it.github.fault(Fails(401, "A JSON web token could not be decoded"), "GET", "/app")
    [found] = it.findings()
    assert "does not know this App" in found.text


def test_a_github_that_is_down_is_a_finding_not_an_end(it: Examined) -> None:
    it.github.fault(Fails(503), "GET", "/app/hook/config")
    [found] = it.wrong()
    assert (found.name, found.state) == ("webhook", "bad")
    assert "Try again later" in found.remedy


def test_of_many_repositories_a_few_are_named(it: Examined) -> None:
    more = [it.github.repository(f"guild/r{n}", {"a": b"a\n"}) for n in range(8)]
    it.github.select(it.installation, *more)
    assert it.findings()[-1].text == (
        "The installation covers 8 repositories: guild/r0, guild/r1, guild/r2, guild/r3, guild/r4, guild/r5 "
        "and 2 more."
    )
