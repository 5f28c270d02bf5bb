"""The life of a decision record: drafted, edited, confirmed, superseded or withdrawn.

Each function changes rows and adds jobs, in the caller's transaction. Threads, the chat and files use the
same functions.

::

    draft ──confirmed──► confirmed ──a later one replaces it──► superseded
      └──────────────────────┴──its author withdraws it──► withdrawn
"""

from dataclasses import replace
from datetime import datetime

from bot.domain.articulation.conversations import Conversation, ConversationState
from bot.domain.articulation.guide import ArticulationRules
from bot.domain.articulation.slots import Slot, SlotTexts
from bot.domain.decisions.records import (
    CodeAnchor,
    Decision,
    DecisionOrigin,
    DecisionState,
    RevisedBy,
    make_title,
)
from bot.domain.pull_requests.records import AskedQuestion, PullRequest, QuestionState
from bot.errors import UserError
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.chat.outbox import rewrite_message


def draft_decision(
    tx: Tx, conversation: Conversation, texts: SlotTexts, by: RevisedBy, at: datetime
) -> Decision:
    """Draft the decision that came from a conversation, or revise its draft.

    An answer about drift drafts a decision that will supersede the one that drifted. The caller stores the
    draft's id in the conversation.
    """
    question = _get_question(tx, conversation.question)
    title = make_title(texts, question.text)
    capstone = tx.capstones.get(question.capstone)
    person = tx.members.by_host_account(capstone.participant.id)
    before = tx.decisions.by_question(question.id)
    if before is not None and before.state is DecisionState.DRAFT:
        if before.person == person:
            revised = tx.decisions.revise(before.id, title, texts, by, at)
            _refresh_homes(tx, revised, at)
            return revised
        # Whoever had the capstone before drafted it; their words are nobody else's.
        tx.decisions.set_state(before.id, DecisionState.WITHDRAWN, at)
    drifted = tx.decisions.drifted(question.id)
    draft = tx.decisions.add(
        capstone.id,
        person=person,
        origin=DecisionOrigin.CHAT if conversation.private else DecisionOrigin.THREAD,
        question=question.id,
        check=question.check,
        private=conversation.private,
        title=title,
        texts=texts,
        anchors=[find_anchor(question)],
        supersedes=drifted.id if drifted else None,
        by=by,
        at=at,
    )
    _refresh_homes(tx, draft, at)
    return draft


def draft_from_words(tx: Tx, capstone: int, person: str, text: str, at: datetime) -> Decision:
    """Draft a private decision of a participant from what they wrote. It counts once they confirm it."""
    texts = {Slot.DECIDED: text}
    draft = tx.decisions.add(
        capstone,
        person=person,
        origin=DecisionOrigin.CHAT,
        question=None,
        check=None,
        private=True,
        title=make_title(texts, text),
        texts=texts,
        anchors=(),
        supersedes=None,
        by=RevisedBy.PARTICIPANT,
        at=at,
    )
    _refresh_homes(tx, draft, at)
    return draft


def edit_decision(tx: Tx, decision: Decision, title: str, texts: SlotTexts, at: datetime) -> Decision:
    """Store the participant's own words for a decision, draft or confirmed.

    Raises:
        UserError: it was superseded or withdrawn, or nothing is said in it.
    """
    require_alive(decision)
    if not any(text.strip() for text in texts.values()):
        raise UserError(
            "A decision can't be empty. Nothing was changed.",
            "Fill in at least one part, such as what was decided, or withdraw the decision.",
        )
    return tx.decisions.revise(
        decision.id, title or make_title(texts, decision.title), texts, RevisedBy.PARTICIPANT, at
    )


def confirm_decision(tx: Tx, decision: Decision, rules: ArticulationRules, at: datetime) -> Decision:
    """Confirm a decision: from now on it counts.

    It moves its check in the ledger, supersedes the decision that it replaces, and resolves its question. A
    job announces it. Confirming it again changes nothing, except that the ledger has its newest words.

    Raises:
        UserError: it was superseded or withdrawn.
    """
    require_alive(decision)
    is_new = decision.state is DecisionState.DRAFT
    tx.decisions.set_state(decision.id, DecisionState.CONFIRMED, at)
    _enter_statement(tx, decision, rules, at)
    if not is_new:
        return tx.decisions.get(decision.id)
    if decision.supersedes is not None:
        _supersede(tx, decision.supersedes, at)
    if decision.question is not None:
        tx.questions.set_state(decision.question, QuestionState.RESOLVED, at)
        _end_conversation(tx, decision.question, ConversationState.RECORDED, at)
    _add_job(tx, "decided", decision, at)
    _refresh_homes(tx, decision, at)
    return tx.decisions.get(decision.id)


def withdraw_decision(tx: Tx, decision: Decision, at: datetime) -> None:
    """Withdraw a decision because its author wants it: it no longer counts, and its history remains."""
    if decision.state is DecisionState.WITHDRAWN:
        return
    tx.decisions.set_state(decision.id, DecisionState.WITHDRAWN, at)
    tx.statements.withdraw("decision", decision.id)
    if decision.question is not None:
        _go_on(tx, decision, decision.question, at)
    _refresh_homes(tx, decision, at)


def restore_statements(tx: Tx, pull_request: PullRequest, rules: ArticulationRules, at: datetime) -> None:
    """Enter what the confirmed decisions of a merged pull request say.

    Their statements were deleted if it was closed for a while.
    """
    for question in tx.questions.of(pull_request.id):
        decision = tx.decisions.by_question(question.id)
        if decision is not None and decision.state is DecisionState.CONFIRMED:
            _enter_statement(tx, decision, rules, at)


def find_anchor(question: AskedQuestion) -> CodeAnchor:
    """Return the place in the code that a question is about."""
    return CodeAnchor(
        question.path,
        question.head,
        question.side,
        question.line_start,
        question.line_end,
        question.quote,
    )


def _supersede(tx: Tx, decision: int, at: datetime) -> None:
    """Let a decision no longer count because a later one replaces it; one that was withdrawn stays so."""
    if tx.decisions.get(decision).state is DecisionState.CONFIRMED:
        tx.decisions.set_state(decision, DecisionState.SUPERSEDED, at)
        tx.statements.withdraw("decision", decision)


def _enter_statement(tx: Tx, decision: Decision, rules: ArticulationRules, at: datetime) -> None:
    if decision.check is None or decision.check not in rules.levels:
        return
    support = rules.support(decision.check, decision.texts)
    pull_request = None
    if decision.question is not None:
        pull_request = _find_pull_request(tx, _get_question(tx, decision.question))
    tx.statements.withdraw("thread", decision.question or 0)
    if pull_request is not None and pull_request.state == "closed":
        tx.statements.withdraw("decision", decision.id)  # its code is in no branch that counts
        return
    tx.statements.enter(
        decision.capstone,
        source="decision",
        reference=decision.id,
        check=decision.check,
        partial=support.partial,
        missing=support.missing,
        quote="\n".join(decision.texts.values()),
        pull_request=pull_request.id if pull_request else None,
        pending=pull_request is not None and pull_request.state == "open",
        at=at,
    )


def _go_on(tx: Tx, decision: Decision, question: int, at: datetime) -> None:
    """Let the conversation about a question go on, because the decision that came of it was withdrawn.

    In public, the rest is the sensei's, and a draft's comment says that it was withdrawn.
    """
    if (
        decision.state is DecisionState.CONFIRMED
        and _get_question(tx, question).state is QuestionState.RESOLVED
    ):
        tx.questions.set_state(question, QuestionState.ANSWERED, at)
    conversation = tx.conversations.by_question(question)
    if conversation is not None and conversation.private:
        _take_back(tx, conversation, at)
        return
    _end_conversation(tx, question, ConversationState.LEFT, at)
    if decision.state is not DecisionState.DRAFT or conversation is None:
        return
    spoken = replace(conversation, state=ConversationState.LEFT, talked_with=None, turn=conversation.turn + 1)
    tx.conversations.save(spoken, at)
    pull_request = _find_pull_request(tx, _get_question(tx, question))
    place = f"{tx.capstones.get(decision.capstone).repository}#{pull_request.number if pull_request else 0}"
    about = {"question": question, "turn": spoken.turn}
    tx.jobs.add(Job(f"say:{place}:{question}.{spoken.turn}", "say", about, at))


def _take_back(tx: Tx, conversation: Conversation, at: datetime) -> None:
    """Close a private conversation whose participant has withdrawn what came of it.

    Whoever takes something back in private expects that nobody else sees it. So nothing goes to the sensei or
    counts in the ledger, and only what the participant writes after this is heard again.
    """
    tx.statements.withdraw("thread", conversation.question)
    closed = replace(conversation, state=ConversationState.CLOSED, quotes=(), heard_at=at, taken_back_at=at)
    tx.conversations.save(closed, at)
    _rewrite_messages(tx, conversation.question, conversation.turn, at)


def _end_conversation(tx: Tx, question: int, state: ConversationState, at: datetime) -> None:
    conversation = tx.conversations.by_question(question)
    if conversation is not None:
        tx.conversations.save(replace(conversation, state=state, talked_with=None), at)
        if conversation.private:
            _rewrite_messages(tx, question, conversation.turn, at)


def _rewrite_messages(tx: Tx, question: int, turn: int, at: datetime) -> None:
    """Let the private messages with the question and its draft no longer offer their buttons."""
    about = {"question": question, "turn": turn}
    rewrite_message(tx, f"articulation:{question}:{turn}", "articulation.turn", about, at)
    rewrite_message(tx, f"articulation:{question}:0", "articulation.question", {"question": question}, at)


def _add_job(tx: Tx, kind: str, decision: Decision, at: datetime) -> None:
    """Add a job about a decision. Its id names the repository, so that erasure finds it."""
    repository = tx.capstones.get(decision.capstone).repository
    identity = f"{kind}:{repository}#{decision.number}:{decision.id}.{decision.revision}"
    tx.jobs.add(Job(identity, kind, {"decision": decision.id}, at))


def _refresh_homes(tx: Tx, decision: Decision, at: datetime) -> None:
    capstone = tx.capstones.get(decision.capstone)
    accounts = [capstone.participant, *([capstone.sensei] if capstone.sensei else [])]
    for account in accounts:
        if person := tx.members.by_host_account(account.id):
            refresh_home(tx, person, at)


def require_alive(decision: Decision) -> None:
    """Refuse to change a decision that no longer counts.

    Raises:
        UserError: it was superseded or withdrawn.
    """
    if decision.state is DecisionState.SUPERSEDED:
        raise UserError(
            f"Decision {decision.number} was replaced by a later one. Nothing was changed.",
            "Change the later decision instead.",
        )
    if decision.state is DecisionState.WITHDRAWN:
        raise UserError(
            f"Decision {decision.number} was withdrawn. Nothing was changed.",
            "If you want to keep the decision after all, record it again.",
        )


def _find_pull_request(tx: Tx, question: AskedQuestion) -> PullRequest | None:
    return tx.pull_requests.get(question.pull_request) if question.pull_request is not None else None


def _get_question(tx: Tx, question: int) -> AskedQuestion:
    found = tx.questions.get(question)
    if found is None:
        raise AssertionError("a conversation's question is in the database")
    return found
