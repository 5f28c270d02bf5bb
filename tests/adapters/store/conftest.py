"""Every test that takes ``url`` runs on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from bot.adapters.store import open_store, upgrade_store
from tests import databases


@pytest.fixture(scope="session")
def postgres() -> Iterator[URL]:
    with databases.postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'sensei.db'}"
    else:
        with databases.fresh(request.getfixturevalue("postgres")) as made:
            yield made


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    """A database with its tables."""
    upgrade_store(url)
    with open_store(url) as made:
        yield made
