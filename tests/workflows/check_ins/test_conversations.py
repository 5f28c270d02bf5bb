"""What follows from an answer to a check-in: a draft in their own words, and a decision that counts."""

import itertools
from contextlib import nullcontext
from datetime import timedelta

from bot.adapters.files import prompts
from bot.domain.articulation.conversations import ConversationState
from bot.domain.check_ins.records import CheckInState
from bot.domain.decisions.records import Decision, DecisionState
from bot.domain.pull_requests.records import QuestionState
from bot.workflows.articulation.hearing import ANSWER_PAUSE, AnswerHearing
from bot.workflows.articulation.private_answers import note_answer
from bot.workflows.articulation.question_contexts import load_context
from bot.workflows.check_ins.askable import find_open
from bot.workflows.check_ins.endings import note_answered
from bot.workflows.decisions.publishing import publish_decision
from bot.workflows.decisions.records import confirm_decision, withdraw_decision
from bot.workflows.pull_requests.decision_announcements import DecisionAnnouncements
from tests.fakes.steps import Straight
from tests.workflows.check_ins.checked import DAY, Checked
from tests.workflows.shop import RULES

_numbers = itertools.count(1)


def says(it: Checked, text: str) -> str:
    """Let Ada answer, and Sensei hear it without a model; return where the conversation stands."""
    number = it.question.id
    it.wait(1)
    with it.store.begin() as tx:
        context = load_context(tx, number)
        assert context
        assert context.conversation
        reference = f"D{it.number} {next(_numbers)}"
        talk = context.conversation.id
        assert tx.conversations.add_private_message(talk, it.person, text, reference, it.now())
        note_answer(tx, context, it.now(), note_answered)
    it.wait(ANSWER_PAUSE.total_seconds())
    prompt = prompts.load("articulation/articulate")
    hearing = AnswerHearing(it.store, RULES, prompt, lambda _repository: nullcontext(None), it.now)
    hearing.hear(Straight(it.store), {"question": number})
    with it.store.read() as tx:
        found = tx.conversations.by_question(number)
    assert found
    return found.state.value


def decision_of(it: Checked) -> Decision:
    with it.store.read() as tx:
        found = tx.decisions.by_question(it.question.id)
    assert found
    return found


def test_an_answer_becomes_a_decision_in_their_words_with_the_code_of_that_commit(it: Checked) -> None:
    it.shows()
    assert it.asks() == "asked"
    assert says(it, "We cut at 50 because the supplier does.") == ConversationState.DRAFTED
    assert it.check_ins()[0].state is CheckInState.ANSWERED
    draft = decision_of(it)
    assert (draft.private, draft.check, draft.person) == (True, "safety.1", it.person)
    [anchor] = draft.anchors
    assert (anchor.path, anchor.commit, anchor.line_start) == ("desk.py", it.head, 1)
    with it.store.begin() as tx:
        confirm_decision(tx, draft, RULES, it.now())
    assert decision_of(it).state is DecisionState.CONFIRMED
    with it.store.read() as tx:
        counted = [said.check for said in tx.statements.of(it.capstone.id) if not said.pending]
    assert "safety.1" in counted, "it counts without a pull request to be merged"
    it.shows("import shop")
    it.wait(7 * 86400)
    assert it.asks(day=DAY + timedelta(days=7)) == "no topic", "the criterion has a decision now"


def test_a_withdrawn_draft_ends_the_check_in_and_leaves_nothing_to_the_sensei(it: Checked) -> None:
    begun = it.now()
    it.shows()
    assert it.asks() == "asked"
    says(it, "We cut at 50 because the supplier does.")
    with it.store.begin() as tx:
        withdraw_decision(tx, decision_of(it), it.now())
    with it.store.read() as tx:
        talk = tx.conversations.by_question(it.question.id)
        assert talk
        assert talk.state is ConversationState.CLOSED
        assert tx.standings.handovers([it.capstone.id]) == []
        assert find_open(tx, it.enrolment) is None
        assert [said.source for said in tx.statements.of(it.capstone.id)] == []
    assert it.check_ins()[0].state is CheckInState.ANSWERED
    assert it.reminds() == "over"
    it.shows("import shop")
    it.clock = begun + timedelta(days=7)
    assert it.asks(day=DAY + timedelta(days=7)) == "asked", "it holds back no other"


def test_a_decision_can_be_published_though_its_question_never_was(it: Checked) -> None:
    it.shows()
    assert it.asks() == "asked"
    says(it, "We cut at 50 because the supplier does.")
    with it.store.begin() as tx:
        confirm_decision(tx, decision_of(it), RULES, it.now())
    with it.store.begin() as tx:
        assert not publish_decision(tx, decision_of(it), it.now()).private
    announcing = DecisionAnnouncements(it.host, it.store, it.now)
    steps = Straight(it.store)
    assert announcing.decided(steps, {"decision": decision_of(it).id}) == {"outcome": "done"}
    assert steps.names == ["begin"], "nothing is posted on GitHub"


def test_who_does_not_know_yet_leaves_it_to_their_sensei(it: Checked) -> None:
    it.shows()
    assert it.asks() == "asked"
    assert says(it, "I don't know yet") == ConversationState.LEFT
    assert it.check_ins()[0].state is CheckInState.ANSWERED
    assert it.question.state is QuestionState.ANSWERED
    with it.store.read() as tx:
        [left] = tx.standings.handovers([it.capstone.id])
    assert (left.id, left.pull_request) == (it.question.id, None)
