"""Builds the Dockerfile and runs what it makes, without a container engine's daemon.

buildah, a real builder, takes the Dockerfile as it is. Its base comes from Debian instead of a registry of
images: mmdebstrap makes a bare Debian of the release that the Dockerfile names, with Python. What was built
is run in namespaces of its own, as an engine runs it with the options of ``compose.yaml``: the root file
system read-only, an unprivileged user without any capability, one volume, ``/tmp``.
"""

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests import sensei
from tests.contract import vendor

BASE = "localhost/base"
BUILT = "localhost/sensei"
_NEEDED = ("buildah", "mmdebstrap", "netavark", "unshare", "nsenter", "setpriv")
# What makes pip and apt reach this machine's indexes belongs to the machine, so it is lent to the build.
_LENT = ("/etc/ssl/certs", "/etc/xdg/pip")
_PYTHON = "ca-certificates,python3,python3-pip,python3-venv"


def root_needed() -> None:
    """Skip the test where nothing can be built; say what is missing."""
    path = f"{os.environ['PATH']}:/usr/lib/podman:/usr/libexec/podman"
    missing = [name for name in _NEEDED if shutil.which(name, path=path) is None]
    if os.geteuid() != 0:
        without("this user is not root, who alone can build and mount here")
    if missing:
        without(f"of Debian's packages these programs are missing: {', '.join(missing)}")
    mounts = ["mount", "-t", "tmpfs", "sensei", "/mnt"]
    tried = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", *mounts], capture_output=True, check=False
    )
    if tried.returncode:
        without("this machine lets nobody make namespaces and mount in them")


def without(reason: str) -> NoReturn:
    """Skip the test, and say why."""
    pytest.skip(f"not tried: {reason}")


class Builder:
    """buildah with a storage of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._command = [
            "buildah",
            "--root",
            str(folder / "storage"),
            "--runroot",
            str(folder / "run"),
            "--storage-driver",
            "overlay",
        ]

    def do(self, *arguments: str, given: str | None = None) -> str:
        """Run a command of buildah's; return what it printed."""
        done = subprocess.run(
            [*self._command, *arguments], input=given, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"buildah {arguments[0]}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
        return done.stdout.strip()

    def import_base(self, archive: Path) -> None:
        """Make an image of a file system."""
        container = self.do("from", "scratch")
        self.do("add", "--quiet", container, str(archive), "/")
        self.do("commit", "--quiet", "--rm", container, BASE)

    def build(self, context: Path) -> None:
        """Build the Dockerfile of a folder on the base."""
        (self._folder / "pip.conf").write_text(_pip())
        lent = [f"--volume={path}:{path}:ro" for path in _LENT if Path(path).exists()]
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        _, processes = resource.getrlimit(resource.RLIMIT_NPROC)
        self.do(
            "build",
            "--format=docker",
            "--isolation=chroot",
            "--network=host",
            "--pull=never",
            f"--ulimit=nofile={soft}:{hard}",
            f"--ulimit=nproc={processes}:{processes}",
            f"--volume={self._folder / 'pip.conf'}:/root/.config/pip/pip.conf:ro",
            *lent,
            f"--build-arg=PYTHON={BASE}",
            f"--tag={BUILT}",
            str(context),
        )

    def context(self, context: Path) -> set[str]:
        """Return the files of a folder that reach the builder."""
        self.do(
            "build",
            "--quiet",
            "--pull=never",
            "--tag=localhost/context",
            "--file=-",
            str(context),
            given="FROM scratch\nCOPY . /\n",
        )
        with self.mounted("localhost/context") as root:
            return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}

    def configuration(self) -> dict[str, Any]:
        """Return what the image says about how it is run."""
        told = json.loads(self.do("inspect", "--type=image", BUILT))["Docker"]["config"]
        assert isinstance(told, dict)
        return told

    @contextmanager
    def mounted(self, image: str) -> Iterator[Path]:
        """Give an image's file system, as a container that has not begun has it."""
        container = self.do("from", "--pull=never", image)
        yield Path(self.do("mount", container))
        self.do("umount", container)
        self.do("rm", container)


@contextmanager
def builder() -> Iterator[Builder]:
    """Give a builder whose base is in place. In memory, where nothing waits for a disk to have written."""
    folder = Path(tempfile.mkdtemp(prefix="sensei-image-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6g,mode=0755", "sensei", str(folder)], check=True)
    try:
        made = Builder(folder)
        made.import_base(_base(folder))
        yield made
    finally:
        subprocess.run(["umount", "--lazy", "--recursive", str(folder)], check=True)
        folder.rmdir()


def _base(memory: Path) -> Path:
    """Return a Debian with Python as an archive, kept from one run to the next."""
    (release,) = re.findall(r"(?m)^ARG PYTHON=python:3\.\d+-slim-(\w+)$", dockerfile())
    kept = vendor.cache() / f"debian-{release}-python.tar"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            made = Path(folder) / "base.tar"
            quick = ["--dpkgopt=force-unsafe-io", '--aptopt=Acquire::Languages "none"']
            command = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={_PYTHON}", *quick]
            subprocess.run(
                [*command, release, str(made)], env={**os.environ, "TMPDIR": str(memory)}, check=True
            )
            made.replace(kept)
    return kept


def dockerfile() -> str:
    """Return the Dockerfile's text."""
    return (sensei.ROOT / "Dockerfile").read_text("utf-8")


def _pip() -> str:
    """Return pip's settings of this machine as a file."""
    given = {
        name.removeprefix("PIP_").lower().replace("_", "-"): value
        for name, value in os.environ.items()
        if name.startswith("PIP_")
    }
    return "[global]\n" + "".join(f"{name} = {value}\n" for name, value in given.items())


def copied(target: Path) -> Path:
    """Copy this tree as a clone of it would be, with what is not committed yet."""
    listed = subprocess.run(
        ["git", "-C", str(sensei.ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=True,
    ).stdout
    for name in filter(None, os.fsdecode(listed).split("\0")):
        if (source := sensei.ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)
    return target


# The arguments: the image's file system, the volume, the App's key, a file for /etc/hosts, the working
# folder, user and group, and the command. What an engine makes before it starts a container is made here.
_RUN = """
set -eu
root=$1 volume=$2 key=$3 hosts=$4 folder=$5 user=$6 group=$7
shift 7
mount --make-rprivate /
mount --bind "$root" "$root"
mkdir -p "$root/run/secrets"
touch "$root/etc/hosts" "$root/run/secrets/github-app.pem"
mount --bind "$hosts" "$root/etc/hosts"
mount --bind "$key" "$root/run/secrets/github-app.pem"
mount --bind "$volume" "$root$folder"
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/tmp"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t tmpfs -o mode=0755,nosuid tmpfs "$root/dev"
for device in null zero random urandom; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mount -o remount,bind,ro "$root"
cd /
exec chroot "$root" env --chdir="$folder" setpriv --reuid="$user" --regid="$group" --clear-groups \\
  --bounding-set=-all --inh-caps=-all --no-new-privs -- "$@"
"""


@dataclass(frozen=True)
class Place:
    """Where a container runs: the image's file system, the volume, the App's key."""

    root: Path
    volume: Path
    key: Path


class Container:
    """A container of the image, as ``compose.yaml`` has it, on this machine's network."""

    def __init__(
        self, configuration: Mapping[str, Any], place: Place, environment: Mapping[str, str], log: Path
    ) -> None:
        self._place = place
        self._log = log
        self._hosts = log.with_name("hosts")
        self._hosts.write_text("127.0.0.1 localhost\n::1 localhost\n")
        own = dict(pair.split("=", 1) for pair in configuration["Env"])
        self._environment = {**own, **environment}
        self._folder = configuration["WorkingDir"]
        self._user, _, self._group = configuration["User"].partition(":")
        self._command = [*configuration["Entrypoint"], *configuration["Cmd"]]
        self._stop = signal.Signals[configuration["StopSignal"]]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the image's own command."""
        place = [self._place.root, self._place.volume, self._place.key, self._hosts]
        who = [self._folder, self._user, self._group]
        apart = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", _RUN, "bash"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*apart, *map(str, place), *who, *self._command],
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        while self.runs() and not self._begun():
            time.sleep(0.01)

    def _begun(self) -> bool:
        """Say whether what is made beforehand is made, and the first process is the image's user."""
        with suppress(OSError, IndexError):
            return f"\nUid:\t{self._user}\t" in Path(f"/proc/{self.first}/status").read_text("utf-8")
        return False

    def runs(self) -> bool:
        """Say whether it has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def first(self) -> int:
        """The container's first process, by its number outside."""
        assert self._process is not None
        of = self._process.pid
        return int(Path(f"/proc/{of}/task/{of}/children").read_text("ascii").split()[0])

    def processes(self) -> list[dict[str, str]]:
        """Return what the system says of each of its processes."""
        space = Path(f"/proc/{self.first}/ns/pid").readlink()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if (folder / "ns/pid").readlink() == space:
                    lines = (folder / "status").read_text("utf-8").splitlines()
                    found.append(dict(line.split(":\t", 1) for line in lines if ":\t" in line))
            except OSError:
                continue  # it has ended
        return found

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in it, as ``docker compose exec`` and the engine's health check do."""
        inside = ["nsenter", f"--target={self.first}", "--mount", "--pid", "--root", "--wd"]
        as_user = ["setpriv", f"--reuid={self._user}", f"--regid={self._group}", "--clear-groups"]
        bounds = ["--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", "--"]
        return subprocess.run(
            [*inside, *as_user, *bounds, *command],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def stop(self, seconds: float) -> int:
        """End it as an engine does; return its exit status."""
        assert self._process is not None
        os.kill(self.first, self._stop)
        return self._process.wait(seconds)

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait(10)

    def log(self) -> str:
        """Return what it has printed."""
        return self._log.read_text("utf-8", "replace") if self._log.exists() else ""


def listing(root: Path, but: Sequence[Path] = ()) -> dict[str, tuple[int, int]]:
    """Return size and time of change of everything below a folder."""
    found = {}
    for folder, names, files in os.walk(root):
        here = Path(folder)
        names[:] = [name for name in names if here / name not in but]
        for name in [*names, *files]:
            about = (here / name).lstat()
            found[str((here / name).relative_to(root))] = (about.st_size, about.st_mtime_ns)
    return found
