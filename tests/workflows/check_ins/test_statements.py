"""What a check-in costs the database, from the decision to the message in the chat."""

from pathlib import Path

import pytest

from benchmarks.check_ins import measure
from bot.adapters.files import rubrics
from tests import databases

_MOST = [("sqlite", 77), pytest.param("postgresql", 87, marks=pytest.mark.contract)]
"""How many statements one may take. On PostgreSQL, each transaction that writes takes its turn with one."""


@pytest.mark.parametrize(("kind", "most"), _MOST)
def test_a_check_in_takes_few_statements(kind: str, most: int, tmp_path: Path) -> None:
    with databases.opened(kind, tmp_path) as engine:
        costs = measure(engine, 3, 3, 3, rubrics.load("capstone"), tmp_path / "posted")
    assert len(costs.statements) == 3
    assert max(costs.statements) <= most
