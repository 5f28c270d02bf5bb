"""Taking a repository into the dojo."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.tracking import Account, Capstone, Publish
from bot.errors import UserError
from bot.ports.host import Repository
from bot.ports.store import Job, Tx


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A repository and the people who answer for it."""

    cohort: str
    repository: Repository
    participant: Account
    sensei: Account | None
    publish: Publish | None


def enrol(tx: Tx, wanted: Enrolment, at: datetime) -> Capstone:
    """Enrol a repository, and let it be read: its default branch for the ledger, its open pull requests."""
    repository = wanted.repository
    capstone = tx.capstones.add(
        cohort=wanted.cohort,
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
    stamp = f"{at:%Y%m%dT%H%M%S}"
    for kind in ("baseline", "reconcile"):
        identity = f"{kind}:{repository.id}:enrolled.{stamp}"
        tx.jobs.add(Job(identity, kind, {"capstone": capstone.id}, at))
    tx.audit("operator", "capstone.add", f"capstone:{capstone.id}", publish=capstone.publish)
    return capstone


def known(tx: Tx, full_name: str) -> Capstone:
    """Return an enrolled repository by its name.

    Raises:
        UserError: none of that name is enrolled.
    """
    capstone = tx.capstones.named(full_name)
    if capstone is None:
        raise UserError(f"{full_name} is not enrolled.", "`sensei capstone list` shows what is.")
    return capstone
