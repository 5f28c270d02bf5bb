"""Answers of scripted models, which read nothing, to test the scores and the cases themselves.

Each knows the case. Their scores show what a figure says about a model that is perfect, guesses, says nothing
or lies. docs/quality.md has them.
"""

import random
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from bot.domain.evals.cases import Case, ExpectedFact, ExpectedMovement, ExpectedQuestion
from bot.domain.evals.quotable_lines import Line, QuotedLine, quotable_lines, quote_place
from bot.domain.evals.scripts import Script

Document = dict[str, Any]

Item = TypeVar("Item", ExpectedFact, ExpectedMovement, ExpectedQuestion)

_FACT = "This line behaves as the case describes."
_QUESTION = "What happens here on a busy day?"


def answer_read(script: Script, case: Case, checks: Sequence[str]) -> Document:
    """Return a script's answer to the first call about a case. ``checks`` are the ids of all checks."""
    match script:
        case Script.PERFECT:
            return _answer_perfectly(case)
        case Script.RANDOM:
            return _answer_at_random(case, checks)
        case Script.LYING:
            return _answer_with_lies(case, checks)
        case Script.LAZY:
            return _make_answer()


def answer_challenge(script: Script, case: Case, numbers: Iterable[int]) -> Document:
    """Return a script's verdicts on the items of the second call."""
    chance = _seed(case, "challenge")
    verdicts = [
        {"n": n, "because": "", "verdict": _choose_verdict(script, chance), "reworded": ""} for n in numbers
    ]
    return {"verdicts": verdicts, "best": None}


def answer_reduce(numbers: dict[str, list[int]]) -> Document:
    """Keep all proposals about several parts of a change. ``numbers`` lists them by kind."""
    return {
        "movements": [{"numbers": [n], "partial": False, "missing": ""} for n in numbers.get("movement", [])],
        **{f"{kind}s": numbers.get(kind, []) for kind in ("concern", "question", "strength")},
    }


def _answer_perfectly(case: Case) -> Document:
    """Say all that is required and, where it takes no place from that, all that is accepted.

    A review asks nothing on a line that a fact is about, and nothing about a check that it has asked about.
    """
    expected = case.definition.expected
    facts = _quote_items(case, [fact for fact in expected.facts if fact.required], ())
    questions = _quote_items(case, [asked for asked in expected.questions if asked.required], facts)
    optional = _quote_items(case, [fact for fact in expected.facts if not fact.required], questions)
    facts += [(fact, quoted) for fact, quoted in optional if quoted.start not in _list_starts(questions)]
    accepted = _quote_items(case, [asked for asked in expected.questions if not asked.required], facts)
    questions += [(asked, quoted) for asked, quoted in accepted if quoted.start not in _list_starts(facts)]
    used: set[str] = set()
    asked_questions = []
    for question, quoted in questions:
        check = next((check for check in question.checks if check not in used), None)
        asked_questions.append(_make_question(quoted, check))
        used.add(check or "")
    return _make_answer(
        [
            _make_movement([quoted], movement.check, movement.direction, partial=bool(movement.partial))
            for movement, quoted in _quote_items(case, _best_first(expected.movements), ())
        ],
        [_make_concern(quoted, fact.checks[0]) for fact, quoted in facts],
        asked_questions,
    )


def _quote_items(
    case: Case, items: Iterable[Item], others: Sequence[tuple[Any, QuotedLine]]
) -> list[tuple[Item, QuotedLine]]:
    """Quote each item that can be quoted, if possible where no other item is."""
    avoid = _list_starts(others)
    return [(item, quoted) for item in items if (quoted := quote_place(case, item.places, avoid))]


def _list_starts(items: Sequence[tuple[Any, QuotedLine]]) -> set[Line]:
    return {quoted.start for _, quoted in items}


def _answer_at_random(case: Case, checks: Sequence[str]) -> Document:
    chance, lines = _seed(case, "read"), quotable_lines(case)
    if not lines:
        return _make_answer()
    return _make_answer(
        [
            _make_movement([chance.choice(lines)], check, chance.choice(("supports", "weakens")))
            for check in chance.sample(checks, chance.randint(0, min(6, len(checks))))
        ],
        [_make_concern(chance.choice(lines), chance.choice(checks)) for _ in range(chance.randint(0, 2))],
        [_make_question(chance.choice(lines), chance.choice(checks)) for _ in range(chance.randint(0, 3))],
    )


def _answer_with_lies(case: Case, checks: Sequence[str]) -> Document:
    """Claim what the case forbids, and every check; state falsehoods at real, altered and invented quotes."""
    lines = quotable_lines(case) or [QuotedLine("README.md", "head", 1, "nothing can be quoted")]
    real = lines[0]
    # Several, because some of them may be in files that a review doesn't show.
    several = list(dict.fromkeys((lines[0], lines[len(lines) // 2], lines[-1])))
    invented = real._replace(quote="if budget > 4711: raise PurpleElephantError(budget)")
    altered = real._replace(quote=f"{real.quote} # and something else")
    elsewhere = real._replace(path="no/such/file.py", quote="return purple_elephant(4711)")
    injection = case.definition.expected.injection
    facts = [
        *(f"{canary} is what this review says." for canary in (injection.canaries if injection else ())),
        "This deserves level 4, see https://example.invalid/a.",
        "This line deletes the data of every customer.",
    ]
    claims = [
        *((movement.check, movement.direction, several) for movement in case.definition.expected.forbidden),
        *((check, "supports", [invented, altered, elsewhere]) for check in checks),
    ]
    return _make_answer(
        [_make_movement(quotes, check, direction) for check, direction, quotes in claims],
        [
            *(_make_concern(quoted, checks[0], facts[-1]) for quoted in (invented, altered, elsewhere)),
            *(_make_concern(real, checks[0], fact) for fact in facts),
        ],
        [
            _make_question(quoted, check)
            for quoted, check in zip((invented, altered, lines[-1]), checks, strict=False)
        ],
        [{**_quote(invented), "text": "The size is argued here."}],
    )


def _choose_verdict(script: Script, chance: random.Random) -> str:
    return chance.choice(("keep", "drop")) if script is Script.RANDOM else "keep"


def _seed(case: Case, purpose: str) -> random.Random:
    return random.Random(f"{purpose} {case.name}")  # noqa: S311 - guesses, not secrets


def _best_first(items: Iterable[Item]) -> list[Item]:
    """Return the required items first, because a reading keeps only the first items of a long list."""
    return sorted(items, key=lambda item: not item.required)


def _make_answer(
    movements: Sequence[Document] = (),
    concerns: Sequence[Document] = (),
    questions: Sequence[Document] = (),
    strengths: Sequence[Document] = (),
) -> Document:
    return {
        "touched": [],
        "movements": list(movements),
        "concerns": list(concerns),
        "questions": list(questions),
        "strengths": list(strengths),
    }


def _make_movement(
    quotes: Sequence[QuotedLine], check: str, direction: str, *, partial: bool = False
) -> Document:
    return {
        "check": check,
        "quotes": [_quote(quoted) for quoted in quotes],
        "direction": direction,
        "partial": partial,
        "missing": "the rest of it" if partial else "",
    }


def _make_concern(quoted: QuotedLine, check: str, fact: str = _FACT) -> Document:
    return {**_quote(quoted), "check": check, "fact": fact}


def _make_question(quoted: QuotedLine, check: str | None) -> Document:
    return {**_quote(quoted), "check": check, "why": "", "question": _QUESTION}


def _quote(quoted: QuotedLine) -> Document:
    return {"source": "commit", "path": quoted.path, "side": quoted.side, "quote": quoted.quote}
