"""Enrolling a repository."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.dojo.cohort_choice import CohortChoice
from bot.domain.dojo.people import Cohort
from bot.domain.pull_requests.records import Account, Capstone, PublishPolicy
from bot.errors import UserError
from bot.ports.code_host import CodeHost, HostRepository
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.articulation.former_talks import end_private_talks
from bot.workflows.chat.digest_refresh import SENSEI_ROLE
from bot.workflows.dojo import paired_capstones
from bot.workflows.dojo.cohorts import find_cohort
from bot.workflows.pull_requests import missed_comments


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A repository to enrol, with its participant and sensei."""

    cohort: Cohort
    repository: HostRepository
    participant: Account
    sensei: Account | None
    publish: PublishPolicy | None


def enrol_repository(tx: Tx, wanted: Enrolment, at: datetime) -> Capstone:
    """Enrol a repository, and schedule readings of its default branch and open pull requests."""
    repository = wanted.repository
    before = tx.capstones.last_of(repository.id)
    if before is None or before.ended:
        # Commands from before the enrolment stay unanswered, but a change of an enrolment loses none.
        missed_comments.begin_looking(tx, repository.id, at)
    capstone = tx.capstones.add(
        cohort=wanted.cohort.name,
        repository=repository.id,
        owner=repository.owner,
        name=repository.name,
        default_branch=repository.default_branch,
        installation=repository.installation,
        participant=wanted.participant,
        sensei=wanted.sensei,
        publish=wanted.publish,
        at=at,
    )
    participant = tx.members.by_host_account(wanted.participant.id)
    if before is not None and before.participant.id != wanted.participant.id:
        tx.digests.drop_rows(SENSEI_ROLE, capstone.id)
        tx.snoozes.drop(capstone.id)
        if participant:
            end_private_talks(tx, capstone.id, participant, at)
    if wanted.sensei is None and participant:
        paired_capstones.set_senseis(tx, participant)
        capstone = tx.capstones.get(capstone.id)
    stamp = f"{at:%Y%m%dT%H%M%S}"
    for kind, how in (("baseline", {"with_model": True}), ("reconcile", {})):
        identity = f"{kind}:{repository.id}:enrolled.{stamp}"
        tx.jobs.add(Job(identity, kind, {"capstone": capstone.id, **how}, at))
    tx.audit("operator", "capstone.add", f"capstone:{capstone.id}", publish=capstone.publish)
    return capstone


@dataclass(frozen=True, slots=True)
class EnrolmentNames:
    """A repository and its people, with names as an operator types them."""

    repository: str
    participant: str
    sensei: str | None = None


def cohort_to_enrol_in(tx: Tx, repository: str, choice: CohortChoice) -> Cohort:
    """Return the cohort in which to enrol a repository.

    Unless ``--cohort`` names another, an enrolled repository stays in its cohort.

    Raises:
        UserError: as in ``find_cohort``.
    """
    known = tx.capstones.by_name(repository)
    if known is not None and choice.option is None:
        return tx.cohorts.get(known.cohort)
    return find_cohort(tx, choice)


def look_up_names(
    host: CodeHost, cohort: Cohort, names: EnrolmentNames, publish: PublishPolicy | None = None
) -> Enrolment:
    """Look up a repository and its people.

    Raises:
        UserError: the App is not installed there, or GitHub has no such account.
    """
    if not names.participant:
        raise UserError(
            "This capstone has no participant.", "Add one with --participant LOGIN and try again."
        )
    found = host.find_repository(names.repository)
    participant = host.account(names.participant, found)
    sensei = host.account(names.sensei, found) if names.sensei else None
    return Enrolment(cohort, found, participant, sensei, publish)


def describe_enrolment(tx: Tx, capstone: Capstone, before: Capstone | None = None) -> str:
    """Return the message about an enrolled capstone: its cohort, its people, and any missing sensei.

    ``before`` is its earlier enrolment, if it had one.
    """
    sensei = f", sensei @{capstone.sensei.login}" if capstone.sensei else ""
    cohort = tx.cohorts.get(capstone.cohort).name
    people = f"participant @{capstone.participant.login}{sensei}"
    text = f"{capstone.full_name} is enrolled in {cohort}: {people}."
    if before is not None and before.cohort != capstone.cohort:
        text += f" It was enrolled in {tx.cohorts.get(before.cohort).name} before."
    if capstone.sensei is None and capstone.publish is PublishPolicy.SENSEI_FIRST:
        text += "\nIts questions go to a sensei first, but it has no sensei. Name one with --sensei LOGIN."
    return text


def enrolled_capstone(tx: Tx, full_name: str) -> Capstone:
    """Return an enrolled repository by its name.

    Raises:
        UserError: no repository of that name is enrolled.
    """
    capstone = tx.capstones.by_name(full_name)
    if capstone is None:
        raise UserError(
            f"{full_name} is not enrolled.", "`sensei capstone list` shows the enrolled repositories."
        )
    return capstone
