"""A database for what comes in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests import databases


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    with databases.opened("sqlite", tmp_path) as made:
        yield made
