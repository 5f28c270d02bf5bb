"""Which cohort a command acts on.

A cohort named on the command line comes first, then the one in SENSEI_COHORT, then the only cohort.
Sensei never guesses between several cohorts, and only ``sensei cohort add`` creates one.
"""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.dojo import profiles
from bot.domain.dojo.people import Cohort
from bot.errors import UserError

_MOST_NAMES = 12  # maximum cohorts listed in an error


@dataclass(frozen=True, slots=True)
class CohortChoice:
    """How the user named a command's cohort: ``option`` with ``--cohort``, ``setting`` with SENSEI_COHORT."""

    option: str | None = None
    setting: str | None = None


def choose_cohort(cohorts: Sequence[Cohort], choice: CohortChoice) -> Cohort:
    """Return the cohort to act on, among all ``cohorts``.

    Raises:
        UserError: there is no cohort, there is none with this name, or there are several and none is named.
    """
    if not cohorts:
        raise _no_cohort(choice)
    wanted = choice.option or choice.setting
    if wanted is None:
        if len(cohorts) == 1:
            return cohorts[0]
        raise UserError(
            f"There are {len(cohorts)} cohorts, so you need to name one: {_list_names(cohorts)}.",
            "Add --cohort NAME, or set SENSEI_COHORT.",
        )
    cleaned = clean_name(wanted)
    found = next((cohort for cohort in cohorts if cohort.name == cleaned), None)
    if found is None:
        raise unknown_cohort(cohorts, cleaned, by_setting=not choice.option)
    return found


def cohort_flag(cohorts: Sequence[Cohort], setting: str | None, cohort: Cohort) -> str:
    """Return what a suggested command needs to act on a cohort, such as `` --cohort spring``.

    The text is empty if the command would choose this cohort by itself.
    """
    by_itself = clean_name(setting) == cohort.name if setting else len(cohorts) == 1
    return "" if by_itself else f" --cohort {shlex.quote(cohort.name)}"


def clean_name(name: str) -> str:
    """Return a cohort's name as it is stored, with single spaces."""
    return " ".join(name.split())


def unknown_cohort(cohorts: Sequence[Cohort], name: str, *, by_setting: bool = False) -> UserError:
    """Return the error for a name that no cohort has. ``by_setting`` says that it is from SENSEI_COHORT."""
    near = profiles.suggest_nearest(name, [cohort.name for cohort in cohorts])
    if by_setting:
        return UserError(
            f"SENSEI_COHORT is {name}, but there is no cohort with this name.{near}",
            f"The cohorts are: {_list_names(cohorts)}. Change SENSEI_COHORT, or add --cohort NAME.",
        )
    return UserError(f"There is no cohort called {name}.{near}", f"The cohorts are: {_list_names(cohorts)}.")


def _no_cohort(choice: CohortChoice) -> UserError:
    name = clean_name(choice.option or choice.setting or "")
    argument = shlex.quote(name) if name else "NAME"
    return UserError(
        "There is no cohort yet.", f"Create one with `sensei cohort add {argument}`, then try again."
    )


def _list_names(cohorts: Sequence[Cohort]) -> str:
    names = [cohort.name for cohort in cohorts[:_MOST_NAMES]]
    more = len(cohorts) - len(names)
    return ", ".join([*names, *([f"and {more} more (`sensei cohort list`)"] if more else [])])
