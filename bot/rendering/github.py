"""What Sensei writes on GitHub: the summary, questions, the check run. No level is in any of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.domain.report import Report
from bot.domain.tracking import Asked
from bot.rendering import markdown
from bot.rendering.markdown import code, plain
from bot.rendering.text import count, coverage, facts

# GitHub takes 65,536 characters; what it adds to some of them is not documented.
MOST_CHARACTERS = 60_000
_MARK = "<!-- sensei:"


def review_marker(round_: str) -> str:
    """Return the hidden line by which a round's review is known again."""
    return f"{_MARK}review={round_} -->"


def question_marker(question: int) -> str:
    """Return the hidden line by which a question's comment is known again."""
    return f"{_MARK}question={question} -->"


def summary(
    report: Report, asks: Mapping[str, str], unplaced: Sequence[Asked], marker: str, notes: Sequence[str] = ()
) -> str:
    """Return the summary: facts, what moved, what was read, what it cost; and questions that fit no line."""
    top = [*_top(report), *(f"\n{plain(note)}" for note in notes)]
    return _fitting(marker, top, _sections(report, asks, unplaced))


def _top(report: Report) -> Iterator[str]:
    yield "### First pass"
    yield ""
    if report.complete:
        mode = "by signals alone, no model" if report.mode == "signals" else "by signals and a model"
        yield f"{coverage(report)}. Read {mode}."
        yield ""
        yield (
            "Questions, if there are any, stand on their lines; answer there, in your own words. Whoever can "
            "read this repository sees them. Your sensei reads along and judges; nothing here is a grade."
        )
    else:
        yield "**Incomplete: nothing is asked of you because of it.**"
        yield ""
        yield from (f"- {plain(reason)}" for reason in report.incomplete_because[:10])


def _sections(report: Report, asks: Mapping[str, str], unplaced: Sequence[Asked]) -> Iterator[list[str]]:
    """Yield the parts of a summary, what matters most first."""
    yield list(markdown.facts_of(report))
    if unplaced:
        yield ["", "#### Questions about lines that are not part of the diff", "", *_unplaced(unplaced)]
    yield list(markdown.movements_of(report, asks))
    yield list(markdown.read_of(report))


def _unplaced(questions: Iterable[Asked]) -> Iterator[str]:
    for n, one in enumerate(questions, 1):
        yield f"{n}. **{plain(one.text)}** {code(f'{one.path}:{one.line_start}')}"


def _fitting(marker: str, top: list[str], sections: Iterable[list[str]]) -> str:
    """Join what fits; a section that does not is cut at a line, and that is said."""
    lines, left = list(top), MOST_CHARACTERS - len(marker) - sum(len(line) + 1 for line in top)
    cut = 0
    for section in sections:
        for line in section:
            if cut or len(line) + 1 > left:
                cut += 1
                continue
            lines.append(line)
            left -= len(line) + 1
    if cut:
        fences = sum(line.lstrip().startswith("```") for line in lines)
        lines += ["   ```"] if fences % 2 else []
        lines += ["", f"{count(cut, 'more line')} did not fit here; `sensei review` shows everything."]
    return "\n".join([*lines, "", marker])


def question(asked: Asked) -> str:
    """Return a question as the comment that asks it."""
    return f"{plain(asked.text)}\n\n{question_marker(asked.id)}"


def questions_review(number: int, marker: str) -> str:
    """Return the body of a later round's review, whose questions stand on their lines."""
    return f"{count(number, 'question')} about what has changed.\n\n{marker}"


def kept_review(number: int, unplaced: Sequence[Asked], marker: str) -> str:
    """Return the body of a review with questions that a sensei has chosen."""
    lines = [f"{count(number, 'question')} from your sensei's reading.", ""]
    if unplaced:
        lines += [*_unplaced(unplaced), ""]
    return "\n".join([*lines, marker])


def check_progress(files: int | None) -> tuple[str, str]:
    """Return the title and text of a check run while the reading goes on."""
    if files is None:
        return "Reading", "Sensei reads this pull request. There is nothing for you to do."
    return f"Reading {count(files, 'file')}", "There is nothing for you to do."


def check_result(report: Report, questions: int, retry: str | None) -> tuple[str, str]:
    """Return the title and text of a check run at its end."""
    if not report.complete:
        again = f" It is tried again at {retry} UTC." if retry else ""
        reasons = "\n".join(f"- {plain(reason)}" for reason in report.incomplete_because[:10])
        return (
            "Incomplete",
            f"Not everything could be read.{again} There is nothing for you to do.\n\n{reasons}",
        )
    title = f"{count(questions, 'question')}, {count(len(facts(report)), 'fact')}"
    return title, f"{coverage(report)}. A sensei reads and judges; this check passes nobody and fails nobody."


def unread(marker: str) -> str:
    """Return the summary of a pull request that could not be read at all yet."""
    return (
        "### First pass\n\n**Incomplete: nothing is asked of you because of it.** This commit could not be "
        f"read; it is tried again.\n\n{marker}"
    )


def check_stopped(why: str) -> tuple[str, str]:
    """Return the title and text of a check run whose round cannot go on until somebody acts."""
    return "Not read", f"{plain(why)} It is for whoever runs Sensei to act; there is nothing for you to do."


def check_unread(retry: str | None) -> tuple[str, str]:
    """Return the title and text of a check run whose commit could not be read."""
    again = f" It is tried again at {retry} UTC." if retry else ""
    return "Incomplete", f"This commit could not be read.{again} There is nothing for you to do."
