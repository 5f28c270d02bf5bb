"""A dojo whose participant has a design document, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.workflows.defences.defending import Defending, defending


@pytest.fixture
def it(own_engine: sa.Engine, tmp_path: Path) -> Iterator[Defending]:
    with defending(own_engine, tmp_path) as made:
        yield made
        assert not made.slack.problems
