"""The two briefs of a one-to-one in Slack. Each fits one screen, and neither shows a draft level."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.dojo.app_home import ShownPerson
from bot.domain.one_to_ones.briefs import Brief, MovedSince, OpenMatters, Topic, TopicKind
from bot.ports.chat import Block, OutgoingMessage, View
from bot.rendering.chat.slack_blocks import (
    MOST_OF_A_NAME,
    actions,
    button,
    count,
    divider,
    section,
    small,
)
from bot.rendering.chat.slack_text import moment, mrkdwn, plain_object, preformatted
from bot.rendering.dojo.home_one_to_ones import PLAN

_MOST_OF_A_TITLE, _MOST_OF_A_QUESTION, _MOST_OF_A_HINT, _MOST_OF_A_QUOTE = 60, 300, 200, 200
_MOST_DRAFTS, _MOST_CRITERIA = 3, 4
_MOST_LINES = 4
_MOST_OF_A_NOTE = 300
_REASONS = {
    TopicKind.DRIFT: "the code that it's about has changed or is gone",
    TopicKind.PUT_OFF: "a question that was put off",
    TopicKind.LOST: "it lost evidence",
    TopicKind.GATE: "a gate, and the one about which least has been said so far",
    TopicKind.WAITING: "a question without an answer",
    TopicKind.GAINED: "it gained evidence",
}
_NO_TOPICS = "I have no topic to suggest. The hour is yours."
_STILL = "The code that decision {} is about has changed or is gone. Does the decision still hold?"


@dataclass(frozen=True, slots=True)
class BriefReader:
    """Who reads a brief, and with whom they meet when.

    ``for_sensei``: it has evidence, and what the rubric asks.
    """

    other: ShownPerson
    at: datetime
    for_sensei: bool
    today: date


def brief_message(brief: Brief, reader: BriefReader) -> OutgoingMessage:
    """Return a reader's brief."""
    name = mrkdwn(reader.other.name, MOST_OF_A_NAME)
    return OutgoingMessage(f"Brief for your one-to-one with {name}", tuple(_brief_blocks(brief, reader)))


def brief_view(brief: Brief, reader: BriefReader, pair: str) -> View:
    """Return the brief that somebody asked for. ``pair`` is the value of the button that leads back."""
    return {
        "type": "modal",
        "title": plain_object("Brief"),
        "close": plain_object("Close"),
        "blocks": [*_brief_blocks(brief, reader), actions(button("Back", PLAN, pair))],
    }


def _brief_blocks(brief: Brief, reader: BriefReader) -> list[Block]:
    name = mrkdwn(reader.other.name, MOST_OF_A_NAME)
    blocks: list[Block] = [
        section(f"*Your one-to-one with {name}*\n{moment(reader.at)}"),
        section("\n".join(_describe_state(brief, reader))),
    ]
    if brief.topics:
        blocks += [divider(), section(_introduce_topics(brief.topics, reader))]
    for number, topic in enumerate(brief.topics, 1):
        blocks += _topic_blocks(number, topic, reader)
    blocks.append(small(_describe_readers(name, reader) if brief.topics else _NO_TOPICS))
    return blocks


def cancelled_brief(other: ShownPerson) -> OutgoingMessage:
    """Return what stays of a brief if the one-to-one was cancelled, or its pair ended, after it was sent."""
    text = f"The one-to-one with {mrkdwn(other.name, MOST_OF_A_NAME)} won't take place, so its brief is gone."
    return OutgoingMessage(text, (section(text), small("`/dojo one-to-one` shows those to come.")))


def _describe_state(brief: Brief, reader: BriefReader) -> Iterable[str]:
    yield f"*Open:* {_describe_open(brief.open, reader)}."
    yield f"*{_say_since(brief.moved, reader.today)}:* {_describe_moved(brief.moved)}."
    if brief.decided_before:
        yield f"*What you wrote last time:* {mrkdwn(brief.decided_before, _MOST_OF_A_NOTE)}"


def _describe_open(matters: OpenMatters, reader: BriefReader) -> str:
    parts = []
    if matters.drifted:
        numbers = _join([str(number) for number in matters.drifted[:_MOST_CRITERIA]])
        word = "decision" if len(matters.drifted) == 1 else "decisions"
        parts.append(f"{word} {numbers}, whose code has changed or is gone")
    if matters.asked:
        parts.append(f"{count(matters.asked, 'question')} without an answer")
    if matters.put_off:
        parts.append(f"{count(matters.put_off, 'question')} put off")
    if matters.drafts:
        titles = [f"“{mrkdwn(title, _MOST_OF_A_TITLE)}”" for title in matters.draft_titles[:_MOST_DRAFTS]]
        named = f" ({', '.join(titles)})" if titles and not reader.for_sensei else ""
        parts.append(f"{count(matters.drafts, 'draft decision')} to confirm{named}")
    if matters.check_in:
        parts.append("your check-in, which waits for an answer")
    if not parts and reader.for_sensei:
        return "nothing. I don't count check-ins here"
    return "; ".join(parts) if parts else "nothing"


def _say_since(moved: MovedSince, today: date) -> str:
    if moved.since is None:
        return "In the last two weeks"
    return f"Since {_say_day(moved.since, today)}"


def _say_day(day: date, today: date) -> str:
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day.day} {day:%b}{year}"


def _describe_moved(moved: MovedSince) -> str:
    parts = [
        f"{words} {_list_titles(titles)}"
        for words, titles in (
            ("more evidence for", moved.gained),
            ("less evidence for", moved.lost),
            ("a ruling on", moved.ruled),
        )
        if titles
    ]
    return "; ".join(parts) if parts else "nothing moved"


def _list_titles(titles: Sequence[str]) -> str:
    shown = [mrkdwn(title, _MOST_OF_A_TITLE) for title in titles[:_MOST_CRITERIA]]
    more = len(titles) - len(shown)
    return _join([*shown, *([f"{more} more"] if more else [])])


def _join(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _introduce_topics(topics: Sequence[Topic], reader: BriefReader) -> str:
    what = "What's worth the hour" if len(topics) == 1 else f"{len(topics)} topics worth the hour"
    return f"*{what}*" if reader.for_sensei else f"*{what}*, with the questions to expect"


def _topic_blocks(number: int, topic: Topic, reader: BriefReader) -> Iterable[Block]:
    name = f"Decision {topic.number}: {topic.subject}" if topic.number else topic.subject
    asked = ", asked" if topic.kind is TopicKind.WAITING else ""
    since = f"{asked} on {_say_day(topic.since, reader.today)}" if topic.since else ""
    question = mrkdwn(topic.question or _STILL.format(topic.number), _MOST_OF_A_QUESTION)
    lines = [f"*{number}. {mrkdwn(name, _MOST_OF_A_TITLE)}* – {_REASONS[topic.kind]}{since}", question]
    if not reader.for_sensei:
        yield section("\n".join(lines))
        return
    if topic.listen_for:
        lines.append(f"_The rubric asks:_ {mrkdwn(topic.listen_for, _MOST_OF_A_HINT)}")
    if topic.quote:
        lines.append(preformatted(_cut_lines(topic.quote), _MOST_OF_A_QUOTE))
        lines.append(mrkdwn(topic.place, 2 * _MOST_OF_A_TITLE))
    yield section("\n".join(lines))


def _cut_lines(quote: str) -> str:
    """Return the first lines of a quote: the whole is in the code."""
    lines = quote.splitlines()
    return "\n".join([*lines[:_MOST_LINES], *(["…"] if len(lines) > _MOST_LINES else [])])


def _describe_readers(name: str, reader: BriefReader) -> str:
    if reader.for_sensei:
        return f"{name} gets the same topics, without the evidence and without what the rubric asks."
    return f"{name} gets the same topics, with quotes from your code and with what the rubric asks."
