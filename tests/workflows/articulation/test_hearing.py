"""Hearing answers: on both databases, with no model, a good one, and one that answers the worst."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.articulation.conversations import ConversationState, Stance
from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import CodeAnchor, DecisionState, RevisedBy
from bot.domain.pull_requests.records import PublishPolicy, QuestionState
from bot.ports.model import CallOutcome, ModelRequest
from bot.workflows.decisions import records
from tests.fakes.model import Reply, Scripted
from tests.fakes.steps import Recorded
from tests.workflows.articulation.talks import GUIDE, Talk
from tests.workflows.running_dojo import BO, SEN

VAGUE = "We cap the results at 50 for now."
FULL = (
    "We cap the results at 50. Paging lost because the client can't scroll, and whoever has more than "
    "50 open tickets has to search for the rest."
)
AGAINST = "Was there another way to keep it at 50 that lost out, or was this the only one that worked?"


def part(slot: str, quote: str, message: int = 1) -> dict[str, Any]:
    return {"part": slot, "message": message, "quote": quote}


def heard(
    *parts: dict[str, Any], stance: str = "argues", probe: tuple[str, str] | None = None
) -> Mapping[str, Any]:
    asked = {"part": probe[0], "text": probe[1]} if probe else None
    return {"parts": list(parts), "stance": stance, "probe": asked}


DECIDED = part("decided", "We cap the results at 50")
ALL = (
    DECIDED,
    part("against", "Paging lost because the client can't scroll"),
    part("accepting", "whoever has more than 50 open tickets has to search for the rest"),
)


def model(*replies: Reply) -> Scripted:
    """Answer in turn, and the last one for ever."""
    left = list(replies)

    def reply(request: ModelRequest) -> Mapping[str, Any]:
        answer = left.pop(0) if len(left) > 1 else left[0]
        assert not isinstance(answer, CallOutcome)
        return answer(request) if callable(answer) else answer

    return Scripted(articulate=reply)


class TestWithoutAModel:
    def test_a_first_answer_gets_the_rubrics_question_about_the_first_part_that_is_missing(
        self, engine: sa.Engine
    ) -> None:
        it = Talk(engine)
        assert it.answers(VAGUE) == "probe"
        assert (it.talk.state, it.talk.probe_slot) == (ConversationState.PROBED, Slot.AGAINST)
        assert it.talk.probe == GUIDE.probe(Slot.AGAINST, "")
        assert it.spoken == [1]

    def test_the_reply_and_the_first_answer_are_drafted_word_for_word(self, engine: sa.Engine) -> None:
        it = Talk(engine)
        it.answers(VAGUE)
        assert it.answers("Paging. It lost on the client.") == "draft"
        assert it.draft
        assert it.draft.texts == {Slot.DECIDED: VAGUE, Slot.AGAINST: "Paging. It lost on the client."}
        assert (it.draft.state, it.talk.decision) == (DecisionState.DRAFT, it.draft.id)
        assert it.spoken == [1, 2]

    def test_a_check_that_needs_only_what_was_decided_gets_no_follow_up(self, engine: sa.Engine) -> None:
        it = Talk(engine, level=1)
        assert it.answers(VAGUE) == "draft"
        assert (it.talk.probe, it.spoken) == ("", [1])

    @pytest.mark.parametrize("said", ["I don't know yet.", "I’ll ask my sensei", "No idea yet"])
    def test_not_knowing_and_asking_the_sensei_are_good_answers(self, engine: sa.Engine, said: str) -> None:
        it = Talk(engine)
        assert it.answers(said) == "leave"
        assert (it.talk.state, it.talk.probe, it.draft) == (ConversationState.LEFT, "", None)
        assert (it.spoken, it.left) == ([1], [it.asked])

    def test_a_later_answer_is_drafted_without_the_sentence_that_said_nothing(
        self, engine: sa.Engine
    ) -> None:
        it = Talk(engine)
        it.answers("I don't know yet.")
        assert it.answers(VAGUE) == "draft"
        assert it.draft
        assert it.draft.texts == {Slot.DECIDED: VAGUE}

    def test_nothing_enters_the_ledger_that_nobody_has_read(self, engine: sa.Engine) -> None:
        it = Talk(engine)
        it.answers(VAGUE)
        assert it.statements == []


class TestWithAModel:
    def test_its_own_question_is_asked_if_it_is_about_the_missing_part(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(DECIDED, probe=("against", AGAINST))))
        assert it.answers(VAGUE) == "probe"
        assert (it.talk.probe, it.talk.probe_slot, it.talk.refused) == (AGAINST, Slot.AGAINST, "")
        assert it.opened_for == [it.number]

    @pytest.mark.parametrize("words", ["I don't know yet.", "I'll ask my sensei."])
    def test_a_good_answer_is_never_asked_on_even_if_the_model_misses_it(
        self, engine: sa.Engine, words: str
    ) -> None:
        it = Talk(engine, model(heard(stance="unsure", probe=("decided", "What does it do now?"))))
        assert it.answers(words) == "leave"
        assert it.talk.probe == ""

    def test_a_short_sentence_in_which_a_model_finds_a_part_is_an_argument(self, engine: sa.Engine) -> None:
        words = "I don't know yet, but we cap the results at 50."
        it = Talk(engine, model(heard(part("decided", "we cap the results at 50"))))
        assert it.answers(words) == "probe"

    def test_an_answer_with_all_parts_is_drafted_at_once(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(*ALL)))
        assert it.answers(FULL) == "draft"
        assert it.draft
        assert it.draft.texts[Slot.AGAINST] == "Paging lost because the client can't scroll"
        assert it.draft.title == "We cap the results at 50"
        assert it.spoken == [1]

    def test_after_the_follow_up_there_is_a_draft_however_little_was_added(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(DECIDED, probe=("against", AGAINST))))
        it.answers(VAGUE)
        assert it.answers("As I said.") == "draft"
        assert it.draft
        assert it.draft.texts == {Slot.DECIDED: "We cap the results at 50"}

    @pytest.mark.parametrize("with_model", [True, False])
    def test_who_knows_no_more_after_the_follow_up_keeps_what_they_said(
        self, engine: sa.Engine, with_model: bool
    ) -> None:
        hears = model(heard(DECIDED, probe=("against", AGAINST)), heard(DECIDED, stance="does_not_know"))
        it = Talk(engine, hears if with_model else None)
        it.answers(VAGUE)
        assert it.answers("I don't know yet.") == "draft"
        assert it.draft
        assert set(it.draft.texts) == {Slot.DECIDED}

    def test_whoever_asks_their_sensei_after_the_follow_up_is_handed_over(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(DECIDED, probe=("against", AGAINST))))
        it.answers(VAGUE)
        it.model = model(heard(DECIDED, stance="asks_sensei"))
        assert it.answers("I'll ask my sensei.") == "leave"
        assert (it.draft, it.left) == (None, [it.asked])

    def test_if_nothing_was_said_even_then_the_rest_is_the_senseis(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(stance="unsure")))
        assert it.answers("Because.") == "probe"
        assert it.talk.probe == GUIDE.probe(Slot.DECIDED, "Where does the 50 come from?")
        assert it.answers("Just because!") == "leave"
        assert (it.draft, it.left) == (None, [it.asked])

    def test_what_was_said_supports_the_check_in_part_while_the_pull_request_is_open(
        self, engine: sa.Engine
    ) -> None:
        it = Talk(engine, model(heard(DECIDED)))
        it.answers(VAGUE)
        [entered] = it.statements
        assert (entered.source, entered.reference, entered.pending) == ("thread", it.asked, True)
        assert (entered.check, entered.partial, entered.missing) == ("speed.1", True, "against, accepting")
        assert entered.quote == "We cap the results at 50"

    def test_an_answer_that_says_all_waits_for_its_author_to_confirm_it(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(*ALL)))
        it.answers(FULL)
        [entered] = it.statements
        assert (entered.partial, entered.missing) == (True, "not confirmed by its author")
        it.confirms()
        assert [one.source for one in it.statements] == ["decision"]
        assert it.answers("And one more thing about it.") == "wait"
        assert [one.source for one in it.statements] == ["decision"]

    def test_where_a_sensei_sees_questions_first_the_wording_is_the_rubrics(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(DECIDED, probe=("against", AGAINST))))
        it.publishes(PublishPolicy.SENSEI_FIRST)
        it.answers(VAGUE)
        assert it.talk.probe == GUIDE.probe(Slot.AGAINST, "")


class TestTheWorstModel:
    @pytest.mark.parametrize(
        ("slot", "text", "reason"),
        [
            ("evidence", "Where have you seen this, or is it still to be tried?", "asks for another part"),
            ("against", "Have you considered paging instead?", None),
            ("against", "You should use Redis.", None),
            ("against", "That is worth a 4 out of 4. What else was there, or was it all?", None),
        ],
    )
    def test_its_question_is_refused_and_the_rubrics_is_asked(
        self, engine: sa.Engine, slot: str, text: str, reason: str | None
    ) -> None:
        it = Talk(engine, model(heard(DECIDED, probe=(slot, text))))
        assert it.answers(VAGUE) == "probe"
        assert it.talk.probe == GUIDE.probe(Slot.AGAINST, "")
        assert it.talk.refused
        assert reason in {None, it.talk.refused}
        assert it.refusals.reasons == [("articulate", it.talk.refused)]

    def test_words_that_the_participant_did_not_write_are_in_no_draft(self, engine: sa.Engine) -> None:
        made_up = part("against", "Redis lost because it would have to be operated")
        it = Talk(engine, model(heard(DECIDED, made_up)))
        it.answers(VAGUE)
        it.answers("As I said before.")
        assert it.draft
        assert it.draft.texts == {Slot.DECIDED: "We cap the results at 50"}

    @pytest.mark.parametrize(
        "document",
        [
            {},
            {"parts": "all", "stance": 4, "probe": ["yes"]},
            {"parts": [None, 7, {"part": "decided"}, part("verdict", VAGUE)], "stance": "pass", "probe": {}},
            {"parts": [part("decided", VAGUE, 9), part("decided", "")], "stance": "holds", "probe": None},
        ],
    )
    def test_nonsense_leads_to_the_rubrics_question(
        self, engine: sa.Engine, document: Mapping[str, Any]
    ) -> None:
        it = Talk(engine, model(document))
        assert it.answers(VAGUE) == "probe"
        assert it.talk.probe == GUIDE.probe(Slot.DECIDED, "Where does the 50 come from?")

    @pytest.mark.parametrize("outcome", [CallOutcome.REFUSED, CallOutcome.FAILED, CallOutcome.OVER_BUDGET])
    def test_if_it_fails_answers_are_heard_as_without_one(
        self, engine: sa.Engine, outcome: CallOutcome
    ) -> None:
        it = Talk(engine, Scripted(articulate=outcome))
        assert it.answers(VAGUE) == "probe"
        assert it.talk.probe == GUIDE.probe(Slot.AGAINST, "")
        it.answers("Paging.")
        assert it.draft
        assert it.draft.texts == {Slot.DECIDED: VAGUE, Slot.AGAINST: "Paging."}

    def test_if_it_fails_later_what_it_found_before_stays(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(DECIDED, probe=("against", AGAINST))))
        it.answers(VAGUE)
        it.model = Scripted(articulate=CallOutcome.FAILED)
        it.answers("Paging.")
        assert it.draft
        assert it.draft.texts == {Slot.DECIDED: "We cap the results at 50", Slot.AGAINST: "Paging."}
        assert [one.quote for one in it.statements] == ["We cap the results at 50"]

    def test_if_it_fails_words_that_are_gone_no_longer_count(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(DECIDED, probe=("against", AGAINST))))
        first = it.says(VAGUE)
        it.hears()
        it.model = Scripted(articulate=CallOutcome.FAILED)
        it.says("Paging.")
        it.answers("Never mind.", comment=first)
        assert it.statements == []


class TestEditsAndDeletions:
    def test_several_messages_and_edits_are_heard_once(self, engine: sa.Engine) -> None:
        it = Talk(engine)
        first = it.says("We cap it.")
        it.says("At 50.")
        it.says("We cap the results.", comment=first)
        assert it.hears() == "probe"
        assert it.hears() == "nothing"

    def test_a_corrected_first_answer_is_no_reply(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(DECIDED, probe=("against", AGAINST))))
        first = it.says(VAGUE)
        it.hears()
        assert it.answers(f"{VAGUE} Sorry, typo.", comment=first) == "wait"
        assert (it.talk.state, it.spoken) == (ConversationState.PROBED, [1])

    def test_a_first_answer_that_is_completed_by_an_edit_is_drafted(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(DECIDED, probe=("against", AGAINST)), heard(*ALL)))
        first = it.says(VAGUE)
        it.hears()
        assert it.answers(FULL, comment=first) == "draft"

    def test_an_edit_revises_the_draft_and_says_so(self, engine: sa.Engine) -> None:
        better = part("accepting", "whoever has more than 50 has to search")
        it = Talk(engine, model(heard(*ALL), heard(*ALL[:2], better)))
        first = it.says(FULL)
        it.hears()
        edited = FULL.replace("50 open tickets has to search for the rest", "50 has to search")
        assert it.answers(edited, comment=first) == "draft"
        assert it.draft
        assert it.draft.revision == 2
        assert it.draft.texts[Slot.ACCEPTING] == "whoever has more than 50 has to search"
        assert it.spoken == [1, 2]

    def test_an_edit_that_changes_no_part_is_not_worth_a_word(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(*ALL)))
        first = it.says(FULL)
        it.hears()
        it.answers(f"{FULL} Hope that helps.", comment=first)
        assert it.draft
        assert (it.draft.revision, it.spoken) == (1, [1])

    def test_a_draft_that_the_participant_has_edited_stays_as_they_left_it(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(*ALL)))
        it.answers(FULL)
        it.edits_draft({Slot.DECIDED: "Fifty."})
        it.model = model(heard(DECIDED, part("revisit", "until search is fast", 2)))
        it.answers("It stays until search is fast.")
        assert it.draft
        assert (it.draft.texts, it.spoken) == ({Slot.DECIDED: "Fifty."}, [1])

    def test_deleting_all_answers_takes_back_the_draft_and_the_statement(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(*ALL)))
        it.deletes(it.says("Never mind."))
        comment = it.says(FULL)
        it.hears()
        it.deletes(comment)
        assert it.hears() == "close"
        assert it.draft
        assert (it.talk.state, it.talk.quotes) == (ConversationState.CLOSED, ())
        assert (it.draft.state, it.statements) == (DecisionState.WITHDRAWN, [])
        assert it.spoken == [1, 2]

    def test_nothing_is_said_of_deleted_answers_if_there_was_no_draft(self, engine: sa.Engine) -> None:
        it = Talk(engine)
        comment = it.says(VAGUE)
        it.hears()
        it.deletes(comment)
        assert it.hears() == "close"
        assert (it.talk.state, it.spoken) == (ConversationState.CLOSED, [1])

    def test_answers_after_that_are_drafted_without_another_follow_up(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(DECIDED, probe=("against", AGAINST))))
        comment = it.says(VAGUE)
        it.hears()
        it.deletes(comment)
        it.hears()
        assert it.answers(VAGUE) == "draft"

    def test_answers_that_change_while_the_model_reads_are_heard_anew(self, engine: sa.Engine) -> None:
        it = Talk(engine)
        comment = it.says(VAGUE)

        def reply(_request: ModelRequest) -> Mapping[str, Any]:
            if it.model and len(it.model.requests) == 1:
                it.says("We don't cap anything.", comment=comment)
            return heard(DECIDED)

        it.model = Scripted(articulate=reply)
        assert it.hears() == "changed"
        assert (it.talk.state, it.spoken) == (ConversationState.WAITING, [])
        assert it.hears() == "probe"
        assert it.talk.quotes == ()


class TestSilence:
    def test_where_a_sensei_has_spoken_sensei_listens_and_says_nothing(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(*ALL)))
        it.says("Let's talk about it tomorrow.", SEN)
        assert it.answers(FULL) == "leave"
        assert (it.talk.state, it.spoken, it.draft, it.left) == (ConversationState.LEFT, [], None, [])
        assert len(it.statements) == 1

    def test_a_draft_loses_words_that_its_author_takes_back_though_sensei_is_silent(
        self, engine: sa.Engine
    ) -> None:
        it = Talk(engine, model(heard(*ALL)))
        first = it.says(FULL)
        it.hears()
        it.says("Let's talk about it tomorrow.", SEN)
        it.model = model(heard(DECIDED))
        it.answers(VAGUE, comment=first)
        assert it.draft
        assert it.draft.texts == {Slot.DECIDED: "We cap the results at 50"}

    def test_others_are_not_heard(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(*ALL)))
        it.says(FULL, BO)
        assert it.hears() == "nothing"
        it.answers("I don't know yet.")
        assert it.model
        assert FULL not in it.model.requests[-1].user

    @pytest.mark.parametrize("state", [QuestionState.DISPUTED, QuestionState.WITHDRAWN])
    def test_a_disputed_or_withdrawn_question_is_not_talked_about(
        self, engine: sa.Engine, state: QuestionState
    ) -> None:
        it = Talk(engine, model(heard(*ALL)))
        it.says(FULL)
        it.sets(state)
        it.hears()
        assert it.model
        assert (it.spoken, it.draft, it.model.requests) == ([], None, [])

    def test_a_draft_goes_when_its_question_is_withdrawn(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(*ALL)))
        it.answers(FULL)
        it.sets(QuestionState.WITHDRAWN)
        it.answers("Fine.")
        assert it.draft
        assert (it.draft.state, it.talk.state) == (DecisionState.WITHDRAWN, ConversationState.CLOSED)
        assert it.statements == []

    def test_a_thread_that_the_participant_resolves_is_left_alone_but_what_they_said_counts(
        self, engine: sa.Engine
    ) -> None:
        it = Talk(engine, model(heard(*ALL)))
        it.says(FULL)
        it.sets(QuestionState.RESOLVED)
        it.hears()
        assert (it.spoken, it.draft, len(it.statements)) == ([], None, 1)

    def test_where_sensei_may_not_post_it_says_nothing(self, engine: sa.Engine) -> None:
        it = Talk(engine)
        it.publishes(PublishPolicy.HELD)
        it.answers(VAGUE)
        assert (it.spoken, it.talk.probe) == ([], "")

    def test_after_the_record_nothing_more_is_said(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(*ALL)))
        it.answers(FULL)
        it.confirms()
        assert it.answers("Actually, we took paging.") == "wait"
        assert (it.talk.state, it.spoken) == (ConversationState.RECORDED, [1])


class TestPrivateConversations:
    def test_its_turns_are_sent_in_the_chat_and_never_posted(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(DECIDED, probe=("against", AGAINST))))
        it.confides(VAGUE)
        assert it.hears() == "probe"
        assert it.spoken == []
        [sent] = it.sent
        assert (sent["kind"], sent["about"]) == ("articulation.turn", {"question": it.asked, "turn": 1})

    def test_its_messages_show_whose_turn_it_is_once_they_are_heard(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(DECIDED, probe=("against", AGAINST))))
        it.confides(VAGUE)
        with it.store.begin() as tx:
            tx.effects.begin(f"message:articulation:{it.asked}:0", it.now())
        it.hears()
        with it.store.begin() as tx:
            rewrites = tx.jobs.list_waiting(f"rewrite:articulation:{it.asked}:")
        assert [job.rpartition(":")[0] for job in rewrites] == [f"rewrite:articulation:{it.asked}:0"]

    def test_what_somebody_confided_is_not_heard_from_the_next_participant(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(*ALL)))
        it.confides(FULL)
        it.hears()
        theirs = it.draft
        it.hands_over(BO)
        with it.store.begin() as tx:
            assert tx.conversations.messages(it.talk.id, BO.id) == []
            ours = records.draft_decision(tx, it.talk, {Slot.DECIDED: "Mine."}, RevisedBy.SENSEI, it.now())
            assert theirs
            theirs = tx.decisions.get(theirs.id)
        assert theirs.state is DecisionState.WITHDRAWN
        assert theirs.texts[Slot.DECIDED] == "We cap the results at 50"
        assert ours.person != theirs.person

    def test_its_draft_is_private_and_the_ledger_repeats_no_word_of_it(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(*ALL)))
        it.confides(FULL)
        assert it.hears() == "draft"
        assert it.draft
        assert it.draft.private
        assert [one.quote for one in it.statements] == [""]

    def test_its_words_are_in_no_request_about_another_conversation_or_person(
        self, engine: sa.Engine
    ) -> None:
        it, other = Talk(engine, model(heard(*ALL))), Talk(engine, model(heard(*ALL)))
        it.confides(f"{FULL} Between us: canary-7319.")
        it.hears()
        other.answers(FULL)
        it.asked = it.ask(7_000_001, text="And this one?")
        it.answers("Another answer, in public.")
        assert it.model
        assert other.model
        private, public = it.model.requests
        assert "canary-7319" in private.user
        assert "canary-7319" not in str(public)
        assert all("canary-7319" not in str(request) for request in other.model.requests)

    def test_a_private_decision_is_in_no_request_about_a_public_question(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(DECIDED)))
        it.drifts_from({Slot.DECIDED: "canary-7319 stays at 20"}, private=True)
        it.answers(VAGUE)
        assert it.model
        assert "canary-7319" not in str(it.model.requests)


class TestDrift:
    TEXTS = {Slot.DECIDED: "The limit is 20.", Slot.AGAINST: "Paging lost.", Slot.ACCEPTING: "Some search."}  # noqa: RUF012 - never changed

    @pytest.mark.parametrize("with_model", [True, False])
    def test_a_decision_that_still_holds_is_moved_to_the_changed_lines(
        self, engine: sa.Engine, with_model: bool
    ) -> None:
        quoted = part("decided", "It still holds.")
        it = Talk(engine, model(heard(quoted, stance="holds")) if with_model else None)
        earlier = it.drifts_from(self.TEXTS)
        assert it.answers("It still holds.") == "hold"
        assert (it.draft, it.question_now.state) == (None, QuestionState.RESOLVED)
        assert (it.talk.state, it.talk.stance) == (ConversationState.RECORDED, Stance.HOLDS)
        with it.store.read() as tx:
            kept = tx.decisions.get(earlier.id)
        assert (kept.state, kept.revision) == (DecisionState.CONFIRMED, 1)
        assert [anchor.quote for anchor in kept.anchors] == ["limit = 50"]
        assert [one.source for one in it.statements] == ["decision"]
        assert it.spoken == [1]

    def test_it_still_holds_where_a_sensei_has_spoken_too(self, engine: sa.Engine) -> None:
        it = Talk(engine)
        earlier = it.drifts_from(self.TEXTS)
        it.says("Does it?", SEN)
        assert it.answers("It still holds.") == "hold"
        with it.store.read() as tx:
            assert [anchor.quote for anchor in tx.decisions.get(earlier.id).anchors] == ["limit = 50"]
        assert (it.question_now.state, it.spoken) == (QuestionState.RESOLVED, [])

    def test_a_decision_asked_about_with_its_own_code_keeps_its_place(self, engine: sa.Engine) -> None:
        it = Talk(engine, None)
        earlier = it.drifts_from(self.TEXTS)
        own = CodeAnchor("desk.py", "f" * 40, "head", 1, 1, "limit = 50")
        with it.store.begin() as tx:
            asked = tx.questions.get(it.asked)
            assert asked
            own = replace(own, path=asked.path, quote=asked.quote)
            tx.decisions.set_anchors(earlier.id, [own], it.now())
        assert it.answers("It still holds.") == "hold"
        with it.store.read() as tx:
            assert tx.decisions.get(earlier.id).anchors == (own,)

    @pytest.mark.parametrize("with_model", [True, False])
    def test_an_answer_that_changes_it_drafts_one_that_supersedes_it(
        self, engine: sa.Engine, with_model: bool
    ) -> None:
        it = Talk(engine, model(heard(DECIDED)) if with_model else None)
        earlier = it.drifts_from(self.TEXTS)
        assert it.answers(VAGUE) == "draft"
        assert it.draft
        said = "We cap the results at 50" if with_model else VAGUE
        assert it.draft.texts == {**self.TEXTS, Slot.DECIDED: said}
        assert it.draft.supersedes == earlier.id

    def test_an_answer_that_says_nothing_of_it_gets_a_follow_up(self, engine: sa.Engine) -> None:
        it = Talk(engine, model(heard(stance="unsure")))
        it.drifts_from(self.TEXTS)
        assert it.answers("Things change.") == "probe"
        assert it.talk.probe_slot is Slot.DECIDED

    def test_holding_means_nothing_where_there_is_no_earlier_decision(self, engine: sa.Engine) -> None:
        it = Talk(engine)
        assert it.answers("It still holds.") == "probe"


def test_a_run_that_dies_anywhere_comes_to_the_same_result(engine: sa.Engine) -> None:
    it = Talk(engine, model(heard(DECIDED, probe=("against", AGAINST))))
    it.says(VAGUE)
    steps = Recorded(it.store)
    first = it.hears(steps)
    steps.again()
    argument = {"question": it.asked}
    assert it.hearing.hear(steps, argument)["outcome"] == first
    assert it.model
    assert (len(it.model.requests), it.spoken, steps.names) == (1, [1], ["begin", "ask", "decide"])


def test_no_word_of_the_participant_is_in_the_record_of_the_workflow(engine: sa.Engine) -> None:
    it = Talk(engine, model(heard(*ALL)))
    it.says(FULL)
    steps = Recorded(it.store)
    it.hears(steps)
    assert "Paging" not in str(steps.record)


def test_a_question_that_was_erased_is_not_heard(engine: sa.Engine) -> None:
    it = Talk(engine)
    assert it.hearing.hear(Recorded(it.store), {"question": 987_654_321}) == {"outcome": "gone"}


ACTS = st.lists(
    st.tuples(st.sampled_from(["say", "edit", "delete", "hear", "sensei"]), st.integers(0, 2)), max_size=9
)
ANSWERS = st.sampled_from(
    [
        heard(stance="unsure", probe=("decided", "What does it do now, or is that open?")),
        heard(DECIDED, probe=("against", AGAINST)),
        heard(DECIDED, stance="does_not_know"),
        heard(*ALL),
        heard(stance="holds", probe=("against", AGAINST)),
        {},
        CallOutcome.FAILED,
    ]
)


@pytest.mark.contract
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, replies=st.lists(ANSWERS, min_size=1, max_size=4))
def test_no_sequence_of_answers_edits_and_deletions_gets_two_follow_ups(
    engine: sa.Engine, acts: list[tuple[str, int]], replies: list[Reply]
) -> None:
    it, written, moves = Talk(engine), list[int](), list[str]()
    for turn, (act, number) in enumerate([*acts, ("hear", 0)]):
        it.model = Scripted(articulate=replies[turn % len(replies)])
        match act:
            case "say":
                written.append(it.says([FULL, VAGUE, "I don't know yet."][number]))
            case "edit" if written:
                it.says([VAGUE, FULL, "Hm."][number], comment=written[number % len(written)])
            case "delete" if written:
                it.deletes(written.pop(number % len(written)))
            case "sensei" if number == 0:
                it.says("I'd like to hear more.", SEN)
            case "hear":
                moves.append(it.hears())
    assert moves.count("probe") <= 1
    assert it.spoken == list(range(1, len(it.spoken) + 1))
