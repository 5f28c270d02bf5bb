"""The last gate before a report leaves: no secret that was seen anywhere stands anywhere in it.

Every text of it is looked through for everything that is known, unless it is named here: a new field is
looked through from the start.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from bot.domain.review.report import Report
from bot.domain.secrets.detection import Redactor

# One of a few words, or a digest: a report with anything else in its place is not valid. A file that declares
# one of them a password must not be able to break the report.
_FIXED = frozenset(
    {"schema", "mode", "kind", "direction", "source", "side", "commit", "base", "head", "sha256"}
)
# Names of files: a value learned from one file could be the name of another. And ids and titles of a rubric.
_BY_RULES_ALONE = frozenset(
    {"path", "folder", "check", "signal", "stack", "stacks", "title", "touched", "not_assessed"}
    | {"id", "version", "provider"}
)
_FREE = frozenset({"prompts", "left_out"})  # dictionaries with names that no field has
_PROMPT = re.compile(r"[0-9]{1,9}@[0-9a-f]{64}")  # its version and its digest, which are ours

_Clean = Callable[[str], str]


def redact_report(report: Report, redactor: Redactor) -> Report:
    """Return the report with every text in it redacted, and each changed quote marked as such."""
    return Report.model_validate(_Scrubber(redactor).document(report.model_dump(by_alias=True)))


class _Scrubber:
    def __init__(self, redactor: Redactor) -> None:
        self._by_all: _Clean = cache(redactor.redact)
        self._by_rules: _Clean = cache(redactor.fresh().redact)

    def document(self, document: dict[str, Any]) -> dict[str, Any]:
        clean = {name: self._field(name, value) for name, value in document.items()}
        if clean.get("quote") != document.get("quote"):
            clean["redacted"] = True
        return clean

    def _field(self, name: str, value: Any) -> Any:
        match value:
            case str() if name in _FIXED:
                return value
            case str():
                return self._by_rules(value) if name in _BY_RULES_ALONE else self._by_all(value)
            case dict() if name in _FREE:
                return {self._by_rules(key): self._free(held) for key, held in value.items()}
            case dict():
                return self.document(value)
            case list() | tuple():
                return [self._field(name, item) for item in value]
            case _:
                return value

    def _free(self, value: Any) -> Any:
        if not isinstance(value, str) or _PROMPT.fullmatch(value):
            return value
        return self._by_rules(value)
