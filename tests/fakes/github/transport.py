"""Cloning and fetching over HTTP, as ``git upload-pack`` itself speaks it."""

import base64
import binascii
import os
import subprocess
from collections.abc import Mapping

from tests.fakes.github import auth, errors
from tests.fakes.github.model import Repository
from tests.fakes.github.routes import LEVELS
from tests.fakes.github.world import World
from tests.repositories import ENVIRONMENT

SERVICE = "git-upload-pack"


def repository_of(world: World, path: str, rest: str, authorization: str) -> Repository:
    """Find the repository that the caller may read; the token is the password of ``x-access-token``."""
    full_name = path.removesuffix(".git").strip("/")
    found = world.named(full_name) or world.former_names.get(full_name.lower())
    password = _password(authorization)
    if password is None and (found is None or found.private):
        raise errors.Refused(401, "Repository not found.", {"WWW-Authenticate": 'Basic realm="GitHub"'})
    if found is None:
        raise errors.not_found()
    if password is not None:
        token = auth.token_of(world, password)
        if found.private and not token.covers(found):
            raise errors.not_found()
        if found.private and LEVELS.get(token.permissions.get("contents", ""), 0) < LEVELS["read"]:
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


def advertise(repository: Repository, headers: Mapping[str, str]) -> bytes:
    """Return what a client is told first."""
    told = _upload_pack(repository, headers, b"", "--http-backend-info-refs")
    if "version=2" in headers.get("git-protocol", ""):
        return told
    banner = f"# service={SERVICE}\n".encode()
    return b"%04x%s0000" % (len(banner) + 4, banner) + told


def exchange(repository: Repository, headers: Mapping[str, str], body: bytes) -> bytes:
    return _upload_pack(repository, headers, body)


def _upload_pack(repository: Repository, headers: Mapping[str, str], body: bytes, *options: str) -> bytes:
    protocol = headers.get("git-protocol", "")
    done = subprocess.run(
        ["git", "upload-pack", "--stateless-rpc", *options, str(repository.store.path)],
        env={**os.environ, **ENVIRONMENT, "GIT_PROTOCOL": protocol},
        input=body,
        capture_output=True,
        check=False,
    )
    return done.stdout
