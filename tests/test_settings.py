import sqlite3
from pathlib import Path

import pytest

from bot import bootstrap, settings
from bot.errors import UserError
from bot.ports import Outcome
from tests import sensei
from tests.adapters.model.asking import request
from tests.fakes.messages import KEY, Messages, Says


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in settings.Settings.model_fields:
        monkeypatch.delenv(f"SENSEI_{name.upper()}", raising=False)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SENSEI_MODEL_PROVIDER", "openai"),
        ("SENSEI_MODEL_PROVIDER", "anthropic"),
        ("SENSEI_MODEL_TIMEOUT", "0"),
        ("SENSEI_REVIEW_BUDGET_USD", "lots"),
        ("SENSEI_DAY_BUDGET_USD", "-1"),
        ("SENSEI_MODEL_BASE_URL", "localhost:8080"),
        ("SENSEI_AWS_REGION", "eu/../x"),
    ],
)
def test_a_value_that_cannot_be_used_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(UserError, match=f"{variable} cannot be used"):
        settings.load()


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
    with bootstrap.model(settings.load()) as model:
        assert model is None


def test_the_vendors_own_variable_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.setenv("SENSEI_MODEL_PROVIDER", "anthropic")
    monkeypatch.setenv("SENSEI_MODEL", "claude-opus-5-5")
    with pytest.raises(UserError, match="there is no key"), bootstrap.model(settings.load()):
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
        with bootstrap.model(settings.load()) as model:
            assert model is not None
            assert (model.provider, model.id) == ("anthropic", "claude-opus-5-5")
            assert model.ask(request()).outcome is Outcome.ANSWERED
        with bootstrap.model(settings.load()) as model:
            assert model is not None
            assert model.ask(request()).reused
    [file] = tmp_path.rglob("sensei.db")
    rows = sqlite3.connect(file)
    assert rows.execute("SELECT state FROM model_call").fetchall() == [("answered",)]
    rows.close()
    assert KEY.encode() not in b"".join(path.read_bytes() for path in file.parent.iterdir())


def test_a_budget_that_cannot_be_kept_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {
        "DATABASE_URL": f"sqlite:///{tmp_path}/s.db",
        "MODEL_PROVIDER": "anthropic",
        "MODEL": "llama3",
        "ANTHROPIC_API_KEY": KEY,
        "DAY_BUDGET_USD": "1",
    }.items():
        monkeypatch.setenv(f"SENSEI_{name}", value)
    with pytest.raises(UserError, match="No price is known"), bootstrap.model(settings.load()):
        pass
