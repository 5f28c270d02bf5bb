"""Answers people who write a direct message to Sensei. What they wrote is never read or stored."""

from datetime import datetime

from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.dojo.slack_replies import reply_message
from bot.workflows.chat.actors import find_actor
from bot.workflows.chat.dispatch import REPLY
from bot.workflows.chat.features import AddressedMessage, Feature
from bot.workflows.dojo.app_home import gather_home


def feature(web: str) -> Feature:
    """Return the answer. ``web`` is the code host's web address, such as ``https://github.com``."""

    def write(tx: Tx, about: Json) -> AddressedMessage | None:
        asked_at = datetime.fromisoformat(about["at"])
        actor = find_actor(tx, about["workspace"], about["user"])
        return AddressedMessage(
            (), reply_message(gather_home(tx, actor, lambda: asked_at, web)), (actor.user,)
        )

    return Feature(words={REPLY: write})
