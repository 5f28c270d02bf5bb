"""The form behind the App Home's *Link GitHub* button: it asks for the login and shows the one-time code.

It gives the same codes as ``/dojo link``. A code is shown once and never stored, so it can't be sent in a
message, which is written from rows.
"""

from collections.abc import Callable, Mapping

from bot.domain.chat.events import Acted, Submission
from bot.domain.dojo.permissions import Action
from bot.domain.pull_requests import link_codes
from bot.ports.chat import OutgoingMessage, View
from bot.ports.store import Tx
from bot.rendering.dojo import slack_account_linking
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.chat.features import Feature, Form

GiveCode = Callable[[Tx, Actor, str, Clock], OutgoingMessage]
"""Answers ``/dojo link LOGIN``, given the login, which may be empty."""

_LOGIN = "login"


def find_code_giver(linking: Feature) -> GiveCode:
    """Return the answer of ``/dojo link``."""
    return next(command.answer for command in linking.commands if command.word == "link" and command.answer)


def feature(give_code: GiveCode) -> Feature:
    """Return the form. ``give_code`` is the answer of ``/dojo link``."""

    def answer(tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> View:
        return slack_account_linking.code_modal(give_code(tx, actor, sent.text(_LOGIN), clock))

    return Feature(
        forms={
            "people.link": Form(
                Action.LINK, _open, _submit_nothing, _check, answers=answer, does="give you a code"
            )
        }
    )


def _open(_tx: Tx, _actor: Actor, _argument: str, _clock: Clock) -> View:
    return slack_account_linking.login_form()


def _check(_tx: Tx, _actor: Actor, sent: Submission, _clock: Clock) -> Mapping[str, str]:
    login = sent.text(_LOGIN)
    if login and link_codes.parse_login(login) is None:
        return {_LOGIN: "That isn't a GitHub login. Write it as GitHub shows it, such as octocat."}
    return {}


def _submit_nothing(_tx: Tx, _actor: Actor, _acted: Acted, _clock: Clock) -> None:
    """The answer has done everything."""
