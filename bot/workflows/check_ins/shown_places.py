"""Finding a place in files, and choosing the lines that a participant sees: whole statements, no secrets."""

from bot.domain.check_ins.records import Topic
from bot.domain.check_ins.shown_code import FEW, SEVERAL, find_replacement, widen
from bot.domain.check_ins.topics import MOST_CHARACTERS, TopicPlace, find_quote
from bot.domain.secrets.detection import Redactor
from bot.ports.checkout import CommitFiles
from bot.workflows.check_ins.question_wording import FoundPlace, Gone


def find_place(
    place: TopicPlace, head: str, here: CommitFiles | None, files: CommitFiles | None
) -> FoundPlace | None:
    """Return where a place is and what is shown of it, or None if its quote isn't in the commit.

    ``here`` are files of the default branch's ``head``; ``files`` are those of the place's own commit, which
    is an earlier one if its code is gone. What has taken that code's place is shown if it can be told.
    """
    content = files.contents.get(place.path) if files else None
    lines = find_quote(content, place.quote, place.line_start) if content is not None else None
    if files is None or content is None or lines is None:
        return None
    subject = here.subjects.get(place.path, "") if here else ""
    if place.commit is None or place.commit == head:
        return _show(place, head, content, lines, subject)
    now = here.contents.get(place.path) if here else None
    text = content.decode("utf-8", "replace")
    taken = find_replacement(text, *lines, now.decode("utf-8", "replace")) if now is not None else None
    if now is not None and taken is not None:
        shown = _widen(now, taken, SEVERAL)
        if shown is not None:
            first, last, code = shown
            return FoundPlace(place, head, first, last, code, now, subject, "head", Gone.REPLACED)
    gone = Gone.AS_IT_WAS if now is not None else Gone.WITH_ITS_FILE
    return FoundPlace(place, place.commit, *lines, place.quote, content, subject, place.side, gone)


def _show(place: TopicPlace, commit: str, content: bytes, lines: tuple[int, int], subject: str) -> FoundPlace:
    few = SEVERAL if place.topic is Topic.DRIFT else FEW
    wide = None if place.topic is Topic.OPEN_QUESTION else _widen(content, lines, few)
    first, last, code = wide or (*lines, place.quote)
    return FoundPlace(place, commit, first, last, code, content, subject, place.side)


def _widen(content: bytes, lines: tuple[int, int], few: int) -> tuple[int, int, str] | None:
    """Return the lines to show around some lines, and their code; None if they have a secret or are too long.

    The code must be in the file byte for byte, as all quotes are.
    """
    text = content.decode("utf-8", "replace")
    redactor = Redactor()
    redactor.learn(text)
    for first, last in (widen(text, *lines, few), lines):
        code = "\n".join(text.split("\n")[first - 1 : last])
        if len(code) > MOST_CHARACTERS or not code.strip() or redactor.redact(code) != code:
            continue
        if find_quote(content, code, first) == (first, last):
            return first, last, code
    return None
