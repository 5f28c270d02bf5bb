"""The manifest of the GitHub App, and GitHub's web addresses.

https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from bot.domain.setup.github_app_requirements import EVENTS, PERMISSIONS
from bot.errors import UserError

LONGEST_NAME = 34
"""Characters; https://docs.github.com/en/apps/creating-github-apps/registering-a-github-app"""

WEBHOOK_PATH = "/github/webhook"

NOWHERE = f"https://example.com{WEBHOOK_PATH}"
"""The placeholder address of an inactive webhook. GitHub refuses a webhook without an address (RFC 2606)."""

_ORGANISATION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?")
_HOST = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9][a-z0-9-]*[a-z0-9]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class GitHubAppManifest:
    """The App to create. ``web`` is GitHub's web address. ``hook`` is None if there is no webhook yet."""

    name: str
    web: str
    organisation: str | None = None
    hook: str | None = None
    public: bool = False

    @property
    def homepage(self) -> str:
        """Return the App's homepage, which GitHub requires."""
        if self.hook:
            parts = urlsplit(self.hook)
            return f"{parts.scheme}://{parts.netloc}"
        return f"{self.web}/{self.organisation}" if self.organisation else self.web

    def action(self, state: str) -> str:
        """Return the address to which the form sends the manifest."""
        owner = f"/organizations/{self.organisation}" if self.organisation else ""
        return f"{self.web}{owner}/settings/apps/new?state={quote(state, safe='')}"

    def manifest(self, redirect: str) -> Mapping[str, Any]:
        """Return the manifest. GitHub then redirects the browser to ``redirect`` with a code."""
        return {
            "name": self.name,
            "url": self.homepage,
            "description": "Sensei reviews pull requests in an AI Dojo: the bot asks questions, "
            "people judge the answers.",
            "hook_attributes": {"url": self.hook or NOWHERE, "active": self.hook is not None},
            "redirect_url": redirect,
            "public": self.public,
            "default_permissions": dict(PERMISSIONS),
            "default_events": list(EVENTS),
        }


def web_address(api: str) -> str:
    """Return the web address of the GitHub with this API: github.com, ``SUB.ghe.com`` or a server's."""
    parts = urlsplit(api.rstrip("/"))
    path = parts.path.removesuffix("/api/v3")
    return f"{parts.scheme}://{parts.netloc.removeprefix('api.')}{path}"


def settings_page(web: str, slug: str, organisation: str | None) -> str:
    """Return the address of the page where the owner edits an App."""
    owner = f"/organizations/{organisation}" if organisation else ""
    return f"{web}{owner}/settings/apps/{slug}"


def webhook_address(given: str) -> str:
    """Return the webhook address for GitHub, given the address of `sensei serve`.

    Raises:
        UserError: GitHub could not reach the address.
    """
    address = reachable(given, WEBHOOK_PATH)
    if address is None:
        raise UserError(
            f"GitHub cannot send deliveries to {given!r}.",
            "Write the address as https://HOST. If you have no such address, omit --url: Sensei then checks "
            "GitHub for events itself.",
        )
    return address


def reachable(given: str, path: str) -> str | None:
    """Return ``https://HOST…`` with a path appended, or None if the host cannot be reached from outside."""
    parts = urlsplit(given.strip())
    try:
        port = parts.port
    except ValueError:
        port = -1
    if (
        parts.scheme != "https"
        or not _HOST.fullmatch(parts.hostname or "")
        or (parts.hostname or "").endswith((".localhost", ".local"))
        or port == -1
        or parts.username is not None
        or parts.query
        or parts.fragment
        or not re.fullmatch(r"[A-Za-z0-9/._~-]*", parts.path)
    ):
        return None
    before = parts.path.rstrip("/").removesuffix(path)
    return f"https://{(parts.netloc).lower()}{before}{path}"


def organisation_name(given: str) -> str:
    """Return the organisation's name if it is valid.

    Raises:
        UserError: no organisation can have that name.
    """
    if not _ORGANISATION.fullmatch(given):
        raise UserError(
            f"{given!r} cannot be the name of an organisation.", "Use the last part of its address on GitHub."
        )
    return given


def app_name(given: str | None, organisation: str | None, distinct: str) -> str:
    """Return the name to suggest for the App. Its owner can change it on GitHub.

    Raises:
        UserError: the given name is too long for GitHub.
    """
    if given is not None and not 0 < len(given.strip()) <= LONGEST_NAME:
        raise UserError(
            f"An App cannot have the name {given!r}.", f"GitHub accepts 1 to {LONGEST_NAME} characters."
        )
    return (given or f"Sensei {organisation or distinct}").strip()[:LONGEST_NAME].strip()
