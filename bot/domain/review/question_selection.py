"""Turn the hits of signals into movements, facts, and a few questions worth asking."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.domain.review.citations import SourceText
from bot.domain.review.file_selection import reading_rank
from bot.domain.review.report import Citation, Concern, Movement, Question
from bot.domain.review.severity import SeverityOrder
from bot.domain.review.signals import ArmedSignal, SignalHit, SignalScanner
from bot.domain.rubrics.flow_wording import count_more_places
from bot.domain.rubrics.rubric import Rubric
from bot.domain.secrets.detection import Secret

MOST_QUESTIONS = 3
MOST_SECRETS = 20  # stated in one file
MOST_REPEATED = 3  # places in a file at which the same text of a signal is stated
MOST_FACTS = 2000  # per report
MOST_FACT_CHARACTERS = 500_000  # of all facts; each character takes up to 12 bytes in JSON
MOST_CITATIONS = 3  # per movement, so that people look at all of them
_KEY_SIGNAL = "secret."  # begins the signal of a secret
_CONTEXT_CHARACTERS = 80  # characters of a line quoted before and after a secret


@dataclass(frozen=True, slots=True)
class QuotedHit:
    """A hit of a signal, with its citation. ``text`` is what the signal states here."""

    armed: ArmedSignal
    citation: Citation
    text: str = ""

    @property
    def fingerprint(self) -> tuple[str, str]:
        """The signal, and the quote without white space. Both stay the same when code moves."""
        return self.armed.signal.id, _without_white_space(self.citation.quote)


@dataclass(frozen=True, slots=True)
class SignalScan:
    """The hits in one text: those on the lines in question (``touched``), and all (``everything``)."""

    touched: tuple[QuotedHit, ...]
    everything: tuple[QuotedHit, ...]
    signals: frozenset[str]
    fingerprints: frozenset[tuple[str, str]]


def scan_text(scanner: SignalScanner, text: SourceText, in_question: Callable[[int], bool]) -> SignalScan:
    """Run every signal over a text. ``in_question`` says whether a line is part of the change.

    A hit counts as touched if one of its quoted lines is in question or, for a text that a signal follows, a
    line that the text passes on its way.
    """
    touched, everything = [], []
    for hit in scanner.scan(text.path, text.content):
        citation = text.cite(hit.start, hit.end)
        if citation is None:
            continue
        quoted = QuotedHit(hit.armed, citation, hit.describe(text.content))
        everything.append(quoted)
        lines = (*range(citation.line_start, citation.line_end + 1), *_lines_on_the_way(hit, text))
        if any(in_question(line) for line in lines):
            touched.append(quoted)
    return SignalScan(
        tuple(touched),
        tuple(everything),
        frozenset(quoted.armed.signal.id for quoted in everything),
        frozenset(quoted.fingerprint for quoted in everything),
    )


def _lines_on_the_way(hit: SignalHit, text: SourceText) -> Iterator[int]:
    for start, end in hit.flow.steps if hit.flow else ():
        yield from range(text.line_of(start), text.line_of(end) + 1)


def find_secrets(
    text: SourceText, in_question: Callable[[int], bool], *, exact: bool = True
) -> list[Concern]:
    """State the secrets on the lines in question. Quote the line around each secret, but not the secret.

    If a text is not ``exact`` (byte for byte the file's content), quote only the redaction mark. In a file
    full of secrets, such as a scanner's test data, state the first ones and count the others.
    """
    stated = list(_state_secrets(text, in_question, exact))
    if (more := len(stated) - MOST_SECRETS) > 0:
        last = stated[MOST_SECRETS - 1]
        rest = "line of this file contains a secret" if more == 1 else "lines of this file contain secrets"
        text_with_rest = f"{last.text} {more} more {rest} too."
        stated[MOST_SECRETS - 1 :] = [last.model_copy(update={"text": text_with_rest})]
    return stated


def merge_repeated_facts(facts: Iterable[Concern]) -> list[Concern]:
    """Return the facts without repetitions: of a signal's same text in a file, the first ``MOST_REPEATED``.

    The last of these says how many more there are. Every secret is stated, because each has to be replaced.
    """
    by_text: dict[object, list[Concern]] = {}
    for number, fact in enumerate(facts):
        repeated = fact.source == "signal" and not (fact.signal or "").startswith(_KEY_SIGNAL)
        by_text.setdefault((fact.signal, fact.text, fact.citation.path) if repeated else number, []).append(
            fact
        )
    merged: list[Concern] = []
    for places in by_text.values():
        *kept, last = places[:MOST_REPEATED]
        more = len(places) - MOST_REPEATED
        text = f"{last.text} {count_more_places(more)}" if more > 0 else last.text
        merged += [*kept, last.model_copy(update={"text": text})]
    return merged


def limit_facts(facts: Sequence[Concern], limit: int = MOST_FACTS) -> list[Concern]:
    """Return the first ``limit`` facts, or fewer if they are long. The last one says how many were omitted.

    A change of thousands of files can have more facts than a report can hold.
    """
    stated: list[Concern] = []
    characters = 0
    for fact in facts[:limit]:
        characters += len(fact.text) + len(fact.citation.path) + len(fact.citation.quote)
        if stated and characters > MOST_FACT_CHARACTERS:
            break
        stated.append(fact)
    if (more := len(facts) - len(stated)) > 0:
        subject = "fact of this change is" if more == 1 else "facts of this change are"
        text_with_rest = f"{stated[-1].text} {more:,} more {subject} not listed."
        stated[-1] = stated[-1].model_copy(update={"text": text_with_rest})
    return stated


def _state_secrets(text: SourceText, in_question: Callable[[int], bool], exact: bool) -> Iterator[Concern]:
    for secret in _secrets_to_state(text, in_question):
        citation = text.cite(*(_span_around(text, secret) if exact else (secret.start, secret.end)))
        if citation is not None:
            yield Concern(
                signal=f"{_KEY_SIGNAL}{secret.rule}",
                check=None,
                text=f"This line contains {secret.title}. Everyone who can read the repository can read it.",
                source="signal",
                citation=citation,
            )


def _secrets_to_state(text: SourceText, in_question: Callable[[int], bool]) -> Iterator[Secret]:
    """Yield the secrets to state. Each line of a private key is a secret, but only the first is stated."""
    stated = False
    for secret in text.secrets:
        is_here = in_question(text.line_of(secret.start))
        if secret.rule != "private-key":
            if secret.announce and is_here:
                yield secret
            continue
        stated = stated and not secret.announce  # the first line of the next key
        if is_here and not stated:
            yield secret
            stated = True


def _span_around(text: SourceText, secret: Secret) -> tuple[int, int]:
    """Return the span of a secret's lines, shortened to a recognisable part if they are long."""
    line_start = text.starts[text.line_of(secret.start) - 1]
    line_end = text.content.find("\n", secret.end)
    line_end = line_end if line_end >= 0 else len(text.content)
    return max(line_start, secret.start - _CONTEXT_CHARACTERS), min(
        line_end, secret.end + _CONTEXT_CHARACTERS
    )


def find_lost_evidence(
    before: SignalScan, after: SignalScan | None, anywhere: frozenset[tuple[str, str]]
) -> list[QuotedHit]:
    """Return the evidence that a change removed.

    ``before`` is the scan of a file's old side, with its removed lines in question. ``after`` is the scan of
    its new side, or None if the file was deleted. ``anywhere`` has the fingerprints of all hits on the new
    side of the whole change. Evidence is not lost if it moved, or if its signal still has a hit in the file.
    """
    signals_after = after.signals if after else frozenset()
    return [
        hit
        for hit in before.touched
        if hit.armed.signal.yields == "evidence"
        and hit.armed.signal.id not in signals_after
        and hit.fingerprint not in anywhere
    ]


def find_facts_made_true(before: SignalScan, after: SignalScan) -> list[QuotedHit]:
    """Return facts on unchanged lines that a removal made true: their signal had no hit before."""
    touched = [id(hit) for hit in after.touched]
    return [
        hit
        for hit in after.everything
        if hit.armed.signal.yields == "concern"
        and id(hit) not in touched
        and hit.armed.signal.id not in before.signals
    ]


def state_concerns(hits: Iterable[QuotedHit]) -> list[Concern]:
    """State the facts among the hits: first those about gates, then the others in the order of the change."""
    facts = [hit for hit in hits if hit.armed.signal.yields == "concern"]
    facts.sort(key=lambda hit: not hit.armed.criterion.gate)
    return [
        Concern(
            signal=hit.armed.signal.id,
            check=hit.armed.check.id,
            text=hit.text,
            source="signal",
            citation=hit.citation,
        )
        for hit in facts
    ]


def gather_movements(
    hits: Iterable[QuotedHit], lost: Iterable[QuotedHit], shown: Iterable[str] = ()
) -> list[Movement]:
    """Collect the movements of checks. Evidence supports a check; a fact or removed evidence weakens it.

    A movement cites at most ``MOST_CITATIONS`` places. Quotes that people were ``shown`` before come first:
    another place must not push out what a sensei has read.
    """
    known = frozenset(map(_without_white_space, shown))
    gathered: dict[tuple[str, str, str], list[QuotedHit]] = {}
    for hit in hits:
        if hit.armed.signal.yields == "evidence":
            gathered.setdefault((hit.armed.check.id, "supports", hit.armed.signal.missing), []).append(hit)
        elif hit.armed.signal.yields == "concern":
            gathered.setdefault((hit.armed.check.id, "weakens", ""), []).append(hit)
    for hit in lost:
        gathered.setdefault((hit.armed.check.id, "weakens", ""), []).append(hit)
    return [
        Movement(
            check=check,
            direction="supports" if direction == "supports" else "weakens",
            partial=bool(missing),
            missing=missing,
            source="signal",
            citations=tuple(hit.citation for hit in _put_shown_first(moving_hits, known)[:MOST_CITATIONS]),
        )
        for (check, direction, missing), moving_hits in gathered.items()
    ]


def _put_shown_first(hits: Iterable[QuotedHit], known: Collection[str]) -> list[QuotedHit]:
    return sorted(hits, key=lambda hit: hit.fingerprint[1] not in known)


def _without_white_space(text: str) -> str:
    return "".join(text.split())


def choose_questions(
    hits: Iterable[QuotedHit], facts: Iterable[Concern], severity: SeverityOrder, limit: int = MOST_QUESTIONS
) -> list[Question]:
    """Choose the questions to ask, often none.

    At most one is chosen per criterion, so that questions are varied. Order: severity, gates, the
    criterion's weight, signals with a probe of their own, the file's importance. No question is asked where a
    fact is stated: on the same first line, or on overlapping lines about the same check.
    """
    stated: dict[str, list[Concern]] = {}
    for fact in facts:
        stated.setdefault(fact.citation.path, []).append(fact)
    candidates = [
        hit
        for hit in hits
        if hit.armed.signal.yields == "question"
        and not any(_is_stated_by(fact, hit) for fact in stated.get(hit.citation.path, ()))
    ]
    candidates.sort(key=lambda hit: (severity.rank_signal(hit.armed.signal.id), _question_order(hit)))
    chosen: dict[str, Question] = {}
    for hit in candidates:
        chosen.setdefault(
            hit.armed.criterion.id,
            Question(
                check=hit.armed.check.id,
                text=hit.armed.signal.probe or hit.armed.check.probe,
                source="signal",
                citation=hit.citation,
            ),
        )
    return list(chosen.values())[:limit]


def complete_questions(
    asked: Sequence[Question], by_signal: Sequence[Question], rubric: Rubric, limit: int = MOST_QUESTIONS
) -> list[Question]:
    """Return a model's questions, followed by questions of signals that the model does not ask itself.

    A model's question replaces a signal's question about the same criterion or the same lines. If there are
    more than ``limit``, questions of signals about gates or severe findings replace the model's last ones.
    """
    criterion_of = {check.id: criterion for criterion in rubric.criteria for check in criterion.checks}

    def is_replaced(question: Question, other: Question) -> bool:
        criterion = criterion_of.get(question.check or "")
        same_criterion = criterion is not None and criterion is criterion_of.get(other.check or "")
        here, there = question.citation, other.citation
        return same_criterion or (
            (here.path, here.side) == (there.path, there.side)
            and here.line_start <= there.line_end
            and there.line_start <= here.line_end
        )

    remaining = [
        question for question in by_signal if not any(is_replaced(question, other) for other in asked)
    ]
    severity = SeverityOrder(rubric)
    first = sum(severity.needs_slot(question.check) for question in remaining)
    return [*asked[: max(1, limit - first)], *remaining][:limit]


def _question_order(hit: QuotedHit) -> tuple[bool, float, bool, int, str, int]:
    criterion, citation = hit.armed.criterion, hit.citation
    general = hit.armed.signal.probe is None
    return (
        not criterion.gate,
        -criterion.weight,
        general,
        reading_rank(citation.path),
        citation.path,
        citation.line_start,
    )


def _is_stated_by(fact: Concern, hit: QuotedHit) -> bool:
    """Return whether a fact in the same file already covers what the question asks."""
    there, here = fact.citation, hit.citation
    overlaps = there.line_start <= here.line_end and here.line_start <= there.line_end
    return there.line_start == here.line_start or (overlaps and fact.check == hit.armed.check.id)


def touched_criteria(rubric: Rubric, checks: Iterable[str | None]) -> tuple[str, ...]:
    """Return the ids of the criteria that some checks belong to, in the rubric's order."""
    named = set(checks)
    return tuple(
        criterion.id for criterion in rubric.criteria if any(check.id in named for check in criterion.checks)
    )


def unassessed_checks(rubric: Rubric, movements: Iterable[Movement]) -> tuple[str, ...]:
    """Return the checks without a movement. If a signal has no hit, that says nothing about its check."""
    answered = {movement.check for movement in movements}
    return tuple(
        check.id for criterion in rubric.criteria for check in criterion.checks if check.id not in answered
    )
