"""What is done with cohorts at the command line: they are made, get leads, and have a calendar."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime

from bot.domain.dojo import profiles
from bot.domain.dojo.people import Cohort, CohortDate, CohortRole, DateKind, EnrolmentState
from bot.domain.pairing.problem import MINIMUM, Weights, weights_of
from bot.domain.pairing.records import OPERATOR
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.chat import Chat, ChatUser
from bot.ports.store import Tx
from bot.workflows.chat import outbox
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.dojo.people_import import WELCOME, no_cohort

MOST_OF_A_NAME = 80
MOST_OF_A_TITLE = 100


def add_cohort(tx: Tx, name: str, at: datetime) -> tuple[Cohort, bool]:
    """Make a cohort; say whether it is new.

    Raises:
        UserError: that is no name.
    """
    wanted = " ".join(name.split())
    if not wanted or len(wanted) > MOST_OF_A_NAME:
        raise UserError(f"A cohort's name has 1 to {MOST_OF_A_NAME} characters.", "Nothing was made.")
    known = tx.cohorts.named(wanted)
    made = known or tx.cohorts.add(wanted, at)
    if known is None:
        tx.audit(OPERATOR, "cohort.add", f"cohort:{made.id}")
    return made, known is None


def find_cohort(tx: Tx, name: str) -> Cohort:
    """Return a cohort by its name.

    Raises:
        UserError: there is none of this name.
    """
    found = tx.cohorts.named(name)
    if found is None:
        raise no_cohort(tx, name)
    return found


def find_account(chat: Chat | None, cohort: Cohort, slack: str) -> tuple[str, ChatUser]:
    """Return the workspace and the account that somebody names by an id or an address.

    Raises:
        UserError: nobody, or a bot, is called so, or Slack is not set up.
    """
    try:
        wanted = profiles.account(slack)
    except profiles.UnreadableValueError as why:
        raise UserError(str(why), "Nothing was changed.") from None
    if chat is None:
        if cohort.workspace is None or profiles.is_address(wanted):
            raise UserError(
                "Slack is not set up, so it cannot be known who that is.",
                "Nothing was changed. `sensei setup slack` sets it up.",
            )
        return cohort.workspace, ChatUser(wanted, "", "", is_bot=False, gone=False)
    here = chat.workspace().id
    if cohort.workspace not in {None, here}:
        raise UserError(
            f"{cohort.name} lives in the workspace {cohort.workspace}, and Slack is set up for {here}.",
            "Nothing was changed.",
        )
    found = chat.user_by_email(wanted) if profiles.is_address(wanted) else chat.user(wanted)
    if found is None or found.is_bot or found.gone:
        raise UserError(
            f"Slack knows nobody who could be meant by {wanted}.", "Nothing was changed; a bot leads nobody."
        )
    return here, found


def make_lead(tx: Tx, cohort: Cohort, workspace: str, user: ChatUser, at: datetime) -> str:
    """Let somebody lead a cohort; return their name."""
    person = tx.members.chat(workspace, user.id, user.name, at)
    if cohort.workspace is None:
        tx.cohorts.lives_in(cohort.id, workspace)
    before = [one for one in tx.members.of(cohort.id, CohortRole.LEAD) if one.person == person]
    member = tx.members.join(cohort.id, person, CohortRole.LEAD, at)
    if not before or before[0].state is not EnrolmentState.ACTIVE:
        tx.audit(OPERATOR, "cohort.lead", f"enrolment:{member.enrolment}")
        outbox.send_message(tx, f"welcome:{member.enrolment}", WELCOME, {"enrolment": member.enrolment}, at)
    refresh_home(tx, person, at)
    return member.name or user.id


def enter_date(tx: Tx, cohort: Cohort, kind: str, day: str, title: str) -> CohortDate:
    """Enter a day into a cohort's calendar.

    Raises:
        UserError: the kind or the day is none, or another day would have to come before it.
    """
    entry = DateKind(_kind(kind))
    when = _day(day)
    named = " ".join(title.split())
    if len(named) > MOST_OF_A_TITLE:
        raise UserError(f"A title has at most {MOST_OF_A_TITLE} characters.", "Nothing was changed.")
    if entry is DateKind.OTHER and not named:
        raise UserError("Another day needs a title.", "`sensei cohort date add other 2027-01-15 'Demo day'`.")
    _in_order(tx.cohorts.dates(cohort.id), entry, when)
    made = tx.cohorts.date(cohort.id, entry, named or TITLES[entry], when)
    tx.audit(OPERATOR, "dates.add", f"date:{made}", cohort=cohort.id)
    return CohortDate(made, entry, named or TITLES[entry], when)


TITLES: Mapping[DateKind, str] = {
    DateKind.START: "Start",
    DateKind.DESIGN: "Design milestone",
    DateKind.MIDWAY: "Midway milestone",
    DateKind.FINAL: "Final milestone",
    DateKind.END: "End",
    DateKind.OTHER: "",
}
"""What a day is called where nobody has said otherwise."""
_ORDER = (DateKind.START, DateKind.DESIGN, DateKind.MIDWAY, DateKind.FINAL, DateKind.END)


def _kind(text: str) -> str:
    word = text.strip().lower()
    if word not in set(DateKind):
        raise UserError(
            f"{profiles.shown(text)} is no kind of day.{profiles.nearest(word, list(DateKind))}",
            f"There are {', '.join(DateKind)}. Nothing was changed.",
        )
    return word


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        raise UserError(
            f"{profiles.shown(text)} is no day.", "A day is written 2027-01-15. Nothing was changed."
        ) from None
    if found.year not in profiles.YEARS:
        raise UserError(f"{profiles.shown(text)} is too far in the past or future.", "Nothing was changed.")
    return found


def _in_order(dates: Sequence[CohortDate], kind: DateKind, day: date) -> None:
    if kind not in _ORDER:
        return
    place = _ORDER.index(kind)
    for one in dates:
        if one.kind not in _ORDER or one.kind is kind:
            continue
        earlier = _ORDER.index(one.kind) < place
        if (one.day > day) if earlier else (one.day < day):
            first, then = (one.kind, kind) if earlier else (kind, one.kind)
            raise UserError(
                f"{first} would come after {then}: {one.kind} is on {one.day}.",
                "Nothing was changed; move that day first.",
            )


def remove_date(tx: Tx, cohort: Cohort, entry: int) -> None:
    """Take a day out of a cohort's calendar.

    Raises:
        UserError: there is none of this number.
    """
    if not tx.cohorts.undate(cohort.id, entry):
        raise UserError(
            f"{cohort.name} has no day {entry}.",
            "`sensei cohort date list` shows the numbers. Nothing was changed.",
        )
    tx.audit(OPERATOR, "dates.remove", f"date:{entry}", cohort=cohort.id)


def set_weights(tx: Tx, cohort: Cohort, pairs: Sequence[str], *, reset: bool) -> dict[str, int]:
    """Set what a cohort's pairing is scored by, and return all of it; with nothing to set, only that.

    Raises:
        UserError: a weight is none.
    """
    given: dict[str, int] = {} if reset else dict(cohort.weights)
    for pair in pairs:
        name, equals, number = (part.strip() for part in pair.partition("="))
        weight = parse_number(number)
        if not equals or weight is None:
            raise UserError(
                f"{profiles.shown(pair)} is no weight.", "One is written skills=40. Nothing was changed."
            )
        known_names = (*asdict(Weights()), MINIMUM)
        if name not in known_names:
            raise UserError(
                f"{profiles.shown(name)} is no weight.{profiles.nearest(name, list(known_names))}",
                f"There are {', '.join(known_names)}. Nothing was changed.",
            )
        given[name] = weight
    weights, minimum = weights_of(given)
    if pairs or reset:
        tx.cohorts.weigh(cohort.id, given)
        tx.audit(OPERATOR, "cohort.weigh", f"cohort:{cohort.id}")
    return {**asdict(weights), MINIMUM: minimum}
