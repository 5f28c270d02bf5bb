"""A row of an import in which every column holds something."""

from bot.domain.dojo.import_rows import ImportRow
from bot.domain.dojo.people import CohortRole, Weekday

FULL = ImportRow(
    "row 2",
    "Ada",
    CohortRole.SENSEI,
    "ada@example.org",
    "ada-l",
    "Europe/Madrid",
    (Weekday.MON, Weekday.WED),
    (540, 1050),
    {"security": 3, "validation": 2},
    ("google-adk",),
    "To learn;\nslowly, well.",
    ("U0000001", "bo@example.org"),
    3,
)
