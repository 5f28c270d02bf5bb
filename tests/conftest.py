"""What holds for every test."""

from pathlib import Path

import pytest
from hypothesis import settings

from tests import databases

# How long an example takes says nothing about whether it is right, and the machine is shared.
settings.register_profile("sensei", deadline=None, print_blob=True)
settings.load_profile("sensei")

_SLOWEST = ("e2e", "security", "workflows", "entrypoints", "adapters")
_FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the processes that share the tests share its folder
        config.stash[_FOLDER] = databases.begin_run()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that take longest, and let those that share something be done by one process."""
    for item in items:
        if isinstance(item, pytest.Function) and (group := _shares(item)):
            item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=_turn)


def _shares(item: pytest.Function) -> str:
    """Return the name of what a test has in common with others of its file, or nothing.

    That is a fixture which lives as long as the file's tests, of the same kind where it is made in several.
    """
    made = {
        name: item.callspec.params.get(name, "") if hasattr(item, "callspec") else ""
        for name, (*_, definition) in item._fixtureinfo.name2fixturedefs.items()
        if definition.scope == "module"
    }
    kinds = ",".join(f"{name}={kind}" for name, kind in sorted(made.items()))
    return f"{item.path.stem}:{kinds}" if made else ""


def _turn(item: pytest.Item) -> int:
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    return _SLOWEST.index(folder) if folder in _SLOWEST else len(_SLOWEST)


def pytest_unconfigure(config: pytest.Config) -> None:
    if folder := config.stash.get(_FOLDER, None):
        databases.end_run(folder)
