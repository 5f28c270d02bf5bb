"""What a check-in may ask about, in the order in which topics are chosen, and the places in the code.

Code chooses the place; a model only words the question about it.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.domain.check_ins.records import Topic
from bot.domain.decisions.drift import DriftFinding, cite_anchor, make_fingerprint
from bot.domain.decisions.records import Decision
from bot.domain.ledger.evidence import Entry
from bot.domain.pull_requests.question_placement import fingerprint, identify
from bot.domain.pull_requests.records import AskedQuestion
from bot.domain.review.file_selection import skip_reason_by_name
from bot.domain.review.report import Citation, Report
from bot.domain.review.signal_facts import find_fact
from bot.domain.review.signals import is_test_path
from bot.domain.rubrics.rubric import Rubric
from bot.domain.triage.criterion_evidence import CriterionEvidence

MOST_LINES = 20
"""A longer quote doesn't fit on a screen, so it isn't asked about."""
MOST_CHARACTERS = 1200
_LEAST_CHARACTERS = 6  # without white space: less occurs in too many places
_EXAMPLE = re.compile(r"(?:^|/)(?:demos?|docs?|examples?|samples?)/")
_PROSE = (".md", ".mdx", ".rst", ".txt", ".adoc")
_NO_COMMIT = "0" * 40


@dataclass(frozen=True, slots=True)
class PlaceKey:
    """What tells a place from the others about a capstone, without any code.

    ``question`` is the one that was put off, or None.
    """

    topic: Topic
    fingerprint: str
    question: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a reading found at a place.

    ``direction`` says whether it speaks for or against the check; it is empty for a question. ``missing`` is
    what a partial support lacks. ``fact`` states what is wrong, ``question`` is the reading's own; both are
    often empty.
    """

    direction: Literal["supports", "weakens", ""] = ""
    missing: str = ""
    fact: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class TopicPlace:
    """A place that a check-in may ask about.

    ``commit`` is None if the quote must be in the newest commit of the default branch; else it is the commit
    that has the code, which is gone since. ``side`` is ``base`` for lines that a change has removed.
    ``decision`` is the decision that drifted, ``question`` the question that was put off. ``by_signal``: a
    rule found the place, and not a model. ``says`` is what a reading found here, if it is known. ``is_test``:
    the code is a test. ``decided`` are the paths of all the places that the decision is about.
    """

    topic: Topic
    check: str | None
    path: str
    side: str
    line_start: int
    quote: str
    fingerprint: str
    commit: str | None = None
    criterion: str = ""
    decision: int | None = None
    question: int | None = None
    by_signal: bool = False
    says: Found = Found()
    is_test: bool = False
    decided: frozenset[str] = frozenset()

    @property
    def key(self) -> PlaceKey:
        """What tells this place from the others."""
        return PlaceKey(self.topic, self.fingerprint, self.question)

    @property
    def aliases(self) -> frozenset[str]:
        """The fingerprints that questions about this place have. One that is known isn't asked again."""
        return frozenset({self.fingerprint, fingerprint(self.check, self.quote)})


def list_drift_places(
    decisions: Iterable[Decision], findings: Iterable[DriftFinding], being_asked: Collection[int]
) -> Iterator[TopicPlace]:
    """Yield where decisions no longer hold: first those whose code is gone, then those that are contradicted.

    ``findings`` are what the comparison of merged changes found, newest first. Whoever is being asked about a
    decision already (``being_asked``) isn't asked twice.
    """
    known = {decision.id: decision for decision in decisions if decision.id not in being_asked}
    for decision in known.values():
        if decision.code_gone_at is not None:
            yield from _list_gone(decision)
    for finding in findings:
        if finding.decision in known and is_askable(finding.citation):
            yield _make_drift_place(known[finding.decision], finding.citation, finding.fingerprint)


def _list_gone(decision: Decision) -> Iterator[TopicPlace]:
    for anchor in decision.anchors:
        citation = cite_anchor(anchor) if anchor.quote.strip() and anchor.side == "head" else None
        if citation and citation.commit != _NO_COMMIT and is_askable(citation):
            identity = make_fingerprint(decision.id, anchor.quote.split("\n"))
            yield _make_drift_place(decision, citation, identity, citation.commit)


def _make_drift_place(
    decision: Decision, citation: Citation, identity: str, commit: str | None = None
) -> TopicPlace:
    return TopicPlace(
        Topic.DRIFT,
        decision.check,
        citation.path,
        citation.side,
        citation.line_start,
        citation.quote,
        identity,
        commit or (citation.commit if citation.side == "base" else None),
        decision=decision.id,
        decided=frozenset(anchor.path for anchor in decision.anchors),
    )


def list_deferred_places(questions: Iterable[AskedQuestion]) -> Iterator[TopicPlace]:
    """Yield the places of questions that were put off. They are asked again in the same words."""
    for question in questions:
        if question.side == "head" and _fits(question.quote):
            yield TopicPlace(
                Topic.OPEN_QUESTION,
                question.check,
                question.path,
                question.side,
                question.line_start,
                question.quote,
                question.fingerprint,
                question=question.id,
            )


def list_gate_places(
    evidence: Mapping[str, CriterionEvidence], decided: Collection[str | None]
) -> Iterator[TopicPlace]:
    """Yield places of gate criteria about which nothing is decided, the one with the most evidence first.

    What speaks against a check comes before what speaks for it, and tests and examples come last. A test that
    speaks for a check is left out: it holds no choice. ``decided`` are the checks of confirmed decisions.
    """
    silent = [
        shown for shown in evidence.values() if shown.criterion.gate and not _is_decided(shown, decided)
    ]
    for shown in sorted(silent, key=lambda shown: -len(_list_entries(shown))):
        for entry in sorted(_list_entries(shown), key=_rank):
            if isinstance(entry.citation, Citation) and _holds_choice(entry.citation, entry.direction):
                by_signal, is_against = entry.reader == "signal", entry.direction == "weakens"
                fact = _find_fact(shown, entry.check, entry.citation) if by_signal and is_against else ""
                found = Found(entry.direction, entry.missing, fact)
                yield make_place(
                    Topic.GATE, shown.criterion.id, entry.check, entry.citation, by_signal, found
                )


def _find_fact(shown: CriterionEvidence, check: str, citation: Citation) -> str:
    return find_fact(shown.criterion, check, citation.path, citation.quote)


def _rank(entry: Entry) -> tuple[bool, bool, bool]:
    is_aside = isinstance(entry.citation, Citation) and _is_aside(entry.citation.path)
    return is_aside, entry.direction != "weakens", entry.reader != "signal"


def _is_decided(shown: CriterionEvidence, decided: Collection[str | None]) -> bool:
    return any(check.id in decided for check in shown.criterion.checks)


def _list_entries(shown: CriterionEvidence) -> list[Entry]:
    return [
        entry
        for check in shown.checks
        if check.applies
        for entry in (*check.supports, *check.weakens)
        if entry.in_tree
    ]


def list_change_places(reports: Iterable[Report], rubric: Rubric) -> Iterator[TopicPlace]:
    """Yield what the readings of merged changes cited. ``reports`` are theirs, the newest first.

    Of each, first questions, most of which were asked on the pull request; then facts, then what speaks
    against a check, then what speaks for one. Tests and examples come last; a test that speaks for a check is
    left out.
    """
    criteria = {check.id: criterion.id for criterion in rubric.criteria for check in criterion.checks}
    for report in reports:
        cited = [found for found in _list_cited(report) if found[0] in criteria]
        for check, citation, source, found in sorted(cited, key=lambda one: _is_aside(one[1].path)):
            if citation.side == "head" and _holds_choice(citation, found.direction):
                by_signal = source == "signal"
                yield make_place(Topic.CHANGE, criteria[check], check, citation, by_signal, found)


def _list_cited(report: Report) -> Iterator[tuple[str, Citation, str, Found]]:
    """Yield what a report says about places: the check, the place, who found it, and what."""
    for asked in report.questions:
        yield asked.check or "", asked.citation, asked.source, Found(question=asked.text)
    for fact in report.concerns:
        yield fact.check or "", fact.citation, fact.source, Found("weakens", fact=fact.text)
    for movement in sorted(report.movements, key=lambda movement: movement.direction != "weakens"):
        found = Found(movement.direction, movement.missing)
        for citation in movement.citations:
            yield movement.check, citation, movement.source, found


def make_place(  # noqa: PLR0913, PLR0917 - what a place is made of
    topic: Topic,
    criterion: str,
    check: str,
    citation: Citation,
    by_signal: bool,
    found: Found = Found(),
) -> TopicPlace:
    """Return a place about a criterion, whose question must not have been asked before."""
    return TopicPlace(
        topic,
        check,
        citation.path,
        citation.side,
        citation.line_start,
        citation.quote,
        identify(criterion, citation.quote),
        criterion=criterion,
        by_signal=by_signal,
        says=found,
        is_test=is_test_path(citation.path),
    )


def _holds_choice(citation: Citation, direction: str) -> bool:
    is_proof = direction == "supports" and is_test_path(citation.path)
    return is_askable(citation) and not is_proof


def _is_aside(path: str) -> bool:
    """Return whether code is beside the system itself: a test, or an example for its users."""
    return is_test_path(path) or _EXAMPLE.search(path.lower()) is not None


def is_askable(citation: Citation) -> bool:
    """Return whether a place is in code that people wrote, fits on a screen, and has no secret."""
    if citation.source != "commit" or citation.redacted or not _fits(citation.quote):
        return False
    return skip_reason_by_name(citation.path) is None and not citation.path.lower().endswith(_PROSE)


def _fits(quote: str) -> bool:
    is_short = len(quote) <= MOST_CHARACTERS and quote.strip("\n").count("\n") < MOST_LINES
    return is_short and len("".join(quote.split())) >= _LEAST_CHARACTERS and "[redacted:" not in quote


def choose_unasked(
    places: Iterable[TopicPlace], asked: Collection[str], withheld: Collection[str] = ()
) -> list[TopicPlace]:
    """Return the places that no question was about, in order and without repetitions.

    ``asked`` are the fingerprints of all questions about the capstone. A question that was put off has been
    asked, of course: whether it may be asked again is known already. ``withheld`` are checks that mustn't be
    asked about now.
    """
    seen = set(asked)
    chosen: list[TopicPlace] = []
    for place in places:
        is_asked = place.question is None and not seen.isdisjoint(place.aliases)
        if is_asked or place.check in withheld:
            continue
        seen |= place.aliases
        chosen.append(place)
    return chosen


def put_new_checks_first(places: Iterable[TopicPlace], asked: Collection[str | None]) -> list[TopicPlace]:
    """Return the places with those of gates and changes whose check was ``asked`` about lately at the end."""
    return sorted(
        places,
        key=lambda place: (
            (True, place.check in asked) if place.topic in {Topic.GATE, Topic.CHANGE} else (False, False)
        ),
    )


def find_quote(content: bytes, quote: str, near: int) -> tuple[int, int] | None:
    """Return the first and last line, 1-based, of a quote in a file, byte for byte; None if it isn't there.

    Of several occurrences, it is the one nearest to line ``near``. Part of a word doesn't count.
    """
    wanted = quote.encode("utf-8", "surrogateescape")
    found: list[tuple[int, int]] = []
    start = content.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        if not (_continues(content, start) or _continues(content, end)):
            first = content.count(b"\n", 0, start) + 1
            found.append((first, first + wanted.rstrip(b"\n").count(b"\n")))
        start = content.find(wanted, start + 1)
    return min(found, key=lambda lines: abs(lines[0] - near), default=None)


def _continues(content: bytes, at: int) -> bool:
    """Return whether a position is within a word."""
    around = content[max(0, at - 1) : at + 1]
    return 0 < at < len(content) and all(chr(byte).isalnum() or byte == ord("_") for byte in around)
