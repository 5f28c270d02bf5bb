"""Looking at everything at once."""

import threading
import time

from bot.domain.setup.findings import Finding
from bot.errors import TransientError, UserError
from bot.workflows.setup.check_runner import HealthCheck, run_checks

FINE = Finding("fine", "ok", "It is.")


def raises(error: Exception) -> list[Finding]:
    raise error


def test_what_is_found_comes_in_the_order_of_the_checks() -> None:
    first_ends = threading.Event()

    def second() -> list[Finding]:
        first_ends.set()
        return [Finding("second", "ok", "")]

    def first() -> list[Finding]:
        assert first_ends.wait(20)  # both go on at the same time
        return [Finding("first", "ok", "")]

    found = run_checks([HealthCheck("A", "first", first), HealthCheck("B", "second", second)])
    assert [(group, each.name) for group, each in found] == [("A", "first"), ("B", "second")]


def test_a_check_that_hangs_is_left_behind_and_named() -> None:
    never = threading.Event()
    began = time.monotonic()

    def hangs() -> list[Finding]:
        never.wait(60)
        return [FINE]

    [(_, silent), (_, other)] = run_checks(
        [HealthCheck("A", "slow one", hangs, 0.2), HealthCheck("A", "fine", lambda: [FINE])]
    )
    never.set()
    assert time.monotonic() - began < 20
    assert (silent.name, silent.state) == ("slow one", "bad")
    assert silent.text == "The check 'slow one' got no answer within 0.2 s."
    assert other == FINE


def test_a_check_that_raises_is_a_finding_that_names_it_and_shows_no_value() -> None:
    [(_, bug), (_, told), (_, later)] = run_checks(
        [
            HealthCheck("A", "bug", lambda: raises(KeyError("a-secret-value"))),
            HealthCheck("A", "told", lambda: raises(UserError("It is wrong.", "Mend it."))),
            HealthCheck("A", "later", lambda: raises(TransientError("Nobody answers."))),
        ]
    )
    assert (bug.name, bug.state) == ("bug", "bad")
    assert "The check 'bug' itself failed (KeyError, test_check_runner.py:" in bug.text
    assert "a-secret-value" not in bug.text + bug.remedy
    assert told == Finding("told", "bad", "It is wrong.", "Mend it.")
    assert (later.state, later.text) == ("bad", "Nobody answers.")
