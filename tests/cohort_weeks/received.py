"""Reads the digests that people got, as they stand in the messages."""

import re

from tests.cohort_weeks.expected import Row
from tests.fakes.slack.model import Json

_ROW = re.compile(r"\*\d+\. (?P<name>.+?)\* · (?P<what>.+)")
_WHAT = (
    ("dispute", "waits", re.compile(r"(\d+) disputes? to decide")),
    (
        "rulings",
        "due",
        re.compile(
            r"(\d+) rulings? due(?:, (on a gate criterion|one on a gate criterion|\d+ on gate criteria))?"
        ),
    ),
    ("risk", "gates", re.compile(r"(\d+) gate criteri(?:on|a) without a ruling at level \d or higher")),
    ("risk", "old question", re.compile(r"a question open for (\d+) working days?")),
    ("risk", "nothing to read", re.compile(r"nothing to read for (\d+) working days?")),
)
_REST, _NUMBER = re.compile(r"The rest can wait: ([^.]*)\."), re.compile(r"\d+")
_STUCK = re.compile(r"• (.+): (\d+) open questions?, the oldest open for (\d+) days?")


def read_texts(message: Json) -> list[str]:
    """Return the texts of a message's blocks in order."""
    found = []
    for block in message.get("blocks", ()):
        texts = [block.get("text"), *block.get("elements", ())]
        found += [str(text["text"]) for text in texts if text and isinstance(text.get("text"), str)]
    return found


def read_rows(message: Json) -> tuple[Row, ...]:
    """Return the rows of a sensei's digest in order."""
    found = (_ROW.fullmatch(text) for text in read_texts(message))
    return tuple(_read_row(match["name"], match["what"]) for match in found if match)


def read_rest(message: Json) -> int:
    """Return how many things a sensei's digest says can wait."""
    found = _REST.search(" ".join(read_texts(message)))
    return sum(map(int, _NUMBER.findall(found[1]))) if found else 0


def read_stuck(message: Json) -> dict[str, tuple[int, int]]:
    """Return who is stuck in a lead's digest, with the number of questions and the days of the oldest."""
    found = _STUCK.findall("\n".join(read_texts(message)))
    return {name: (int(questions), int(days)) for name, questions, days in found}


def _read_row(name: str, what: str) -> Row:
    for kind, title, pattern in _WHAT:
        if match := pattern.fullmatch(what):
            gates = match[2] if kind == "rulings" and match[2] else ""
            return Row(name, kind, title, int(match[1]), _count_gates(gates))
    raise AssertionError(f"no known row: {what}")


def _count_gates(said: str) -> int:
    number = _NUMBER.match(said)
    return int(number[0]) if number else int(bool(said))
