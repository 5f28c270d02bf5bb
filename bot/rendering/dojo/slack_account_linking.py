"""Messages in Slack about linking a GitHub account."""

from collections.abc import Mapping
from datetime import datetime

from bot.domain.pull_requests.link_codes import CodeState, OneTimeCode
from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_blocks import actions, button, section
from bot.rendering.chat.slack_text import moment, mrkdwn

YES, NO = "link.yes", "link.no"
_MOST_OF_A_LOGIN = 100


def code_given(code: str, until: datetime, login: str | None) -> OutgoingMessage:
    """Give somebody their code and say what to do with it. Only they see the message."""
    account = f"*{mrkdwn(login, _MOST_OF_A_LOGIN)}*" if login else "your own GitHub account"
    steps = (
        f"From {account}, write this as a new comment, with nothing else in it, on a pull request that "
        "Sensei reads:\n"
        f"`/sensei link {code}`\n"
        "Sensei then asks you here whether that account is yours. The code works once, until "
        f"{moment(until, '{time}')}."
    )
    open_to_all = (
        "If another account posts it too, it stops working. `/dojo link LOGIN` gives a code that only that "
        "account can use."
    )
    hint = "No other account can use this code." if login else open_to_all
    return OutgoingMessage(f"Your code: /sensei link {code}", (section(f"{steps}\n{hint}"),))


_OUTCOMES: Mapping[CodeState, str] = {
    CodeState.LINKED: "You confirmed it, and the account is linked to you.",
    CodeState.DECLINED: (
        "You said that this isn't you. Nothing was linked, and the code no longer works. "
        "`/dojo link LOGIN` gives you one that only your own account can use."
    ),
    CodeState.VOID: (
        "Then another account posted it too, so the code no longer works and nothing was linked. "
        "`/dojo link LOGIN` gives you one that only your own account can use."
    ),
    CodeState.WITHDRAWN: (
        "The comment was deleted, so the code no longer works and nothing was linked. `/dojo link` gives you "
        "a new one; leave the comment until you have confirmed it."
    ),
    CodeState.TAKEN: (
        "One of your two accounts was linked to another one in the meantime, so nothing was changed. The "
        "person who runs Sensei can sort it out."
    ),
}


def link_question(code: OneTimeCode) -> OutgoingMessage:
    """Ask a code's owner whether the account that posted it is theirs, or say how it ended."""
    login, number = (code.account.login, code.account.id) if code.account else ("", 0)
    statement = f"The GitHub account *{mrkdwn(login, _MOST_OF_A_LOGIN)}* (id {number}) posted your code."
    plain_statement = statement.replace("*", "")
    if outcome := _OUTCOMES.get(code.state):
        return OutgoingMessage(f"{plain_statement} {outcome}", (section(f"{statement} {outcome}"),))
    question = (
        f"Is that you? Nothing is linked until you answer. Please answer before {moment(code.expires)}."
    )
    buttons = actions(button("Yes, that's me", YES, code.id, "primary"), button("No", NO, code.id))
    return OutgoingMessage(f"{plain_statement} Is that you?", (section(f"{statement} {question}"), buttons))


def code_replaced() -> OutgoingMessage:
    """Say that a code no longer works because its owner asked for a newer one."""
    text = "You asked for a newer code, so this one no longer works and nothing was linked."
    return OutgoingMessage(text, (section(text),))


def account_linked(login: str) -> OutgoingMessage:
    """Tell somebody which GitHub account is now linked to them, and what to do if that is wrong."""
    name = mrkdwn(login, _MOST_OF_A_LOGIN)
    text = (
        f"The GitHub account *{name}* is linked to you. A capstone that is enrolled for it is now yours.\n"
        "If this was not you, tell your lead at once. The person who runs Sensei can undo the link, and a "
        "new code from `/dojo link` links the right account."
    )
    return OutgoingMessage(
        f"The GitHub account {name} is linked to you. If this was not you, tell your lead.", (section(text),)
    )
