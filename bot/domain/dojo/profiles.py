"""What people say of themselves, read from text: the same from a file and from a form.

Every reader returns a value or raises ``UnreadableValueError``, whose message says what is expected and the
word that comes nearest to what was written.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.domain.dojo.people import MONDAY_TO_FRIDAY, MOST_INTEREST, CohortRole, Weekday
from bot.domain.text.numbers import parse_number

MOST_OF_A_NAME = 80
"""Characters; Slack's longest display name."""
MOST_OF_GOALS = 1000
MOST_OF_A_BRIEF = 1500
MOST_OF_A_REASON = 500
"""Characters of free text: twice as many of Slack's units, of which a field takes 3,000."""
MOST_PREFERRED = 5
MOST_CAPACITY = 20
DEFAULT_CAPACITY = 2
"""Participants that a sensei takes where nobody has said how many."""
MIDNIGHT = 24 * 60
YEARS = range(2000, 2101)
"""In which a dojo's days lie: near the ends of a calendar, a day has no moment in every time zone."""

_WEEK = tuple(Weekday)
_FULL = dict(
    zip(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), _WEEK, strict=True)
)
_DASH = r"\s*(?:-|–|—|\bto\b)\s*"
_RANGE = re.compile(rf"(\w+){_DASH}(\w+)")
_CLOCK = r"(\d{1,2})(?:[:.h](\d{2}))?"
_HOURS = re.compile(rf"{_CLOCK}{_DASH}{_CLOCK}")
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38})")
_USER = re.compile(r"[UW][A-Z0-9]{5,20}")
_ADDRESS = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]+\.[^@\s<>.]+")
_MOST_OF_AN_ADDRESS = 254
_MOST_SHOWN = 40


class UnreadableValueError(Exception):
    """A value that cannot be taken. The message is a sentence or two for whoever wrote it."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that there are: ids of the rubric's criteria, of stack packs, and IANA time zones."""

    skills: Mapping[str, str]
    stacks: Mapping[str, str]
    zones: Collection[str]


def shown(word: str) -> str:
    """Return what somebody wrote, short enough for a message about it."""
    return f"“{word if len(word) <= _MOST_SHOWN else word[: _MOST_SHOWN - 1] + '…'}”"


def nearest(word: str, known: Collection[str]) -> str:
    """Return a question after the word that was meant, with a blank in front; nothing where none is near."""
    lower = {each.casefold(): each for each in known}
    near = get_close_matches(word.casefold()[:80], lower, n=1)
    return f" Did you mean {lower[near[0]]}?" if near else ""


def items(text: str) -> list[str]:
    """Split what was written as a list, with commas, semicolons or lines between."""
    return [item for item in (part.strip() for part in re.split(r"[;,\n]", text)) if item]


def name(text: str) -> str:
    """Read a name: one line."""
    found = " ".join(text.split())
    if not any(character.isprintable() and not character.isspace() for character in found):
        raise UnreadableValueError("A name is needed.")
    if len(found) > MOST_OF_A_NAME:
        raise UnreadableValueError(f"It has {len(found)} characters; a name has at most {MOST_OF_A_NAME}.")
    return found


def role(text: str) -> CohortRole:
    """Read a role in a cohort."""
    return CohortRole(_one_of(text, list(CohortRole), "a role"))


def zone(text: str, known: Collection[str]) -> str:
    """Read an IANA time zone."""
    wanted = text.strip()
    found = {each.casefold(): each for each in known}.get(wanted.casefold().replace(" ", "_"))
    if found is None:
        near = nearest(wanted, known) or _of_a_city(wanted, known)
        raise UnreadableValueError(
            f"{shown(wanted)} is no time zone: an IANA name such as Europe/Madrid is.{near}"
        )
    return found


def _of_a_city(word: str, known: Collection[str]) -> str:
    cities = {each.rpartition("/")[2].casefold(): each for each in sorted(known)}
    near = get_close_matches(word.casefold().replace(" ", "_")[:80], cities, n=1)
    return f" Did you mean {cities[near[0]]}?" if near else ""


def days(text: str) -> tuple[Weekday, ...]:
    """Read working days: ``mon-fri``, ``mon, wed``, full names too; in the week's order."""
    found: set[Weekday] = set()
    for item in items(text):
        if span := _RANGE.fullmatch(item):
            first, last = _WEEK.index(_day(span[1])), _WEEK.index(_day(span[2]))
            found.update(_WEEK[(first + n) % 7] for n in range((last - first) % 7 + 1))
        else:
            found.update(_day(word) for word in item.split())
    if not found:
        raise UnreadableValueError("Days are needed: mon-fri, or mon, wed.")
    return tuple(day for day in _WEEK if day in found)


def _day(word: str) -> Weekday:
    lower = word.casefold().rstrip(".")
    if lower in set(Weekday):
        return Weekday(lower)
    full = next((day for long, day in _FULL.items() if len(lower) > 3 and long.startswith(lower)), None)
    if full is None:
        raise UnreadableValueError(
            f"{shown(word)} is no day: mon-fri, or mon, wed, is expected.{nearest(word, [*Weekday, *_FULL])}"
        )
    return full


def hours(text: str) -> tuple[int, int]:
    """Read working hours of one day: ``09:00-17:30``, as minutes after midnight."""
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        raise UnreadableValueError(f"{shown(text.strip())} are no hours: 09:00-17:30 is expected.")
    begins, ends = clock(found[1], found[2]), clock(found[3], found[4])
    if begins >= ends:
        raise UnreadableValueError(
            "The end has to be later than the beginning; who works past midnight gives the longer part."
        )
    return begins, ends


def clock(hour: str, minute: str | None) -> int:
    """Read a time of day, ``24:00`` its end, as minutes after midnight."""
    hours, minutes = parse_number(hour), parse_number(minute or "0")
    if hours is None or minutes is None or minutes > 59 or hours * 60 + minutes > MIDNIGHT:
        raise UnreadableValueError(
            f"{shown(':'.join((hour, minute or '00')))} is no time of day: 00:00 to 24:00."
        )
    return hours * 60 + minutes


def skills(pairs: Sequence[str], known: Collection[str]) -> dict[str, int]:
    """Read skills with how much each is looked for or brought: ``security:3``."""
    found: dict[str, int] = {}
    for pair in pairs:
        word, colon, number = (part.strip() for part in pair.partition(":"))
        skill = _one_of(word, known, "a skill")
        rated = parse_number(number) if colon else None
        if rated is None or not 1 <= rated <= MOST_INTEREST:
            raise UnreadableValueError(f"{shown(pair)} needs a number from 1 to {MOST_INTEREST}: {skill}:2.")
        if found.setdefault(skill, rated) != rated:
            raise UnreadableValueError(f"{skill} stands there twice, with other numbers.")
    return found


def stacks(words: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    """Read ids of stacks."""
    return tuple(dict.fromkeys(_one_of(word, known, "a stack") for word in words))


def prose(text: str, most: int) -> str:
    """Read free text."""
    found = text.replace("\r\n", "\n").strip()
    if len(found) > most:
        raise UnreadableValueError(f"It has {len(found)} characters; {most} are kept.")
    return found


def capacity(text: str) -> int:
    """Read how many participants a sensei takes."""
    number = parse_number(text.strip())
    if number is None or number > MOST_CAPACITY:
        raise UnreadableValueError(f"{shown(text.strip())} is no number from 0 to {MOST_CAPACITY}.")
    return number


def account(text: str) -> str:
    """Read a Slack account: a user's id, or the e-mail address of the account, which comes in lower case."""
    found = text.strip()
    if _USER.fullmatch(found):
        return found
    if len(found) <= _MOST_OF_AN_ADDRESS and _ADDRESS.fullmatch(found):
        return found.lower()
    raise UnreadableValueError(
        f"{shown(found)} is no Slack account: its e-mail address is, or its user id such as U012AB3CD."
    )


def is_address(text: str) -> bool:
    """Say whether an account that was read is an address."""
    return "@" in text


def accounts(words: Sequence[str]) -> tuple[str, ...]:
    """Read the Slack accounts of whom somebody would like to work with, the dearest first."""
    found = tuple(dict.fromkeys(account(word) for word in words))
    if len(found) > MOST_PREFERRED:
        raise UnreadableValueError(f"There are {len(found)}; at most {MOST_PREFERRED} are weighed.")
    return found


def login(text: str) -> str:
    """Read a login at GitHub."""
    found = text.strip().removeprefix("@")
    if not _LOGIN.fullmatch(found):
        raise UnreadableValueError(f"{shown(text.strip())} is no GitHub login: letters, digits and hyphens.")
    return found


def written_days(of: Sequence[Weekday]) -> str:
    """Write days as ``days`` reads them."""
    return "mon-fri" if tuple(of) == MONDAY_TO_FRIDAY else ", ".join(of)


def written_clock(minutes: int) -> str:
    """Write minutes after midnight as a time of day."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _one_of(text: str, known: Collection[str], kind: str) -> str:
    word = text.strip()
    found = {each.casefold(): each for each in known}.get(re.sub(r"[\s_]+", "_", word.casefold()))
    if found is None:
        found = {each.casefold(): each for each in known}.get(re.sub(r"[\s_]+", "-", word.casefold()))
    if found is None:
        few = f" There are {', '.join(sorted(known))}." if len(known) <= 12 else ""
        near = nearest(word, known)
        raise UnreadableValueError(f"{shown(word)} is not {kind}.{near or few}")
    return found
