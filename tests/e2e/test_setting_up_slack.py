"""``sensei setup slack``: the command in a process, tokens through a pipe, a Slack on loopback."""

import json
import re
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.bootstrap.setup_files import Output
from bot.bootstrap.slack_setup import SlackSetupRequest, examine_app, set_up
from bot.domain.setup import env_file
from bot.domain.setup.slack_app_manifest import EVENTS, SCOPES, SlackAppManifest, apps_page
from bot.errors import UserError
from bot.rendering.setup.github_app import findings
from bot.settings import Settings
from tests import sensei
from tests.fakes.slack import SCOPES as OF_THE_FAKE
from tests.fakes.slack import Slack, outage


@pytest.fixture(name="slack")
def a_workspace() -> Iterator[Slack]:
    with Slack() as slack:
        yield slack


def run(
    slack: Slack, folder: Path, *arguments: str, says: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    environment = {
        "HOME": str(folder),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(sensei.ROOT),
        "SENSEI_SLACK_API_URL": slack.api_url,
        **variables,
    }
    return sensei.run_in(environment, "setup", "slack", *arguments, says=says)


def kept(folder: Path) -> Path:
    return folder / ".config" / "sensei" / "slack.env"


def test_from_nothing_to_tokens_that_are_kept_for_their_owner_alone(slack: Slack, tmp_path: Path) -> None:
    done = run(slack, tmp_path, says=f"{slack.bot_token}\n{slack.app_token}\n")
    assert done.returncode == 0, done.stderr
    file = kept(tmp_path)
    assert env_file.read(file.read_text()) == {
        "SENSEI_SLACK_BOT_TOKEN": slack.bot_token,
        "SENSEI_SLACK_APP_TOKEN": slack.app_token,
        "SENSEI_SLACK_API_URL": slack.api_url,
    }
    assert [stat.S_IMODE(each.stat().st_mode) for each in (file, file.parent)] == [0o600, 0o700]
    for token in (slack.bot_token, slack.app_token):
        assert token not in done.stdout + done.stderr
    long = [line for line in done.stdout.splitlines() if len(line) > 80]
    assert all(line.startswith("https://") or str(file) in line for line in long), long
    again = run(slack, tmp_path)
    assert again.returncode == 0, "what is kept is looked at again, and nothing is asked"
    assert "new_app" not in again.stdout
    check = run(slack, tmp_path, "--check", "--env-file", str(file))
    assert (check.returncode, "Everything is fine." in check.stdout) == (0, True)


def test_the_link_holds_the_manifest_with_the_least_scopes(slack: Slack, tmp_path: Path) -> None:
    done = run(slack, tmp_path, "--name", "Dojo bot")
    assert done.returncode == 3
    assert not kept(tmp_path).exists()
    link = re.search(r"https://\S+new_app=1\S+", done.stdout)
    assert link
    parts = urlsplit(link[0])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://api.slack.com/apps"
    (filled,) = parse_qs(parts.query)["manifest_json"]
    printed = run(slack, tmp_path, "--manifest", "--name", "Dojo bot")
    manifest = json.loads(printed.stdout)
    assert json.loads(filled) == manifest
    assert manifest["oauth_config"]["scopes"] == {"bot": list(SCOPES)}
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert manifest["settings"]["event_subscriptions"] == {"bot_events": list(EVENTS)}
    shortcuts = manifest["features"]["shortcuts"]
    assert [(shortcut["type"], shortcut["name"]) for shortcut in shortcuts] == [
        ("message", "Record as a decision"),
        ("message", "Ask Sensei about this"),
    ]
    for shortcut in shortcuts:
        assert len(shortcut["name"]) <= 24, "Slack takes no longer name"
        assert len(shortcut["description"]) <= 150
    assert {"message.im", "app_mention"} <= set(EVENTS)  # people can write to the app, and are answered
    assert "assistant_view" not in manifest["features"], "Slack refuses it in new apps"
    view = manifest["features"]["agent_view"]
    assert 0 < len(view["agent_description"]) <= 300
    assert 1 <= len(view["suggested_prompts"]) <= 4
    assert all(set(prompt) == {"title", "message"} for prompt in view["suggested_prompts"])
    assert manifest["features"]["app_home"]["messages_tab_read_only_enabled"] is False
    assert manifest["display_information"]["name"] == "Dojo bot"
    assert "url" not in json.dumps(manifest), "nothing is brought to an address"


def test_over_http_the_addresses_are_filled_in_and_the_secret_is_asked_for(
    slack: Slack, tmp_path: Path
) -> None:
    says = f"{slack.bot_token}\n{slack.signing_secret}\n"
    done = run(slack, tmp_path, "--http", "https://dojo.example.org", says=says)
    assert done.returncode == 0, done.stderr
    assert env_file.read(kept(tmp_path).read_text())["SENSEI_SLACK_SIGNING_SECRET"] == slack.signing_secret
    manifest = SlackAppManifest("Sensei", slack.api_url, "https://dojo.example.org/slack/events").manifest()
    found = re.findall(r'url": "([^"]+)"', json.dumps(manifest))
    assert found == ["https://dojo.example.org/slack/events"] * 3
    assert manifest["settings"]["socket_mode_enabled"] is False


def test_tokens_of_the_environment_are_kept_without_being_asked_for(slack: Slack, tmp_path: Path) -> None:
    variables = {"SENSEI_SLACK_BOT_TOKEN": slack.bot_token, "SENSEI_SLACK_APP_TOKEN": slack.app_token}
    kept(tmp_path).parent.mkdir(parents=True)
    kept(tmp_path).write_text("# mine\nSENSEI_PORT=8081\nSENSEI_SLACK_BOT_TOKEN=xoxb-old\n")
    done = run(slack, tmp_path, **variables)
    assert done.returncode == 0, done.stderr
    text = kept(tmp_path).read_text()
    assert text.startswith(f"# mine\nSENSEI_PORT=8081\nSENSEI_SLACK_BOT_TOKEN={slack.bot_token}\n")
    assert stat.S_IMODE(kept(tmp_path).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("bot", "app", "told"),
    [
        ("xoxb-wrong", None, "the token is invalid"),
        ("xoxp-mine", None, "is a person's token"),
        (None, "xapp-wrong", "Create an app-level token"),
        ("has a blank", None, "copy the whole value"),
        (None, "", "the App-level token (xapp-…) is missing"),
    ],
)
def test_what_slack_does_not_take_is_not_kept(
    slack: Slack, tmp_path: Path, bot: str | None, app: str | None, told: str
) -> None:
    says = f"{bot or slack.bot_token}\n{slack.app_token if app is None else app}\n"
    done = run(slack, tmp_path, says=says)
    assert done.returncode in {2, 3}
    assert told in " ".join((done.stdout + done.stderr).split())
    assert not kept(tmp_path).exists()
    for secret in (slack.bot_token, slack.app_token, bot or "-none-"):
        assert secret not in done.stdout + done.stderr


def test_scopes_too_few_and_too_many_are_named(slack: Slack, tmp_path: Path) -> None:
    slack.scopes -= {"im:write", "users:read.email"}
    slack.scopes |= {"channels:read"}
    says = f"{slack.bot_token}\n{slack.app_token}\n"
    done = run(slack, tmp_path, says=says)
    assert done.returncode == 3
    assert kept(tmp_path).exists(), "the tokens work: installing the app anew may keep them"
    said = " ".join(done.stdout.split())
    assert "lacks these scopes: im:write (open a direct message" in said
    assert "more scopes than Sensei needs: channels:read" in said
    check = run(slack, tmp_path, "--check", "--json", "--env-file", str(kept(tmp_path)))
    assert (check.returncode, json.loads(check.stdout)["state"]) == (2, "bad")


def test_without_slack_nothing_is_known_and_nothing_is_kept(slack: Slack, tmp_path: Path) -> None:
    slack.fault(outage(), "auth.test")
    done = run(slack, tmp_path, says=f"{slack.bot_token}\n{slack.app_token}\n")
    assert done.returncode == 3
    assert "Try again later" in done.stdout
    assert not kept(tmp_path).exists()


@pytest.mark.parametrize("http", ["http://dojo.example.org", "https://localhost", "https://a b", "dojo"])
def test_an_address_that_slack_cannot_reach_is_refused(tmp_path: Path, http: str) -> None:
    wish = SlackSetupRequest(http=http, file=tmp_path / "slack.env")
    with pytest.raises(UserError, match="cannot send requests"):
        set_up(Settings(), wish, Output(print, print), lambda _: "")


@pytest.mark.parametrize("name", ["", "x" * 36, "a\x00b"])
def test_a_name_that_slack_does_not_take_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="app cannot have the name"):
        set_up(
            Settings(), SlackSetupRequest(name, file=tmp_path / "s.env"), Output(print, print), lambda _: ""
        )


def test_govslack_has_its_own_pages() -> None:
    assert apps_page("https://slack-gov.com/api/") == "https://api.slack-gov.com/apps"
    assert apps_page("http://127.0.0.1:1/api/") == "https://api.slack.com/apps"


def test_the_check_says_where_tokens_are_kept_that_nobody_loaded(
    slack: Slack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.bootstrap.slack_setup.default_file", lambda: tmp_path / "slack.env")
    (tmp_path / "slack.env").write_text("SENSEI_SLACK_BOT_TOKEN=xoxb-1\n")
    said = findings(examine_app(Settings(slack_api_url=slack.api_url)))
    assert "are not loaded. To load them" in " ".join(said.split())


def test_the_fakes_scopes_are_those_that_are_asked_for() -> None:
    assert set(OF_THE_FAKE) == set(SCOPES)
