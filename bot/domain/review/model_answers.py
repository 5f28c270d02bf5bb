"""Parse a model's answer leniently: drop bad items, and keep the others.

Any JSON gives a valid answer: no list exceeds its limit (a model lists the best items first, so the first
ones are kept), no text is too long, and all ids exist. Dropped items are counted by reason.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal, TypeVar

from bot.domain.guardrails import model_wording
from bot.domain.guardrails.model_wording import NO_GROUNDS, Grounds, ShownText
from bot.domain.review.challenge_verdicts import ItemKind, Verdict, agree_on_verdict, merge_covered
from bot.domain.review.lenient_values import (
    RejectedItemError,
    as_id,
    as_line,
    as_list,
    as_mapping,
    as_number,
    as_text,
)
from bot.domain.review.second_chances import count_refused, drop_old_words, may_be_reworded

LEAST_QUOTE = 6  # non-blank characters; a shorter quote would match in too many places
MOST_QUOTE = 400  # a citation shows 240; more characters help to distinguish places
MOST_QUOTES = 3  # per movement
NOTE_WORDS = 30  # of `missing`, `why` and `because`; the prompts ask for 15 to 25

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote as given by the model, not located yet.

    For ``source`` "text", the quote is from the change's own words (title, body, commit message), and
    ``path`` is the name under which the model saw them.
    """

    path: str | None
    quote: str
    source: Literal["commit", "text"]
    side: Literal["head", "base"]


@dataclass(frozen=True, slots=True)
class ProposedMovement:
    """A check that, according to the model, is supported or weakened."""

    check: str
    direction: Literal["supports", "weakens"]
    partial: bool
    missing: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class ProposedConcern(Quote):
    """A fact that, according to the model, looks wrong whatever the author intended.

    ``problem`` is why it may not be published in these words, or "" if it may.
    """

    check: str | None
    fact: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ProposedQuestion(Quote):
    """A question, and a note to the sensei on why it is worth asking. ``problem`` is as in a concern."""

    check: str | None
    question: str
    why: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ProposedStrength(Quote):
    """A decision for which, according to the model, this change gives reasons or evidence."""

    text: str


Proposal = ProposedMovement | ProposedConcern | ProposedQuestion | ProposedStrength


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """A model's proposals. Each list starts with the best."""

    touched: tuple[str, ...] = ()
    movements: tuple[ProposedMovement, ...] = ()
    concerns: tuple[ProposedConcern, ...] = ()
    questions: tuple[ProposedQuestion, ...] = ()
    strengths: tuple[ProposedStrength, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """Maximum number of items kept from each list. The prompts ask for no more."""

    movements: int
    concerns: int
    questions: int
    strengths: int


READ_CAPS = AnswerLimits(movements=12, concerns=4, questions=3, strengths=1)
BASELINE_CAPS = AnswerLimits(movements=40, concerns=8, questions=0, strengths=0)


@dataclass(frozen=True, slots=True)
class ParsedAnswer(Generic[T]):
    """An answer, and how many items were dropped by reason: ``{"question: leading": 2}``."""

    answer: T
    dropped: Counter[str]


def parse_read(
    document: Any,
    known_checks: Collection[str],
    known_criteria: Collection[str],
    caps: AnswerLimits = READ_CAPS,
    shown: ShownText | None = None,
) -> ParsedAnswer[ReadAnswer]:
    """Parse the answer to ``review/read`` or, with ``BASELINE_CAPS``, to ``review/baseline``.
    Any code in the model's own words must appear in ``shown``. If ``shown`` is None, this is not checked.
    """
    reader = _Reader(document, known_checks, known_criteria, shown)
    answer = ReadAnswer(
        touched=reader.touched(),
        movements=reader.separate_directions(merge_movements(reader.take("movement", caps.movements))),
        concerns=tuple(reader.take("concern", caps.concerns)),
        questions=tuple(reader.take("question", caps.questions)),
        strengths=tuple(reader.take("strength", caps.strengths)),
    )
    return ParsedAnswer(answer, reader.dropped)


class _Reader:
    """Parses one document, and counts the items that it drops."""

    def __init__(
        self, document: Any, checks: Collection[str], criteria: Collection[str], shown: ShownText | None
    ) -> None:
        self.dropped: Counter[str] = Counter()
        self._checks, self._criteria, self._shown = checks, criteria, shown
        self._document = document if isinstance(document, Mapping) else {}
        if not isinstance(document, Mapping):
            self.dropped["answer: not an object"] += 1

    def touched(self) -> tuple[str, ...]:
        named = [as_id(value) for value in as_list(self._document.get("touched"))]
        self.dropped["touched: unknown criterion"] += sum(name not in self._criteria for name in named)
        self.dropped = +self.dropped
        return tuple(dict.fromkeys(name for name in named if name in self._criteria))

    def take(self, kind: str, most: int) -> list[Any]:
        """Return the first valid items of a kind, at most ``most``. Those with a problem come last."""
        taken: list[Any] = []
        refused: list[Any] = []
        for item in as_list(self._document.get(f"{kind}s")):
            try:
                parsed = getattr(self, f"_parse_{kind}")(as_mapping(item))
            except RejectedItemError as reason:
                self.dropped[f"{kind}: {reason}"] += 1
                continue
            if getattr(parsed, "problem", ""):
                refused.append(parsed)
            elif len(taken) < most:
                taken.append(parsed)
            else:
                self.dropped[f"{kind}: more than {most}"] += 1
        room = most - len(taken)
        self.dropped.update(f"{kind}: {item.problem}" for item in refused[room:])
        return taken + refused[:room]

    def separate_directions(self, movements: Sequence[ProposedMovement]) -> tuple[ProposedMovement, ...]:
        """Drop the support for a check from lines that also weaken it. Other lines may support it."""
        weakening = {
            (movement.check, quote)
            for movement in movements
            if movement.direction == "weakens"
            for quote in movement.quotes
        }
        kept: list[ProposedMovement] = []
        for movement in movements:
            quotes = tuple(quote for quote in movement.quotes if (movement.check, quote) not in weakening)
            if movement.direction == "weakens" or quotes == movement.quotes:
                kept.append(movement)
                continue
            self.dropped["movement: the same lines support and weaken the check"] += 1
            kept += [replace(movement, quotes=quotes)] if quotes else []
        return tuple(kept)

    def _parse_movement(self, item: Mapping[str, Any]) -> ProposedMovement:
        check = as_id(item.get("check"))
        if check not in self._checks:
            raise RejectedItemError("unknown check")
        direction = item.get("direction")
        if direction not in ("supports", "weakens"):
            raise RejectedItemError("neither supports nor weakens")
        quotes = tuple(self._parse_quotes(item))
        if not quotes:
            raise RejectedItemError("no quote")
        if direction == "weakens":
            return ProposedMovement(check, "weakens", partial=False, missing="", quotes=quotes)
        missing = as_line(item.get("missing"))
        partial = bool(missing) or item.get("partial") in (True, "true")
        if missing and (reason := model_wording.refuse_missing(missing, self._collect_grounds(*quotes))):
            # Drop the whole movement: such words do not answer the question.
            raise RejectedItemError(reason)
        missing = " ".join(missing.split()[:NOTE_WORDS])
        return ProposedMovement(check, "supports", partial=partial, missing=missing, quotes=quotes)

    def _parse_concern(self, item: Mapping[str, Any]) -> ProposedConcern:
        place = _parse_quote(item)
        fact, problem = self._parse_words(item.get("fact"), _parse_statement, place)
        check = self._parse_check("concern", item)
        return ProposedConcern(*_quote_fields(place), check=check, fact=fact, problem=problem)

    def _parse_question(self, item: Mapping[str, Any]) -> ProposedQuestion:
        place = _parse_quote(item)
        text, problem = self._parse_words(item.get("question"), _parse_question_text, place)
        check, why = self._parse_check("question", item), self._parse_note(item, "why")
        return ProposedQuestion(*_quote_fields(place), check=check, question=text, why=why, problem=problem)

    def _parse_strength(self, item: Mapping[str, Any]) -> ProposedStrength:
        place = _parse_quote(item)
        return ProposedStrength(
            *_quote_fields(place), text=_parse_statement(item.get("text"), self._collect_grounds(place))
        )

    def _parse_words(self, value: Any, parse: Callable[[Any, Grounds], str], place: Quote) -> tuple[str, str]:
        """Return a text and "", or a text that needs other words and why."""
        try:
            return parse(value, self._collect_grounds(place)), ""
        except RejectedItemError as refusal:
            text, problem = as_line(value), str(refusal)
            if not may_be_reworded(text, problem):
                raise
            return text, problem

    def _collect_grounds(self, *places: Quote) -> Grounds:
        """Return the lines of the quotes that the model was shown. It may have invented the others."""
        named_lines = [line for place in places for line in (place.path or "", *place.quote.splitlines())]
        shown_lines = [line for line in named_lines if self._shown is None or self._shown.holds(line)]
        return Grounds("\n".join(shown_lines), self._shown)

    def _parse_check(self, kind: str, item: Mapping[str, Any]) -> str | None:
        """Return an item's check, or None if it is unknown. A question or fact is kept without a check."""
        check = as_id(item.get("check"))
        if check and check not in self._checks:
            self.dropped[f"{kind}'s check: unknown"] += 1
        return check if check in self._checks else None

    def _parse_note(self, item: Mapping[str, Any], key: str) -> str:
        text = as_line(item.get(key))
        if text and (reason := model_wording.refuse_note(text)):
            self.dropped[f"{key}: {reason}"] += 1
            return ""
        return " ".join(text.split()[:NOTE_WORDS])

    def _parse_quotes(self, item: Mapping[str, Any]) -> Iterator[Quote]:
        taken = 0
        for value in as_list(item.get("quotes")):
            try:
                quote = _parse_quote({"quote": value} if isinstance(value, str) else as_mapping(value))
            except RejectedItemError as reason:
                self.dropped[f"movement's quote: {reason}"] += 1
                continue
            taken += 1
            if taken <= MOST_QUOTES:
                yield quote
            else:
                self.dropped[f"movement's quote: more than {MOST_QUOTES}"] += 1


def merge_movements(movements: Sequence[ProposedMovement]) -> tuple[ProposedMovement, ...]:
    """Merge movements with the same check and direction. Keep the weaker claim, and the quotes of all."""
    by_claim: dict[tuple[str, str], ProposedMovement] = {}
    for movement in movements:
        first = by_claim.setdefault((movement.check, movement.direction), movement)
        by_claim[movement.check, movement.direction] = replace(
            first,
            partial=first.partial or movement.partial,
            missing=first.missing or movement.missing,
            quotes=tuple(dict.fromkeys(first.quotes + movement.quotes))[:MOST_QUOTES],
        )
    return tuple(by_claim.values())


@dataclass(frozen=True, slots=True)
class ChallengeAnswer:
    """A verdict for each item, in order, and the number (from 1) of the best kept item, if any."""

    verdicts: tuple[Verdict, ...]
    best: int | None


def parse_challenge(
    document: Any,
    kinds: Sequence[ItemKind],
    grounds: Sequence[Grounds] = (),
    problems: Sequence[str] = (),
) -> ParsedAnswer[ChallengeAnswer]:
    """Parse the answer to ``review/challenge`` about items of these kinds, each with its grounds and problem.

    An item without one clear verdict is dropped, because only confirmed items are published. Of items that
    have one cause or exclude each other, one stays. An item with a problem stays only with new words.
    """
    problems = problems or [""] * len(kinds)
    dropped: Counter[str] = Counter()
    verdicts_by_item: dict[int, list[Verdict]] = {}
    entries = document if isinstance(document, Mapping) else {}
    for item in as_list(entries.get("verdicts")):
        entry = item if isinstance(item, Mapping) else {}
        number = as_number(entry.get("n"), len(kinds))
        if number is None:
            dropped["verdict: no such item"] += 1
            continue
        try:
            verdict = _parse_verdict(entry, kinds[number - 1], grounds[number - 1] if grounds else NO_GROUNDS)
        except RejectedItemError as reason:
            if not problems[number - 1]:  # such an item is counted once, by its problem
                dropped[f"verdict: {reason}"] += 1
            verdict = Verdict("drop", str(reason))
        other = as_number(entry.get("covered_by"), len(kinds))
        verdict = replace(verdict, covered_by=None if other == number else other)
        verdicts_by_item.setdefault(number, []).append(verdict)
    verdicts = tuple(
        agree_on_verdict(verdicts_by_item.get(number, []), dropped) for number in range(1, len(kinds) + 1)
    )
    best = as_number(entries.get("best"), len(kinds))
    merged = merge_covered(drop_old_words(verdicts, problems), kinds, best)
    dropped += count_refused(merged, kinds, problems)
    stays = best is not None and merged[best - 1].stays
    return ParsedAnswer(ChallengeAnswer(merged, best if stays else None), dropped)


def _parse_verdict(item: Mapping[str, Any], kind: str, grounds: Grounds) -> Verdict:
    because = " ".join(as_line(item.get("because")).split()[:NOTE_WORDS])
    match item.get("verdict"):
        case "keep" | "drop" as verdict:
            return Verdict(verdict, because)
        case "reword":
            words = item.get("reworded")
            try:
                text = (
                    _parse_question_text(words, grounds)
                    if kind == "question"
                    else _parse_statement(words, grounds)
                )
            except RejectedItemError as reason:
                raise RejectedItemError(f"new words refused: {reason}") from None
            return Verdict("reword", because, text)
        case _:
            raise RejectedItemError("neither keep, drop nor reword")


def _parse_question_text(value: Any, grounds: Grounds) -> str:
    text = as_line(value)
    if reason := model_wording.refuse_question(text, grounds):
        raise RejectedItemError(reason)
    return text


def _parse_statement(value: Any, grounds: Grounds) -> str:
    text = as_line(value)
    if not text:
        raise RejectedItemError("empty")
    # Check all of the text, not only the part that is kept: praise in the third sentence affects the first.
    if reason := model_wording.refuse_statement(text, grounds):
        raise RejectedItemError(reason)
    short = model_wording.shorten(text)
    if short is None:
        raise RejectedItemError("too long")
    return short


def _parse_quote(item: Mapping[str, Any]) -> Quote:
    quote = as_text(item.get("quote")).strip()
    if len("".join(quote.split())) < LEAST_QUOTE:
        raise RejectedItemError("no quote" if not quote else "quote too short")
    return Quote(
        path=as_text(item.get("path")).strip() or None,
        quote=quote[:MOST_QUOTE],
        source="text" if item.get("source") == "text" else "commit",
        side="base" if item.get("side") == "base" else "head",
    )


def _quote_fields(place: Quote) -> tuple[str | None, str, Literal["commit", "text"], Literal["head", "base"]]:
    return place.path, place.quote, place.source, place.side
