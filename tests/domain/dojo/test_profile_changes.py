"""What a row of a file changes about a profile."""

from bot.domain.dojo.import_rows import ImportRow
from bot.domain.dojo.people import CohortRole, Profile, Weekday, WorkingHours
from bot.domain.dojo.profile_changes import changed_columns, merge_profile
from tests.domain.dojo.import_rows import FULL


def test_what_a_row_leaves_empty_stays_as_it_is() -> None:
    before = Profile(
        WorkingHours("UTC", (Weekday.SUN,), 60, 120), {"security": 1}, ("anthropic",), "G", ("p",), 4, "B"
    )
    bare = ImportRow("", "Ada", CohortRole.SENSEI, "U0000001")
    assert merge_profile(bare, before, "Europe/London", ()) == before
    assert changed_columns(before, before) == ()
    after = merge_profile(FULL, before, "UTC", ("q",))
    assert changed_columns(before, after) == (
        "time_zone", "days", "hours", "skills", "stacks", "goals", "prefers", "capacity",
    )  # fmt: skip
    new = merge_profile(bare, None, "Europe/London", ())
    assert (new.hours, new.capacity) == (WorkingHours("Europe/London"), 2)
