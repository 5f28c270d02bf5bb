"""Three topics, of different kinds where there are any, and never two about the same thing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ledger.evidence import Entry, Statement
from bot.domain.ledger.ledger import Ledger
from bot.domain.one_to_ones.briefs import Topic, TopicCode, TopicKind
from bot.domain.one_to_ones.progress import Movement, find_movements, pick_snapshots
from bot.domain.one_to_ones.topics import (
    MOST_TOPICS,
    choose_topics,
    hide_draft,
    list_gate_topics,
    list_moved_topics,
    make_draft_topic,
)
from bot.domain.review.code_questions import ABOUT_A_CHOICE, AFTER_A_FACT
from bot.domain.rubrics.rubric import Rubric
from bot.domain.triage.criterion_evidence import CriterionEvidence, gather_evidence
from bot.domain.triage.records import CriterionSnapshot
from tests.domain import rubric_builders as rubrics
from tests.domain.ledgers import RUBRIC, Direction
from tests.rendering.reports import HEAD, citation

TOPICS = st.lists(
    st.builds(Topic, st.sampled_from(TopicKind), st.sampled_from("abcdef"), st.just("Why?")), max_size=12
)


def said(check: str) -> Entry:
    statement = Statement(source="decision", reference="1", quote="Because.")
    return Entry(
        check=check, direction="supports", partial=False, missing="", reader="model", citation=statement
    )


def code(
    check: str,
    quote: str = "retry()",
    direction: Direction = "supports",
    *,
    missing: str = "",
    reader: Literal["signal", "model"] = "model",
    path: str = "app/client.py",
) -> Entry:
    return Entry(
        check=check,
        direction=direction,
        partial=bool(missing),
        missing=missing,
        reader=reader,
        citation=citation(quote, path),
    )


def evidence(*entries: Entry, rubric: Rubric = RUBRIC) -> dict[str, CriterionEvidence]:
    ledger = Ledger.for_rubric(rubric).enter(list(entries), covered=set())
    return gather_evidence(ledger, rubric)


@given(TOPICS)
def test_three_topics_are_chosen_the_most_urgent_kinds_first(candidates: list[Topic]) -> None:
    chosen = choose_topics(candidates)
    subjects = [topic.subject for topic in chosen]
    assert len(subjects) == len(set(subjects)) == min(MOST_TOPICS, len({it.subject for it in candidates}))
    kinds = list(TopicKind)
    urgency = [
        min(kinds.index(it.kind) for it in candidates if it.subject == topic.subject)
        if topic.kind in {TopicKind.PUT_OFF, TopicKind.WAITING}
        else kinds.index(topic.kind)
        for topic in chosen
    ]
    assert urgency == sorted(urgency)
    if candidates:
        assert urgency[0] == min(kinds.index(it.kind) for it in candidates)
    assert all(topic in candidates for topic in chosen)


def test_a_question_goes_before_what_the_rubric_asks_about_the_same_criterion() -> None:
    probe, other = Topic(TopicKind.GATE, "gate", "Probe?"), Topic(TopicKind.GATE, "other gate", "Probe?")
    asked, gained = Topic(TopicKind.WAITING, "gate", "Asked?"), Topic(TopicKind.GAINED, "more", "Probe?")
    assert choose_topics([probe, other, asked, gained]) == (asked, other, gained)
    weaker = Topic(TopicKind.AGAINST, "gate", "Probe?")
    assert choose_topics([weaker, probe, other, asked]) == (asked, other)


def test_kinds_come_before_a_second_topic_of_a_kind() -> None:
    two = [Topic(TopicKind.DRIFT, name, "") for name in ("one", "two", "three")]
    chosen = choose_topics([*two, Topic(TopicKind.GAINED, "four", "")])
    assert [topic.subject for topic in chosen] == ["one", "two", "four"]


def quotes(topics: Iterable[Topic]) -> list[tuple[TopicKind, str]]:
    return [(topic.kind, topic.code.quote if topic.code else "") for topic in topics]


def test_the_gate_about_which_least_was_said_comes_with_code() -> None:
    [topic] = list_gate_topics(evidence(code("safety.2", "guard()", "weakens"), said("safety.1")))
    assert (topic.kind, topic.subject) == (TopicKind.GATE, RUBRIC.criteria[1].title)
    assert topic.code == TopicCode("app/client.py", 7, 7, "guard()", HEAD)
    assert topic.question == RUBRIC.criteria[1].checks[1].probe
    assert topic.listen_for == RUBRIC.criteria[1].checks[1].ask
    assert topic.said == (1, 2)


def test_what_the_rubric_asks_is_left_out_if_the_fact_is_an_anti_patterns() -> None:
    unchecked = {"id": "unchecked", "text": "Nobody checks it.", "check": "safety.1"}
    of_anti_pattern = rubrics.criterion(
        "safety", gate=True, anti_patterns=[{**unchecked, "signals": [rubrics.signal()]}]
    )
    of_check = rubrics.criterion(
        "safety", gate=True, checks=[rubrics.check("safety.1", signals=[rubrics.signal()])]
    )
    against = code("safety.1", "Client(1)", "weakens", reader="signal")
    for criterion, is_shown in ((of_anti_pattern, False), (of_check, True)):
        rubric = rubrics.rubric(criterion)
        [topic] = list_gate_topics(evidence(against, rubric=rubric))
        assert topic.question.startswith("This client has no timeout.")
        assert topic.listen_for == (rubric.criteria[0].checks[0].ask if is_shown else "")


def test_a_gate_about_which_all_was_said_is_no_topic() -> None:
    assert list_gate_topics(evidence(said("safety.1"), said("safety.2"))) == []


def test_of_gates_about_which_as_little_was_said_one_with_code_comes_first() -> None:
    gates = rubrics.rubric(rubrics.criterion("speed", gate=True), rubrics.criterion("safety", gate=True))
    unsaid = evidence(code("speed.1", path="a.py"), code("safety.1", path="b.py"), rubric=gates)
    assert [it.check for it in list_gate_topics(unsaid)] == ["speed.1", "safety.1"]
    with_code = evidence(code("safety.1"), rubric=gates)
    assert [it.check for it in list_gate_topics(with_code)] == ["safety.1", "speed.1"]


def texts(probe: str, ask: str) -> dict[str, CriterionEvidence]:
    """Evidence about a gate with one check about which nothing is known, and code about another criterion."""
    gate = rubrics.criterion("safety", gate=True)
    gate["checks"] = [{**gate["checks"][0], "probe": probe, "ask": ask}]
    other = rubrics.rubric(gate, rubrics.criterion("speed"))
    return evidence(code("speed.1"), rubric=other)


def test_without_code_nothing_is_asked_that_points_at_some() -> None:
    ours = "I've found nothing in the code about this yet. Where does it stand?"
    [topic] = list_gate_topics(texts("Who can read this log?", "Are logs kept from strangers?"))
    assert (topic.question, topic.listen_for) == (ours, "Are logs kept from strangers?")
    assert topic.tells_ask
    [topic] = list_gate_topics(texts("Who can read these logs?", "Are logs here kept from strangers?"))
    assert (topic.question, topic.tells_ask) == (ours, False)
    [topic] = list_gate_topics(texts("Who can read a log here?", "Are logs kept from strangers?"))
    assert (topic.question, topic.tells_ask) == ("Who can read a log here?", False)


def test_without_code_a_check_is_chosen_that_can_be_understood() -> None:
    gate = rubrics.criterion("safety", gate=True)
    [first] = gate["checks"][:1]
    gate["checks"] = [
        {**first, "id": "safety.1", "probe": "Who reads this?", "ask": "Is this log kept?"},
        {**first, "id": "safety.2", "probe": "Who reads a log?", "ask": "Is this log kept?"},
    ]
    known = evidence(code("speed.1"), rubric=rubrics.rubric(gate, rubrics.criterion("speed")))
    assert [it.check for it in list_gate_topics(known)] == ["safety.2"]


def test_of_a_capstone_of_which_nothing_is_known_it_is_asked_what_a_model_does() -> None:
    [topic] = list_gate_topics(evidence())
    assert (topic.kind, topic.subject, topic.check) == (TopicKind.UNSEEN, "The capstone", None)
    assert topic.question == "What does a model do in it, or what is it going to do?"


def test_a_draft_goes_before_a_gate_and_its_title_is_only_for_its_author() -> None:
    draft = make_draft_topic("A title", "safety.1", date(2026, 11, 20))
    gate, against = Topic(TopicKind.GATE, "gate", "?"), Topic(TopicKind.AGAINST, "against", "?")
    assert choose_topics([gate, draft, against]) == (against, draft, gate)
    theirs = hide_draft(draft)
    assert (theirs.subject, "title" in theirs.question) == ("A draft decision", False)
    assert replace(theirs, subject=draft.subject, question=draft.question) == draft
    assert hide_draft(gate) == gate


def test_a_gate_is_left_out_if_a_draft_is_about_the_check_that_it_would_ask_about() -> None:
    draft = make_draft_topic("A title", "safety.1", date(2026, 11, 20))
    gate, other = (Topic(TopicKind.GATE, check, "?", check=check) for check in ("safety.1", "safety.2"))
    assert choose_topics([gate, other, draft]) == (draft, other)


def test_what_a_participant_said_is_never_quoted() -> None:
    [topic] = list_gate_topics(evidence(said("safety.1")))
    assert topic.code is None


def test_lost_evidence_comes_before_what_is_new_against_and_for_it() -> None:
    shown = evidence(code("speed.1"), code("speed.2", "sleep()", "weakens"), code("safety.1", "guard()"))
    lost = list_moved_topics(shown, [Movement("safety", 1, 0), Movement("speed", 1, 1, 1)])
    assert quotes(lost) == [(TopicKind.LOST, "sleep()"), (TopicKind.GAINED, "guard()")]
    doubted = list_moved_topics(shown, [Movement("safety", 1, 0), Movement("speed", 1, 0, 1)])
    assert quotes(doubted) == [(TopicKind.AGAINST, "sleep()"), (TopicKind.GAINED, "guard()")]


def test_what_they_have_just_talked_about_is_not_asked_again() -> None:
    moved = [Movement("safety", 1, 0)]
    assert list(list_moved_topics(evidence(said("safety.1")), moved)) == []
    also = evidence(said("safety.1"), code("safety.1", "guard()"), code("safety.2", "lock()"))
    assert quotes(list_moved_topics(also, moved)) == [(TopicKind.GAINED, "lock()")]


def test_what_a_signal_has_found_is_asked_about_in_its_own_words() -> None:
    signal = rubrics.signal()
    waits = {"id": "waits", "text": "It waits.", "check": "safety.1", "signals": [signal]}
    gates = rubrics.rubric(rubrics.criterion("safety", gate=True, anti_patterns=[waits]))
    found = code("safety.1", "Client(self.address)", "weakens", reader="signal")
    [topic] = list_gate_topics(evidence(found, rubric=gates))
    asked = [wording.format(thing="`Client`") for wording in AFTER_A_FACT]
    assert topic.question in {f"{signal['text']} {question}" for question in asked}
    [topic] = list_gate_topics(evidence(found.model_copy(update={"reader": "model"}), rubric=gates))
    assert topic.question == gates.criteria[0].checks[0].probe


def test_about_code_that_supports_a_check_the_rest_is_asked() -> None:
    part = code("safety.1", missing="who is told", reader="signal")
    [topic] = list_gate_topics(evidence(part))
    assert "but not who is told. Is that somewhere else" in topic.question
    assert topic.missing == ""
    by_model = part.model_copy(update={"reader": "model"})
    [topic] = list_gate_topics(evidence(by_model))
    assert (topic.question, topic.missing) == (RUBRIC.criteria[1].checks[0].probe, "who is told")
    [topic] = list_gate_topics(evidence(code("safety.1", "guard()")))
    assert topic.question in {wording.format(thing="`guard`") for wording in ABOUT_A_CHOICE}
    assert list_gate_topics(evidence(code("safety.1", "guard()"))) == [topic]


def test_code_of_a_test_is_shown_last() -> None:
    in_test = code("safety.1", "fake()", "weakens", path="tests/test_client.py")
    assert quotes(list_gate_topics(evidence(in_test, code("safety.1", "real()", "weakens")))) == [
        (TopicKind.GATE, "real()")
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
    assert find_movements({"speed": snapshot("2026-11-23", 0)}, shown) == [Movement("speed", 1, 0, 1)]
    assert find_movements({"speed": snapshot("2026-11-23", 3)}, shown) == [Movement("speed", 0, 1, 1)]
    assert find_movements({"speed": snapshot("2026-11-23", 1, 1)}, shown) == []
    assert find_movements({}, shown) == []


def test_evidence_against_a_check_without_support_is_a_movement_once() -> None:
    shown = evidence(code("speed.2", "sleep()", "weakens"))
    nothing = CriterionSnapshot(1, "speed", date(2026, 11, 23), 0, 0, 0, 0, 0, 3)
    assert find_movements({"speed": nothing}, shown) == [Movement("speed", 0, 0, 1)]
    assert find_movements({"speed": replace(nothing, open=1, not_assessed=2)}, shown) == []
