"""The message that tells a lead who is waiting for a sensei."""

from collections.abc import Sequence

from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, actions, button, names, section
from bot.rendering.chat.slack_text import mrkdwn
from bot.rendering.text.safe_text import count

PROPOSE = "pairing.propose"


def waiting_participants(cohort: str, waiting: Sequence[str], places: int, value: int) -> OutgoingMessage:
    """List the participants without a sensei, with a button to propose pairs.

    ``places`` is how many more participants the senseis accept, and ``value`` the button's value.
    """
    name = mrkdwn(cohort, MOST_OF_A_NAME)
    if not waiting:
        text = f"No participant in {name} is waiting for a sensei any more."
        return OutgoingMessage(text, (section(text),))
    verb = "is" if len(waiting) == 1 else "are"
    news = f"{count(len(waiting), 'participant')} in {name} {verb} waiting for a sensei"
    choice = f"The senseis have {count(places, 'free place')}. You decide on each pair that I propose."
    if not places:
        choice = "No sensei has a free place, so I can't find anyone for them until that changes."
    return OutgoingMessage(
        f"{news}.",
        (
            section(f"*{news}:* {names(waiting)}"),
            section(choice),
            actions(button("Propose pairs", PROPOSE, str(value), "primary"), block_id=PROPOSE),
        ),
    )
