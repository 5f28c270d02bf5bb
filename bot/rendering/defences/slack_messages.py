"""What Sensei says in Slack about a defence: that it is ready, when it is, and how it went."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import quote

from bot.domain.defences.records import Defence, DefenceOutcome, DefenceQuestion, DefenceState
from bot.domain.review.paths import to_git
from bot.ports.chat import Block, OutgoingMessage
from bot.rendering.chat.slack_blocks import actions, button, fitted, section, small
from bot.rendering.chat.slack_text import link, moment, mrkdwn
from bot.rendering.text.defence_outcomes import OUTCOMES

SHOW = "defence.show"
"""The page of a defence, for its sensei, and the button that opens it. Its value is the capstone's id."""
MOST_OF_A_QUESTION, MOST_OF_A_PATH, MOST_OF_A_NOTE = 600, 200, 300
_MOST_OF_A_NAME = 60
_WHEN = "{date_long_pretty}, {time}"
_MOST_OF_AN_ADDRESS = 800
_OFF = {
    True: "It's called off for now. Your sensei will agree on another time with you.",
    False: "It's called off for now. Once you have a sensei, they'll agree on another time with you.",
}
_IF_THEY_DISAGREE = {
    True: (
        "If you see an outcome differently, tell your sensei, who can look again until the milestone closes. "
        "After that, or if the two of you don't agree, tell the lead."
    ),
    False: "If you see an outcome differently, tell the lead.",
}


def describe_outcome(outcome: DefenceOutcome) -> str:
    """Return an outcome as it begins a line: ``Answered alone``."""
    return OUTCOMES[outcome].capitalize()


def ready_message(defence: Defence, participant: str, *, kept: bool = False) -> OutgoingMessage:
    """Tell a sensei that the questions are ready, or that there is nothing to ask about.

    ``kept``: there are no others, so the earlier ones stay.
    """
    who = mrkdwn(participant, _MOST_OF_A_NAME)
    if defence.state is DefenceState.CANCELLED:
        text = (
            f"*I couldn't prepare the defence of {who}.* Either there's nothing left on the default branch "
            f"that I haven't asked about before, or I couldn't read the repository. {who} hasn't heard of "
            "it. You can try again with `/dojo defence`, or ask your own questions."
        )
        return OutgoingMessage("I couldn't prepare the defence", (section(text),))
    if kept:
        text = (
            f"*I found no other questions for the defence of {who}*, or couldn't read the repository. The "
            "earlier ones stay as they are."
        )
        opens = actions(button("Open the questions", SHOW, str(defence.capstone)))
        return OutgoingMessage("The questions of the defence stay as they are", (section(text), opens))
    text = (
        f"*The defence of {who} is ready.* There {_count(len(defence.questions))} about code that is "
        "merged, with follow-ups and what a strong answer would touch on. Only you, and a deputy who stands "
        "in for you, see them."
    )
    blocks = (
        section(text),
        actions(button("Open the questions", SHOW, str(defence.capstone), "primary")),
        small("In the session, ask them yourself. Afterwards, rule on each with one sentence."),
    )
    return OutgoingMessage("The defence is ready", blocks)


def announcement(session_at: datetime | None, *, has_sensei: bool = True) -> OutgoingMessage:
    """Tell a participant when their defence is, or that it was called off. It never has a question."""
    when = moment(session_at, _WHEN) if session_at is not None else _OFF[has_sensei]
    sensei = "your sensei" if has_sensei else "a sensei"
    lines = (
        section(f"*Your defence*\n{when}"),
        section(
            f"It takes about thirty minutes. {sensei.capitalize()} asks you up to three questions about code "
            "of yours that is merged: what you decided, what it costs, and what would change it. You hear "
            "the questions in the session, not before. Use any assistant until then; the defence is yours "
            "alone."
        ),
        small(
            f"Afterwards you get the questions, how each went, and a sentence on each from {sensei}. Only "
            "you and the senseis who may rule on your work see them. A lead sees ruled levels, not this."
        ),
    )
    summary = "Your defence is called off for now"
    if session_at is not None:
        summary = "When your defence is, and what it is about"
    return OutgoingMessage(summary, lines)


def result_message(
    defence: Defence, titles: Mapping[str, str], page: str, *, has_sensei: bool = True
) -> OutgoingMessage:
    """Tell a participant how it went. ``titles`` are the criteria's; ``page`` is the repository's page."""
    blocks: list[Block] = [section("*Your defence: the questions, and how each went*")]
    blocks += [
        section("\n".join(_describe_result(question, titles, page, defence.head)))
        for question in defence.questions
    ]
    blocks.append(
        small(
            "What you answered alone counts in your growth as defended alone, apart from what you decided "
            f"with help. {_IF_THEY_DISAGREE[has_sensei]}"
        )
    )
    return OutgoingMessage(
        "Your defence: the questions, and how each went",
        fitted(blocks, "There's more than I can show here."),
    )


def describe_place(question: DefenceQuestion, page: str, head: str) -> str:
    """Return where a question's code is, with a link, as safe mrkdwn."""
    asked = question.asked
    lines = f"L{asked.line_start}"
    words = f"{asked.path}, line {asked.line_start}"
    if asked.line_end > asked.line_start:
        lines = f"{lines}-L{asked.line_end}"
        words = f"{asked.path}, lines {asked.line_start}–{asked.line_end}"
    address = f"{page}/blob/{head}/{quote(to_git(asked.path))}#{lines}"
    if head and len(address) <= _MOST_OF_AN_ADDRESS:
        return link(address, words, MOST_OF_A_PATH)
    return mrkdwn(words, MOST_OF_A_PATH)


def _describe_result(
    question: DefenceQuestion, titles: Mapping[str, str], page: str, head: str
) -> Iterator[str]:
    criterion = titles.get(question.asked.criterion, question.asked.criterion)
    yield f"*{question.position}. {mrkdwn(criterion, 80)}*"
    yield mrkdwn(question.asked.text, MOST_OF_A_QUESTION)
    yield describe_place(question, page, head)
    if question.ruling is not None:
        note = f": {mrkdwn(question.ruling.note, MOST_OF_A_NOTE)}" if question.ruling.note else ""
        yield f"*{describe_outcome(question.ruling.outcome)}*{note}"


def _count(questions: int) -> str:
    return "is one question" if questions == 1 else f"are {questions} questions"
