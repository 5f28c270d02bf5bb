"""The findings of ``sensei doctor``, for a terminal and as JSON (``sensei.doctor/1``, docs/doctor.md)."""

import json
from collections.abc import Sequence

from bot.domain.setup.findings import Finding
from bot.domain.setup.health_checks import worst
from bot.rendering.text.safe_text import count, one_line
from bot.rendering.text.wrapped_lines import wrap_line

_SIGNS = {"ok": "  ok       ", "warning": "  warning  ", "bad": "  bad      "}
_BLANK = " " * len(_SIGNS["ok"])

Found = Sequence[tuple[str, Finding]]
"""Findings with their groups. The findings of a group are adjacent."""


def terminal(found: Found) -> str:
    """Format the findings for 80 columns: groups, a sentence for each finding, and its remedy below."""
    parts: list[str] = []
    last = ""
    for group, finding in found:
        if group != last:
            parts.append(f"\n{group}\n" if parts else f"{group}\n")
            last = group
        parts.append(_wrap(finding.text, _SIGNS[finding.state], _BLANK))
        if finding.remedy and finding.state != "ok":
            parts.append(_wrap(finding.remedy, f"{_BLANK}→ ", f"{_BLANK}  "))
    return "".join(parts) + "\n" + _wrap(_summarise([finding for _, finding in found]), "", "")


def _summarise(found: Sequence[Finding]) -> str:
    bad = sum(finding.state == "bad" for finding in found)
    warnings = count(sum(finding.state == "warning" for finding in found), "warning")
    match worst(found):
        case "bad":
            summary = f"{count(bad, 'problem')} must be corrected, {warnings}."
            return f"{summary} Start at the top, because earlier problems may cause later ones."
        case "warning":
            return f"No errors, {warnings}."
        case "ok":
            return "Everything is fine."


def as_json(found: Found) -> str:
    """Return the findings as JSON."""
    document = {
        "schema": "sensei.doctor/1",
        "state": worst([finding for _, finding in found]),
        "findings": [
            {
                "group": group,
                "name": finding.name,
                "state": finding.state,
                "text": finding.text,
                "remedy": finding.remedy,
            }
            for group, finding in found
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _wrap(text: str, first: str, others: str) -> str:
    return wrap_line(one_line(text), first, others) + "\n"
