"""A file row's changes to a member's profile."""

from dataclasses import replace

from bot.domain.dojo import profiles
from bot.domain.dojo.import_rows import ImportRow
from bot.domain.dojo.people import MONDAY_TO_FRIDAY, CohortRole, Profile, WorkingHours


def merge_profile(
    row: ImportRow, current: Profile | None, time_zone: str, prefers: tuple[str, ...]
) -> Profile:
    """Return a member's profile updated from a row. Empty cells change nothing.

    ``time_zone`` is used if neither has one. ``prefers`` are the people named in the row.
    """
    capacity = profiles.DEFAULT_CAPACITY if row.role is CohortRole.SENSEI else 0
    before = current or Profile(WorkingHours(time_zone, MONDAY_TO_FRIDAY), capacity=capacity)
    hours = before.hours
    begins, ends = row.hours or (hours.begins, hours.ends)
    return replace(
        before,
        hours=WorkingHours(row.time_zone or hours.time_zone, row.days or hours.days, begins, ends),
        skills=before.skills if row.skills is None else row.skills,
        stacks=before.stacks if row.stacks is None else row.stacks,
        goals=before.goals if row.goals is None else row.goals,
        prefers=before.prefers if row.prefers is None else prefers,
        capacity=before.capacity if row.capacity is None else row.capacity,
    )


def changed_columns(before: Profile | None, after: Profile) -> tuple[str, ...]:
    """Return the columns that differ between two profiles."""
    if before is None:
        return ("profile",)
    old, new = before.hours, after.hours
    differ = {
        "time_zone": old.time_zone != new.time_zone,
        "days": set(old.days) != set(new.days),
        "hours": (old.begins, old.ends) != (new.begins, new.ends),
        "skills": dict(before.skills) != dict(after.skills),
        "stacks": set(before.stacks) != set(after.stacks),
        "goals": before.goals != after.goals,
        "prefers": before.prefers != after.prefers,
        "capacity": before.capacity != after.capacity,
        "brief": before.brief != after.brief,
    }
    return tuple(column for column, changed in differ.items() if changed)
