"""The words of ``sensei setup slack`` on a terminal."""

import json
import textwrap

from bot.domain.setup.slack_app_manifest import APP_SCOPE, SCOPES, SlackAppManifest

_WIDTH = 79


def manifest_json(offer: SlackAppManifest) -> str:
    """Return the manifest as JSON, to paste at Slack."""
    return json.dumps(offer.manifest(), indent=2, ensure_ascii=False) + "\n"


def how(offer: SlackAppManifest, file: str) -> str:
    """Say how to make the app, and which tokens to copy."""
    scopes = "".join(f"  {scope:<17} {reason}\n" for scope, reason in SCOPES.items())
    second = (
        f"3. Basic Information, App-Level Tokens: make one with the scope {APP_SCOPE}. Copy the app-level "
        "token (xapp-…)."
        if offer.url is None
        else "3. Basic Information, App Credentials: copy the signing secret. Once `sensei serve` runs, let "
        f"Slack verify {offer.url} under Event Subscriptions."
    )
    first = (
        "1. Open this page, choose the workspace, check what the app may do, and make it. (Or: Create New "
        "App, From a manifest, and paste what `sensei setup slack --manifest` prints.)"
    )
    steps = [
        first,
        "2. OAuth & Permissions, Install to the workspace. Copy the bot token (xoxb-…).",
        second,
    ]
    return (
        "The app may do this and no more:\n"
        f"{scopes}\n"
        + "".join(f"{_wrap(step)}\n" for step in steps)
        + f"\n{offer.page}\n\n"
        + _wrap(f"Sensei stores them in {file}, which only you can read, and never shows them.")
        + "\n"
    )


def kept(file: str) -> str:
    """Say where the tokens are stored, and what to do next."""
    return (
        f"Stored in {file}, which only you can read.\n\n"
        "Sensei reads the environment, so load that file where you start it:\n"
        f"  a shell   set -a; . {file}; set +a\n"
        f"  systemd   EnvironmentFile={file}\n"
        f"  docker    --env-file {file}\n\n"
        "Next, with that file loaded:\n"
        "  sensei serve\n"
        "  sensei setup slack --check\n"
    )


def _wrap(text: str) -> str:
    return textwrap.fill(
        text, _WIDTH, subsequent_indent="   ", break_long_words=False, break_on_hyphens=False
    )
