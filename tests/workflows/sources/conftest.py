"""A cohort with a handbook, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.workflows.sources.cited import Cited, cited


@pytest.fixture
def it(own_engine: sa.Engine, tmp_path: Path) -> Iterator[Cited]:
    with cited(own_engine, tmp_path) as made:
        yield made
