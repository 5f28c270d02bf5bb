"""What Sensei says in a conversation on a pull request, as GitHub Markdown.

Whatever a person or a model wrote is escaped, so that it can't mention anyone, link or format.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.articulation.conversations import Conversation, Stance, TalkedWith
from bot.domain.articulation.guide import ArticulationGuide
from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import Decision
from bot.rendering.review.markdown import plain

# All eight parts of the greatest length must fit into one comment, of 60,000 characters.
_MOST_OF_A_PART_SHOWN = 6_000
_MOST_BEFORE_ESCAPING = 550  # a character becomes at most eleven
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_NEXT_READER = "Your sensei will read this next; you don't need to do anything."
_NO_READER = (
    "You don't have a sensei yet. Once you have one, I'll pass this question on to them with your words."
)
_NO_FOLLOW_UP = (
    "This is my only follow-up. If you stop here, I keep your answer but don't draft a decision. If you "
    "reply “I don't know yet”, I'll draft one from what you've said so far. If there isn't enough for that, "
    "I'll {otherwise}."
)
_OTHERWISE = {
    True: "pass the question on to your sensei",
    False: "keep the question and pass it on once you have a sensei",
}
_ASK_SENSEI = " To pass the question on now, reply “I'll ask my sensei”."


@dataclass(frozen=True, slots=True)
class FileOffer:
    """How a recorded decision becomes a file in the capstone.

    ``link`` is GitHub's page for a new file; empty if Sensei opens a pull request itself. ``text`` is what
    has to be pasted there, because it doesn't fit into the link.
    """

    link: str = ""
    text: str = ""


def name_question(question: int) -> str:
    """Return the name by which people refer to a question outside threads: ``Q12``."""
    return f"Q{question}"


def name_in_conversation(question: int, lines: Sequence[str]) -> list[str]:
    """Return lines that name the question that they are about, for a comment outside its thread."""
    return [f"**{name_question(question)}**: {lines[0]}", *lines[1:]]


def say_only_follow_up(*, has_sensei: bool) -> str:
    """Return what each reply to the one follow-up leads to, and none."""
    words = _NO_FOLLOW_UP.format(otherwise=_OTHERWISE[has_sensei])
    return f"{words}{_ASK_SENSEI}" if has_sensei else words


def format_probe(text: str, named: int | None, *, has_sensei: bool = True) -> list[str]:
    """Return the lines of the one follow-up question. ``named`` is its question, if it has no thread."""
    answer = "" if named is None else f" To answer, begin a comment with `/sensei answer Q{named}`."
    return [plain(text), "", f"<sub>{say_only_follow_up(has_sensei=has_sensei)}{answer}</sub>"]


def format_draft(
    decision: Decision, guide: ArticulationGuide, named: int | None, replaced: int | None = None
) -> list[str]:
    """Return the lines that show a draft, and how to record it, change it or leave it.

    ``replaced`` is the number of the decision that it replaces once it is recorded.
    """
    command = "/sensei record" if named is None else f"/sensei record Q{named}"
    titles = ", ".join(part.title for part in guide.slots)
    return [
        "Here's the decision as I understood it, in your words:",
        "",
        *_format_parts(decision, guide),
        "",
        f"It isn't recorded yet.{_format_replaced(replaced)}",
        "",
        f"- **To record it**, comment `{command}`.",
        (
            f"- **To change it first**, comment `{command}`, and below it the parts that you want to change, "
            f"such as `{guide.title(Slot.AGAINST)}: …`. That also records it. The parts are: {titles}."
        ),
        "- **To leave it unrecorded**, do nothing. Your answer stays here, and your sensei can read it.",
    ]


def _format_replaced(number: int | None) -> str:
    if number is None:
        return ""
    return f" Recording it replaces decision {number}, but keeps the parts of it that you didn't mention."


def format_left(conversation: Conversation, *, has_sensei: bool) -> list[str]:
    """Return the line that thanks a participant, and says who reads their words next."""
    next_reader = _NEXT_READER if has_sensei else _NO_READER
    if conversation.stance is Stance.DOES_NOT_KNOW:
        return [f"Thanks for saying so. {next_reader}"]
    if conversation.stance is Stance.ASKS_SENSEI:
        return [f"Thanks, that's a good one to talk over. {next_reader}"]
    return [f"Thanks. I've saved your answer as you wrote it. {next_reader}"]


def how_to_reply(named: int | None) -> str:
    """Return how to answer a question, as part of a sentence. ``named`` is one without a thread."""
    return "reply in this thread" if named is None else f"begin a comment with `/sensei answer Q{named}`"


def say_talked(talked_with: TalkedWith, how: str) -> str:
    """Return the words that a sensei says that they talked, and how to record what was decided."""
    return (
        f"{_TALKED_WITH[talked_with]} says that you've talked about this question, so I've taken it off "
        f"their list. To record what you decided, {how}."
    )


_TALKED_WITH = {TalkedWith.SENSEI: "Your sensei", TalkedWith.DEPUTY: "Your sensei's deputy"}


def format_holds(decision: Decision, *, points_here: bool) -> list[str]:
    """Return the line that notes that an earlier decision still holds.

    ``points_here``: from now on, it is about the lines that the question is about.
    """
    place = " It now points to these lines." if points_here else ""
    return [f"Thanks. I've noted that decision {decision.number} still holds.{place}"]


def format_closed(*, was_withdrawn: bool) -> list[str]:
    """Return what a draft's comment says once there is nothing left to record."""
    why = "the question was withdrawn" if was_withdrawn else "the answers that it came from were deleted"
    return [f"I've withdrawn the draft that was here, because {why}. Nothing was recorded."]


def format_withdrawn() -> list[str]:
    """Return what a draft's comment says once its author has withdrawn it."""
    return ["You withdrew the draft that was here, so nothing was recorded. Your answers stay as they are."]


def format_recorded(
    decision: Decision, superseded: int | None, offer: FileOffer | None, named: int | None
) -> list[str]:
    """Return the lines that say that a decision is recorded.

    ``superseded`` is the number of the decision that it replaces; ``offer`` says how it becomes a file.
    """
    replaces = f" It replaces decision {superseded}." if superseded is not None else ""
    title = plain(decision.title)
    stop = "" if title.endswith((".", "?", "!", "…")) else "."
    lines = [f"Recorded as **decision {decision.number}**: {title}{stop}{replaces}"]
    if offer is not None:
        lines += ["", *_format_offer(offer)]
    command = "/sensei record" if named is None else f"/sensei record Q{named}"
    change = (
        f"<sub>To change a part later, comment `{command}`, with the part's name and its new words on the "
        "next line of the same comment.</sub>"
    )
    lines += ["", change]
    return lines


def _format_offer(offer: FileOffer) -> Iterator[str]:
    if not offer.link:
        yield "I'm opening a pull request that adds it as a file, so that it stays with your code."
    elif _ADDRESS.fullmatch(offer.link) and not offer.text:
        yield f"To keep it with your code, [add it as a file](<{offer.link}>)."
    elif _ADDRESS.fullmatch(offer.link):
        longest = max(map(len, re.findall("`+", offer.text)), default=0)
        fence = "`" * max(3, longest + 1)
        yield f"To keep it with your code, [start the file](<{offer.link}>) and paste this text:"
        yield from ("", f"{fence}markdown", offer.text.rstrip("\n"), fence)


def format_recorded_status(decision: Decision) -> str:
    """Return the line for a question whose decision is recorded."""
    return f"recorded as decision {decision.number}."


def format_holds_status(decision: Decision) -> str:
    """Return the line for a question about a decision that still holds."""
    return f"settled: decision {decision.number} still holds."


WITHDRAWN_STATUS = "withdrawn."


def _format_parts(decision: Decision, guide: ArticulationGuide) -> Iterator[str]:
    for part in guide.slots:
        if text := decision.texts.get(part.id):
            yield f"- **{plain(part.title)}:** {_shorten(text)}"


def _shorten(text: str) -> str:
    """Return a part as Markdown, cut if it is so long that a comment with all parts might not fit."""
    shown = plain(" ".join(text.split()))
    if len(shown) <= _MOST_OF_A_PART_SHOWN:
        return shown
    return f"{plain(' '.join(text.split())[:_MOST_BEFORE_ESCAPING])}… (the rest is recorded too)"
