"""People who ask Sensei and each other, on both databases."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.workflows.enquiries.asking_people import AskingPeople, asking_people


@pytest.fixture
def asking(own_engine: sa.Engine) -> Iterator[AskingPeople]:
    with asking_people(own_engine) as made:
        yield made
        assert made.slack.problems == []
