"""People, Apps, repositories and installations: what a test sets up, and what owners do with it."""

from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.fakes.github import payloads
from tests.fakes.github.model import App, Installation, Repository, User
from tests.fakes.github.world import World
from tests.repositories import Files

PERMISSIONS = {
    "metadata": "read",
    "contents": "read",
    "pull_requests": "write",
    "issues": "read",
    "checks": "write",
}
EVENTS = [
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "pull_request_review_thread",
    "issue_comment",
    "check_run",
    "check_suite",
    "push",
    "repository",
]
_KEYS: list[tuple[str, str]] = []


def _key() -> tuple[str, str]:
    """Make one key pair for all tests: making it is slow, and what it protects is made up."""
    if not _KEYS:
        key = rsa.generate_private_key(65537, 2048)
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        _KEYS.append((private.decode(), public.decode()))
    return _KEYS[0]


class Accounts(World):
    """Who and what there is on GitHub, and who has installed what."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.emit = lambda *event, **more: payloads.emit(self, *event, **more)

    def user(self, login: str, kind: Literal["User", "Bot", "Organization"] = "User") -> User:
        """Return the account of that name, made if it is new."""
        if login.lower() not in self.users:
            self.users[login.lower()] = self.make(User, login, kind)
        return self.users[login.lower()]

    def app(
        self,
        slug: str = "sensei",
        permissions: dict[str, str] | None = None,
        events: list[str] | None = None,
        webhook_url: str | None = None,
        webhook_secret: str = "not-much-of-a-secret",
    ) -> App:
        bot, owner = self.user(f"{slug}[bot]", "Bot"), self.user(f"{slug}-makers")
        private, public = _key()
        allowed = dict(PERMISSIONS if permissions is None else permissions)
        heard = list(EVENTS if events is None else events)
        app = self.make(App, slug, owner, bot, private, public, webhook_secret, allowed, heard, webhook_url)
        self.apps[app.id] = app
        return app

    def ping(self, app: App) -> None:
        self.hooks.tell(payloads.build(self, app, "ping", None, app, app.owner))

    def repository(self, full_name: str, files: Files | None = None, private: bool = True) -> Repository:
        """Make a repository, with a first commit on ``main`` if there are files."""
        owner, _, name = full_name.partition("/")
        with self.lock:
            repository = self.make(Repository, self.user(owner), name, self.store(), private)
            self.repositories[repository.id] = repository
        if files is not None:
            repository.store.push("main", files, "First", None)
            repository.refs = repository.store.heads()
        return repository

    def fork(self, repository: Repository, owner: User) -> Repository:
        with self.lock:
            store = self.store(repository.store)
            fork = self.make(
                Repository, owner, repository.name, store, repository.private, fork_of=repository
            )
            fork.refs = store.heads()
            self.repositories[fork.id] = fork
            return fork

    def rename(self, repository: Repository, name: str) -> None:
        with self.lock:
            before = repository.name
            self.former_names[repository.full_name.lower()] = repository
            repository.name = name
            self.emit("repository", "renamed", repository, repository.owner, before=before)

    def transfer(self, repository: Repository, owner: User) -> None:
        """Give a repository to another owner; only Apps that are installed there may still see it."""
        with self.lock:
            before = repository.owner
            self.former_names[repository.full_name.lower()] = repository
            for held in self.installations.values():
                if repository in held.repositories:
                    held.repositories.remove(repository)
                    lists = {"added": [], "removed": [repository]}
                    self.emit("installation_repositories", "removed", held, before, **lists)
            repository.owner = owner
            for held in self.installations.values():
                if held.account is owner:
                    held.repositories.append(repository)
                    lists = {"added": [repository], "removed": []}
                    self.emit("installation_repositories", "added", held, owner, **lists)
            self.emit("repository", "transferred", repository, before, owner=before)

    def install(
        self, app: App, *repositories: Repository, permissions: dict[str, str] | None = None
    ) -> Installation:
        with self.lock:
            account = repositories[0].owner
            granted = dict(permissions or app.permissions)
            installation = self.make(Installation, app, account, granted, list(repositories))
            self.installations[installation.id] = installation
            self.emit("installation", "created", installation, account)
            return installation

    def suspend(self, installation: Installation) -> None:
        with self.lock:
            installation.suspended, installation.suspended_by = self.now(), installation.account
            self.emit("installation", "suspend", installation, installation.account)

    def unsuspend(self, installation: Installation) -> None:
        with self.lock:
            installation.suspended = installation.suspended_by = None
            self.emit("installation", "unsuspend", installation, installation.account)

    def uninstall(self, installation: Installation) -> None:
        with self.lock:
            self.emit("installation", "deleted", installation, installation.account)
            del self.installations[installation.id]
            self._revoke(installation)
            installation.repositories = []

    def select(self, installation: Installation, *repositories: Repository) -> None:
        """Choose anew which repositories the installation covers."""
        with self.lock:
            before = installation.repositories
            installation.repositories = list(repositories)
            added = [it for it in repositories if it not in before]
            removed = [it for it in before if it not in repositories]
            for action, changed in (("added", added), ("removed", removed)):
                if changed:
                    lists = {"added": [], "removed": [], action: changed}
                    self.emit(
                        "installation_repositories", action, installation, installation.account, **lists
                    )

    def revoke_tokens(self, installation: Installation | None = None) -> None:
        """Make tokens worthless in mid-run: those of an installation, or all."""
        with self.lock:
            for held in [it for it in self.installations.values() if installation in {None, it}]:
                self._revoke(held)

    def _revoke(self, installation: Installation) -> None:
        self.tokens = {v: token for v, token in self.tokens.items() if token.installation is not installation}
