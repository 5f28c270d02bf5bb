"""Cloning, fetching and pushing over HTTP, as ``git upload-pack`` and ``git receive-pack`` speak it."""

import base64
import binascii
import os
import subprocess
from collections.abc import Mapping

from tests.fakes.github import auth, errors
from tests.fakes.github.model import Repository, User
from tests.fakes.github.routes import LEVELS
from tests.fakes.github.world import World
from tests.repositories import ENVIRONMENT

SERVICE = "git-upload-pack"
PUSH = "git-receive-pack"


def repository_of(
    world: World, path: str, rest: str, authorization: str, service: str = SERVICE
) -> Repository:
    """Find the repository that the caller may use; the token is the password of ``x-access-token``."""
    full_name = path.removesuffix(".git").strip("/")
    found = world.named(full_name) or world.former_names.get(full_name.lower())
    password = _password(authorization)
    needed = LEVELS["write" if service == PUSH else "read"]
    if password is None and (found is None or found.private or service == PUSH):
        raise errors.Refused(401, "Repository not found.", {"WWW-Authenticate": 'Basic realm="GitHub"'})
    if found is None:
        raise errors.not_found()
    if password is not None:
        token = auth.token_of(world, password)
        if found.private and not token.covers(found):
            raise errors.not_found()
        granted = LEVELS.get(token.permissions.get("contents", ""), 0)
        if (found.private or service == PUSH) and granted < needed:
            raise errors.Refused(403, "Write access to repository not granted.")
    if full_name.lower() != found.full_name.lower():
        location = f"{world.url}/{found.full_name}.git/{rest}"
        raise errors.Refused(301, "Moved Permanently", {"Location": location})
    return found


def _password(authorization: str) -> str | None:
    kind, _, value = authorization.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def bot_of(world: World, authorization: str) -> User:
    """Return the bot whose token it is: what is pushed comes from it."""
    return auth.token_of(world, _password(authorization) or "").installation.app.bot


def advertise(repository: Repository, headers: Mapping[str, str], service: str = SERVICE) -> bytes:
    """Return what a client is told first."""
    told = _run(service, repository, headers, b"", "--http-backend-info-refs")
    if service == SERVICE and "version=2" in headers.get("git-protocol", ""):
        return told
    banner = f"# service={service}\n".encode()
    return b"%04x%s0000" % (len(banner) + 4, banner) + told


def exchange(
    repository: Repository, headers: Mapping[str, str], body: bytes, service: str = SERVICE
) -> bytes:
    return _run(service, repository, headers, body)


def _run(
    service: str, repository: Repository, headers: Mapping[str, str], body: bytes, *options: str
) -> bytes:
    protocol = headers.get("git-protocol", "")
    done = subprocess.run(
        ["git", service.removeprefix("git-"), "--stateless-rpc", *options, str(repository.store.path)],
        env={**os.environ, **ENVIRONMENT, "GIT_PROTOCOL": protocol},
        input=body,
        capture_output=True,
        check=False,
    )
    return done.stdout
