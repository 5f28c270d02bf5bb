"""The workflow ``say``: posting Sensei's part of a conversation about a question.

The text is written from rows when it is posted. A draft that was posted is edited in place when its words
change, or when there is nothing left to record.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.articulation.conversations import Conversation, ConversationState, Stance
from bot.domain.articulation.guide import ArticulationGuide
from bot.domain.decisions.records import DecisionState
from bot.domain.pull_requests.records import AskedQuestion, Capstone, PullRequest, QuestionState
from bot.ports.code_host import CodeHost
from bot.ports.engine import Json, Steps
from bot.ports.store import Store, Tx
from bot.rendering.articulation import thread_texts
from bot.rendering.pull_requests import github_posts
from bot.workflows.jobs.retry import insist
from bot.workflows.pull_requests.comment_posting import CommentPoster, ReplyComment
from bot.workflows.pull_requests.question_places import address, find_name, load_question
from bot.workflows.pull_requests.thread_closing import ThreadClosing

_DRAFT = "draft"
_OPEN = (QuestionState.ASKED, QuestionState.ANSWERED)
_NEEDS_ANSWERS = (ConversationState.PROBED, ConversationState.DRAFTED, ConversationState.LEFT)
_EACH_TURN = ("talked", "left")
"""The kinds that are posted again in a later turn: a question can be left to the sensei more than once."""


@dataclass(frozen=True)
class ThreadTurn:
    """What to post: ``kind`` names the comment, since each kind is posted once in a conversation or a turn.

    ``only_edits``: it may replace what was posted, but nothing new may be posted now.
    """

    question: AskedQuestion
    pull_request: PullRequest
    capstone: Capstone
    kind: str
    lines: Sequence[str]
    only_edits: bool = False


@dataclass(frozen=True)
class ThreadTurns:
    """The workflow ``say``."""

    host: CodeHost
    store: Store
    guide: ArticulationGuide
    now: Callable[[], datetime]

    def say(self, steps: Steps, argument: Json) -> Json:
        """Post what a conversation's turn says, unless the conversation has moved on."""
        question = argument["question"]
        said = insist(steps, "say", lambda: self._say(argument))
        if said["outcome"] == "done" and said["closes"]:
            closing = ThreadClosing(self.host, self.store, self.now)
            return {"outcome": insist(steps, "close", lambda: closing.close(question))["outcome"]}
        return {"outcome": said["outcome"]}

    def _say(self, argument: Json) -> Json:
        turn = self._load(argument)
        if turn is None:
            return {"comment": None, "closes": False}
        poster = CommentPoster(self.host, self.store, self.now)
        reply = self._as_reply(turn, argument)
        is_posted = turn.kind == _DRAFT and poster.find_posted(reply) is not None
        edits = turn.only_edits or is_posted
        said = poster.edit_posted(reply) if edits else poster.post_once(reply)
        return {**said, "closes": turn.kind == "holds"}

    def _as_reply(self, turn: ThreadTurn, argument: Json) -> ReplyComment:
        question, name = turn.question, _name_comment(turn.kind, argument)

        def write() -> list[str]:
            newest = self._load(argument) or turn
            return address(question, newest.lines)

        return ReplyComment(
            f"say:{question.id}:{name}",
            github_posts.turn_marker(question.id, name),
            turn.capstone,
            turn.pull_request.number,
            question.comment,
            lambda: self._load(argument) is not None,
            write,
        )

    def _load(self, argument: Json) -> ThreadTurn | None:
        """Return a turn, or None if it may not or need not be said (any more).

        If it was ``talked`` about, it says so, and not what has become of a draft before.
        """
        question, of_talk = argument["question"], bool(argument.get("talked"))
        with self.store.read() as tx:
            conversation = tx.conversations.by_question(question)
            if conversation is None or conversation.private or conversation.turn != argument["turn"]:
                return None
            asked, pull_request, capstone = load_question(tx, question)
            if not capstone.speaks or pull_request.private:
                return None
            if _is_draft_withdrawn(tx, conversation) and not (of_talk and conversation.is_talked_over):
                lines = thread_texts.format_withdrawn()
                return ThreadTurn(asked, pull_request, capstone, _DRAFT, lines, only_edits=True)
            return self._write_turn(tx, conversation, asked, pull_request, capstone)

    def _write_turn(
        self,
        tx: Tx,
        conversation: Conversation,
        asked: AskedQuestion,
        pull_request: PullRequest,
        capstone: Capstone,
    ) -> ThreadTurn | None:
        if conversation.state is ConversationState.CLOSED:
            was_withdrawn = asked.state is QuestionState.WITHDRAWN
            lines = thread_texts.format_closed(was_withdrawn=was_withdrawn)
            return ThreadTurn(asked, pull_request, capstone, _DRAFT, lines, only_edits=True)
        if not (conversation.is_talked_over or _has_answers(tx, conversation, capstone)):
            return None
        is_silent = asked.sensei_spoke or pull_request.quiet or asked.state is QuestionState.RESOLVED
        if is_silent and (lines := self._write_draft(tx, conversation, asked)):
            return ThreadTurn(asked, pull_request, capstone, _DRAFT, lines, only_edits=True)
        if asked.sensei_spoke or pull_request.quiet:
            return None
        found = self._write_lines(tx, conversation, asked, capstone)
        return ThreadTurn(asked, pull_request, capstone, *found) if found else None

    def _write_lines(
        self, tx: Tx, conversation: Conversation, asked: AskedQuestion, capstone: Capstone
    ) -> tuple[str, list[str]] | None:
        """Return the kind of a comment and its lines, or None if the state says nothing."""
        drifted = tx.decisions.drifted(asked.id)
        if conversation.stance is Stance.HOLDS and drifted and asked.state is QuestionState.RESOLVED:
            return "holds", thread_texts.format_holds(drifted, points_here=asked.side == "head")
        if asked.state not in _OPEN:
            return None
        has_sensei = capstone.sensei is not None
        if conversation.state is ConversationState.PROBED:
            name = find_name(asked)
            return "probe", thread_texts.format_probe(conversation.probe, name, has_sensei=has_sensei)
        if conversation.talked_with:
            how = thread_texts.how_to_reply(find_name(asked))
            return "talked", [thread_texts.say_talked(conversation.talked_with, how)]
        if conversation.state is ConversationState.LEFT:
            return "left", thread_texts.format_left(conversation, has_sensei=has_sensei)
        lines = self._write_draft(tx, conversation, asked)
        return (_DRAFT, lines) if lines else None

    def _write_draft(self, tx: Tx, conversation: Conversation, asked: AskedQuestion) -> list[str]:
        """Return the lines that show a draft, or none if there is nothing to show."""
        draft = tx.decisions.by_question(asked.id)
        is_drafted = conversation.state is ConversationState.DRAFTED
        if not is_drafted or draft is None or draft.private or draft.state is not DecisionState.DRAFT:
            return []
        earlier = tx.decisions.find(draft.supersedes) if draft.supersedes else None
        # The number of a private decision is nobody else's business.
        replaced = None if earlier is None or earlier.private else earlier.number
        return thread_texts.format_draft(draft, self.guide, find_name(asked), replaced)


def _name_comment(kind: str, argument: Json) -> str:
    """Return the name of a turn's comment in its question: a kind that is posted once has no number.

    Jobs that an earlier version added aren't ``numbered``. What they post, or have posted, keeps its name.
    """
    is_numbered = kind in _EACH_TURN and argument.get("numbered", False)
    return f"{kind}.{argument['turn']}" if is_numbered else kind


def _is_draft_withdrawn(tx: Tx, conversation: Conversation) -> bool:
    """Return whether the participant has withdrawn what came of a conversation."""
    decision = tx.decisions.by_question(conversation.question)
    is_left = conversation.state is ConversationState.LEFT
    return is_left and decision is not None and decision.state is DecisionState.WITHDRAWN


def _has_answers(tx: Tx, conversation: Conversation, capstone: Capstone) -> bool:
    """Return whether the answers that a turn rests on are still there."""
    if conversation.state not in _NEEDS_ANSWERS:
        return True
    return bool(tx.conversations.messages(conversation.id, capstone.participant.id))
