"""Which places in the code a defence asks about: chosen by rules, from the evidence that counts now."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from bot.domain.ledger.evidence import Entry, Statement
from bot.domain.pull_requests.question_placement import fingerprint, identify
from bot.domain.review.report import Citation
from bot.domain.rubrics.rubric import Check, Criterion
from bot.domain.triage.criterion_evidence import CheckEvidence, CriterionEvidence

QUESTIONS = 3
"""Questions of a defence, which takes thirty minutes."""
MOST_CANDIDATES = 40
"""Maximum places that are looked up in the code."""
_MUCH = 3
"""With this many quotes, a criterion has much evidence. More make no difference to the order."""


@dataclass(frozen=True, slots=True)
class DefencePlace:
    """A quote in the code that a question may be about. ``fingerprint`` identifies check and quote."""

    criterion: Criterion
    check: Check
    citation: Citation
    fingerprint: str

    @property
    def aliases(self) -> frozenset[str]:
        """The fingerprints that questions about this place have, here and in check-ins."""
        return frozenset({self.fingerprint, identify(self.criterion.id, self.citation.quote)})

    def at(self, commit: str, lines: tuple[int, int]) -> "DefencePlace":
        """Return the same quote where it is at another commit."""
        first, last = lines
        moved = self.citation.model_copy(update={"commit": commit, "line_start": first, "line_end": last})
        return replace(self, citation=moved)


def list_places(
    evidence: Mapping[str, CriterionEvidence], unaided: Mapping[str, int], asked: AbstractSet[str]
) -> Sequence[DefencePlace]:
    """Return the places that may be asked about, the best first.

    ``unaided`` counts, by criterion, what the participant articulated without help; ``asked`` are the
    fingerprints of earlier questions. Gates come first, then criteria with much evidence, then those with the
    least unaided articulation. In a criterion, checks that the participant has said nothing about come first.
    """
    ordered = sorted(
        (shown for shown in evidence.values() if shown.applies),
        key=lambda shown: (
            not shown.criterion.gate,
            -min(_count_quotes(shown), _MUCH),
            unaided.get(shown.criterion.id, 0),
        ),
    )
    # One of each criterion before a second one: a long criterion mustn't hide the others.
    rows = [list(_list_of_criterion(shown, asked)) for shown in ordered]
    longest = max((len(row) for row in rows), default=0)
    return [row[place] for place in range(longest) for row in rows if place < len(row)][:MOST_CANDIDATES]


def choose_places(found: Iterable[DefencePlace]) -> Sequence[DefencePlace]:
    """Return the places to ask about: at most three, never two of a check or of the same lines."""
    chosen: list[DefencePlace] = []
    for place in found:
        taken = any(
            place.check.id == other.check.id or _overlap(place.citation, other.citation) for other in chosen
        )
        if not taken and len(chosen) < QUESTIONS:
            chosen.append(place)
    return chosen


def find_lines(text: str, quote: str, near: int) -> tuple[int, int] | None:
    """Return the lines of a quote in a text, byte for byte, or None.

    Of several places, it is the one nearest to the line ``near``.
    """
    places = [text.count("\n", 0, start) + 1 for start in _find_all(text, quote)]
    if not places:
        return None
    first = min(places, key=lambda line: (abs(line - near), line))
    return first, first + quote.count("\n")


def list_probes(place: DefencePlace) -> tuple[str, ...]:
    """Return what a sensei can follow up with, without a model: the criterion's next probes."""
    return tuple(check.probe for check in _list_following(place))[:2]


def list_asks(place: DefencePlace) -> tuple[str, ...]:
    """Return what a strong answer would touch on, without a model: what the criterion's checks ask."""
    return (place.check.ask, *(check.ask for check in _list_following(place)[:1]))


def _list_following(place: DefencePlace) -> list[Check]:
    """Return the criterion's other checks: those of the same level or the next ones first."""
    others = [check for check in place.criterion.checks if check.id != place.check.id]
    return sorted(others, key=lambda check: (check.level < place.check.level, check.level))


def _list_of_criterion(shown: CriterionEvidence, asked: AbstractSet[str]) -> Iterator[DefencePlace]:
    checks = sorted(
        (check for check in shown.checks if check.applies),
        key=lambda check: (_is_said(check), -len(check.supports)),
    )
    for check in checks:
        for entry in (*check.supports, *check.weakens):
            place = _make_place(shown.criterion, check.check, entry)
            if place is not None and asked.isdisjoint(place.aliases):
                yield place


def _make_place(criterion: Criterion, check: Check, entry: Entry) -> DefencePlace | None:
    """Return the place of an entry, or None if it isn't code, or has a secret in it."""
    cited = entry.citation
    if isinstance(cited, Statement) or cited.source != "commit" or cited.side != "head" or cited.redacted:
        return None
    return DefencePlace(criterion, check, cited, fingerprint(check.id, cited.quote))


def _is_said(check: CheckEvidence) -> bool:
    return any(isinstance(entry.citation, Statement) for entry in check.supports)


def _count_quotes(shown: CriterionEvidence) -> int:
    return sum(len(check.supports) for check in shown.checks)


def _overlap(one: Citation, other: Citation) -> bool:
    apart = one.line_end < other.line_start or other.line_end < one.line_start
    return one.path == other.path and not apart


def _find_all(text: str, quote: str) -> Iterator[int]:
    start = text.find(quote) if quote else -1
    while start >= 0:
        yield start
        start = text.find(quote, start + 1)
