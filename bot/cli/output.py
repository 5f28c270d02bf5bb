"""Printing: results go to standard output, everything else to standard error."""

import getpass
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from bot.rendering.text.safe_text import visible

PLAIN_WIDTH = 80
WIDEST = 100  # Longer lines are harder to read.


BROKEN_PIPE = 141  # The exit status that a shell reports in that case.


@contextmanager
def _exit_if_reader_is_gone() -> Iterator[None]:
    """Exit quietly if the program that reads the output has ended, as in ``sensei review | head``."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # Without this, Python prints another error when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(BROKEN_PIPE)


def say(text: str) -> None:
    """Print text on standard output, unchanged."""
    with _exit_if_reader_is_gone():
        sys.stdout.write(text if text.endswith("\n") else text + "\n")


def show(*renderables: RenderableType) -> None:
    """Print rich renderables on standard output."""
    with _exit_if_reader_is_gone():
        for renderable in renderables:
            if sys.stdout.isatty():
                console().print(renderable, crop=False)
            else:
                sys.stdout.write(as_text(renderable))


def complain(text: str) -> None:
    """Print a line on standard error, with its invisible characters escaped."""
    sys.stderr.write(visible(text) + "\n")


def ask_secret(label: str) -> str:
    """Ask for a secret on the terminal without echoing it, or read a line from a pipe (empty at the end)."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    try:
        return getpass.getpass(f"{label}: ")
    except EOFError:
        return ""


def _report_lookups(done: int, total: int) -> None:
    """Report every fiftieth account lookup, because a long file takes minutes."""
    if done and done % 50 == 0:
        complain(f"{done} of {total} accounts looked up")


def console() -> Console:
    """Return a console for a terminal."""
    terminal = Console(highlight=False, emoji=False, markup=False)
    terminal.width = min(terminal.width, WIDEST)
    return terminal


def as_text(renderable: RenderableType) -> str:
    """Return the output of a plain 80-column terminal, without trailing spaces."""
    # The encoding decides which line-drawing characters rich uses.
    file = io.TextIOWrapper(io.BytesIO(), encoding=sys.stdout.encoding or "utf-8")
    plain = Console(
        file=file, width=PLAIN_WIDTH, highlight=False, emoji=False, markup=False, color_system=None
    )
    with plain.capture() as captured:
        plain.print(renderable, crop=False)
    return "".join(line.rstrip() + "\n" for line in captured.get().split("\n")[:-1])


class Bar:
    """A progress bar at a terminal; implements ``ports.reading.Progress``."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: TaskID | None = None

    def stage(self, name: str, total: int | None = None) -> None:
        """Start a stage."""
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._task = self._progress.add_task(name, total=total)

    def step(self) -> None:
        """Finish one step."""
        if self._task is not None:
            self._progress.advance(self._task)


@contextmanager
def progress() -> Iterator[Bar]:
    """Show progress on standard error, if it is a terminal."""
    err = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as shown:
        yield Bar(shown)


@contextmanager
def lookups() -> Iterator[Callable[[int, int], None]]:
    """Show how many accounts have been looked up: a bar on a terminal, otherwise a line from time to time."""
    err = Console(stderr=True)
    if not err.is_terminal:
        yield _report_lookups
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=err, transient=True) as shown:
        task = shown.add_task("Looking up Slack accounts", total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)
