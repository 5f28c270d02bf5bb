"""Asking whether an earlier decision still holds, when a pull request changes what it is about.

A round asks about at most one decision, and never twice about the same changed lines. The question about a
private decision is never posted: it goes to its author alone, in a direct message.
"""

from collections.abc import Iterator, Sequence
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
from bot.ports.store import Tx
from bot.workflows.articulation.private_talks import go_private

_OPEN = (QuestionState.PROPOSED, QuestionState.KEPT, QuestionState.ASKED, QuestionState.DISPUTED)


def list_compared(tx: Tx, pull_request: PullRequest, capstone: Capstone) -> list[ComparedDecision]:
    """List the decisions that a pull request's change is compared with.

    A model sees their words only if the change is by their own author: a prompt about one person's work never
    has another person's words.
    """
    own = pull_request.author.id == capstone.participant.id
    return [
        compare_with(decision, here=pull_request.id in _list_origins(tx, decision), may_be_shown=own)
        for decision in tx.decisions.of(capstone.id, [DecisionState.CONFIRMED])
        if not _is_unmerged_elsewhere(tx, decision, pull_request)
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
        for finding, decision in sorted(pairs, key=lambda pair: pair[1].private):
            if not self._was_asked(finding):
                yield finding, decision

    def _was_asked(self, finding: DriftFinding) -> bool:
        """Say whether a question about these lines was asked, or one about the decision is still open."""
        for number in self.tx.decisions.drift_questions(finding.decision):
            asked = self.tx.questions.get(number)
            if asked is None:
                continue
            pull_request = self.tx.pull_requests.get(self.tx.rounds.get(asked.round).pull_request)
            is_open = asked.state in _OPEN and pull_request.state == "open"
            if is_open or asked.fingerprint == finding.fingerprint:
                return True
        return False

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


def _is_unmerged_elsewhere(tx: Tx, decision: Decision, pull_request: PullRequest) -> bool:
    """Say whether a decision's code is only in other pull requests that aren't merged.

    This change can't alter it then: equal lines elsewhere are other code.
    """
    origins = _list_origins(tx, decision)
    if pull_request.id in origins:
        return False
    return bool(origins) and all(tx.pull_requests.get(one).state != "merged" for one in origins)


def _list_origins(tx: Tx, decision: Decision) -> set[int]:
    """Return the pull requests in which a decision was made, or asked about."""
    asked = [*tx.decisions.drift_questions(decision.id)]
    asked += [decision.question] if decision.question is not None else []
    questions = [question for number in asked if (question := tx.questions.get(number))]
    return {tx.rounds.get(question.round).pull_request for question in questions}


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
