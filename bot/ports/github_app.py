"""The GitHub App itself: its creation, its settings and its installations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class MadeApp:
    """What GitHub returns once, when an App is created. ``webhook_secret`` is None if it has none yet."""

    id: int
    slug: str
    page: str
    organisation: str | None
    private_key: str = field(repr=False)
    webhook_secret: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class AppFacts:
    """An App at GitHub. ``page`` is its public page. Without an ``organisation`` it belongs to a person."""

    id: int
    slug: str
    name: str
    owner: str
    organisation: str | None
    page: str
    permissions: Mapping[str, str]
    events: Sequence[str]


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Where and how GitHub sends an App's deliveries."""

    url: str
    content_type: str
    signed: bool
    verifies_tls: bool


@dataclass(frozen=True, slots=True)
class AppInstallation:
    """An installation of an App.

    ``repositories`` are the names of the first repositories, ``count`` the number of all; None if unknown.
    """

    id: int
    account: str
    page: str
    permissions: Mapping[str, str]
    suspended: bool
    repositories: Sequence[str] | None
    count: int | None


class Registrar(Protocol):
    """Creates Apps."""

    def convert(self, code: str) -> MadeApp | None:
        """Exchange a manifest's code for an App; return None if the code was used or is over an hour old.

        Raises:
            TransientError: try again. PermanentError: GitHub refuses.
        """


class OwnApp(Protocol):
    """Requests of an App about itself. All raise TransientError and PermanentError."""

    def facts(self) -> AppFacts:
        """Return the App as GitHub has it."""

    def webhook_settings(self) -> WebhookSettings:
        """Return the settings of the App's webhook."""

    def set_webhook_secret(self, secret: str) -> None:
        """Set the secret with which GitHub signs deliveries."""

    def accounts(self) -> Sequence[str]:
        """List the accounts on which the App is installed, without requests about their repositories."""

    def is_installed_on(self, full_name: str) -> bool:
        """Return whether the App is installed on a repository."""

    def installations(self) -> Sequence[AppInstallation]:
        """List the App's installations with their repositories."""


@dataclass(frozen=True, slots=True)
class StoredApp:
    """The files in which an App is stored: ``file`` with its variables, ``key`` with its private key."""

    app_id: int
    file: Path
    key: Path


class AppCredentials(Protocol):
    """Stores an App's credentials on this machine."""

    def check(self) -> None:
        """Check that credentials can be stored, before GitHub creates anything.

        Raises:
            UserError: they can't be stored.
        """

    def keep(self, made: MadeApp, secret: str) -> StoredApp:
        """Store an App's credentials, all or none.

        Raises:
            UserError: they could not be written.
        """
