"""The command ``sensei``: the one boundary where what was raised becomes words and an exit status."""

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
    sys.unraisablehook = _notice_swallowed
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a character that the terminal lacks is shown, not raised
            stream.reconfigure(errors="backslashreplace")
    try:
        from bot.cli.app import app  # noqa: PLC0415 - a broken installation is told like any other bug

        app()
    except (UserError, PermanentError) as told:
        _tell(f"sensei: {told.what}", told.remedy)
        sys.exit(UNUSABLE)
    except IncompleteReadingError as stopped:
        _tell(f"sensei: nothing was read: {stopped}", "There is no report, and nothing is asked of anyone.")
        sys.exit(INCOMPLETE)
    except TransientError as failed:
        _tell(f"sensei: {failed}", "Try again later; nothing was done.")
        sys.exit(INCOMPLETE)
    except Exception as bug:  # noqa: BLE001 - the process boundary
        if _stopped_with is not None:  # whoever was being unwound made an error of its own of it
            sys.exit(_stopped_with)
        if (
            isinstance(bug, ImportError) and shutil.which("git") is None
        ):  # which GitPython calls an ImportError
            _tell(
                "sensei: there is no git here.", "Install it, or put it on PATH; `sensei doctor` says more."
            )
            sys.exit(UNUSABLE)
        _report(bug)
        sys.exit(BUG)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    """Unwind, so that temporary files go and no file is left half-written."""
    global _stopped_with  # noqa: PLW0603 - a handler has nowhere else to leave word
    # Written as it is: an import here could meet itself half-done.
    sys.stderr.write("sensei: stopped. No file was left half-written.\n")
    _stopped_with = INTERRUPTED if number == signal.SIGINT else 128 + number
    _unwind()


def _unwind(*_: object) -> NoReturn:
    raise SystemExit(_stopped_with)


def _notice_swallowed(ignored: "sys.UnraisableHookArgs") -> None:
    """Unwind again in a moment, if a destructor was running when the signal came.

    Python prints what is raised in a destructor and goes on; the command would wait for another signal.
    """
    if isinstance(ignored.exc_value, SystemExit) and _stopped_with is not None:
        signal.setitimer(signal.ITIMER_REAL, _MOMENT_SECONDS)
    else:
        sys.__unraisablehook__(ignored)


def _tell(*sentences: str) -> None:
    from bot.domain.secrets.detection import Redactor  # noqa: PLC0415 - not needed for --help
    from bot.rendering.text.safe_text import visible  # noqa: PLC0415

    text = "\n".join(visible(sentence) for sentence in sentences if sentence)
    sys.stderr.write(Redactor().redact(text) + "\n")


def _report(bug: Exception) -> None:
    """Say where it broke, without any value that was being read: those may be somebody's code or key."""
    frames = traceback.extract_tb(bug.__traceback__)[-4:]
    _tell(
        f"sensei: this is a bug in Sensei ({type(bug).__name__}). What you had is unchanged.",
        "Please report it with these lines:",
        *(f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames),
        *(f"  {frame}" for frame in getattr(bug, "where", ())),  # in the process that reads
    )


if __name__ == "__main__":
    main()
