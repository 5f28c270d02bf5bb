"""A capstone that senseis rule on, on both databases."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.workflows.triage.appealing import Appealing, appealing


@pytest.fixture
def it(own_engine: sa.Engine) -> Iterator[Appealing]:
    with appealing(own_engine) as made:
        yield made
        assert made.slack.problems == []
