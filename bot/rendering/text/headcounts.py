"""The number of people in a cohort, as a phrase."""

from bot.domain.dojo.headcount import Headcount
from bot.rendering.text.safe_text import count


def describe_headcount(people: Headcount) -> str:
    """Return ``12 participants (2 paused), 4 senseis``."""
    parts = [
        _describe_role(people.participants, "participant", people.paused_participants),
        _describe_role(people.senseis, "sensei", people.paused_senseis),
    ]
    if people.unconfirmed:
        parts.append(f"{people.unconfirmed:,} waiting to be confirmed as a sensei")
    return ", ".join(parts)


def _describe_role(number: int, role: str, paused: int) -> str:
    return f"{count(number, role)} ({paused:,} paused)" if paused else count(number, role)
