"""A round is killed until it is set aside, each time in the moment after its review was submitted."""

import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases
from tests.chaos.counting import Records, count, settled
from tests.chaos.dojo import PATIENCE, Dojo
from tests.fakes.messages import Messages

pytestmark = pytest.mark.chaos

MOST_LIVES = 15


@pytest.fixture(name="it", params=["sqlite", "postgresql"])
def a_dojo(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Dojo, Records]]:
    with Messages() as messages:
        if request.param == "sqlite":
            yield from _dojo(tmp_path, f"sqlite:///{tmp_path / 'sensei.db'}", messages)
        else:
            with databases.postgres() as server, databases.fresh(server) as url:
                yield from _dojo(tmp_path, url, messages)


def _dojo(folder: Path, url: str, messages: Messages) -> Iterator[tuple[Dojo, Records]]:
    dojo, records = Dojo(folder, url, messages, random.Random(1)), Records(url)
    with dojo.github:
        try:
            yield dojo, records
        finally:
            records.close()
            dojo.end(signal.SIGKILL)
            dojo.database.dispose()


def killed_until_set_aside(dojo: Dojo, records: Records, point: str) -> None:
    for _ in range(MOST_LIVES):
        dojo.begin("tests.chaos.mortal", "done", point)
        dojo.wait(lambda: dojo.dead() or records.dead(), PATIENCE)
        dojo.murder()
        dojo.github.hooks.settle()
        if records.dead():
            return
    raise AssertionError("it was never set aside")


@pytest.mark.parametrize("retried", [False, True])
def test_a_push_after_that_brings_no_second_summary(it: tuple[Dojo, Records], retried: bool) -> None:
    dojo, records = it
    dojo.start()
    pull = dojo.open(dojo.repository)
    dojo.wait(lambda: dojo.rounds(pull) or dojo.submitted(pull))
    dojo.murder()
    killed_until_set_aside(dojo, records, "submit")
    assert dojo.rounds(pull) == ["reading"]
    assert len(dojo.submitted(pull)) == 1
    [thread] = pull.threads
    dojo.github.reply(thread, "Because the longest answer that we saw had half of it.")
    dojo.push(pull)
    dojo.start()
    dojo.wait(lambda: dojo.rounds(pull) == ["published", "published"], PATIENCE)
    if retried:
        assert dojo.retry_dead_letters() == 1
    dojo.wait(lambda: settled(dojo, records) or not retried, PATIENCE)
    dojo.settle()
    counts = count(dojo, records)
    assert counts.summaries_doubled == counts.questions_doubled == counts.questions_lost == 0, counts.details
    assert counts.reviews_doubled == counts.reviews_left_pending == 0, counts.details
    assert dojo.questions(pull)[0] == "answered"
    assert counts.dead_letters_left == (not retried)
