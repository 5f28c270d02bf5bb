"""Which pull requests say that a sensei has read them, once one has ruled."""

from typing import Any

import pytest
import sqlalchemy as sa

from bot.domain.pull_requests.records import PublishPolicy
from bot.workflows.triage.release import mark_pull_requests
from tests.workflows.running_dojo import ADA, sha
from tests.workflows.triage.judging import Judging


@pytest.fixture
def it(engine: sa.Engine) -> Judging:
    return Judging(engine)


def opens(it: Judging, number: int, state: str = "open") -> int:
    with it.store.begin() as tx:
        return tx.pull_requests.save(
            it.capstone.id,
            number,
            state=state,
            draft=False,
            author=ADA,
            head=sha("a"),
            base_ref="main",
            at=it.now(),
        ).id


def marks(it: Judging) -> list[tuple[str, dict[str, Any]]]:
    it.opens()
    ruling = it.rules()
    with it.store.begin() as tx:
        mark_pull_requests(tx, ruling, it.now())
    return [(job.id, job.argument) for job in it.jobs("read_by_sensei")]


def test_each_open_pull_request_is_marked_once_for_a_ruling_by_ids_alone(it: Judging) -> None:
    first, _, private = opens(it, 1), opens(it, 2, "closed"), opens(it, 3)
    with it.store.begin() as tx:
        tx.pull_requests.set_private(private, True)
    [job] = marks(it)
    [ruling] = it.history()
    assert job == (f"read:{it.number}#1:{ruling.id}", {"pull_request": first, "ruling": ruling.id})
    with it.store.begin() as tx:
        mark_pull_requests(tx, ruling, it.now())
    assert len(it.jobs("read_by_sensei")) == 1


@pytest.mark.parametrize("change", [{"held": True}, {"publish": PublishPolicy.HELD}])
def test_a_capstone_that_posts_nothing_is_not_marked(it: Judging, change: dict[str, Any]) -> None:
    opens(it, 1)
    with it.store.begin() as tx:
        tx.capstones.set_publishing(it.capstone.id, **change)
    assert marks(it) == []
