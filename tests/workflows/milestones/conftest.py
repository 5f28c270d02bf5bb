"""A dojo with rulings, on both databases."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.workflows.milestones.ruled import Ruled, ruled


@pytest.fixture
def it(own_engine: sa.Engine) -> Iterator[Ruled]:
    with ruled(own_engine) as made:
        yield made
        assert not made.slack.problems
