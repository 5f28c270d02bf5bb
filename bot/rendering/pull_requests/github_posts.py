"""Sensei's posts on GitHub: hidden markers, questions, and bodies that fit. None of them names a level."""

from collections.abc import Iterable, Iterator, Sequence

from bot.domain.pull_requests.records import AskedQuestion
from bot.domain.pull_requests.rulings import DeciderRole
from bot.domain.review.report import Report
from bot.rendering.review import markdown
from bot.rendering.review.markdown import JOINER, code, plain
from bot.rendering.text.safe_text import count

# GitHub accepts 65,536 characters, but it may expand some of them; it does not document which.
MOST_CHARACTERS = 60_000
_MOST_REASONS, _MOST_OF_A_REASON, _MOST_OF_A_QUESTION = 10, 300, 2_000
_FOLD, _FOLD_END = "<details>", "</details>"
_MARK = "<!-- sensei:"
_APPROVED_BY = {
    DeciderRole.SENSEI: "your sensei",
    DeciderRole.DEPUTY: "your sensei's deputy",
}


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


def turn_marker(question: int, kind: str) -> str:
    """Return the hidden line that identifies what Sensei says about a question, each ``kind`` once."""
    return f"{_MARK}turn={question}.{kind} -->"


def comment(lines: Iterable[str], marker: str) -> str:
    """Return the body of a comment by Sensei; its marker is the last line."""
    return _add_marker(lines, marker)


def fold(title: str, lines: Iterable[str]) -> list[str]:
    """Return lines that GitHub shows once a reader clicks the title, which is text of our own."""
    return ["", _FOLD, f"<summary>{title}</summary>", "", *lines, "", _FOLD_END]


def format_reasons(report: Report) -> Iterator[str]:
    """Yield the list of reasons why a report is incomplete."""
    reasons = report.incomplete_because
    for reason in reasons[:_MOST_REASONS]:
        yield f"- {markdown.incomplete_reason(_shorten(reason, _MOST_OF_A_REASON), report)}"
    if len(reasons) > _MOST_REASONS:
        yield f"- and {count(len(reasons) - _MOST_REASONS, 'more reason')}"


def format_reason(reason: str) -> str:
    """Return one reason why a round stopped, as plain Markdown without its full stop."""
    return plain(_shorten(reason, _MOST_OF_A_REASON)).rstrip(".")


def _shorten(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def format_unplaced(questions: Iterable[AskedQuestion]) -> Iterator[str]:
    """Yield the list of questions about lines that are not part of the diff, with the names for answers."""
    for asked in questions:
        yield f"- **Q{asked.id}** {_format_in_body(asked)}"


def _format_in_body(asked: AskedQuestion) -> str:
    place = code(f"{asked.path}:{asked.line_start}")
    return f"**{plain(_shorten(asked.text, _MOST_OF_A_QUESTION))}** {place}"


def contains_question(body: str, asked: AskedQuestion) -> bool:
    """Return whether a review's body contains a question."""
    wanted = _remove_markers(_format_in_body(asked))
    # An earlier version numbered the questions of a review.
    return any(
        line == f"- **Q{asked.id}** {wanted}" or line.partition(". ")[2] == wanted
        for line in body.splitlines()
    )


def join_fitting(marker: str, top: list[str], sections: Iterable[list[str]]) -> str:
    """Join the lines that fit; if some don't, the last line says how many. A line may be a whole quote."""
    lines, room = list(top), MOST_CHARACTERS - len(marker) - sum(len(line) + 1 for line in top)
    cut_lines, folded = 0, False
    for line in (_remove_markers(line) for section in sections for line in section):
        if cut_lines or len(line) + 1 > room:
            cut_lines += 1
            continue
        lines.append(line)
        room -= len(line) + 1
        folded = line == _FOLD or (folded and line != _FOLD_END)
    if cut_lines:
        lines += ["", _FOLD_END] if folded else []
        more = count(cut_lines, "more line")
        lines += ["", f"{more} didn't fit here; to see everything, run `sensei review` in a terminal."]
    return _add_marker(lines, marker)


def _remove_markers(line: str) -> str:
    """Return a line without HTML comments, so that quoted code can't be mistaken for Sensei's markers."""
    return line.replace("<!--", f"<!{JOINER}--")


def _add_marker(lines: Iterable[str], marker: str) -> str:
    return "\n".join([*map(_remove_markers, lines), "", marker])


def question(asked: AskedQuestion) -> str:
    """Return the body of the comment that asks a question."""
    return _add_marker([plain(_shorten(asked.text, _MOST_OF_A_QUESTION))], question_marker(asked.id))


_STATUS = "**Status:** "


def has_status(body: str) -> bool:
    """Return whether a question's comment says what became of it."""
    return any(line.startswith(_STATUS) for line in body.splitlines())


def add_status(body: str, status: str, marker: str) -> str:
    """Return the body of a question's comment with one more line; its own words stay as they are."""
    words = body.rstrip().removesuffix(marker).rstrip()
    return "\n".join([words, "", f"{_STATUS}{status}", "", marker])


def questions_review(number: int, unplaced: Sequence[AskedQuestion], marker: str) -> str:
    """Return the body of a later round's review, with the questions that have no line in the diff."""
    top = [f"I have {count(number, 'question')} about the latest changes."]
    return join_fitting(marker, top, [["", *format_unplaced(unplaced)]] if unplaced else [])


def kept_review(
    number: int, unplaced: Sequence[AskedQuestion], marker: str, role: DeciderRole = DeciderRole.SENSEI
) -> str:
    """Return the body of a review with approved questions. It names the role of who approved them."""
    top = [f"I have {count(number, 'question')}, approved by {_APPROVED_BY[role]}."]
    return join_fitting(marker, top, [["", *format_unplaced(unplaced)]] if unplaced else [])
