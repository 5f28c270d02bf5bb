"""A dojo with merged code, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.workflows.defences.defending import Defending, defending


@pytest.fixture
def it(own_engine: sa.Engine, tmp_path: Path) -> Iterator[Defending]:
    with defending(own_engine, tmp_path) as made:
        made.final()
        made.finds(speed_1="bounded(limit)", speed_2="limit = 50", safety_1="def trust(caller):")
        yield made
        assert not made.slack.problems
