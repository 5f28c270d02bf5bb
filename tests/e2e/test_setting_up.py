"""``sensei setup github``, from nothing to an enrolled repository: a process, a browser, a fake GitHub."""

import json
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.adapters.files.github_app_credentials import GitHubAppCredentials
from bot.bootstrap.github_setup import GitHubSetupRequest, examine_app, set_up
from bot.bootstrap.setup_files import Output
from bot.domain.setup.findings import Finding
from bot.domain.setup.github_app_requirements import EVENTS, PERMISSIONS
from bot.errors import UserError
from bot.ports.github_app import MadeApp
from bot.rendering.setup.github_app import findings
from bot.settings import Settings
from bot.workflows.setup.github_app_checks import verdict
from tests import sensei
from tests.fakes.github import Fails, Loses
from tests.fakes.github.model import App
from tests.setting_up import SettingUp, ask, attribute, manifest, setting_up

GUILD = ("--org", "guild", "--url", "https://dojo.example.org")
DESK = ("--repository", "guild/desk", "--participant", "ada", "--sensei", "sen")


@pytest.fixture(name="it")
def a_machine(tmp_path: Path) -> Iterator[SettingUp]:
    with setting_up(tmp_path) as it:
        yield it


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def refusal(it: SettingUp, wish: GitHubSetupRequest) -> tuple[UserError, list[str]]:
    """Ask in this process for what cannot be; return what is raised, and what was said before."""
    said: list[str] = []
    with pytest.raises(UserError) as told:
        set_up(Settings(github_api_url=it.github.url), wish, Output(said.append, said.append))
    return told.value, said


def rows(it: SettingUp, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(it.folder / "sensei.db") as database:
        return database.execute(query).fetchall()


def kept(it: SettingUp) -> App:
    """Bring a machine to where its App is kept, as a command that was stopped leaves it."""
    app = it.github.app(
        "sensei-guild", dict(PERMISSIONS), list(EVENTS), "https://dojo.example.org/github/webhook", "s" * 40
    )
    app.owner, app.hook_active = it.guild, False  # nobody listens there
    made = MadeApp(app.id, app.slug, f"{it.github.url}/apps/{app.slug}", "guild", app.private_key, "s" * 40)
    GitHubAppCredentials(it.env, it.github.url, replace=True).keep(made, "s" * 40)
    return app


def checked(it: SettingUp, url: str | None = None) -> list[Finding]:
    return examine_app(Settings(), url, it.env)


def test_from_nothing_to_an_enrolled_repository(it: SettingUp) -> None:
    command = it.start(*GUILD, *DESK)
    made = it.made(command)
    assert made.status == 200
    assert f"{it.github.url}/apps/sensei-guild/installations/new" in made.text
    command.says(r"installations/new")
    it.github.install(it.app, it.desk)
    assert command.ends() == 0, command.err
    app = it.app
    assert (app.permissions, app.events) == (dict(PERMISSIONS), list(EVENTS))
    assert (app.webhook_url, app.hook_active) == ("https://dojo.example.org/github/webhook", True)
    assert (app.owner, app.public) == (it.guild, False)
    key = it.env.parent / "sensei-guild.private-key.pem"
    assert it.variables() == {
        "SENSEI_GITHUB_APP_ID": str(app.id),
        "SENSEI_GITHUB_PRIVATE_KEY": str(key),
        "SENSEI_GITHUB_WEBHOOK_SECRET": app.webhook_secret,
        "SENSEI_GITHUB_API_URL": it.github.url,
    }
    assert key.read_text() == app.private_key
    assert [mode(each) for each in (it.env.parent, it.env, key)] == [0o700, 0o600, 0o600]
    assert sorted(each.name for each in it.env.parent.iterdir()) == ["github.env", key.name]
    assert "guild/desk is enrolled in dojo: participant @ada, sensei @sen." in command.out
    assert rows(it, "SELECT count(*) FROM capstone") == [(1,)]
    assert [secret for secret in it.secrets() if secret in made.text] == []

    again = it.run(*GUILD, *DESK)
    assert again.process.returncode == 0
    assert "guild/desk is enrolled in dojo: participant @ada, sensei @sen." in again.out
    assert "127.0.0.1" not in again.out
    assert len(it.github.apps) == 1
    assert rows(it, "SELECT count(*) FROM job") == [(2,)]  # nothing is begun a second time


def test_the_file_means_the_same_to_a_shell_to_systemd_and_to_docker(it: SettingUp) -> None:
    it.github.install(kept(it), it.desk)
    bare = {name: value for name, value in it.environment.items() if name != "SENSEI_GITHUB_API_URL"}
    script = f"set -a; . {it.env}; set +a; env"
    shell = subprocess.run(["sh", "-c", script], env=bare, capture_output=True, text=True, check=True).stdout
    literal = it.variables()  # as docker takes it, and systemd what holds no quote, backslash or blank
    assert {name: value for name, value in literal.items() if f"{name}={value}\n" not in shell} == {}
    done = sensei.run_in(bare | literal, "setup", "github", "--check", "--json")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["state"] == "ok"


def test_an_app_without_a_webhook_is_made_with_an_inactive_one(it: SettingUp) -> None:
    command = it.start("--public", "--name", "Desk reader", *DESK)
    it.made(command)
    command.says("The App has no webhook yet")
    it.github.install(it.app, it.desk)
    assert command.ends() == 0
    assert (it.app.slug, it.app.hook_active, it.app.public, it.app.owner) == (
        "desk-reader",
        False,
        True,
        it.ada,
    )
    assert [each.text for each in checked(it) if each.state != "ok"] == [
        (
            "The App has no webhook, so Sensei learns of events only through its slower, regular "
            "checks of GitHub."
        )
    ]
    assert verdict(checked(it, "https://a.example")) == "bad"


def test_a_secret_that_github_has_not_made_is_made_here_and_told_there(it: SettingUp) -> None:
    command = it.start(*GUILD)
    back = it.back(it.page(command))
    it.app.webhook_secret = ""
    ask("GET", back)
    command.says("Install the App")
    assert len(it.app.webhook_secret) >= 32
    assert it.variables()["SENSEI_GITHUB_WEBHOOK_SECRET"] == it.app.webhook_secret


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_stopped_while_the_page_waits_nothing_is_kept_and_it_begins_again(it: SettingUp, how: int) -> None:
    command = it.start(*GUILD)
    page = it.page(command)
    it.back(page)  # GitHub has created the App, and the browser has not come back
    status = command.stop(how)
    assert status == (130 if how == signal.SIGINT else 128 + how if how == signal.SIGTERM else -how)
    with pytest.raises(OSError, match="refused"):
        ask("GET", page)
    assert not it.env.exists()
    again = it.start(*GUILD)
    with pytest.raises(AssertionError, match="already taken"):
        it.back(it.page(again))
    assert ask("GET", it.back(it.page(again), "Sensei again")).status == 200


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_stopped_before_the_installation_it_goes_on_from_there(it: SettingUp, how: int) -> None:
    command = it.start(*GUILD, *DESK)
    it.made(command)
    command.says("Install the App")
    command.stop(how)
    again = it.start(*GUILD, *DESK)
    again.says("Install the App on guild/desk")
    it.github.install(it.app, it.desk)
    assert again.ends() == 0
    assert len(it.github.apps) == 1


def test_installed_meanwhile_it_only_enrols(it: SettingUp) -> None:
    it.github.install(kept(it), it.desk)
    again = it.run(*DESK)
    assert again.process.returncode == 0
    assert "Install the App" not in again.out
    assert "guild/desk is enrolled" in again.out


def test_a_named_file_says_in_which_database_the_repository_is_enrolled(it: SettingUp) -> None:
    it.github.install(kept(it), it.desk)
    with it.env.open("a") as file:
        file.write(f"SENSEI_DATABASE_URL=sqlite:///{it.folder}/named.db\n")
    named = it.environment | {"SENSEI_DATABASE_URL": f"sqlite:///{it.folder}/named.db"}
    assert sensei.run_in(named, "cohort", "add", "spring").returncode == 0
    done = it.run(*DESK, "--env-file", str(it.env), SENSEI_DATABASE_URL="")
    assert done.process.returncode == 0, done.err
    listed = sensei.run_in(named, "capstone", "list")
    assert "guild/desk" in listed.stdout


def test_without_a_repository_it_says_how_to_enrol_one(it: SettingUp) -> None:
    it.github.install(kept(it), it.desk)
    assert "sensei capstone add OWNER/NAME --participant LOGIN" in it.run().out


def test_what_does_not_come_from_this_set_up_is_not_taken(it: SettingUp) -> None:
    command = it.start(*GUILD)
    page = it.page(command)
    back = it.back(page)
    code = back.split("code=")[1].split("&")[0]
    for wrong in (f"{page}/made?code={code}", f"{page}/made?code={code}&state=x", f"{page}/made"):
        refused = ask("GET", wrong)
        assert (refused.status, "Nothing was stored" in refused.text) == (400, True)
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(page))
    assert [ask("GET", origin + path).status for path in ("/", "/made", "/x")] == [404] * 3
    assert ask("GET", page, Host="evil.example").status == 400
    assert ask("GET", back, Host=f"evil.example:{urlsplit(page).port}").status == 400
    assert ask("POST", page).status == 405
    assert not it.env.exists()
    assert it.github.asked("POST", "/app-manifests/{code}/conversions") == []
    assert ask("GET", back).status == 200


def test_no_other_site_can_frame_steer_or_overhear_the_page(it: SettingUp) -> None:
    form = ask("GET", it.page(it.start(*GUILD)))
    policy = form.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "<script" not in form.text.lower()
    assert form.headers["referrer-policy"] == "no-referrer"
    assert form.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in form.headers


def test_a_code_that_was_used_or_is_too_old_is_told_and_another_is_taken(it: SettingUp) -> None:
    command = it.start(*GUILD)
    page = it.page(command)
    used = it.back(page, "First")
    ask("POST", f"{it.github.url}/app-manifests/{used.split('code=')[1].split('&')[0]}/conversions")
    late = it.back(page, "Second")
    for code, pending in it.github.manifests.items():
        it.github.manifests[code] = replace(pending, ends=pending.ends - timedelta(hours=2))
    for back in (used, late):
        told = ask("GET", back)
        assert told.status == 410
        assert "expires after an hour" in told.text
        assert attribute(told.text, "a", "href") == page
    assert not it.env.exists()
    assert ask("GET", it.back(page, "Third")).status == 200
    command.says("The App third has been created")


def test_where_github_does_not_answer_the_page_can_be_loaded_again(it: SettingUp) -> None:
    command = it.start(*GUILD)
    back = it.back(it.page(command))
    it.github.fault(Fails(503), "POST", "/app-manifests/{code}/conversions")
    assert ask("GET", back).status == 503
    assert ask("GET", back).status == 200
    command.says("has been created")


def test_an_answer_that_was_lost_is_not_asked_for_again_by_itself(it: SettingUp) -> None:
    command = it.start(*GUILD)
    back = it.back(it.page(command))
    it.github.fault(Loses(), "POST", "/app-manifests/{code}/conversions")
    assert [ask("GET", back).status for _ in range(2)] == [503, 410]
    assert len(it.github.asked("POST", "/app-manifests/{code}/conversions")) == 2


def test_an_organisation_that_refuses_and_nobody_who_comes_back(it: SettingUp) -> None:
    it.github.signed_in = "mallory"
    command = it.start(*GUILD, "--wait", "0.05")
    assert it.submit(it.page(command)).status == 404
    assert command.ends() == 3
    assert "no response arrived from GitHub within 3 seconds. Nothing was stored" in command.err
    assert not it.env.exists()


def test_not_installed_in_time_says_where_it_is_and_what_was_kept(it: SettingUp) -> None:
    app = kept(it)
    it.github.install(app, it.github.repository("guild/till", {"a": b"a\n"}))
    command = it.run(*DESK, "--wait", "0.01")
    assert command.process.returncode == 3
    assert (
        "The App is not installed on guild/desk, only for guild. The App's details have been stored."
        in " ".join(command.err.split())
    )


def test_github_that_falls_silent_while_it_waits_is_asked_again(it: SettingUp) -> None:
    kept(it)
    command = it.start(*DESK)
    command.says("Install the App")
    it.github.fault(Fails(502), "GET", "/repos/{owner}/{repo}/installation", times=1)
    it.github.install(it.app, it.desk)
    assert command.ends() == 0
    assert it.github.unmet() == []


def test_a_port_that_is_taken(it: SettingUp) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = it.run(*GUILD, "--port", str(port))
    assert command.process.returncode == 2
    assert f"Sensei can't listen on 127.0.0.1:{port}" in command.err


def _in_place_of_a_folder(it: SettingUp) -> Path:
    (it.home / "taken").write_text("")
    return it.home / "taken" / "github.env"


def _with_a_blank(it: SettingUp) -> Path:
    return it.home / "my folder" / "github.env"


def _a_folder(it: SettingUp) -> Path:
    return it.home


def _where_nobody_writes(it: SettingUp) -> Path:
    return Path("/proc/sensei/github.env")


@pytest.mark.parametrize("place", [_in_place_of_a_folder, _with_a_blank, _a_folder, _where_nobody_writes])
def test_a_file_that_cannot_be_written_is_told_before_anything_is_made(
    it: SettingUp, place: Callable[[SettingUp], Path]
) -> None:
    told, said = refusal(it, GitHubSetupRequest("guild", file=place(it)))
    assert told.remedy == "Nothing was created or written. Name another file with --env-file."
    assert said == []


def test_an_app_that_cannot_be_kept_is_held_until_it_can(it: SettingUp) -> None:
    command = it.start(*GUILD)
    back = it.back(it.page(command))
    shutil.rmtree(it.env.parent)
    it.env.parent.write_text("")
    told = ask("GET", back)
    assert told.status == 500
    assert "exists only in the running command" in told.text
    it.env.parent.unlink()
    assert ask("GET", back).status == 200
    command.says("has been created")
    assert it.variables()["SENSEI_GITHUB_APP_ID"] == str(it.app.id)


def test_given_up_while_an_app_is_held_what_is_left_at_github_is_said(it: SettingUp) -> None:
    command = it.start(*GUILD)
    back = it.back(it.page(command))
    shutil.rmtree(it.env.parent)
    it.env.parent.write_text("")
    ask("GET", back)
    assert command.stop() == 130
    assert f"On {it.github.url}/organizations/guild/settings/apps/sensei-guild, delete the App" in command.err


def test_what_else_is_in_the_file_stays_as_it_was(it: SettingUp) -> None:
    it.env.parent.mkdir(parents=True)
    before = "# ours\nSENSEI_COHORT='autumn dojo'\n\nexport SENSEI_PORT=9000\n"
    it.env.write_text(before)
    it.env.chmod(0o644)
    command = it.start(*GUILD)
    it.made(command)
    command.says("Install the App")
    assert it.env.read_text().startswith(before)
    assert mode(it.env) == 0o600


def test_variables_that_are_there_are_only_replaced_when_asked(it: SettingUp) -> None:
    it.env.parent.mkdir(parents=True)
    it.env.write_text("SENSEI_GITHUB_WEBHOOK_SECRET=by-hand\n")
    refused = it.run(*GUILD)
    assert refused.process.returncode == 2
    assert "already sets SENSEI_GITHUB_WEBHOOK_SECRET" in refused.err
    assert "by-hand" not in refused.err + refused.out
    command = it.start(*GUILD, "--replace")
    it.made(command)
    command.says("Install the App")
    assert it.env.read_text().count("SENSEI_GITHUB_WEBHOOK_SECRET=") == 1
    assert it.variables()["SENSEI_GITHUB_WEBHOOK_SECRET"] == it.app.webhook_secret


def test_another_app_takes_the_place_of_one_and_keeps_its_key(it: SettingUp) -> None:
    first = kept(it)
    key = Path(it.variables()["SENSEI_GITHUB_PRIVATE_KEY"])
    command = it.start(*GUILD, "--replace", "--name", "Second")
    it.made(command)
    command.says("The App second has been created")
    assert it.variables()["SENSEI_GITHUB_APP_ID"] != str(first.id)
    assert key.read_text() == first.private_key


def test_an_environment_that_names_another_app_is_not_guessed_about(it: SettingUp) -> None:
    kept(it)
    command = it.run(SENSEI_GITHUB_APP_ID="7", SENSEI_GITHUB_PRIVATE_KEY="/nowhere")
    assert command.process.returncode == 2
    assert "The environment names App 7, but" in command.err


def test_a_github_enterprise_server_has_its_own_addresses(it: SettingUp) -> None:
    api = f"{it.github.url}/api/v3"
    command = it.start(*GUILD, SENSEI_GITHUB_API_URL=api)
    form = ask("GET", it.page(command))
    assert attribute(form.text, "form", "action").startswith(
        f"{it.github.url}/organizations/guild/settings/apps/new?state="
    )
    assert it.made(command).status == 200
    command.says("Install the App")
    it.github.install(it.app, it.desk)
    assert command.ends() == 0
    assert it.variables()["SENSEI_GITHUB_API_URL"] == api
    assert verdict(checked(it)) == "ok"


def test_the_manifest_is_all_that_the_form_says(it: SettingUp) -> None:
    page = it.page(it.start(*GUILD))
    said = json.loads(manifest(ask("GET", page)))
    assert said["redirect_url"] == f"{page}/made"
    assert said["url"] == "https://dojo.example.org"


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (GitHubSetupRequest(url="http://dojo.example.org"), "GitHub cannot send deliveries"),
        (GitHubSetupRequest(organisation="../settings"), "cannot be the name of an organisation"),
        (GitHubSetupRequest(name="n" * 35), "GitHub accepts 1 to 34 characters"),
        (GitHubSetupRequest(repository="desk", participant="ada"), "is not a repository"),
        (GitHubSetupRequest(repository="guild/desk"), "--repository needs the capstone's participant"),
        (
            GitHubSetupRequest(participant="ada"),
            "--participant, --sensei and --cohort apply only if a repository",
        ),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_made(
    it: SettingUp, wish: GitHubSetupRequest, why: str
) -> None:
    told, said = refusal(it, replace(wish, file=it.env))
    assert why in str(told)
    assert said == []
    assert not it.env.exists()


def test_the_terminal_is_never_wider_than_eighty_columns_but_for_addresses(it: SettingUp) -> None:
    it.github.install(kept(it), it.desk)
    command = it.start(*GUILD, *DESK, "--replace", "--name", "Second")
    it.made(command)
    command.says("Install the App")
    it.github.install(list(it.github.apps.values())[-1], it.desk)
    command.ends()
    lines = [*command.out.splitlines(), *findings(checked(it)).splitlines()]
    assert len(lines) > 30
    assert [line for line in lines if len(line) > 80 and "/" not in line] == []


def test_an_app_that_was_deleted_at_github_is_told(it: SettingUp) -> None:
    del it.github.apps[kept(it).id]
    told, _ = refusal(it, GitHubSetupRequest(file=it.env))
    assert "there is no GitHub App with this id" in told.what
    assert "use --replace to create another" in told.remedy


@pytest.mark.contract
@pytest.mark.parametrize(
    ("browser", "opened"), [("{} %s &", True), ("{}", False), ("/nowhere/browser %s &", False)]
)
def test_a_browser_is_opened_unless_it_would_take_the_terminal(
    tmp_path: Path, browser: str, opened: bool
) -> None:
    script, seen = tmp_path / "browser", tmp_path / "seen"
    # A browser stays open for a while; one that has ended already counts as one that didn't open.
    script.write_text(
        f'#!/bin/sh\nexec > /dev/null 2>&1\nprintf %s "$1" > {seen}.part && mv {seen}.part {seen}\nsleep 5\n'
    )
    script.chmod(0o700)
    code = (
        "from bot.entrypoints.setup_page import open_in_browser as show; print(show('http://127.0.0.1:1/x'))"
    )
    environment = sensei.environment(
        BROWSER=browser.format(script), DISPLAY="", WAYLAND_DISPLAY="", PATH="/usr/bin:/bin"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{opened}\n"
    if opened:
        last = time.monotonic() + 10
        while not seen.exists() and time.monotonic() < last:
            time.sleep(0.02)
        assert seen.read_text() == "http://127.0.0.1:1/x"


def test_a_check_without_an_app_says_where_one_is_kept(it: SettingUp) -> None:
    nothing = it.run("--check")
    assert nothing.process.returncode == 2
    assert "Create one with `sensei setup github`." in nothing.out
    kept(it)
    assert f"set -a; . {it.env}" in " ".join(it.run("--check").out.split())
