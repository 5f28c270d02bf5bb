import re
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import settings
from bot.adapters.database.connections import default_database_file
from bot.bootstrap import one_to_ones, setup_files, wiring
from bot.cli.app import app
from bot.domain.one_to_ones.calendar_addresses import KNOWN_HOSTS
from bot.errors import UserError
from bot.ports.model import CallOutcome
from tests import sensei
from tests.adapters.model.asking import request
from tests.fakes.messages import KEY, Messages, Says


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in settings.Settings.model_fields:
        monkeypatch.delenv(f"SENSEI_{name.upper()}", raising=False)


@pytest.mark.parametrize(
    ("variable", "value", "why"),
    [
        ("SENSEI_MODEL_PROVIDER", "openai", "it must be 'anthropic' or 'bedrock'"),
        ("SENSEI_MODEL_TIMEOUT", "0", "it must be more than 0"),
        ("SENSEI_PORT", "many", "it must be a whole number"),
        ("SENSEI_PORT", "1.5", "it must be a whole number"),
        ("SENSEI_CONTEXT_TOKENS", "10", "it must be at least 2000"),
        ("SENSEI_REVIEW_BUDGET_USD", "lots", "it must be a number"),
        ("SENSEI_REVIEW_BUDGET_USD", "inf", "it must be a finite number"),
        ("SENSEI_DAY_BUDGET_USD", "-1", "it must be more than 0"),
        ("SENSEI_DAY_BUDGET_USD", "nan", "it must be a finite number"),
        ("SENSEI_FILE_TIMEOUT", "1e999", "it must be a finite number"),
        ("SENSEI_METRICS_TOKEN", "short", "it must have at least 16 characters"),
        ("SENSEI_COHORT", "c" * 81, "it must not have more than 80 characters"),
        ("SENSEI_MODEL_TIMEOUT", "9999", "it must be at most 3600"),
        ("SENSEI_MODEL_BASE_URL", "localhost:8080", "its format is wrong"),
        ("SENSEI_AWS_REGION", "eu/../x", "its format is wrong"),
        ("SENSEI_CALENDAR_HOSTS", "none", "its format is wrong"),
        ("SENSEI_CALENDAR_HOSTS", "calendar.google.com,,", "its format is wrong"),
    ],
)
def test_a_value_that_cannot_be_used_names_its_variable_and_says_in_our_words_why(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, why: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(UserError, match=f"{variable} cannot be used: {why}"):
        settings.load()


def test_an_empty_list_of_hosts_switches_calendars_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert one_to_ones._list_hosts(settings.load()) == KNOWN_HOSTS
    for empty in ("", " "):
        monkeypatch.setenv("SENSEI_CALENDAR_HOSTS", empty)
        assert one_to_ones._list_hosts(settings.load()) == ()
        assert "SENSEI_CALENDAR_HOSTS=" + empty in CliRunner().invoke(app, ["settings"]).output.split("\n")
    monkeypatch.setenv("SENSEI_CALENDAR_HOSTS", "Calendar.Example.org, .example.net")
    assert one_to_ones._list_hosts(settings.load()) == ("calendar.example.org", ".example.net")


def test_a_provider_without_a_model_is_told_that_the_model_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SENSEI_MODEL_PROVIDER", "anthropic")
    with pytest.raises(UserError, match="SENSEI_MODEL is not"):
        settings.load()


def test_a_variable_that_means_nothing_suggests_only_one_that_is_close(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SENSEI_FOO", "1")
    monkeypatch.setenv("SENSEI_COHRT", "spring")
    monkeypatch.setenv("SENSEI_MODLE", "x")
    told = dict(settings.unknown())
    assert told["SENSEI_FOO"] == ""
    assert told["SENSEI_COHRT"] == "SENSEI_COHORT"
    assert told["SENSEI_MODLE"] == "SENSEI_MODEL"


@pytest.mark.parametrize(("secret", "why"), [("", "is not set"), ("s" * 15, "is shorter than 16 characters")])
def test_a_webhook_without_a_proper_secret_is_not_served(secret: str, why: str) -> None:
    refused = sensei.run("serve", SENSEI_GITHUB_WEBHOOK_SECRET=secret)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"sensei: SENSEI_GITHUB_WEBHOOK_SECRET {why}")


def test_secrets_are_shown_masked() -> None:
    shown = sensei.run(
        "settings", SENSEI_ANTHROPIC_API_KEY=KEY, SENSEI_DATABASE_URL="postgresql://u:hunter2@h/d"
    )
    assert shown.returncode == 0
    assert KEY not in shown.stdout
    assert "hunter2" not in shown.stdout
    assert "SENSEI_ANTHROPIC_API_KEY=*****" in shown.stdout


def test_without_a_provider_there_is_no_model_whatever_keys_lie_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.setenv("SENSEI_ANTHROPIC_API_KEY", KEY)
    with wiring.connect_model(settings.load()) as model:
        assert model is None


def test_the_vendors_own_variable_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.setenv("SENSEI_MODEL_PROVIDER", "anthropic")
    monkeypatch.setenv("SENSEI_MODEL", "claude-opus-5-5")
    with pytest.raises(UserError, match="no API key is set"), wiring.connect_model(settings.load()):
        pass


def test_a_model_is_made_from_settings_and_records_into_the_users_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with Messages(lambda _body: Says({"touched": []})) as server:
        for name, value in {
            "MODEL_PROVIDER": "anthropic",
            "MODEL": "claude-opus-5-5",
            "ANTHROPIC_API_KEY": KEY,
            "MODEL_BASE_URL": server.url,
            "REVIEW_BUDGET_USD": "1",
        }.items():
            monkeypatch.setenv(f"SENSEI_{name}", value)
        with wiring.connect_model(settings.load()) as model:
            assert model is not None
            assert (model.provider, model.id) == ("anthropic", "claude-opus-5-5")
            assert model.ask(request()).outcome is CallOutcome.ANSWERED
        with wiring.connect_model(settings.load()) as model:
            assert model is not None
            assert model.ask(request()).reused
    [file] = tmp_path.rglob("sensei.db")
    rows = sqlite3.connect(file)
    assert rows.execute("SELECT state FROM model_call").fetchall() == [("answered",)]
    rows.close()
    assert KEY.encode() not in b"".join(path.read_bytes() for path in file.parent.iterdir())


def test_a_setting_can_be_switched_off_and_is_listed_like_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENSEI_ANSWERS_QUESTIONS", "false")
    assert settings.load().answers_questions is False
    shown = {one.variable: one.value for one in settings.described(settings.load())}
    assert shown["SENSEI_ANSWERS_QUESTIONS"] == "false"
    monkeypatch.setenv("SENSEI_ANSWERS_QUESTIONS", "sometimes")
    with pytest.raises(UserError, match="it must be true or false"):
        settings.load()


def test_the_search_index_lies_beside_the_clones_unless_a_setting_names_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SENSEI_CHECKOUTS", str(tmp_path / "data" / "checkouts"))
    addresses = ["", f"sqlite:///{tmp_path}/s.db", *(f"postgresql://u:{p}@db/s" for p in ("one", "two"))]
    for address in addresses:
        monkeypatch.setenv("SENSEI_DATABASE_URL", address)
        if not address:
            monkeypatch.delenv("SENSEI_DATABASE_URL")
        wiring.search_index(settings.load()).replace("cohort:1", [])
    names = [path.name for path in (tmp_path / "data").iterdir()]
    assert len(names) == len(addresses) - 1, "one for each database, whatever its password"
    assert all(re.fullmatch(r"search-[0-9a-f]{12}\.db", name) for name in names)
    monkeypatch.setenv("SENSEI_SEARCH_INDEX", str(tmp_path / "other.db"))
    wiring.search_index(settings.load()).replace("cohort:1", [])
    assert (tmp_path / "other.db").is_file()


def test_a_budget_that_cannot_be_kept_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {
        "DATABASE_URL": f"sqlite:///{tmp_path}/s.db",
        "MODEL_PROVIDER": "anthropic",
        "MODEL": "llama3",
        "ANTHROPIC_API_KEY": KEY,
        "DAY_BUDGET_USD": "1",
    }.items():
        monkeypatch.setenv(f"SENSEI_{name}", value)
    with (
        pytest.raises(UserError, match="price of this model is unknown"),
        wiring.connect_model(settings.load()),
    ):
        pass


def test_stored_variables_count_where_the_environment_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENSEI_PORT", "9000")
    stored = {"SENSEI_PORT": "1", "SENSEI_COHORT": "spring", "SENSEI_OTHER": "x", "PATH": "y"}
    loaded = settings.load(stored)
    assert (loaded.port, loaded.cohort) == (9000, "spring")
    with pytest.raises(UserError, match="SENSEI_QUIET_SECONDS cannot be used: it must be a number"):
        settings.load({"SENSEI_QUIET_SECONDS": "long"})


def test_a_set_up_leaves_the_apps_in_a_file_to_itself(tmp_path: Path) -> None:
    file = tmp_path / "sensei.env"
    file.write_text("SENSEI_GITHUB_APP_ID=1\nSENSEI_SLACK_BOT_TOKEN=xoxb-1\nexport SENSEI_COHORT='spring'\n")
    loaded = setup_files.load_settings(file)
    assert (loaded.cohort, loaded.github_app_id, loaded.slack_bot_token) == ("spring", None, None)
    assert setup_files.load_settings(None).cohort is None


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("postgresql://sensei:hunter2@db:5433/sensei", "postgresql://sensei:***@db:5433/sensei"),
        (
            "postgresql://db/sensei?password=hunter2&sslmode=require",
            "postgresql://db/sensei?password=hidden&sslmode=require",
        ),
        ("sqlite:////srv/sensei.db", "sqlite:////srv/sensei.db"),
        ("sqlite:///here.db", f"sqlite:///{Path.cwd()}/here.db"),
    ],
)
def test_the_database_in_use_is_listed_without_its_password(
    monkeypatch: pytest.MonkeyPatch, given: str, shown: str
) -> None:
    monkeypatch.setenv("SENSEI_DATABASE_URL", given)
    done = CliRunner().invoke(app, ["settings"])
    assert f"\nSENSEI_DATABASE_URL={shown}\n" in done.output
    assert "hunter2" not in done.output


def test_without_a_setting_the_default_database_is_listed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    output = CliRunner().invoke(app, ["settings"]).output
    assert f"\nSENSEI_DATABASE_URL=sqlite:///{default_database_file()}\n" in output
    assert "It is unset, so Sensei uses the file above." in " ".join(output.split())
