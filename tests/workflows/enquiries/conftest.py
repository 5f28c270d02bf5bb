"""A participant who asks Sensei, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.workflows.enquiries.asking import Asking, asking


@pytest.fixture
def it(own_engine: sa.Engine, tmp_path: Path) -> Iterator[Asking]:
    with asking(own_engine, tmp_path) as made:
        yield made
        assert made.slack.problems == []
