"""Chooses the three topics that are worth the hour. A model may reword a question, but never chooses."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from bot.domain.ledger.evidence import Entry, Statement
from bot.domain.one_to_ones.briefs import Topic, TopicKind
from bot.domain.one_to_ones.progress import Movement
from bot.domain.review.report import Citation
from bot.domain.rubrics.rubric import Check
from bot.domain.triage.criterion_evidence import CheckEvidence, CriterionEvidence

MOST_TOPICS = 3
_ORDER = tuple(TopicKind)


def choose_topics(candidates: Sequence[Topic], withheld: Collection[str | None] = ()) -> tuple[Topic, ...]:
    """Return at most three topics: one of each kind, most urgent first, and then others in the same order.

    No two are about the same subject. ``candidates`` of one kind are given most urgent first. Those about a
    check in ``withheld`` are left out.
    """
    open_to_both = [topic for topic in candidates if topic.check is None or topic.check not in withheld]
    ranked = sorted(open_to_both, key=lambda topic: _ORDER.index(topic.kind))
    first: dict[TopicKind, Topic] = {}
    for topic in ranked:
        first.setdefault(topic.kind, topic)
    chosen: list[Topic] = []
    for topic in (*first.values(), *ranked):
        if len(chosen) < MOST_TOPICS and all(topic.subject != other.subject for other in chosen):
            chosen.append(topic)
    return tuple(sorted(chosen, key=lambda topic: _ORDER.index(topic.kind)))


def list_gate_topics(evidence: Mapping[str, CriterionEvidence]) -> list[Topic]:
    """Return the gate criteria about which the participant has said least, the least first.

    A criterion about which they have said something for every check is left out.
    """
    counted = []
    for shown in evidence.values():
        unsaid = [check for check in shown.checks if check.applies and not _list_said(check)]
        applicable = sum(check.applies for check in shown.checks)
        if shown.criterion.gate and unsaid:
            share = 1 - len(unsaid) / applicable
            counted.append((share, _make_topic(TopicKind.GATE, shown, _pick_check(unsaid))))
    return [topic for _, topic in sorted(counted, key=lambda counted_topic: counted_topic[0])]


def list_moved_topics(
    evidence: Mapping[str, CriterionEvidence], movements: Sequence[Movement]
) -> Iterator[Topic]:
    """Yield a topic for each criterion that moved: those that lost evidence, then those that gained some."""
    for kind, found in (
        (TopicKind.LOST, [moved for moved in movements if moved.lost]),
        (TopicKind.GAINED, [moved for moved in movements if moved.gained and not moved.lost]),
    ):
        for moved in found:
            shown = evidence[moved.criterion]
            checks = [check for check in shown.checks if check.applies] or list(shown.checks)
            yield _make_topic(kind, shown, _pick_check(_prefer(kind, checks)))


def _prefer(kind: TopicKind, checks: Sequence[CheckEvidence]) -> Sequence[CheckEvidence]:
    """Return the checks that a topic is about: of lost evidence, those that something speaks against."""
    if kind is TopicKind.LOST:
        return (
            [check for check in checks if check.weakens]
            or [check for check in checks if not check.supports]
            or checks
        )
    return [check for check in checks if check.supports] or checks


def _pick_check(checks: Sequence[CheckEvidence]) -> CheckEvidence:
    """Return the check to ask about: one with evidence in the code, since it can be shown."""
    return next((check for check in checks if find_quote(check)[0]), checks[0])


def _make_topic(kind: TopicKind, shown: CriterionEvidence, check: CheckEvidence) -> Topic:
    quote, place = find_quote(check)
    about = check.check
    return Topic(kind, shown.criterion.title, about.probe, about.ask, quote, place, check=about.id)


def find_quote(check: CheckEvidence) -> tuple[str, str]:
    """Return a quote from the code about a check and where it is, or two empty texts.

    What speaks against a check comes first. What a participant said is never quoted.
    """
    for entry in (*check.weakens, *check.supports):
        citation = entry.citation
        if isinstance(citation, Citation) and citation.source == "commit":
            return citation.quote, f"{citation.path}, line {citation.line_start}"
    return "", ""


def find_check(evidence: Mapping[str, CriterionEvidence], check: str | None) -> Check | None:
    """Return a check by its id, or None if the rubric has none."""
    return next(
        (found.check for shown in evidence.values() for found in shown.checks if found.check.id == check),
        None,
    )


def _list_said(check: CheckEvidence) -> Collection[Entry]:
    return [entry for entry in check.supports if isinstance(entry.citation, Statement)]
