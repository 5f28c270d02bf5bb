"""The GitHub App itself: its creation, its settings and its installations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class MadeApp:
    """GitHub's one-time reply when an App is created. ``webhook_secret`` is None if there is none yet."""

    id: int
    slug: str
    page: str
    organisation: str | None
    private_key: str = field(repr=False)
    webhook_secret: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class AppFacts:
    """An App on GitHub.

    ``page`` is its public page. Without an ``organisation``, the App belongs to a person.
    """

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
    """The address and settings with which GitHub sends an App's deliveries."""

    url: str
    content_type: str
    signed: bool
    verifies_tls: bool


@dataclass(frozen=True, slots=True)
class AppInstallation:
    """An installation of an App.

    ``repositories`` are the names of the first repositories, ``count`` is the total. Both are None if
    unknown.
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
        """Exchange a manifest's code for an App. Return None if the code was used or is over an hour old.

        Raises:
            TransientError: try again.
            PermanentError: GitHub refuses.
        """


class OwnApp(Protocol):
    """Requests that an App makes about itself. All may raise TransientError or PermanentError."""

    def facts(self) -> AppFacts:
        """Return GitHub's data about the App."""

    def webhook_settings(self) -> WebhookSettings:
        """Return the settings of the App's webhook."""

    def set_webhook_secret(self, secret: str) -> None:
        """Set the secret that GitHub uses to sign deliveries."""

    def accounts(self) -> Sequence[str]:
        """List the accounts on which the App is installed, without querying their repositories."""

    def is_installed_on(self, full_name: str) -> bool:
        """Return whether the App is installed on a repository."""

    def installations(self) -> Sequence[AppInstallation]:
        """List the App's installations with their repositories."""


@dataclass(frozen=True, slots=True)
class StoredApp:
    """The files of a stored App: ``file`` contains its variables, ``key`` its private key."""

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
        """Store all of an App's credentials, or none.

        Raises:
            UserError: they could not be written.
        """
