"""Who decided about a question: ruled on a dispute, or kept or withdrew a waiting one."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class DeciderRole(StrEnum):
    """In which role someone decided."""

    SENSEI = "sensei"
    DEPUTY = "deputy"


@dataclass(frozen=True, slots=True)
class Ruler:
    """The person who decided. ``person`` is their opaque id, or ``operator`` at the command line.

    GitHub and the participant are told the role, never the person.
    """

    person: str
    role: DeciderRole = DeciderRole.SENSEI


OPERATOR_RULES = Ruler("operator")
"""The operator enters what the sensei has decided."""


def role_in(argument: Mapping[str, object]) -> DeciderRole:
    """Return the role that a job's argument names: ``{"deputy": True}``; the sensei's if it names none."""
    return next((role for role in DeciderRole if argument.get(role)), DeciderRole.SENSEI)


def name_role(role: DeciderRole) -> Mapping[str, bool]:
    """Return what names a role in a job's argument: nothing for the sensei."""
    return {} if role is DeciderRole.SENSEI else {str(role): True}
