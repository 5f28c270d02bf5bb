"""The card with questions that wait for a sensei, and the form in which they reword one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from bot.domain.pull_requests.records import AskedQuestion, Capstone, PullRequest, QuestionState
from bot.ports.chat import Block, OutgoingMessage, View
from bot.rendering.articulation.slack_disputes import moved_words, stand_in_words
from bot.rendering.articulation.slack_questions import ShownContext, context_blocks, place_link
from bot.rendering.chat.slack_blocks import (
    MOST_OF_A_NAME,
    actions,
    button,
    confirmed,
    count,
    divider,
    fitted,
    section,
    small,
)
from bot.rendering.chat.slack_text import mrkdwn, plain, plain_object

KEEP, REWORD, WITHDRAW = "triage.keep", "triage.reword", "triage.withdraw"
"""The buttons of a waiting question. Their value is its number. ``REWORD`` is the form that it opens, too."""
TEXT = "text"
"""The block of the form's only field."""
MOST_OF_A_QUESTION = 600
"""Maximum characters of a question in a sensei's own words; messages in Slack show no more."""
MOST_ON_A_CARD = 6
"""Maximum questions on a card, so that it fits into a message."""
_MOST_OF_A_CODE, _MOST_OF_A_REASON, _MOST_OF_A_DECIDED = 400, 250, 150


@dataclass(frozen=True, slots=True)
class ShownCard:
    """The questions of a card, oldest first, and where they belong.

    ``asks`` is what each check asks, by its id. ``unposted`` are the questions that could not be posted when
    they were kept. ``deputy`` is the name of the person who can decide too, while the sensei is away.
    """

    questions: Sequence[AskedQuestion]
    pull_request: PullRequest
    capstone: Capstone
    web: str
    participant: str
    asks: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    unposted: frozenset[int] = frozenset()
    deputy: str = ""

    @property
    def link(self) -> str:
        """Return a link to the pull request."""
        return place_link(ShownContext(self.questions[0], self.pull_request, self.capstone, self.web))

    @property
    def waiting(self) -> list[AskedQuestion]:
        """Return the questions that still wait."""
        is_open = self.pull_request.state == "open"
        return [it for it in self.questions if is_open and it.state is QuestionState.PROPOSED]


def question_card(shown: ShownCard) -> OutgoingMessage:
    """Ask a sensei to keep, reword or withdraw questions, and show what came of the others."""
    waiting = len(shown.waiting)
    if not waiting:
        return _over_card(shown)
    title = f"{count(waiting, 'question waits', 'questions wait')} for your decision"
    blocks = fitted(_card_blocks(shown, title), "The rest is too long to show here.")
    return OutgoingMessage(f"{title}.", blocks)


def _card_blocks(shown: ShownCard, title: str) -> Iterable[Block]:
    name = mrkdwn(shown.participant, MOST_OF_A_NAME)
    yield section(f"*{title}*, on {shown.link}. {name} sees only the questions that you keep.")
    for question in shown.waiting:
        yield divider()
        yield from _question_blocks(shown, question)
    yield divider()
    if decided := _list_decided(shown):
        yield section(decided)
    if shown.deputy:
        yield small(stand_in_words(shown.deputy))
    yield small(_WHERE_PRIVATE if shown.pull_request.private else _WHERE)


_WHERE = (
    "If you keep a question, I post it on the pull request, without your name. If you withdraw one, I never "
    "ask it."
)
_WHERE_PRIVATE = (
    "This pull request is private. If you keep a question, I ask it in a direct message. If you withdraw "
    "one, I never ask it."
)


def _question_blocks(shown: ShownCard, question: AskedQuestion) -> Iterable[Block]:
    yield from context_blocks(question, _MOST_OF_A_CODE)
    yield small(f"Q{question.id} · {_format_reason(shown, question)}")
    if question.id in shown.unposted:
        yield small(
            "You kept this question, but I couldn't post it, so it's waiting for your decision again."
        )
    value = str(question.id)
    yield actions(
        button("Keep", KEEP, value, "primary"),
        button("Reword…", REWORD, value),
        confirmed(
            button("Withdraw", WITHDRAW, value),
            "Withdraw the question",
            "I'll never ask it. You can't change this later.",
            "Withdraw it",
        ),
    )


def _format_reason(shown: ShownCard, question: AskedQuestion) -> str:
    """Say why a question was chosen: the check that it is about, and what that asks."""
    if question.original_text is not None:
        return "reworded by a sensei"
    if question.check is None:
        return "it's about an earlier decision"
    asks = shown.asks.get(question.check, "")
    reason = f"about {mrkdwn(question.check, _MOST_OF_A_DECIDED)}"
    return f"{reason}: {mrkdwn(asks, _MOST_OF_A_REASON)}" if asks else reason


def _over_card(shown: ShownCard) -> OutgoingMessage:
    """Say that nothing on a card waits any more, and what came of each question."""
    if any(it.state is QuestionState.PROPOSED for it in shown.questions):
        words = "The pull request is closed, so there's nothing for you to decide here at the moment."
    else:
        words = "There's nothing left for you to decide here."
    lines = [f"{words} {shown.link}", *filter(None, [_list_decided(shown)])]
    return OutgoingMessage(words, (section("\n".join(lines)),))


def _list_decided(shown: ShownCard) -> str:
    return "\n".join(
        f"• Q{question.id} {_describe_outcome(question)}: {mrkdwn(question.text, _MOST_OF_A_DECIDED)}"
        for question in shown.questions
        if question.state is not QuestionState.PROPOSED
    )


def _describe_outcome(question: AskedQuestion) -> str:
    if question.state is QuestionState.WITHDRAWN:
        return "was withdrawn"
    return "was reworded and kept" if question.original_text is not None else "was kept"


def moved_card(shown: ShownCard, decider: str | None) -> OutgoingMessage:
    """Tell somebody that the questions of a card are no longer theirs, and repeat none of them.

    ``decider`` is the name of the person on duty now, or None if there is no sensei.
    """
    words = moved_words(decider)
    return OutgoingMessage(words, (section(f"You were asked about {shown.link}. {words}"),))


def forgotten_card() -> OutgoingMessage:
    """Say that the questions of a card are gone."""
    words = "The questions that were here no longer exist, so you don't need to decide anything."
    return OutgoingMessage(words, (section(words),))


def reword_form(question: AskedQuestion) -> View:
    """Return the form in which a sensei rewords a question, and thereby keeps it."""
    return {
        "type": "modal",
        "title": plain_object("Reword the question"),
        "submit": plain_object("Save and keep"),
        "close": plain_object("Cancel"),
        "private_metadata": str(question.id),
        "blocks": [*context_blocks(question, _MOST_OF_A_CODE), _text_field(question)],
    }


def _text_field(question: AskedQuestion) -> Block:
    return {
        "type": "input",
        "block_id": TEXT,
        "label": plain_object("The question, in your words"),
        "element": {
            "type": "plain_text_input",
            "action_id": f"triage.{TEXT}",
            "multiline": True,
            "max_length": MOST_OF_A_QUESTION,
            "initial_value": plain(question.text, MOST_OF_A_QUESTION, lines=True),
        },
        "hint": plain_object(
            "Ask one thing that the participant can answer from memory. I'll ask it exactly as you write it."
        ),
    }
