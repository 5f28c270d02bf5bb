"""A database for what comes in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.adapters.store import open_store, upgrade_store


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database's file with its tables, which is quicker copied than made."""
    file = tmp_path_factory.mktemp("empty") / "sensei.db"
    upgrade_store(f"sqlite:///{file}")
    return file


@pytest.fixture
def engine(empty: Path, tmp_path: Path) -> Iterator[sa.Engine]:
    file = tmp_path / "sensei.db"
    file.write_bytes(empty.read_bytes())
    with open_store(f"sqlite:///{file}") as made:
        yield made
