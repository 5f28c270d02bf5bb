"""Databases that the tests of a file share: each test has a capstone of its own in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests import databases

DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.contract)]
"""The second database is judged by `make contract`; what is stored is tried on both each time."""


@pytest.fixture(scope="module", params=DATABASES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """A database with its tables, of either kind."""
    with databases.opened(request.param, tmp_path_factory.mktemp("database")) as made:
        yield made


@pytest.fixture(params=DATABASES)
def own_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database of one test's own, of either kind: users of Slack have the same ids in each workspace."""
    with databases.opened(request.param, tmp_path) as made:
        yield made
