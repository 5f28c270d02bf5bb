import random
from datetime import date
from bot.domain.pairing.problem import Person, Problem
from bot.domain.people import Profile, WorkingHours

SKILLS = (
    "outcome",
    "integration",
    "risk",
    "validation",
    "context",
    "reliability",
    "governance",
    "performance_cost",
    "security",
    "delivery",
)
STACKS = ("amazon-bedrock", "anthropic", "coding-assistants", "google-adk", "open-models", "openai")
ZONES = (
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "Asia/Kolkata",
    "Asia/Singapore",
)


def made(participants: int, senseis: int, seed: int = 1) -> Problem:
    chance = random.Random(seed)

    def hours():
        begins = chance.choice((7, 8, 9, 10)) * 60
        return WorkingHours(chance.choice(ZONES), begins=begins, ends=begins + 8 * 60)

    names = [f"p{n:04}" for n in range(participants)], [f"s{n:04}" for n in range(senseis)]
    mean = -(-participants // senseis)

    def profile(own, wide, capacity=0):
        skills = {s: chance.randint(1, 3) for s in chance.sample(SKILLS, wide)}
        return Profile(
            hours(),
            skills,
            tuple(chance.sample(STACKS, 2)),
            prefers=tuple(chance.sample(own, min(2, len(own)))) if chance.random() < 0.3 else (),
            capacity=capacity,
        )

    return Problem(
        tuple(Person(one, profile(names[1], 4)) for one in names[0]),
        tuple(Person(one, profile(names[0], 6, chance.randint(mean - 1, mean + 1))) for one in names[1]),
        date(2026, 3, 2),
        minimum_hours=4,
        confidential=frozenset(
            frozenset((chance.choice(names[0]), chance.choice(names[1]))) for _ in range(participants // 50)
        ),
    )
