"""Reading the parts of a profile from text, for both files and forms.

Every ``read_…`` function returns a value or raises ``UnreadableValueError``. The message says what is
expected and suggests the nearest known word.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

from bot.domain.dojo.people import MONDAY_TO_FRIDAY, MOST_INTEREST, CohortRole, Weekday
from bot.domain.text.numbers import parse_number

T = TypeVar("T")

MOST_OF_A_NAME = 80
"""Maximum characters, as for a display name in Slack."""
MOST_OF_GOALS = 1000
MOST_OF_A_BRIEF = 1500
MOST_OF_A_REASON = 500
"""Maximum characters of free text. In Slack's units this can be double; a field allows 3,000."""
MOST_PREFERRED = 5
MOST_CAPACITY = 20
DEFAULT_CAPACITY = 2
"""How many participants a sensei takes by default."""
MIDNIGHT = 24 * 60
ENDS_TOO_EARLY = (
    "The end must be later than the start. If you work past midnight, enter the longer part of your hours: "
    "the one before midnight or the one after it."
)
YEARS = range(2000, 2101)
"""Years accepted in dates. At the ends of the calendar, converting between time zones fails."""

_WEEK = tuple(Weekday)
_FULL_NAMES = dict(
    zip(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), _WEEK, strict=True)
)
_GROUPS = {
    "weekdays": MONDAY_TO_FRIDAY,
    "weekends": (Weekday.SAT, Weekday.SUN),
    "weekend": (Weekday.SAT, Weekday.SUN),
    "every day": _WEEK,
    "daily": _WEEK,
}
_DASH = r"\s*(?:-|–|—|\bto\b)\s*"
_RANGE = re.compile(rf"(\w+){_DASH}(\w+)")
_CLOCK = r"(\d{1,2})(?:[:.h](\d{2}))?"
_HOURS = re.compile(rf"{_CLOCK}{_DASH}{_CLOCK}")
_DAY_WORD = re.compile(r"\b(?:mon|tue|wed|thu|fri|sat|sun|weekday|weekend|daily|every day)")
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38})")
_USER = re.compile(r"[UW][A-Z0-9]{5,20}")
_ADDRESS = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]+\.[^@\s<>.]+")
_MOST_OF_AN_ADDRESS = 254
_MOST_CHOICES = 12  # maximum known words listed in a message
_MOST_SHOWN = 40  # maximum characters of a word shown in a message
_MOST_COMPARED = 80  # characters of a word used to find similar known words


class UnreadableValueError(Exception):
    """A value can't be read. The message is one or two sentences for the person who wrote the value."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The known words: skills and stacks as ids with titles, and IANA time zone names.

    Skills are the rubric's criteria, and stacks are the stack packs.
    """

    skills: Mapping[str, str]
    stacks: Mapping[str, str]
    zones: Collection[str]


def quote_word(word: str) -> str:
    """Return a word in quotation marks, shortened to fit in a message."""
    return f"“{word if len(word) <= _MOST_SHOWN else word[: _MOST_SHOWN - 1] + '…'}”"


def suggest_nearest(word: str, known: Collection[str]) -> str:
    """Return “ Did you mean …?” with the nearest known word, or an empty string if none is similar."""
    return _suggest(word.casefold(), {known_word.casefold(): known_word for known_word in known})


def _suggest(word: str, answers: Mapping[str, str]) -> str:
    near = get_close_matches(word[:_MOST_COMPARED], answers, n=1)
    return f" Did you mean {answers[near[0]]}?" if near else ""


def split_list(text: str) -> list[str]:
    """Split a list whose items are separated by commas, semicolons or line breaks."""
    return [item for item in (part.strip() for part in re.split(r"[;,\n]", text)) if item]


def read_name(text: str) -> str:
    """Read a single-line name."""
    found = " ".join(text.split())
    if not any(character.isprintable() and not character.isspace() for character in found):
        raise UnreadableValueError("Enter a name.")
    if len(found) > MOST_OF_A_NAME:
        raise UnreadableValueError(f"This has {len(found)} characters; a name has at most {MOST_OF_A_NAME}.")
    return found


def read_role(text: str) -> CohortRole:
    """Read a role in a cohort."""
    return CohortRole(_read_word(text, list(CohortRole), "a role"))


def read_time_zone(text: str, known: Collection[str]) -> str:
    """Read an IANA time zone."""
    word = text.strip()
    found = {zone.casefold(): zone for zone in known}.get(word.casefold().replace(" ", "_"))
    if found is None:
        near = suggest_nearest(word, known) or _suggest_city(word, known)
        raise UnreadableValueError(f"{quote_word(word)} is not a time zone.{near}")
    return found


def _suggest_city(word: str, known: Collection[str]) -> str:
    cities = {zone.rpartition("/")[2].casefold(): zone for zone in sorted(known)}
    return _suggest(word.casefold().replace(" ", "_"), cities)


def read_days(text: str) -> tuple[Weekday, ...]:
    """Read working days such as ``mon-fri`` or ``mon, Wednesday``; return them in week order."""
    found: set[Weekday] = set()
    for item in split_list(text):
        if group := _GROUPS.get(" ".join(item.casefold().split())):
            found.update(group)
        elif span := _RANGE.fullmatch(item):
            first, last = _WEEK.index(_read_day(span[1])), _WEEK.index(_read_day(span[2]))
            found.update(_WEEK[(first + n) % 7] for n in range((last - first) % 7 + 1))
        else:
            found.update(_read_day(word) for word in item.split())
    if not found:
        raise UnreadableValueError("Enter working days, such as mon-fri or mon, wed.")
    return tuple(day for day in _WEEK if day in found)


def _read_day(word: str) -> Weekday:
    lower = word.casefold().rstrip(".")
    if lower in set(Weekday):
        return Weekday(lower)
    full = next((day for name, day in _FULL_NAMES.items() if len(lower) > 3 and name.startswith(lower)), None)
    if full is None:
        near = suggest_nearest(word, [*Weekday, *_FULL_NAMES])
        raise UnreadableValueError(
            f"{quote_word(word)} is not a day. Write days like mon-fri or mon, wed.{near}"
        )
    return full


def read_hours(text: str) -> tuple[int, int]:
    """Read the working hours of a day, such as ``09:00-17:30``; return minutes after midnight."""
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        days = " Days such as mon-fri belong in the days column." if _DAY_WORD.search(text.casefold()) else ""
        raise UnreadableValueError(
            f"{quote_word(text.strip())} is not a range of hours. Write it like 9-17 or 09:00-17:30.{days}"
        )
    begins, ends = read_clock(found[1], found[2]), read_clock(found[3], found[4])
    if begins >= ends:
        raise UnreadableValueError(ENDS_TOO_EARLY)
    return begins, ends


def read_clock(hour: str, minute: str | None) -> int:
    """Read a time of day up to ``24:00``; return minutes after midnight."""
    hours, minutes = parse_number(hour), parse_number(minute or "0")
    if hours is None or minutes is None or minutes > 59 or hours * 60 + minutes > MIDNIGHT:
        raise UnreadableValueError(
            f"{quote_word(':'.join((hour, minute or '00')))} is not a time of day from 00:00 to 24:00."
        )
    return hours * 60 + minutes


def read_skills(pairs: Sequence[str], known: Collection[str]) -> dict[str, int]:
    """Read skills with their ratings, such as ``security:3``."""
    found: dict[str, int] = {}
    for skill, rated in _read_each(pairs, lambda pair: _read_skill(pair, known)):
        if found.setdefault(skill, rated) != rated:
            raise UnreadableValueError(f"{skill} appears twice, with different ratings.")
    return found


def _read_skill(pair: str, known: Collection[str]) -> tuple[str, int]:
    word, colon, number = (part.strip() for part in pair.partition(":"))
    skill = _read_word(word, known, "a skill")
    rated = parse_number(number) if colon else None
    if rated is None or not 1 <= rated <= MOST_INTEREST:
        raise UnreadableValueError(
            f"{quote_word(pair)} needs a rating from 1 to {MOST_INTEREST}, such as {skill}:2."
        )
    return skill, rated


def _read_each(items: Sequence[str], read: Callable[[str], T]) -> list[T]:
    """Read the items of a list. The error names all items that can't be read, not only the first."""
    found: list[T] = []
    faults: list[str] = []
    for item in items:
        try:
            found.append(read(item))
        except UnreadableValueError as fault:
            faults.append(str(fault))
    if faults:
        raise UnreadableValueError(" ".join(dict.fromkeys(faults)))
    return found


def read_stacks(words: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    """Read ids of stacks."""
    return tuple(dict.fromkeys(_read_each(words, lambda word: _read_word(word, known, "a stack"))))


def read_prose(text: str, most: int) -> str:
    """Read free text of at most ``most`` characters."""
    found = text.replace("\r\n", "\n").strip()
    if len(found) > most:
        raise UnreadableValueError(f"This has {len(found)} characters; at most {most} are allowed.")
    return found


def read_capacity(text: str) -> int:
    """Read a sensei's capacity."""
    number = parse_number(text.strip())
    if number is None or number > MOST_CAPACITY:
        raise UnreadableValueError(f"{quote_word(text.strip())} is not a number from 0 to {MOST_CAPACITY}.")
    return number


def read_account(text: str) -> str:
    """Read a Slack account: a user id, or the account's e-mail address, which is returned in lower case."""
    found = text.strip()
    if _USER.fullmatch(found):
        return found
    if len(found) <= _MOST_OF_AN_ADDRESS and _ADDRESS.fullmatch(found):
        return found.lower()
    raise UnreadableValueError(
        f"{quote_word(found)} is not a Slack account. Use an e-mail address, or a user id such as U012AB3CD."
    )


def is_address(text: str) -> bool:
    """Return whether an account from ``read_account`` is an e-mail address."""
    return "@" in text


def read_accounts(words: Sequence[str]) -> tuple[str, ...]:
    """Read the Slack accounts of people a member would like to work with, favourites first."""
    found = tuple(dict.fromkeys(_read_each(words, read_account)))
    if len(found) > MOST_PREFERRED:
        raise UnreadableValueError(f"This lists {len(found)} people; at most {MOST_PREFERRED} are allowed.")
    return found


def read_login(text: str) -> str:
    """Read a GitHub login."""
    found = text.strip().removeprefix("@")
    if not _LOGIN.fullmatch(found):
        raise UnreadableValueError(
            f"{quote_word(text.strip())} is not a GitHub login. A login has letters, digits and hyphens."
        )
    return found


def format_days(days: Sequence[Weekday]) -> str:
    """Format days so that ``read_days`` can read them."""
    return "mon-fri" if tuple(days) == MONDAY_TO_FRIDAY else ", ".join(days)


def format_clock(minutes: int) -> str:
    """Format minutes after midnight as a time of day."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _read_word(text: str, known: Collection[str], kind: str) -> str:
    """Return the known word that matches ``text``, which may have spaces for hyphens or underscores."""
    word = text.strip()
    by_folded = {known_word.casefold(): known_word for known_word in known}
    for separator in ("_", "-"):
        found = by_folded.get(re.sub(r"[\s_]+", separator, word.casefold()))
        if found is not None:
            return found
    choices = f" Use one of: {', '.join(sorted(known))}." if len(known) <= _MOST_CHOICES else ""
    raise UnreadableValueError(f"{quote_word(word)} is not {kind}.{suggest_nearest(word, known) or choices}")
