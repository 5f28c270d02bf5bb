"""Handbooks at the command line, for the person who runs Sensei."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.domain.dojo.cohort_choice import CohortChoice
from bot.domain.dojo.people import Cohort
from bot.domain.enquiries.records import Handbook
from bot.domain.pairing.records import OPERATOR
from bot.domain.sources.documents import FoundPassage, cohort_scope
from bot.errors import UserError
from bot.ports.sources import SearchIndex
from bot.ports.store import Store, Tx
from bot.workflows.dojo.cohorts import find_cohort
from bot.workflows.sources.handbooks import HandbookReading, HandbookResult, is_repository
from bot.workflows.sources.searching import SourceSearch

_LINK = re.compile(r"https?://[^\s<>|\"'`?#\\]{1,500}")


@dataclass(frozen=True)
class HandbookCommands:
    """An operator's commands. ``make_search`` loads the rubric, ``make_reading`` what reads a clone."""

    store: Store
    index: SearchIndex
    make_reading: Callable[[], HandbookReading]
    make_search: Callable[[], SourceSearch]

    def set(self, name: str, place: str, link: str) -> tuple[str, Handbook, HandbookResult]:
        """Store where a cohort's handbook is, and read it; return the cohort's name and what came of it.

        Raises:
            UserError: there is no such cohort, folder or repository, or the link isn't an address.
        """
        with self.store.read() as tx:
            cohort = find_cohort(tx, CohortChoice(name))
        found = self._find_place(place)
        address = _check_link(link)
        with self.store.begin() as tx:
            before = tx.handbooks.of(cohort.id)
            tx.handbooks.set(cohort.id, found, address)
            tx.audit(OPERATOR, "handbook.set", f"cohort:{cohort.id}")
        if before is not None and (before.place, before.link) != (found, address):
            self.index.remove(cohort_scope(cohort.id))
        handbook, result = self._read(cohort)
        return cohort.name, handbook, result

    def list(self, name: str | None) -> Sequence[tuple[str, Handbook]]:
        """Return the handbooks with the names of their cohorts: one cohort's, or all.

        Raises:
            UserError: there is no such cohort, or it has no handbook.
        """
        with self.store.read() as tx:
            if name is not None:
                cohort = find_cohort(tx, CohortChoice(name))
                return [(cohort.name, _require_handbook(tx, cohort))]
            return [(tx.cohorts.get(handbook.cohort).name, handbook) for handbook in tx.handbooks.all()]

    def read(self, name: str) -> tuple[str, Handbook, HandbookResult]:
        """Read a cohort's handbook now.

        Raises:
            UserError: there is no such cohort, or it has no handbook.
        """
        with self.store.read() as tx:
            cohort = find_cohort(tx, CohortChoice(name))
            _require_handbook(tx, cohort)
        handbook, result = self._read(cohort)
        return cohort.name, handbook, result

    def find(self, name: str, question: str) -> tuple[str, Sequence[FoundPassage]]:
        """Return what a question finds in a cohort's handbook and the rubric, best first.

        Raises:
            UserError: there is no such cohort.
        """
        with self.store.read() as tx:
            cohort = find_cohort(tx, CohortChoice(name))
        return cohort.name, self.make_search().find_in_cohort(cohort.id, question)

    def remove(self, name: str) -> str:
        """Forget a cohort's handbook; return the cohort's name.

        Raises:
            UserError: there is no such cohort, or it has no handbook.
        """
        with self.store.begin() as tx:
            cohort = find_cohort(tx, CohortChoice(name))
            _require_handbook(tx, cohort)
            tx.handbooks.remove(cohort.id)
            tx.audit(OPERATOR, "handbook.remove", f"cohort:{cohort.id}")
        self.index.remove(cohort_scope(cohort.id))
        return cohort.name

    def _find_place(self, typed: str) -> str:
        """Return a place as it is stored: a folder's whole path, or a repository that the App can read."""
        if is_repository(typed):
            repository = self.make_reading().host().find_repository(typed)
            return f"{repository.owner}/{repository.name}"
        folder = Path(typed).expanduser().absolute()
        if not folder.is_dir():
            raise UserError(
                f"There is no folder {folder}, so nothing was changed.",
                "Give a folder on this machine, such as ./handbook, or a repository as OWNER/NAME.",
            )
        return str(folder)

    def _read(self, cohort: Cohort) -> tuple[Handbook, HandbookResult]:
        result = self.make_reading().read(cohort.id)
        with self.store.read() as tx:
            handbook = _require_handbook(tx, cohort)
        if result is None:
            raise UserError(
                f"The handbook of {cohort.name} was changed while Sensei read it.",
                f"To read it again, use `sensei handbook read {cohort.name}`.",
            )
        return handbook, result


def _require_handbook(tx: Tx, cohort: Cohort) -> Handbook:
    handbook = tx.handbooks.of(cohort.id)
    if handbook is None:
        raise UserError(
            f"{cohort.name} has no handbook.",
            "Give it one with `sensei handbook set COHORT PLACE`, where PLACE is a folder of Markdown or a "
            "repository.",
        )
    return handbook


def _check_link(link: str) -> str:
    """Return the base address of the pages, without a slash at its end."""
    if link and _LINK.fullmatch(link) is None:
        raise UserError(
            f"“{link[:80]}” isn't the address of a page, so nothing was changed.",
            "Give one that starts with https:// and has no spaces, ? or #.",
        )
    return link.rstrip("/")
