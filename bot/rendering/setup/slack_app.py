"""The messages of ``sensei setup slack`` on a terminal."""

import json
import textwrap

from bot.domain.setup.slack_app_manifest import APP_SCOPE, SCOPES, SlackAppManifest

_WIDTH = 79


def manifest_json(offer: SlackAppManifest) -> str:
    """Return the manifest as JSON, to paste into Slack."""
    return json.dumps(offer.manifest(), indent=2, ensure_ascii=False) + "\n"


def how(offer: SlackAppManifest, file: str) -> str:
    """Explain how to create the app, and which tokens to copy."""
    scopes = "".join(f"  {scope:<17} {reason}\n" for scope, reason in SCOPES.items())
    second = (
        f"3. Under Basic Information > App-Level Tokens, create a token with the scope {APP_SCOPE}. Copy "
        "this app-level token (xapp-…)."
        if offer.url is None
        else f"3. Under Basic Information > App Credentials, copy the signing secret. Once `sensei "
        f"serve` is running, let Slack verify {offer.url} under Event Subscriptions."
    )
    first = (
        "1. Open this page, choose the workspace, check the permissions, and create the app. "
        "(Or choose Create New App > From a manifest, then paste what `sensei setup slack --manifest` "
        "prints.)"
    )
    steps = [
        first,
        "2. Under OAuth & Permissions, install the app to the workspace. Copy the bot token (xoxb-…).",
        second,
    ]
    return (
        "The app needs these scopes, and asks for no others:\n"
        f"{scopes}\n"
        + "".join(f"{_wrap(step)}\n" for step in steps)
        + f"\n{offer.page}\n\n"
        + _wrap(f"Sensei stores the tokens in {file}, which only you can read, and never shows them.")
        + "\n"
    )


def kept(file: str) -> str:
    """Tell the user where the tokens are stored, and list the next steps."""
    return (
        f"The tokens are stored in {file}, which only you can read.\n\n"
        "Sensei reads environment variables. Load that file wherever you start Sensei:\n"
        f"  a shell   set -a; . {file}; set +a\n"
        f"  systemd   EnvironmentFile={file}\n"
        f"  docker    --env-file {file}\n\n"
        "Once the file is loaded, run:\n"
        "  sensei serve\n"
        "  sensei setup slack --check\n"
    )


def _wrap(text: str) -> str:
    return textwrap.fill(
        text, _WIDTH, subsequent_indent="   ", break_long_words=False, break_on_hyphens=False
    )
