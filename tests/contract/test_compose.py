"""``compose.yaml``: read by Compose itself, and held against the image and the settings."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.bootstrap.engine import STOP_SECONDS
from bot.settings import Settings
from tests import sensei
from tests.contract import engine

pytestmark = pytest.mark.contract

FILE = sensei.ROOT / "compose.yaml"
SERVICES = ["db", "migrate", "sensei"]


@pytest.fixture(name="it", scope="module")
def as_it_is_written() -> Any:
    return yaml.safe_load(FILE.read_text("utf-8"))


def _compose() -> list[str] | None:
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    plugin = ["docker", "compose"]
    works = shutil.which("docker") and subprocess.run([*plugin, "version"], capture_output=True, check=False)
    return plugin if works and works.returncode == 0 else None


def test_compose_reads_it(tmp_path: Path) -> None:
    command = _compose()
    if command is None:
        engine.without("there is no docker-compose")
    shutil.copy(FILE, tmp_path)
    (tmp_path / "sensei.env").write_text("SENSEI_GITHUB_APP_ID=7\n")
    done = subprocess.run(
        [*command, "config", "--format", "json"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    read = json.loads(done.stdout)
    assert sorted(read["services"]) == SERVICES
    assert read["services"]["sensei"]["environment"]["SENSEI_GITHUB_APP_ID"] == "7"


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_may_more_than_it_needs(it: Any, name: str) -> None:
    service = it["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["pids_limit"] > 0
    assert "privileged" not in service
    assert set(service.get("cap_add", [])) <= {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"}
    assert ("cap_add" in service) == (name == "db")
    assert any(each.startswith("/tmp") for each in service["tmpfs"])


def test_only_the_bot_listens_and_only_for_this_machine(it: Any) -> None:
    ports = {name: service["ports"] for name, service in it["services"].items() if "ports" in service}
    assert ports == {"sensei": ["127.0.0.1:8080:8080"]}
    assert it["networks"]["inside"] == {"internal": True}
    assert it["services"]["db"]["networks"] == ["inside"]


def test_there_is_one_bot_and_it_has_time_to_end(it: Any) -> None:
    bot = it["services"]["sensei"]
    assert bot["deploy"]["replicas"] == 1
    assert bot["deploy"]["update_config"]["order"] == "stop-first"
    assert int(bot["stop_grace_period"].removesuffix("s")) > STOP_SECONDS
    assert bot["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert bot["depends_on"]["db"] == {"condition": "service_healthy"}
    assert it["services"]["migrate"]["command"] == ["db", "upgrade"]
    assert it["services"]["migrate"]["depends_on"]["db"] == {"condition": "service_healthy"}


def test_no_secret_stands_in_it_and_each_is_a_file(it: Any) -> None:
    assert set(it["secrets"]) == {"github-app.pem", "postgres-password"}
    assert all(list(secret) == ["file"] for secret in it["secrets"].values())
    given = {**it["services"]["db"]["environment"], **it["services"]["sensei"]["environment"]}
    secret = {name: value for name, value in given.items() if re.search("PASSWORD|KEY|SECRET|TOKEN", name)}
    assert all(value.startswith("/run/secrets/") for value in secret.values())
    assert {value.removeprefix("/run/secrets/") for value in secret.values()} == set(it["secrets"])
    ignored = (sensei.ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert {"sensei.env", "/secrets/"} <= set(ignored)


def test_it_fits_the_image_and_the_settings(it: Any) -> None:
    bot, image = it["services"]["sensei"], engine.dockerfile()
    (volume,) = re.findall(r"(?m)^VOLUME (\S+)$", image)
    assert bot["volumes"] == [f"state:{volume}"]
    assert f"EXPOSE {bot['environment']['SENSEI_PORT']}\n" in image
    named = {name for name in bot["environment"] if name.startswith("SENSEI_")}
    assert named <= {f"SENSEI_{name.upper()}" for name in Settings.model_fields}
