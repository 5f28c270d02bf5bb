"""Sensei's posts on GitHub: the summary, the questions and the check run. None of them names a level."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.domain.pull_requests.records import AskedQuestion
from bot.domain.review.publication_check import remove_refused_texts
from bot.domain.review.report import Report
from bot.rendering.review import markdown
from bot.rendering.review.markdown import JOINER, code, plain
from bot.rendering.text.safe_text import (
    count,
    coverage_sentence,
    group_facts,
    incomplete_sentence,
    left_out_sentence,
)

# GitHub accepts 65,536 characters, but it may expand some of them; it does not document which.
MOST_CHARACTERS = 60_000
_MOST_REASONS, _MOST_OF_A_REASON, _MOST_OF_A_QUESTION = 10, 300, 2_000
# The first line of a fenced code block, indented or not. Its last line is the same without the word.
_FENCE = re.compile(r"( *`{3,})text")
_MARK = "<!-- sensei:"


def review_marker(round_: str) -> str:
    """Return the hidden line that identifies a round's review."""
    return f"{_MARK}review={round_} -->"


def question_marker(question: int) -> str:
    """Return the hidden line that identifies a question's comment."""
    return f"{_MARK}question={question} -->"


def reply_marker(comment: int) -> str:
    """Return the hidden line that identifies the reply to a comment."""
    return f"{_MARK}reply={comment} -->"


def void_marker(comment: int) -> str:
    """Return the hidden line that identifies the message about a comment's void code."""
    return f"{_MARK}void={comment} -->"


def ruling_marker(question: int) -> str:
    """Return the hidden line that identifies the comment that announces a sensei's ruling."""
    return f"{_MARK}ruling={question} -->"


def comment(lines: Iterable[str], marker: str) -> str:
    """Return the body of a comment by Sensei; its marker is the last line."""
    return _add_marker(lines, marker)


def summary(report: Report, asks: Mapping[str, str], unplaced: Sequence[AskedQuestion], marker: str) -> str:
    """Return the summary: facts, what moved, what was read, its cost, and unplaced questions.

    ``asks`` maps each check to what it asks. ``unplaced`` are the questions about lines outside the diff.
    """
    report = remove_refused_texts(report)
    return _join_fitting(marker, list(_format_top(report)), _format_sections(report, asks, unplaced))


def _format_top(report: Report) -> Iterator[str]:
    yield "## First pass"
    yield ""
    if not report.complete:
        final = f"**Incomplete.** {incomplete_sentence(report)}"
        yield final if report.final else "**Incomplete, so Sensei asks no questions this time.**"
        yield ""
        yield from _format_reasons(report)
        yield ""
    mode = "with signals only" if report.mode == "signals" else "with signals and a model"
    yield f"{coverage_sentence(report)}. Read {mode}."
    if omissions := left_out_sentence(report):
        yield from ("", plain(omissions))
    if report.final:
        yield ""
        yield (
            "You'll find any questions on the lines they're about. Answer there, in your own words; "
            "everyone who can read this repository can see your answers. Your sensei reads them and does "
            "the judging; nothing here is a grade. To see what you can ask for, comment `/sensei help`."
        )


def _format_reasons(report: Report) -> Iterator[str]:
    reasons = report.incomplete_because
    for reason in reasons[:_MOST_REASONS]:
        yield f"- {markdown.incomplete_reason(_shortened(reason, _MOST_OF_A_REASON), report)}"
    if len(reasons) > _MOST_REASONS:
        yield f"- and {count(len(reasons) - _MOST_REASONS, 'more reason')}"


def _format_shortened(text: str, most: int) -> str:
    """Return text as plain Markdown, shortened to ``most`` characters."""
    return plain(_shortened(text, most))


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _format_sections(
    report: Report, asks: Mapping[str, str], unplaced: Sequence[AskedQuestion]
) -> Iterator[list[str]]:
    """Yield the parts of a summary, the most important first."""
    yield list(markdown.fact_lines(report))
    if unplaced:
        yield ["", "## Questions about lines that aren't part of the diff", "", *_format_unplaced(unplaced)]
    yield list(markdown.movement_lines(report, asks))
    yield list(markdown.coverage_lines(report, with_coverage=False))


def _format_unplaced(questions: Iterable[AskedQuestion]) -> Iterator[str]:
    for number, asked in enumerate(questions, 1):
        yield f"{number}. {_format_in_body(asked)}"


def _format_in_body(asked: AskedQuestion) -> str:
    place = code(f"{asked.path}:{asked.line_start}")
    return f"**{_format_shortened(asked.text, _MOST_OF_A_QUESTION)}** {place}"


def contains_question(body: str, asked: AskedQuestion) -> bool:
    """Return whether a review's body contains a question."""
    wanted = _remove_markers(_format_in_body(asked))
    return any(line.partition(". ")[2] == wanted for line in body.splitlines())


def _join_fitting(marker: str, top: list[str], sections: Iterable[list[str]]) -> str:
    """Join the lines that fit; if some don't, the last line says how many."""
    lines, room = list(top), MOST_CHARACTERS - len(marker) - sum(len(line) + 1 for line in top)
    cut_lines, fence = 0, ""
    for line in (_remove_markers(line) for section in sections for line in section):
        if cut_lines or len(line) + 1 > room:
            cut_lines += 1
            continue
        lines.append(line)
        room -= len(line) + 1
        if fence:
            fence = "" if line == fence else fence
        elif opened := _FENCE.fullmatch(line):
            fence = opened[1]
    if cut_lines:
        lines += [fence] if fence else []
        lines += ["", f"{count(cut_lines, 'more line')} didn't fit here; `sensei review` shows everything."]
    return _add_marker(lines, marker)


def _remove_markers(line: str) -> str:
    """Return a line without HTML comments, so that quoted code can't be mistaken for Sensei's markers."""
    return line.replace("<!--", f"<!{JOINER}--")


def _add_marker(lines: Iterable[str], marker: str) -> str:
    return "\n".join([*map(_remove_markers, lines), "", marker])


def question(asked: AskedQuestion) -> str:
    """Return the body of the comment that asks a question."""
    return _add_marker([_format_shortened(asked.text, _MOST_OF_A_QUESTION)], question_marker(asked.id))


def questions_review(number: int, unplaced: Sequence[AskedQuestion], marker: str) -> str:
    """Return the body of a later round's review, with the questions that have no line in the diff."""
    top = [f"{count(number, 'question')} about the latest changes."]
    return _join_fitting(marker, top, [["", *_format_unplaced(unplaced)]] if unplaced else [])


def kept_review(number: int, unplaced: Sequence[AskedQuestion], marker: str) -> str:
    """Return the body of a review with questions that a sensei has approved."""
    top = [f"{count(number, 'question')} that your sensei has approved."]
    return _join_fitting(marker, top, [["", *_format_unplaced(unplaced)]] if unplaced else [])


def check_progress(files: int | None) -> tuple[str, str]:
    """Return the title and text of a check run while Sensei is reading; ``files`` is None until counted."""
    if files is None:
        return "Reading", "Sensei is reading this pull request. There is nothing for you to do."
    return f"Reading {count(files, 'file')}", "There is nothing for you to do."


def check_result(report: Report, questions: int | None, retry: str | None) -> tuple[str, str]:
    """Return the title and text of a finished check run.

    ``questions`` is None if they go to a sensei first; ``retry`` is the UTC time of the next try, if any.
    """
    if not report.final:
        again = f" Sensei will try again at {retry} UTC." if retry else ""
        reasons = "\n".join(_format_reasons(report))
        return (
            "Incomplete",
            f"Sensei couldn't read everything.{again} There is nothing for you to do.\n\n{reasons}",
        )
    report = remove_refused_texts(report)
    found = count(len(group_facts(report)), "fact")
    lacking = (
        ""
        if report.complete
        else "\n".join(["", "", incomplete_sentence(report), "", *_format_reasons(report)])
    )
    title = found if questions is None else f"{count(questions, 'question')}, {found}"
    judge = (
        "Questions go to the sensei first, who decides whether to ask them here."
        if questions is None
        else "A sensei does the judging."
    )
    text = f"{coverage_sentence(report)}. {judge} This check neither passes nor fails anyone.{lacking}"
    return title if report.complete else f"Incomplete: {title}", text


def check_silent(*, complete: bool) -> tuple[str, str]:
    """Return the title and text of a check run whose round posts nothing, not even how much was found."""
    return (
        "Read" if complete else "Incomplete",
        "Sensei posts nothing here. A sensei does the judging. This check neither passes nor fails anyone.",
    )


def unread_summary(marker: str) -> str:
    """Return the summary of a pull request that could not be read yet."""
    text = (
        "**Incomplete, so Sensei asks no questions this time.** This commit couldn't be read; "
        "Sensei will try again."
    )
    return _add_marker(["## First pass", "", text], marker)


def check_stopped(why: str) -> tuple[str, str]:
    """Return the title and text of a check run whose round cannot continue until an operator acts."""
    action = "The person who runs Sensei needs to fix this; there is nothing for you to do."
    return "Not read", f"{_format_shortened(why, _MOST_OF_A_REASON).rstrip('.')}. {action}"


def summary_unedited(why: str) -> str:
    """Say in a check run that GitHub rejected the new text of the summary."""
    return (
        "Sensei couldn't update the summary on this pull request, so it still shows an earlier reading. "
        f"GitHub's reason: {_format_shortened(why, _MOST_OF_A_REASON)}"
    )


def check_gave_up() -> tuple[str, str]:
    """Return the title and text of a check run whose round gave up."""
    return (
        "Not finished",
        "Sensei couldn't finish reading. The person who runs Sensei can resume it.",
    )


def check_unread(retry: str | None) -> tuple[str, str]:
    """Return the title and text of a check run whose commit could not be read."""
    again = f" Sensei will try again at {retry} UTC." if retry else ""
    return "Incomplete", f"This commit couldn't be read.{again} There is nothing for you to do."
