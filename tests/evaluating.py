"""Cases and readings for tests of the evaluation."""

from collections.abc import Sequence

from bot.adapters.files import eval_cases
from bot.adapters.files.rubrics import load
from bot.domain.evals.cases import Case, CaseFile, Place
from bot.domain.review.report import (
    Citation,
    Concern,
    Cost,
    Coverage,
    Mode,
    Movement,
    Question,
    Report,
    RubricRef,
    Strength,
)
from bot.domain.rubrics.overlays import criteria_by_check

CRITERIA = criteria_by_check(load("capstone"))
SHIPPED = eval_cases.load(None, None, CRITERIA)
HEAD, BASE = "b" * 40, "a" * 40


def case(expected: object, head: str = "one\ntwo\nthree\n", *, name: str = "a-case", **more: object) -> Case:
    """A case with one file, ``a.py``, whose only line was ``zero`` before the change."""
    told = {
        "title": "A case",
        "story": "Sample: a case of a test.",
        "kind": "python",
        "commits": {"base": "Before", "head": "After\n\nfor a reason"},
        "expected": expected,
    }
    return Case(name, CaseFile.model_validate({**told, **more}), {"a.py": "zero\n"}, {"a.py": head})


def at(line: int, quote: str, *, path: str = "a.py", base: bool = False, redacted: bool = False) -> Citation:
    return Citation(
        source="commit",
        path=path,
        commit=BASE if base else HEAD,
        side="base" if base else "head",
        line_start=line,
        line_end=line + quote.count("\n"),
        quote=quote,
        redacted=redacted,
    )


def report(
    movements: Sequence[Movement] = (),
    concerns: Sequence[Concern] = (),
    questions: Sequence[Question] = (),
    strengths: Sequence[Strength] = (),
    mode: Mode = "model",
    *,
    complete: bool = True,
    cost: Cost | None = None,
) -> Report:
    return Report(
        kind="change",
        mode=mode,
        complete=complete,
        incomplete_because=(),
        base=BASE,
        head=HEAD,
        rubric=RubricRef(id="capstone", version="1.0.0", sha256="c" * 64),
        stacks=(),
        stack_evidence=(),
        model=None,
        touched=(),
        movements=tuple(movements),
        concerns=tuple(concerns),
        questions=tuple(questions),
        strengths=tuple(strengths),
        coverage=Coverage(files_total=1, files_read=1, skipped=(), not_assessed=()),
        cost=cost or Cost(seconds=0.5),
    )


def moved(check: str, direction: str, *where: Citation, partial: bool = False) -> Movement:
    return Movement.model_validate(
        {
            "check": check,
            "direction": direction,
            "partial": partial,
            "missing": "the rest" if partial else "",
            "source": "model",
            "citations": where,
        }
    )


def fact(where: Citation, check: str | None = None, text: str = "This is so.") -> Concern:
    return Concern(signal=None, check=check, text=text, source="model", citation=where)


def question(where: Citation, check: str | None = None, text: str = "What did it cost?") -> Question:
    return Question(check=check, text=text, source="model", citation=where)


def quoted(case: Case, place: Place) -> Citation:
    """The first line of a place."""
    line = min(case.lines(place))
    text = case.text(place.side, place.path)
    assert text is not None
    return at(line, text.split("\n")[line - 1], path=place.path, base=place.side == "base")


def perfect(case: Case) -> Report:
    """A report that says all that is expected of a case, and nothing else."""
    expected = case.definition.expected
    keys = ["".join(planted.pieces) for planted in case.definition.planted]

    def cite(place: Place) -> Citation:
        citation = quoted(case, place)
        for key in keys:
            if key in citation.quote:
                quote = citation.quote.replace(key, "[redacted:openai-api-key]")
                return citation.model_copy(update={"quote": quote, "redacted": True})
        return citation

    return report(
        [
            moved(each.check, each.direction, cite(each.places[0]), partial=bool(each.partial))
            for each in expected.movements
        ],
        [fact(cite(each.places[0]), each.checks[0]) for each in expected.facts],
        [question(cite(each.places[0]), each.checks[0]) for each in expected.questions],
    )
