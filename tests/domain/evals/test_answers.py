"""How far a hearing agrees with a reader, counted by hand."""

import pytest
from pydantic import ValidationError

from bot.domain.articulation.conversations import Stance
from bot.domain.articulation.slots import Slot
from bot.domain.evals.answers import AnswerCase, AnswerKind, Heard, score_hearing, total
from bot.domain.evals.intervals import Tally


def case(name: str, heard: Heard, kind: AnswerKind = AnswerKind.TERSE) -> AnswerCase:
    return AnswerCase(
        id=name,
        kind=kind,
        check="reliability.timeouts",
        question="What happens when the provider hangs?",
        path="app.py",
        quote="client.call()",
        messages=("We wait.",),
        heard=heard,
    )


def heard(*slots: Slot, either: tuple[Slot, ...] = (), stance: Stance = Stance.ARGUES) -> Heard:
    return Heard(stance=stance, slots=slots, either=either)


def test_what_both_hear_is_found_and_right() -> None:
    cases = [case("a", heard(Slot.DECIDED, Slot.AGAINST)), case("b", heard(Slot.DECIDED))]
    score = score_hearing(cases, {"a": heard(Slot.DECIDED), "b": heard(Slot.DECIDED, Slot.EVIDENCE)})
    assert score.slots[Slot.DECIDED].found == score.slots[Slot.DECIDED].right == Tally(2, 2)
    assert score.slots[Slot.AGAINST].found == Tally(0, 1)
    assert score.slots[Slot.EVIDENCE].right == Tally(0, 1)
    assert total(score) == (Tally(2, 3), Tally(2, 3))


def test_what_only_might_count_is_neither_right_nor_wrong() -> None:
    cases = [case("a", heard(Slot.DECIDED, either=(Slot.AGAINST,)))]
    for slots in ((Slot.DECIDED,), (Slot.DECIDED, Slot.AGAINST)):
        score = score_hearing(cases, {"a": heard(*slots)})
        assert score.slots[Slot.AGAINST].agreement.agreed.of == 0
        assert score.remarks == ()


def test_each_kind_of_answer_has_its_own_count() -> None:
    cases = [
        case("a", heard(Slot.DECIDED), AnswerKind.RAMBLING),
        case("b", heard(Slot.DECIDED, either=(Slot.CONTEXT,)), AnswerKind.HOSTILE),
    ]
    score = score_hearing(cases, {"a": heard(Slot.DECIDED), "b": heard()})
    assert score.by_kind == {AnswerKind.RAMBLING: Tally(8, 8), AnswerKind.HOSTILE: Tally(6, 7)}


def test_the_stance_is_compared_too() -> None:
    cases = [case("a", heard(stance=Stance.DOES_NOT_KNOW))]
    score = score_hearing(cases, {"a": heard(stance=Stance.ARGUES)})
    assert score.stance.agreed == Tally(0, 1)
    assert score.remarks == (("a", "stance: argues, but the first reader says does_not_know"),)


def test_an_answer_that_was_not_heard_is_left_out() -> None:
    assert score_hearing([case("a", heard(Slot.DECIDED))], {}).cases == 0


def test_a_part_is_not_both_there_and_doubtful() -> None:
    with pytest.raises(ValidationError, match="decided is in both"):
        heard(Slot.DECIDED, either=(Slot.DECIDED,))
