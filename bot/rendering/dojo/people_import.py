"""What is said at the command line of people who are brought in, and of cohorts."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from bot.domain.dojo.people import Cohort, CohortDate, CohortRole, EnrolmentState, Member
from bot.rendering.text.safe_text import visible

_MOST_NAMES = 30


def names(of: Sequence[str]) -> str:
    """Return names in a row, at most so many, and how many more there are."""
    more = len(of) - _MOST_NAMES
    return ", ".join([*map(visible, of[:_MOST_NAMES]), *([f"and {more} more"] if more > 0 else [])])


def imported(
    new: Sequence[tuple[str, str]],
    changed: Mapping[str, Sequence[str]],
    same: int,
    cohort: str,
    *,
    written: bool,
) -> Iterator[str]:
    """Yield what a file does to whom: ``new`` are names and roles, ``changed`` names with their columns."""
    would = "" if written else "Would be: "
    yield f"{would}{len(new)} new, {len(changed)} changed, {same} as they were, in {visible(cohort)}."
    if new:
        yield f"  new: {names([f'{name} ({role})' for name, role in new])}"
    if changed:
        yield f"  changed: {names([f'{name} ({_row(columns)})' for name, columns in changed.items()])}"


def _row(words: Sequence[str]) -> str:
    return ", ".join(words)


def stayed(
    left: Sequence[str], missing: Sequence[str], unlinked: Sequence[str], otherwise: Sequence[str]
) -> Iterator[str]:
    """Yield what a file did not do, and why."""
    if left:
        yield f"  have left, and stay so until they join again themselves: {names(left)}"
    if missing:
        yield f"  not in the file, and left as they are: {names(missing)}"
    if unlinked:
        yield f"  GitHub account not shown yet, by `/dojo link`: {names(unlinked)}"
    if otherwise:
        yield f"  have shown another GitHub account: {names(otherwise)}"


def listed(members: Sequence[Member]) -> Iterator[str]:
    """Yield a line for each person in each role."""
    for one in members:
        accounts = ", ".join(
            [
                f"Slack {one.chat}" if one.chat else "no Slack account",
                f"GitHub {visible(one.code)}" if one.code else "GitHub not linked",
            ]
        )
        state = "" if one.state is EnrolmentState.ACTIVE else f", {_STATES[one.state]}"
        profile = "" if one.profile or one.role is CohortRole.LEAD else ", no profile"
        yield f"{visible(one.name)}: {one.role}{state}, {accounts}{profile}"


_STATES = {EnrolmentState.PAUSED: "paused", EnrolmentState.LEFT: "has left"}


def cohort(of: Cohort, members: Sequence[Member], dates: Sequence[CohortDate], today: date) -> str:
    """Return one line about a cohort."""
    here = Counter(one.role for one in members if one.state is not EnrolmentState.LEFT)
    people = ", ".join(f"{here[role]} {role}{'' if here[role] == 1 else 's'}" for role in CohortRole)
    following = next((one for one in dates if one.day >= today), None)
    then = f", next {visible(following.title)} on {following.day}" if following else ""
    where = f", in workspace {of.workspace}" if of.workspace else ""
    return f"{visible(of.name)}: {people}{where}{then}"


def calendar(dates: Sequence[CohortDate]) -> Iterator[str]:
    """Yield a line for each day."""
    for one in dates:
        yield f"{one.id}: {one.day} {one.kind} {visible(one.title)}"
