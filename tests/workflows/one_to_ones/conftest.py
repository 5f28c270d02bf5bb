"""Pairs that meet, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.workflows.one_to_ones.meetings import Meetings, meetings


@pytest.fixture
def it(own_engine: sa.Engine, tmp_path: Path) -> Iterator[Meetings]:
    """A database of its own too: the times of all cohorts' one-to-ones are kept together."""
    with meetings(own_engine, tmp_path) as made:
        yield made
