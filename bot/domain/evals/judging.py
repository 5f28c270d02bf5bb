"""Judging the wording of a run: what people, who don't know where it comes from, say of each text.

The scores judge questions and facts by their place. Only a judge can say whether they are well said.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.domain.evals.cases import Case
from bot.domain.evals.intervals import Tally
from bot.domain.evals.kappa import Agreement, Labels, measure_agreement
from bot.domain.evals.quotable_lines import changed_lines
from bot.domain.review.report import Citation, Report

Kind = Literal["question", "fact"]

_AROUND = 8  # lines of code before and after the cited ones


class Verdict(StrEnum):
    """What a judge says of a question (the first four) or of a fact, with yes or no."""

    AS_WORDED = "as_worded"
    PRESUPPOSES = "presupposes"
    STILTED = "stilted"
    WOULD_ASK = "would_ask"
    IS_TRUE = "is_true"
    WORTH_SAYING = "worth_saying"


VERDICTS: Mapping[Kind, tuple[Verdict, ...]] = {
    "question": (Verdict.AS_WORDED, Verdict.PRESUPPOSES, Verdict.STILTED, Verdict.WOULD_ASK),
    "fact": (Verdict.IS_TRUE, Verdict.WORTH_SAYING),
}


class JudgeItem(NamedTuple):
    """A text to judge, with its place, the code around it, and what the change's author wrote.

    ``case`` is not shown to a judge.
    """

    id: str
    kind: Kind
    text: str
    place: str
    code: str
    author_wrote: str
    case: str


def list_items(readings: Iterable[tuple[Case, Report]]) -> list[JudgeItem]:
    """List the questions and facts of a run, in an order that says nothing about their origin."""
    items: list[JudgeItem] = []
    for case, report in readings:
        items += [_make_item(case, "question", asked.text, asked.citation) for asked in report.questions]
        items += [_make_item(case, "fact", fact.text, fact.citation) for fact in report.concerns]
    # An id is a hash, so sorting by it shuffles, always in the same way.
    return sorted(items)


def _read_yes_or_no(value: object) -> object:
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


YesOrNo = Annotated[Literal["yes", "no"] | None, BeforeValidator(_read_yes_or_no)]


class JudgedItem(BaseModel):
    """A judge's verdicts on one item; None where there is none. Only its id and verdicts are used."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: Annotated[str, Field(min_length=1)]
    kind: Kind
    text: str = ""
    place: str = ""
    code: str = ""
    author_wrote: str = ""
    as_worded: YesOrNo = None
    presupposes: YesOrNo = None
    stilted: YesOrNo = None
    would_ask: YesOrNo = None
    is_true: YesOrNo = None
    worth_saying: YesOrNo = None


class JudgeSheet(BaseModel):
    """A filled judge sheet. ``judge`` is a role, not a name."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    schema_: Literal["sensei.judge-sheet/1"] = Field(alias="schema")
    judge: str = ""
    items: tuple[JudgedItem, ...]

    def answers(self, verdict: Verdict) -> dict[str, str]:
        """Return a judge's answers, ``yes`` or ``no``, by the id of the item."""
        answers = ((item.id, getattr(item, verdict)) for item in self.items)
        return {name: answer for name, answer in answers if answer is not None}


class JudgedFigure(NamedTuple):
    """The share of ``yes`` of each judge, and their agreement if there are two."""

    shares: Sequence[Tally]
    agreement: Agreement | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What judges say of a run. ``unjudged`` items of the run have no answer from any judge."""

    figures: Mapping[Verdict, JudgedFigure]
    items: int
    unjudged: int


def judge(items: Sequence[JudgeItem], sheets: Sequence[JudgeSheet]) -> Judgement:
    """Count one or two judges' verdicts on a run. Items of other runs in their sheets are ignored."""
    answered = {
        item.id
        for item in items
        if any(item.id in sheet.answers(verdict) for sheet in sheets for verdict in VERDICTS[item.kind])
    }
    figures = {
        verdict: _count_verdict(verdict, [item for item in items if item.kind == kind], sheets)
        for kind, verdicts in VERDICTS.items()
        for verdict in verdicts
    }
    return Judgement(figures, len(items), len(items) - len(answered))


def _count_verdict(
    verdict: Verdict, items: Sequence[JudgeItem], sheets: Sequence[JudgeSheet]
) -> JudgedFigure:
    answers = [sheet.answers(verdict) for sheet in sheets]
    given = [[answer[item.id] for item in items if item.id in answer] for answer in answers]
    shares = [Tally(votes.count("yes"), len(votes)) for votes in given]
    if len(answers) < 2:
        return JudgedFigure(shares, None)
    first, second = answers
    by_case: dict[str, Labels] = {}
    for item in items:
        if item.id in first and item.id in second:
            by_case.setdefault(item.case, Labels())[first[item.id], second[item.id]] += 1
    return JudgedFigure(shares, measure_agreement(list(by_case.values())))


def _make_item(case: Case, kind: Kind, text: str, citation: Citation) -> JudgeItem:
    place = f"{citation.path}, {_format_lines(citation)}, {_format_side(citation)}"
    key = "\n".join((case.name, kind, place, text))
    return JudgeItem(
        id=hashlib.sha256(key.encode()).hexdigest()[:12],
        kind=kind,
        text=text,
        place=place,
        code=_show_code(case, citation),
        author_wrote="\n\n".join(filter(None, (words.strip() for words in case.words))),
        case=case.name,
    )


def _format_lines(citation: Citation) -> str:
    first, last = citation.line_start, citation.line_end
    return f"line {first}" if first == last else f"lines {first} to {last}"


def _format_side(citation: Citation) -> str:
    if citation.source == "text":
        return "in the author's own words"
    return "before the change" if citation.side == "base" else "after the change"


def _show_code(case: Case, citation: Citation) -> str:
    """Return the lines around a citation, numbered, without planted keys.

    ``>`` marks the cited lines, ``+`` and ``-`` those that the change added or removed.
    """
    text = case.text(citation.side, citation.path) if citation.source == "commit" else None
    if text is None:
        return citation.quote
    for planted in case.definition.planted:
        text = text.replace("".join(planted.pieces), "[key]")
    changed = changed_lines(case, citation.side, citation.path)
    sign = "-" if citation.side == "base" else "+"
    first = max(citation.line_start - _AROUND, 1)
    lines = text.rstrip("\n").split("\n")[first - 1 : citation.line_end + _AROUND]
    return "\n".join(
        f"{number:4} {'>' if citation.line_start <= number <= citation.line_end else ' '}"
        f"{sign if number in changed else ' '} {line}".rstrip()
        for number, line in enumerate(lines, first)
    )
