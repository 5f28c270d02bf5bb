import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ledger.evidence import CheckState, Drift, Entry, Exemption, Statement
from bot.domain.ledger.ledger import Ledger, count_states
from bot.domain.review.report import Citation, Movement
from tests.domain.ledgers import CHECKS, EMPTY, HEADS, MOVEMENTS, movement, nothing_but
from tests.rendering.reports import citation

Head = Callable[[Citation], bool]
WEAKENS, PARTIAL = movement(direction="weakens", quotes=("beta()",)), movement(missing="a bound")
ORDER = [CheckState.NOT_ASSESSED, CheckState.OPEN, CheckState.PARTLY_MET, CheckState.MET]


def state(ledger: Ledger, check: str = "speed.1") -> CheckState:
    return ledger.states()[check]


def said(check: str = "speed.1", words: str = "We chose it for its price.") -> Entry:
    statement = Statement(source="decision", reference="7", quote=words)
    return Entry(
        check=check, direction="supports", partial=False, missing="", reader="sensei", citation=statement
    )


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        ([], CheckState.NOT_ASSESSED),
        ([movement()], CheckState.MET),
        ([PARTIAL], CheckState.PARTLY_MET),
        (
            [PARTIAL, movement(missing="a number", quotes=("beta()",))],
            CheckState.PARTLY_MET,
        ),  # they do not add up
        ([PARTIAL, movement(quotes=("beta()",))], CheckState.MET),
        ([WEAKENS], CheckState.OPEN),
        ([WEAKENS, movement()], CheckState.CONTESTED),
        ([WEAKENS, PARTIAL], CheckState.CONTESTED),
        ([movement(), movement(direction="weakens", side="base")], CheckState.MET),
        ([movement(direction="weakens", side="base")], CheckState.OPEN),
    ],
)
def test_a_state_follows_from_the_live_citations(moved: list[Movement], expected: CheckState) -> None:
    states = EMPTY.apply(moved).states()
    assert states.pop("speed.1") is expected
    assert set(states.values()) == {CheckState.NOT_ASSESSED}


def test_a_check_that_a_reading_covered_and_found_nothing_for_is_open() -> None:
    ledger = EMPTY.apply([], covered=["speed.2"])
    assert state(ledger, "speed.2") is CheckState.OPEN
    assert state(ledger, "speed.1") is CheckState.NOT_ASSESSED


@given(st.data())
def test_the_order_of_movements_does_not_matter(data: st.DataObject) -> None:
    moved = data.draw(st.lists(MOVEMENTS, max_size=8))
    shuffled, head = data.draw(st.permutations(moved)), data.draw(HEADS)
    one, other = EMPTY.apply(moved), EMPTY
    for each in shuffled:
        other = other.apply([each])
    assert one == other
    assert one.refresh(head, "now") == other.refresh(head, "now")


@given(st.lists(MOVEMENTS, max_size=8), HEADS)
def test_the_same_reading_twice_and_the_same_look_twice_change_nothing(
    moved: list[Movement], head: Head
) -> None:
    once = EMPTY.apply(moved)
    assert once.apply(moved) == once
    looked = once.refresh(head, "now")
    assert looked.refresh(head, "later") == looked


@given(st.lists(MOVEMENTS, max_size=8), HEADS, st.sampled_from(CHECKS))
def test_a_live_whole_support_never_lowers_a_state_that_nothing_is_against(
    moved: list[Movement], head: Head, check: str
) -> None:
    before = EMPTY.apply(moved).refresh(head, "now")
    after = before.apply([movement(check, quotes=("delta()",))])
    against = [e for e in before.entries if e.check == check and e.live and e.direction == "weakens"]
    assert state(after, check) is (CheckState.CONTESTED if against else CheckState.MET)
    if not against:
        assert ORDER.index(state(after, check)) >= ORDER.index(state(before, check))
    assert {c: s for c, s in after.states().items() if c != check} == {
        c: s for c, s in before.states().items() if c != check
    }


@given(st.lists(MOVEMENTS, max_size=8))
def test_when_every_quote_is_removed_every_assessed_check_is_open_and_what_had_support_drifts(
    moved: list[Movement],
) -> None:
    before = EMPTY.apply(moved)
    after = before.refresh(nothing_but(), "now")
    supported = {e.check for e in before.entries if e.live and e.direction == "supports"}
    assert {check for check in CHECKS if state(after, check) is CheckState.OPEN} == {m.check for m in moved}
    assert set(after.drifted()) == {note.check for note in after.drift} == supported
    assert all(note.after is CheckState.OPEN for note in after.drift)


def test_drift_is_noted_when_the_last_live_citation_goes_and_over_when_it_is_back() -> None:
    ledger = EMPTY.apply([movement(quotes=("alpha()", "beta()"))])
    ledger = ledger.refresh(nothing_but("beta()"), "c1")
    assert (state(ledger), ledger.drift) == (CheckState.MET, ())
    ledger = ledger.refresh(nothing_but(), "c2")
    (note,) = ledger.drift
    assert note == Drift(
        check="speed.1",
        before=CheckState.MET,
        after=CheckState.OPEN,
        because="gone",
        at="c2",
        lost=(citation("beta()"),),
    )
    assert ledger.drifted() == {"speed.1": note}
    ledger = ledger.refresh(nothing_but("alpha()"), "c3")
    assert (state(ledger), ledger.drifted()) == (CheckState.MET, {})


def test_a_state_falls_back_to_what_is_left() -> None:
    ledger = EMPTY.apply([movement(), movement(missing="a bound", quotes=("beta()",))])
    ledger = ledger.refresh(nothing_but("beta()"), "now")
    assert state(ledger) is CheckState.PARTLY_MET
    assert [(note.before, note.after) for note in ledger.drift] == [(CheckState.MET, CheckState.PARTLY_MET)]


def test_what_is_no_longer_said_against_a_check_is_no_drift() -> None:
    ledger = EMPTY.apply([movement(), WEAKENS]).refresh(nothing_but("alpha()"), "now")
    assert (state(ledger), ledger.drift) == (CheckState.MET, ())


def test_removed_lines_that_come_back_do_not_speak_against_their_check() -> None:
    ledger = EMPTY.apply([movement(), movement(direction="weakens", side="base")])
    assert state(ledger.refresh(nothing_but("alpha()"), "now")) is CheckState.MET


@given(st.lists(MOVEMENTS, max_size=6), st.lists(MOVEMENTS, max_size=6))
def test_pending_citations_count_for_nothing_and_vanish_when_their_change_is_closed(
    there: list[Movement], proposed: list[Movement]
) -> None:
    before = EMPTY.apply(there)
    pending = before.apply(proposed, change="12", pending=True)
    assert pending.states() == before.states()
    assert pending.refresh(nothing_but(), "now").states() == before.refresh(nothing_but(), "now").states()
    assert pending.close("13") == pending
    assert pending.close("12") == before


@given(st.lists(MOVEMENTS, max_size=6), HEADS)
def test_merged_citations_count_as_if_they_had_been_read_at_the_head(
    proposed: list[Movement], head: Head
) -> None:
    merged = EMPTY.apply(proposed, change="12", pending=True).merge("12", head)
    assert merged.states() == EMPTY.apply(proposed).refresh(head, "now").states()
    assert merged.drift == ()  # what did not come through was never there
    assert merged.close("12") == merged
    assert merged.apply(proposed, change="12", pending=True).states() == EMPTY.apply(proposed).states()


def test_only_the_change_that_was_merged_counts() -> None:
    ledger = EMPTY.apply([movement()], change="1", pending=True)
    ledger = ledger.apply([movement("speed.2")], change="2", pending=True)
    states = ledger.merge("2", lambda _: True).states()
    assert (states["speed.1"], states["speed.2"]) == (CheckState.NOT_ASSESSED, CheckState.MET)


def test_words_live_until_they_are_withdrawn_whatever_stands_at_the_head() -> None:
    title = movement("speed.2", quotes=("Cheaper by half",), source="text", path="title")
    ledger = EMPTY.enter([said()]).apply([title]).refresh(nothing_but(), "c1")
    assert (state(ledger), state(ledger, "speed.2")) == (CheckState.MET, CheckState.MET)
    ledger = ledger.withdraw("speed.1", said().citation, "c2")
    assert (state(ledger), state(ledger, "speed.2")) == (CheckState.OPEN, CheckState.MET)
    assert [(note.because, note.at) for note in ledger.drift] == [("withdrawn", "c2")]
    assert state(ledger.enter([said()])) is CheckState.OPEN


def test_a_withdrawn_quote_stays_withdrawn_wherever_it_is_found_next() -> None:
    ledger = EMPTY.apply([movement()]).withdraw("speed.1", citation("alpha()"), "c1")
    moved = ledger.apply([movement(quotes=("alpha( )",), path="elsewhere.py", line=90)])
    assert state(moved.refresh(lambda _: True, "c2")) is CheckState.OPEN
    assert state(moved.apply([movement("speed.2")]), "speed.2") is CheckState.MET


@pytest.mark.parametrize("by", ["rule", "sensei"])
def test_what_does_not_apply_has_a_reason_and_can_be_made_to_apply(by: str) -> None:
    exemption = Exemption.model_validate({"check": "speed.1", "by": by, "reason": "There is no user."})
    ledger = EMPTY.apply([movement()]).exempt(exemption).exempt(exemption)
    assert state(ledger) is CheckState.NOT_APPLICABLE
    assert state(ledger.restore("speed.1")) is CheckState.MET


@pytest.mark.parametrize("change", [{"reason": ""}, {"by": "model"}])
def test_no_model_and_nobody_without_a_reason_can_say_that_a_check_does_not_apply(
    change: dict[str, str],
) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        Exemption.model_validate({"check": "speed.1", "by": "sensei", "reason": "No user."} | change)


def test_later_lines_of_the_same_evidence_replace_earlier_ones() -> None:
    ledger = EMPTY.apply([movement()]).apply([movement(line=40, commit="c" * 40)])
    (entry,) = ledger.entries
    assert isinstance(entry.citation, Citation)
    assert entry.citation.line_start == 40


def test_a_check_that_the_ledger_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match=r"nope\.1"):
        EMPTY.apply([movement("nope.1")])


@given(st.lists(MOVEMENTS, max_size=6), st.lists(MOVEMENTS, max_size=3), HEADS, st.text(min_size=1))
def test_a_ledger_in_a_file_is_the_same_ledger(
    moved: list[Movement], proposed: list[Movement], head: Head, words: str
) -> None:
    ledger = EMPTY.apply(moved, covered=["safety.1"]).refresh(head, "now").enter([said("safety.2", words)])
    ledger = ledger.apply(proposed, change="12", pending=True)
    ledger = ledger.exempt(Exemption(check="speed.4", by="sensei", reason=words))
    document = ledger.as_json()
    assert Ledger.parse(document) == ledger
    assert Ledger.parse(document).as_json() == document
    assert json.loads(document)["schema"] == "sensei.ledger/1"
    assert json.loads(document)["states"] == ledger.states()


FULL = json.loads(
    EMPTY.apply([movement(), PARTIAL], covered=["speed.2"]).refresh(nothing_but(), "now").as_json()
)


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "sensei.ledger/2"},
        {"level": 3},
        {"states": {}},
        {"states": FULL["states"] | {"speed.1": "met"}},
        {"covered": ["nope.1"]},
        {"covered": ["speed.2", "speed.2"]},
        {"checks": ["speed.2"]},
        {"entries": FULL["entries"] * 2},
        {"entries": [FULL["entries"][0] | {"stands": "no"}]},
        {"entries": [FULL["entries"][0] | {"citation": {"source": "thread", "quote": "x"}}]},
        {"drift": [FULL["drift"][0] | {"lost": []}]},
    ],
)
def test_a_file_that_is_no_ledger_of_ours_is_refused(change: dict[str, object]) -> None:
    Ledger.parse(json.dumps(FULL))
    with pytest.raises(ValueError, match=r"."):
        Ledger.parse(json.dumps(FULL | change))


@pytest.mark.parametrize("text", ["", "[]", "{}", '"x"', "{", "\ud800"])
def test_text_that_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Ledger.parse(text)


def test_every_state_is_counted() -> None:
    found = count_states(EMPTY.apply([movement(), WEAKENS, movement("speed.2")]).states())
    assert found == dict.fromkeys(CheckState, 0) | {
        CheckState.MET: 1,
        CheckState.CONTESTED: 1,
        CheckState.NOT_ASSESSED: 3,
    }
