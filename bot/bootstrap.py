"""The composition root: settings to adapters to a ready application. Nothing else builds adapters."""

import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from bot.adapters import cases, rubrics
from bot.adapters.git import open_checkout
from bot.domain.evaluation import Case
from bot.domain.report import Report
from bot.domain.rubric import Library, asks
from bot.errors import UserError
from bot.ports import Model, Progress
from bot.settings import Settings
from bot.workflows.review import Limits, Request, Review


def library(settings: Settings, rubric: str | None = None, overlay: Path | None = None) -> Library:
    """Load the rubric that a command was given, else the one the settings name."""
    return rubrics.load(rubric or settings.rubric, overlay or settings.overlay)


class Reviewed(NamedTuple):
    """A report, what each check asks (for whoever renders it), and notes for whoever wanted it."""

    report: Report
    asks: dict[str, str]
    notes: tuple[str, ...]


def review(
    repository: str, request: Request, library: Library, settings: Settings, progress: Progress
) -> Reviewed:
    """Read a local repository."""
    with open_checkout(
        repository, timeout=settings.git_timeout, max_scan_bytes=settings.max_scan_bytes
    ) as checkout:
        limits = Limits(settings.max_file_bytes, settings.max_scan_bytes, settings.review_timeout)
        work = Review(checkout, library, limits, Monotonic(), progress)
        report = work.run(request)
    return Reviewed(report, asks(library), work.notes)


def run_case(
    case: Case, model: Model | None, library: Library, settings: Settings, progress: Progress
) -> Report:
    """Read one case of the evaluation, in a repository that is made for it and removed again."""
    if model is not None:
        raise UserError("This Sensei cannot read with a model yet.", "Leave the model out.")
    with tempfile.TemporaryDirectory(prefix="sensei-eval-") as folder:
        made = cases.build(case, Path(folder) / case.name)
        request = Request(made.base, made.head)
        return review(str(made.path), request, library, settings, progress).report


class Monotonic:
    """The machine's clock."""

    def monotonic(self) -> float:
        """Return seconds since an arbitrary start."""
        return time.monotonic()
