"""A dojo's members: their import, and the chat features that they can use."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from bot.bootstrap import wiring
from bot.domain.articulation.guide import ArticulationRules
from bot.domain.dojo.profiles import Vocabulary
from bot.domain.rubrics.rubric import Library
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.ports.store import Tx
    from bot.workflows.chat.features import Feature
    from bot.workflows.dojo.people_import import PeopleImport


def make_vocabulary(library: Library) -> Vocabulary:
    """Return the vocabulary of skills and stacks: the rubric's criteria and the packs' titles."""
    return Vocabulary(
        {criterion.id: criterion.title for criterion in library.rubric.criteria},
        {pack.id: pack.title for pack in library.packs},
        time_zones(),
    )


@cache
def time_zones() -> frozenset[str]:
    """Return this machine's time zones. Cached, because reading them is slow."""
    return frozenset(available_timezones())


def vocabulary_loader(settings: Settings) -> Callable[[], Vocabulary]:
    """Return a function that returns the vocabulary. It loads the rubric on its first call."""
    return cache(lambda: make_vocabulary(wiring.load_library(settings)))


def articulation_loader(settings: Settings) -> Callable[[], ArticulationRules]:
    """Return a function that returns what Sensei listens for. It loads the rubric on its first call."""
    return cache(lambda: wiring.load_articulation(wiring.load_library(settings)))


def member_features(load_vocabulary: Callable[[], Vocabulary]) -> tuple["Feature", ...]:
    """Return the chat features for members."""
    from bot.workflows.dojo import account_linking, home_actions, join_news, link_form, sensei_requests
    from bot.workflows.dojo.absences import Absences
    from bot.workflows.dojo.joining import Joining
    from bot.workflows.dojo.never_pairs import NeverPairs
    from bot.workflows.dojo.pausing_and_leaving import PausingAndLeaving
    from bot.workflows.dojo.profile_editing import ProfileEditing
    from bot.workflows.dojo.profile_viewing import ProfileViewing
    from bot.workflows.pairing import absence_news, deputies, endings, waiting_participants
    from bot.workflows.triage import appeals

    def follow_departure(tx: "Tx", person: str, cohort: int, at: datetime) -> None:
        deputies.end_pairs_and_deputies(tx, person, cohort, at)
        appeals.follow_departure(tx, person, cohort, at)

    linking = account_linking.feature(secrets.randbits)
    return (
        Joining(load_vocabulary, waiting_participants.tell_leads).feature(),
        sensei_requests.FEATURE,
        ProfileEditing(load_vocabulary).feature(),
        ProfileViewing(load_vocabulary).feature(),
        NeverPairs(endings.end_barred_pairs).feature(),
        PausingAndLeaving(follow_departure, waiting_participants.tell_leads).feature(),
        Absences(
            deputies.find_deputy, absence_news.announce_absence, absence_news.announce_removal
        ).feature(),
        linking,
        link_form.feature(link_form.find_code_giver(linking)),
        home_actions.FEATURE,
        join_news.FEATURE,
    )


@contextmanager
def make_import(
    settings: Settings, now: Callable[[], datetime], on_progress: Callable[[int, int], None]
) -> Iterator["PeopleImport"]:
    """Open the database for an import of people.

    ``on_progress`` receives the number of accounts done and in total.

    Raises:
        UserError: the database cannot be used.
    """
    from bot.bootstrap import records
    from bot.workflows.dojo.people_import import PeopleImport

    with records.open_or_create_records(settings) as store:
        vocabulary = vocabulary_loader(settings)()
        memory = wiring.remembered_accounts(now)
        yield PeopleImport(store, wiring.connect_chat(settings), memory, vocabulary, now, on_progress)
