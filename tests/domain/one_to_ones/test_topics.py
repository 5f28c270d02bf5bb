"""Three topics, of different kinds where there are any, and never two about the same thing."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ledger.evidence import Entry, Statement
from bot.domain.ledger.ledger import Ledger
from bot.domain.one_to_ones.briefs import Topic, TopicKind
from bot.domain.one_to_ones.progress import Movement, find_movements, pick_snapshots
from bot.domain.one_to_ones.topics import MOST_TOPICS, choose_topics, list_gate_topics, list_moved_topics
from bot.domain.triage.criterion_evidence import CriterionEvidence, gather_evidence
from bot.domain.triage.records import CriterionSnapshot
from tests.domain.ledgers import EMPTY, RUBRIC, Direction
from tests.rendering.reports import citation

TOPICS = st.lists(
    st.builds(Topic, st.sampled_from(TopicKind), st.sampled_from("abcdef"), st.just("Why?")), max_size=12
)


def said(check: str) -> Entry:
    statement = Statement(source="decision", reference="1", quote="Because.")
    return Entry(
        check=check, direction="supports", partial=False, missing="", reader="model", citation=statement
    )


def code(check: str, quote: str = "retry()", direction: Direction = "supports") -> Entry:
    return Entry(
        check=check,
        direction=direction,
        partial=False,
        missing="",
        reader="model",
        citation=citation(quote),
    )


def evidence(*entries: Entry) -> dict[str, CriterionEvidence]:
    ledger: Ledger = EMPTY.enter(list(entries), covered=set())
    return gather_evidence(ledger, RUBRIC)


@given(TOPICS)
def test_three_topics_are_chosen_the_most_urgent_kinds_first(candidates: list[Topic]) -> None:
    chosen = choose_topics(candidates)
    subjects = [topic.subject for topic in chosen]
    assert len(subjects) == len(set(subjects)) == min(MOST_TOPICS, len({it.subject for it in candidates}))
    kinds = list(TopicKind)
    assert [kinds.index(topic.kind) for topic in chosen] == sorted(
        kinds.index(topic.kind) for topic in chosen
    )
    if candidates:
        assert chosen[0].kind == min((it.kind for it in candidates), key=kinds.index)
    assert all(topic in candidates for topic in chosen)


def test_kinds_come_before_a_second_topic_of_a_kind() -> None:
    two = [Topic(TopicKind.DRIFT, name, "") for name in ("one", "two", "three")]
    chosen = choose_topics([*two, Topic(TopicKind.GAINED, "four", "")])
    assert [topic.subject for topic in chosen] == ["one", "two", "four"]


def test_the_gate_about_which_least_was_said_comes_with_code() -> None:
    [topic] = list_gate_topics(evidence(code("safety.2", "guard()"), said("safety.1")))
    assert (topic.kind, topic.subject) == (TopicKind.GATE, RUBRIC.criteria[1].title)
    assert topic.quote == "guard()"
    assert topic.question == RUBRIC.criteria[1].checks[1].probe
    assert topic.listen_for == RUBRIC.criteria[1].checks[1].ask


def test_a_gate_about_which_all_was_said_is_no_topic() -> None:
    assert list_gate_topics(evidence(said("safety.1"), said("safety.2"))) == []


def test_what_a_participant_said_is_never_quoted() -> None:
    [topic] = list_gate_topics(evidence(said("safety.1")))
    assert topic.quote == ""


def test_lost_evidence_comes_before_gained_with_what_speaks_against_it() -> None:
    shown = evidence(code("speed.1"), code("speed.2", "sleep()", "weakens"), code("safety.1", "guard()"))
    found = list(list_moved_topics(shown, [Movement("safety", 1, 0), Movement("speed", 1, 1)]))
    assert [(topic.kind, topic.quote) for topic in found] == [
        (TopicKind.LOST, "sleep()"),
        (TopicKind.GAINED, "guard()"),
    ]


def snapshot(week: str, met: int, contested: int = 0, criterion: str = "speed") -> CriterionSnapshot:
    day = date.fromisoformat(week)
    return CriterionSnapshot(1, criterion, day, met, 0, contested, 3 - met - contested, 0, 0)


def test_the_snapshot_before_a_day_counts_or_else_the_first_after() -> None:
    weeks = [snapshot("2026-11-16", 1), snapshot("2026-11-23", 2), snapshot("2026-11-30", 3)]
    assert pick_snapshots(weeks, date(2026, 11, 26))["speed"].met == 2
    assert pick_snapshots(weeks[1:], date(2026, 11, 20))["speed"].met == 2
    assert pick_snapshots([], date(2026, 11, 20)) == {}


def test_criteria_that_moved_say_by_how_much() -> None:
    shown = evidence(code("speed.1"), code("speed.2"), code("speed.2", "sleep()", "weakens"))
    assert find_movements({"speed": snapshot("2026-11-23", 0)}, shown) == [Movement("speed", 1, 1)]
    assert find_movements({"speed": snapshot("2026-11-23", 3)}, shown) == [Movement("speed", 0, 2)]
    assert find_movements({"speed": snapshot("2026-11-23", 1, 1)}, shown) == []
    assert find_movements({}, shown) == []
