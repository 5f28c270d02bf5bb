"""What holds for every test."""

import functools
import gc
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from tests import databases
from tests.compiled_statements import share_compiled_statements

# How long an example takes says nothing about whether it is right, and the machine is shared.
settings.register_profile("exploring", deadline=None, print_blob=True)
# The same examples each time: what is red is red for everyone. `make explore` looks for others.
settings.register_profile("sensei", settings.get_profile("exploring"), derandomize=True)
settings.load_profile("sensei")

_TESTS = Path(__file__).parent
_QUICK = ("tests/domain/", "tests/rendering/", "tests/workflows/", "tests/test_")
"""Where tests are too quick to be given away one by one, or share what their folder's fixtures make."""
_KINDS = ("sqlite", "postgresql", "socket", "http")
"""Of what a file's fixtures may be: the tests of one kind stay together."""
_FIRST = ("tests/test_rubrics.py", "tests/test_generated.py")
"""Files that take long and cannot be shared out."""
_WAITING = {"e2e": 5, "security": 2, "entrypoints": 1, "adapters": 1}
"""Folders whose tests often wait, for processes and servers; how long a test of each takes, roughly."""
_WORKING = {"workflows": 1}
"""Folders whose tests keep a processor busy."""
_FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    share_compiled_statements()
    if not hasattr(config, "workerinput"):  # the processes that share the tests share its folder
        config.stash[_FOLDER] = databases.begin_run()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest; then what waits beside what works, so that no processor idles."""
    sizes = Counter(map(_file, items))
    places = dict([*_spread(sizes, _WAITING), *_spread(sizes, _WORKING)])
    places |= dict.fromkeys(_FIRST, -1.0)
    items.sort(key=lambda item: places.get(_file(item), 1.0))


def _spread(sizes: Mapping[str, int], folders: Mapping[str, int]) -> Iterator[tuple[str, float]]:
    """Yield the files of some folders, in their order, each with its place from 0 to below 1.

    The places are as far apart as a file takes long; ``sizes`` says how many tests it has.
    """
    chosen = [(file, length) for name, length in folders.items() for file in sizes if _is_in(file, name)]
    begun, total = 0, sum(sizes[file] * length for file, length in chosen)
    for file, length in chosen:
        yield file, begun / total
        begun += sizes[file] * length


def _is_in(file: str, folder: str) -> bool:
    return file.startswith(f"tests/{folder}/")


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]  # from its path it would take long, ten thousand times


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep Python's collector from looking, now and later, through what stays: a million objects each time.

    While the tests are collected that would take a fifth of the time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Escape what UTF-8 cannot carry: half a character that a test has printed ends all of pytest-xdist."""
    report = yield
    report.sections = [(name, _escaped(text)) for name, text in report.sections]
    if report.failed:
        report.longrepr = _escaped(str(report.longrepr))
    return report


def _escaped(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Share out the tests; of pytest-xdist's own ways none knows what a file's tests have in common.

    (Its ``loadgroup`` would, but writes to what pytest 9.2 no longer reads.)
    """
    return _Scheduling(config, log)


class _Scheduling(LoadScopeScheduling):
    """Gives one process what shares a fixture, which is made once there, and everything else one by one."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, name = nodeid.partition("::")
        if not file.startswith(_QUICK) and not _has_shared_fixture(file):
            return nodeid
        return file + next((f":{kind}" for kind in _KINDS if kind in name), "")


@functools.cache
def _has_shared_fixture(file: str) -> bool:
    return 'scope="module"' in (_TESTS.parent / file).read_text("utf-8")


def pytest_unconfigure(config: pytest.Config) -> None:
    if folder := config.stash.get(_FOLDER, None):
        databases.end_run(folder)
