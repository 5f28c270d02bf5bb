"""The people's side of a dojo, put together: bringing them in, and what they can do by themselves."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from zoneinfo import available_timezones

from bot import bootstrap
from bot.adapters import store
from bot.adapters.store.tx import SqlStore
from bot.bootstrap import chat
from bot.domain.profiles import Vocabulary
from bot.domain.rubric import Library
from bot.ports.store import Tx
from bot.settings import Settings
from bot.workflows import linking
from bot.workflows.features import Feature
from bot.workflows.importing import Importing
from bot.workflows.joining import Joining


def vocabulary(library: Library) -> Vocabulary:
    """Return the words for skills and stacks: a rubric's criteria, and the packs that there are."""
    return Vocabulary(
        {criterion.id: criterion.title for criterion in library.rubric.criteria},
        {pack.id: pack.title for pack in library.packs},
        zones(),
    )


@cache
def zones() -> frozenset[str]:
    """Return the time zones that this machine knows; reading them takes a while."""
    return frozenset(available_timezones())


def words(settings: Settings) -> Callable[[], Vocabulary]:
    """Return what gives the vocabulary; the rubric is read when somebody first needs it."""
    return cache(lambda: vocabulary(bootstrap.library(settings)))


def features(words: Callable[[], Vocabulary]) -> tuple[Feature, ...]:
    """Return what people can do by themselves in the chat."""
    joining = Joining(words, no_pairs, no_bars, nobody, tells_nobody)
    return (joining.feature(), linking.feature(secrets.randbits))


def no_pairs(_tx: Tx, _person: str, _cohort: int, _at: datetime) -> None:
    """End no pairs: while there is no pairing there are none."""


def no_bars(_tx: Tx, _cohort: int, _at: datetime) -> None:
    """End no pairs: while there is no pairing there are none."""


def nobody(_tx: Tx, _cohort: int, _sensei: str, _first: date, _last: date) -> None:
    """Find nobody who stands in: that is for a lead, or for the sensei who goes."""


def tells_nobody(_tx: Tx, _cohort: int, _absence: int, _at: datetime) -> None:
    """Tell nobody: while there is no pairing a holiday concerns nobody else."""


@contextmanager
def kept(settings: Settings) -> Iterator[SqlStore]:
    """Open the database, which is made where there is none yet.

    Raises:
        UserError: it cannot be used.
    """
    from bot.bootstrap import service  # noqa: PLC0415 - it puts together what is here

    with store.open_store(bootstrap.database_url(settings)) as database:
        yield SqlStore(database, service.tenant(settings), service.now)


@contextmanager
def importing(
    settings: Settings, now: Callable[[], datetime], told: Callable[[int, int], None]
) -> Iterator[Importing]:
    """Open what brings people in.

    Raises:
        UserError: the database cannot be used.
    """
    with kept(settings) as records:
        yield Importing(records, chat.connected(settings), words(settings)(), now, told)
