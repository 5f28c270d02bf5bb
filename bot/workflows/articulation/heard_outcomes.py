"""Storing what follows from an answer: a follow-up, a draft, a statement in the ledger, or silence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.articulation.conversations import Conversation, ConversationState, Stance
from bot.domain.articulation.guide import ArticulationRules
from bot.domain.articulation.heard_answers import HeardAnswer, quote_parts
from bot.domain.articulation.next_moves import Move, Situation, choose_move
from bot.domain.articulation.own_words import HeardMessage
from bot.domain.articulation.plain_answers import leaves_question, quote_verbatim, tell_stance
from bot.domain.articulation.slots import Slot, SlotQuote, SlotTexts, join_quotes
from bot.domain.decisions.records import MOST_OF_A_PART, Decision, DecisionState, RevisedBy
from bot.domain.pull_requests.records import QuestionState
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.articulation.conversation_material import ConversationMaterial
from bot.workflows.articulation.follow_ups import FollowUp, word_follow_up
from bot.workflows.articulation.private_talks import refresh_talk
from bot.workflows.articulation.question_contexts import name_place
from bot.workflows.articulation.thread_statements import keep_statement
from bot.workflows.articulation.waiting_questions import has_unheard_words
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.chat.outbox import send_message
from bot.workflows.decisions import records

_SETTLED = (ConversationState.RECORDED, ConversationState.CLOSED)

OnLeft = Callable[[Tx, int, datetime], None]
"""Called with a question that Sensei leaves to the sensei, in the transaction that stores it."""


@dataclass(frozen=True)
class _Understanding:
    """What the participant has said, as the model or, without one, their own messages tell."""

    stance: Stance
    quotes: tuple[SlotQuote, ...]
    texts: SlotTexts
    missing: Slot | None


@dataclass(frozen=True)
class OutcomeRecorder:
    """Decides about one answer, and stores all that follows from it in the caller's transaction."""

    tx: Tx
    rules: ArticulationRules
    material: ConversationMaterial
    at: datetime
    on_left: OnLeft | None = None

    def record(self, heard: HeardAnswer | None) -> tuple[Move, str]:
        """Decide and store; return the move, and why the model's follow-up was refused ("" if it wasn't).

        ``heard`` is None if no model was asked or it failed: then the messages are kept word for word.
        """
        if not self.material.is_open:
            return self._settle(), ""
        known = self._understand(heard)
        move = choose_move(self._describe(known))
        follow_up = self._word_follow_up(move, known, heard)
        self._store(move, known, follow_up)
        # Unread words count once their author confirms them, and a decision that holds counts anyway.
        counts = heard is not None and move is not Move.HOLD
        # While no model can read them, what one found in the same words before still counts.
        was_found = set(self.material.conversation.quotes) <= set(known.quotes)
        if counts or move is Move.HOLD or not was_found:
            keep_statement(self.tx, self.rules, self.material, known.texts if counts else {}, self.at)
        self._refresh()
        return move, follow_up.refused if follow_up else ""

    def _refresh(self) -> None:
        """Show in the chat where a private conversation stands, and whether it waits for an answer again."""
        if self.material.conversation.private:
            refresh_talk(self.tx, self.material.question.id, self.at)
            if person := self.tx.members.by_host_account(self.material.capstone.participant.id):
                refresh_home(self.tx, person, self.at)

    def _settle(self) -> Move:
        """Take back what a question drafted that was withdrawn; leave any other as it is."""
        gone = not self.material.messages or self.material.question.state is QuestionState.WITHDRAWN
        state = self.material.conversation.state
        if not gone or state in _SETTLED:
            return Move.WAIT
        self._close(self.material.conversation)
        self.tx.statements.withdraw("thread", self.material.question.id)
        self._refresh()
        return Move.CLOSE

    def _understand(self, heard: HeardAnswer | None) -> _Understanding:
        talk, messages = self.material.conversation, self.material.messages
        if heard is None:
            stance, quotes = tell_stance(messages), quote_verbatim(messages, talk.quotes, talk.probe_slot)
        else:
            quotes = quote_parts(heard.parts, messages)
            stance = _correct_stance(heard.stance, quotes, messages)
        if self.material.earlier is None and stance is Stance.HOLDS:
            stance = Stance.ARGUES
        said = {slot: text[:MOST_OF_A_PART] for slot, text in join_quotes(quotes).items()}
        texts = self._add_earlier(said)
        # About drift, what they decided is not what they decided before.
        filled = texts if said else ()
        return _Understanding(
            stance, quotes, texts, self.rules.first_missing(self.material.question.check, filled)
        )

    def _add_earlier(self, said: SlotTexts) -> SlotTexts:
        """Return the parts that were said; where they change an earlier decision, with those that stay."""
        earlier = self.material.earlier
        return {**earlier.texts, **said} if earlier and said else said

    def _describe(self, known: _Understanding) -> Situation:
        talk = self.material.conversation
        return Situation(
            talk,
            [message.id for message in self.material.messages],
            known.stance,
            known.texts,
            known.missing,
            changed=join_quotes(talk.quotes) != join_quotes(known.quotes),
            silent=self.material.is_silent,
            is_drift=self.material.earlier is not None,
            is_spoken=not (talk.is_taken_back or talk.is_talked_over)
            or has_unheard_words(self.tx, talk, self.material.capstone.participant.id),
        )

    def _word_follow_up(
        self, move: Move, known: _Understanding, heard: HeardAnswer | None
    ) -> FollowUp | None:
        if move is not Move.PROBE or known.missing is None:
            return None
        return word_follow_up(self.tx, self.rules, self.material, known.missing, heard)

    def _store(self, move: Move, known: _Understanding, follow_up: FollowUp | None) -> None:
        talk = replace(self.material.conversation, stance=known.stance, quotes=known.quotes, heard_at=self.at)
        match move:
            case Move.PROBE if follow_up:
                self._say(
                    replace(
                        talk,
                        state=ConversationState.PROBED,
                        probe=follow_up.text,
                        probe_slot=follow_up.slot,
                        refused=follow_up.refused,
                    )
                )
            case Move.DRAFT:
                self._draft(talk, known.texts)
            case Move.LEAVE:
                self._leave(talk)
            case Move.HOLD:
                self._hold(talk)
            case Move.CLOSE:
                self._close(talk)
            case _:
                self._note(known)

    def _note(self, known: _Understanding) -> None:
        """Store what was understood without a change of anything that people have been told."""
        talk = self.material.conversation
        quotes = talk.quotes if talk.state in _SETTLED else known.quotes
        self.tx.conversations.save(replace(talk, quotes=quotes, heard_at=self.at), self.at)

    def _draft(self, talk: Conversation, texts: SlotTexts) -> None:
        """Draft the decision, or revise its draft, unless the participant has already edited it."""
        before = self._find_draft()
        if before is not None and self._is_edited(before):
            self.tx.conversations.save(replace(talk, state=ConversationState.DRAFTED), self.at)
            return
        draft = records.draft_decision(self.tx, talk, texts, RevisedBy.SENSEI, self.at)
        drafted = replace(talk, state=ConversationState.DRAFTED, decision=draft.id)
        is_same = before is not None and (before.id, before.revision) == (draft.id, draft.revision)
        if is_same or (talk.private and self.material.is_silent):
            self.tx.conversations.save(drafted, self.at)
        else:
            self._say(drafted)

    def _leave(self, talk: Conversation) -> None:
        left = replace(talk, state=ConversationState.LEFT, decision=None, talked_with=None)
        if self.material.is_silent:
            self.tx.conversations.save(left, self.at)
            return
        self._say(left)
        if self.on_left is not None:
            self.on_left(self.tx, talk.question, self.at)

    def _hold(self, talk: Conversation) -> None:
        """Keep the earlier decision, which is about the changed lines from now on; settle the question."""
        earlier = self.material.earlier
        if earlier is None:
            raise AssertionError("only an answer about an earlier decision holds it")
        had_draft = self._withdraw_draft()
        question = self.material.question
        place = records.find_anchor(question)
        # A change by somebody else is asked about with the decision's own code, which it has no longer.
        is_old = any((anchor.path, anchor.quote) == (place.path, place.quote) for anchor in earlier.anchors)
        if question.side == "head" and not is_old:
            others = [anchor for anchor in earlier.anchors if anchor.path != place.path]
            self.tx.decisions.set_anchors(earlier.id, [*others, place], self.at)
        self.tx.questions.set_state(question.id, QuestionState.RESOLVED, self.at)
        held = replace(talk, state=ConversationState.RECORDED, decision=earlier.id)
        if self.material.is_silent and not had_draft:
            self.tx.conversations.save(held, self.at)
        else:
            self._say(held)

    def _close(self, talk: Conversation) -> None:
        closed = replace(talk, state=ConversationState.CLOSED, quotes=(), decision=None, heard_at=self.at)
        if self._withdraw_draft():
            self._say(closed)
        else:
            self.tx.conversations.save(closed, self.at)

    def _withdraw_draft(self) -> bool:
        draft = self._find_draft()
        if draft is not None:
            records.withdraw_decision(self.tx, draft, self.at)
        return draft is not None

    def _find_draft(self) -> Decision | None:
        found = self.tx.decisions.by_question(self.material.question.id)
        return found if found is not None and found.state is DecisionState.DRAFT else None

    def _is_edited(self, draft: Decision) -> bool:
        return self.tx.decisions.history(draft.id)[-1].by is RevisedBy.PARTICIPANT

    def _say(self, talk: Conversation) -> None:
        """Store a conversation in which Sensei speaks next, and add what will post its words."""
        spoken = replace(talk, turn=talk.turn + 1)
        self.tx.conversations.save(spoken, self.at)
        about: Mapping[str, int] = {"question": talk.question, "turn": spoken.turn}
        if talk.private:
            key = f"articulation:{talk.question}:{spoken.turn}"
            send_message(self.tx, key, "articulation.turn", dict(about), self.at)
            return
        place = name_place(self.material.capstone, self.material.pull_request)
        identity = f"say:{place}:{talk.question}.{spoken.turn}"
        self.tx.jobs.add(Job(identity, "say", {**about, "numbered": True}, self.at))


def _correct_stance(stance: Stance, quotes: Sequence[SlotQuote], messages: Sequence[HeardMessage]) -> Stance:
    """Return a model's stance, unless it missed a plain "I don't know yet" or "I'll ask my sensei".

    Sensei has called these good answers, so it must never ask on after one.
    """
    says_more = any(found.message == messages[-1].id for found in quotes)
    return stance if says_more else leaves_question(messages) or stance
