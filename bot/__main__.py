"""The command ``sensei``. This module turns exceptions into messages and exit statuses."""

import shutil
import signal
import sys
import traceback
from types import FrameType
from typing import NoReturn

from bot.errors import IncompleteReadingError, PermanentError, TransientError, UserError

BUG, UNUSABLE, INCOMPLETE, INTERRUPTED = 1, 2, 3, 130
_MOMENT_SECONDS = 0.01

_stopped_with: int | None = None


def main() -> None:
    """Run the command line. Exit status: 0 done, 2 unusable input, 3 incomplete, 1 a bug, 130 interrupted."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    signal.signal(signal.SIGALRM, _unwind)
    sys.unraisablehook = _unwind_again
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Escape characters that the terminal cannot show.
            stream.reconfigure(errors="backslashreplace")
    try:
        from bot.cli.app import app  # noqa: PLC0415 - so that a broken installation is reported as a bug

        app()
    except (UserError, PermanentError) as error:
        _print_error(f"sensei: {error.what}", error.remedy)
        sys.exit(UNUSABLE)
    except IncompleteReadingError as stopped:
        _print_error(
            f"sensei: nothing was read: {stopped}", "There is no report, and no questions were asked."
        )
        sys.exit(INCOMPLETE)
    except TransientError as failed:
        _print_error(f"sensei: {failed}", "Nothing was done. Try again later.")
        sys.exit(INCOMPLETE)
    except Exception as bug:  # noqa: BLE001 - the process boundary
        if _stopped_with is not None:  # The interrupted code turned SystemExit into another error.
            sys.exit(_stopped_with)
        if (
            isinstance(bug, ImportError) and shutil.which("git") is None
        ):  # Without git, GitPython raises an ImportError.
            _print_error(
                "sensei: git was not found.",
                "Install git, or add it to PATH. `sensei doctor` shows details.",
            )
            sys.exit(UNUSABLE)
        _report_bug(bug)
        sys.exit(BUG)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    """Unwind the stack, so that temporary files are removed and no file is left half-written."""
    global _stopped_with  # noqa: PLW0603 - a signal handler can store it nowhere else
    # Written directly, because an interrupted import may be half done.
    sys.stderr.write("sensei: stopped. No file was left half-written.\n")
    _stopped_with = INTERRUPTED if number == signal.SIGINT else 128 + number
    _unwind()


def _unwind(*_: object) -> NoReturn:
    raise SystemExit(_stopped_with)


def _unwind_again(ignored: "sys.UnraisableHookArgs") -> None:
    """Unwind again after a moment, if a destructor was running when the signal came.

    Python prints an exception of a destructor and continues, so the command would wait for another signal.
    """
    if isinstance(ignored.exc_value, SystemExit) and _stopped_with is not None:
        signal.setitimer(signal.ITIMER_REAL, _MOMENT_SECONDS)
    else:
        sys.__unraisablehook__(ignored)


def _print_error(*sentences: str) -> None:
    from bot.domain.secrets.detection import Redactor  # noqa: PLC0415 - not needed for --help
    from bot.rendering.text.safe_text import visible  # noqa: PLC0415
    from bot.rendering.text.wrapped_lines import WIDTH, wrap_line  # noqa: PLC0415

    text = Redactor().redact("\n".join(visible(sentence) for sentence in sentences if sentence))
    if sys.stderr.isatty():  # elsewhere, as in a log, a sentence stays on its line
        width = min(shutil.get_terminal_size().columns, WIDTH)
        text = "\n".join(wrap_line(line, others="  ", width=width) for line in text.split("\n"))
    sys.stderr.write(text + "\n")


def _report_bug(bug: Exception) -> None:
    """Report where a bug occurred, without any values, because they may contain someone's code or key."""
    frames = traceback.extract_tb(bug.__traceback__)[-4:]
    _print_error(
        f"sensei: this is a bug in Sensei ({type(bug).__name__}). Your files are unchanged.",
        "Please report it, with these lines:",
        *(f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames),
        *(f"  {frame}" for frame in getattr(bug, "where", ())),  # Frames of the process that reads.
    )


if __name__ == "__main__":
    main()
