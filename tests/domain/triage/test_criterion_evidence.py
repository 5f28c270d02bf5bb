"""What a ruling rests on: which changes make it another ruling's evidence, and which don't."""

from bot.domain.ledger.evidence import CheckState, Exemption
from bot.domain.ledger.ledger import Ledger
from bot.domain.review.report import Movement
from bot.domain.triage.criterion_evidence import CriterionEvidence, find_moved, gather_evidence
from tests.domain.ledgers import CHECKS, EMPTY, RUBRIC, movement, nothing_but
from tests.domain.triage.ruled import ruling


def shown(ledger: Ledger, criterion: str = "speed") -> CriterionEvidence:
    return gather_evidence(ledger, RUBRIC)[criterion]


def applied(*movements: Movement, change: str | None = None) -> Ledger:
    return EMPTY.apply(movements, covered=CHECKS, change=change)


BEFORE = applied(movement())


def test_evidence_lists_each_check_with_what_is_for_and_against_it() -> None:
    ledger = applied(
        movement(missing="a bound", quotes=("beta()",)), movement(), movement(direction="weakens")
    ).exempt(Exemption(check="speed.2", by="sensei", reason="There is no cache."))
    one, two, four = shown(ledger).checks
    assert (one.state, len(one.supports), len(one.weakens)) == (CheckState.CONTESTED, 2, 1)
    assert [entry.partial for entry in one.supports] == [False, True]
    assert (two.applies, two.exemption and two.exemption.reason) == (False, "There is no cache.")
    assert (four.state, four.has_evidence) == (CheckState.OPEN, False)


def test_a_merge_another_place_and_another_format_are_the_same_evidence() -> None:
    branch = EMPTY.apply([movement(quotes=("alpha(1,\n  2)",))], change="1", covered=CHECKS)
    moved = applied(movement(quotes=("alpha(1, 2)",), path="b.py", line=90))
    both = moved.apply([movement(quotes=("alpha(1,2)",))], change="2")
    assert shown(branch).digest == shown(moved).digest == shown(both).digest


def test_other_words_of_what_is_missing_are_the_same_evidence_but_a_whole_support_is_not() -> None:
    partly = shown(applied(movement(missing="a bound"))).digest
    assert partly == shown(applied(movement(missing="an upper bound"))).digest
    assert partly != shown(BEFORE).digest


def test_new_lost_and_contrary_quotes_are_other_evidence() -> None:
    digests = {
        shown(ledger).digest
        for ledger in (
            EMPTY,
            BEFORE,
            BEFORE.apply([movement(quotes=("beta()",))]),
            BEFORE.apply([movement(direction="weakens")]),
            BEFORE.apply([movement("speed.2")]),
            BEFORE.exempt(Exemption(check="speed.4", by="sensei", reason="No.")),
        )
    }
    assert len(digests) == 6
    assert shown(BEFORE.refresh(nothing_but(), "c")).digest == shown(EMPTY).digest


def test_pending_and_removed_code_and_what_was_looked_for_are_no_evidence() -> None:
    pending = BEFORE.apply([movement("speed.2")], change="7", pending=True)
    removed = BEFORE.apply([movement("speed.2", side="base")])
    unread = EMPTY.apply([movement()])
    assert {shown(ledger).digest for ledger in (pending, removed, unread, BEFORE)} == {shown(BEFORE).digest}


def test_a_check_that_does_not_apply_is_evidence_only_in_that_it_does_not() -> None:
    exempted = BEFORE.exempt(Exemption(check="speed.1", by="sensei", reason="No."))
    later = exempted.apply([movement(quotes=("beta()",))])
    assert shown(exempted).digest == shown(later).digest
    assert not shown(exempted).has_evidence
    assert shown(exempted).applies


def test_what_is_seen_changes_with_the_draft_even_if_the_evidence_does_not() -> None:
    unread = EMPTY.apply([movement()])
    assert shown(unread).digest == shown(BEFORE).digest
    assert (shown(unread).draft.level, shown(BEFORE).draft.level) == (None, 1)
    assert shown(unread).view != shown(BEFORE).view


def test_criteria_move_that_have_other_evidence_than_their_ruling_or_some_and_no_ruling() -> None:
    evidence = gather_evidence(BEFORE, RUBRIC)
    assert find_moved(evidence, {}) == ("speed",)
    assert find_moved(evidence, {"speed": ruling("speed", evidence["speed"].digest)}) == ()
    assert find_moved(evidence, {"speed": ruling("speed", "earlier")}) == ("speed",)
    assert find_moved(evidence, {"gone": ruling("gone", "earlier")}) == ("speed",)
