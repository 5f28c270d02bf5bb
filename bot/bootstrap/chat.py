"""The dojo's chat, put together: what its features bring."""

from bot.workflows import chatting, dojo_commands, homes
from bot.workflows.features import Features


def features(web: str) -> Features:
    """Return all that can be done in the chat; ``web`` is where people read the code host.

    A new feature is a line here.
    """
    made = Features(
        (
            dojo_commands.feature(web),
            homes.feature(web),
            chatting.FEATURE,
        )
    )
    made.enter(dojo_commands.helping(made))
    return made
