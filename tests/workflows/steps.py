"""What happens to a dojo's pull request, as steps of a table."""

from collections.abc import Callable
from typing import Any

from bot.domain.pull_requests.records import Account, RoundState
from tests.workflows.running_dojo import ADA, SEN, Dojo, sha, user

Step = Callable[[Dojo], object]


def told(action: str, head: str = "a", at: float | None = None, **more: Any) -> Step:
    return lambda it: it.deliver("pull_request", it.pull_request(action, head, at, **more))


def opened(head: str = "a", at: float | None = None, **more: Any) -> Step:
    return told("opened", head, at, **more)


def pushed(head: str, at: float | None = None, **more: Any) -> Step:
    return told("synchronize", head, at, **more)


def closed(merged: bool = False, at: float | None = None) -> Step:
    return told("closed", "a", at, state="closed", merged=merged)


def retargeted(head: str = "a") -> Step:
    return told("edited", head, changes={"base": {"ref": {"from": "old"}}})


def said(
    body: str = "/sensei review", author: Account = SEN, action: str = "created", by: Account | None = None
) -> Step:
    return lambda it: it.deliver(*it.comment(body, author, action, by=by))


def after(seconds: float) -> Step:
    return lambda it: it.wait(seconds)


def now_is(state: str) -> Step:
    return lambda it: it.state(RoundState(state))


OURSELVES = Account(5, "sensei[bot]", is_bot=True)


def rerequested(
    head: str = "a", what: str = "check_run", by: Account = ADA, action: str = "rerequested"
) -> Step:
    return lambda it: it.deliver(
        what,
        {
            "action": action,
            "repository": it.repository(),
            what: {"head_sha": sha(head)},
            "sender": user(by),
        },
    )


def quietened(it: Dojo) -> None:
    with it.store.begin() as tx:
        found = tx.pull_requests.find(it.capstone.id, 1)
        assert found
        tx.pull_requests.set_quiet(found.id, True)


def twice(step: Step) -> Step:
    """The same event under another delivery id, as it is after a redelivery by hand."""
    return lambda it: (step(it), step(it))
