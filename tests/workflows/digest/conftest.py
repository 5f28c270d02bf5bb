"""A cohort with a week of its own, on both databases."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.workflows.digest.weeks import Week, week


@pytest.fixture
def it(own_engine: sa.Engine) -> Iterator[Week]:
    """A database of its own too: the times of all cohorts' digests are kept together."""
    with week(own_engine) as made:
        yield made
