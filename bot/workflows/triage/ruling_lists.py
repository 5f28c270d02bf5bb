"""``/dojo triage`` and the App Home's button: what waits for a sensei, with a button for each ruling."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.chat.events import Acted, Click
from bot.domain.dojo.app_home import ShownPerson
from bot.domain.dojo.permissions import Action
from bot.domain.text.numbers import parse_number
from bot.domain.triage.records import Appeal
from bot.domain.triage.ruling_form import RulingTarget
from bot.domain.triage.shown import TriageCounts
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.triage.slack_waiting import (
    LIST,
    LIST_PAGE,
    ShownCapstone,
    ShownList,
    ShownSecondRuling,
    list_view,
)
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.chat.features import Button, Feature, Form, Subcommand
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from bot.workflows.triage.own_capstones import list_ruling_cohorts
from bot.workflows.triage.shown_people import show_people
from bot.workflows.triage.waiting import count_waiting
from bot.workflows.triage.waiting_rulings import WaitingRulings, find_waiting_rulings


@dataclass(frozen=True)
class RulingLists:
    """The command, the list and its pages. ``load_ledgers`` loads the rubric on its first call."""

    load_ledgers: Callable[[], LedgerLoader]

    def feature(self) -> Feature:
        """Return the command, the buttons and the list, which nobody can submit."""
        return Feature(
            commands=(
                Subcommand("triage", Action.RULING_MAKE, "what is waiting for your ruling", opens=LIST),
            ),
            buttons={
                LIST: Button(Action.RULING_MAKE, opens=LIST),
                LIST_PAGE: Button(Action.RULING_MAKE, redraws=self._turn_page),
            },
            forms={LIST: Form(Action.RULING_MAKE, self._open, submit_nothing)},
        )

    def _open(self, tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
        return self.show(tx, actor, argument.strip(), clock())

    def _turn_page(self, tx: Tx, actor: Actor, click: Click, clock: Clock) -> View:
        value = click.value if isinstance(click.value, str) else ""
        return self.show(tx, actor, click.metadata, clock(), parse_number(value[:4]) or 1)

    def show(  # noqa: PLR0913, PLR0917 - what the list depends on
        self, tx: Tx, actor: Actor, only: str, at: datetime, page: int = 1, notice: str = ""
    ) -> View:
        """Return the list. ``only`` limits it to a capstone; ``notice`` says what was just done."""
        wanted = parse_number(only)
        cohorts = list_ruling_cohorts(actor) if actor.person else ()
        waiting = [
            find_waiting_rulings(tx, self.load_ledgers(), actor.person or "", cohort, at)
            for cohort in cohorts
        ]
        capstones = [found for each in waiting for found in _show_capstones(tx, each)]
        appeals = [found for each in waiting for found in _show_appeals(tx, each)]
        shown = ShownList(
            [found for found in capstones if found.due and wanted in {None, found.capstone}],
            [found for found in appeals if wanted in {None, found.target.capstone}],
            TriageCounts(*count_waiting(tx, [found.capstone for found in capstones])),
            str(wanted) if wanted else "",
            notice,
        )
        return list_view(shown, page)


def _show_capstones(tx: Tx, waiting: WaitingRulings) -> Sequence[ShownCapstone]:
    own = [found.own for found in waiting.capstones]
    if not own:
        return []
    names = tx.standings.names([found.capstone for found in own])
    senseis = [found.standing_in_for for found in own if found.standing_in_for]
    people = show_people(tx, own[0].cohort, [*(found.participant for found in own), *senseis])
    return [
        ShownCapstone(
            found.own.capstone,
            people[found.own.participant],
            names[found.own.capstone],
            found.due,
            found.criteria,
            people[found.own.standing_in_for] if found.own.standing_in_for else None,
            waiting.calendar.milestone,
        )
        for found in waiting.capstones
    ]


def _show_appeals(tx: Tx, waiting: WaitingRulings) -> Sequence[ShownSecondRuling]:
    if not waiting.appeals:
        return []
    cohort = tx.capstones.get(waiting.appeals[0].capstone).cohort
    people = show_people(tx, cohort, [appeal.person for appeal in waiting.appeals if appeal.person])
    return [_show_appeal(appeal, people, waiting.titles) for appeal in waiting.appeals]


def _show_appeal(
    appeal: Appeal, people: Mapping[str, ShownPerson], titles: Mapping[str, str]
) -> ShownSecondRuling:
    person = people.get(appeal.person or "", ShownPerson("someone who has left"))
    title = titles.get(appeal.criterion, appeal.criterion)
    return ShownSecondRuling(RulingTarget(appeal.capstone, appeal.criterion), person, title)


def submit_nothing(_tx: Tx, _actor: Actor, _acted: Acted, _clock: Clock) -> None:
    """Do nothing: the view has no button that submits it, so only a forged request gets here."""
