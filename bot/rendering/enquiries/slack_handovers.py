"""Messages about an enquiry that went to a person: to them, and to the asker.

Names and words of people are made safe here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.enquiries.records import Feedback
from bot.ports.chat import Block, OutgoingMessage
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, actions, button, confirmed, fitted, section, small
from bot.rendering.chat.slack_text import mrkdwn
from bot.rendering.enquiries.slack_answers import HAND_OVER

ANSWER, TAKE_BACK = "enquiries.answer", "enquiries.take_back"
HELPED, NOT_HELPED = "enquiries.helped", "enquiries.not_helped"
"""The buttons. Their value is the hand-over's id. ``ANSWER`` is the form that it opens, too."""
_MOST_OF_A_SECTION, _MOST_OF_A_PART = 2900, 1200
_TOO_LONG = "The rest is too long to show here."
_NOTHING_TO_DO = "You don't need to do anything."
_FEEDBACK = {
    Feedback.HELPFUL: "They say that it helped.",
    Feedback.NOT_HELPFUL: "They say that it hasn't helped yet.",
}
_OWN_FEEDBACK = {
    Feedback.HELPFUL: "You said that this helped.",
    Feedback.NOT_HELPFUL: "You said that this hasn't helped yet. You can plan a one-to-one with "
    "`/dojo one-to-one`.",
}


@dataclass(frozen=True, slots=True)
class ShownHandover:
    """A hand-over before the person who answers it.

    ``deputy`` is the name of the person who can answer too, while the reader is away. ``standing_in_for`` is
    the name of the sensei for whom the reader stands in. ``reply`` are the paragraphs of their own answer.
    """

    id: int
    asker: str
    summary: str
    deputy: str = ""
    standing_in_for: str = ""
    reply: Sequence[str] = ()
    feedback: Feedback | None = None


def word_sections(words: str) -> Iterable[Block]:
    """Yield sections with all that somebody wrote. Escaping makes a text longer, so each has a part of it."""
    rest = words.strip()
    while rest:
        part = rest[:_MOST_OF_A_PART]
        if len(rest) > _MOST_OF_A_PART:
            part = part[: max(part.rfind("\n"), part.rfind(" ")) + 1] or part
        yield section(mrkdwn(part, _MOST_OF_A_SECTION, lines=True))
        rest = rest[len(part) :].strip()


def handover_card(shown: ShownHandover) -> OutgoingMessage:
    """Bring a person a question, with the summary that the asker agreed to."""
    name = mrkdwn(shown.asker, MOST_OF_A_NAME)
    if shown.reply:
        return OutgoingMessage(f"You answered {name}'s question.", fitted(_answered(shown, name), _TOO_LONG))
    return OutgoingMessage(f"{name} has a question for you.", fitted(_waiting(shown, name), _TOO_LONG))


def _waiting(shown: ShownHandover, name: str) -> Iterable[Block]:
    stands_in = (
        f" You stand in for {mrkdwn(shown.standing_in_for, MOST_OF_A_NAME)}." if shown.standing_in_for else ""
    )
    yield section(f"*{name} has a question for you.* They asked me first, and would like a person's answer.")
    yield from word_sections(shown.summary)
    yield actions(button("Answer", ANSWER, str(shown.id), "primary"))
    yield small(
        f"Choose *Answer*, or reply in this thread. I'll show {name} what you write, with your name, and "
        f"nobody else. You see only this summary of what they asked me.{stands_in}"
    )
    if shown.deputy:
        deputy = mrkdwn(shown.deputy, MOST_OF_A_NAME)
        yield small(f"While you're away, {deputy} can answer too. The first answer counts.")


def _answered(shown: ShownHandover, name: str) -> Iterable[Block]:
    yield section(f"*You answered {name}'s question.*")
    yield from word_sections(shown.summary)
    yield section("*Your answer*")
    for paragraph in shown.reply:
        yield from word_sections(paragraph)
    said = f"{_FEEDBACK[shown.feedback]} " if shown.feedback else ""
    yield small(
        f"{said}To add something, reply in this thread. If you edit or delete a reply there, I change what "
        f"{name} reads. What you wrote in the form stays as it is."
    )


def moved_card(asker: str, answerer: str | None) -> OutgoingMessage:
    """Tell somebody who had a question that it is no longer theirs; repeat nothing of it.

    ``answerer`` is the name of the person who has it now, or None if nobody is there.
    """
    whose = f"{mrkdwn(asker, MOST_OF_A_NAME)}'s question"
    if answerer is None:
        return _plain(f"{whose} is no longer yours to answer. {_NOTHING_TO_DO}")
    return _plain(f"{mrkdwn(answerer, MOST_OF_A_NAME)} will answer {whose} instead. {_NOTHING_TO_DO}")


def settled_card(asker: str, answerer: str) -> OutgoingMessage:
    """Tell somebody who had a question that another person has answered it."""
    name, who = mrkdwn(asker, MOST_OF_A_NAME), mrkdwn(answerer, MOST_OF_A_NAME)
    return _plain(f"{who} has answered {name}'s question. {_NOTHING_TO_DO}")


def withdrawn_card(asker: str) -> OutgoingMessage:
    """Tell somebody who had a question that the asker took it back, or that the cohort is over."""
    return _plain(f"{mrkdwn(asker, MOST_OF_A_NAME)} no longer needs an answer. {_NOTHING_TO_DO}")


def forgotten_card() -> OutgoingMessage:
    """Show that a question was deleted."""
    return _plain(f"This question was deleted. {_NOTHING_TO_DO}")


def waiting_note(handover: int, reader: str) -> OutgoingMessage:
    """Tell an asker who has their question."""
    name = mrkdwn(reader, MOST_OF_A_NAME)
    words = (
        f"I've passed your question on to {name}. They'll hear of it in their working hours, and I'll bring "
        "you their answer."
    )
    return OutgoingMessage(words, (section(words), _take_back(handover)))


def unread_note(handover: int, *, is_chosen: bool) -> OutgoingMessage:
    """Tell an asker that nobody can answer their question now."""
    words = f"Nobody can answer your question at the moment. {_say_what_next(is_chosen=is_chosen)}"
    return OutgoingMessage(words, (section(words), _take_back(handover)))


def nobody_message(reader: str, *, is_chosen: bool) -> OutgoingMessage:
    """Tell an asker that the person who had their question no longer has it."""
    who = mrkdwn(reader, MOST_OF_A_NAME) if reader else "The person who had it"
    return _plain(f"{who} can no longer answer your question. {_say_what_next(is_chosen=is_chosen)}")


def _say_what_next(*, is_chosen: bool) -> str:
    if is_chosen:
        return (
            "You chose who reads it, so I won't show it to anybody else. To choose someone else, take it "
            "back in my earlier note, then use the *Ask* button again."
        )
    return (
        "Once you have a sensei who can, they'll get it. The leads see that a question of yours is waiting, "
        "but not what it says."
    )


def answered_note(reader: str) -> OutgoingMessage:
    """Show an asker that their question was answered."""
    return _plain(f"{mrkdwn(reader, MOST_OF_A_NAME)} answered your question.")


def withdrawn_note() -> OutgoingMessage:
    """Show an asker that nobody has their question any more: they took it back, or the cohort is over."""
    return _plain("Your question no longer waits for an answer. Nobody sees its summary any more.")


def answer_message(
    handover: int,
    answerer: str,
    paragraphs: Sequence[str],
    feedback: Feedback | None,
    *,
    is_in_thread: bool = False,
) -> OutgoingMessage:
    """Show an asker what a person answered, and ask whether it helped.

    ``is_in_thread``: it is in the thread of their question, where Sensei answers what they write.
    """
    name = mrkdwn(answerer, MOST_OF_A_NAME)
    blocks = [section(f"*{name} answered:*")]
    blocks += [block for paragraph in paragraphs for block in word_sections(paragraph)]
    if feedback is None:
        blocks.append(
            actions(
                button("This helped", HELPED, str(handover)),
                button("Not yet", NOT_HELPED, str(handover)),
            )
        )
        blocks.append(small(f"{name} sees which one you choose."))
    else:
        blocks.append(small(f"{_OWN_FEEDBACK[feedback]} {name} sees this."))
    if is_in_thread:
        blocks.append(small(f"What you write here comes to me, not to {name}."))
    return OutgoingMessage(f"{name} answered your question.", fitted(blocks, _TOO_LONG))


def retracted_message(answerer: str) -> OutgoingMessage:
    """Show that an answer was deleted."""
    who = mrkdwn(answerer, MOST_OF_A_NAME) if answerer else "The person who answered"
    return _plain(f"{who} deleted this answer.")


def offer_message(answer: int, reader: str) -> OutgoingMessage:
    """Offer to ask a person instead. ``reader`` is the name of whoever would be asked, or empty."""
    who = mrkdwn(reader, MOST_OF_A_NAME) if reader else "a lead"
    words = f"I haven't been much help here. Would you like to ask {who}? You see first what I'd pass on."
    return OutgoingMessage(words, (section(words), actions(button("Ask a person", HAND_OVER, str(answer)))))


def unkept_message(why: str) -> OutgoingMessage:
    """Tell somebody that their reply to a question was not passed on."""
    return _plain(_UNKEPT.get(why, _UNKEPT["over"]))


_UNKEPT = {
    "over": "I haven't passed on your reply, because this question no longer needs your answer. "
    f"{_NOTHING_TO_DO}",
    "empty": "Your reply has no words in it, so I haven't passed it on.",
    "many": "I haven't passed on this reply, because your answer has reached its limit. Please write to the "
    "person directly.",
    "cut": "Your reply was too long, so I've passed on only its first 3,000 characters. Send the rest "
    "as another reply.",
}


def _take_back(handover: int) -> Block:
    return actions(
        confirmed(
            button("Take it back", TAKE_BACK, str(handover)),
            "Take your question back?",
            "I'll remove the summary from the message of whoever has it.",
            "Take it back",
        )
    )


def _plain(words: str) -> OutgoingMessage:
    return OutgoingMessage(words, (section(words),))
