"""A made-up cohort of any size as a file of people, the same each time."""

import random

from bot.domain.dojo.import_rows import ImportRow
from bot.domain.dojo.people import MONDAY_TO_FRIDAY, CohortRole, Weekday
from bot.domain.dojo.people_csv import write_csv

ZONES = ("Europe/London", "Europe/Madrid", "Europe/Bucharest", "America/New_York", "Asia/Kolkata")
SKILLS = ("outcome", "integration", "risk", "validation", "context", "security", "delivery")
STACKS = ("amazon-bedrock", "anthropic", "coding-assistants", "google-adk", "openai")
NAMES = (
    ("Ada", "Bo", "Chloë", "Dmitri", "Eve", "Fatima", "Grace", "Håkon", "Inés", "Jun", "Kwame", "Lea"),
    ("Lindqvist", "O’Brien", "Okafor", "Novák", "Castellanos Fuentes", "Ng", "Featherstonehaugh", "Sato"),
)
ODD_NAMES = (
    "王小明",
    "דנה כהן",
    "مريم الأنصاري",
    "Ana-Mari\N{COMBINING ACUTE ACCENT}a Żółkiewska-Brzęczyszczykiewicz von und zu Hohenlohe",
    "佐藤さくら・インターナショナル・コンサルティング株式会社",
    "Zoë\x1b[31m \N{RIGHT-TO-LEFT OVERRIDE}nimda",
)


def made(participants: int, senseis: int) -> str:
    """A file with as many places as participants but two, so that somebody is left."""
    chance = random.Random(2)
    common = [f"{first} {last}" for last in NAMES[1] for first in NAMES[0]]
    names = [*ODD_NAMES, *chance.sample(common, participants + senseis - len(ODD_NAMES))]
    chance.shuffle(names)
    taught = [f"sensei{number}@example.org" for number in range(senseis)]

    def row(number: int, slack: str, role: CohortRole, capacity: int | None) -> ImportRow:
        begins = chance.choice((7, 8, 9, 10)) * 60
        return ImportRow(
            f"row {number}",
            names[number],
            role,
            slack,
            None,
            chance.choice(ZONES),
            chance.choice((MONDAY_TO_FRIDAY, MONDAY_TO_FRIDAY, (Weekday.TUE, Weekday.THU))),
            (begins, begins + 8 * 60),
            {skill: chance.randint(1, 3) for skill in chance.sample(SKILLS, 3)},
            tuple(chance.sample(STACKS, 2)),
            None,
            tuple(chance.sample(taught, 1)) if role is CohortRole.PARTICIPANT and number % 4 == 0 else None,
            capacity,
        )

    places = [(participants - 2) // senseis + (n < (participants - 2) % senseis) for n in range(senseis)]
    rows = [
        *(row(n, f"p{n}@example.org", CohortRole.PARTICIPANT, None) for n in range(participants - 1)),
        *(row(participants + n, taught[n], CohortRole.SENSEI, places[n]) for n in range(senseis)),
        # Works at hours at which nobody else does.
        ImportRow(
            "row 0",
            names[participants - 1],
            CohortRole.PARTICIPANT,
            "far@example.org",
            None,
            "Pacific/Auckland",
            (Weekday.SUN,),
            (13 * 60, 14 * 60),
        ),
    ]
    return write_csv(rows)
