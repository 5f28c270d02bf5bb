"""What is said in Slack about linking a GitHub account."""

from datetime import datetime

from bot.ports.chat import Block, Message
from bot.rendering.slack.text import moment, mrkdwn, mrkdwn_object


def section(text: str) -> Block:
    """Return a block of one text that is safe."""
    return {"type": "section", "text": mrkdwn_object(text)}


def code(written: str, until: datetime) -> Message:
    """Give somebody their code, and say what to do with it; they alone see it."""
    steps = (
        "From your own GitHub account, write this as a new comment on a pull request that Sensei reads:\n"
        f"`/sensei link {written}`\n"
        f"It works once, until {moment(until, '{time}')}. Whoever writes it first is taken for you, so show "
        "it to nobody before. Once used it is worth nothing, and may stay where it is."
    )
    return Message(f"Your code: /sensei link {written}", (section(steps),))


def linked(login: str) -> Message:
    """Tell somebody which GitHub account is theirs now, and what to do if it is not."""
    name = mrkdwn(login, 80)
    text = (
        f"The GitHub account *{name}* is linked to you: your code was written there in a comment. A capstone "
        "that is enrolled for it is yours from now on.\n"
        "If this was not you, tell your lead at once: whoever runs Sensei takes it back, and a new code from "
        "`/dojo link` links the right one."
    )
    return Message(
        f"The GitHub account {name} is linked to you. If this was not you, tell your lead.", (section(text),)
    )
