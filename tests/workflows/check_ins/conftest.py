"""A participant who is asked check-ins, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.fakes.github import GitHub
from tests.workflows.check_ins.checked import Checked


@pytest.fixture
def it(engine: sa.Engine, tmp_path: Path) -> Iterator[Checked]:
    with GitHub() as github:
        yield Checked(engine, github, tmp_path)
