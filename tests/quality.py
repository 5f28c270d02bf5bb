"""The tables of docs/quality.md. ``python -m tests.quality --write`` writes them.

They need a recorded answer to every request: record first after a change to a prompt, a case or the context.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from bot.adapters.files import eval_cases, judge_sheets, prompts, recorded_answers
from bot.adapters.files.answer_cases import load_cases, load_second_reader
from bot.bootstrap import evals, wiring
from bot.bootstrap.hearing_evals import hear_case
from bot.bootstrap.local_reading import Unwatched
from bot.domain.evals.answers import score_hearing
from bot.domain.evals.cases import Case, Kind
from bot.domain.evals.judging import judge, list_items
from bot.domain.evals.scoring import Evaluation, Measure, evaluate
from bot.domain.evals.scripts import Script
from bot.domain.evals.second_authors import compare_authors
from bot.domain.evals.thresholds import Thresholds
from bot.domain.review.report import Report
from bot.domain.rubrics.overlays import criteria_by_check
from bot.rendering.evals import agreement, hearing, judged
from bot.rendering.evals.results import TITLES
from bot.rendering.evals.tables import format_interval, format_share, format_tally, pipe_table
from bot.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "quality.md"
RECORDINGS = ROOT / "evals" / "recordings"
HEARINGS = ROOT / "evals" / "answers" / "recordings"
JUDGEMENTS = ROOT / "evals" / "judgements"
COMMAND = "python -m tests.quality --write"

Readings = list[tuple[Case, Report]]


class Runs:
    """All runs that the page reports on, over the cases in the repository."""

    def __init__(self, folder: Path | None = None, recordings: Path = RECORDINGS) -> None:
        self._settings = Settings(_env_file=None)
        self._library = wiring.load_library(self._settings, None)
        self.checks = criteria_by_check(self._library)
        self.cases = eval_cases.load(folder, None, self.checks)
        self.thresholds: Thresholds = eval_cases.thresholds(folder)
        self._recordings = recordings

    def read(self, source: evals.AnswerSource) -> Readings:
        return [
            (
                case,
                evals.run_case(
                    case,
                    evals.choose_model(case, None, source, self.checks),
                    self._library,
                    self._settings,
                    Unwatched(),
                ),
            )
            for case in self.cases
        ]

    def recorded(self) -> Readings:
        return self.read(evals.AnswerSource(recorded=self._recordings))

    def evaluate(self, readings: Readings) -> Evaluation:
        return evaluate(readings, self.checks)


def script_tables(runs: Runs) -> Mapping[str, Iterable[str]]:
    """The part of the page about scripted models, which takes four runs."""
    scripted = {script: runs.evaluate(runs.read(evals.AnswerSource(script=script))) for script in Script}
    return {"scripts": pipe_table(("", *map(str, Script)), script_rows(scripted))}


def tables(runs: Runs, judgements: Path = JUDGEMENTS) -> Mapping[str, Iterable[str]]:
    """The lines of every other generated part of the page, by its name."""
    recorded = runs.recorded()
    signals = runs.evaluate(runs.read(evals.AnswerSource()))
    return {
        "cases": pipe_table(("", "cases"), case_rows(runs.cases)),
        "results": pipe_table(
            ("", "signals", "count", "95 %", "recorded", "count", "95 %", "threshold"),
            result_rows(signals, runs.evaluate(recorded), runs.thresholds),
        ),
        "authors": author_lines(runs),
        "judges": judge_lines(recorded, sorted(judgements.glob("*.yaml"))),
        **hearing_tables(),
    }


def hearing_tables() -> Mapping[str, Iterable[str]]:
    """The parts of the page about answers: what the recorded answers heard, and what two readers hear."""
    rules = wiring.load_articulation(wiring.load_library(Settings(_env_file=None)))
    prompt, known = prompts.load("articulation/articulate"), load_cases(None)
    models = ((case, recorded_answers.ReplayedModel(HEARINGS, case.id)) for case in known)
    heard = {case.id: hear_case(case, model, prompt, rules) for case, model in models}
    score = score_hearing(known, {name: one.heard for name, one in heard.items()})
    readers = score_hearing(known, load_second_reader(None))
    return {
        "hearing": [
            *pipe_table(hearing.SLOT_HEADS, hearing.slot_rows(score)),
            "",
            *pipe_table(hearing.KIND_HEADS, hearing.kind_rows(score)),
            "",
            *pipe_table(hearing.STANCE_HEADS, [agreement.agreement_row("Stance", score.stance)]),
            "",
            *(f"- {line.strip()}" for line in hearing.call_lines(heard)),
        ],
        "readers": [
            *pipe_table(hearing.SLOT_HEADS, hearing.slot_rows(readers)),
            "",
            *pipe_table(hearing.STANCE_HEADS, [agreement.agreement_row("Stance", readers.stance)]),
        ],
    }


def page(text: str, parts: Mapping[str, Iterable[str]]) -> str:
    """The page with its generated parts written again."""
    for name, lines in parts.items():
        begin, end = f"<!-- {name}: generated by `{COMMAND}` -->\n", f"<!-- end of {name} -->"
        before, rest = text.split(begin)
        _, after = rest.split(end)
        text = "\n".join([f"{before}{begin}", *lines, "", f"{end}{after}"])
    return text


def case_rows(cases: Sequence[Case]) -> Iterator[tuple[str, str]]:
    expected = [case.definition.expected for case in cases]
    kinds = Counter(case.definition.kind for case in cases)
    yield "All", str(len(cases))
    yield "Clean, with nothing to report", str(sum(case.no_questions and case.no_facts for case in expected))
    yield "With a required fact", str(sum(any(fact.required for fact in case.facts) for case in expected))
    yield (
        "With a required question",
        str(sum(any(question.required for question in case.questions) for case in expected)),
    )
    yield "With a prompt injection", str(sum(case.injection is not None for case in expected))
    yield "With a second author", str(sum(case.second is not None for case in cases))
    yield from ((f"Topic: {kind}", str(kinds[kind])) for kind in Kind if kinds[kind])


def result_rows(
    signals: Evaluation, recorded: Evaluation, thresholds: Thresholds
) -> Iterator[tuple[str, ...]]:
    for measure in Measure:
        cells: list[str] = []
        for tally in (signals.tally(measure), recorded.tally(measure)):
            cells += [format_share(tally.share), format_tally(tally), format_interval(tally)]
        yield TITLES[measure], *cells, str(thresholds.model.get(measure, "-"))


def script_rows(scripted: Mapping[Script, Evaluation]) -> Iterator[tuple[str, ...]]:
    for measure in Measure:
        tallies = [evaluation.tally(measure) for evaluation in scripted.values()]
        shares = (f"{format_share(tally.share)} ({format_tally(tally)})" for tally in tallies)
        yield (
            TITLES[measure],
            *(share if tally.of else "-" for tally, share in zip(tallies, shares, strict=True)),
        )


def author_lines(runs: Runs) -> Iterable[str]:
    compared = compare_authors(runs.cases, runs.checks)
    if not compared.cases:
        return ["No case has a second author yet."]
    return pipe_table(agreement.AGREEMENT_HEADS, agreement.rows(compared))


def judge_lines(recorded: Readings, paths: Sequence[Path]) -> Iterable[str]:
    if not paths:
        return ["Nobody has judged the recorded answers yet."]
    judgement = judge(list_items(recorded), [judge_sheets.load(path) for path in paths])
    return judged.markdown(judgement).strip().split("\n")[2:]


if __name__ == "__main__":
    if "--write" not in sys.argv:
        sys.exit(f"usage: {COMMAND}")
    all_runs = Runs()
    parts = {**tables(all_runs), **script_tables(all_runs)}
    PAGE.write_text(page(PAGE.read_text("utf-8"), parts), "utf-8")
