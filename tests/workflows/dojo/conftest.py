"""A dojo with people, on both databases and on SQLite alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.adapters.database import open_store
from tests import databases
from tests.workflows.peopled import Peopled, peopled
from tests.workflows.whole_dojo import WholeDojo, whole_dojo


@pytest.fixture
def it(own_engine: sa.Engine) -> Iterator[Peopled]:
    with peopled(own_engine) as made:
        yield made


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Peopled]:
    with open_store(databases.migrated_file(tmp_path / "sensei.db")) as engine, peopled(engine) as made:
        yield made


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[WholeDojo]:
    with open_store(databases.migrated_file(tmp_path / "sensei.db")) as engine, whole_dojo(engine) as made:
        yield made
