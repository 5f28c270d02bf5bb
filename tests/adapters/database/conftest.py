"""Every test that takes ``url`` or ``engine`` runs on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.adapters.database import open_store
from tests import databases


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with its tables."""
    if request.param == "sqlite":
        yield databases.migrated_file(tmp_path / "sensei.db")
    else:
        with databases.migrated() as made:
            yield made


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    """A database with its tables."""
    with open_store(url) as made:
        yield made
