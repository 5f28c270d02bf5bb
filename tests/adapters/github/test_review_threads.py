"""Resolving review threads, before a GitHub on loopback."""

from collections.abc import Iterator

import pytest

from bot.adapters.github import GitHubApp, GitHubHost
from bot.errors import TransientError
from bot.ports.code_host import HostRepository
from tests.fakes.github import Fails, GitHub
from tests.fakes.github.model import Pull, Thread


class Corner:
    """A pull request with threads by the App, whose owner lets it write contents."""

    def __init__(self, github: GitHub) -> None:
        self.github = github
        self.app = github.app()
        repository = github.repository("ada/desk", {"desk.py": b"x = 1\n"})
        self.installation = github.install(
            self.app, repository, permissions={**self.app.permissions, "contents": "write"}
        )
        github.push(repository, "work", {"desk.py": b"x = 1\ny = 2\n"})
        self.pull: Pull = github.open_pull(repository, "work", github.user("ada"))
        self.host = GitHubHost(GitHubApp(self.app.id, self.app.private_key, github.url, 0.0))
        self.repository: HostRepository = self.host.find_repository("ada/desk")

    def begin(self) -> Thread:
        return self.github.comment_inline(self.pull, "desk.py", 2, "Why?", self.app.bot).thread

    def resolve(self, comment: int) -> bool:
        return self.host.resolve_thread(self.repository, self.pull.number, comment)


@pytest.fixture(name="it")
def a_corner() -> Iterator[Corner]:
    with GitHub() as github:
        yield Corner(github)


def test_a_thread_is_found_among_hundreds_and_resolved(it: Corner) -> None:
    threads = [it.begin() for _ in range(120)]
    assert it.resolve(threads[-1].comments[0].id)
    assert [thread.resolved_by for thread in threads] == [None] * 119 + [it.app.bot]


def test_a_thread_that_is_resolved_already_stays_as_it_is(it: Corner) -> None:
    thread = it.begin()
    it.github.resolve_thread(thread, it.github.user("ada"))
    assert it.resolve(thread.comments[0].id)
    assert thread.resolved_by is it.github.user("ada")


def test_a_thread_that_is_gone_cannot_be_resolved(it: Corner) -> None:
    assert not it.resolve(it.begin().comments[0].id + 1000)


def test_an_app_that_may_not_write_contents_is_refused_and_may_do_everything_else(it: Corner) -> None:
    it.installation.permissions["contents"] = "read"
    thread = it.begin()
    assert not it.resolve(thread.comments[0].id)
    assert it.host.post_comment(it.repository, it.pull.number, thread.comments[0].id, "Well?")


@pytest.mark.parametrize(
    "fault", [Fails(502), Fails(403, "You have exceeded a secondary rate limit.")], ids=["broken", "limited"]
)
def test_a_failure_that_passes_is_tried_again_and_not_taken_for_a_refusal(it: Corner, fault: Fails) -> None:
    thread = it.begin()
    it.github.fault(fault, "POST", "/graphql")
    with pytest.raises(TransientError):
        it.resolve(thread.comments[0].id)
    assert it.resolve(thread.comments[0].id)


def test_only_the_words_of_ones_own_comment_are_replaced(it: Corner) -> None:
    comment = it.begin().comments[0]
    it.host.edit_comment(it.repository, comment.id, "Why this?", inline=True)
    under = it.host.post_comment(it.repository, it.pull.number, None, "Well?")
    it.host.edit_comment(it.repository, under, "Well then?", inline=False)
    assert comment.body == "Why this?"
    assert [one.body for one in it.pull.comments] == ["Well then?"]
