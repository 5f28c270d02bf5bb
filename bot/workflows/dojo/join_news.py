"""Tells leads who has joined: together, at most once an hour, and within their working hours.

An import isn't news, because a lead or the person who runs Sensei did it. A person who asks to be a sensei
isn't either: each lead gets a request to confirm them (``sensei_requests``).
"""

from datetime import UTC, datetime, timedelta

from bot.domain.dojo.people import EnrolmentState, Member
from bot.domain.dojo.working_moments import next_working_moment
from bot.ports.engine import Json
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.rendering.dojo.slack_join_news import join_news
from bot.workflows.chat.features import AddressedMessage, Feature
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.dojo.cohort_roles import is_lead, leads_of, participants_without
from bot.workflows.dojo.member_messages import to_milliseconds

NEWS = "people.news"
_QUIET = timedelta(minutes=15)
"""How long the first join of a bundle waits for others."""
_HOUR = timedelta(hours=1)
_MOST = 200
"""Maximum people named in a bundle. The App Home and ``/dojo people`` show all of them."""


def tell_leads(tx: Tx, joined: Member, at: datetime) -> None:
    """Add a member who has just joined to the next news for each lead of their cohort."""
    for lead in leads_of(tx, joined.cohort):
        if lead.person != joined.person:
            _add_to_bundle(tx, joined, lead.person, at)


def _add_to_bundle(tx: Tx, joined: Member, lead: str, at: datetime) -> None:
    """Replace the waiting job, if there is one, by one that includes the member.

    The engine may already have started a job that seems to be waiting, so the new one has an id of its own.
    Both end with the time of the bundle's first join and that of its last.
    """
    news = f"news:{joined.cohort}:{lead}:"
    waiting = tx.jobs.list_waiting(f"message:{news}")
    since = min((int(job.split(":")[-2]) for job in waiting), default=to_milliseconds(at))
    bundle = f"{news}{since}"
    _, members = tx.effects.find(bundle)
    kept = [*(members or "").split(), str(joined.enrolment)][:_MOST]
    tx.effects.begin(bundle, at)
    tx.effects.finish(bundle, " ".join(dict.fromkeys(kept)), at)
    key = f"{bundle}:{to_milliseconds(at)}"
    about = {"lead": lead, "cohort": joined.cohort, "since": since}
    due = _find_due_time(tx, joined.cohort, lead, since, at)
    tx.jobs.replace(
        f"message:{news}", Job(f"message:{key}", "message", {"key": key, "kind": NEWS, "about": about}, due)
    )


def _find_due_time(tx: Tx, cohort: int, lead: str, since: int, at: datetime) -> datetime:
    told = tx.jobs.begin_times_since(f"message:news:{cohort}:{lead}:", at - _HOUR)
    earliest = datetime.fromtimestamp(since / 1000, UTC) + _QUIET
    return next_working_moment(
        find_hours(tx, lead, cohort), max([earliest, *(time + _HOUR for time in told)])
    )


def _write_news(tx: Tx, about: Json) -> AddressedMessage | None:
    lead, cohort, since = about["lead"], about["cohort"], about["since"]
    members = {member.enrolment: member for member in tx.members.of(cohort)}
    _, bundled = tx.effects.find(f"news:{cohort}:{lead}:{since}")
    found = [members[int(number)] for number in (bundled or "").split() if int(number) in members]
    joined = [(member.name, member.role) for member in found if member.state is not EnrolmentState.LEFT]
    if not is_lead(tx, lead, cohort) or not joined:
        return None
    name, without = tx.cohorts.get(cohort).name, _count_without_sensei(tx, cohort, lead)
    first = datetime.fromtimestamp(since / 1000, UTC)
    return AddressedMessage((lead,), join_news(joined, name, cohort, first, without))


def _count_without_sensei(tx: Tx, cohort: int, lead: str) -> int:
    """Count the other participants without a sensei. A lead doesn't know how far their own search is."""
    return sum(person != lead for person in participants_without(tx, cohort))


FEATURE = Feature(words={NEWS: _write_news})
