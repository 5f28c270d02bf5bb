"""``sensei setup github`` as a person runs it: the command in a process, the browser a plain HTTP client."""

import http.client
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from tests import databases, sensei
from tests.fakes.github import GitHub
from tests.fakes.github.model import App
from tests.waiting import FUSE

URL = re.compile(r"http://127\.0\.0\.1:\d+/[\w-]+")


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    text: str


def ask(method: str, url: str, form: Mapping[str, str] | None = None, **headers: str) -> Reply:
    """Send one request as a browser would; no redirect is followed."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=FUSE)
    sent = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    try:
        connection.request(method, path, urlencode(form or {}) or None, {**sent, **headers})
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, found, response.read().decode())
    finally:
        connection.close()


def attribute(text: str, tag: str, name: str) -> str:
    found = re.search(rf"<{tag}[^>]*\s{name}=\"([^\"]*)\"", text)
    assert found, text
    return unescape(found[1])


@dataclass
class Command:
    """A command that runs; what it has said so far is in ``out``."""

    process: sensei.Process
    out: str = ""
    err: str = ""
    _threads: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in ("out", "err"):
            thread = threading.Thread(target=self._read, args=(name,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def _read(self, name: str) -> None:
        stream = self.process.stdout if name == "out" else self.process.stderr
        assert stream is not None
        with stream:
            for line in stream:
                setattr(self, name, getattr(self, name) + line)

    def says(self, pattern: str | re.Pattern[str], seconds: float = FUSE) -> re.Match[str]:
        """Wait until the command has said something."""
        last = time.monotonic() + seconds
        while (found := re.search(pattern, self.out)) is None:
            assert self.process.poll() is None or self._threads[0].is_alive(), self.out + self.err
            assert time.monotonic() < last, self.out + self.err
            time.sleep(0.02)
        return found

    def ends(self, seconds: float = FUSE) -> int:
        status = self.process.wait(seconds)
        for thread in self._threads:
            thread.join(5)
        return status

    def stop(self, how: int = signal.SIGINT) -> int:
        self.process.send_signal(how)
        return self.ends()


class SettingUp:
    """A machine without an App, before a GitHub where ``guild`` is owned by ``ada``."""

    def __init__(self, github: GitHub, folder: Path) -> None:
        self.github = github
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir()
        self.guild = github.user("guild", "Organization")
        self.ada, self.sen = github.user("ada"), github.user("sen")
        github.owners["guild"] = {"ada"}
        self.desk = github.repository("guild/desk", {"README.md": b"# Desk\n"})
        self.env = self.home / ".config" / "sensei" / "github.env"
        self.environment = sensei.environment(
            HOME=str(self.home),
            XDG_CONFIG_HOME=str(self.home / ".config"),
            SENSEI_DATABASE_URL=f"sqlite:///{folder}/sensei.db",
            SENSEI_GITHUB_API_URL=github.url,
            SENSEI_GITHUB_WRITE_SECONDS="0",
        )
        self.said: list[Command] = []
        databases.migrated_file(folder / "sensei.db")
        databases.add_cohort(self.environment["SENSEI_DATABASE_URL"])

    def start(self, *options: str, **changes: str) -> Command:
        process = sensei.Process(
            ("setup", "github", "--no-browser", *options),
            self.environment | changes,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        command = Command(process)
        self.said.append(command)
        return command

    def run(self, *options: str, **changes: str) -> Command:
        command = self.start(*options, **changes)
        command.ends()
        return command

    def page(self, command: Command) -> str:
        return command.says(URL)[0]

    def submit(self, page: str) -> Reply:
        """Load the page, and send its form to GitHub."""
        form = ask("GET", page)
        assert form.status == 200, form
        return ask("POST", attribute(form.text, "form", "action"), {"manifest": manifest(form)})

    def back(self, page: str, name: str | None = None) -> str:
        """Say yes at GitHub; return where it sends the browser, which does not go there yet."""
        shown = self.submit(page)
        assert shown.status == 200, shown
        fields = {
            "token": attribute(shown.text, 'input type="hidden"', "value"),
            "name": name or attribute(shown.text, 'input name="name"', "value"),
        }
        made = ask("POST", f"{self.github.url}/settings/apps/create", fields)
        assert made.status == 302, made
        return made.headers["location"]

    def made(self, command: Command) -> Reply:
        """Do all that a person does in the browser."""
        return ask("GET", self.back(self.page(command)))

    @property
    def app(self) -> App:
        [app] = self.github.apps.values()
        return app

    def variables(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.env.read_text().splitlines() if "=" in line)

    def secrets(self) -> list[str]:
        """Everything that must never be shown."""
        found = []
        for app in self.github.apps.values():
            found += [line for line in app.private_key.splitlines() if "PRIVATE KEY" not in line]
            found.append(app.webhook_secret)
        return [each for each in found if len(each) > 20]


def manifest(form: Reply) -> str:
    return attribute(form.text, "input", "value")


def code_of(location: str) -> str:
    return parse_qs(urlsplit(location).query)["code"][0]


@contextmanager
def setting_up(folder: Path) -> Iterator[SettingUp]:
    """A machine and a GitHub; whatever was shown is searched for secrets at the end."""
    with GitHub() as github:
        it = SettingUp(github, folder)
        try:
            yield it
        finally:
            for command in it.said:
                if command.process.poll() is None:
                    command.process.kill()
                command.ends()
        shown = "".join(command.out + command.err for command in it.said)
        assert [secret for secret in it.secrets() if secret in shown] == []
        assert [line for line in shown.splitlines() if "Traceback" in line or "is a bug" in line] == []
