"""A dojo for each test, on both databases. A file's ``WORLD`` is what makes the dojo that it needs."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.workflows.triage.appealing import Appealing
from tests.workflows.triage.holding_back import HoldingBack


@pytest.fixture
def it(request: pytest.FixtureRequest, own_engine: sa.Engine) -> Iterator[HoldingBack | Appealing]:
    with request.module.WORLD(own_engine) as made:
        yield made
        assert made.slack.problems == []
