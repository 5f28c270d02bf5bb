"""The people's side of a dojo, put together: bringing them in, and what they can do by themselves."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from zoneinfo import available_timezones

from bot import bootstrap
from bot.adapters.database import open_store
from bot.adapters.database.transaction import SqlStore
from bot.bootstrap import chat
from bot.domain.dojo.profiles import Vocabulary
from bot.domain.rubrics.rubric import Library
from bot.settings import Settings
from bot.workflows.chat.features import Feature
from bot.workflows.dojo import account_linking
from bot.workflows.dojo.joining import Joining
from bot.workflows.dojo.people_import import PeopleImport
from bot.workflows.pairing import deputies, lifecycle


def vocabulary(library: Library) -> Vocabulary:
    """Return the words for skills and stacks: a rubric's criteria, and the packs that there are."""
    return Vocabulary(
        {criterion.id: criterion.title for criterion in library.rubric.criteria},
        {pack.id: pack.title for pack in library.packs},
        time_zones(),
    )


@cache
def time_zones() -> frozenset[str]:
    """Return the time zones that this machine knows; reading them takes a while."""
    return frozenset(available_timezones())


def vocabulary_loader(settings: Settings) -> Callable[[], Vocabulary]:
    """Return what gives the vocabulary; the rubric is read when somebody first needs it."""
    return cache(lambda: vocabulary(bootstrap.load_library(settings)))


def features(words: Callable[[], Vocabulary]) -> tuple[Feature, ...]:
    """Return what people can do by themselves in the chat."""
    joining = Joining(
        words,
        deputies.end_pairs_and_deputies,
        lifecycle.end_barred_pairs,
        deputies.find_deputy,
        deputies.announce_absence,
    )
    return (joining.feature(), account_linking.feature(secrets.randbits))


@contextmanager
def open_members(settings: Settings) -> Iterator[SqlStore]:
    """Open the database, which is made where there is none yet.

    Raises:
        UserError: it cannot be used.
    """
    from bot.bootstrap import service  # noqa: PLC0415 - it puts together what is here

    with open_store(bootstrap.database_url(settings)) as database:
        yield SqlStore(database, service.tenant(settings), service.now)


@contextmanager
def make_import(
    settings: Settings, now: Callable[[], datetime], told: Callable[[int, int], None]
) -> Iterator[PeopleImport]:
    """Open what brings people in.

    Raises:
        UserError: the database cannot be used.
    """
    with open_members(settings) as records:
        yield PeopleImport(records, chat.connect_chat(settings), vocabulary_loader(settings)(), now, told)
