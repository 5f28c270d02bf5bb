"""What a host answers while a repository is fetched, and where the token goes: to nobody else."""

import base64
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import IncompleteReadingError, PermanentError, TransientError
from tests.adapters.desks import Desk, at
from tests.fakes.github import Cuts, Fails, GitHub, Hangs
from tests.fakes.github.client import Client
from tests.waiting import wait_for

ROUTES = ("git info/refs", "git git-upload-pack")


@pytest.fixture(name="it")
def a_desk(tmp_path: Path) -> Iterator[Desk]:
    with GitHub() as github:
        yield Desk(github, tmp_path)


def secrets(it: Desk) -> list[bytes]:
    return [it.token.encode(), base64.b64encode(f"x-access-token:{it.token}".encode())]


def test_the_token_is_in_no_file(it: Desk) -> None:
    it.read(it.push({"desk.py": b"LIMIT = 4\n"}))
    files = [path for path in it.folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    for path in files:
        content = path.read_bytes()
        assert not [secret for secret in secrets(it) if secret in content], path
    assert it.folder.stat().st_mode & 0o077 == 0


def git_processes() -> dict[int, tuple[bytes, bytes]]:
    """The arguments and environments of this process's gits."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                arguments, variables = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
            except OSError:
                continue
            if b"git" in arguments.split(b"\0")[0]:
                found[int(folder.name)] = (arguments, variables)
    return found


def test_the_token_is_in_no_process_s_arguments(it: Desk) -> None:
    head = it.push({"desk.py": b"LIMIT = 4\n"})
    it.github.fault(Hangs(60), "GET", "git info/refs")
    reader = threading.Thread(target=lambda: it.read(head))
    reader.start()
    header = secrets(it)[1]
    try:
        ours: list[bytes] = []

        def talks() -> bool:
            ours[:] = [arguments for arguments, variables in git_processes().values() if header in variables]
            return any(b"remote-http" in arguments for arguments in ours)  # which talks to the host

        wait_for(talks)
        assert not [a for a in ours for secret in secrets(it) if secret in a]
    finally:
        it.github.release.set()
        reader.join(60)


def test_no_redirect_is_followed_as_the_token_would_go_with_it(it: Desk) -> None:
    head = it.push({"desk.py": b"LIMIT = 4\n"})
    old = it.wanted(head)
    it.github.rename(it.repository, "counter")
    with pytest.raises(TransientError), at(it.cache, old):
        pass
    asked = [recorded.path for recorded in it.github.requests if recorded.template.startswith("git ")]
    assert asked
    assert {path.split("/")[2] for path in asked} == {"desk.git"}
    assert it.read(head) == {"desk.py": b"LIMIT = 4\n"}  # at its new address, as the host tells it


def test_a_token_goes_to_its_own_repository_alone(it: Desk) -> None:
    it.read(it.push({"desk.py": b"LIMIT = 4\n"}))
    asked = [recorded for recorded in it.github.requests if recorded.template.startswith("git ")]
    assert {recorded.path.rpartition(".git/")[0] for recorded in asked} == {"/ada/desk"}
    assert all(recorded.headers["authorization"].startswith("Basic ") for recorded in asked)


@pytest.mark.contract
@pytest.mark.parametrize(
    ("fault", "route"),
    [
        *((Fails(status), route) for status in (500, 503, 429) for route in ROUTES),
        (Cuts(), ROUTES[0]),  # once a connection was of use, curl itself tries another
    ],
)
def test_a_host_that_does_not_answer_is_asked_again_later(it: Desk, fault: Fails | Cuts, route: str) -> None:
    head = it.push({"desk.py": b"LIMIT = 4\n"})
    it.github.fault(fault, "*", route)
    with pytest.raises(TransientError), at(it.cache, it.wanted(head)):
        pass
    assert it.read(head) == {"desk.py": b"LIMIT = 4\n"}


def test_a_host_that_is_down_is_asked_again_later(it: Desk) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/ada/desk.git"
        wanted = it.wanted("c" * 40, url=url)
        with pytest.raises(TransientError) as failed, at(it.cache, wanted):
            pass
    assert it.token not in str(failed.value)


def test_a_host_that_says_nothing_is_given_up_after_the_time_limit(it: Desk) -> None:
    head = it.push({"desk.py": b"LIMIT = 4\n"})
    it.github.fault(Hangs(60), "*", "git info/refs")
    with (
        pytest.raises(IncompleteReadingError, match="took longer than 1 s"),
        at(it.caching(timeout=1), it.wanted(head)),
    ):
        pass
    it.github.release.set()
    wait_for(lambda: not any(secrets(it)[1] in variables for _, variables in git_processes().values()))
    assert it.read(head) == {"desk.py": b"LIMIT = 4\n"}


def test_a_repository_that_is_gone_or_closed_to_the_app_needs_somebody_to_act(it: Desk) -> None:
    head = it.repository.refs["main"]
    hidden = it.github.repository("bo/secret", {"a.py": b"A = 1\n"})
    for wanted in (it.wanted(head, None, hidden), it.wanted(head, url=f"{it.github.url}/ada/none.git")):
        with pytest.raises(PermanentError, match="the App has no access to it"), at(it.cache, wanted):
            pass
    it.github.fault(Fails(403), "*", "git info/refs")
    with pytest.raises(PermanentError), at(it.cache, it.wanted(head)):
        pass


def test_a_token_that_has_ended_is_asked_for_anew_and_the_clone_is_kept(it: Desk) -> None:
    it.read(it.push({"desk.py": b"LIMIT = 4\n"}))
    kept = it.objects()
    head = it.push({"desk.py": b"LIMIT = 5\n"})
    it.github.revoke_tokens()
    with pytest.raises(TransientError), at(it.cache, it.wanted(head)):
        pass
    assert it.objects() == kept
    it.token = Client(it.github, it.installation).token
    assert it.read(head) == {"desk.py": b"LIMIT = 5\n"}
