"""A dojo with decisions, on both databases."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.workflows.decisions.recorded import Recorded, recorded


@pytest.fixture
def it(own_engine: sa.Engine) -> Iterator[Recorded]:
    with recorded(own_engine) as made:
        yield made
        assert not made.slack.problems
