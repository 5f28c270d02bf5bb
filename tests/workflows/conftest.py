"""Databases that the tests of a file share: each test has a capstone of its own in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from tests import databases
from tests.workflows import dojo


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """A database with its tables, of either kind."""
    if request.param == "sqlite":
        file: Path = tmp_path_factory.mktemp("database") / "sensei.db"
        with dojo.database(f"sqlite:///{file}") as made:
            yield made
    else:
        with databases.postgres() as server, databases.fresh(server) as url, dojo.database(url) as made:
            yield made


@pytest.fixture(scope="session")
def server() -> Iterator[URL]:
    """A PostgreSQL, for tests that need a database of their own."""
    with databases.postgres() as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def own_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database of one test's own, of either kind: users of Slack have the same ids in each workspace."""
    if request.param == "sqlite":
        with dojo.database(f"sqlite:///{tmp_path}/sensei.db") as made:
            yield made
    else:
        with (
            databases.fresh(request.getfixturevalue("server")) as url,
            dojo.database(url) as made,
        ):
            yield made
