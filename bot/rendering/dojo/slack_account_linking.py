"""Messages in Slack about linking a GitHub account."""

from collections.abc import Mapping
from datetime import datetime

from bot.domain.pull_requests.link_codes import CodeState, OneTimeCode
from bot.ports.chat import OutgoingMessage, View
from bot.rendering.chat.slack_blocks import actions, button, section, small
from bot.rendering.chat.slack_form_fields import input_block, modal, text_field
from bot.rendering.chat.slack_text import moment, mrkdwn, plain_object

YES, NO = "link.yes", "link.no"
_MOST_OF_A_LOGIN = 100


def code_given(code: str, until: datetime, login: str | None) -> OutgoingMessage:
    """Give a person their code and say how to use it. Only they see the message."""
    account = f"*{mrkdwn(login, _MOST_OF_A_LOGIN)}*" if login else "your own GitHub account"
    steps = (
        f"From {account}, post this as a new comment on a pull request in an enrolled repository, such as "
        "your capstone's. The comment must contain nothing else:\n"
        f"`/sensei link {code}`\n"
        "I'll then ask you in a direct message whether that account is yours. The code works once and "
        f"expires at {moment(until, '{time}')}."
    )
    open_to_all = (
        "If a second account posts the code, it stops working. `/dojo link LOGIN` gives you a code that only "
        "the account LOGIN can use."
    )
    hint = "No other account can use this code." if login else open_to_all
    hint += (
        "\nNo pull request there yet? Ask the person who runs Sensei to link your account with "
        "`sensei people link`."
    )
    return OutgoingMessage(f"Your code: /sensei link {code}", (section(f"{steps}\n{hint}"),))


def login_form() -> View:
    """Ask which GitHub account the code is for."""
    field = input_block(
        "login",
        "Your GitHub login",
        text_field("login", "", _MOST_OF_A_LOGIN, placeholder="octocat"),
        optional=True,
        hint="If you enter it, no other account can use your code.",
    )
    text = "I'll show you a one-time code. To prove that the account is yours, post the code on GitHub."
    return modal("Link GitHub", "Get a code", [section(text), field], "")


_COPY = (
    "I can't show you this code again. If you can't copy it here, use `/dojo link` to get a new code that "
    "you can copy."
)


def code_modal(given: OutgoingMessage) -> View:
    """Show a code in the place of the form, for the person who asked for it."""
    return {
        "type": "modal",
        "title": plain_object("Link GitHub"),
        "close": plain_object("Close"),
        "blocks": [*given.blocks, small(_COPY)],
    }


_OUTCOMES: Mapping[CodeState, str] = {
    CodeState.LINKED: "You confirmed that this account is yours, and it's now linked to you.",
    CodeState.DECLINED: (
        "You said that this isn't you. Nothing was linked, and the code no longer works. "
        "`/dojo link LOGIN` gives you a code that only your own account can use."
    ),
    CodeState.VOID: (
        "Then a second account posted it too, so the code no longer works and nothing was linked. "
        "`/dojo link LOGIN` gives you a code that only your own account can use."
    ),
    CodeState.WITHDRAWN: (
        "The comment was deleted, so the code no longer works and nothing was linked. Get a new code with "
        "`/dojo link`, and don't delete the comment until you've confirmed the account."
    ),
    CodeState.TAKEN: (
        "Before you answered, your Slack account or this GitHub account was linked to a different account, "
        "so I changed nothing. Ask the person who runs Sensei to sort it out."
    ),
}


_DECLINED_OPERATORS = "You said that this isn't you, so nothing was linked."


def link_question(code: OneTimeCode) -> OutgoingMessage:
    """Ask a code's owner whether an account is theirs, or report the outcome.

    The account is the one that posted the code, or the one that the operator named.
    """
    login, number = (code.account.login, code.account.id) if code.account else ("", 0)
    account = f"GitHub account *{mrkdwn(login, _MOST_OF_A_LOGIN)}* (id {number})"
    statement = f"The {account} posted your code."
    if code.is_operators:
        statement = f"The person who runs Sensei says that the {account} is yours."
    plain_statement = statement.replace("*", "")
    outcome = _OUTCOMES.get(code.state)
    if code.is_operators and code.state is CodeState.DECLINED:
        outcome = _DECLINED_OPERATORS
    if outcome:
        return OutgoingMessage(f"{plain_statement} {outcome}", (section(f"{statement} {outcome}"),))
    question = (
        f"Is that you? I won't link anything until you answer. Please answer before {moment(code.expires)}."
    )
    buttons = actions(button("Yes, that's me", YES, code.id, "primary"), button("No", NO, code.id))
    return OutgoingMessage(f"{plain_statement} Is that you?", (section(f"{statement} {question}"), buttons))


def code_posted_by_another(until: datetime) -> OutgoingMessage:
    """Tell a code's owner that it was posted by an account that is linked to another person, not to whom."""
    text = (
        "Your code was posted from a GitHub account that is already linked to another person, so I linked "
        "nothing. "
        f"Your code still works until {moment(until, '{time}')}: post it from your own GitHub account.\n"
        "If you don't know who posted it, get a new code with `/dojo link LOGIN`, which only the account "
        "LOGIN can use. If you posted it from your own account, tell the person who runs Sensei that your "
        "account is linked to someone else."
    )
    return OutgoingMessage(text, (section(text),))


def code_replaced() -> OutgoingMessage:
    """Say that a code or a question was replaced by a newer one."""
    text = "A newer code or question has replaced this one, so please use the newer one. Nothing was linked."
    return OutgoingMessage(text, (section(text),))


def account_linked(login: str) -> OutgoingMessage:
    """Tell a person which GitHub account is now linked to them, and what to do if it's the wrong one."""
    name = mrkdwn(login, _MOST_OF_A_LOGIN)
    text = (
        f"The GitHub account *{name}* is now linked to you. Any capstone enrolled for it is now yours.\n"
        "If this wasn't you, tell a lead at once. The person who runs Sensei can undo the link. Then get "
        "a new code with `/dojo link` to link the right account."
    )
    return OutgoingMessage(
        f"The GitHub account {name} is now linked to you. If this wasn't you, tell a lead.",
        (section(text),),
    )
