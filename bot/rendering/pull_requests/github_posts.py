"""What Sensei writes on GitHub: the summary, questions, the check run. No level is in any of it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.domain.pull_requests.records import AskedQuestion
from bot.domain.review.publication_check import admit
from bot.domain.review.report import Report
from bot.rendering.review import markdown
from bot.rendering.review.markdown import JOINER, code, plain
from bot.rendering.text.safe_text import count, coverage, facts, incomplete, left_out

# GitHub takes 65,536 characters; what it adds to some of them is not documented.
MOST_CHARACTERS = 60_000
_MOST_REASONS, _MOST_OF_A_REASON, _MOST_OF_A_QUESTION = 10, 300, 2_000
# An indented code block's first line; its last one is the same without the word.
_FENCE = re.compile(r"( *`{3,})text")
_MARK = "<!-- sensei:"


def review_marker(round_: str) -> str:
    """Return the hidden line by which a round's review is known again."""
    return f"{_MARK}review={round_} -->"


def question_marker(question: int) -> str:
    """Return the hidden line by which a question's comment is known again."""
    return f"{_MARK}question={question} -->"


def reply_marker(comment: int) -> str:
    """Return the hidden line by which the reply to a comment is known again."""
    return f"{_MARK}reply={comment} -->"


def void_marker(comment: int) -> str:
    """Return the hidden line that marks the message that the code in a comment no longer works."""
    return f"{_MARK}void={comment} -->"


def ruling_marker(question: int) -> str:
    """Return the hidden line by which the news of a sensei's ruling is known again."""
    return f"{_MARK}ruling={question} -->"


def comment(lines: Iterable[str], marker: str) -> str:
    """Return a comment of ours; its marker is the last line."""
    return _marked(lines, marker)


def summary(report: Report, asks: Mapping[str, str], unplaced: Sequence[AskedQuestion], marker: str) -> str:
    """Return the summary: facts, what moved, what was read, what it cost; and questions that fit no line."""
    report = admit(report)
    return _fitting(marker, list(_top(report)), _sections(report, asks, unplaced))


def _top(report: Report) -> Iterator[str]:
    yield "## First pass"
    yield ""
    if not report.complete:
        never = f"**Incomplete.** {incomplete(report)}"
        yield never if report.final else "**Incomplete, so Sensei asks no questions this time.**"
        yield ""
        yield from _reasons(report)
        yield ""
    mode = "by signals alone" if report.mode == "signals" else "by signals and a model"
    yield f"{coverage(report)}. Read {mode}."
    if said := left_out(report):
        yield from ("", plain(said))
    if report.final:
        yield ""
        yield (
            "Questions, if there are any, stand on their lines; answer there, in your own words. Whoever can "
            "read this repository sees them. Your sensei reads along and judges; nothing here is a grade. "
            "`/sensei help` in a comment says what you can ask for."
        )


def _reasons(report: Report) -> Iterator[str]:
    reasons = report.incomplete_because
    for reason in reasons[:_MOST_REASONS]:
        yield f"- {markdown.reason_of(_shortened(reason, _MOST_OF_A_REASON), report)}"
    if len(reasons) > _MOST_REASONS:
        yield f"- and {count(len(reasons) - _MOST_REASONS, 'more reason')}"


def _cut(text: str, most: int) -> str:
    """Return text as it is shown, so many characters of it at most."""
    return plain(_shortened(text, most))


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _sections(
    report: Report, asks: Mapping[str, str], unplaced: Sequence[AskedQuestion]
) -> Iterator[list[str]]:
    """Yield the parts of a summary, what matters most first."""
    yield list(markdown.facts_of(report))
    if unplaced:
        yield ["", "## Questions about lines that are not part of the diff", "", *_unplaced(unplaced)]
    yield list(markdown.movements_of(report, asks))
    yield list(markdown.read_of(report, with_coverage=False))


def _unplaced(questions: Iterable[AskedQuestion]) -> Iterator[str]:
    for n, one in enumerate(questions, 1):
        yield f"{n}. {_in_a_body(one)}"


def _in_a_body(one: AskedQuestion) -> str:
    return f"**{_cut(one.text, _MOST_OF_A_QUESTION)}** {code(f'{one.path}:{one.line_start}')}"


def holds(body: str, asked: AskedQuestion) -> bool:
    """Say whether a question stands in a review's body."""
    wanted = _unmarked(_in_a_body(asked))
    return any(line.partition(". ")[2] == wanted for line in body.splitlines())


def _fitting(marker: str, top: list[str], sections: Iterable[list[str]]) -> str:
    """Join what fits; a section that does not is cut at a line, and that is said."""
    lines, left = list(top), MOST_CHARACTERS - len(marker) - sum(len(line) + 1 for line in top)
    cut, fence = 0, ""
    for line in (_unmarked(line) for section in sections for line in section):
        if cut or len(line) + 1 > left:
            cut += 1
            continue
        lines.append(line)
        left -= len(line) + 1
        if fence:
            fence = "" if line == fence else fence
        elif opened := _FENCE.fullmatch(line):
            fence = opened[1]
    if cut:
        lines += [fence] if fence else []
        lines += ["", f"{count(cut, 'more line')} did not fit here; `sensei review` shows everything."]
    return _marked(lines, marker)


def _unmarked(line: str) -> str:
    """Return a line in which no marker can stand: by them we know what is ours, and code is quoted."""
    return line.replace("<!--", f"<!{JOINER}--")


def _marked(lines: Iterable[str], marker: str) -> str:
    return "\n".join([*map(_unmarked, lines), "", marker])


def question(asked: AskedQuestion) -> str:
    """Return a question as the comment that asks it."""
    return _marked([_cut(asked.text, _MOST_OF_A_QUESTION)], question_marker(asked.id))


def questions_review(number: int, unplaced: Sequence[AskedQuestion], marker: str) -> str:
    """Return the body of a later round's review; questions that fit no line are in it."""
    top = [f"{count(number, 'question')} about what has changed."]
    return _fitting(marker, top, [["", *_unplaced(unplaced)]] if unplaced else [])


def kept_review(number: int, unplaced: Sequence[AskedQuestion], marker: str) -> str:
    """Return the body of a review with questions that a sensei has chosen."""
    top = [f"{count(number, 'question')} that your sensei has let through."]
    return _fitting(marker, top, [["", *_unplaced(unplaced)]] if unplaced else [])


def check_progress(files: int | None) -> tuple[str, str]:
    """Return the title and text of a check run while the reading goes on."""
    if files is None:
        return "Reading", "Sensei reads this pull request. There is nothing for you to do."
    return f"Reading {count(files, 'file')}", "There is nothing for you to do."


def check_result(report: Report, questions: int | None, retry: str | None) -> tuple[str, str]:
    """Return the title and text of a check run at its end; ``questions`` None: they go to a sensei first."""
    if not report.final:
        again = f" It is tried again at {retry} UTC." if retry else ""
        reasons = "\n".join(_reasons(report))
        return (
            "Incomplete",
            f"Not everything could be read.{again} There is nothing for you to do.\n\n{reasons}",
        )
    report = admit(report)
    found = count(len(facts(report)), "fact")
    lacking = "" if report.complete else "\n".join(["", "", incomplete(report), "", *_reasons(report)])
    title = found if questions is None else f"{count(questions, 'question')}, {found}"
    told = (
        "Questions go to the sensei first, who decides whether they are asked here"
        if questions is None
        else "A sensei reads and judges"
    )
    text = f"{coverage(report)}. {told}; this check passes nobody and fails nobody.{lacking}"
    return title if report.complete else f"Incomplete: {title}", text


def check_silent(*, complete: bool) -> tuple[str, str]:
    """Return the title and text of a check run whose round says nothing: not even how much was found."""
    return (
        "Read" if complete else "Incomplete",
        "Nothing is posted here. A sensei reads and judges; this check passes nobody and fails nobody.",
    )


def unread(marker: str) -> str:
    """Return the summary of a pull request that could not be read at all yet."""
    told = "**Incomplete, so Sensei asks no questions this time.** This commit could not be read"
    return _marked(["## First pass", "", f"{told}; Sensei will try again."], marker)


def check_stopped(why: str) -> tuple[str, str]:
    """Return the title and text of a check run whose round cannot go on until somebody acts."""
    told = "The person who runs Sensei has to act; there is nothing for you to do."
    return "Not read", f"{_cut(why, _MOST_OF_A_REASON).rstrip('.')}. {told}"


def check_gave_up() -> tuple[str, str]:
    """Return the title and text of a check run whose round gave up."""
    return (
        "Not finished",
        "Sensei gave up on this reading; the person who runs Sensei can continue it.",
    )


def check_unread(retry: str | None) -> tuple[str, str]:
    """Return the title and text of a check run whose commit could not be read."""
    again = f" It is tried again at {retry} UTC." if retry else ""
    return "Incomplete", f"This commit could not be read.{again} There is nothing for you to do."
