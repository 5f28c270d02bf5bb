"""A model's answer, read leniently: one bad item never loses the rest, and nothing is made up in its place.

Whatever JSON comes in, something sound comes out: lists no longer than asked for (best first, so the front is
kept), texts within their limits, ids that exist. What is left out is counted with its reason.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal, TypeVar

from bot.domain.guardrails import model_wording
from bot.domain.guardrails.model_wording import NOTHING, Grounds, ShownText
from bot.domain.review.lenient_values import (
    RejectedItemError,
    as_id,
    as_line,
    as_list,
    as_mapping,
    as_number,
    as_text,
)

LEAST_QUOTE = 6  # characters that are not blank: less is found anywhere and shows nothing
MOST_QUOTE = 400  # a citation shows 240; more helps to tell places apart
MOST_QUOTES = 3  # per movement
NOTE_WORDS = 30  # what is missing, why, because: asked for in 15 to 25

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Quote:
    """Words said to stand somewhere: not yet located.

    ``source`` "text" is the change's own words (title, body, commit message), ``path`` their name as shown.
    """

    path: str | None
    quote: str
    source: Literal["commit", "text"]
    side: Literal["head", "base"]


@dataclass(frozen=True, slots=True)
class ProposedMovement:
    """A check said to be supported or weakened."""

    check: str
    direction: Literal["supports", "weakens"]
    partial: bool
    missing: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class ProposedConcern(Quote):
    """A fact said to look wrong whatever was intended."""

    check: str | None
    fact: str


@dataclass(frozen=True, slots=True)
class ProposedQuestion(Quote):
    """A question, and for the sensei why it is worth asking."""

    check: str | None
    question: str
    why: str


@dataclass(frozen=True, slots=True)
class ProposedStrength(Quote):
    """A decision said to be argued or evidenced here."""

    text: str


Proposal = ProposedMovement | ProposedConcern | ProposedQuestion | ProposedStrength


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """What a reader proposes, each list best first."""

    touched: tuple[str, ...] = ()
    movements: tuple[ProposedMovement, ...] = ()
    concerns: tuple[ProposedConcern, ...] = ()
    questions: tuple[ProposedQuestion, ...] = ()
    strengths: tuple[ProposedStrength, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """The most that is taken of each list; the prompts ask for no more."""

    movements: int
    concerns: int
    questions: int
    strengths: int


READ_CAPS = AnswerLimits(movements=12, concerns=4, questions=3, strengths=1)
BASELINE_CAPS = AnswerLimits(movements=40, concerns=8, questions=0, strengths=0)


@dataclass(frozen=True, slots=True)
class ParsedAnswer(Generic[T]):
    """An answer and what was left out of it: ``"question: leading"`` → how often."""

    answer: T
    dropped: Counter[str]


def parse_read(
    document: Any,
    known_checks: Collection[str],
    known_criteria: Collection[str],
    caps: AnswerLimits = READ_CAPS,
    shown: ShownText | None = None,
) -> ParsedAnswer[ReadAnswer]:
    """Read the answer to ``review/read`` or, with ``BASELINE_CAPS``, to ``review/baseline``.

    Code in the model's words must stand in ``shown``; None: that is not looked up.
    """
    reader = _Reader(document, known_checks, known_criteria, shown)
    answer = ReadAnswer(
        touched=reader.touched(),
        movements=merge_answers(reader.take("movement", caps.movements)),
        concerns=tuple(reader.take("concern", caps.concerns)),
        questions=tuple(reader.take("question", caps.questions)),
        strengths=tuple(reader.take("strength", caps.strengths)),
    )
    return ParsedAnswer(answer, reader.dropped)


class _Reader:
    """Reads one document; counts what it leaves out."""

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
        """Return the first sound items of a kind, at most so many."""
        taken: list[Any] = []
        for item in as_list(self._document.get(f"{kind}s")):
            try:
                one = getattr(self, f"_{kind}")(as_mapping(item))
            except RejectedItemError as reason:
                self.dropped[f"{kind}: {reason}"] += 1
                continue
            if len(taken) < most:
                taken.append(one)
            else:
                self.dropped[f"{kind}: more than {most}"] += 1
        return taken

    def _movement(self, item: Mapping[str, Any]) -> ProposedMovement:
        check = as_id(item.get("check"))
        if check not in self._checks:
            raise RejectedItemError("unknown check")
        direction = item.get("direction")
        if direction not in ("supports", "weakens"):
            raise RejectedItemError("neither supports nor weakens")
        quotes = tuple(self._quotes(item))
        if not quotes:
            raise RejectedItemError("no quote")
        if direction == "weakens":
            return ProposedMovement(check, "weakens", partial=False, missing="", quotes=quotes)
        missing = as_line(item.get("missing"))
        partial = bool(missing) or item.get("partial") in (True, "true")
        if missing and (reason := model_wording.refuse_missing(missing, self._grounds(*quotes))):
            # Not without its words: who writes such a thing does not say what it is asked.
            raise RejectedItemError(reason)
        missing = " ".join(missing.split()[:NOTE_WORDS])
        return ProposedMovement(check, "supports", partial=partial, missing=missing, quotes=quotes)

    def _concern(self, item: Mapping[str, Any]) -> ProposedConcern:
        place = _quote(item)
        fact = _statement(item.get("fact"), self._grounds(place))
        return ProposedConcern(*_fields(place), check=self._check("concern", item), fact=fact)

    def _question(self, item: Mapping[str, Any]) -> ProposedQuestion:
        place = _quote(item)
        text = _asked(item.get("question"), self._grounds(place))
        check, why = self._check("question", item), self._note(item, "why")
        return ProposedQuestion(*_fields(place), check=check, question=text, why=why)

    def _strength(self, item: Mapping[str, Any]) -> ProposedStrength:
        place = _quote(item)
        return ProposedStrength(*_fields(place), text=_statement(item.get("text"), self._grounds(place)))

    def _grounds(self, *places: Quote) -> Grounds:
        """Return what the model was shown of the places that it names: the rest it may have made up."""
        said = [line for place in places for line in (place.path or "", *place.quote.splitlines())]
        stands = [line for line in said if self._shown is None or self._shown.holds(line)]
        return Grounds("\n".join(stands), self._shown)

    def _check(self, kind: str, item: Mapping[str, Any]) -> str | None:
        """What is asked or stated stands without its check; a movement does not."""
        check = as_id(item.get("check"))
        if check and check not in self._checks:
            self.dropped[f"{kind}'s check: unknown"] += 1
        return check if check in self._checks else None

    def _note(self, item: Mapping[str, Any], key: str) -> str:
        text = as_line(item.get(key))
        if text and (reason := model_wording.refuse_note(text)):
            self.dropped[f"{key}: {reason}"] += 1
            return ""
        return " ".join(text.split()[:NOTE_WORDS])

    def _quotes(self, item: Mapping[str, Any]) -> Iterator[Quote]:
        taken = 0
        for value in as_list(item.get("quotes")):
            try:
                one = _quote({"quote": value} if isinstance(value, str) else as_mapping(value))
            except RejectedItemError as reason:
                self.dropped[f"movement's quote: {reason}"] += 1
                continue
            taken += 1
            if taken <= MOST_QUOTES:
                yield one
            else:
                self.dropped[f"movement's quote: more than {MOST_QUOTES}"] += 1


def merge_answers(movements: Sequence[ProposedMovement]) -> tuple[ProposedMovement, ...]:
    """Make one of those that say the same of one check: the weaker claim, with both quotes."""
    by_claim: dict[tuple[str, str], ProposedMovement] = {}
    for one in movements:
        first = by_claim.setdefault((one.check, one.direction), one)
        by_claim[one.check, one.direction] = replace(
            first,
            partial=first.partial or one.partial,
            missing=first.missing or one.missing,
            quotes=tuple(dict.fromkeys(first.quotes + one.quotes))[:MOST_QUOTES],
        )
    return tuple(by_claim.values())


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the second reader says of one item. ``text`` is the new wording of a ``reword``, else empty."""

    verdict: Literal["keep", "drop", "reword"]
    because: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class ChallengeAnswer:
    """A verdict for each item, in their order, and the number (from 1) of the best that stays, if any."""

    verdicts: tuple[Verdict, ...]
    best: int | None


def parse_challenge(
    document: Any,
    kinds: Sequence[Literal["concern", "question"]],
    grounds: Sequence[Grounds] = (),
) -> ParsedAnswer[ChallengeAnswer]:
    """Read the answer to ``review/challenge`` about items of these kinds, each with what it rests on.

    An item without one clear verdict is dropped: what nobody confirmed does not go out.
    """
    dropped: Counter[str] = Counter()
    said: dict[int, list[Verdict]] = {}
    entries = document if isinstance(document, Mapping) else {}
    for item in as_list(entries.get("verdicts")):
        entry = item if isinstance(item, Mapping) else {}
        n = as_number(entry.get("n"), len(kinds))
        if n is None:
            dropped["verdict: no such item"] += 1
            continue
        try:
            verdict = _verdict(entry, kinds[n - 1], grounds[n - 1] if grounds else NOTHING)
        except RejectedItemError as reason:
            dropped[f"verdict: {reason}"] += 1
            verdict = Verdict("drop", str(reason))
        said.setdefault(n, []).append(verdict)
    verdicts = tuple(_agreed(said.get(n, []), dropped) for n in range(1, len(kinds) + 1))
    best = as_number(entries.get("best"), len(kinds))
    stays = best is not None and verdicts[best - 1].verdict != "drop"
    return ParsedAnswer(ChallengeAnswer(verdicts, best if stays else None), dropped)


def _verdict(item: Mapping[str, Any], kind: str, grounds: Grounds) -> Verdict:
    because = " ".join(as_line(item.get("because")).split()[:NOTE_WORDS])
    match item.get("verdict"):
        case "keep" | "drop" as verdict:
            return Verdict(verdict, because)
        case "reword":
            words = item.get("reworded")
            try:
                text = _asked(words, grounds) if kind == "question" else _statement(words, grounds)
            except RejectedItemError as reason:
                raise RejectedItemError(f"new words refused: {reason}") from None
            return Verdict("reword", because, text)
        case _:
            raise RejectedItemError("neither keep, drop nor reword")


def _agreed(said: Sequence[Verdict], dropped: Counter[str]) -> Verdict:
    if not said:
        dropped["item: no verdict"] += 1
        return Verdict("drop", "no verdict")
    if len({(one.verdict, one.text) for one in said}) > 1:
        dropped["item: contradictory verdicts"] += 1
        return Verdict("drop", "contradictory verdicts")
    return said[0]


def _asked(value: Any, grounds: Grounds) -> str:
    text = as_line(value)
    if reason := model_wording.refuse_question(text, grounds):
        raise RejectedItemError(reason)
    return text


def _statement(value: Any, grounds: Grounds) -> str:
    text = as_line(value)
    if not text:
        raise RejectedItemError("empty")
    # The whole of it, and not only what is kept: one who praises in the third sentence means the first.
    if reason := model_wording.refuse_statement(text, grounds):
        raise RejectedItemError(reason)
    short = model_wording.shorten(text)
    if short is None:
        raise RejectedItemError("too long")
    return short


def _quote(item: Mapping[str, Any]) -> Quote:
    quote = as_text(item.get("quote")).strip()
    if len("".join(quote.split())) < LEAST_QUOTE:
        raise RejectedItemError("no quote" if not quote else "quote too short")
    return Quote(
        path=as_text(item.get("path")).strip() or None,
        quote=quote[:MOST_QUOTE],
        source="text" if item.get("source") == "text" else "commit",
        side="base" if item.get("side") == "base" else "head",
    )


def _fields(place: Quote) -> tuple[str | None, str, Literal["commit", "text"], Literal["head", "base"]]:
    return place.path, place.quote, place.source, place.side
