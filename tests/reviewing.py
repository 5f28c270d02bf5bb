"""Reviews for tests: the real pipeline on real repositories, every quote judged."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.adapters import kingfisher
from bot.adapters.files import prompts
from bot.adapters.files.rubrics import load
from bot.adapters.git import open_checkout
from bot.domain.review.context import ChangeText
from bot.domain.review.report import Report
from bot.domain.rubrics.rubric import Library
from bot.ports.model import Model
from bot.ports.reading import ReadingLimits, ReadingRequest
from bot.workflows.review import model_reading
from bot.workflows.review.model_reading import ModelReading
from bot.workflows.review.review import Review
from tests import citations
from tests.repositories import Files, Repository

SHIPPED = load("capstone")
PROMPTS = {name: prompts.load(name) for name in model_reading.PROMPTS}


class Clock:
    """A clock that a test owns: the given readings, then the last one for ever."""

    def __init__(self, *readings: float) -> None:
        self._readings: Iterator[float] = iter(readings)
        self._last = 0.0

    def monotonic(self) -> float:
        self._last = next(self._readings, self._last)
        return self._last


class Silent:
    """A progress observer that does nothing."""

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
    model: Model | None = None,
    words: tuple[ChangeText, ...] = (),
    context_tokens: int = 60_000,
    excerpts: bool = False,
) -> Report:
    """Review a repository, by signals or with a model, and judge every quote of the report."""
    with open_checkout(str(path), timeout=60, max_scan_bytes=max_scan_bytes) as checkout:
        limits = ReadingLimits(max_file_bytes, max_scan_bytes, seconds=600)
        reader = ModelReading(model, PROMPTS, context_tokens, Silent()) if model else None
        work = Review(checkout, library, kingfisher.detect_keys, limits, Clock(*clock), Silent(), reader)
        request = ReadingRequest(base, head, baseline=baseline, words=words, excerpts=excerpts)
        report = work.run(request)
    citations.check(path, report)
    return report


def change(
    path: Path,
    before: Files,
    after: Files,
    library: Library = SHIPPED,
    model: Model | None = None,
    words: tuple[ChangeText, ...] = (),
) -> Report:
    """Commit ``before`` on main and ``after`` on a branch, and review the branch."""
    repository = Repository.make(path)
    repository.commit(before)
    repository.git("checkout", "--quiet", "-b", "work")
    repository.commit(after)
    return review(path, "main", "work", library=library, model=model, words=words)
