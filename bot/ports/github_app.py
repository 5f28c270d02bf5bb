"""A GitHub App as it sees itself, and how one comes to be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class MadeApp:
    """What GitHub hands out once, when an App is made. No ``webhook_secret``: it has made none."""

    id: int
    slug: str
    page: str
    organisation: str | None
    private_key: str = field(repr=False)
    webhook_secret: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class AppFacts:
    """An App as GitHub has it. ``page`` is its public one; no ``organisation``: a person owns it."""

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
    """Where and how an App is brought deliveries."""

    url: str
    content_type: str
    signed: bool
    verifies_tls: bool


@dataclass(frozen=True, slots=True)
class AppInstallation:
    """An installation. ``repositories`` are the first names, ``count`` how many there are; None: not told."""

    id: int
    account: str
    page: str
    permissions: Mapping[str, str]
    suspended: bool
    repositories: Sequence[str] | None
    count: int | None


class Registrar(Protocol):
    """Makes Apps."""

    def convert(self, code: str) -> MadeApp | None:
        """Exchange the code of a manifest; None where GitHub does not know it (used, or older than an hour).

        Raises:
            TransientError: try again. PermanentError: GitHub refuses.
        """


class OwnApp(Protocol):
    """What an App may ask of itself. All raise TransientError and PermanentError."""

    def facts(self) -> AppFacts:
        """Ask who the App is."""

    def hook(self) -> WebhookSettings:
        """Ask where it is brought deliveries."""

    def sign(self, secret: str) -> None:
        """Set the secret that deliveries are signed with."""

    def accounts(self) -> Sequence[str]:
        """List the accounts it is installed on, without looking at their repositories."""

    def reaches(self, full_name: str) -> bool:
        """Say whether it is installed on a repository."""

    def installations(self) -> Sequence[AppInstallation]:
        """List where it is installed, and what it reaches there."""


@dataclass(frozen=True, slots=True)
class StoredApp:
    """An App that is stored: the file of variables, and the file of its key."""

    app_id: int
    file: Path
    key: Path


class AppCredentials(Protocol):
    """Where an App's identity is kept on this machine."""

    def check(self) -> None:
        """See that it can be kept, before GitHub makes anything.

        Raises:
            UserError: it cannot.
        """

    def keep(self, made: MadeApp, secret: str) -> StoredApp:
        """Keep an App, whole or not at all.

        Raises:
            UserError: it could not be written.
        """
