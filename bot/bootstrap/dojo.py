"""The people's side of a dojo, put together: bringing them in, and what they can do by themselves."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from zoneinfo import available_timezones

from bot import bootstrap
from bot.adapters import store
from bot.adapters.store.tx import SqlStore
from bot.bootstrap import chat
from bot.domain.profiles import Vocabulary
from bot.domain.rubric import Library
from bot.settings import Settings
from bot.workflows import deputies, linking, pairing
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
    joining = Joining(words, deputies.parted, pairing.barred, deputies.found, deputies.announced)
    return (joining.feature(), linking.feature(secrets.randbits))


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
