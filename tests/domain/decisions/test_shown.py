"""Which decisions come first, and which an App Home shows."""

from datetime import timedelta

from bot.domain.decisions.records import DecisionState
from bot.domain.decisions.shown import ShownDecision, digest_decisions, is_author, order_decisions
from tests.decided import AT, decision

DRAFT, CONFIRMED = DecisionState.DRAFT, DecisionState.CONFIRMED


def shown(number: int, state: DecisionState, capstone: str = "ada/desk", days: int = 0) -> ShownDecision:
    confirmed = AT + timedelta(days=days) if state is CONFIRMED else None
    return ShownDecision(decision(number, state, confirmed_at=confirmed), capstone, is_own=True)


def test_drafts_come_first_then_confirmed_ones_by_capstone_the_newest_first() -> None:
    found = [
        shown(1, DecisionState.WITHDRAWN),
        shown(2, CONFIRMED),
        shown(5, CONFIRMED),
        shown(3, CONFIRMED, "ada/Agents"),
        shown(4, DRAFT),
        shown(6, DecisionState.SUPERSEDED),
    ]
    assert [one.decision.number for one in order_decisions(found)] == [4, 3, 5, 2, 6, 1]


def test_a_digest_has_the_three_confirmed_last_in_any_capstone_and_counts_all() -> None:
    found = [shown(number, CONFIRMED, days=-number) for number in range(1, 6)]
    found += [shown(9, CONFIRMED, "ada/zoo", days=1)]
    found += [shown(number, DRAFT) for number in range(10, 15)]
    digest = digest_decisions(found)
    assert [one.decision.number for one in digest.latest] == [9, 1, 2]
    assert [one.decision.number for one in digest.drafts] == [14, 13, 12]
    assert (digest.confirmed, digest.waiting) == (6, 5)


def test_a_private_decision_without_an_author_is_nobodys() -> None:
    assert is_author(decision(1, person=None), "p1")
    assert not is_author(decision(1, person=None, private=True), "p1")
    assert not is_author(decision(1, person="p2"), "p1")
