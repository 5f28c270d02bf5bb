"""What an App asks of itself, and how one is made from a manifest."""

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
_PAGE = 100  # rows; GitHub gives no more
_MOST_PAGES = 20


@dataclass(frozen=True)
class ManifestRegistrar:
    """Exchanges codes of manifests at a GitHub; nobody signs in for that.

    https://docs.github.com/en/rest/apps/apps#create-a-github-app-from-a-manifest
    """

    api: str

    def convert(self, code: str) -> MadeApp | None:
        """Exchange the code of a manifest; None where GitHub does not know it (used, or older than an hour).

        It is never sent twice by itself: a code works once, and the answer holds the only copy of the key.
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
        what = "Fetching the new App's key"
        try:
            with translate_errors(what):
                _, data = github.requester.requestJsonAndCheck("POST", f"/app-manifests/{code}/conversions")
        except HostRejectedError as refused:
            raise PermanentError(f"{what}: GitHub refuses it ({refused.what}).", "Begin again.") from None
        except TokenRejectedError:
            raise PermanentError(f"{what}: this GitHub wants to be signed in to.") from None
        except NotFoundError:
            return None
        finally:
            github.close()
        return MadeApp(
            id=data["id"],
            slug=_slug(data),
            page=data["html_url"],
            organisation=_organisation(data["owner"]),
            private_key=data["pem"],
            webhook_secret=data.get("webhook_secret") or None,
        )


@dataclass(frozen=True)
class GitHubOwnApp:
    """``ports.app.OwnApp`` for GitHub."""

    app: GitHubApp

    def facts(self) -> AppFacts:
        """Ask who the App is."""
        try:
            with self._speaking("Asking who the App is") as integration:
                data = _get(integration, "/app")
        except NotFoundError:
            raise PermanentError(
                "Asking who the App is: GitHub knows no App of this number.",
                "Check SENSEI_GITHUB_APP_ID, and SENSEI_GITHUB_API_URL.",
            ) from None
        return AppFacts(
            id=data["id"],
            slug=_slug(data),
            name=data["name"],
            owner=_owner(data["owner"]),
            organisation=_organisation(data["owner"]),
            page=data["html_url"],
            permissions=data["permissions"],
            events=data["events"],
        )

    def hook(self) -> WebhookSettings:
        """Ask where it is brought deliveries.

        https://docs.github.com/en/rest/apps/webhooks#get-a-webhook-configuration-for-an-app
        """
        with self._speaking("Asking for the App's webhook") as integration:
            data = _get(integration, "/app/hook/config")
        return WebhookSettings(
            url=data.get("url") or "",
            content_type=data.get("content_type") or "form",
            signed=bool(data.get("secret")),
            verifies_tls=str(data.get("insecure_ssl") or "0") == "0",
        )

    def sign(self, secret: str) -> None:
        """Set the secret that deliveries are signed with."""
        with self._speaking("Setting the webhook's secret") as integration:
            integration.requester.requestJsonAndCheck("PATCH", "/app/hook/config", input={"secret": secret})

    def accounts(self) -> Sequence[str]:
        """List the accounts it is installed on, without looking at their repositories."""
        return [_owner(row["account"]) for row in self._rows()]

    def reaches(self, full_name: str) -> bool:
        """Say whether it is installed on a repository."""
        try:
            with self._speaking(f"Looking for the App on {full_name}") as integration:
                _get(integration, f"/repos/{full_name}/installation")
        except NotFoundError:
            return False
        return True

    def installations(self) -> Sequence[AppInstallation]:
        """List where it is installed, and what it reaches there."""
        return [self._installed(row) for row in self._rows()]

    def _rows(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        with self._speaking("Listing the App's installations") as integration:
            for page in range(1, _MOST_PAGES + 1):
                rows = _get(integration, f"/app/installations?per_page={_PAGE}&page={page}")
                found += rows
                if len(rows) < _PAGE:
                    break
        return found

    def _installed(self, row: dict[str, Any]) -> AppInstallation:
        names: list[str] | None = None
        count: int | None = None
        if not row.get("suspended_at"):
            with suppress(PermanentError, HostRejectedError):  # its permissions say why: they are shown
                names, count = self._reach(row["id"])
        return AppInstallation(
            id=row["id"],
            account=_owner(row["account"]),
            page=row["html_url"],
            permissions=row["permissions"],
            suspended=bool(row.get("suspended_at")),
            repositories=names,
            count=count,
        )

    def _reach(self, installation: int) -> tuple[list[str], int]:
        what = f"Listing the repositories of installation {installation}"
        with self.app.repository(what, installation, None, reads_only=True) as github:
            _, data = github.requester.requestJsonAndCheck(
                "GET", "/installation/repositories", parameters={"per_page": _PAGE}
            )
        return [each["full_name"] for each in data["repositories"]], data["total_count"]

    @contextmanager
    def _speaking(self, what: str) -> Iterator[GithubIntegration]:
        try:
            with self.app.itself(what) as integration:
                yield integration
        except (jwt.PyJWTError, ValueError, TypeError):
            raise PermanentError(
                f"{what}: the private key cannot be read.", "It is the App's .pem file, whole."
            ) from None


def _get(integration: GithubIntegration, path: str) -> Any:
    _, data = integration.requester.requestJsonAndCheck("GET", path)
    return data


def _slug(data: dict[str, Any]) -> str:
    # An older GitHub Enterprise Server leaves it out.
    return str(data.get("slug") or data["html_url"].rstrip("/").rpartition("/")[2])


def _owner(account: dict[str, Any]) -> str:
    # An enterprise has a slug instead of a login.
    return str(account.get("login") or account.get("slug") or account.get("name") or "")


def _organisation(owner: dict[str, Any]) -> str | None:
    return str(owner["login"]) if owner.get("type") == "Organization" else None
