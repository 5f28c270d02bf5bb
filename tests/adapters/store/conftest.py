"""Every test that takes ``url`` runs on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.adapters.store import open_store
from tests import databases


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'sensei.db'}"
    else:
        with databases.fresh() as made:
            yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database with its tables."""
    if request.param == "sqlite":
        with open_store(databases.migrated_file(tmp_path / "sensei.db")) as made:
            yield made
    else:
        with databases.migrated() as url, open_store(url) as made:
            yield made
