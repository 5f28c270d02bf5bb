"""Terminal output about imported people, members and cohorts."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from textwrap import fill

from bot.domain.dojo.headcount import Headcount
from bot.domain.dojo.people import Cohort, CohortDate, CohortRole, EnrolmentState, Member
from bot.rendering.text.headcounts import describe_headcount
from bot.rendering.text.safe_text import count, visible

_MOST_NAMES = 30
_WIDTH = 80


def _list_people(title: str, names: Sequence[str]) -> str:
    """Return people under a title, with lines that fit a terminal."""
    text = f"{title}: {format_names(names)}"
    return fill(
        text,
        _WIDTH,
        initial_indent="  ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def format_names(names: Sequence[str]) -> str:
    """Return the first names in a list and the number of names left out."""
    more = len(names) - _MOST_NAMES
    return ", ".join([*map(visible, names[:_MOST_NAMES]), *([f"and {more} more"] if more > 0 else [])])


def format_changes(
    new: Sequence[tuple[str, str]],
    changed: Mapping[str, Sequence[str]],
    same: int,
    cohort: str,
    *,
    written: bool,
) -> Iterator[str]:
    """Yield what an import changes. ``new`` are names and roles; ``changed`` maps names to columns.

    ``same`` is the number of rows that change nothing.
    """
    would = "" if written else "If imported: "
    yield f"{would}{len(new)} new, {len(changed)} changed, {same} unchanged, in {visible(cohort)}."
    if new:
        yield _list_people("new", [f"{name} ({role})" for name, role in new])
    if changed:
        changes = [f"{name} ({', '.join(columns)})" for name, columns in changed.items()]
        yield _list_people("changed", changes)


def format_unchanged(
    left: Sequence[str],
    missing: Sequence[str],
    linked: Sequence[str],
    unlinked: Sequence[str],
    other_logins: Sequence[str],
) -> Iterator[str]:
    """Yield the people an import leaves unchanged, and the state of the GitHub logins in the file.

    All arguments are names; the last three also contain logins.
    """
    if left:
        yield _list_people("left the cohort (to rejoin, they use `/dojo join` themselves)", left)
    if missing:
        yield _list_people("not in the file (unchanged)", missing)
    if linked:
        yield _list_people("GitHub account linked", linked)
    if unlinked:
        yield _list_people("must still link their GitHub account with `/dojo link`", unlinked)
    if other_logins:
        yield _list_people("linked a different GitHub account", other_logins)


def format_members(members: Sequence[Member]) -> Iterator[str]:
    """Yield a line for each member and role."""
    for member in members:
        accounts = ", ".join(
            [
                f"Slack {member.chat}" if member.chat else "no Slack account",
                f"GitHub {visible(member.code)}" if member.code else "GitHub not linked",
            ]
        )
        state = "" if member.state is EnrolmentState.ACTIVE else f", {_STATES[member.state]}"
        profile = "" if member.profile or member.role is CohortRole.LEAD else ", no profile"
        yield f"{visible(member.name)}: {member.role}{state}, {accounts}{profile}"


_STATES = {EnrolmentState.PAUSED: "paused", EnrolmentState.LEFT: "has left"}


def format_cohort(cohort: Cohort, headcount: Headcount, dates: Sequence[CohortDate], today: date) -> str:
    """Return a line about a cohort: its number of members by role, workspace and next date."""
    people = f"{describe_headcount(headcount)}, {count(headcount.leads, 'lead')}"
    next_date = next((entry for entry in dates if entry.day >= today), None)
    following = f", next {visible(next_date.title)} on {next_date.day}" if next_date else ""
    workspace = f", in workspace {cohort.workspace}" if cohort.workspace else ""
    return f"{visible(cohort.name)}: {people}{workspace}{following}"


def format_dates(dates: Sequence[CohortDate]) -> Iterator[str]:
    """Yield a line for each date."""
    for entry in dates:
        yield f"{entry.id}: {entry.day} {entry.kind} {visible(entry.title)}"
