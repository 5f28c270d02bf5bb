"""Logs: one line per event, without secrets, as JSON unless the output is a terminal.

Every line goes through one handler and one formatter: Sensei's own, its libraries', warnings and uncaught
exceptions. Libraries log warnings and errors only. At lower levels they log requests, responses and people's
texts.
"""

import logging
import sys
import threading
import warnings
from collections.abc import Iterable, MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog

from bot.logs.redaction import Cleaner
from bot.rendering.text.safe_text import one_line, visible

_OURS = "bot"
# They warn about strangers' requests, and repeatedly while a database hangs. Both are reported elsewhere and
# would fill the disk. urllib3 warns with the whole address, and the address of a calendar is a secret.
_QUIET = {"uvicorn": logging.ERROR, "apscheduler": logging.ERROR, "urllib3": logging.ERROR}
_BLOCKS = ("exception", "stack")
_MARGIN = "  | "

_cleaner = Cleaner()


def configure() -> None:
    """Send all log lines to standard error."""
    handler = Handler(sys.stderr, Formatter(_cleaner, watched=sys.stderr.isatty()))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(_OURS).setLevel(logging.INFO)
    for name in list(logging.root.manager.loggerDict):
        others = logging.getLogger(name)
        others.handlers, others.propagate = [], True
    # DBOS adds its own handler, which does not hide secrets, to a logger that has none.
    logging.getLogger("dbos").addHandler(logging.NullHandler())
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)
    structlog.configure(
        processors=[*_shared_processors(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    _install_hooks()


def hide(secrets: Iterable[str]) -> None:
    """Hide these values, the settings' keys and passwords, in all log lines."""
    _cleaner.hide(secrets)


class Handler(logging.StreamHandler[TextIO]):
    """Writes log lines. If that fails, it reports the failure without the line's content."""

    def __init__(self, stream: TextIO, formatter: logging.Formatter) -> None:
        super().__init__(stream)
        self.setFormatter(formatter)
        self.addFilter(_is_wanted)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Report a missing entry. The logging module would print the entry's arguments."""
        try:
            self.stream.write(f'{{"event": "log.failed", "level": "error", "line": {record.lineno}}}\n')
        except (OSError, ValueError):
            return  # There is nowhere left to report it.


class Formatter(structlog.stdlib.ProcessorFormatter):
    """Formats an entry as one line: a JSON object, or readable text on a terminal.

    An entry is always one line, except that tracebacks on a terminal continue on lines that start with ``|``.
    """

    def __init__(self, cleaner: Cleaner, *, watched: bool) -> None:
        self._cleaner = cleaner
        rendering: list[structlog.typing.Processor] = [structlog.processors.JSONRenderer()]
        if watched:
            console = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
            rendering = [_escape_lines, console]
        super().__init__(
            foreign_pre_chain=_shared_processors(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                self._clean,
                *rendering,
            ],
        )

    def format(self, record: logging.LogRecord) -> str:
        """Return the entry as a line."""
        return self._cleaner.line(super().format(_formattable(record)))

    def _clean(self, _logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if "stack_info" in event:
            event["stack"] = event.pop("stack_info")
        return self._cleaner.entry(event)


def _formattable(record: logging.LogRecord) -> logging.LogRecord:
    """Return a library's log message. Arguments that do not match its placeholders are appended."""
    if record.args:
        try:
            record.getMessage()
        except Exception:  # noqa: BLE001 - the entry is written all the same
            record = logging.makeLogRecord(record.__dict__)
            record.msg, record.args = f"{record.msg} {record.args!r}", ()
    return record


def _escape_lines(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Escape characters that could start another line or control a terminal."""
    shown = {one_line(key): _escape_value(value) for key, value in event.items() if key not in _BLOCKS}
    for key in _BLOCKS:
        if isinstance(text := event.get(key), str):
            shown[key] = "\n".join(f"{_MARGIN}{visible(line)}" for line in text.split("\n"))
    return shown


def _escape_value(value: Any) -> Any:
    match value:
        case str():
            return one_line(value)
        case dict():
            return {one_line(key): _escape_value(item) for key, item in value.items()}
        case list():
            return [_escape_value(item) for item in value]
        case _:
            return value


def _is_wanted(record: logging.LogRecord) -> bool:
    if record.name == _OURS or record.name.startswith(f"{_OURS}."):
        return record.levelno >= logging.INFO
    return record.levelno >= logging.WARNING


def _shared_processors() -> list[structlog.typing.Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _install_hooks() -> None:
    """Log uncaught exceptions and warnings, which Python would otherwise print unchanged."""
    log = structlog.get_logger(_OURS)
    before = sys.unraisablehook

    def escaped(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.critical("process.failed", exc_info=(kind, error, trace))

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            exc_info = (args.exc_type, args.exc_value, args.exc_traceback)
            log.error("thread.failed", thread=getattr(args.thread, "name", ""), exc_info=exc_info)

    def unraisable(args: Any) -> None:
        if isinstance(args.exc_value, SystemExit):  # A signal arrived while a destructor was running.
            before(args)
            return
        exc_info = (args.exc_type, args.exc_value, args.exc_traceback)
        log.error("failure.unraisable", where=args.err_msg, exc_info=exc_info)

    def warned(message: Warning | str, category: type[Warning], file: str, line: int, *_: Any) -> None:
        log.warning("python.warning", what=f"{category.__name__}: {message}", where=f"{file}:{line}")

    sys.excepthook, threading.excepthook, sys.unraisablehook = escaped, in_thread, unraisable
    warnings.showwarning = warned  # type: ignore[assignment]
