"""From what signals found to a reading: movements, facts, and the few questions worth asking."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.domain.review.citations import SourceText
from bot.domain.review.file_selection import reading_weight
from bot.domain.review.report import Citation, Concern, Movement, Question
from bot.domain.review.signals import ArmedSignal, SignalScanner
from bot.domain.rubrics.rubric import Rubric
from bot.domain.secrets.detection import Secret

MOST_QUESTIONS = 3
MOST_SECRETS = 20  # stated in one file
MOST_FACTS = 2000  # per report
MOST_FACT_CHARACTERS = 500_000  # of all facts; each takes up to 12 bytes in a message of JSON
MOST_CITATIONS = 3  # per movement: enough to look at, few enough to look at all
_BESIDE = 80  # characters of a line quoted before and behind a secret


@dataclass(frozen=True, slots=True)
class QuotedHit:
    """A signal's find, quoted."""

    armed: ArmedSignal
    citation: Citation

    @property
    def fingerprint(self) -> tuple[str, str]:
        """The signal and the quote without its white space: the same find wherever it moves."""
        return self.armed.signal.id, "".join(self.citation.quote.split())


@dataclass(frozen=True, slots=True)
class SignalScan:
    """What the signals found in one text: on the lines in question, and all in all."""

    touched: tuple[QuotedHit, ...]
    everything: tuple[QuotedHit, ...]
    signals: frozenset[str]
    fingerprints: frozenset[tuple[str, str]]


def scan_text(scanner: SignalScanner, text: SourceText, in_question: Callable[[int], bool]) -> SignalScan:
    """Run every signal over a text; ``in_question`` says of a line number whether it is part of the change.

    A find counts as touched if a line that its quote stands on is in question.
    """
    touched, everything = [], []
    for hit in scanner.scan(text.path, text.content):
        citation = text.cite(hit.start, hit.end)
        if citation is None:
            continue
        found = QuotedHit(hit.armed, citation)
        everything.append(found)
        if any(in_question(line) for line in range(citation.line_start, citation.line_end + 1)):
            touched.append(found)
    return SignalScan(
        tuple(touched),
        tuple(everything),
        frozenset(found.armed.signal.id for found in everything),
        frozenset(found.fingerprint for found in everything),
    )


def find_secrets(
    text: SourceText, in_question: Callable[[int], bool], *, exact: bool = True
) -> list[Concern]:
    """State the secrets that stand on lines in question, up to the secret and without it.

    Of a text that is not ``exact``, byte for byte what the file holds, only the mark is quoted. A file of
    nothing but secrets, such as a scanner's own list, is stated so far and counted.
    """
    stated = list(_secrets(text, in_question, exact))
    if (more := len(stated) - MOST_SECRETS) > 0:
        last = stated[MOST_SECRETS - 1]
        told = f"{last.text.removesuffix('.')}; so do {more} more lines of this file."
        stated[MOST_SECRETS - 1 :] = [last.model_copy(update={"text": told})]
    return stated


def bound_hits(facts: Sequence[Concern], most: int = MOST_FACTS) -> list[Concern]:
    """Return the first ``most`` facts, fewer if they are long; the last one says how many are left.

    A change of thousands of files can hold more than a report can carry.
    """
    stated: list[Concern] = []
    characters = 0
    for fact in facts[:most]:
        characters += len(fact.text) + len(fact.citation.path) + len(fact.citation.quote)
        if stated and characters > MOST_FACT_CHARACTERS:
            break
        stated.append(fact)
    if (more := len(facts) - len(stated)) > 0:
        what = "fact of this change is" if more == 1 else "facts of this change are"
        told = f"{stated[-1].text} {more:,} more {what} not listed."
        stated[-1] = stated[-1].model_copy(update={"text": told})
    return stated


def _secrets(text: SourceText, in_question: Callable[[int], bool], exact: bool) -> Iterator[Concern]:
    for secret in _stated(text, in_question):
        citation = text.cite(*(_around(text, secret) if exact else (secret.start, secret.end)))
        if citation is not None:
            yield Concern(
                signal=f"secret.{secret.rule}",
                check=None,
                text=f"This line holds {secret.title}, readable to everyone who can read the repository.",
                source="signal",
                citation=citation,
            )


def _stated(text: SourceText, in_question: Callable[[int], bool]) -> Iterator[Secret]:
    """Yield the secrets to state; of a private key, which is one a line, the first line in question."""
    stated = False
    for secret in text.secrets:
        here = in_question(text.line_of(secret.start))
        if secret.rule != "private-key":
            if secret.announce and here:
                yield secret
            continue
        stated = stated and not secret.announce  # its first line begins another key
        if here and not stated:
            yield secret
            stated = True


def _around(text: SourceText, secret: Secret) -> tuple[int, int]:
    """Return the span of the lines that hold a secret, or of a part of them that people recognise."""
    line_start = text.starts[text.line_of(secret.start) - 1]
    line_end = text.content.find("\n", secret.end)
    line_end = line_end if line_end >= 0 else len(text.content)
    return max(line_start, secret.start - _BESIDE), min(line_end, secret.end + _BESIDE)


def lost_evidence(
    before: SignalScan, after: SignalScan | None, anywhere: frozenset[tuple[str, str]]
) -> list[QuotedHit]:
    """Return the evidence that a change took away.

    ``before`` is a file's old side with its removed lines in question, ``after`` its new side (None:
    deleted), ``anywhere`` every find on the new side of the whole change: what moved is not lost, and what
    was only reworded still has its signal in the file.
    """
    still = after.signals if after else frozenset()
    return [
        found
        for found in before.touched
        if found.armed.signal.yields == "evidence"
        and found.armed.signal.id not in still
        and found.fingerprint not in anywhere
    ]


def facts_made_true(before: SignalScan, after: SignalScan) -> list[QuotedHit]:
    """Return the facts on unchanged lines that a removal made true: their signal found nothing before."""
    touched = [id(found) for found in after.touched]
    return [
        found
        for found in after.everything
        if found.armed.signal.yields == "concern"
        and id(found) not in touched
        and found.armed.signal.id not in before.signals
    ]


def state_concerns(found: Iterable[QuotedHit]) -> list[Concern]:
    """State the facts among the finds, gates first, then as they stand in the change."""
    facts = [one for one in found if one.armed.signal.yields == "concern"]
    facts.sort(key=lambda one: not one.armed.criterion.gate)
    return [
        Concern(
            signal=one.armed.signal.id,
            check=one.armed.check.id,
            text=one.armed.signal.text or "",
            source="signal",
            citation=one.citation,
        )
        for one in facts
    ]


def find_movements(found: Iterable[QuotedHit], taken: Iterable[QuotedHit]) -> list[Movement]:
    """Gather the checks that move: supported by evidence, weakened by a fact or by evidence taken away."""
    gathered: dict[tuple[str, str, str], list[QuotedHit]] = {}
    for one in found:
        if one.armed.signal.yields == "evidence":
            gathered.setdefault((one.armed.check.id, "supports", one.armed.signal.missing), []).append(one)
        elif one.armed.signal.yields == "concern":
            gathered.setdefault((one.armed.check.id, "weakens", ""), []).append(one)
    for one in taken:
        gathered.setdefault((one.armed.check.id, "weakens", ""), []).append(one)
    return [
        Movement(
            check=check,
            direction="supports" if direction == "supports" else "weakens",
            partial=bool(missing),
            missing=missing,
            source="signal",
            citations=tuple(one.citation for one in places[:MOST_CITATIONS]),
        )
        for (check, direction, missing), places in gathered.items()
    ]


def choose_questions(
    found: Iterable[QuotedHit], facts: Iterable[Concern], most: int = MOST_QUESTIONS
) -> list[Question]:
    """Choose the questions to ask: none is normal.

    One per criterion, so that they differ; gates first, then by the criterion's weight; a probe written for
    the very place before a general one; then code that matters before code that matters less. Where a fact
    is stated, nothing is asked: what begins on the same line, or speaks of the same check beside it.
    """
    stated: dict[str, list[Concern]] = {}
    for fact in facts:
        stated.setdefault(fact.citation.path, []).append(fact)
    candidates = [
        one
        for one in found
        if one.armed.signal.yields == "question"
        and not any(_states(fact, one) for fact in stated.get(one.citation.path, ()))
    ]
    candidates.sort(key=_order)
    chosen: dict[str, Question] = {}
    for one in candidates:
        chosen.setdefault(
            one.armed.criterion.id,
            Question(
                check=one.armed.check.id,
                text=one.armed.signal.probe or one.armed.check.probe,
                source="signal",
                citation=one.citation,
            ),
        )
    return list(chosen.values())[:most]


def complete_questions(
    asked: Sequence[Question], by_signal: Sequence[Question], rubric: Rubric, most: int = MOST_QUESTIONS
) -> list[Question]:
    """Put a model's questions first, and behind them those of signals that it does not ask in its own words.

    A model asks in a signal's place if it asks about a check of the same criterion or about the same lines.
    Where there are more than ``most``, a signal's questions about gates take the places of the model's last.
    """
    criterion_of = {check.id: c for c in rubric.criteria for check in c.checks}

    def same(one: Question, other: Question) -> bool:
        criterion = criterion_of.get(one.check or "")
        alike = criterion is not None and criterion is criterion_of.get(other.check or "")
        here, there = one.citation, other.citation
        return alike or (
            (here.path, here.side) == (there.path, there.side)
            and here.line_start <= there.line_end
            and there.line_start <= here.line_end
        )

    more = [one for one in by_signal if not any(same(one, other) for other in asked)]
    gates = sum((c := criterion_of.get(one.check or "")) is not None and c.gate for one in more)
    return [*asked[: max(1, most - gates)], *more][:most]


def _order(one: QuotedHit) -> tuple[bool, float, bool, int, str, int]:
    criterion, place = one.armed.criterion, one.citation
    general = one.armed.signal.probe is None
    return (
        not criterion.gate,
        -criterion.weight,
        general,
        reading_weight(place.path),
        place.path,
        place.line_start,
    )


def _states(fact: Concern, one: QuotedHit) -> bool:
    """Say whether a fact is about the place in the same file that a question would be about."""
    there, here = fact.citation, one.citation
    overlaps = there.line_start <= here.line_end and here.line_start <= there.line_end
    return there.line_start == here.line_start or (overlaps and fact.check == one.armed.check.id)


def touched_checks(rubric: Rubric, checks: Iterable[str | None]) -> tuple[str, ...]:
    """Return the criteria that some checks belong to, in the rubric's order."""
    named = set(checks)
    return tuple(c.id for c in rubric.criteria if any(check.id in named for check in c.checks))


def unassessed_checks(rubric: Rubric, moved: Iterable[Movement]) -> tuple[str, ...]:
    """Return the checks that a reading says nothing about: a signal's silence is no answer."""
    answered = {movement.check for movement in moved}
    return tuple(check.id for c in rubric.criteria for check in c.checks if check.id not in answered)
