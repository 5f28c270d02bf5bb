"""What every surface does to text that somebody else wrote before it shows it."""

import re
import unicodedata
from collections.abc import Callable

from bot.domain.review.report import Citation, Concern, Movement, Report

# Invisible, directional and control characters: a terminal or a page could be steered by them, and a reader
# could be shown other code than there is.
_UNSEEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
# Letters and marks that draw nothing; the selectors U+FE0E and U+FE0F belong to ordinary emoji.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | {
    chr(code) for code in (*range(0xFE00, 0xFE0E), *range(0xE0100, 0xE01F0))
}


def visible(text: str) -> str:
    r"""Return text with every unseen character but tab and newline written out: ``\u202e``, ``\x1b``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(c) if _is_unseen(c) else c for c in text)


def _is_unseen(character: str) -> bool:
    if character in BLANK:
        return True
    return unicodedata.category(character) in _UNSEEN and character not in "\n\t"


def one_line(text: str) -> str:
    """Return a name on one line, whatever is in it."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def _escape(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def place(citation: Citation) -> str:
    """Return ``path:12`` or ``path:12-14``, with the side where it is the old one."""
    lines = f"{citation.line_start}" + (
        f"-{citation.line_end}" if citation.line_end != citation.line_start else ""
    )
    return f"{one_line(citation.path)}:{lines}" + (" (before the change)" if citation.side == "base" else "")


def short(revision: str | None) -> str:
    """Return a commit id as people write it."""
    return (
        "nothing" if revision is None else revision[:10] if re.fullmatch(r"[0-9a-f]+", revision) else revision
    )


def count(number: int, thing: str) -> str:
    """Return ``1 file`` or ``3 files``."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def coverage(report: Report) -> str:
    """Say in one sentence what was read and what it cost."""
    cost, read = report.cost, report.coverage
    price = "price unknown" if cost.usd is None else f"${cost.usd:.2f}"
    tokens = cost.input_tokens + cost.output_tokens
    return (
        f"{read.files_read:,} of {count(read.files_total, 'file')} read; {count(cost.calls, 'call')}, "
        f"{count(tokens, 'token')}, {price}, {cost.seconds:.1f} s; "
        + (f"model {report.model.id}" if report.model else "no model")
    )


def left_out(report: Report) -> str:
    """Say in one sentence how many of a model's texts nobody is shown, and why; empty where there is none."""
    if not (number := sum(report.left_out.values())):
        return ""
    texts = "one text" if number == 1 else f"{number:,} texts"
    most = sorted(report.left_out.items(), key=lambda item: (-item[1], item[0]))
    reasons = ", ".join(f"{one_line(reason)} ({times:,})" for reason, times in most)
    return f"Sensei left out {texts} by the model because of the wording: {reasons}."


def judgement(report: Report) -> str:
    """Say which checks nobody has looked at, and why."""
    left = len(report.coverage.not_assessed)
    if report.mode == "model":
        silent = f"{count(left, 'check')} not assessed: the model said nothing about them."
        return (
            silent if left else "The model was asked about every check; it found nothing on those not listed."
        )
    return (
        f"{count(left, 'check')} not assessed: signals only find patterns; a person or a model can judge."
        if left
        else ""
    )


def incomplete(report: Report) -> str:
    """Say what it means that a reading is incomplete."""
    if report.final:
        return "Some files could not be read. This report covers only the others."
    return "Sensei asks no questions because of that."


def no_question(report: Report) -> str:
    """Say that nothing is asked, and no more than is known: and silence is not praise."""
    if not report.coverage.files_total:
        return "None: base and head hold the same, so there was nothing to read."
    if not report.complete or not report.coverage.files_read:
        return "None about what was read."
    if report.mode == "signals":
        return "None: no signal marks a decision here."
    return "None: neither the signals nor the model asked about this change."


def facts(report: Report) -> list[list[Concern]]:
    """Group the concerns that state the same fact in several places, in their order."""
    groups: dict[tuple[str | None, str], list[Concern]] = {}
    for concern in report.concerns:
        groups.setdefault((concern.signal, concern.text), []).append(concern)
    return list(groups.values())


def moved(movement: Movement) -> str:
    """Return ``supported``, ``partly supported`` or ``weakened``."""
    partly = "partly " if movement.partial else ""
    return partly + ("supported" if movement.direction == "supports" else "weakened")


def shown_by(report: Report) -> dict[str, list[str]]:
    """Say of each stack what shows that it is used, once for each top folder: ``import x (src/a.py:3)``."""
    found: dict[str, list[str]] = {}
    for trace in report.stack_evidence:
        found.setdefault(trace.title, []).append(f"{trace.kind} {trace.what} ({trace.path}:{trace.line})")
    return found


def stacks(report: Report) -> str:
    """Return the titles of the stacks that a report has recognised."""
    return ", ".join(dict.fromkeys(trace.title for trace in report.stack_evidence)) or "none recognised"


def skipped_by_reason(report: Report) -> dict[str, list[str]]:
    """Group the files that were not read by why, most first."""
    groups: dict[str, list[str]] = {}
    for skipped in report.coverage.skipped:
        groups.setdefault(skipped.reason, []).append(skipped.path)
    return dict(sorted(groups.items(), key=lambda item: -len(item[1])))


def some(items: list[str], most: int, show: Callable[[str], str] = one_line) -> str:
    """List the first few and say how many more there are."""
    listed = ", ".join(map(show, items[:most]))
    return listed + (f" and {len(items) - most:,} more" if len(items) > most else "")
