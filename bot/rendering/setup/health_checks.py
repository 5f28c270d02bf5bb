"""What an examination has found: for a terminal, and as JSON (``sensei.doctor/1``, docs/doctor.md)."""

import json
import textwrap
from collections.abc import Sequence

from bot.domain.setup.findings import Finding
from bot.domain.setup.health_checks import worst
from bot.rendering.text.safe_text import count, one_line

_WIDTH = 79
_SIGNS = {"ok": "  ok       ", "warning": "  warning  ", "bad": "  bad      "}
_BLANK = " " * len(_SIGNS["ok"])

Found = Sequence[tuple[str, Finding]]
"""Findings, each after the group it is shown in; those of a group stand together."""


def terminal(found: Found) -> str:
    """Return what 80 columns can show: groups, a sentence each, remedies below."""
    parts: list[str] = []
    last = ""
    for group, each in found:
        if group != last:
            parts.append(f"\n{group}\n" if parts else f"{group}\n")
            last = group
        parts.append(_filled(each.text, _SIGNS[each.state], _BLANK))
        if each.remedy and each.state != "ok":
            parts.append(_filled(each.remedy, f"{_BLANK}→ ", f"{_BLANK}  "))
    return "".join(parts) + "\n" + _filled(_verdict([each for _, each in found]), "", "")


def _verdict(found: Sequence[Finding]) -> str:
    bad = sum(each.state == "bad" for each in found)
    warnings = count(sum(each.state == "warning" for each in found), "warning")
    match worst(found):
        case "bad":
            mended = f"{count(bad, 'thing')} must be put right, {warnings}."
            return f"{mended} Begin at the top: what stands below may follow from it."
        case "warning":
            return f"Nothing is bad, {warnings}."
        case "ok":
            return "All is well."


def as_json(found: Found) -> str:
    """Return the findings for programs."""
    document = {
        "schema": "sensei.doctor/1",
        "state": worst([each for _, each in found]),
        "findings": [
            {
                "group": group,
                "name": each.name,
                "state": each.state,
                "text": each.text,
                "remedy": each.remedy,
            }
            for group, each in found
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _filled(text: str, first: str, others: str) -> str:
    filled = textwrap.fill(
        one_line(text),
        _WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return filled + "\n"
