"""A participant who talks with Sensei in private, on both databases."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.workflows.articulation.talking import Talking, talking


@pytest.fixture
def it(own_engine: sa.Engine) -> Iterator[Talking]:
    with talking(own_engine) as made:
        yield made
        assert made.slack.problems == []
