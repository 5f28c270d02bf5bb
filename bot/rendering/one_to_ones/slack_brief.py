"""The two briefs of a one-to-one in Slack. Each fits one screen, and neither shows a draft level."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.dojo.app_home import ShownPerson
from bot.domain.one_to_ones.briefs import (
    Brief,
    DecisionWords,
    MovedSince,
    OpenMatters,
    Topic,
    TopicCode,
    TopicKind,
)
from bot.domain.review.paths import name_file
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
from bot.rendering.chat.slack_text import moment, mrkdwn, plain_object
from bot.rendering.dojo.home_one_to_ones import PLAN
from bot.rendering.one_to_ones.topic_code import link_file_now, show_code, show_place

_MOST_OF_A_TITLE, _MOST_OF_A_NAMED_DECISION = 60, 120
_MOST_OF_A_QUESTION, _MOST_OF_A_HINT, _MOST_OF_A_PART = 400, 200, 160
_MOST_DRAFTS, _MOST_CRITERIA = 3, 4
_MOST_OF_A_NOTE = 300
_REASONS = {
    TopicKind.PUT_OFF: "a question that was put off",
    TopicKind.LOST: "there's less evidence for it than before",
    TopicKind.AGAINST: "there's new evidence against it",
    TopicKind.DRAFT: "not confirmed yet; drafted",
    TopicKind.WAITING: "a question without an answer, asked",
    TopicKind.GAINED: "there's new evidence for it",
    TopicKind.UNSEEN: "I've found nothing in its merged code that the rubric asks about",
}
_OF_A_GATE = "the capstone must pass it; "
_DRAFT_SEEN = "{} sees only that there is a draft, not what it says."
_NO_TOPICS = "I have no topic to suggest. The hour is yours."
_REOPENS = "What would reopen it"
_EVERYWHERE = "In the capstone as a whole: "
_OF_ITSELF = frozenset({TopicKind.DRAFT, TopicKind.UNSEEN})


@dataclass(frozen=True, slots=True)
class BriefReader:
    """Who reads a brief, and with whom they meet when.

    ``for_sensei``: it has evidence with quotes, and what the rubric asks.
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
    blocks.append(small(_describe_readers(name, brief.topics, reader) if brief.topics else _NO_TOPICS))
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
    if matters.gone:
        parts.append(f"{_name_decisions(matters.gone)}, whose code is no longer as it was")
    if matters.doubted:
        still = "still holds" if len(matters.doubted) == 1 else "still hold"
        parts.append(f"whether {_name_decisions(matters.doubted)} {still}")
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
        return "nothing (you don't see check-ins here)"
    return "; ".join(parts) if parts else "nothing"


def _name_decisions(numbers: Sequence[int]) -> str:
    word = "decision" if len(numbers) == 1 else "decisions"
    return f"{word} {_join([str(number) for number in numbers[:_MOST_CRITERIA]])}"


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
            ("new evidence against", moved.against),
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
    decision = topic.decision
    name = f"Decision {decision.number}: {topic.subject}" if decision else topic.subject
    shown = mrkdwn(name, _MOST_OF_A_NAMED_DECISION if decision else _MOST_OF_A_TITLE)
    asked = [_say_ask(topic), _say_question(topic)] if topic.tells_ask else [_say_question(topic)]
    if topic.kind is TopicKind.DRAFT and not reader.for_sensei:
        asked.append(_DRAFT_SEEN.format(mrkdwn(reader.other.name, MOST_OF_A_NAME)))
    lines = [f"*{number}. {shown}* – {_say_why(topic, reader.today)}", *asked]
    yield section("\n".join([*lines, *_list_evidence(topic, for_sensei=reader.for_sensei)]))


def _say_why(topic: Topic, today: date) -> str:
    """Return why a topic is worth the hour."""
    on = f" on {_say_day(topic.since, today)}" if topic.since else ""
    if topic.decision:
        if topic.decision.is_asked:
            return f"whether it still holds was asked{on}"
        return f"its code is no longer as it was{f', seen{on}' if on else ''}"
    if topic.kind is TopicKind.GATE:
        said, checks = topic.said
        if not said:
            return f"{_OF_A_GATE}nothing has been said about it yet"
        return f"{_OF_A_GATE}something has been said about {said} of its {count(checks, 'check')}"
    return f"{_OF_A_GATE if topic.is_gate else ''}{_REASONS[topic.kind]}{on}"


def _say_question(topic: Topic) -> str:
    """Return the question. It names its file, and the pull request on which it was asked."""
    question = mrkdwn(topic.question, _MOST_OF_A_QUESTION)
    file = mrkdwn(name_file(topic.code.path), _MOST_OF_A_TITLE) if topic.code else ""
    needs_file = bool(file) and file not in question and not topic.decision
    if topic.pull_request:
        about = f" about {file}" if needs_file else ""
        return f"On pull request {topic.pull_request}, I asked{about}: {question}"
    if needs_file:
        return f"In {file}: {question}"
    return question if file or topic.decision or topic.kind in _OF_ITSELF else f"{_EVERYWHERE}{question}"


def _list_evidence(topic: Topic, *, for_sensei: bool) -> Iterable[str]:
    """Yield what belongs to the question. The participant reads where the code is, and no quote."""
    if topic.fact and for_sensei:
        yield f"_What I saw:_ {mrkdwn(topic.fact, _MOST_OF_A_HINT)}"
    if topic.listen_for and for_sensei and not topic.tells_ask:
        yield _say_ask(topic)
    if topic.missing and for_sensei:
        yield f"_Not shown yet:_ {mrkdwn(topic.missing, _MOST_OF_A_HINT)}"
    if topic.decision:
        yield from _list_words(topic.decision, topic.subject, for_sensei=for_sensei)
    if topic.code is None:
        return
    yield _say_place(topic, topic.code)
    if for_sensei:
        yield show_code(topic.code)


def _say_ask(topic: Topic) -> str:
    return f"_The rubric asks:_ {mrkdwn(topic.listen_for, _MOST_OF_A_HINT)}"


def _say_place(topic: Topic, code: TopicCode) -> str:
    place = show_place(code, topic.page)
    if topic.decision and not topic.decision.is_asked:
        now = link_file_now(code, topic.page)
        at = f", at {code.commit[:7]}" if code.commit else ""
        return f"_The code when it was decided{at}:_ {place}{f'; {now}' if now else ''}"
    return place


def _list_words(decision: DecisionWords, title: str, *, for_sensei: bool) -> Iterable[str]:
    """Yield a decision's own words, without those that its title has already.

    Its author reads only those that the question speaks of: what would reopen it.
    """
    decided = "" if decision.decided.strip().rstrip(".") == title.strip() else decision.decided
    for label, text in (
        ("Decided", decided),
        ("Why", decision.why),
        (_REOPENS, decision.reopens),
    ):
        if text and (for_sensei or label == _REOPENS):
            yield f"_{label}:_ {mrkdwn(text, _MOST_OF_A_PART)}"


def _describe_readers(name: str, topics: Sequence[Topic], reader: BriefReader) -> str:
    """Return what the other's brief has more, or less, than the reader's."""
    has_code = any(topic.code for topic in topics)
    has_words = any(topic.decision for topic in topics)
    has_asks = any(topic.listen_for and not topic.tells_ask for topic in topics)
    some = (
        ("most of " if reader.for_sensei else "more of ") if any(topic.tells_ask for topic in topics) else ""
    )
    more = (
        (has_code, "quotes from the code" if reader.for_sensei else "quotes from your code"),
        (has_words, "what was decided"),
        (has_asks, f"{some}what the rubric asks"),
    )
    word = "without" if reader.for_sensei else "with"
    what = _join([f"{word} {words}" for is_there, words in more if is_there])
    return f"{name} gets the same topics{', ' if what else ''}{what}."
