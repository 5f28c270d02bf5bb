"""docs/operating.md, followed from an empty home to a published review, before a GitHub on loopback.

Only names and secrets are others: where the code is cloned from, the machine's own name, ports and the user's home.
"""

import hashlib
import hmac
import http.client
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import databases, sensei
from tests.contract import engine, page
from tests.fakes.github import GitHub
from tests.fakes.github.model import Pull
from tests.serving import AFTER, free_port
from tests.setting_up import URL, SettingUp, ask

pytestmark = pytest.mark.contract

CLONED = "https://github.com/guild/sensei.git"
LISTENS = "127.0.0.1:8080"
NAME = "sensei.example.org"
HOME = "/srv/sensei"


class Machine:
    """An empty home, a GitHub, and what the page says is done there."""

    def __init__(self, github: GitHub, folder: Path, stack: ExitStack) -> None:
        self.dojo = SettingUp(github, folder)
        self.home = self.dojo.home
        self.port, self.front = free_port(), free_port()
        self.source = _repository(folder / "source")
        self.took: list[tuple[str, float]] = []
        self.bot: subprocess.Popen[bytes] | None = None
        self._stack = stack
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("SENSEI_", "GIT_", "PYTHON", "VIRTUAL_ENV", "XDG_"))
        }
        self._outside = {
            "SENSEI_GITHUB_API_URL": github.url,
            "SENSEI_GITHUB_WRITE_SECONDS": "0",
            "SENSEI_PORT": str(self.port),
            "SENSEI_QUIET_SECONDS": "0",
        }
        path = f"{Path(sys.base_prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}"
        self.environment = {**kept, **self._outside, "HOME": str(self.home), "PATH": path}
        self.shell = stack.enter_context(page.shell(self.home, self.environment))

    def here(self, text: str) -> str:
        """Put this machine's names in place of the page's."""
        for other, ours in (
            (CLONED, str(self.source)),
            (LISTENS, f"127.0.0.1:{self.port}"),
            (HOME, str(self.home)),
        ):
            text = text.replace(other, ours)
        return text

    def follow(self, mark: str) -> str:
        """Enter the commands of a block, one after another."""
        began = time.monotonic()
        said = "".join(self.shell.run(self.here(command)) for command in page.commands(mark))
        self.took.append((mark, time.monotonic() - began))
        return said

    def make_the_app(self) -> None:
        """Run the set-up, and say yes in the browser and at the App's installation."""
        began = time.monotonic()
        (command,) = page.commands("app")
        self.shell.begin(f"{command} --no-browser")
        came_back = ask("GET", self.dojo.back(self.shell.says(URL)[0]))
        assert came_back.status == 200
        self.shell.says("Install the App on guild/desk")
        self.dojo.github.install(self.dojo.app, self.dojo.desk)
        assert "guild/desk is enrolled: participant @ada, sensei @sen." in self.shell.ends()
        # What the machine's name and the proxy's certificate stand for.
        assert self.dojo.app.webhook_url == f"https://{NAME}/github/webhook"
        self.dojo.app.webhook_url = f"http://127.0.0.1:{self.front}/github/webhook"
        self.took.append(("app", time.monotonic() - began))

    def start(self) -> None:
        """Start the unit, as systemd would."""
        began = time.monotonic()
        unit = self.unit()
        (given,) = unit["EnvironmentFile"]
        own = {"HOME": str(self.home), "PATH": os.environ["PATH"], **_variables(Path(given)), **self._outside}
        (folder,) = unit["WorkingDirectory"]
        for before in unit["ExecStartPre"]:
            subprocess.run(before.split(), cwd=folder, env=own, check=True, capture_output=True)
        with self.log.open("ab") as log:
            (command,) = unit["ExecStart"]
            self.bot = subprocess.Popen(command.split(), cwd=folder, env=own, stdout=log, stderr=log)
        self.wait(lambda: answered(self.port, "GET", "/readyz")[0] == 200)
        self.took.append(("start", time.monotonic() - began))

    def unit(self) -> dict[str, list[str]]:
        """Return what the unit's section [Service] says."""
        found: dict[str, list[str]] = {}
        section = self.here(page.file("ini")).split("[Service]\n")[1].split("\n[")[0]
        for line in section.splitlines():
            if line and not line.startswith("#"):
                name, _, value = line.partition("=")
                found.setdefault(name, []).append(value)
        return found

    def stop(self) -> None:
        """Stop it, as systemd would."""
        assert self.bot is not None
        self.bot.send_signal(signal.SIGTERM)
        assert self.bot.wait(40) == 0, self.said()
        self.bot = None

    def proxy(self) -> None:
        """Start the page's Caddy, if there is one here; else GitHub comes to the bot itself."""
        if shutil.which("caddy") is None:
            self.front = self.port
            return
        text = self.here(page.file("caddyfile")).replace(NAME, f"http://127.0.0.1:{self.front}")
        configuration = self.dojo.folder / "Caddyfile"
        configuration.write_text("{\n\tadmin off\n}\n" + text)
        process = self._stack.enter_context(
            running("caddy", "run", "--config", str(configuration), "--adapter", "caddyfile")
        )
        self.wait(lambda: process.poll() is not None or answered(self.front, "GET", "/")[0] == 404)
        assert process.poll() is None

    def opened(self, branch: str) -> Pull:
        """Open a pull request in ``guild/desk``."""
        github, desk = self.dojo.github, self.dojo.desk
        github.push(desk, branch, {**AFTER, f"{branch}.md": b"A note.\n"})
        return github.open_pull(desk, branch, self.dojo.ada)

    def concluded(self, pull: Pull) -> int:
        """Return how many check runs of a pull request have ended."""
        ended = [check for check in self.dojo.desk.checks if check.conclusion is not None]
        return len([check for check in ended if check.head_sha == pull.head_sha])

    def wait(self, until: Callable[[], Any], seconds: float = 90) -> None:
        last = time.monotonic() + seconds
        while not until():
            assert self.bot is None or self.bot.poll() is None, self.said()
            assert time.monotonic() < last, self.said()
            time.sleep(0.05)

    @property
    def log(self) -> Path:
        return self.dojo.folder / "serve.log"

    def said(self) -> str:
        """Return the last of what the bot has logged."""
        return self.log.read_text("utf-8")[-4000:] if self.log.exists() else ""


def _repository(folder: Path) -> Path:
    """Make a repository of this tree, as it is now."""
    folder.mkdir()
    engine.copied(folder)
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "--quiet"], ["add", "--all"], [*who, "commit", "--quiet", "--message=Now"]):
        subprocess.run(["git", "-C", str(folder), *command], check=True, env=_no_git())
    return folder


def _no_git() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def _variables(file: Path) -> dict[str, str]:
    """Read a file of variables as systemd does; the page promises that nothing in it needs quotes."""
    lines = [line for line in file.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    assert not [line for line in lines if set(line) & set("\"'$ \\`")]
    return dict(line.split("=", 1) for line in lines)


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server; end it afterwards."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def answered(
    port: int, method: str, path: str, body: bytes | None = None, tls: bool = False, **headers: str
) -> tuple[int, bytes]:
    """Return status and body of an answer; 0 where nobody listens."""
    trusting = ssl._create_unverified_context()  # noqa: SLF001 - a certificate that the test has made
    connection = (
        http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=trusting)
        if tls
        else http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    )
    try:
        connection.request(
            method, path, body, {name.replace("_", "-"): value for name, value in headers.items()}
        )
        answer = connection.getresponse()
        return answer.status, answer.read()
    except ConnectionError:
        return 0, b""
    finally:
        connection.close()


@pytest.fixture(name="it", scope="module")
def a_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with GitHub() as github, ExitStack() as stack:
        it = Machine(github, tmp_path_factory.mktemp("machine"), stack)
        try:
            yield it
        finally:
            if it.bot is not None:
                it.bot.kill()
                it.bot.wait(10)


def test_every_block_that_is_marked_is_followed_by_a_test() -> None:
    followed = {"app", *re.findall(r'\.follow\("([\w-]+)"\)', Path(__file__).read_text("utf-8"))}
    assert set(page.marks()) == followed


def test_the_page_leads_from_an_empty_home_to_a_review_and_back_from_a_backup(
    it: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    it.follow("install")
    assert "SENSEI_DATABASE_URL" in it.follow("settings")
    assert (it.home / "sensei.env").stat().st_mode & 0o077 == 0
    it.proxy()
    it.make_the_app()
    it.start()
    first = it.opened("first")
    it.wait(lambda: it.concluded(first))
    brought = [each.status for each in it.dojo.github.deliveries if each.event == "pull_request"]
    assert brought == [202]
    assert len(first.reviews) == 1
    whole = sum(seconds for _, seconds in it.took)
    with capsys.disabled():
        steps = ", ".join(f"{mark} {seconds:.0f} s" for mark, seconds in it.took)
        print(f"\n  operating.md: a published review after {whole:.0f} s of commands ({steps})")

    looked = it.follow("look")
    assert "guild/desk" in looked
    assert "No GitHub App is set up" not in looked
    assert "All is well." in looked, looked
    assert '"ready":true' in looked
    it.dojo.github.repository("guild/till", {"README.md": b"# Till\n"})
    it.dojo.github.user("bo")
    till = next(each for each in it.dojo.github.repositories.values() if each.full_name == "guild/till")
    (installation,) = it.dojo.github.installations.values()
    it.dojo.github.select(installation, it.dojo.desk, till)
    assert "guild/till" in it.follow("cohort")

    it.follow("backup")
    later = it.opened("later")
    it.wait(lambda: it.concluded(later))
    it.stop()
    it.follow("restore")
    it.start()
    again = it.opened("again")
    it.wait(lambda: it.concluded(again))
    it.wait(lambda: it.concluded(later) == 2 or it.concluded(later) == 1)
    time.sleep(10)
    print(
        "LATER",
        len(later.reviews),
        it.concluded(later),
        [r.body[:80] for r in later.reviews],
        len(later.threads),
    )
    it.stop()
    assert '"level": "error"' not in it.log.read_text("utf-8")
    assert 0
