"""The buttons at the top of the App Home. They open the forms that the commands open too."""

from bot.domain.chat.events import Acted, Click
from bot.domain.dojo.permissions import Action
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.dojo import home_actions as rendering
from bot.rendering.dojo import slack_commands
from bot.workflows.chat.actors import Actor, Clock, require_permission
from bot.workflows.chat.features import Button, Feature, Form
from bot.workflows.dojo.basic_commands import gather_people

_PEOPLE = "people.list"


def _open_people(tx: Tx, actor: Actor, _argument: str, clock: Clock) -> View:
    return _show_people(tx, actor, clock, 1)


def _turn_page(tx: Tx, actor: Actor, click: Click, clock: Clock) -> View:
    number = click.value if isinstance(click.value, str) and click.value.isdecimal() else "1"
    return {**_show_people(tx, actor, clock, int(number[:4])), "callback_id": _PEOPLE}


def _show_people(tx: Tx, actor: Actor, clock: Clock, page: int) -> View:
    require_permission(tx, actor, Action.COHORT_SEE, clock)
    rows, cohort, people = gather_people(tx, actor)
    return slack_commands.people_modal(rows, cohort, page, people)


def _submit_nothing(_tx: Tx, _actor: Actor, _acted: Acted, _clock: Clock) -> None:
    """The list has no button that submits it."""


FEATURE = Feature(
    buttons={
        rendering.JOIN: Button(Action.JOIN, opens="people.join"),
        rendering.PROFILE: Button(Action.PROFILE_EDIT, opens="people.profile"),
        rendering.BRIEF: Button(Action.BRIEF_EDIT, opens="people.brief"),
        rendering.LINK: Button(Action.LINK, opens="people.link"),
        rendering.AWAY: Button(Action.ABSENCE_EDIT, opens="people.away"),
        rendering.PAUSE: Button(Action.PAUSE, opens="people.pause"),
        rendering.PEOPLE: Button(Action.COHORT_SEE, opens=_PEOPLE),
        slack_commands.PEOPLE_PAGE: Button(Action.COHORT_SEE, redraws=_turn_page),
    },
    forms={_PEOPLE: Form(Action.COHORT_SEE, _open_people, _submit_nothing)},
)
