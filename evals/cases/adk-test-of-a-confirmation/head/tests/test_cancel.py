"""The model is scripted; the runner, the tools and the confirmation are the real ones."""

import pytest

from booking import store
from tests.scripted import confirm, run, tool_call


@pytest.fixture(autouse=True)
def booking():
    store.BOOKINGS["ada", "B7"] = {"number": "B7", "status": "booked"}
    yield
    store.BOOKINGS.clear()


def test_nothing_is_cancelled_before_a_person_says_yes():
    asked = run(guest="ada", model=[tool_call("cancel_booking", number="B7")])
    assert asked.waits_for == "cancel_booking"
    assert store.BOOKINGS["ada", "B7"]["status"] == "booked"


def test_a_no_leaves_the_booking_as_it_is():
    asked = run(guest="ada", model=[tool_call("cancel_booking", number="B7")])
    confirm(asked, yes=False)
    assert store.BOOKINGS["ada", "B7"]["status"] == "booked"


def test_a_yes_cancels_this_booking():
    asked = run(guest="ada", model=[tool_call("cancel_booking", number="B7")])
    confirm(asked, yes=True)
    assert store.BOOKINGS["ada", "B7"]["status"] == "cancelled"
