"""Reading the App's own settings and installations, and creating an App from a manifest."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import jwt
from github import Github, GithubIntegration

from bot.adapters.github.app_tokens import GitHubApp
from bot.adapters.github.failures import NotFoundError, TokenRejectedError, translate_errors
from bot.errors import PermanentError
from bot.ports.code_host import HostRejectedError
from bot.ports.github_app import AppFacts, AppInstallation, MadeApp, WebhookSettings

_TIMEOUT = 20  # seconds of silence on one request
_CODE = re.compile(r"[A-Za-z0-9_-]{1,200}")
_PAGE = 100  # rows per page; GitHub's maximum
_MOST_PAGES = 20


@dataclass(frozen=True)
class ManifestRegistrar:
    """Exchanges manifest codes for Apps. This needs no login.

    https://docs.github.com/en/rest/apps/apps#create-a-github-app-from-a-manifest
    """

    api: str

    def convert(self, code: str) -> MadeApp | None:
        """Exchange a manifest code; None if GitHub does not know it (used, or older than an hour).

        There is no retry: a code works once, and the answer contains the only copy of the key.
        """
        if not _CODE.fullmatch(code):
            return None
        github = Github(
            base_url=self.api,
            timeout=_TIMEOUT,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
        )
        action = "Fetching the new App's key"
        try:
            with translate_errors(action):
                _, data = github.requester.requestJsonAndCheck("POST", f"/app-manifests/{code}/conversions")
        except HostRejectedError as refused:
            raise PermanentError(f"{action}: GitHub refused it ({refused.what}).", "Start again.") from None
        except TokenRejectedError:
            raise PermanentError(f"{action}: this GitHub server requires a login.") from None
        except NotFoundError:
            return None
        finally:
            github.close()
        return MadeApp(
            id=data["id"],
            slug=_find_slug(data),
            page=data["html_url"],
            organisation=_find_organisation(data.get("owner")),
            private_key=data["pem"],
            webhook_secret=data.get("webhook_secret") or None,
        )


@dataclass(frozen=True)
class GitHubOwnApp:
    """``OwnApp`` for GitHub."""

    app: GitHubApp

    def facts(self) -> AppFacts:
        """Return the App's details."""
        try:
            with self._as_app("Reading the App's details") as integration:
                data = _get(integration, "/app")
        except NotFoundError:
            raise PermanentError(
                "Reading the App's details: there is no GitHub App with this id.",
                "Check SENSEI_GITHUB_APP_ID and SENSEI_GITHUB_API_URL.",
            ) from None
        return AppFacts(
            id=data["id"],
            slug=_find_slug(data),
            name=data["name"],
            owner=_find_owner(data.get("owner")),
            organisation=_find_organisation(data.get("owner")),
            page=data["html_url"],
            permissions=data["permissions"],
            events=data["events"],
        )

    def webhook_settings(self) -> WebhookSettings:
        """Return the App's webhook settings.

        https://docs.github.com/en/rest/apps/webhooks#get-a-webhook-configuration-for-an-app
        """
        with self._as_app("Reading the App's webhook settings") as integration:
            data = _get(integration, "/app/hook/config")
        return WebhookSettings(
            url=data.get("url") or "",
            content_type=data.get("content_type") or "form",
            signed=bool(data.get("secret")),
            verifies_tls=str(data.get("insecure_ssl") or "0") == "0",
        )

    def set_webhook_secret(self, secret: str) -> None:
        """Set the secret with which GitHub signs deliveries."""
        with self._as_app("Setting the webhook's secret") as integration:
            integration.requester.requestJsonAndCheck("PATCH", "/app/hook/config", input={"secret": secret})

    def accounts(self) -> Sequence[str]:
        """List the accounts that the App is installed on, without their repositories."""
        return [_name_account(row) for row in self._list_installations()]

    def is_installed_on(self, full_name: str) -> bool:
        """Return whether the App is installed on a repository."""
        try:
            with self._as_app(f"Looking for the App on {full_name}") as integration:
                _get(integration, f"/repos/{full_name}/installation")
        except NotFoundError:
            return False
        return True

    def installations(self) -> Sequence[AppInstallation]:
        """List the App's installations and the repositories that each can reach."""
        return [self._as_installation(row) for row in self._list_installations()]

    def _list_installations(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        with self._as_app("Listing the App's installations") as integration:
            for page in range(1, _MOST_PAGES + 1):
                rows = _get(integration, f"/app/installations?per_page={_PAGE}&page={page}")
                found += rows
                if len(rows) < _PAGE:
                    break
        return found

    def _as_installation(self, row: dict[str, Any]) -> AppInstallation:
        names: list[str] | None = None
        count: int | None = None
        if not row.get("suspended_at"):
            with suppress(PermanentError, HostRejectedError):  # the displayed permissions say why
                names, count = self._list_repositories(row["id"])
        return AppInstallation(
            id=row["id"],
            account=_name_account(row),
            page=row["html_url"],
            permissions=row["permissions"],
            suspended=bool(row.get("suspended_at")),
            repositories=names,
            count=count,
        )

    def _list_repositories(self, installation: int) -> tuple[list[str], int]:
        action = f"Listing the repositories of installation {installation}"
        with self.app.repository(action, installation, None, reads_only=True) as github:
            _, data = github.requester.requestJsonAndCheck(
                "GET", "/installation/repositories", parameters={"per_page": _PAGE}
            )
        return [row["full_name"] for row in data["repositories"]], data["total_count"]

    @contextmanager
    def _as_app(self, action: str) -> Iterator[GithubIntegration]:
        try:
            with self.app.itself(action) as integration:
                yield integration
        except (jwt.PyJWTError, ValueError, TypeError):
            raise PermanentError(
                f"{action}: the private key cannot be read.", "Use the complete .pem file of the App."
            ) from None


def _get(integration: GithubIntegration, path: str) -> Any:
    _, data = integration.requester.requestJsonAndCheck("GET", path)
    return data


def _find_slug(data: dict[str, Any]) -> str:
    # Older versions of GitHub Enterprise Server leave it out.
    return str(data.get("slug") or data["html_url"].rstrip("/").rpartition("/")[2])


def _find_owner(account: dict[str, Any] | None) -> str:
    """Return an account's name; empty if GitHub doesn't name the account, since it may send null."""
    known = account or {}
    # An enterprise has a slug instead of a login.
    return str(known.get("login") or known.get("slug") or known.get("name") or "")


def _name_account(installation: dict[str, Any]) -> str:
    return _find_owner(installation.get("account")) or str(installation["id"])


def _find_organisation(owner: dict[str, Any] | None) -> str | None:
    return str(owner["login"]) if owner and owner.get("type") == "Organization" else None
