"""Answers people who write a direct message to Sensei. What they wrote is never read or stored."""

from datetime import datetime

from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.dojo.slack_replies import reply_message
from bot.workflows.chat.actors import find_actor
from bot.workflows.chat.dispatch import REPLY
from bot.workflows.chat.features import AddressedMessage, Feature
from bot.workflows.dojo.app_home import gather_home


def feature(web: str, *, answers_questions: bool = True) -> Feature:
    """Return the answer. ``web`` is the code host's web address, such as ``https://github.com``.

    ``answers_questions``: members of a dojo can ask Sensei, which the answer then says.
    """

    def write(tx: Tx, about: Json) -> AddressedMessage | None:
        asked_at = datetime.fromisoformat(about["at"])
        actor = find_actor(tx, about["workspace"], about["user"])
        home = gather_home(tx, actor, lambda: asked_at, web)
        return AddressedMessage((), reply_message(home, answers_questions=answers_questions), (actor.user,))

    return Feature(words={REPLY: write})
