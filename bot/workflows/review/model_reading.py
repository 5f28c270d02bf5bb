"""What a model adds to a reading: read, locate, challenge, choose. Code verifies every step.

Each call that does not end in an answer makes the reading incomplete, with its reason; what a signal backs
stands without any call.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import zip_longest
from typing import Any, Literal, TypeVar

from bot.domain.guardrails.model_wording import Grounds, ShownText
from bot.domain.review.answer_merging import parse_reduce
from bot.domain.review.citations import SourceText
from bot.domain.review.context import ChangeText, ContextPack, ReadableFile, build_packs
from bot.domain.review.context.blocks import tokens
from bot.domain.review.model_answers import (
    BASELINE_CAPS,
    READ_CAPS,
    AnswerLimits,
    ParsedAnswer,
    ProposedConcern,
    ProposedMovement,
    ProposedQuestion,
    Quote,
    ReadAnswer,
    Verdict,
    merge_answers,
    parse_challenge,
    parse_read,
)
from bot.domain.review.paths import shown
from bot.domain.review.prompts import Prompt
from bot.domain.review.question_selection import MOST_CITATIONS, MOST_QUESTIONS, QuotedHit
from bot.domain.review.quote_location import locate_quote
from bot.domain.review.report import Citation, Concern, Cost, ModelRef, Movement, Question, Strength
from bot.domain.rubrics.overlays import with_packs
from bot.domain.rubrics.rubric import Pack, Rubric
from bot.domain.secrets.detection import Redactor
from bot.ports.model import CallOutcome, Model, ModelAnswer, ModelRequest
from bot.ports.reading import Progress
from bot.rendering.text.safe_text import place
from bot.workflows.review.model_requests import (
    ChallengedItem,
    baseline_request,
    challenge_request,
    read_request,
    reduce_request,
)

T = TypeVar("T")
PROMPTS = ("review/read", "review/reduce", "review/challenge", "review/baseline")

# A claim that something is not there; a signal that found it in the same file for the same check is right.
_ABSENCE = re.compile(r"\b(?:no|not|never|without|lacks?|missing|none|nothing)\b|n't\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReadingMaterial:
    """What there is to read: both sides of the changed files, words, neighbours, and what signals found."""

    files: Sequence[ReadableFile]
    words: Sequence[ChangeText]
    neighbours: Sequence[SourceText]
    found: Sequence[QuotedHit]
    facts: Sequence[Concern]
    redactor: Redactor
    baseline: bool


@dataclass(slots=True)
class ModelOutcome:
    """What the model added.

    ``answered`` is False if not one call was; ``checked`` says that the second reader answered, or had
    nothing to check; ``dropped`` counts what code refused.
    """

    ref: ModelRef
    answered: bool = False
    checked: bool = False
    reasons: list[str] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    concerns: list[Concern] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    strengths: list[Strength] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    reused: int = 0
    cost: Cost = field(default_factory=lambda: Cost(seconds=0))


class ModelReading:
    """Reads with one model and one set of prompts; use it once."""

    def __init__(self, model: Model, prompts: Mapping[str, Prompt], budget: int, progress: Progress) -> None:
        self._model = model
        self._prompts = prompts
        self._budget = budget
        self._progress = progress
        self._outcome = ModelOutcome(ModelRef(provider=model.provider, id=model.id, prompts={}))
        self._packs: tuple[ContextPack, ...] = ()
        self._expired: Callable[[], bool] = lambda: False

    def read(
        self,
        material: ReadingMaterial,
        rubric: Rubric,
        packs: Sequence[Pack],
        expired: Callable[[], bool] = lambda: False,
    ) -> ModelOutcome:
        """Read the material against a rubric and the packs of its stacks; ask nothing more once expired."""
        self._expired = expired
        found, words = material.found, material.words
        self._packs = build_packs(
            material.files, words, material.neighbours, found, material.redactor, self._budget
        )
        self._note_what_was_cut(material)
        self._progress.stage("Asking the model", len(self._packs) + 1)
        answer = self._answer(material, rubric, packs)
        if answer is None:
            return self._outcome
        files = {one.file.path: one for one in material.files}
        self._outcome.movements = list(self._movements(answer.movements, files))
        concerns = list(self._concerns(answer.concerns, files, material))
        questions = [] if material.baseline else list(self._questions(answer.questions, files, material))
        self._challenge(concerns, questions, rubric, packs)
        if not self._outcome.checked:
            # Only what a signal backs goes out.
            self._outcome.movements = []
            return self._outcome
        self._outcome.strengths = [
            Strength(text=one.text, citation=citation)
            for one in answer.strengths
            if (citation := self._locate(one, files, "strength"))
        ]
        return self._outcome

    @cached_property
    def _shown(self) -> ShownText:
        """All that the model is shown, in every part."""
        return ShownText("\n".join(pack.user for pack in self._packs))

    def _note_what_was_cut(self, material: ReadingMaterial) -> None:
        """A change that the model is shown only in part is not read whole."""
        changed = {shown(one.file.path) for one in material.files}
        for pack in self._packs:
            self._outcome.reasons += [
                f"{cut.name}: {cut.reason}, so the model saw a part of it"
                for cut in pack.manifest.cut
                if cut.name in changed and not cut.reason.startswith("only its")
            ]

    def _answer(self, material: ReadingMaterial, rubric: Rubric, packs: Sequence[Pack]) -> ReadAnswer | None:
        """Return what the reader proposes of all packs together; None if no pack was answered."""
        effective = with_packs(rubric, packs)
        checks = {check.id for criterion in effective.criteria for check in criterion.checks}
        criteria = {criterion.id for criterion in effective.criteria}
        caps = BASELINE_CAPS if material.baseline else READ_CAPS
        ask = baseline_request if material.baseline else read_request
        prompt = self._prompts["review/baseline" if material.baseline else "review/read"]
        answers: list[ReadAnswer] = []
        for n, pack in enumerate(self._packs, 1):
            part = f"part {n} of {len(self._packs)} of the change" if len(self._packs) > 1 else "the change"
            document = self._ask(ask(prompt, rubric, packs, pack.user), f"{part} was not read by the model")
            self._progress.step()
            if document is not None:
                answers.append(self._counted(parse_read(document, checks, criteria, caps, self._shown)))
        if len(answers) < 2:
            return answers[0] if answers else None
        request = reduce_request(self._prompts["review/reduce"], rubric, packs, answers)
        if tokens(request.user) > self._budget:
            return share_packs(answers, caps)
        reduced = self._ask(request, "the parts of the change were put together without the model")
        return (
            share_packs(answers, caps)
            if reduced is None
            else self._counted(parse_reduce(reduced, answers, caps))
        )

    def _ask(self, request: ModelRequest, otherwise: str) -> Mapping[str, Any] | None:
        """Ask; note the cost; return the document of a complete answer, else note why there is none."""
        if self._expired():
            self._outcome.reasons.append(f"{otherwise}: the limit of time for a review was reached")
            return None
        answer = self._model.ask(request)
        name = request.prompt.rpartition("/")[2]
        self._outcome.ref.prompts[name] = f"{request.prompt_version}@{request.prompt_sha256}"
        self._pay(answer)
        if answer.outcome is CallOutcome.ANSWERED and answer.document is not None:
            self._outcome.answered = True
            return answer.document
        reason = answer.reason[:1].lower() + answer.reason[1:].rstrip(".")
        self._outcome.reasons.append(f"{otherwise}: {reason}")
        return None

    def _pay(self, answer: ModelAnswer) -> None:
        self._outcome.reused += answer.reused
        if answer.reused and not answer.attempts:
            return
        cost, usage = self._outcome.cost, answer.usage
        known = cost.usd is not None and answer.usd is not None
        self._outcome.cost = Cost(
            calls=cost.calls + answer.attempts,
            input_tokens=cost.input_tokens + usage.input + usage.cache_read + usage.cache_write,
            cached_tokens=cost.cached_tokens + usage.cache_read,
            output_tokens=cost.output_tokens + usage.output,
            usd=(cost.usd or 0) + (answer.usd or 0) if known else None,
            seconds=0,
        )

    def _counted(self, parsed: ParsedAnswer[Any]) -> Any:
        self._outcome.dropped += parsed.dropped
        return parsed.answer

    def _locate(self, quote: Quote, files: Mapping[str, ReadableFile], what: str) -> Citation | None:
        side = None if quote.source == "text" else quote.side
        citation = locate_quote(quote.quote, quote.path, side, self._packs, files)
        if citation is None:
            self._outcome.dropped[f"{what}: quote not found"] += 1
        return citation

    def _movements(
        self, proposed: Iterable[ProposedMovement], files: Mapping[str, ReadableFile]
    ) -> Iterator[Movement]:
        for one in proposed:
            located = [self._locate(quote, files, "movement") for quote in one.quotes]
            citations = tuple(citation for citation in located if citation)[:MOST_CITATIONS]
            if citations:
                yield Movement(
                    check=one.check,
                    direction=one.direction,
                    partial=one.partial,
                    missing=one.missing,
                    source="model",
                    citations=citations,
                )

    def _concerns(
        self,
        proposed: Iterable[ProposedConcern],
        files: Mapping[str, ReadableFile],
        material: ReadingMaterial,
    ) -> Iterator[Concern]:
        stated = _stated(material.facts)
        for one in proposed:
            citation = self._locate(one, files, "concern")
            if citation is None:
                continue
            if not stated.isdisjoint(_lines(citation)):
                self._outcome.dropped["concern: a signal states it"] += 1
            elif _contradicted(one, citation, material.found):
                self._outcome.dropped["concern: a signal found what it misses"] += 1
            else:
                yield Concern(signal=None, check=one.check, text=one.fact, source="model", citation=citation)

    def _questions(
        self,
        proposed: Iterable[ProposedQuestion],
        files: Mapping[str, ReadableFile],
        material: ReadingMaterial,
    ) -> Iterator[Question]:
        stated = _stated(material.facts)
        for one in proposed:
            citation = self._locate(one, files, "question")
            if citation is None:
                continue
            if not stated.isdisjoint(_lines(citation)):
                self._outcome.dropped["question: a fact stands there"] += 1
            else:
                yield Question(check=one.check, text=one.question, source="model", citation=citation)

    def _challenge(
        self,
        concerns: Sequence[Concern],
        questions: Sequence[Question],
        rubric: Rubric,
        packs: Sequence[Pack],
    ) -> None:
        """Let a second reader try to refute each item; without its answer none goes out."""
        items = [_item("concern", one) for one in concerns] + [_item("question", one) for one in questions]
        self._progress.step()
        if not items:
            self._outcome.checked = True
            return
        data = self._shown_for([*concerns, *questions])
        request = challenge_request(self._prompts["review/challenge"], rubric, packs, items, data)
        document = self._ask(
            request, f"what the model found ({len(items)} items) was not checked and is left out"
        )
        if document is None:
            return
        self._outcome.checked = True
        cited: list[Concern | Question] = [*concerns, *questions]
        grounds = [Grounds(f"{one.citation.path}\n{one.citation.quote}", self._shown) for one in cited]
        parsed = parse_challenge(document, [item.kind for item in items], grounds)
        verdicts = self._counted(parsed).verdicts
        best = parsed.answer.best
        self._outcome.dropped["refuted by the second reader"] += sum(v.verdict == "drop" for v in verdicts)
        self._outcome.concerns = [
            one.model_copy(update={"text": _worded(one.text, verdict)})
            for one, verdict in zip(concerns, verdicts, strict=False)
            if verdict.verdict != "drop"
        ]
        kept = [
            (n != best, one.model_copy(update={"text": _worded(one.text, verdict)}))
            for n, (one, verdict) in enumerate(
                zip(questions, verdicts[len(concerns) :], strict=True), len(concerns) + 1
            )
            if verdict.verdict != "drop"
        ]
        self._outcome.questions = _chosen(kept, self._outcome.concerns, with_packs(rubric, packs))

    def _shown_for(self, cited: Sequence[Concern | Question]) -> str:
        """Return the data sections that the items are about, as many as fit; each item brings its code."""
        names = {one.citation.path for one in cited}
        sections: list[str] = []
        room = self._budget
        for pack in self._packs:
            about = len(self._packs) == 1 or any(names & set(part.display.names) for part in pack.shown)
            if about and (pack.manifest.tokens <= room or not sections):
                sections.append(pack.user)
                room -= pack.manifest.tokens
        return "\n\n".join(sections)


def _item(kind: Literal["concern", "question"], one: Concern | Question) -> ChallengedItem:
    return ChallengedItem(kind, one.text, one.check, place(one.citation), one.citation.quote)


def _worded(text: str, verdict: Verdict) -> str:
    return verdict.text if verdict.verdict == "reword" else text


def _lines(citation: Citation) -> Iterator[tuple[str, str, int]]:
    return ((citation.path, citation.side, n) for n in range(citation.line_start, citation.line_end + 1))


def _stated(facts: Iterable[Concern]) -> set[tuple[str, str, int]]:
    return {line for fact in facts for line in _lines(fact.citation)}


def _contradicted(one: ProposedConcern, citation: Citation, found: Iterable[QuotedHit]) -> bool:
    return bool(_ABSENCE.search(one.fact)) and any(
        each.armed.signal.yields == "evidence"
        and each.armed.check.id == one.check
        and each.citation.path == citation.path
        for each in found
    )


def _chosen(kept: list[tuple[bool, Question]], facts: Iterable[Concern], rubric: Rubric) -> list[Question]:
    """Order what stays: the best first, then gates; at most three, one per check, none where a fact is."""
    gates = {check.id for criterion in rubric.criteria if criterion.gate for check in criterion.checks}
    stated = _stated(facts)
    kept.sort(key=lambda each: (each[0], each[1].check not in gates))
    chosen: list[Question] = []
    for _, one in kept:
        taken = one.check is not None and one.check in {each.check for each in chosen}
        if not taken and stated.isdisjoint(_lines(one.citation)):
            chosen.append(one)
    return chosen[:MOST_QUESTIONS]


def share_packs(answers: Sequence[ReadAnswer], caps: AnswerLimits) -> ReadAnswer:
    """Put the answers to several parts together by code alone: each part's best first."""

    def best_first(lists: Iterable[Sequence[T]], most: int) -> tuple[T, ...]:
        rows = zip_longest(*lists)
        return tuple(one for row in rows for one in row if one is not None)[:most]

    return ReadAnswer(
        touched=tuple(dict.fromkeys(name for one in answers for name in one.touched)),
        movements=merge_answers(
            best_first([one.movements for one in answers], len(answers) * caps.movements)
        ),
        concerns=best_first([one.concerns for one in answers], caps.concerns),
        questions=best_first([one.questions for one in answers], caps.questions),
        strengths=best_first([one.strengths for one in answers], caps.strengths),
    )


def join_answers(by_signal: Sequence[Movement], by_model: Sequence[Movement]) -> list[Movement]:
    """Put two readers' movements together: one for each check and direction, a whole one before a part."""
    entries: dict[tuple[str, str], Movement] = {}
    for one in (*by_signal, *by_model):
        key = (one.check, one.direction)
        before = entries.get(key)
        if before is None or (before.partial and not one.partial):
            better, other = one, before
        else:
            better, other = before, one
        more = [c for c in (other.citations if other else ()) if c not in better.citations]
        citations = (*better.citations, *more)[:MOST_CITATIONS]
        entries[key] = better.model_copy(update={"citations": citations})
    return list(entries.values())
