"""A Messages API, an empty store, and a model between them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.model import RecordedModel
from tests import databases
from tests.adapters.model.asking import Time, asking
from tests.fakes.messages import Messages, Says


@pytest.fixture
def server() -> Iterator[Messages]:
    with Messages(lambda _body: Says({"touched": ["evals"]})) as running:
        yield running


@pytest.fixture
def database(tmp_path: Path) -> str:
    return databases.migrated_file(tmp_path / "sensei.db")


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def model(server: Messages, database: str, time: Time) -> Iterator[RecordedModel]:
    with asking(server.url, database, time) as made:
        yield made
        # Whatever a test did: what is recorded is what was done.
        with made.calls._engine.connect() as connection:
            made_calls = connection.exec_driver_sql("SELECT count(*) FROM model_call").scalar()
        assert made_calls == len(server.requests)
