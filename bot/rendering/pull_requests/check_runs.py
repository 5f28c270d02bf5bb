"""The titles and texts of Sensei's check run on GitHub. It never passes or fails anyone."""

from datetime import date

from bot.domain.pull_requests.question_counts import QuestionCounts
from bot.domain.review.publication_check import remove_refused_texts
from bot.domain.review.report import Report
from bot.rendering.pull_requests.github_posts import format_reason, format_reasons
from bot.rendering.pull_requests.summary import SENSEI_FIRST, format_files, format_tally
from bot.rendering.text.safe_text import count, incomplete_sentence

_NOTHING_TO_DO = "You don't need to do anything."
_JUDGE = "Your sensei does the judging; this check neither passes nor fails anyone."


def check_progress(files: int | None) -> tuple[str, str]:
    """Return the title and text of a check run while Sensei is reading; ``files`` is None until counted."""
    if files is None:
        return "Reading", f"I'm reading this pull request. {_NOTHING_TO_DO}"
    return f"Reading {count(files, 'file')}", _NOTHING_TO_DO


def check_result(report: Report, questions: QuestionCounts, retry: str | None) -> tuple[str, str]:
    """Return the title and text of a finished check run.

    ``retry`` is the UTC time of the next try, if any.
    """
    if not report.final:
        again = f" I'll try again at {retry} UTC." if retry else ""
        still_open = f", {count(questions.open, 'open question')}" if questions.open else ""
        text = f"I couldn't read everything.{again} {_describe_open(questions) or _NOTHING_TO_DO}"
        return f"Incomplete{still_open}", "\n".join([text, "", *format_reasons(report)])
    report = remove_refused_texts(report)
    tally = format_tally(report, questions)
    parts = [_describe_open(questions), f"I read {format_files(report)}.", _JUDGE]
    if questions.sensei_first:
        parts.insert(2, SENSEI_FIRST)
    text = " ".join(part for part in parts if part)
    if report.complete:
        return tally[0].upper() + tally[1:], text
    lacking = ["", "", incomplete_sentence(report), "", *format_reasons(report)]
    return f"Incomplete: {tally}", text + "\n".join(lacking)


def _describe_open(questions: QuestionCounts) -> str:
    """Return where the questions without an answer are, or the empty string."""
    sentences = []
    if number := questions.on_lines:
        was, which = ("was", "it on its line") if number == 1 else ("were", "them on their lines")
        opened = f"{count(number, 'question')} {was} open when I read this commit"
        sentences.append(f"{opened}: please answer {which}.")
    if number := questions.threadless:
        which = (
            "is in the summary, which says how to answer it"
            if number == 1
            else ("are in the summary, which says how to answer them")
        )
        sentences.append(f"{count(number, 'question')} {which}.")
    return " ".join(sentences)


def check_read(day: date) -> tuple[str, str]:
    """Return the title and text of a check run once a sensei has read the evidence of its capstone."""
    title = f"Read by a sensei on {day.day} {day:%b %Y}"
    return title, (
        "A sensei has read the evidence in this project. This check is not a grade, and it doesn't say "
        "whether this pull request is ready. The participant can see their levels in Slack. Open questions "
        "stay open."
    )


def check_silent(*, complete: bool) -> tuple[str, str]:
    """Return the title and text of a check run whose round posts nothing, not even how much was found."""
    title, done = (
        ("Read", "I've read this commit") if complete else ("Incomplete", "I couldn't read everything")
    )
    return title, f"{done}, and I'm posting nothing here. {_JUDGE}"


def check_stopped(why: str) -> tuple[str, str]:
    """Return the title and text of a check run whose round cannot continue until an operator acts."""
    reason = format_reason(why)
    needs = "The person who runs Sensei needs to fix this."
    return "Not read", f"{reason[:1].upper()}{reason[1:]}. {needs} {_NOTHING_TO_DO}"


def summary_unedited(why: str) -> str:
    """Say in a check run that GitHub rejected the new text of the summary."""
    return (
        "I couldn't update the summary on this pull request, so it still shows an earlier reading. "
        f"GitHub's reason: {format_reason(why)}."
    )


def check_gave_up() -> tuple[str, str]:
    """Return the title and text of a check run whose round gave up."""
    return "Not finished", "I couldn't finish reading this commit. The person who runs Sensei can retry it."


def check_unread(retry: str | None) -> tuple[str, str]:
    """Return the title and text of a check run whose commit could not be read."""
    again = f" I'll try again at {retry} UTC." if retry else ""
    return "Incomplete", f"I couldn't read this commit.{again} {_NOTHING_TO_DO}"
