"""Single keys and lines from a terminal, and pages that fit on it."""

import os
import readline  # noqa: F401 - with it, a line can be edited with the arrow keys
import select
import shutil
import sys
import termios
import tty
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console, RenderableType

from bot.cli.output import PLAIN_WIDTH

END = "\x04"
"""What ``read_key`` returns for Ctrl-D, and once the terminal is gone."""
_ESCAPE, _LONGEST_SEQUENCE = "\x1b", 16


def is_terminal() -> bool:
    """Return whether a person can read and type here."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def read_key(prompt: str) -> str:
    """Show a prompt, wait for one key and return its character; an empty text for arrows and other such keys.

    What was typed before the prompt is dropped, so that a key counts only for what is on the screen.
    """
    number = sys.stdin.fileno()
    with _single_keys(number):
        sys.stdout.write(prompt)
        sys.stdout.flush()
        character = os.read(number, 1).decode("ascii", "replace")
        if character == _ESCAPE and select.select([number], [], [], 0)[0]:
            os.read(number, _LONGEST_SEQUENCE)
            character = ""
        elif not character:
            character = END
    sys.stdout.write("\n")
    return character


def read_line(prompt: str) -> str | None:
    """Ask for a line of text, which can be edited; return None if the person pressed Ctrl-D instead."""
    termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
    try:
        return input(prompt).strip()
    except EOFError:
        sys.stdout.write("\n")
        return None


def as_lines(*renderables: RenderableType) -> list[str]:
    """Return what rich prints on this terminal, at most 80 columns wide, as lines."""
    terminal = Console(highlight=False, emoji=False, markup=False)
    terminal.width = min(terminal.width, PLAIN_WIDTH)
    with terminal.capture() as captured:
        for renderable in renderables:
            terminal.print(renderable, crop=False)
    return captured.get().split("\n")[:-1]


def split_pages(lines: Sequence[str], keep: int) -> Iterator[Sequence[str]]:
    """Yield lines in pages that fit on the terminal, with ``keep`` lines below each left free."""
    height = max(shutil.get_terminal_size().lines - keep, 1)
    for start in range(0, len(lines), height):
        yield lines[start : start + height]


@contextmanager
def _single_keys(number: int) -> Iterator[None]:
    """Let keys arrive without Enter and without being shown, and drop earlier ones. Ctrl-C interrupts."""
    before = termios.tcgetattr(number)
    tty.setcbreak(number)
    try:
        yield
    finally:
        termios.tcsetattr(number, termios.TCSADRAIN, before)
