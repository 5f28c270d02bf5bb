"""Chooses the three topics that are worth the hour. A model may reword a question, but never chooses."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.domain.ledger.evidence import Entry, Statement
from bot.domain.one_to_ones.briefs import Topic, TopicCode, TopicKind
from bot.domain.one_to_ones.progress import Movement
from bot.domain.review.code_questions import list_about_choice, list_after_fact
from bot.domain.review.report import Citation
from bot.domain.review.signal_facts import find_ask_about, find_fact
from bot.domain.review.signals import is_test_path
from bot.domain.triage.criterion_evidence import CheckEvidence, CriterionEvidence

MOST_TOPICS = 3
_ORDER = tuple(TopicKind)
_QUESTIONS = frozenset({TopicKind.PUT_OFF, TopicKind.WAITING})
_NOT_FOUND = "I've found nothing in the code about this yet. Where does it stand?"
_NO_MODEL = "What does a model do in it, or what is it going to do?"
_DRAFTED = "You've drafted a decision that you haven't confirmed. What is still open about it, if anything?"
_DRAFTED_BY_THEM = (
    "They've drafted a decision that they haven't confirmed. What is still open about it, if anything?"
)
_THE_CAPSTONE, _A_DRAFT = "The capstone", "A draft decision"
_POINTS_AT_CODE = re.compile(r"\b(?:this|these)\b", re.IGNORECASE)
_POINTS_SOMEWHERE = re.compile(r"\b(?:this|these|here)\b", re.IGNORECASE)
_REST = "I see a part of what the rubric asks for here, but not {}. Is that somewhere else, or still to come?"


def choose_topics(candidates: Sequence[Topic], withheld: Collection[str | None] = ()) -> tuple[Topic, ...]:
    """Return at most three topics: one of each kind, most urgent first, and then others in the same order.

    No two are about the same subject or check. A question goes before what the rubric would ask about its
    subject, and is as urgent. ``candidates`` of one kind are given most urgent first. Those about a check in
    ``withheld`` are left out.
    """
    open_to_both = [topic for topic in candidates if topic.check is None or topic.check not in withheld]
    urgency: dict[str, int] = {}
    for topic in open_to_both:
        index = _ORDER.index(topic.kind)
        urgency[topic.subject] = min(index, urgency.get(topic.subject, index))

    def rank(topic: Topic) -> tuple[int, bool]:
        is_question = topic.kind in _QUESTIONS
        return (urgency[topic.subject] if is_question else _ORDER.index(topic.kind)), not is_question

    ranked = sorted(open_to_both, key=rank)
    chosen: list[Topic] = []
    for is_of_a_new_kind in (True, False):
        for topic in ranked:
            is_wanted = not is_of_a_new_kind or all(topic.kind is not other.kind for other in chosen)
            is_new = not any(_is_about_the_same(topic, other) for other in chosen)
            if is_wanted and is_new and len(chosen) < MOST_TOPICS:
                chosen.append(topic)
    return tuple(sorted(chosen, key=rank))


def _is_about_the_same(one: Topic, other: Topic) -> bool:
    return one.subject == other.subject or (one.check is not None and one.check == other.check)


def list_gate_topics(evidence: Mapping[str, CriterionEvidence]) -> list[Topic]:
    """Return the gate criteria about which the participant has said least, the least first.

    Of two, the one about which there is code to show comes first. A criterion about which they have said
    something for every check is left out. If nothing at all is known, the capstone itself is the topic.
    """
    if not any(_list_said(check) or _find_entry(check) for it in evidence.values() for check in it.checks):
        return [Topic(TopicKind.UNSEEN, _THE_CAPSTONE, _NO_MODEL)]
    found = []
    for shown in evidence.values():
        unsaid = [check for check in shown.checks if check.applies and not _list_said(check)]
        if shown.criterion.gate and unsaid:
            applicable = sum(check.applies for check in shown.checks)
            topic = _make_topic(TopicKind.GATE, shown, _pick_check(unsaid))
            share = (applicable - len(unsaid)) / applicable
            found.append(((share, topic.code is None), topic))
    return [topic for _, topic in sorted(found, key=lambda ranked: ranked[0])]


def make_draft_topic(title: str, check: str | None, since: date) -> Topic:
    """Return a decision that waits for its author. ``hide_draft`` makes of it what their sensei may read."""
    return Topic(TopicKind.DRAFT, title, _DRAFTED, check=check, since=since)


def hide_draft(topic: Topic) -> Topic:
    """Return a topic without the title of a draft, in the words for its author's sensei."""
    if topic.kind is not TopicKind.DRAFT:
        return topic
    return replace(topic, subject=_A_DRAFT, question=_DRAFTED_BY_THEM)


def list_moved_topics(
    evidence: Mapping[str, CriterionEvidence], movements: Sequence[Movement]
) -> Iterator[Topic]:
    """Yield a topic for each criterion that moved: with less evidence, with some against it, with more.

    One that gained only what the participant has said is left out, since it has just been talked about.
    """
    for kind, found in (
        (TopicKind.LOST, [moved for moved in movements if moved.lost]),
        (TopicKind.AGAINST, [moved for moved in movements if moved.against and not moved.lost]),
        (
            TopicKind.GAINED,
            [moved for moved in movements if moved.gained and not (moved.lost or moved.against)],
        ),
    ):
        for moved in found:
            shown = evidence[moved.criterion]
            if checks := _list_checks(kind, shown):
                yield _make_topic(kind, shown, _pick_check(checks))


def _list_checks(kind: TopicKind, shown: CriterionEvidence) -> Sequence[CheckEvidence]:
    """Return the checks that a topic may be about."""
    checks = [check for check in shown.checks if check.applies] or list(shown.checks)
    if kind is TopicKind.GAINED:
        return [check for check in checks if _list_cited(check.supports) and not _list_said(check)]
    return (
        [check for check in checks if check.weakens]
        or [check for check in checks if not check.supports]
        or checks
    )


def _pick_check(checks: Sequence[CheckEvidence]) -> CheckEvidence:
    """Return the check to ask about: one with code that can be shown, if possible against it.

    Without code, it's one that can be understood without any.
    """
    against = [check for check in checks if _list_cited(check.weakens)]
    with_code = [check for check in checks if _find_entry(check)]
    clear = [check for check in checks if _is_clear(check.check.probe) or _tells_enough(check.check.ask)]
    return next(iter(against or with_code or clear or checks))


def _is_clear(probe: str) -> bool:
    """Return whether a probe can be asked about the capstone as a whole: it points at no code."""
    return _POINTS_AT_CODE.search(probe) is None


def _tells_enough(ask: str) -> bool:
    """Return whether what a check asks can be understood without seeing code."""
    return _POINTS_SOMEWHERE.search(ask) is None


def _make_topic(kind: TopicKind, shown: CriterionEvidence, check: CheckEvidence) -> Topic:
    about, entry = check.check, _find_entry(check, shown)
    citation = entry.citation if entry else None
    code = _as_code(citation) if isinstance(citation, Citation) else None
    applicable = [one for one in shown.checks if one.applies]
    is_unclear = code is None and not _is_clear(about.probe)
    return Topic(
        kind,
        shown.criterion.title,
        _NOT_FOUND if is_unclear else _ask(shown, entry) or about.probe,
        find_known_ask(shown, check, _find_fact(shown, entry) if entry else ""),
        entry.missing if entry and entry.reader != "signal" else "",
        code=code,
        check=about.id,
        said=(sum(bool(_list_said(one)) for one in applicable), len(applicable)),
        is_gate=shown.criterion.gate,
        tells_ask=is_unclear and _tells_enough(about.ask),
    )


def _ask(shown: CriterionEvidence, entry: Entry | None) -> str:
    """Return a question about what was found, or an empty string if the rubric's probe fits.

    Of a model's words, none are used.
    """
    if entry is None:
        return ""
    quote, seed = entry.citation.quote, f"{entry.check}\n{entry.citation.quote}"
    if fact := _find_fact(shown, entry):
        return f"{fact} {list_after_fact(quote, seed)[0]}"
    if entry.direction == "supports" and not entry.partial:
        return list_about_choice(quote, seed)[0]  # what the probe asks has its answer in the code
    return _REST.format(entry.missing) if entry.reader == "signal" and entry.missing else ""


def _as_code(citation: Citation) -> TopicCode:
    return TopicCode(
        citation.path, citation.line_start, citation.line_end, citation.quote, str(citation.commit)
    )


def _find_entry(check: CheckEvidence, shown: CriterionEvidence | None = None) -> Entry | None:
    """Return the evidence from the code about a check that says most, or None.

    What speaks against it comes first, and there what states a fact; tests come last. What a participant said
    is never quoted.
    """
    entries = [*_list_cited(check.weakens), *_list_cited(check.supports)]
    return min(
        entries,
        key=lambda entry: (
            entry.direction != "weakens",
            isinstance(entry.citation, Citation) and is_test_path(entry.citation.path),
            shown is not None and not _find_fact(shown, entry),
        ),
        default=None,
    )


def _find_fact(shown: CriterionEvidence, entry: Entry) -> str:
    """Return the fact that a signal states about evidence against a check, or an empty string."""
    citation = entry.citation
    if entry.reader != "signal" or entry.direction != "weakens" or not isinstance(citation, Citation):
        return ""
    return find_fact(shown.criterion, entry.check, citation.path, citation.quote)


def find_known_fact(shown: CriterionEvidence, check: CheckEvidence, quote: str) -> str:
    """Return the fact that a signal has stated about a quote, or an empty string."""
    known = [entry for entry in _list_cited(check.weakens) if entry.citation.quote == quote]
    return next(filter(None, (_find_fact(shown, entry) for entry in known)), "")


def find_known_ask(shown: CriterionEvidence, check: CheckEvidence, fact: str) -> str:
    """Return what the rubric asks there; of a fact that isn't about this, an empty string."""
    return find_ask_about(shown.criterion, check.check.id, fact) if fact else check.check.ask


def find_criterion(
    evidence: Mapping[str, CriterionEvidence], check: str | None
) -> tuple[CriterionEvidence, CheckEvidence] | None:
    """Return a check by its id, with its criterion; None if the rubric doesn't have it."""
    return next(
        ((shown, found) for shown in evidence.values() for found in shown.checks if found.check.id == check),
        None,
    )


def _list_cited(entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries whose citation is from a commit."""
    return [entry for entry in entries if entry.in_tree]


def _list_said(check: CheckEvidence) -> Collection[Entry]:
    return [entry for entry in check.supports if isinstance(entry.citation, Statement)]
