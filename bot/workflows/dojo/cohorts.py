"""Managing cohorts from the command line: creation, leads, calendar and weights."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime

from bot.domain.dojo import profiles
from bot.domain.dojo.cohort_choice import CohortChoice, choose_cohort, clean_name
from bot.domain.dojo.people import Cohort, CohortDate, CohortRole, DateKind, EnrolmentState
from bot.domain.pairing.problem import MINIMUM, read_weights, weights_of
from bot.domain.pairing.records import OPERATOR
from bot.errors import UserError
from bot.ports.chat import Chat, ChatUser
from bot.ports.store import Tx
from bot.workflows.chat import outbox
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.dojo import account_eligibility
from bot.workflows.dojo.people_import import WELCOME

MOST_OF_A_NAME = 80
MOST_OF_A_TITLE = 100


def add_cohort(tx: Tx, name: str, at: datetime) -> tuple[Cohort, bool]:
    """Create a cohort unless one with this name exists; return it, and whether it is new.

    Raises:
        UserError: the name is empty or too long.
    """
    cleaned = clean_name(name)
    if not cleaned or len(cleaned) > MOST_OF_A_NAME:
        raise UserError(
            f"A cohort's name must have 1 to {MOST_OF_A_NAME} characters.", "Nothing was changed."
        )
    existing = tx.cohorts.by_name(cleaned)
    cohort = existing or tx.cohorts.add(cleaned, at)
    if existing is None:
        tx.audit(OPERATOR, "cohort.add", f"cohort:{cohort.id}")
    return cohort, existing is None


def describe_default(tx: Tx, added: Cohort, setting: str | None) -> str:
    """Say which cohort commands use without ``--cohort``, now that ``added`` exists."""
    known = tx.cohorts.all()
    name = shlex.quote(added.name)
    if setting and clean_name(setting) != added.name:
        return (
            f"Commands without --cohort still use {setting}, because SENSEI_COHORT is set to it. "
            f"To use {added.name}, set SENSEI_COHORT={name} or add --cohort {name}."
        )
    if setting or len(known) == 1:
        return f"Commands without --cohort use {added.name}."
    return (
        f"There are now {len(known)} cohorts, so commands need --cohort NAME, or SENSEI_COHORT={name} in the "
        "environment."
    )


def find_cohort(tx: Tx, choice: CohortChoice) -> Cohort:
    """Return the cohort that a command acts on.

    Raises:
        UserError: there is no cohort, there is none with this name, or there are several and none is named.
    """
    return choose_cohort(tx.cohorts.all(), choice)


def find_account(chat: Chat | None, cohort: Cohort, slack: str) -> tuple[str, ChatUser]:
    """Find an account by its user id or e-mail address; return the workspace's id and the account.

    Raises:
        UserError: there is no such account, it belongs to a bot, or Slack is not set up.
    """
    try:
        account = profiles.read_account(slack)
    except profiles.UnreadableValueError as fault:
        raise UserError(str(fault), "Nothing was changed.") from None
    if chat is None:
        if cohort.workspace is None or profiles.is_address(account):
            raise UserError(
                "Slack isn't set up, so Sensei can't look up this account.",
                "Nothing was changed. Set it up with `sensei setup slack`.",
            )
        return cohort.workspace, ChatUser(account, "", "", is_bot=False, gone=False)
    workspace = chat.workspace().id
    if cohort.workspace not in {None, workspace}:
        raise UserError(
            f"The cohort {cohort.name} belongs to the workspace {cohort.workspace}, not {workspace}.",
            f"Nothing was changed. Slack is set up for {workspace}. Choose a cohort in that workspace.",
        )
    is_address = profiles.is_address(account)
    user = chat.user_by_email(account) if is_address else chat.user(account)
    if user is None:
        raise UserError(
            f"Slack has no user with the {'e-mail address' if is_address else 'id'} {account}.",
            "Nothing was changed. Use the id in the person's Slack profile, or their e-mail address.",
        )
    if reason := account_eligibility.why_not(user):
        raise UserError(
            f"The account {account} {reason}.",
            "Nothing was changed. A lead must be a full member of the workspace.",
        )
    return workspace, user


def make_lead(tx: Tx, cohort: Cohort, workspace: str, user: ChatUser, at: datetime) -> str:
    """Make a person a lead of a cohort and return their name."""
    person = tx.members.find_or_add_by_chat(workspace, user.id, user.name, at)
    if cohort.workspace is None:
        tx.cohorts.set_workspace(cohort.id, workspace)
    before = [lead for lead in tx.members.of(cohort.id, CohortRole.LEAD) if lead.person == person]
    member = tx.members.join(cohort.id, person, CohortRole.LEAD, at)
    if not before or before[0].state is not EnrolmentState.ACTIVE:
        tx.audit(OPERATOR, "cohort.lead", f"enrolment:{member.enrolment}")
        outbox.send_message(tx, f"welcome:{member.enrolment}", WELCOME, {"enrolment": member.enrolment}, at)
    refresh_home(tx, person, at)
    return member.name or user.id


def enter_date(tx: Tx, cohort: Cohort, kind: str, day: str, title: str) -> CohortDate:
    """Add a date to a cohort's calendar.

    Raises:
        UserError: the kind or the day is unknown, or the milestones would be out of order.
    """
    date_kind = _read_kind(kind)
    read_day = _read_day(day)
    cleaned = " ".join(title.split())
    if len(cleaned) > MOST_OF_A_TITLE:
        raise UserError(f"A title can have at most {MOST_OF_A_TITLE} characters.", "Nothing was changed.")
    if date_kind is DateKind.OTHER and not cleaned:
        raise UserError(
            "A date of the kind “other” needs a title.",
            "Nothing was changed. For example: `sensei cohort date add other 2027-01-15 'Demo day'`.",
        )
    _check_order(tx.cohorts.dates(cohort.id), date_kind, read_day)
    full_title = cleaned or TITLES[date_kind]
    added = tx.cohorts.add_date(cohort.id, date_kind, full_title, read_day)
    tx.audit(OPERATOR, "dates.add", f"date:{added}", cohort=cohort.id)
    return CohortDate(added, date_kind, full_title, read_day)


TITLES: Mapping[DateKind, str] = {
    DateKind.START: "Start",
    DateKind.DESIGN: "Design milestone",
    DateKind.MIDWAY: "Midway milestone",
    DateKind.FINAL: "Final milestone",
    DateKind.END: "End",
    DateKind.OTHER: "",
}
"""Default titles for dates added without one."""
_ORDER = (DateKind.START, DateKind.DESIGN, DateKind.MIDWAY, DateKind.FINAL, DateKind.END)


def _read_kind(text: str) -> DateKind:
    word = text.strip().lower()
    if word not in set(DateKind):
        near = profiles.suggest_nearest(word, list(DateKind))
        raise UserError(
            f"{profiles.quote_word(text)} is not a kind of date.{near}",
            f"Nothing was changed. The kinds are: {', '.join(DateKind)}.",
        )
    return DateKind(word)


def _read_day(text: str) -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise UserError(
            f"{profiles.quote_word(text)} is not a date.", "Nothing was changed. Write it like 2027-01-15."
        ) from None
    if day.year not in profiles.YEARS:
        raise UserError(
            f"{profiles.quote_word(text)} is too far in the past or future.", "Nothing was changed."
        )
    return day


def _check_order(dates: Sequence[CohortDate], kind: DateKind, day: date) -> None:
    """Raise ``UserError`` if a milestone would be out of order."""
    if kind not in _ORDER:
        return
    place = _ORDER.index(kind)
    for known in dates:
        if known.kind not in _ORDER or known.kind is kind:
            continue
        is_before = _ORDER.index(known.kind) < place
        if (known.day > day) if is_before else (known.day < day):
            first, second = (known.kind, kind) if is_before else (kind, known.kind)
            raise UserError(
                f"{first} would then come after {second}, because {known.kind} is on {known.day}.",
                f"Nothing was changed. Move {known.kind} first.",
            )


def remove_date(tx: Tx, cohort: Cohort, entry: int) -> None:
    """Remove a date from a cohort's calendar.

    Raises:
        UserError: the calendar has no entry with this number.
    """
    if not tx.cohorts.remove_date(cohort.id, entry):
        raise UserError(
            f"{cohort.name} has no date with the number {entry}.",
            "Nothing was changed. `sensei cohort date list` shows the numbers.",
        )
    tx.audit(OPERATOR, "dates.remove", f"date:{entry}", cohort=cohort.id)


def set_weights(tx: Tx, cohort: Cohort, pairs: Sequence[str], *, reset: bool) -> dict[str, int]:
    """Set weights for a cohort's pairing, such as ``skills=40``; return all its weights.

    ``reset`` first restores the defaults. Without ``pairs`` or ``reset``, nothing changes.

    Raises:
        UserError: a weight is unknown, or its number is out of range.
    """
    chosen = read_weights(pairs, {} if reset else cohort.weights)
    weights, minimum = weights_of(chosen)
    if pairs or reset:
        tx.cohorts.set_weights(cohort.id, chosen)
        tx.audit(OPERATOR, "cohort.weigh", f"cohort:{cohort.id}")
    return {**asdict(weights), MINIMUM: minimum}
