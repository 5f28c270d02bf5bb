"""The image: built from the Dockerfile by a real builder, then run as ``compose.yaml`` runs it."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import sensei
from tests.contract import engine
from tests.contract.engine import BUILT, Builder, Container, Place
from tests.serving import AFTER, SECRET, Serving, serving

pytestmark = pytest.mark.contract

# Beside the files of the clone: what somebody has lying there, and must not reach a builder.
_PLANTED = [".env", "sensei.env", "secrets/github-app.pem", "bot/__pycache__/old.pyc", ".venv/bin/python"]


@pytest.fixture(name="context", scope="module")
def a_clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    engine.root_needed()
    folder = engine.copied(tmp_path_factory.mktemp("clone"))
    for name in _PLANTED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("not for anybody")
    return folder


@pytest.fixture(name="built", scope="module")
def a_built_image(context: Path) -> Iterator[Builder]:
    with engine.builder() as made:
        made.build(context)
        yield made


@pytest.fixture(name="it", scope="module")
def a_dojo(
    built: Builder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Serving, Container, Place]]:
    """A GitHub, and a container that is not started yet; the volume is new, as an engine makes one."""
    folder = tmp_path_factory.mktemp("dojo")
    with serving(folder) as dojo, built.mounted(BUILT) as root:
        about = (root / "var/lib/sensei").stat()
        volume = folder / "volume"
        volume.mkdir()
        volume.chmod(stat.S_IMODE(about.st_mode))
        os.chown(volume, about.st_uid, about.st_gid)
        os.chown(folder / "app.pem", about.st_uid, about.st_gid)
        (folder / "app.pem").chmod(0o400)
        place = Place(root, volume, folder / "app.pem")
        settings = {
            name: value
            for name, value in dojo.environment.items()
            if name.startswith("SENSEI_") and name not in {"SENSEI_DATABASE_URL", "SENSEI_CHECKOUTS"}
        }
        settings["SENSEI_GITHUB_PRIVATE_KEY"] = "/run/secrets/github-app.pem"
        container = Container(built.configuration(), place, settings, folder / "container.log")
        try:
            yield dojo, container, place
        finally:
            container.kill()


def test_only_what_the_wheel_is_made_of_reaches_the_builder(built: Builder, context: Path) -> None:
    sent = built.context(context)
    tops = {name.partition("/")[0] for name in sent}
    assert tops == {
        *("bot", "evals", "migrations", "prompts", "rubrics"),
        *("LICENSE", "README.md", "pyproject.toml", "requirements-dev.lock", "requirements.lock"),
    }
    assert not sent & set(_PLANTED)
    assert {
        name for name in sent if name.startswith("evals/") and not name.startswith("evals/samples/")
    } == set()


def test_it_holds_what_runs_and_nothing_that_builds(built: Builder) -> None:
    with built.mounted(BUILT) as root:
        site = next((root / "opt/sensei/lib").glob("python3.*")) / "site-packages"
        packages = {path.name for path in site.iterdir()}
        assert {"bot", "anthropic", "boto3", "psycopg"} <= packages
        assert not {"pip", "hatchling", "pytest", "mypy"} & packages
        assert (site / "bot/_data/rubrics/capstone.yaml").is_file()
        assert not (root / "src").exists()
        # Compiled beforehand: with a read-only root it never could be.
        assert list((site / "bot/__pycache__").glob("*.pyc"))
        writable = [
            path
            for path in (root / "opt/sensei").rglob("*")
            if not path.is_symlink() and path.lstat().st_mode & 0o022
        ]
        assert writable == []
        home = (root / "var/lib/sensei").stat()
        assert (home.st_uid, home.st_gid, stat.S_IMODE(home.st_mode)) == (10001, 10001, 0o700)


def test_it_says_how_it_is_run_and_holds_no_secret(built: Builder) -> None:
    told = built.configuration()
    assert told["User"] == "10001:10001"
    assert told["StopSignal"] == "SIGTERM"
    assert list(told["Volumes"]) == ["/var/lib/sensei"]
    assert list(told["ExposedPorts"]) == ["8080/tcp"]
    assert told["Labels"]["org.opencontainers.image.title"] == "Sensei"
    names = {pair.partition("=")[0] for pair in told["Env"]}
    assert not {name for name in names if "KEY" in name or "SECRET" in name or "TOKEN" in name}


def test_it_serves_as_nobody_with_a_read_only_root_and_ends_in_good_order(
    built: Builder, it: tuple[Serving, Container, Place]
) -> None:
    dojo, container, place = it
    how, *healthy = built.configuration()["Healthcheck"]["Test"]
    assert how == "CMD"
    before = engine.listing(place.root, but=[place.root / "run", place.root / "etc"])

    container.start()
    _answers(dojo, container)
    assert container.run(*healthy).returncode == 0
    told = container.processes()
    assert {about["Uid"].split()[0] for about in told} == {"10001"}
    assert {about["Gid"].split()[0] for about in told} == {"10001"}
    assert {int(about["CapEff"], 16) | int(about["CapBnd"], 16) for about in told} == {0}
    assert {about["NoNewPrivs"] for about in told} == {"1"}
    assert container.run("touch", "/opt/sensei/mine").returncode != 0
    assert container.run("touch", "/etc/mine").returncode != 0

    assert container.run("sensei", "cohort", "add", "dojo").returncode == 0
    added = container.run("sensei", "capstone", "add", "ada/desk", "--participant", "ada", "--sensei", "sen")
    assert added.returncode == 0, added.stderr
    dojo.github.push(dojo.repository, "first", AFTER)
    pull = dojo.github.open_pull(dojo.repository, "first", dojo.ada)
    dojo.wait(lambda: dojo.concluded(pull) or not container.runs(), 60)
    assert container.runs(), container.log()
    assert len(dojo.submitted(pull)) == 1
    assert {delivery.status for delivery in dojo.github.deliveries if delivery.event == "pull_request"} == {
        202
    }

    assert container.stop(40) == 0, container.log()
    assert "Read-only file system" not in container.log()
    assert '"level": "error"' not in container.log()
    assert SECRET not in container.log()
    assert engine.listing(place.root, but=[place.root / "run", place.root / "etc"]) == before
    assert (place.volume / "sensei.db").stat().st_mode & 0o077 == 0
    assert (place.volume / "checkouts").is_dir()

    # What it has recorded lies in the volume: a new container goes on with it.
    container.start()
    _answers(dojo, container)
    assert "ada/desk" in container.run("sensei", "capstone", "list").stdout
    assert container.stop(40) == 0, container.log()


def _answers(dojo: Serving, container: Container) -> None:
    dojo.wait(lambda: dojo.get("/healthz") == 200 or not container.runs(), 60)
    assert container.runs(), container.log()


def test_its_health_check_fails_where_nobody_listens(
    built: Builder, it: tuple[Serving, Container, Place], tmp_path: Path
) -> None:
    _, *healthy = built.configuration()["Healthcheck"]["Test"]
    asleep = {**built.configuration(), "Entrypoint": ["/usr/bin/tini", "--"], "Cmd": ["sleep", "60"]}
    container = Container(asleep, it[2], {}, tmp_path / "container.log")
    container.start()
    try:
        it[0].wait(lambda: container.run("true").returncode == 0)
        assert container.run(*healthy).returncode == 1
    finally:
        container.kill()


def test_the_dockerfile_keeps_the_rules_of_its_linter() -> None:
    linter = shutil.which("hadolint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if linter is None:
        pytest.skip("there is no hadolint for this system")
    done = subprocess.run(
        [linter, "--no-color", str(sensei.ROOT / "Dockerfile")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")
