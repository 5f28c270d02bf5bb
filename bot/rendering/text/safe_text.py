"""Make text that other people wrote safe to show, and build the sentences that all renderings share."""

import re
import unicodedata
from collections.abc import Callable, Sequence

from bot.domain.review.movements import join_movements
from bot.domain.review.report import Citation, Concern, Cost, Movement, Report

# Invisible, directional and control characters, which could steer a terminal or a page and make code look
# different from what it is.
_UNSEEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
FACTS_EXPLAINED = (
    "Here, “fact” means something that looks wrong, whatever you intended. How you fix it is up to you."
)
# Letters and marks without a visible shape. U+FE0E and U+FE0F are not included: ordinary emoji use them.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | {
    chr(code) for code in (*range(0xFE00, 0xFE0E), *range(0xE0100, 0xE01F0))
}


def visible(text: str) -> str:
    r"""Return text with all invisible characters but tab and newline as escapes: ``\u202e``, ``\x1b``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape_character(character) if _is_unseen(character) else character for character in text)


def _is_unseen(character: str) -> bool:
    if character in BLANK:
        return True
    return unicodedata.category(character) in _UNSEEN and character not in "\n\t"


def one_line(text: str) -> str:
    """Return text on one line, with line breaks and tabs as escapes."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def _escape_character(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def place_name(citation: Citation) -> str:
    """Return ``path:12`` or ``path:12-14``, followed by a note if it is on the old side."""
    lines = f"{citation.line_start}" + (
        f"-{citation.line_end}" if citation.line_end != citation.line_start else ""
    )
    return f"{one_line(citation.path)}:{lines}" + (" (before the change)" if citation.side == "base" else "")


def short_revision(revision: str | None) -> str:
    """Return the first ten digits of a commit id. Any other name of a revision is returned unchanged."""
    return (
        "nothing" if revision is None else revision[:10] if re.fullmatch(r"[0-9a-f]+", revision) else revision
    )


def count(number: int, thing: str) -> str:
    """Return ``1 file`` or ``3 files``."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def coverage_sentence(report: Report) -> str:
    """Return a sentence on how much was read, and the cost."""
    cost, coverage = report.cost, report.coverage
    price = "price unknown" if cost.usd is None else f"${cost.usd:.2f}"
    return (
        f"{coverage.files_read:,} of {count(coverage.files_total, 'file')} read; "
        f"{count(cost.calls, 'call')}, {tokens_phrase(cost)}, {price}, {cost.seconds:.1f} s; "
        + (f"model {report.model.id}" if report.model else "no model")
    )


def tokens_phrase(cost: Cost) -> str:
    """Return ``12,300 tokens``, and what the input is billed as if a cache made it cheaper or dearer."""
    tokens = count(cost.input_tokens + cost.output_tokens, "token")
    if cost.billed_input_tokens == cost.input_tokens:
        return tokens
    return f"{tokens} ({cost.input_tokens:,} in, billed as {cost.billed_input_tokens:,})"


def left_out_sentence(report: Report, actor: str = "Sensei") -> str:
    """Return a sentence on how many of a model's texts are not shown and why, or the empty string.

    ``actor`` is its subject: "I" where Sensei itself speaks.
    """
    if not (number := sum(report.left_out.values())):
        return ""
    by_frequency = sorted(report.left_out.items(), key=lambda item: (-item[1], item[0]))
    reasons = ", ".join(f"{one_line(reason)} ({times:,})" for reason, times in by_frequency)
    texts, their = ("one text", "its") if number == 1 else (f"{number:,} texts", "their")
    return f"{actor} left out {texts} that the model wrote, because of {their} wording: {reasons}."


def not_assessed_sentence(report: Report) -> str:
    """Return a sentence on how many checks were not assessed, and why."""
    number = len(report.coverage.not_assessed)
    checks, them = f"{count(number, 'check')} not assessed", "it" if number == 1 else "them"
    if report.mode == "signals":
        if not number:
            return ""
        return f"{checks}: signals only find patterns, and judging {them} takes a person or a model."
    if not number:
        return (
            "Sensei asked the model about every check. The model found nothing about the checks that aren't "
            "listed."
        )
    return f"{checks}: the model said nothing about {them}."


def incomplete_sentence(report: Report) -> str:
    """Return a sentence on what an incomplete review means for its reader."""
    if report.final and len(report.incomplete_because) == sum(
        file.unread for file in report.coverage.skipped
    ):
        return "Some files could not be read. This report covers only the others."
    if report.final:
        return "Some parts could not be read. This report covers only the rest."
    return "Sensei asks no questions after an incomplete review."


def no_finding_sentence(report: Report) -> str:
    """Return how little it means that a report states nothing, or the empty string if it states something."""
    found = report.concerns or report.questions or report.strengths or report.movements
    if found or not report.coverage.files_read:
        return ""
    if report.mode == "signals":
        return "No pattern matched. This is not an approval."
    return "This is not an approval."


def no_question_sentence(report: Report) -> str:
    """Return why no question is asked. The reason claims no more than is known, and contains no praise."""
    if not report.coverage.files_total:
        return "None: base and head are identical, so there was nothing to read."
    if not report.complete or not report.coverage.files_read:
        return "No questions about the files that were read."
    if report.mode == "signals":
        found = report.concerns or report.movements
        reason = "None: no signal found a decision to ask about."
        return reason if found else f"None. {no_finding_sentence(report)}"
    nobody = "None: neither the signals nor the model has a question about this change."
    return f"{nobody} {no_finding_sentence(report)}".rstrip()


def not_asked_sentence(report: Report, actor: str = "Sensei") -> str:
    """Return why a model that could have been asked was not, or the empty string.

    ``actor`` is its subject: "I" where Sensei itself speaks.
    """
    if not report.nothing_to_decide:
        return ""
    *others, last = map(one_line, report.nothing_to_decide)
    kinds = f"{', '.join(others)} and {last}" if others else last
    return f"This change contains only {kinds}, so {actor} didn't ask the model."


def nothing_read_sentence(report: Report) -> str:
    """Return that nothing was read, and why, or the empty string. It must not look like a clean report."""
    if report.coverage.files_read:
        return ""
    if report.coverage.files_total:
        return "Sensei didn't look for decisions in any file. The reasons are below."
    if report.kind == "baseline":
        return "Nothing was read: the tree has no files."
    return "Nothing was read: base and head are identical, so there is no change to review."


def silent_sentence(report: Report) -> str:
    """Return the only two lines of a complete report of a change without findings, or the empty string."""
    found = report.concerns or report.questions or report.strengths or report.movements or report.left_out
    coverage, cost = report.coverage, report.cost
    if found or not report.complete or report.kind == "baseline" or not coverage.files_read:
        return ""
    files = f"{coverage.files_read:,} of {count(coverage.files_total, 'file')} read"
    checks = f"{count(len(coverage.not_assessed), 'check')} not assessed"
    price = "price unknown" if cost.usd is None else f"${cost.usd:.2f}"
    read = f"{files}, {checks}{f', {price}' if report.model else ''}. {not_asked_sentence(report)}".rstrip()
    return f"No facts, no questions. {no_finding_sentence(report)}\n{read}"


def hidden_sentence(number: int) -> str:
    """Return a sentence on how many values are hidden in the code that is shown, or the empty string."""
    if not number:
        return ""
    return f"Sensei hid {count(number, 'possible secret')} in the code shown here."


def group_notes(report: Report) -> dict[str, list[str]]:
    """Group the places of a report's notes by their text."""
    groups: dict[str, list[str]] = {}
    for note in report.notes:
        groups.setdefault(note.text, []).append(place_name(note.citation))
    return groups


def movements_title(report: Report) -> str:
    """Return the heading of the checks that a change moves, or for which a baseline records evidence."""
    return "Checks with evidence" if report.kind == "baseline" else "Checks supported or weakened"


def describe_movement(movement: Movement, report: Report) -> str:
    """Return ``supported`` or ``weakened`` for a change. A baseline records ``evidence for it``."""
    if report.kind == "change":
        return movement_outcome(movement)
    if movement.direction == "weakens":
        return "evidence against it"
    return "evidence for part of it" if movement.partial else "evidence for it"


def group_facts(report: Report) -> list[list[Concern]]:
    """Group the concerns that state the same fact in several places, keeping their order."""
    groups: dict[tuple[str | None, str], list[Concern]] = {}
    for concern in report.concerns:
        groups.setdefault((concern.signal, concern.text), []).append(concern)
    return list(groups.values())


def describe_bearing(report: Report, concerns: Sequence[Concern]) -> str:
    """Return what a fact does to its check, to precede the check's id. A model's fact may move nothing."""
    cited = {(concern.check, concern.citation) for concern in concerns}
    weakened = any(
        (movement.check, citation) in cited
        for movement in report.movements
        if movement.direction == "weakens"
        for citation in movement.citations
    )
    return "Weakens the evidence for" if weakened else "Relates to"


def list_untold_movements(report: Report) -> list[Movement]:
    """Return the movements that no fact mentions yet: a fact itself says that it weakens its check.

    Of a baseline, signals and the model may have found the same check; it is listed once.
    """
    told = {(concern.check, concern.citation) for concern in report.concerns}
    movements = join_movements(report.movements)
    return [untold for movement in movements if (untold := _remove_told_places(movement, told))]


def _remove_told_places(movement: Movement, told: set[tuple[str | None, Citation]]) -> Movement | None:
    """Return a movement with the places at which no fact is stated, or None if none is left."""
    if movement.direction == "supports":
        return movement
    left = tuple(place for place in movement.citations if (movement.check, place) not in told)
    return movement.model_copy(update={"citations": left}) if left else None


def movement_outcome(movement: Movement) -> str:
    """Return ``supported``, ``partly supported`` or ``weakened``."""
    partly = "partly " if movement.partial else ""
    return partly + ("supported" if movement.direction == "supports" else "weakened")


def stack_signs(report: Report) -> dict[str, list[str]]:
    """Return the evidence of each stack by its title, one item per top folder: ``import x (src/a.py:3)``."""
    found: dict[str, list[str]] = {}
    for trace in report.stack_evidence:
        found.setdefault(trace.title, []).append(f"{trace.kind} {trace.what} ({trace.path}:{trace.line})")
    return found


def stack_titles(report: Report) -> str:
    """Return the titles of the stacks that a report recognised, separated by commas."""
    return ", ".join(dict.fromkeys(trace.title for trace in report.stack_evidence)) or "none recognised"


def group_skipped_files(report: Report) -> dict[str, list[str]]:
    """Group the files that were not read by reason, the most common reason first."""
    groups: dict[str, list[str]] = {}
    for skipped in report.coverage.skipped:
        groups.setdefault(skipped.reason, []).append(skipped.path)
    return dict(sorted(groups.items(), key=lambda item: -len(item[1])))


def packs_phrase(packs: Sequence[str]) -> str:
    """Return which packs a rubric's digest covers: ``without packs``, ``with the packs a, b``."""
    if not packs:
        return "without packs"
    return f"with the pack{'' if len(packs) == 1 else 's'} {', '.join(packs)}"


def list_first(items: list[str], limit: int, show: Callable[[str], str] = one_line) -> str:
    """List the first items, and say how many more there are."""
    listed = ", ".join(map(show, items[:limit]))
    return listed + (f" and {len(items) - limit:,} more" if len(items) > limit else "")


def describe_mode(mode: str) -> str:
    """Return what read the change, for a report's ``mode``: signals alone, or a model too."""
    return "signals only, no model" if mode == "signals" else "signals and a model"
