"""GitHub's own descriptions of its API, fetched by the npm client and checked against pinned hashes.

They are kept in a cache and never committed: they are GitHub's, large, and needed by the judges only.
"""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Package:
    """One file of one version; ``integrity`` is what npm calls it: the hash of the whole archive."""

    name: str
    version: str
    integrity: str
    member: str


OPENAPI = Package(
    "@octokit/openapi",
    "23.0.2",
    "sha512-pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg==",
    "generated/api.github.com.json",
)
EXAMPLES = Package(
    "@octokit/webhooks-examples",
    "7.6.1",
    "sha512-De6U3XB6O3DtCa7bKgCMzTHdeopqqZ6SNivMYJnK65ierKL1AnNIA0tkRYCRS7lwGT792d+Ps1WbfHlso6MynQ==",
    "api.github.com/index.json",
)
WEBHOOKS = Package(
    "@octokit/webhooks-schemas",
    "7.6.1",
    "sha512-qW0Bwtb76r4m2WzVhKDyfEeEnt1GEQoRjkCqmq2ZeB0nNVDJ+Z2LBDS9FDPyduuMXf/ZTWiCJp9PFFHgRfBe3A==",
    "schema.json",
)
GRAPHQL = Package(
    "@octokit/graphql-schema",
    "15.26.1",
    "sha512-RFDC2MpRBd4AxSRvUeBIVeBU7ojN/SxDfALUd7iVYOSeEK3gZaqR2MGOysj4Zh2xj2RY5fQAUT+Oqq7hWTraMA==",
    "schema.graphql",
)


class Unavailable(Exception):  # noqa: N818 - a reason to skip, not a failure
    """The data is not in the cache and cannot be fetched here."""


def cache() -> Path:
    """Return the folder that keeps what was fetched."""
    chosen = os.environ.get("SENSEI_TEST_CACHE")
    return Path(chosen) if chosen else Path.home() / ".cache" / "sensei-tests"


def file(package: Package) -> Path:
    """Return the package's file, fetched if the cache does not hold it."""
    kept = cache() / f"{package.name.replace('/', '-').lstrip('@')}-{package.version}" / package.member
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache()) as folder:
            archive = _pack(package, Path(folder))
            _verify(package, archive)
            _extract(package, archive, kept)
    return kept


def made(name: str, make: Callable[[], Any]) -> Any:
    """Return JSON that is derived from packages, made once and kept; ``name`` says from what."""
    kept = cache() / name
    if kept.exists():
        return json.loads(kept.read_text("utf-8"))
    content = make()
    _write(kept, json.dumps(content, separators=(",", ":")).encode())
    return content


def need(load: Callable[[], Any]) -> Any:
    """Load contract data for a test: where there is none the test is skipped, unless it is required."""
    try:
        return load()
    except Unavailable as reason:
        if os.environ.get("SENSEI_TEST_REQUIRE_CONTRACT") == "1":
            pytest.fail(f"contract data is required, but {reason}")
        pytest.skip(f"no contract data: {reason}")


def _pack(package: Package, folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise Unavailable("npm is not installed")
    wanted = f"{package.name}@{package.version}"
    done = subprocess.run(
        [npm, "pack", wanted, "--pack-destination", str(folder), "--silent", "--ignore-scripts"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    archives = list(folder.glob("*.tgz"))
    if done.returncode or len(archives) != 1:
        raise Unavailable(f"npm could not fetch {wanted} (exit status {done.returncode})")
    return archives[0]


def _verify(package: Package, archive: Path) -> None:
    kind, _, expected = package.integrity.partition("-")
    found = base64.b64encode(hashlib.new(kind, archive.read_bytes()).digest()).decode()
    assert found == expected, f"{package.name}@{package.version} is not what was pinned: {kind}-{found}"


def _extract(package: Package, archive: Path, target: Path) -> None:
    with tarfile.open(archive) as packed:
        member = packed.extractfile(f"package/{package.member}")
        assert member is not None, f"{package.name} holds no {package.member}"
        _write(target, member.read())


def _write(target: Path, content: bytes) -> None:
    """Put the file in its place whole, whoever else is doing the same."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as written:
        written.write(content)
    Path(written.name).replace(target)
