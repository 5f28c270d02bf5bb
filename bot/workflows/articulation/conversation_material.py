"""Everything that Sensei considers when it hears an answer, read from the database in one transaction."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.domain.articulation.conversations import Conversation, SpokenMessage
from bot.domain.articulation.own_words import HeardMessage, hear_messages
from bot.domain.decisions.records import Decision, DecisionState
from bot.domain.decisions.shown import is_author
from bot.domain.pull_requests.email_replies import own_lines
from bot.domain.pull_requests.records import AskedQuestion, Capstone, PullRequest, QuestionState
from bot.ports.store import Tx
from bot.workflows.articulation.question_contexts import find_pull_request

_LISTENING = (
    QuestionState.ASKED,
    QuestionState.ANSWERED,
    QuestionState.DEFERRED,
    QuestionState.RESOLVED,
)


@dataclass(frozen=True)
class ConversationMaterial:
    """A conversation with its question, the participant's messages, and an earlier decision that drifted."""

    conversation: Conversation
    question: AskedQuestion
    pull_request: PullRequest | None
    capstone: Capstone
    messages: tuple[HeardMessage, ...]
    earlier: Decision | None

    @property
    def is_open(self) -> bool:
        """Whether Sensei listens: the question is asked, and neither disputed nor withdrawn."""
        return self.question.state in _LISTENING and not self.capstone.ended

    @property
    def is_silent(self) -> bool:
        """Whether Sensei may not speak in this conversation now.

        It has nothing to add to a resolved question. In public it is also silent once a sensei has spoken,
        and on a pull request where the participant wants it to be.
        """
        if not self.capstone.speaks or self.question.state is QuestionState.RESOLVED:
            return True
        if self.conversation.private or self.pull_request is None:
            return False
        return self.pull_request.quiet or self.pull_request.private or self.question.sensei_spoke

    @property
    def digest(self) -> str:
        """A digest of the messages and of where the conversation stands, which tells whether they changed."""
        said = [(message.id, message.text) for message in self.messages]
        known = [self.conversation.state, self.conversation.turn, self.question.state, said]
        return hashlib.sha256(json.dumps(known).encode("utf-8", "replace")).hexdigest()


def load_material(tx: Tx, question: int) -> ConversationMaterial | None:
    """Return what there is of the conversation about a question, or None if there is nothing.

    Messages that the participant has taken back are left out.
    """
    asked, conversation = tx.questions.get(question), tx.conversations.by_question(question)
    if asked is None or conversation is None:
        return None
    pull_request, capstone = find_pull_request(tx, asked), tx.capstones.get(asked.capstone)
    said = tx.conversations.messages(conversation.id, capstone.participant.id)
    spoken = map(_without_mail, conversation.leave_out_taken_back(said))
    messages = hear_messages(list(spoken), _list_said(asked, conversation))
    return ConversationMaterial(
        conversation, asked, pull_request, capstone, messages, _find_earlier(tx, conversation, capstone)
    )


def _list_said(question: AskedQuestion, conversation: Conversation) -> Iterator[str]:
    yield question.text
    if conversation.probe:
        yield conversation.probe


def _without_mail(message: SpokenMessage) -> SpokenMessage:
    """Return a message without the notification that an e-mail program has copied below it."""
    lines = message.text.replace("\r\n", "\n").split("\n")
    return replace(message, text="\n".join(own_lines(lines, past_quotes=True)))


def _find_earlier(tx: Tx, conversation: Conversation, capstone: Capstone) -> Decision | None:
    """Return the decision that the question asks about, if the participant is its author.

    A private one is for private conversations only. A former participant's decision isn't shown to a model
    that hears somebody else.
    """
    earlier = tx.decisions.drifted(conversation.question)
    if earlier is None or earlier.state is not DecisionState.CONFIRMED:
        return None
    participant = tx.members.by_host_account(capstone.participant.id)
    if participant is None or not is_author(earlier, participant):
        return None
    return earlier if conversation.private or not earlier.private else None
