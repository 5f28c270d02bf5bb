"""Redact a finished report, so that it contains none of the secrets found in the change.

Every text is searched for every known secret, except in the fields named here. So any new field of a report
is redacted by default.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from bot.domain.review.report import Report
from bot.domain.secrets.detection import Redactor

# These fields contain one of a few words, or a digest; anything else makes a report invalid. A file must not
# be able to break the report by declaring such a word a password.
_FIXED = frozenset(
    {"schema", "mode", "kind", "direction", "source", "side", "commit", "base", "head", "sha256"}
)
# Names of files, because a secret found in one file could be another file's name; ids and titles of a rubric.
_BY_RULES_ALONE = frozenset(
    {"path", "folder", "check", "signal", "stack", "stacks", "title", "touched", "not_assessed"}
    | {"id", "version", "provider"}
)
_FREE = frozenset({"prompts", "left_out"})  # dictionaries whose keys are not fields
_PROMPT = re.compile(r"[0-9]{1,9}@[0-9a-f]{64}")  # version and digest, both written by Sensei

_Clean = Callable[[str], str]


def redact_report(report: Report, redactor: Redactor) -> Report:
    """Return the report with all its texts redacted, and with changed quotes marked as redacted."""
    return Report.model_validate(_ReportRedactor(redactor).redact_document(report.model_dump(by_alias=True)))


class _ReportRedactor:
    def __init__(self, redactor: Redactor) -> None:
        self._redact_everything_known: _Clean = cache(redactor.redact)
        self._redact_by_rules: _Clean = cache(redactor.fresh().redact)

    def redact_document(self, document: dict[str, Any]) -> dict[str, Any]:
        clean = {name: self._redact_field(name, value) for name, value in document.items()}
        if clean.get("quote") != document.get("quote"):
            clean["redacted"] = True
        return clean

    def _redact_field(self, name: str, value: Any) -> Any:
        match value:
            case str() if name in _FIXED:
                return value
            case str():
                return (
                    self._redact_by_rules(value)
                    if name in _BY_RULES_ALONE
                    else self._redact_everything_known(value)
                )
            case dict() if name in _FREE:
                return {
                    self._redact_by_rules(key): self._redact_free_value(held) for key, held in value.items()
                }
            case dict():
                return self.redact_document(value)
            case list() | tuple():
                return [self._redact_field(name, item) for item in value]
            case _:
                return value

    def _redact_free_value(self, value: Any) -> Any:
        if not isinstance(value, str) or _PROMPT.fullmatch(value):
            return value
        return self._redact_by_rules(value)
