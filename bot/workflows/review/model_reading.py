"""Let a model read a change: ask for proposals, locate, challenge and choose. Code verifies every step.

A call without an answer makes the reading incomplete, and the report says why. Items that a signal supports
need no call.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from bot.domain.decisions.drift_answers import DriftAnswer, parse_drift
from bot.domain.guardrails.model_wording import Grounds, ShownText
from bot.domain.review.answer_merging import parse_reduce
from bot.domain.review.challenge_verdicts import ItemKind, Verdict
from bot.domain.review.context import ContextPack, build_packs
from bot.domain.review.context.blocks import estimate_tokens
from bot.domain.review.diff import FileStatus
from bot.domain.review.model_answers import (
    BASELINE_CAPS,
    READ_CAPS,
    ParsedAnswer,
    ReadAnswer,
    parse_challenge,
    parse_read,
)
from bot.domain.review.paths import display_path
from bot.domain.review.prompts import Prompt
from bot.domain.review.question_selection import MOST_QUESTIONS
from bot.domain.review.refused_proposals import count_unchosen, list_problems
from bot.domain.review.report import Concern, Cost, ModelRef, Movement, Question, Strength
from bot.domain.review.severity import SeverityOrder
from bot.domain.rubrics.overlays import with_packs
from bot.domain.rubrics.rubric import Pack, Rubric
from bot.ports.model import CallOutcome, Model, ModelAnswer, ModelRequest
from bot.ports.reading import Progress
from bot.rendering.text.safe_text import place_name
from bot.workflows.review.combined_answers import combine_parts
from bot.workflows.review.located_proposals import (
    ProposalLocator,
    ReadingMaterial,
    cited_lines,
    list_cited_lines,
)
from bot.workflows.review.model_requests import (
    ChallengedItem,
    DecisionItem,
    baseline_request,
    challenge_request,
    drift_request,
    read_request,
    reduce_request,
)

PROMPTS = ("review/read", "review/reduce", "review/challenge", "review/baseline", "review/drift")


@dataclass(slots=True)
class ModelOutcome:
    """What the model added to a reading.

    ``reasons`` are why the reading is incomplete; ``gaps`` are more of them, which another attempt would not
    change. ``answered`` is True once any call was answered. ``checked`` is True if the second reader
    answered, or had nothing to check. ``dropped`` counts the proposals that code refused.
    """

    ref: ModelRef
    answered: bool = False
    checked: bool = False
    reasons: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    concerns: list[Concern] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    strengths: list[Strength] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    reused: int = 0
    cost: Cost = field(default_factory=lambda: Cost(seconds=0))


class ModelReading:
    """A reading with one model and one set of prompts. Use it once."""

    def __init__(self, model: Model, prompts: Mapping[str, Prompt], budget: int, progress: Progress) -> None:
        self._model = model
        self._prompts = prompts
        self._budget = budget
        self._progress = progress
        self._outcome = ModelOutcome(ModelRef(provider=model.provider, id=model.id, prompts={}))
        self._packs: tuple[ContextPack, ...] = ()
        self._problems: Mapping[tuple[ItemKind, str], str] = {}
        self._expired: Callable[[], bool] = lambda: False

    def read(
        self,
        material: ReadingMaterial,
        rubric: Rubric,
        packs: Sequence[Pack],
        expired: Callable[[], bool] = lambda: False,
    ) -> ModelOutcome:
        """Read the material against a rubric and the packs of its stacks. Make no more calls once expired."""
        self._expired = expired
        self._packs = build_packs(
            material.files,
            material.words,
            material.neighbours,
            material.found,
            material.redactor,
            self._budget,
            material.notes,
        )
        self._note_cut_files(material)
        self._progress.stage("Asking the model", len(self._packs) + 1)
        answer = self._ask_about_packs(material, rubric, packs)
        if answer is None:
            return self._outcome
        locator = ProposalLocator(self._packs, material, self._outcome.dropped)
        located = locator.locate(answer)
        self._problems = list_problems(answer)
        self._challenge(located.concerns, located.questions, rubric, packs)
        if self._outcome.checked:  # otherwise, only items that a signal supports are published
            self._outcome.movements = located.movements
            self._outcome.strengths = locator.locate_strengths(answer)
        return self._outcome

    def compare_decisions(
        self, items: Sequence[DecisionItem], paths: Collection[str], rubric: Rubric, packs: Sequence[Pack]
    ) -> DriftAnswer | None:
        """Ask which decisions the change contradicts, after ``read``; return None without an answer.

        ``paths`` are the files that the decisions may be about. The questions of the review don't depend on
        this answer, so a failure leaves a gap in the reading, and the reading stands.
        """
        if not self._outcome.answered:
            return None
        request = drift_request(
            self._prompts["review/drift"], rubric, packs, items, self._select_sections(paths)
        )
        missing = len(self._outcome.reasons)
        document = self._ask(self._cache_data(request), "the model did not compare it with earlier decisions")
        self._outcome.gaps += self._outcome.reasons[missing:]
        del self._outcome.reasons[missing:]
        if document is None:
            return None
        shown = ShownText(f"{self._shown_text.text}\n{request.items}")
        answer: DriftAnswer = self._take_answer(parse_drift(document, [item.number for item in items], shown))
        return answer

    @property
    def packs(self) -> Sequence[ContextPack]:
        """What the model was shown, once ``read`` has returned."""
        return self._packs

    @cached_property
    def _shown_text(self) -> ShownText:
        """Everything that the model sees, from all parts."""
        return ShownText("\n".join(pack.user for pack in self._packs))

    def _note_cut_files(self, material: ReadingMaterial) -> None:
        """Note each changed file that the model sees only in part, which makes the reading incomplete.

        A deleted file needs no note: its first lines are enough to recognise it.
        """
        changed = {
            display_path(readable.file.path)
            for readable in material.files
            if readable.file.status is not FileStatus.DELETED
        }
        for pack in self._packs:
            self._outcome.gaps += [
                f"{cut.name}: the model did not see all of it ({cut.reason})"
                for cut in pack.manifest.cut
                if cut.name in changed and not cut.reason.startswith("only its")
            ]

    def _ask_about_packs(
        self, material: ReadingMaterial, rubric: Rubric, packs: Sequence[Pack]
    ) -> ReadAnswer | None:
        """Return the reader's proposals for all context packs together, or None if no call was answered."""
        effective = with_packs(rubric, packs)
        checks = {check.id for criterion in effective.criteria for check in criterion.checks}
        criteria = {criterion.id for criterion in effective.criteria}
        severity = SeverityOrder(effective)
        caps = BASELINE_CAPS if material.baseline else READ_CAPS
        make_request = baseline_request if material.baseline else read_request
        prompt = self._prompts["review/baseline" if material.baseline else "review/read"]
        total = len(self._packs)
        answers: list[ReadAnswer] = []
        for number, pack in enumerate(self._packs, 1):
            part = f"part {number} of {total} of the change" if total > 1 else "the change"
            request = make_request(prompt, rubric, packs, pack.user)
            document = self._ask(self._cache_data(request), f"the model did not read {part}")
            self._progress.step()
            if document is not None:
                parsed = parse_read(document, checks, criteria, caps, self._shown_text)
                answers.append(self._take_answer(parsed))
        if len(answers) < 2:
            return answers[0] if answers else None
        if material.baseline:
            # Nothing has to be chosen: each check that any part shows counts.
            return combine_parts(answers, caps, severity)
        request = reduce_request(self._prompts["review/reduce"], rubric, packs, answers)
        reduced = None
        if estimate_tokens(request.user) <= self._budget:
            without = "the answers about parts of the change were combined without the model"
            reduced = self._ask(request, without)
        chosen: ReadAnswer = (
            combine_parts(answers, caps, severity)
            if reduced is None
            else self._take_answer(parse_reduce(reduced, answers, caps))
        )
        self._outcome.dropped += count_unchosen(answers, chosen)
        return chosen

    def _cache_data(self, request: ModelRequest) -> ModelRequest:
        """Put the data of a change that fits into one request into the provider's cache.

        Writing it costs a quarter more, and reading it nine tenths less. So this pays if more than about a
        third of the readings make the second call; in the evaluation, two thirds do. If there are several
        parts, the second call has other data.
        """
        return replace(request, caches_user=len(self._packs) == 1)

    def _ask(self, request: ModelRequest, consequence: str) -> Mapping[str, Any] | None:
        """Ask the model, add the cost, and return the document of a complete answer.

        Without a complete answer, record the ``consequence`` and the reason.
        """
        if self._expired():
            self._outcome.reasons.append(f"{consequence}: the time limit for a review was reached")
            return None
        answer = self._model.ask(request)
        name = request.prompt.rpartition("/")[2]
        self._outcome.ref.prompts[name] = f"{request.prompt_version}@{request.prompt_sha256}"
        self._add_cost(answer)
        if answer.outcome is CallOutcome.ANSWERED and answer.document is not None:
            self._outcome.answered = True
            return answer.document
        reason = answer.reason[:1].lower() + answer.reason[1:].rstrip(".")
        self._outcome.reasons.append(f"{consequence}: {reason}")
        return None

    def _add_cost(self, answer: ModelAnswer) -> None:
        self._outcome.reused += answer.reused
        if answer.reused and not answer.attempts:
            return
        cost, usage = self._outcome.cost, answer.usage
        known = cost.usd is not None and answer.usd is not None
        self._outcome.cost = Cost(
            calls=cost.calls + answer.attempts,
            input_tokens=cost.input_tokens + usage.input + usage.cache_read + usage.cache_write,
            cached_tokens=cost.cached_tokens + usage.cache_read,
            cache_write_tokens=cost.cache_write_tokens + usage.cache_write,
            output_tokens=cost.output_tokens + usage.output,
            usd=(cost.usd or 0) + (answer.usd or 0) if known else None,
            seconds=0,
        )

    def _take_answer(self, parsed: ParsedAnswer[Any]) -> Any:
        """Return a parsed answer, and count what the parser dropped."""
        self._outcome.dropped += parsed.dropped
        return parsed.answer

    def _challenge(
        self,
        concerns: Sequence[Concern],
        questions: Sequence[Question],
        rubric: Rubric,
        packs: Sequence[Pack],
    ) -> None:
        """Let a second reader try to refute each item. Without its answer, no item is published."""
        items = [self._challenged_item("concern", concern) for concern in concerns]
        items += [self._challenged_item("question", question) for question in questions]
        problems = [item.problem for item in items]
        self._progress.step()
        if not items:
            self._outcome.checked = True
            return
        cited: list[Concern | Question] = [*concerns, *questions]
        data = self._select_sections({item.citation.path for item in cited})
        request = challenge_request(self._prompts["review/challenge"], rubric, packs, items, data)
        document = self._ask(
            self._cache_data(request),
            f"the model's findings ({len(items)}) could not be verified and are left out",
        )
        if document is None:
            self._outcome.dropped.update(f"{item.kind}: {item.problem}" for item in items if item.problem)
            return
        self._outcome.checked = True
        grounds = [
            Grounds(f"{item.citation.path}\n{item.citation.quote}", self._shown_text) for item in cited
        ]
        parsed = parse_challenge(document, [item.kind for item in items], grounds, problems)
        verdicts = self._take_answer(parsed).verdicts
        best = parsed.answer.best
        self._count_verdicts(verdicts, problems)
        self._outcome.concerns = [
            concern.model_copy(update={"text": _apply_wording(concern.text, verdict)})
            for concern, verdict in zip(concerns, verdicts, strict=False)
            if verdict.stays
        ]
        kept = [
            (number != best, question.model_copy(update={"text": _apply_wording(question.text, verdict)}))
            for number, (question, verdict) in enumerate(
                zip(questions, verdicts[len(concerns) :], strict=True), len(concerns) + 1
            )
            if verdict.stays
        ]
        self._outcome.questions = _choose_questions(kept, self._outcome.concerns, with_packs(rubric, packs))

    def _count_verdicts(self, verdicts: Sequence[Verdict], problems: Sequence[str]) -> None:
        """Count what the second reader took away. A dropped item with a problem counts under the problem."""
        counts = Counter(
            verdict.verdict
            for verdict, problem in zip(verdicts, problems, strict=True)
            if not problem or verdict.verdict != "drop"
        )
        self._outcome.dropped["refuted by the second reader"] += counts["drop"]
        self._outcome.dropped["merged with another one by the second reader"] += counts["merge"]

    def _challenged_item(self, kind: ItemKind, item: Concern | Question) -> ChallengedItem:
        problem = self._problems.get((kind, item.text), "")
        return ChallengedItem(
            kind, item.text, item.check, place_name(item.citation), item.citation.quote, problem
        )

    def _select_sections(self, names: Collection[str]) -> str:
        """Return the data sections that contain files with these names, as many as fit.

        Each item already includes its own code, so a section that doesn't fit can be left out.
        """
        wanted = set(names)
        sections: list[str] = []
        room = self._budget
        for pack in self._packs:
            about = len(self._packs) == 1 or any(wanted & set(part.display.names) for part in pack.shown)
            if about and (pack.manifest.tokens <= room or not sections):
                sections.append(pack.user)
                room -= pack.manifest.tokens
        return "\n\n".join(sections)


def _apply_wording(text: str, verdict: Verdict) -> str:
    return verdict.text if verdict.verdict == "reword" else text


def _choose_questions(
    kept: list[tuple[bool, Question]], facts: Iterable[Concern], rubric: Rubric
) -> list[Question]:
    """Return at most ``MOST_QUESTIONS``: the most severe first, then the best, then those about gates.

    There is one question per check, and none on a line that a fact cites. Each question in ``kept`` comes
    after a flag, which is False for the best one.
    """
    severity = SeverityOrder(rubric)
    stated = list_cited_lines(facts)

    def order(ranked: tuple[bool, Question]) -> tuple[int, bool, bool]:
        rank, in_no_gate = severity.rank_check(ranked[1].check)
        return rank, ranked[0], in_no_gate

    kept.sort(key=order)
    chosen: list[Question] = []
    for _, question in kept:
        taken = question.check is not None and question.check in {other.check for other in chosen}
        if not taken and stated.isdisjoint(cited_lines(question.citation)):
            chosen.append(question)
    return chosen[:MOST_QUESTIONS]
