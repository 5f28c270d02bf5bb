"""Databases that the tests of a file share: each test has a capstone of its own in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

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
