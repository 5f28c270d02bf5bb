"""Who ruled on a dispute."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ruler:
    """The person who ruled. ``person`` is their opaque id, or ``operator`` at the command line.

    ``is_deputy``: they stood in for the participant's sensei. GitHub is told the role, never the person.
    """

    person: str
    is_deputy: bool = False


OPERATOR_RULES = Ruler("operator")
"""The operator enters what the sensei has ruled."""
