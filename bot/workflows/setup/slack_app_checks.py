"""Checks that the Slack app is set up as Sensei needs it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.domain.setup.findings import Finding
from bot.domain.setup.slack_app_manifest import APP_SCOPE, OPTIONAL_SCOPES, SCOPES
from bot.errors import PermanentError, TransientError
from bot.ports.slack_app import OwnSlackApp, SlackFacts
from bot.rendering.text.safe_text import one_line

_SECRET = re.compile(r"[0-9a-f]{32}")
_LATER = "The check could not be completed. Try again later."


@dataclass(frozen=True, slots=True)
class SlackTokens:
    """The tokens from the settings. ``page`` is the address that lists a person's Slack apps."""

    page: str
    bot: str | None = field(default=None, repr=False)
    app: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)


def check_slack_app(app: OwnSlackApp, tokens: SlackTokens) -> list[Finding]:
    """Check the tokens, here and with Slack. Sends no message."""
    if tokens.bot is None:
        text = "No Slack app is set up: SENSEI_SLACK_BOT_TOKEN is missing."
        return [Finding("Slack app", "bad", text, "Create one with `sensei setup slack`.")]
    return [*_check_bot_token(app, tokens, tokens.bot), *_check_receiving(app, tokens)]


def right_workspace(app: OwnSlackApp, token: str, known: Sequence[str]) -> list[Finding]:
    """Compare the token's workspace with the workspaces of the people in the database, if there are any.

    Raises:
        PermanentError, TransientError: Slack did not provide the information.
    """
    here = app.facts(token).workspace
    elsewhere = [team for team in known if team != here.id]
    if not elsewhere:
        return (
            [Finding("workspace", "ok", "The people in the database belong to the token's workspace.")]
            if known
            else []
        )
    names = f"{', '.join(map(one_line, elsewhere))}, but the token belongs to {here.id}"
    return [
        Finding(
            "workspace",
            "warning" if here.id in known else "bad",
            f"The database contains people from the workspace {names}.",
            "Sensei cannot reach them with this token. Install the app in their workspace, and "
            "use that installation's token.",
        )
    ]


def _check_bot_token(app: OwnSlackApp, tokens: SlackTokens, token: str) -> Iterator[Finding]:
    if not token.startswith("xoxb-"):
        yield Finding(
            "bot token",
            "bad",
            f"The value given as the bot token is {_describe_token(token)}.",
            f"Copy the token that starts with xoxb-, under OAuth & Permissions on the app's page "
            f"({tokens.page}).",
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
    workspace = facts.workspace
    if not facts.is_bot:
        yield Finding(
            "bot token",
            "bad",
            "The bot token belongs to a person, not to the app.",
            "Use the app's own bot token.",
        )
        return
    yield Finding(
        "bot token",
        "ok",
        f"The bot token works in the workspace {one_line(workspace.name)} ({workspace.id}).",
    )
    yield from _check_scopes(facts, tokens.page)


def _describe_token(token: str) -> str:
    known = {"xapp-": "an app-level token", "xoxp-": "a person's token", "xoxe": "a rotating token"}
    return next((text for prefix, text in known.items() if token.startswith(prefix)), "not a Slack token")


def _check_scopes(facts: SlackFacts, page: str) -> Iterator[Finding]:
    if facts.scopes is None:
        yield Finding(
            "scopes",
            "warning",
            "Slack's answer doesn't list the app's scopes, so Sensei can't tell whether any is missing.",
            f"Compare the scopes under OAuth & Permissions on the app's page ({page}) with these: "
            f"{', '.join(SCOPES)}.",
        )
        return
    lacks = [scope for scope in SCOPES if scope not in facts.scopes]
    if lacks:
        reasons = "; ".join(f"{scope} ({SCOPES[scope]})" for scope in lacks)
        optional = all(scope in OPTIONAL_SCOPES for scope in lacks)
        effects = [*(OPTIONAL_SCOPES[scope] for scope in lacks), "Everything else works."] if optional else []
        yield Finding(
            "scopes",
            "warning" if optional else "bad",
            " ".join([f"The app lacks these scopes: {reasons}.", *effects]),
            f"Add them under OAuth & Permissions on the app's page ({page}), then reinstall the app.",
        )
    else:
        yield Finding("scopes", "ok", f"The app has all the scopes that Sensei needs: {', '.join(SCOPES)}.")
    if more := sorted(facts.scopes - set(SCOPES)):
        yield Finding(
            "scopes",
            "warning",
            f"The app has more scopes than Sensei needs: {', '.join(map(one_line, more))}.",
            f"Remove them under OAuth & Permissions on the app's page ({page}), then reinstall the app.",
        )


def _check_receiving(app: OwnSlackApp, tokens: SlackTokens) -> Iterator[Finding]:
    if tokens.app is None and tokens.secret is None:
        yield Finding(
            "hearing",
            "bad",
            "Neither an app-level token nor a signing secret is set, so Sensei receives nothing from Slack.",
            "Set SENSEI_SLACK_APP_TOKEN for Socket Mode, or SENSEI_SLACK_SIGNING_SECRET for HTTP.",
        )
    if tokens.app is not None:
        yield _check_app_token(app, tokens.app)
    if tokens.secret is not None:
        yield (
            Finding(
                "signing secret",
                "ok",
                "The signing secret is set, and its format is valid. Only Slack can tell whether it is "
                "correct.",
            )
            if _SECRET.fullmatch(tokens.secret)
            else Finding(
                "signing secret",
                "bad",
                "The signing secret does not look like one of Slack's, which have 32 characters "
                "of 0-9 and a-f.",
                "Copy the signing secret, not the client secret, under Basic Information > App Credentials.",
            )
        )


def _check_app_token(app: OwnSlackApp, token: str) -> Finding:
    if not token.startswith("xapp-"):
        return Finding(
            "app-level token",
            "bad",
            "The app-level token's format is wrong.",
            f"Use the token that starts with xapp- and has the scope {APP_SCOPE}, under Basic Information > "
            f"App-Level Tokens.",
        )
    try:
        app.check_socket_token(token)
    except TransientError as failed:
        return Finding("app-level token", "bad", str(failed), _LATER)
    except PermanentError as refused:
        return Finding("app-level token", "bad", refused.what, refused.remedy)
    return Finding("app-level token", "ok", "The app-level token works for Socket Mode.")
