"""What holds for every test."""

from pathlib import Path

import pytest
from hypothesis import settings

from tests import databases

# How long an example takes says nothing about whether it is right, and the machine is shared.
settings.register_profile("sensei", deadline=None, print_blob=True)
settings.load_profile("sensei")

_FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the processes that share the tests share its folder
        config.stash[_FOLDER] = databases.begin_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    if folder := config.stash.get(_FOLDER, None):
        databases.end_run(folder)
