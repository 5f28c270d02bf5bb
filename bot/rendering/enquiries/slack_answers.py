"""Answers to what people ask, as messages in the threads of their questions. They mention nobody.

Where others read an answer too, it shows nothing that is only the asker's: what they said about it, and whose
sensei is whom.
"""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from bot.domain.enquiries.limits import LIMITS, Limit
from bot.domain.enquiries.records import Answer, AnswerSource, Citation, Feedback, Kind, Rung
from bot.ports.chat import Block, OutgoingMessage
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, actions, button, fitted, section, small
from bot.rendering.chat.slack_text import link, mrkdwn, plain, with_code

HELPFUL, NOT_HELPFUL, HAND_OVER = "enquiries.helpful", "enquiries.not_helpful", "enquiries.hand_over"
"""The buttons below an answer. Their value is the answer's id."""
_MOST_OF_A_SECTION, _MOST_OF_A_NOTICE = 2800, 300
_MOST_OF_A_TITLE, _MOST_OF_A_QUOTE, _MOST_CITATIONS = 150, 300, 10
_MOST_OF_A_LINK = 2000
_RATEABLE = frozenset({AnswerSource.MODEL, AnswerSource.PASSAGES, AnswerSource.NOTHING})
_BEFORE_ANOTHER = frozenset({Rung.REFRAME, Rung.POINT})
"""The hints after which there is another one."""
_SAID = {
    Feedback.HELPFUL: "You said that this helped.",
    Feedback.NOT_HELPFUL: "You said that this didn't help.",
}
_NOTES = {
    AnswerSource.MODEL: "I wrote this from the sources named here. I can be wrong, so check them.",
    AnswerSource.PASSAGES: "The quotes are the words of the sources.",
}
ELSEWHERE_NOTE = "You wrote to me in a channel. I answer here, where only you can read it."
DAYS_KEPT = 90
"""For how long Sensei keeps what was asked, after the last message in the thread."""
_NEXT_HINT = "Tell me what you've tried, and I'll give you the next hint."
_NOBODY = "I can't find anyone in Slack to pass this on to. Please ask whoever runs your dojo."
_TALK = "Please talk to someone you trust, or to whoever runs your dojo."
_TO_ASK_A_PERSON = (
    "To ask a person, use the Ask button below one of my earlier answers, or write to them yourself."
)
LIMIT_WORDS = {
    Limit.LENGTH: (
        f"Your message is longer than {LIMITS.characters:,} characters, so I can't take it. I haven't kept "
        "it. Please shorten it to the part that matters, by editing it or in a new message."
    ),
    Limit.WAITING: (
        f"I'm still working on {LIMITS.waiting} questions of yours, so I can't take another one yet. "
        "I haven't kept it. Please send it again once I've answered one of them."
    ),
    Limit.HOUR: (
        f"You've asked {LIMITS.hour} questions within an hour, which is the limit. I haven't kept the last "
        "one. Please send it again a little later: I count those of the last 60 minutes."
    ),
    Limit.DAY: (
        f"You've asked {LIMITS.day} questions within a day, which is the limit. I haven't kept the last "
        f"one. Please send it again later: I count those of the last 24 hours. {_TO_ASK_A_PERSON}"
    ),
    Limit.COHORT: (
        "Your cohort has reached its limit for questions within 24 hours, so I can't answer this one, and I "
        f"haven't kept it. Please send it again later. {_TO_ASK_A_PERSON}"
    ),
}
EDIT_WORDS = {
    Limit.LENGTH: (
        f"Your edited message is longer than {LIMITS.characters:,} characters, so I can't take it. I've "
        "deleted your earlier words, and haven't kept the new ones. Please edit it again, and shorten it to "
        "the part that matters."
    ),
    Limit.WAITING: (
        f"I'm still working on {LIMITS.waiting} questions of yours, so I can't answer your edit. I've kept "
        "your new words instead of the earlier ones. Please ask again once I've answered one of them."
    ),
    Limit.HOUR: (
        f"You've asked {LIMITS.hour} questions within an hour, which is the limit, so I can't answer your "
        "edit. I've kept your new words instead of the earlier ones. Please ask again a little later."
    ),
    Limit.DAY: (
        f"You've asked {LIMITS.day} questions within a day, which is the limit, so I can't answer your edit. "
        f"I've kept your new words instead of the earlier ones. Please ask again later. {_TO_ASK_A_PERSON}"
    ),
    Limit.COHORT: (
        "Your cohort has reached its limit for questions within 24 hours, so I can't answer your edit. I've "
        f"kept your new words instead of the earlier ones. Please ask again later. {_TO_ASK_A_PERSON}"
    ),
    Limit.EDITS: (
        f"You've edited this message {LIMITS.edits} times, so I won't answer it again. I've kept your new "
        "words instead of the earlier ones. Please ask in a new message."
    ),
}
"""What is said about an edit that exceeds a limit: what was removed from the message isn't kept."""


def answer_message(
    answer: Answer, helper: str = "", *, is_public: bool = False, notes: Sequence[str] = ()
) -> OutgoingMessage:
    """Show an answer with its sources. ``helper`` is the name of a person whom its reader can ask, or "".

    ``is_public``: others read it too. ``notes`` are safe lines in small print.
    """
    notice = mrkdwn(answer.text, _MOST_OF_A_NOTICE)
    blocks = _answer_blocks(answer, helper, notes, is_public=is_public)
    return OutgoingMessage(notice, fitted(blocks, "The rest doesn't fit here."))


def first_note(*, has_model: bool) -> str:
    """Return what stands below somebody's first answer: what reads and keeps what they ask."""
    if has_model:
        return f"A model reads what you ask here. I keep it for {DAYS_KEPT} days."
    return f"I keep what you ask here for {DAYS_KEPT} days."


def limited_message(limit: Limit, *, is_edit: bool = False) -> OutgoingMessage:
    """Say why a message or an edit isn't answered, what was kept, and what to do."""
    words = (EDIT_WORDS if is_edit else LIMIT_WORDS)[limit]
    return OutgoingMessage(words, (section(words),))


def _answer_blocks(answer: Answer, helper: str, notes: Sequence[str], *, is_public: bool) -> Iterable[Block]:
    for part in _split(answer.text):
        yield section(with_code(mrkdwn(part, _MOST_OF_A_SECTION, lines=True)))
    shows_passages = answer.source is AnswerSource.PASSAGES
    cited = [_cite(number, one) for number, one in enumerate(answer.citations[:_MOST_CITATIONS], start=1)]
    yield from (section(one) for one in cited if shows_passages)
    if answer.rung in _BEFORE_ANOTHER:
        yield small(_NEXT_HINT)
    if answer.kind is Kind.SENSITIVE and not helper:
        yield section(_TALK)
    # The buttons come before what is in small print: if a message is too long, its end is left out.
    if buttons := _list_buttons(answer, helper, is_public=is_public):
        yield actions(*buttons)
    yield from (small(note) for note in notes)
    yield from (small(one) for one in cited if not shows_passages)
    if answer.source is AnswerSource.NOTHING:
        yield small(_say_who_helps(helper, is_public=is_public))
    said = None if is_public else answer.feedback
    if note := _SAID.get(said) if said else _find_note(answer):
        yield small(note)


def _find_note(answer: Answer) -> str:
    """Return what to know about an answer, or "". A hint may have no source: then it is only a question."""
    return _NOTES.get(answer.source, "") if answer.citations else ""


def _list_buttons(answer: Answer, helper: str, *, is_public: bool) -> list[Block]:
    value, buttons = str(answer.id), []
    if answer.source in _RATEABLE and (answer.feedback is None or is_public):
        buttons += [button("Helpful", HELPFUL, value), button("Not helpful", NOT_HELPFUL, value)]
    if helper:
        name = "a person" if is_public else plain(helper, MOST_OF_A_NAME)
        buttons.append(button(f"Ask {name}", HAND_OVER, value))
    return buttons


def _say_who_helps(helper: str, *, is_public: bool) -> str:
    if not helper:
        return _NOBODY
    if is_public:
        return "A person can help. I'll show you what I'd send before they see it."
    name = mrkdwn(helper, MOST_OF_A_NAME)
    return f"{name} can help. I'll show you what I'd send before {name} sees it."


def _cite(number: int, citation: Citation) -> str:
    """Return a source's title, linked if it has an address, with what is quoted."""
    title = mrkdwn(citation.title, _MOST_OF_A_TITLE)
    if _can_be_opened(citation.link):
        title = link(citation.link, citation.title, _MOST_OF_A_TITLE)
    quote = f" “{mrkdwn(citation.quote, _MOST_OF_A_QUOTE)}”" if citation.quote.strip() else ""
    return f"[{number}] {title}{quote}"


def _can_be_opened(address: str) -> bool:
    if len(address) > _MOST_OF_A_LINK:
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _split(text: str) -> Iterable[str]:
    """Yield parts of a text of whole paragraphs, each short enough for a block."""
    part = ""
    for paragraph in text.strip().split("\n\n"):
        # Escaping makes a text longer, so a part is filled by half only.
        if part and len(part) + len(paragraph) > _MOST_OF_A_SECTION // 2:
            yield part
            part = ""
        part = f"{part}\n\n{paragraph}" if part else paragraph
    yield part
