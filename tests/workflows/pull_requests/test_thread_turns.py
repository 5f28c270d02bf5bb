"""What Sensei says in conversations on a pull request: on both databases, before a GitHub on loopback."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain.articulation.conversations import ConversationState, Stance, TalkedWith
from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import DecisionState
from bot.domain.pull_requests.records import QuestionState
from bot.ports.engine import Json
from bot.workflows.decisions.draft_display import show_edited
from bot.workflows.decisions.publishing import publish_decision
from bot.workflows.decisions.records import confirm_decision, edit_decision, withdraw_decision
from bot.workflows.pull_requests import comment_posting
from tests.fakes.github import Cuts, Fails, GitHub, Loses
from tests.fakes.github.model import IssueComment
from tests.fakes.steps import Recorded, Straight
from tests.workflows.pull_requests.conversations import PROBE, Debate
from tests.workflows.pull_requests.test_command_replies import LAG, LOST, REPLIES, UNDER, ended, held, said
from tests.workflows.shop import RULES

VAGUE = "It seemed best."
BETTER = "We cache for a minute. We tried a queue, but it lost on *cost* @bo."


@pytest.fixture(name="it")
def a_debate(engine: sa.Engine, tmp_path: Path) -> Iterator[Debate]:
    with GitHub() as github:
        it = Debate(engine, github, tmp_path)
        yield it
        ended(it)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comment_posting, "LIST_LAG", LAG * 1.5)


@pytest.mark.parametrize("contents", ["read", "write"])
def test_a_whole_conversation_from_a_vague_answer_to_a_closed_thread(it: Debate, contents: str) -> None:
    it.installation.permissions["contents"] = contents
    it.says(VAGUE, thread=it.thread)
    assert it.questions() == ["answered"]
    [hearing] = it.jobs("hear")
    assert hearing.argument == {"question": it.asked}
    assert (hearing.due_at - it.now()).total_seconds() == 60

    it.say(it.probed())
    assert said(it).startswith(PROBE)

    it.says(BETTER, thread=it.thread)
    it.say(it.drafted(decided="We cache for a minute.", against="a queue, but it lost on *cost* @bo"))
    assert "- **Decided:** We cache for a minute." in said(it)
    assert r"- **Against:** a queue, but it lost on \*cost\* @⁠bo" in said(it)
    assert "- **To record it**, comment `/sensei record`." in said(it)

    it.says("/sensei record\nAgainst: a queue,\nwhich cost three times as much", thread=it.thread)
    it.answers()
    assert len(it.ours) == 2  # the command itself gets eyes only
    it.announce()
    assert "Recorded as **decision 1**: We cache for a minute." in said(it)
    assert it.ours[-1] in it.thread.comments

    decision = it.decision
    assert decision
    assert decision.state is DecisionState.CONFIRMED
    assert list(decision.texts.values()) == [
        "We cache for a minute.",
        "a queue,\nwhich cost three times as much",
    ]
    assert it.questions() == ["resolved"]
    question = it.thread.comments[0].body
    assert (it.thread.resolved_by is it.app.bot) == (contents == "write")
    assert ("**Status:** recorded as decision 1." in question) == (contents == "read")
    assert question.endswith(f"<!-- sensei:question={it.asked} -->")


@pytest.mark.contract
@pytest.mark.parametrize("fault", LOST, ids=repr)
@pytest.mark.parametrize("threadless", [False, True], ids=["thread", "conversation"])
def test_a_turn_whose_fate_is_unknown_is_said_once(
    it: Debate, fault: Loses | Cuts | Fails, threadless: bool
) -> None:
    it.github.list_lag = LAG
    it.says(VAGUE, thread=it.thread)
    if threadless:
        it.loses_its_thread()
    it.github.fault(fault, "POST", UNDER if threadless else REPLIES)
    turn = it.probed()
    it.say(turn)
    it.say(turn)
    [probe] = it.ours
    assert isinstance(probe, IssueComment) == threadless


def test_a_replayed_conversation_says_nothing_twice(it: Debate) -> None:
    it.says(BETTER, thread=it.thread)
    turn = it.drafted(decided="We cache.")
    steps = Recorded(it.store)
    it.say(turn, steps)
    steps.again()
    it.say(turn, steps)
    it.say(turn)
    it.says("/sensei record", thread=it.thread)
    [job] = it.jobs("decided")
    for _ in range(2):
        it.announcements.decided(Recorded(it.store), job.argument)
    assert len(it.ours) == 2
    assert it.thread.comments[0].body.count("**Status:**") == 1


def sensei_speaks(it: Debate) -> None:
    it.says("Let's talk on Friday.", it.sen, it.thread)


def answers_go(it: Debate) -> None:
    for comment in [one for one in it.thread.comments if one.user is it.ada]:
        it.deletes(comment)


def goes_private(it: Debate) -> None:
    conversation = replace(it.conversation, private=True)
    with it.store.begin() as tx:
        tx.conversations.save(conversation, it.now())


def whole_pull_request_goes_private(it: Debate) -> None:
    it.says("/sensei private")


def moves_on(it: Debate) -> None:
    it.understood(ConversationState.LEFT)


def is_disputed(it: Debate) -> None:
    it.says("/sensei dispute It is a fixture.", thread=it.thread)


def wants_quiet(it: Debate) -> None:
    it.says("/sensei quiet")


STOPS = (
    wants_quiet,
    sensei_speaks,
    answers_go,
    goes_private,
    whole_pull_request_goes_private,
    moves_on,
    is_disputed,
    held,
    ended,
)


@pytest.mark.contract
@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("draft", [False, True], ids=["probe", "draft"])
def test_nothing_is_said_once_it_is_no_longer_wanted(
    it: Debate, stop: Callable[[Debate], None], draft: bool
) -> None:
    it.says(BETTER, thread=it.thread)
    turn = it.drafted(decided="We cache.") if draft else it.probed()
    stop(it)
    assert it.say(turn) == {"outcome": "done"}
    assert it.ours == []


def test_a_stranger_or_a_colleague_in_a_thread_changes_nothing(it: Debate) -> None:
    it.says("I'd use a queue.", it.bo, it.thread)
    assert it.questions() == ["asked"]
    assert it.jobs("hear") == []
    it.says(VAGUE, thread=it.thread)
    turn = it.probed()
    it.says("No, really, a queue.", it.bo, it.thread)
    it.say(turn)
    assert len(it.ours) == 1
    assert it.words() == [VAGUE]


def test_an_answer_on_a_closed_pull_request_is_talked_about_too(it: Debate) -> None:
    it.github.close_pull(it.pull_there)
    it.run("reconcile")
    it.says(VAGUE, thread=it.thread)
    it.say(it.probed())
    assert said(it).startswith(PROBE)


def test_several_messages_and_edits_are_considered_together(it: Debate) -> None:
    first = it.says(VAGUE, thread=it.thread)
    it.wait(30)
    it.says("And cheap.", thread=it.thread)
    it.edits(first, "It seemed best to us.")
    [hearing] = it.jobs("hear")
    assert hearing.due_at > it.now()
    assert it.words() == ["And cheap.", "It seemed best to us."]
    it.deletes(first)
    assert len(it.jobs("hear")) == 1
    assert it.words() == ["And cheap."]


def test_a_revised_draft_is_edited_in_place_and_a_withdrawn_one_loses_its_words(it: Debate) -> None:
    answer = it.says(BETTER, thread=it.thread)
    it.say(it.drafted(decided="We cache."))
    it.edits(answer, "We cache for an hour.")
    it.say(it.drafted(decided="We cache for an hour."))
    [draft] = it.ours
    assert "We cache for an hour." in draft.body
    it.deletes(answer)
    turn = it.withdrawn()
    assert it.say(turn) == it.say(turn) == {"outcome": "done"}
    [draft] = it.ours
    assert "I've withdrawn the draft" in draft.body
    assert "cache" not in draft.body


def test_a_draft_that_was_edited_elsewhere_is_shown_with_the_words_that_will_count(it: Debate) -> None:
    it.says(BETTER, thread=it.thread)
    it.say(it.drafted(decided="We cache."))
    draft = it.decision
    assert draft
    with it.store.begin() as tx:
        edited = edit_decision(tx, draft, "", {Slot.DECIDED: "We cache for an hour."}, it.now())
        show_edited(tx, edited, it.now())
    turn = it.jobs("say")[-1].argument["turn"]
    assert it.say(turn) == {"outcome": "done"}
    [comment] = it.ours
    assert "We cache for an hour." in comment.body


def test_a_withdrawn_draft_that_was_never_posted_needs_no_comment(it: Debate) -> None:
    answer = it.says(BETTER, thread=it.thread)
    it.drafted(decided="We cache.")
    it.deletes(answer)
    it.say(it.withdrawn())
    assert it.ours == []


def withdraws(it: Debate) -> None:
    """Let the participant withdraw what came of the conversation."""
    decision = it.decision
    assert decision
    with it.store.begin() as tx:
        withdraw_decision(tx, decision, it.now())


def talks(it: Debate) -> None:
    """Let the sensei say that they've talked with the participant."""
    talked = replace(it.conversation, talked_with=TalkedWith.SENSEI)
    with it.store.begin() as tx:
        tx.conversations.save(talked, it.now())


def says_talked(it: Debate, turn: int) -> Json:
    """Let Sensei say that the sensei has talked with the participant."""
    argument = {"question": it.asked, "turn": turn, "talked": True, "numbered": True}
    return it.turns.say(Straight(it.store), argument)


def test_a_draft_that_its_author_withdraws_loses_its_words(it: Debate) -> None:
    it.says(BETTER, thread=it.thread)
    it.say(it.drafted(decided="We cache."))
    withdraws(it)
    it.say(it.conversation.turn)
    [draft] = it.ours
    assert "You withdrew the draft that was here" in draft.body
    assert "cache" not in draft.body
    assert [job.argument["turn"] for job in it.jobs("say")][-1] == it.conversation.turn


def test_what_a_sensei_has_talked_about_is_said_once_in_its_thread(it: Debate) -> None:
    it.says(VAGUE, thread=it.thread)
    it.say(it.understood(ConversationState.LEFT))
    talks(it)
    turn = it.conversation.turn
    assert says_talked(it, turn) == says_talked(it, turn) == {"outcome": "done"}
    assert len(it.ours) == 2
    assert said(it).startswith(
        "Your sensei says that you've talked about this question, so I've taken it off their list. To record "
        "what you decided, reply in this thread."
    )


def test_what_is_left_and_talked_about_again_is_said_again_and_each_time_once(it: Debate) -> None:
    it.says(VAGUE, thread=it.thread)
    for _ in range(2):
        turn = it.understood(ConversationState.LEFT, talked_with=None)
        assert it.say(turn) == it.say(turn) == {"outcome": "done"}
        talks(it)
        assert says_talked(it, turn) == says_talked(it, turn) == {"outcome": "done"}
    beginnings = [comment.body.split()[0] for comment in it.ours]
    assert beginnings == ["Thanks.", "Your", "Thanks.", "Your"]
    assert len({comment.body.splitlines()[-1] for comment in it.ours}) == 4


def test_a_second_time_whose_fate_is_unknown_is_said_once(it: Debate) -> None:
    it.github.list_lag = LAG
    it.says(VAGUE, thread=it.thread)
    it.say(it.understood(ConversationState.LEFT))
    turn = it.understood(ConversationState.LEFT)
    it.github.fault(Loses(), "POST", REPLIES)
    it.say(turn)
    it.say(turn)
    assert len(it.ours) == 2


def test_what_an_earlier_version_has_said_is_not_said_again_in_the_same_turn(it: Debate) -> None:
    it.says(VAGUE, thread=it.thread)
    turn = it.understood(ConversationState.LEFT)
    earlier: Json = {"question": it.asked, "turn": turn}
    with it.store.begin() as tx:
        tx.effects.begin(f"say:{it.asked}:left", it.now())
        tx.effects.finish(f"say:{it.asked}:left", "4711", it.now())
    assert it.turns.say(Straight(it.store), earlier) == {"outcome": "done"}
    assert it.ours == []
    it.say(it.understood(ConversationState.LEFT))
    assert len(it.ours) == 1


def test_a_draft_that_is_withdrawn_after_a_talk_loses_its_words_and_waits_for_the_sensei_again(
    it: Debate,
) -> None:
    it.says(BETTER, thread=it.thread)
    it.understood(ConversationState.LEFT)
    talks(it)
    it.say(it.drafted(decided="We cache."))
    withdraws(it)
    it.say(it.conversation.turn)
    [draft] = it.ours
    assert "You withdrew the draft that was here" in draft.body
    assert it.conversation.waits_for_sensei


def test_a_withdrawn_draft_loses_its_words_even_if_the_two_talk_before_it_is_shown(it: Debate) -> None:
    it.says(BETTER, thread=it.thread)
    it.say(it.drafted(decided="We cache."))
    withdraws(it)
    talks(it)
    turn = it.conversation.turn
    it.say(turn)
    says_talked(it, turn)
    draft, told = it.ours
    assert "You withdrew the draft that was here" in draft.body
    assert "you've talked about this question" in told.body


def test_a_posted_draft_is_still_corrected_where_sensei_has_nothing_to_say(it: Debate) -> None:
    answer = it.says(BETTER, thread=it.thread)
    it.say(it.drafted(decided="We cache."))
    sensei_speaks(it)
    it.edits(answer, "We cache for an hour.")
    it.say(it.drafted(decided="We cache for an hour."))
    [draft] = it.ours
    assert "We cache for an hour." in draft.body


def test_a_decision_about_a_question_that_was_never_shown_is_not_announced(it: Debate) -> None:
    it.loses_its_thread()
    it.drafted(decided="We cache.")
    earlier = it.decision
    assert earlier
    goes_private(it)
    with it.store.begin() as tx:
        tx.decisions.add_drift_question(it.asked, earlier.id)
    it.says(f"/sensei record Q{it.asked}")
    with it.store.begin() as tx:
        confirm_decision(tx, tx.decisions.get(earlier.id), RULES, it.now())
    it.announce()
    assert it.ours == []


@pytest.mark.parametrize("stance", [Stance.DOES_NOT_KNOW, Stance.ASKS_SENSEI, Stance.UNSURE])
def test_what_is_left_to_the_sensei_gets_one_sentence(it: Debate, stance: Stance) -> None:
    it.says("I don't know yet.", thread=it.thread)
    turn = it.understood(ConversationState.LEFT, stance=stance)
    it.say(turn)
    it.say(turn)
    [left] = it.ours
    assert left.body.startswith("Thanks")
    assert "Your sensei will read this next" in left.body


def test_without_a_sensei_the_question_is_kept_for_one(it: Debate) -> None:
    with it.store.begin() as tx:
        participant = tx.members.by_host_account(it.capstone.participant.id)
        assert participant
        tx.capstones.set_sensei(it.capstone.cohort, participant, None)
    it.says(VAGUE, thread=it.thread)
    it.say(it.probed())
    assert "keep the question and pass it on once you have a sensei" in said(it)
    assert "pass the question on to your sensei" not in said(it)
    it.says("I don't know yet.", thread=it.thread)
    it.say(it.understood(ConversationState.LEFT, stance=Stance.DOES_NOT_KNOW))
    assert "Once you have one, I'll pass this question on to them with your words." in said(it)


def test_a_decision_that_still_holds_is_said_to_and_closes_the_thread(it: Debate) -> None:
    it.installation.permissions["contents"] = "write"
    it.says("It still holds.", thread=it.thread)
    it.drafted(decided="We cache.")
    decision = it.decision
    assert decision
    with it.store.begin() as tx:
        tx.decisions.add_drift_question(it.asked, decision.id)
        tx.questions.set_state(it.asked, QuestionState.RESOLVED, it.now())
    it.say(it.understood(ConversationState.RECORDED, stance=Stance.HOLDS))
    assert "decision 1 still holds. It now points to these lines." in said(it)
    assert it.thread.resolved_by is it.app.bot


def test_a_thread_that_a_person_reopens_stays_open(it: Debate) -> None:
    it.installation.permissions["contents"] = "write"
    it.says("/sensei record\n\nDecided: we cache.", thread=it.thread)
    it.announce()
    assert it.thread.resolved_by is it.app.bot
    it.github.resolve_thread(it.thread, it.ada, False)
    with it.store.begin() as tx:
        decision = tx.decisions.by_question(it.asked)
    assert decision
    it.announcements.decided(Recorded(it.store), {"decision": decision.id})
    assert it.thread.resolved_by is None


def test_a_private_decision_is_announced_in_direct_messages_only(it: Debate) -> None:
    it.says(VAGUE, thread=it.thread)
    goes_private(it)
    it.drafted(decided="We cache.")
    it.says("/sensei record", thread=it.thread)
    it.answers()
    assert "I've recorded the decision" in said(it)
    before = len(it.ours)
    it.announce()
    assert len(it.ours) == before
    assert it.questions() == ["resolved"]
    assert it.thread.resolved_by is None
    decision = it.decision
    assert decision
    with it.store.begin() as tx:
        messages = tx.jobs.list_waiting(f"message:decisions:{decision.id}:recorded")
    assert len(messages) == 1


def test_the_thread_of_a_private_decision_is_closed_once_its_author_publishes_it(it: Debate) -> None:
    it.installation.permissions["contents"] = "write"
    it.says(VAGUE, thread=it.thread)
    goes_private(it)
    it.drafted(decided="We cache.")
    it.says("/sensei record", thread=it.thread)
    it.announce()
    assert it.thread.resolved_by is None
    decision = it.decision
    assert decision
    with it.store.begin() as tx:
        publish_decision(tx, decision, it.now())
    it.announce()
    assert it.thread.resolved_by is it.app.bot
