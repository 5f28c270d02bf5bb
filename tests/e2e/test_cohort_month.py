"""Four participants in four zones for the first week of ``benchmarks.cohort_month``, with the whole bot."""

from pathlib import Path

import pytest

from tests.cohort_month.checking import find_faults, list_unprompted
from tests.cohort_month.diary import write_month
from tests.cohort_month.month import Month
from tests.cohort_month.people import PARTICIPANTS, first_moment, settle_in
from tests.cohort_month.script import Script
from tests.cohort_weeks.served import served

pytestmark = pytest.mark.contract
NAMES = ("Ada", "Bo", "Dan", "Eve")


def test_each_gets_what_is_due_in_their_hours_and_nothing_twice(tmp_path: Path) -> None:
    with served(tmp_path, first_moment()) as it:
        month = Month(it, settle_in(it, tuple(one for one in PARTICIPANTS if one.name in NAMES)))
        Script(month, merges=False).plan(1)
        month.live(1)
        assert find_faults(month, 1) == []
        assert [len(list_unprompted(month, name)) for name in NAMES] == [1, 2, 1, 1]
    diary = write_month(month)
    assert "Ada, Wednesday 10 March" in diary
    assert "[● Answer ] [ Later ] [ Skip it ]" in diary
    assert "Your check-in is still open" in diary
