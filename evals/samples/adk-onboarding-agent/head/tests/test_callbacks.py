"""The confirmation in front of the tools that write."""

from types import SimpleNamespace

from onboarding.callbacks import CONFIRMED, PENDING, call_key, confirm_writes

ORDER = {"employee_id": "e-17", "model": "14-inch"}


def attempt(tool: str, args: dict, state: dict) -> dict | None:
    return confirm_writes(SimpleNamespace(name=tool), args, SimpleNamespace(state=state))


def test_an_order_is_blocked_until_it_is_confirmed() -> None:
    state: dict = {}
    assert attempt("order_laptop", ORDER, state)["status"] == "needs_confirmation"
    assert state[PENDING] == call_key("order_laptop", ORDER)


def test_a_confirmation_allows_one_call_once() -> None:
    state = {CONFIRMED: call_key("order_laptop", ORDER)}
    assert attempt("order_laptop", ORDER, state) is None
    assert attempt("order_laptop", ORDER, state) is not None


def test_a_confirmation_is_for_its_own_arguments() -> None:
    state = {CONFIRMED: call_key("grant_badge", {"employee_id": "e-17", "level": 1})}
    assert attempt("grant_badge", {"employee_id": "e-17", "level": 2}, state) is not None


def test_reading_needs_no_confirmation() -> None:
    assert attempt("find_person", {"name": "Ines"}, {}) is None
