"""Writing the answer to a message: from a model's draft, from passages alone, or in Sensei's fixed words.

The model points, code quotes: a sentence is only shown with a quote that stands in a passage, and only if the
guard passes it. If nothing useful remains, the passages themselves are shown.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from bot.domain.enquiries import sensitive_words
from bot.domain.enquiries.drafted_answer import DraftedAnswer, DraftedClaim, parse_draft
from bot.domain.enquiries.kinds import LADDER, tighten_kind
from bot.domain.enquiries.ladder import finds_try, next_rung
from bot.domain.enquiries.records import Answer, AnswerSource, Citation, Kind, Rung
from bot.domain.enquiries.shown_passages import ShownPassage, show_passages
from bot.domain.guardrails.answers import (
    ANSWER_WORDS,
    AnswerGrounds,
    names_new_thing,
    refuse_answer_question,
    refuse_claim,
    singles_out,
)
from bot.domain.guardrails.split_turns import continues
from bot.domain.sources.documents import FoundPassage

MOST_CLAIMS_SHOWN = 5
"""Maximum sentences of an answer about facts."""
MOST_PASSAGES_SHOWN = 3
"""Maximum passages that are shown without a model's words."""
MOST_OF_AN_EXCERPT = 300
"""Maximum characters of a quote that is shown."""

_LIMITS: Mapping[Rung, tuple[int, int]] = {Rung.REFRAME: (0, 1), Rung.POINT: (1, 2), Rung.OPTIONS: (2, 4)}
"""Minimum and maximum sentences of a hint."""

_STOCK_QUESTIONS: Mapping[tuple[Kind, Rung], str] = {
    (Kind.DESIGN, Rung.REFRAME): "Which part of this would be hard to change later?",
    (Kind.DESIGN, Rung.POINT): "How does that compare with what you have now?",
    (Kind.DESIGN, Rung.OPTIONS): "Which of these differences would your users notice?",
    (Kind.DEBUGGING, Rung.REFRAME): "What have you ruled out so far?",
    (Kind.DEBUGGING, Rung.POINT): "What do you see at that point in your own code?",
    (Kind.DEBUGGING, Rung.OPTIONS): "What could you look at to tell these apart?",
}
_OTHER_STOCK_QUESTIONS = ("What have you ruled out so far?", "What would you look at next?")
"""Asked if the one for the hint was asked in the thread already."""
_NOTHING = "My sources don't cover this."
_SENSITIVE = (
    "This sounds like something to talk to a person about, so I won't give advice on it. "
    "I haven't shown it to anybody. I won't answer anything else in this thread either. If you have another "
    "question, please ask it in a new thread."
)
_MARKS = re.compile(r"\s*\[\d{1,2}\]")


class NoModelReason(StrEnum):
    """Why an answer has no words of a model."""

    NO_MODEL = "no_model"
    NO_ANSWER = "no_answer"
    OVER_BUDGET = "over_budget"
    REFUSED = "refused"


_WHY: Mapping[NoModelReason, str] = {
    NoModelReason.NO_MODEL: (
        "I can't write answers here because no AI model is set up. Here's what my sources say:"
    ),
    NoModelReason.NO_ANSWER: "The model didn't answer, so here's what my sources say:",
    NoModelReason.OVER_BUDGET: "I've used up today's budget for the model, so here's what my sources say:",
    NoModelReason.REFUSED: "I couldn't put this into my own words, so here's what my sources say:",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer is about: the asker's ``messages``, newest last, and the thread's earlier ``answers``.

    ``others`` are the names of other people, which no answer may have.
    """

    messages: tuple[str, ...]
    answers: tuple[Answer, ...] = ()
    others: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """An answer that may be shown. ``refused`` is the guard's first reason, or "".

    ``covered``: it says what a source says, or is a hint. Otherwise a person should be offered.
    """

    kind: Kind
    rung: Rung | None
    source: AnswerSource
    text: str
    citations: tuple[Citation, ...]
    refused: str
    covered: bool


def write_answer(
    document: Mapping[str, Any], asked: Asked, passages: Sequence[FoundPassage]
) -> WrittenAnswer:
    """Write an answer from a model's, given the passages that it was shown, in the same order."""
    shown = show_passages(passages)
    draft = parse_draft(document, shown)
    kind = tighten_kind(draft.kind, asked.messages, asked.answers)
    if kind is Kind.SENSITIVE:
        return write_sensitive()
    grounds = AnswerGrounds(
        asked.messages,
        tuple(_MARKS.sub("", answer.text) for answer in asked.answers if answer.source is AnswerSource.MODEL),
        asked.others,
        hints=kind in LADDER,
        rubric=kind is Kind.RUBRIC,
    )
    if kind in LADDER:
        return _write_hint(draft, kind, asked, grounds)
    return _write_facts(draft, kind, grounds, shown)


def write_passages(
    passages: Sequence[FoundPassage], why: NoModelReason, kind: Kind = Kind.FACT
) -> WrittenAnswer:
    """Write an answer that only shows passages, or that no source covers it."""
    return _show_passages(show_passages(passages), why, kind)


def find_sensitive(text: str) -> bool:
    """Say whether a message is for a person, so that no model reads it."""
    return sensitive_words.find_sensitive(text)


def write_sensitive() -> WrittenAnswer:
    """Write what Sensei always says about a sensitive matter."""
    return WrittenAnswer(Kind.SENSITIVE, None, AnswerSource.FIXED, _SENSITIVE, (), "", covered=False)


def _write_facts(
    draft: DraftedAnswer, kind: Kind, grounds: AnswerGrounds, shown: Sequence[ShownPassage]
) -> WrittenAnswer:
    if not draft.covered or not shown:
        return WrittenAnswer(kind, None, AnswerSource.NOTHING, _NOTHING, (), "", covered=False)
    claims, refused = _keep_claims(draft.claims, grounds)
    claims = claims[:MOST_CLAIMS_SHOWN]
    if not claims and draft.claims:
        return _quote(draft.claims, kind, refused)
    if not claims:
        return _show_passages(shown, NoModelReason.REFUSED, kind, refused or _first_dropped(draft))
    question = draft.question
    if question and (reason := refuse_answer_question(question, [one.cited for one in claims], grounds)):
        refused, question = refused or reason, ""
    return _compose(kind, None, claims, question, refused)


def _write_hint(draft: DraftedAnswer, kind: Kind, asked: Asked, grounds: AnswerGrounds) -> WrittenAnswer:
    at = rung = next_rung(asked.answers, tried=finds_try(draft.tried, asked.messages))
    claims, refused = _keep_hints(draft, rung, asked, grounds)
    rung = _fitting_rung(rung, claims)
    claims = claims[: _LIMITS[rung][1]]
    question, reason = _choose_question(draft, claims, grounds)
    if not question and not claims and draft.claims and at is not Rung.REFRAME:
        return _point(draft.claims, kind, refused or reason, _choose_stock_question(kind, at, asked.answers))
    question = question or _choose_stock_question(kind, rung, asked.answers)
    return _compose(kind, rung, claims, question, refused or (reason if draft.question else ""))


def _keep_hints(
    draft: DraftedAnswer, rung: Rung, asked: Asked, grounds: AnswerGrounds
) -> tuple[list[DraftedClaim], str]:
    """Return the claims that fit a hint, and the first reason against another, or ""."""
    claims, refused = _keep_claims(draft.claims, grounds)
    if rung is Rung.REFRAME:
        # What is at stake may be said, but nothing that they could use and haven't named.
        told = [one for one in claims if not names_new_thing(one.text, asked.messages)]
        return told, refused or ("names a solution" if len(told) < len(claims) else "")
    if claims and singles_out(" ".join([*(one.text for one in claims), draft.question]), asked.messages):
        return [], refused or "names one option of several"
    return claims, refused


def _choose_question(
    draft: DraftedAnswer, claims: Sequence[DraftedClaim], grounds: AnswerGrounds
) -> tuple[str, str]:
    """Return the model's first question that may be asked, or "", and why its first one may not, or ""."""
    cited = [one.cited for one in claims]
    reason = refuse_answer_question(draft.question, cited, grounds)
    if reason is None:
        return draft.question, ""
    plainer = draft.plainer and refuse_answer_question(draft.plainer, cited, grounds) is None
    return (draft.plainer if plainer else ""), reason


def _point(claims: Sequence[DraftedClaim], kind: Kind, refused: str, question: str) -> WrittenAnswer:
    """Name the places to which a model pointed, without its words and theirs. It is no hint of the ladder."""
    places = dict.fromkeys((one.passage.name, one.passage.link) for one in claims)
    citations = tuple(Citation(name, link, "") for name, link in islice(places, MOST_PASSAGES_SHOWN))
    text = f"My sources say something about this here: {_number(citations)}\n\n{question}"
    return WrittenAnswer(kind, None, AnswerSource.PASSAGES, text, citations, refused, covered=True)


def _choose_stock_question(kind: Kind, rung: Rung, answers: Sequence[Answer]) -> str:
    """Return the first of Sensei's own questions that this thread doesn't have yet, or the last."""
    questions = (_STOCK_QUESTIONS[kind, rung], *_OTHER_STOCK_QUESTIONS)
    said = "\n".join(answer.text for answer in answers)
    return next((one for one in questions if one not in said), questions[-1])


def _fitting_rung(rung: Rung, claims: Sequence[DraftedClaim]) -> Rung:
    """Return the highest hint up to ``rung`` that has enough sentences. Options need two quotes."""
    if rung is Rung.OPTIONS and len({one.cited.quote for one in claims}) < _LIMITS[rung][0]:
        rung = Rung.POINT
    return Rung.REFRAME if rung is Rung.POINT and not claims else rung


def _keep_claims(claims: Sequence[DraftedClaim], grounds: AnswerGrounds) -> tuple[list[DraftedClaim], str]:
    """Return the claims that the guard passes, and its first reason against another, or ""."""
    kept: list[DraftedClaim] = []
    refused, words = "", 0
    for claim in claims:
        reason = refuse_claim(claim.text, claim.cited, grounds)
        if reason is None and kept and continues(claim.text, [kept[-1].text]):
            reason = "split over turns"
        if reason is None and words + len(claim.text.split()) > ANSWER_WORDS:
            reason = "too long"
        if reason is None:
            kept.append(claim)
            words += len(claim.text.split())
        refused = refused or reason or ""
    return kept, refused


def _compose(
    kind: Kind, rung: Rung | None, claims: Sequence[DraftedClaim], question: str, refused: str
) -> WrittenAnswer:
    citations: list[Citation] = []
    sentences: list[str] = []
    for claim in claims:
        citation = Citation(claim.passage.name, claim.passage.link, _excerpt(claim.cited.quote))
        if citation not in citations:
            citations.append(citation)
        sentences.append(f"{claim.text} [{citations.index(citation) + 1}]")
    text = "\n\n".join(filter(None, (" ".join(sentences), question)))
    return WrittenAnswer(kind, rung, AnswerSource.MODEL, text, tuple(citations), refused, covered=True)


def _show_passages(
    shown: Sequence[ShownPassage], why: NoModelReason, kind: Kind, refused: str = ""
) -> WrittenAnswer:
    """Write an answer of passages, the best ones."""
    if not shown:
        return WrittenAnswer(kind, None, AnswerSource.NOTHING, _NOTHING, (), refused, covered=False)
    best = shown[:MOST_PASSAGES_SHOWN]
    citations = tuple(Citation(one.name, one.link, _excerpt(one.text)) for one in best)
    text = f"{_WHY[why]} {_number(citations)}"
    return WrittenAnswer(kind, None, AnswerSource.PASSAGES, text, citations, refused, covered=True)


def _quote(claims: Sequence[DraftedClaim], kind: Kind, refused: str) -> WrittenAnswer:
    """Show what the sources say in the places to which a model pointed, without its words."""
    found = dict.fromkeys(
        Citation(one.passage.name, one.passage.link, _excerpt(one.cited.quote)) for one in claims
    )
    citations = tuple(islice(found, MOST_CLAIMS_SHOWN))
    text = f"{_WHY[NoModelReason.REFUSED]} {_number(citations)}"
    return WrittenAnswer(kind, None, AnswerSource.PASSAGES, text, citations, refused, covered=True)


def _number(citations: Sequence[Citation]) -> str:
    return " ".join(f"[{number}]" for number in range(1, len(citations) + 1))


def _excerpt(text: str) -> str:
    words = " ".join(text.split())
    if len(words) <= MOST_OF_AN_EXCERPT:
        return words
    return words[:MOST_OF_AN_EXCERPT].rsplit(" ", 1)[0] + " …"


def _first_dropped(draft: DraftedAnswer) -> str:
    return next(iter(draft.dropped), "says too little")
