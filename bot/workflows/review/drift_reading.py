"""Compare a change with recorded decisions: first their lines, and then their words if there is a model."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from bot.domain.decisions.drift import (
    ComparedDecision,
    DriftFinding,
    cite_anchor,
    make_fingerprint,
    order_findings,
)
from bot.domain.decisions.drift_answers import DriftAnswer
from bot.domain.decisions.drift_wording import names_decision
from bot.domain.decisions.named_decisions import choose_candidates
from bot.domain.decisions.records import CodeAnchor
from bot.domain.decisions.touched_anchors import ChangedCode, ChangeSides
from bot.domain.ledger.surviving_quotes import SurvivingQuotes
from bot.domain.review.model_answers import ProposedQuestion
from bot.domain.review.paths import display_path
from bot.domain.review.quote_location import locate_quote
from bot.domain.review.report import Citation
from bot.domain.rubrics.rubric import Pack, Rubric
from bot.domain.secrets.detection import Redactor
from bot.errors import IncompleteReadingError
from bot.ports.checkout import Change, Checkout
from bot.ports.reading_process import ReadingPart
from bot.rendering.text.safe_text import place_name
from bot.workflows.review.hidden_files import HiddenFiles
from bot.workflows.review.located_proposals import ReadingMaterial, cited_lines
from bot.workflows.review.model_reading import ModelReading
from bot.workflows.review.model_requests import DecisionItem
from bot.workflows.review.reading_parts import ReadingParts


class DriftReading:
    """The comparison of one change with a capstone's decisions. Use it once."""

    def __init__(
        self, decisions: Sequence[ComparedDecision], redactor: Redactor, hidden: HiddenFiles
    ) -> None:
        self._decisions = decisions
        self._redactor = redactor
        self._hidden = hidden
        self._standing = SurvivingQuotes(
            cite_anchor(anchor) for decision in decisions for anchor in decision.anchors
        )
        self._change: Change | None = None
        self._paths: Mapping[str, str] = {}
        self.findings: list[DriftFinding] = []
        """So far, one for each decision that the change may have made out of date."""

    def search_first(self, on_text: Callable[[str], None] | None) -> Callable[[str], None] | None:
        """Return a function that searches a file's new side for decisions' lines and calls ``on_text``."""
        if not self._decisions:
            return on_text

        def search(text: str) -> None:
            self._standing.search(text)
            if on_text is not None:
                on_text(text)

        return search

    def find_touched(
        self, change: Change, checkout: Checkout, unread: Collection[str], parts: ReadingParts
    ) -> list[str]:
        """Find the decisions whose lines the change alters; return why that was not possible, if it wasn't.

        ``unread`` are the changed files that were not searched.
        """
        if not self._decisions:
            return []
        try:
            parts.begin(ReadingPart("decisions"))
            self._paths = {display_path(entry.path): entry.path for entry in checkout.tree()}
        except IncompleteReadingError as missing:
            return [f"the change was not compared with earlier decisions: {missing}"]
        self._change = change
        self.findings = self._compare_lines(change, self._paths, unread)
        return []

    def _compare_lines(
        self, change: Change, paths: Collection[str], unread: Collection[str]
    ) -> list[DriftFinding]:
        code = ChangedCode(change.files, ChangeSides(change.base or change.head, change.head, paths))
        gone = {citation.quote for citation in self._standing.missing()}
        stood = {
            anchor.quote
            for decision in self._decisions
            for anchor in decision.anchors
            if anchor.quote not in gone
        }
        touched = code.find_touched(self._decisions, stood)
        vanished = code.find_vanished(self._decisions, stood, unread)
        return [self._redact(finding) for finding in order_findings([*touched, *vanished])]

    def ask(
        self, reader: ModelReading, material: ReadingMaterial, rubric: Rubric, packs: Sequence[Pack]
    ) -> None:
        """Let the model say which decisions the change contradicts. Without its answer, nothing changes."""
        if self._change is None:
            return
        touched = {finding.decision: finding for finding in self.findings}
        candidates = choose_candidates(self._decisions, touched, self._change.files)
        if not candidates:
            return
        self._hidden.match(
            [self._find_path(anchor) for decision in candidates for anchor in decision.anchors]
        )
        items = [self._make_item(decision, decision.id in touched) for decision in candidates]
        paths = {finding.citation.path for finding in self.findings} or self._list_paths()
        answer = reader.compare_decisions(items, paths, rubric, packs)
        if answer is None:
            return
        files = {readable.file.path: readable for readable in material.files}

        def locate(question: ProposedQuestion) -> Citation | None:
            found = locate_quote(question.quote, question.path, question.side, reader.packs, files)
            return found if found and self._is_changed(found) else None

        self.findings = _combine(candidates, touched, answer, locate)

    def _make_item(self, decision: ComparedDecision, touched: bool) -> DecisionItem:
        redact = self._redactor.redact
        about = [
            (place_name(cite_anchor(anchor)), redact(anchor.quote))
            for anchor in decision.anchors
            if not self._hidden.was_ignored(self._find_path(anchor))  # maybe only since it was quoted
        ]
        texts = {slot.value: redact(text) for slot, text in decision.texts.items()}
        return DecisionItem(decision.number, redact(decision.title), texts, about, touched)

    def _find_path(self, anchor: CodeAnchor) -> str:
        """Return the path of an anchor's file as git has it, or as the anchor does if the file is gone."""
        return self._paths.get(anchor.path, anchor.path)

    def _list_paths(self) -> set[str]:
        return {display_path(file.path) for file in self._change.files} if self._change else set()

    def _is_changed(self, citation: Citation) -> bool:
        """Say whether a quote has an added or a removed line."""
        changed = {
            (display_path(path), side, number)
            for file in (self._change.files if self._change else ())
            for path, side, numbers in (
                (file.path, "head", [line.new for line in file.added_lines()]),
                (file.old_path, "base", [line.old for line in file.removed_lines()]),
            )
            for number in numbers
        }
        return not changed.isdisjoint(cited_lines(citation))

    def _redact(self, finding: DriftFinding) -> DriftFinding:
        quote = self._redactor.redact(finding.citation.quote)
        if quote == finding.citation.quote:
            return finding
        return replace(
            finding, citation=finding.citation.model_copy(update={"quote": quote, "redacted": True})
        )


def _combine(
    candidates: Iterable[ComparedDecision],
    touched: Mapping[int, DriftFinding],
    answer: DriftAnswer,
    locate: Callable[[ProposedQuestion], Citation | None],
) -> list[DriftFinding]:
    """Return the findings with the model's questions, and without what it says the change leaves alone.

    A touched decision that the model passed over keeps the guide's question, and so does one for which its
    words may not be used. Private decisions, which the model has not seen, stay as they are.
    """
    by_number = {decision.number: decision for decision in candidates}
    found: dict[int, DriftFinding] = {}
    for number, question in answer.questions.items():
        decision = by_number[number]
        citation = locate(question)
        finding = touched.get(decision.id)
        if finding is None and citation is not None:
            fingerprint = make_fingerprint(decision.id, citation.quote.split("\n"))
            finding = DriftFinding(decision.id, fingerprint, citation, touched=False)
        worded = not question.problem and names_decision(question.question, number)
        if finding is not None and worded and citation is not None:
            found[decision.id] = replace(finding, citation=citation, text=question.question)
    unaffected = {by_number[number].id for number in answer.unaffected}
    rest = [finding for id_, finding in touched.items() if id_ not in found and id_ not in unaffected]
    return [*found.values(), *rest]
