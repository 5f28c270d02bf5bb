"""Reviews for tests: the real pipeline on real repositories, every quote judged."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.adapters.git import open_checkout
from bot.adapters.rubrics import load
from bot.domain.report import Report
from bot.domain.rubric import Library
from bot.workflows.review import Limits, Request, Review
from tests import citations
from tests.repositories import Files, Repository

SHIPPED = load("capstone")


class Clock:
    """A clock that a test owns: the given readings, then the last one for ever."""

    def __init__(self, *readings: float) -> None:
        self._readings: Iterator[float] = iter(readings)
        self._last = 0.0

    def monotonic(self) -> float:
        self._last = next(self._readings, self._last)
        return self._last


class Silent:
    """Progress that nobody watches."""

    def stage(self, name: str, total: int | None = None) -> None:
        pass

    def step(self) -> None:
        pass


def review(
    path: Path,
    base: str | None = None,
    head: str = "HEAD",
    *,
    baseline: bool = False,
    library: Library = SHIPPED,
    max_file_bytes: int = 512 * 1024,
    max_scan_bytes: int = 8 * 1024 * 1024,
    clock: Sequence[float] = (),
) -> Report:
    """Review a repository and judge every quote of the report."""
    with open_checkout(str(path), timeout=60, max_scan_bytes=max_scan_bytes) as checkout:
        limits = Limits(max_file_bytes, max_scan_bytes, seconds=600)
        work = Review(checkout, library, limits, Clock(*clock), Silent())
        report = work.run(Request(base, head, baseline=baseline))
    citations.check(path, report)
    return report


def change(path: Path, before: Files, after: Files, library: Library = SHIPPED) -> Report:
    """Commit ``before`` on main and ``after`` on a branch, and review the branch."""
    repository = Repository.make(path)
    repository.commit(before)
    repository.git("checkout", "--quiet", "-b", "work")
    repository.commit(after)
    return review(path, "main", "work", library=library)
