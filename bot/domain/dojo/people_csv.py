"""Writing people to a CSV file, and the template's two sample people."""

import csv
import io
from collections.abc import Sequence

from bot.domain.dojo import profiles
from bot.domain.dojo.import_rows import COLUMNS, ImportRow
from bot.domain.dojo.people import MONDAY_TO_FRIDAY, CohortRole, Weekday


def write_csv(rows: Sequence[ImportRow]) -> str:
    """Return people as CSV that ``read_people`` can read."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        begins, ends = row.hours or (0, 0)
        writer.writerow(
            [
                row.name,
                row.role,
                row.slack,
                row.github or "",
                row.time_zone or "",
                profiles.format_days(row.days) if row.days else "",
                f"{profiles.format_clock(begins)}-{profiles.format_clock(ends)}" if row.hours else "",
                "; ".join(f"{skill}:{rating}" for skill, rating in (row.skills or {}).items()),
                "; ".join(row.stacks or ()),
                row.goals or "",
                "; ".join(row.prefers or ()),
                "" if row.capacity is None else row.capacity,
            ]
        )
    return out.getvalue()


SAMPLES = (
    ImportRow(
        "row 2",
        "Sample Participant (replace me)",
        CohortRole.PARTICIPANT,
        "participant@example.org",
        "sample-login",
        "Europe/Madrid",
        MONDAY_TO_FRIDAY,
        (9 * 60, 17 * 60 + 30),
        {"security": 3, "validation": 2},
        ("anthropic",),
        "Sample: to learn what an evaluation proves and what it doesn't.",
        ("sensei@example.org",),
    ),
    ImportRow(
        "row 3",
        "Sample Sensei (replace me)",
        CohortRole.SENSEI,
        "sensei@example.org",
        None,
        "Europe/London",
        (Weekday.MON, Weekday.WED),
        (10 * 60, 16 * 60),
        {"security": 3, "validation": 2},
        ("anthropic", "google-adk"),
        None,
        None,
        3,
    ),
)
"""Two fictional people for the template."""
