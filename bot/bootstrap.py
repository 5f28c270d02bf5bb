"""The composition root: settings to adapters to a ready application. Nothing else builds adapters."""

import time
from pathlib import Path

from bot.adapters import rubrics
from bot.adapters.git import open_checkout
from bot.domain.report import Report
from bot.domain.rubric import Library, asks
from bot.ports import Progress
from bot.settings import Settings
from bot.workflows.review import Limits, Request, Review


def library(settings: Settings, rubric: str | None = None, overlay: Path | None = None) -> Library:
    """Load the rubric that a command was given, else the one the settings name."""
    return rubrics.load(rubric or settings.rubric, overlay or settings.overlay)


def review(
    repository: str, request: Request, library: Library, settings: Settings, progress: Progress
) -> tuple[Report, dict[str, str]]:
    """Read a local repository; return the report, and what each check asks, for whoever renders it."""
    with open_checkout(
        repository, timeout=settings.git_timeout, max_scan_bytes=settings.max_scan_bytes
    ) as checkout:
        limits = Limits(settings.max_file_bytes, settings.max_scan_bytes, settings.review_timeout)
        report = Review(checkout, library, limits, Monotonic(), progress).run(request)
    return report, asks(library)


class Monotonic:
    """The machine's clock."""

    def monotonic(self) -> float:
        """Return seconds since an arbitrary start."""
        return time.monotonic()
