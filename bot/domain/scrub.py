"""The last gate before a report leaves: no secret that was seen anywhere stands anywhere in it."""

from typing import Any

from bot.domain.report import Report
from bot.domain.secrets import Redactor


def scrub(report: Report, redactor: Redactor) -> Report:
    """Return the report with every text in it redacted, and each changed quote marked as such."""
    return Report.model_validate(_scrubbed(report.model_dump(by_alias=True), redactor))


def _scrubbed(node: Any, redactor: Redactor) -> Any:
    match node:
        case str():
            return redactor.redact(node)
        case dict():
            clean = {key: _scrubbed(value, redactor) for key, value in node.items()}
            if clean.get("quote") != node.get("quote"):
                clean["redacted"] = True
            return clean
        case list() | tuple():
            return [_scrubbed(value, redactor) for value in node]
        case _:
            return node
