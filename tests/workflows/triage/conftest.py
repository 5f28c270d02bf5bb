"""A participant's capstone, whose questions wait for their sensei."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.workflows.triage.holding_back import HoldingBack, holding_back


@pytest.fixture
def it(own_engine: sa.Engine) -> Iterator[HoldingBack]:
    with holding_back(own_engine) as made:
        yield made
        assert made.slack.problems == []
