"""The last gate before a report leaves: no secret that was seen anywhere stands anywhere in it.

Only what came from the repository or from a model is looked through. Ids, commits and digests are ours: a
file that declares one of them a password must not be able to blank or break the report.
"""

from typing import Any

from bot.domain.report import Report
from bot.domain.secrets import Redactor

_WORDS = frozenset({"quote", "text", "missing", "reason", "incomplete_because"})


def scrub(report: Report, redactor: Redactor) -> Report:
    """Return the report with every text in it redacted, and each changed quote marked as such."""
    return Report.model_validate(_scrubbed(report.model_dump(by_alias=True), redactor))


def _scrubbed(node: Any, redactor: Redactor, key: str = "") -> Any:
    match node:
        case str() if key in _WORDS:
            return redactor.redact(node)
        case str() if key == "path":
            # By the rules alone: a value learned from a file could be the name of another.
            return redactor.fresh().redact(node)
        case dict():
            clean = {name: _scrubbed(value, redactor, name) for name, value in node.items()}
            if clean.get("quote") != node.get("quote"):
                clean["redacted"] = True
            return clean
        case list() | tuple():
            return [_scrubbed(value, redactor, key) for value in node]
        case _:
            return node
