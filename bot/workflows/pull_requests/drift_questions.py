"""Asking whether an earlier decision still holds, when a pull request changes what it is about.

A round asks about at most one decision, and never twice about the same changed lines. The question about a
private decision is never posted: it goes to its author alone, in a direct message.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.articulation.guide import ArticulationGuide
from bot.domain.decisions.drift import (
    ComparedDecision,
    DriftFinding,
    cite_anchor,
    compare_with,
    order_findings,
)
from bot.domain.decisions.drift_wording import add_title, ask_untitled
from bot.domain.decisions.records import Decision, DecisionState
from bot.domain.pull_requests.question_placement import AskingContext, make_room
from bot.domain.pull_requests.records import AskedQuestion, Capstone, PullRequest, QuestionState, Round
from bot.domain.review.publication_check import is_question_allowed
from bot.domain.review.report import Question
from bot.ports.decisions import DecisionQuestion
from bot.ports.store import Tx
from bot.workflows.articulation.private_talks import go_private

_GOING_ON = (
    QuestionState.PROPOSED,
    QuestionState.KEPT,
    QuestionState.ASKED,
    QuestionState.ANSWERED,
    QuestionState.DEFERRED,
    QuestionState.DISPUTED,
)
_WAITING = (QuestionState.ASKED, QuestionState.DISPUTED)


def list_compared(tx: Tx, pull_request: PullRequest, capstone: Capstone) -> list[ComparedDecision]:
    """List the decisions that a pull request's change is compared with.

    A model sees their words only if the change is by their own author: a prompt about one person's work never
    has another person's words.
    """
    own = pull_request.author.id == capstone.participant.id
    questions = group_by_decision(tx.decisions.questions_of(capstone.id))
    return [
        compare_with(
            decision,
            here=any(asked.pull_request == pull_request.id for asked in questions.get(decision.id, ())),
            may_be_shown=own,
        )
        for decision in tx.decisions.of(capstone.id, [DecisionState.CONFIRMED])
        if not _is_unmerged_elsewhere(questions.get(decision.id, ()), pull_request)
    ]


@dataclass(frozen=True)
class DriftQuestions:
    """The questions about earlier decisions of one round, in the caller's transaction."""

    tx: Tx
    this_round: Round
    pull_request: PullRequest
    capstone: Capstone
    guide: ArticulationGuide
    at: datetime

    def add_first(self, chosen: Sequence[Question], context: AskingContext) -> list[Question]:
        """Ask about at most one decision; return which of the chosen questions remain to be asked."""
        for finding, decision in self._list_askable():
            if decision.private and not self._is_own:
                remaining: list[Question] | None = list(chosen)  # another person's questions don't give way
            else:
                remaining = make_room(chosen, finding.citation, decision.check, context)
            if remaining is not None and self._ask(finding, decision):
                return remaining
        return list(chosen)

    @property
    def _is_own(self) -> bool:
        return self.pull_request.author.id == self.capstone.participant.id

    def _list_askable(self) -> Iterator[tuple[DriftFinding, Decision]]:
        """Yield the findings that may be asked about, those about public decisions first."""
        known = {
            decision.id: decision
            for decision in self.tx.decisions.of(self.capstone.id, [DecisionState.CONFIRMED])
        }
        findings = order_findings(self.tx.decisions.findings(self.this_round.id))
        pairs = [(finding, known[finding.decision]) for finding in findings if finding.decision in known]
        asked = group_by_decision(self.tx.decisions.questions_of(self.capstone.id))
        for finding, decision in sorted(pairs, key=lambda pair: pair[1].private):
            if not _was_asked(finding, asked.get(decision.id, ())):
                yield finding, decision

    def _ask(self, finding: DriftFinding, decision: Decision) -> bool:
        if decision.private:
            return self._ask_in_private(finding, decision)
        text = finding.text
        if not text or not self._may_say(text, finding):
            text = ask_untitled(self.guide, decision)
        if not self._may_say(text, finding):  # the guide's own words pass unless the code's path doesn't
            return False
        self._store(_make_row(self.this_round, finding, decision, add_title(text, decision)), decision)
        return True

    def _may_say(self, text: str, finding: DriftFinding) -> bool:
        citation = finding.citation
        return is_question_allowed(text, citation.path, citation.quote, None)

    def _ask_in_private(self, finding: DriftFinding, decision: Decision) -> bool:
        """Ask a decision's author in a direct message; return False if that isn't possible.

        On another person's pull request, the question quotes the decision's own code and none of theirs.
        """
        wanted = not self.pull_request.quiet or self.tx.rounds.was_asked_for(self.this_round.id)
        if not (self.capstone.speaks and wanted and decision.anchors):
            return False
        citation = finding.citation if self._is_own else cite_anchor(decision.anchors[0])
        shown = DriftFinding(finding.decision, finding.fingerprint, citation)
        question = self._store(
            _make_row(self.this_round, shown, decision, ask_untitled(self.guide, decision)), decision
        )
        if not go_private(self.tx, question.id, self.at):
            self.tx.questions.forget(self.this_round.id)  # the round has no other question yet
            return False
        self.tx.questions.mark_asked(question.id, self.at, inline=False)
        return True

    def _store(self, row: AskedQuestion, decision: Decision) -> AskedQuestion:
        self.tx.questions.add(self.this_round.id, [row], self.at)
        stored = next(
            question
            for question in self.tx.questions.of(self.pull_request.id)
            if question.fingerprint == row.fingerprint
        )
        self.tx.decisions.add_drift_question(stored.id, decision.id)
        return stored


def group_by_decision(questions: Iterable[DecisionQuestion]) -> Mapping[int, Sequence[DecisionQuestion]]:
    """Return questions by the decision that they belong to."""
    grouped: dict[int, list[DecisionQuestion]] = {}
    for asked in questions:
        grouped.setdefault(asked.decision, []).append(asked)
    return grouped


def _was_asked(finding: DriftFinding, questions: Iterable[DecisionQuestion]) -> bool:
    """Say whether a question about these lines was asked, or one about the decision isn't settled yet.

    That of a check-in is settled once it is answered or skipped.
    """
    return any(
        asked.fingerprint == finding.fingerprint
        or (asked.state in _GOING_ON and asked.pull_request_state == "open")
        or (asked.state in _WAITING and asked.pull_request is None)
        for asked in questions
        if asked.asks
    )


def _is_unmerged_elsewhere(questions: Sequence[DecisionQuestion], pull_request: PullRequest) -> bool:
    """Say whether a decision's code is only in other pull requests that aren't merged.

    This change can't alter it then: equal lines elsewhere are other code.
    """
    return bool(questions) and all(
        asked.pull_request not in {None, pull_request.id} and asked.pull_request_state != "merged"
        for asked in questions
    )


def _make_row(this_round: Round, finding: DriftFinding, decision: Decision, text: str) -> AskedQuestion:
    citation = finding.citation
    return AskedQuestion(
        id=0,
        round=this_round.id,
        check=decision.check,
        text=text,
        fingerprint=finding.fingerprint,
        path=citation.path,
        side=citation.side,
        line_start=citation.line_start,
        line_end=citation.line_end,
        quote=citation.quote,
        inline=finding.inline,
        state=QuestionState.PROPOSED,
        comment=None,
    )
