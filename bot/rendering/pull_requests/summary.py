"""The summary on a pull request: what was found, what to do, and last of all how it was read.

It speaks as Sensei and names no level. The details are folded away.
"""

from collections.abc import Iterator, Mapping, Sequence

from bot.domain.pull_requests.question_counts import QuestionCounts
from bot.domain.pull_requests.records import AskedQuestion
from bot.domain.review.publication_check import remove_refused_texts
from bot.domain.review.report import Report
from bot.rendering.pull_requests.github_posts import (
    comment,
    fold,
    format_reasons,
    format_unplaced,
    join_fitting,
)
from bot.rendering.review import markdown
from bot.rendering.review.markdown import code, plain
from bot.rendering.text.safe_text import (
    FACTS_EXPLAINED,
    count,
    group_facts,
    incomplete_sentence,
    left_out_sentence,
    list_untold_movements,
    no_finding_sentence,
    not_asked_sentence,
    not_assessed_sentence,
    short_revision,
    tokens_phrase,
)

_HOW_TO_ANSWER = (
    "To answer a question, reply in its thread in your own words; everyone who can read this repository can "
    "see your answers. Your sensei does the judging: nothing here is a grade."
)
_UNFINISHED = "Incomplete: I couldn't finish reading this change, so I'm not asking new questions yet."
_NO_GRADE = "Nothing here is a grade."
SENSEI_FIRST = "New questions go to your sensei first, who decides whether I ask them here."
_HELP = "<sub>Comment `/sensei help` to see what you can ask me.</sub>"
_MOST_SKIPPED = 3


def summary(
    report: Report,
    asks: Mapping[str, str],
    unplaced: Sequence[AskedQuestion],
    marker: str,
    questions: QuestionCounts | None = None,
) -> str:
    """Return the summary of a report.

    ``asks`` maps each check to what it asks. ``unplaced`` are the open questions about lines outside the
    diff, and ``questions`` counts all.
    """
    report = remove_refused_texts(report)
    counts = questions or QuestionCounts(asked=len(unplaced), threadless=len(unplaced))
    return join_fitting(marker, list(_format_top(report, counts)), _format_sections(report, asks, unplaced))


def unread_summary(marker: str) -> str:
    """Return the summary of a pull request that could not be read yet."""
    text = "**Incomplete: I couldn't read this commit, so I'm not asking new questions yet.** I'll try again."
    return comment([text], marker)


def _format_top(report: Report, questions: QuestionCounts) -> Iterator[str]:
    if not report.final:
        yield from (f"**{_UNFINISHED}**", "", *format_reasons(report))
        if questions.open:
            yield from ("", _format_still_open(questions))
        return
    yield _format_opening(report, questions)
    if not report.complete:
        yield from ("", f"**Incomplete.** {incomplete_sentence(report)}", "", *format_reasons(report))


def _format_opening(report: Report, questions: QuestionCounts) -> str:
    sentences = [_format_headline(report, questions)]
    if sentence := not_asked_sentence(report, "I"):
        sentences.append(plain(sentence))
    if questions.sensei_first:
        sentences.append(SENSEI_FIRST)
    if questions.on_lines:
        sentences.append(_HOW_TO_ANSWER)
    elif questions.open or report.concerns:
        sentences.append(_NO_GRADE)
    else:
        sentences.append(no_finding_sentence(report) or "This is not an approval.")
    return " ".join(sentences)


def _format_headline(report: Report, questions: QuestionCounts) -> str:
    tally = format_tally(report, questions, only_open=questions.open < questions.asked)
    if questions.open or report.concerns:
        return f"**I read {format_files(report)}: {tally}{_format_places(questions)}.**"
    return f"**{tally[0].upper()}{tally[1:]}.** I read {format_files(report)}."


def _format_still_open(questions: QuestionCounts) -> str:
    verb = "is" if questions.open == 1 else "are"
    return f"{count(questions.open, 'earlier question')} {verb} still open{_format_places(questions)}."


def _format_places(questions: QuestionCounts) -> str:
    """Return where the open questions are, to follow their number."""
    if questions.on_lines and questions.threadless:
        on = "on its line" if questions.on_lines == 1 else "on their lines"
        return f" ({questions.on_lines} {on}, {questions.threadless} below)"
    if questions.threadless:
        return " (below)"
    if questions.on_lines:
        return " on its line" if questions.on_lines == 1 else " on their lines"
    return ""


def format_tally(report: Report, questions: QuestionCounts, *, only_open: bool = True) -> str:
    """Return the number of facts and of open questions; ``only_open`` says that the others are not counted.

    New questions that go to a sensei first are not counted either, not even as none.
    """
    number = len(group_facts(report))
    facts = count(number, "fact") if number else "no facts"
    if questions.open:
        asked = count(questions.open, "open question" if only_open else "question")
        return f"{facts}, {asked}{_format_decisions(questions)}"
    if questions.asked:
        return f"{facts}, no open questions"
    return facts if questions.sensei_first else f"{facts}, no questions"


def _format_decisions(questions: QuestionCounts) -> str:
    """Return which earlier decisions some of the open questions are about, to follow their number."""
    if not questions.decisions:
        return ""
    numbers = " and ".join(map(str, dict.fromkeys(questions.decisions)))
    decisions = f"about decision{'s' if len(set(questions.decisions)) > 1 else ''} {numbers}"
    number = len(questions.decisions)
    return f" {decisions}" if number == questions.open else f" ({number} of them {decisions})"


def format_files(report: Report) -> str:
    """Return ``1 file`` or ``3 of 5 files``."""
    coverage = report.coverage
    total = count(coverage.files_total, "file")
    return total if coverage.files_read == coverage.files_total else f"{coverage.files_read:,} of {total}"


def _format_sections(
    report: Report, asks: Mapping[str, str], unplaced: Sequence[AskedQuestion]
) -> Iterator[list[str]]:
    """Yield the parts of a summary, the most important first."""
    if report.concerns:
        yield ["", "### Facts", "", FACTS_EXPLAINED, "", *markdown.fact_lines(report, asks)]
    if unplaced:
        yield ["", "### Questions without a thread", "", *_format_threadless(unplaced)]
    if movements := list_untold_movements(report):
        yield fold(_format_evidence_title(report), markdown.movement_lines(report, movements, asks))
    yield fold("What I read", _format_reading(report))
    yield ["", _HELP]


def _format_threadless(unplaced: Sequence[AskedQuestion]) -> Iterator[str]:
    example = f"`/sensei answer Q{unplaced[0].id}`"
    how = f"comment {example}, with your answer on the same line or below."
    if len(unplaced) == 1:
        yield f"This question is about lines outside the diff, so it has no thread. To answer it, {how}"
    else:
        yield (
            "These questions are about lines outside the diff, so they have no thread. To answer the first "
            f"one, {how} For another one, use its number."
        )
    yield ""
    yield from format_unplaced(unplaced)


def _format_evidence_title(report: Report) -> str:
    movements = list_untold_movements(report)
    numbers = []
    for direction, outcome in (("supports", "supported"), ("weakens", "weakened")):
        checks = {movement.check for movement in movements if movement.direction == direction}
        if checks:
            numbers.append(f"{count(len(checks), 'check')} {outcome}")
    return f"Evidence for the rubric: {', '.join(numbers)}"


def _format_reading(report: Report) -> Iterator[str]:
    """Yield how much was read at which commit, by what and for how much, and what was left out."""
    yield f"I read {format_files(report)} at {code(short_revision(report.head))}, {_format_means(report)}."
    if sentence := left_out_sentence(report, "I"):
        yield from ("", plain(sentence))
    if lines := list(markdown.unread_lines(report, _MOST_SKIPPED)):
        yield from ("", *lines)
    if sentence := not_assessed_sentence(report):
        yield from ("", sentence)


def _format_means(report: Report) -> str:
    """Return what read the change, and what that cost."""
    cost = report.cost
    rubric = f"rubric {report.rubric.id} {report.rubric.version}"
    if report.model is None:
        return f"with patterns but no model, in {cost.seconds:.1f} s, against {rubric}"
    price = "price unknown" if cost.usd is None else f"${cost.usd:.2f}"
    spent = f"{count(cost.calls, 'call')}, {tokens_phrase(cost)}, {price}"
    model = f"the model {plain(report.model.id)} ({spent})"
    return f"with patterns and {model}, in {cost.seconds:.1f} s, against {rubric}"
