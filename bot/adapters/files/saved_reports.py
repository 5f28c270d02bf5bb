"""Loading saved reports, as printed by ``sensei review --format json``."""

import json
from pathlib import Path

from pydantic import ValidationError

from bot.domain.review.publication_check import remove_refused_texts
from bot.domain.review.report import Report
from bot.domain.review.report_redaction import redact_report
from bot.domain.rubrics.overlays import signal_texts
from bot.domain.rubrics.rubric import Library
from bot.domain.secrets.detection import Redactor
from bot.errors import UserError

# Far larger than any report. Avoids parsing a wrong file, such as a log or a dump.
MOST_BYTES = 32 * 1024 * 1024
_SCHEMA = "sensei.report/1"
_REMEDY = "You can save a report with `sensei review --format json --output FILE`."


def load(path: Path, library: Library) -> Report:
    """Load a report made against this rubric, and redact anything in it that looks like a secret.

    The file may have been written by anyone. So a text that claims to come from a signal must be in the
    rubric or its packs, or pass the rules for a model's texts.

    Raises:
        UserError: the file cannot be read, is not a report, or was made against another rubric.
    """
    rubric, data = library.rubric, _read(path)
    schema = _find_schema(path, data)
    if schema != _SCHEMA:
        found = f"its schema is {schema[:80]!r}" if isinstance(schema, str) else "it has no schema"
        raise UserError(f"{path} is not a report: {found}, not {_SCHEMA!r}.", _REMEDY)
    try:
        report = Report.model_validate_json(data, strict=True)
    except ValidationError as invalid:
        first = invalid.errors()[0]
        place = ".".join(map(str, first["loc"]))[:80]
        raise UserError(
            f"{path} is not a report: {place}: {first['msg'].removeprefix('Value error, ')}.", _REMEDY
        ) from None
    if (report.rubric.id, report.rubric.version) != (rubric.id, rubric.version):
        raise UserError(
            f"{path} was made with {report.rubric.id} {report.rubric.version}, not with "
            f"{rubric.id} {rubric.version}.",
            "Review the change again, or use --rubric to choose the rubric that the report was made with.",
        )
    return remove_refused_texts(redact_report(report, Redactor()), signal_texts(library))


def _read(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise UserError(f"{path} is not a file.", _REMEDY)
        if path.stat().st_size > MOST_BYTES:
            raise UserError(
                f"{path} is larger than {MOST_BYTES // 1024 // 1024} MB.", "Is it the right file?"
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"There is no file {path}.", "Check the path.") from None
    except OSError as wrong:
        raise UserError(
            f"{path} cannot be read: {wrong.strerror}.", "Check the path and its permissions."
        ) from None


def _find_schema(path: Path, data: bytes) -> object:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise UserError(f"{path} is not a report: it is not JSON.", _REMEDY) from None
    return document.get("schema") if isinstance(document, dict) else None
