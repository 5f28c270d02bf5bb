"""Is the Slack app as Sensei needs it? What is looked at, and what to do about each lack."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.domain.setup.findings import Finding
from bot.domain.setup.slack_app_manifest import APP_SCOPE, SCOPES
from bot.errors import PermanentError, TransientError
from bot.ports.slack_app import OwnSlackApp, SlackFacts
from bot.rendering.text.safe_text import one_line

_SECRET = re.compile(r"[0-9a-f]{32}")
_LATER = "Nothing is known of it now. Try again later."


@dataclass(frozen=True, slots=True)
class SlackTokens:
    """What the settings hold; ``page`` is where one's apps are."""

    page: str
    bot: str | None = field(default=None, repr=False)
    app: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)


def check_slack_app(app: OwnSlackApp, tokens: SlackTokens) -> list[Finding]:
    """Look at the tokens, and at what Slack says of them. Nothing is sent to anybody."""
    if tokens.bot is None:
        what = "SENSEI_SLACK_BOT_TOKEN is missing."
        return [
            Finding("Slack app", "bad", f"No Slack app is set up: {what}", "`sensei setup slack` makes one.")
        ]
    return [*_bot(app, tokens, tokens.bot), *_hearing(app, tokens)]


def right_workspace(app: OwnSlackApp, token: str, known: Sequence[str]) -> list[Finding]:
    """Compare the token's workspace with those whose people are known; it may be that none are yet.

    Raises:
        PermanentError, TransientError: Slack does not say.
    """
    here = app.facts(token).workspace
    elsewhere = [team for team in known if team != here.id]
    if not elsewhere:
        return (
            [Finding("workspace", "ok", "The people who are known are of that workspace.")] if known else []
        )
    told = f"{', '.join(map(one_line, elsewhere))}, and the token is of {here.id}"
    return [
        Finding(
            "workspace",
            "warning" if here.id in known else "bad",
            f"People are known in the workspace {told}.",
            "They are not reached from here: install the app where they are, and use that token.",
        )
    ]


def _bot(app: OwnSlackApp, tokens: SlackTokens, token: str) -> Iterator[Finding]:
    if not token.startswith("xoxb-"):
        yield Finding(
            "bot token",
            "bad",
            f"The bot token is {_kind(token)}.",
            f"It begins with xoxb-: OAuth & Permissions, on the app's page ({tokens.page}).",
        )
        return
    try:
        facts = app.facts(token)
    except TransientError as failed:
        yield Finding("bot token", "bad", str(failed), _LATER)
        return
    except PermanentError as refused:
        yield Finding("bot token", "bad", refused.what, refused.remedy)
        return
    it = facts.workspace
    if not facts.is_bot:
        yield Finding("bot token", "bad", "The token is a person's, not the app's.", "Take the bot token.")
        return
    yield Finding("bot token", "ok", f"It works in the workspace {one_line(it.name)} ({it.id}).")
    yield from _scopes(facts, tokens.page)


def _kind(token: str) -> str:
    known = {"xapp-": "an app-level token", "xoxp-": "a person's token", "xoxe": "a token that is rotated"}
    return next((said for begin, said in known.items() if token.startswith(begin)), "no token of Slack's")


def _scopes(facts: SlackFacts, page: str) -> Iterator[Finding]:
    lacks = [scope for scope in SCOPES if scope not in facts.scopes]
    if lacks:
        reasons = "; ".join(f"{scope} ({SCOPES[scope]})" for scope in lacks)
        yield Finding(
            "scopes",
            "bad",
            f"The app lacks {reasons}.",
            f"Add them under OAuth & Permissions on its page ({page}), and install it again.",
        )
    else:
        yield Finding("scopes", "ok", f"The app has {', '.join(SCOPES)}.")
    if more := sorted(facts.scopes - set(SCOPES)):
        yield Finding(
            "scopes",
            "warning",
            f"The app may do more than Sensei needs: {', '.join(map(one_line, more))}.",
            f"Take it away under OAuth & Permissions on its page ({page}), and install it again.",
        )


def _hearing(app: OwnSlackApp, tokens: SlackTokens) -> Iterator[Finding]:
    if tokens.app is None and tokens.secret is None:
        yield Finding(
            "hearing",
            "bad",
            "Sensei cannot hear Slack: there is neither an app-level token nor a signing secret.",
            "Set SENSEI_SLACK_APP_TOKEN for Socket Mode, or SENSEI_SLACK_SIGNING_SECRET for HTTP.",
        )
    if tokens.app is not None:
        yield _socket(app, tokens.app)
    if tokens.secret is not None:
        yield (
            Finding("signing secret", "ok", "There is one, of the right form. Only Slack can say more.")
            if _SECRET.fullmatch(tokens.secret)
            else Finding(
                "signing secret",
                "bad",
                "The signing secret is not one of Slack's, which are 32 of 0-9 and a-f.",
                "Copy it from Basic Information, App Credentials: not the client secret.",
            )
        )


def _socket(app: OwnSlackApp, token: str) -> Finding:
    if not token.startswith("xapp-"):
        return Finding(
            "app-level token",
            "bad",
            "The app-level token is none.",
            f"It begins with xapp-, has the scope {APP_SCOPE}: Basic Information, App-Level Tokens.",
        )
    try:
        app.opens_socket(token)
    except TransientError as failed:
        return Finding("app-level token", "bad", str(failed), _LATER)
    except PermanentError as refused:
        return Finding("app-level token", "bad", refused.what, refused.remedy)
    return Finding("app-level token", "ok", "It may open the connection of Socket Mode.")
