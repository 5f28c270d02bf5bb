"""A round is killed until it is set aside, each time in the moment after its review was submitted."""

import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases
from tests.chaos.counting import Records, count, settled, unsettled
from tests.chaos.dojo import PATIENCE, Dojo
from tests.fakes.github.model import Pull
from tests.fakes.messages import Messages

pytestmark = pytest.mark.chaos

MOST_LIVES = 15


@pytest.fixture(name="it", params=["sqlite", "postgresql"])
def a_dojo(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Dojo, Records]]:
    with Messages() as messages:
        if request.param == "sqlite":
            yield from _dojo(tmp_path, f"sqlite:///{tmp_path / 'sensei.db'}", messages)
        else:
            with databases.fresh() as url:
                yield from _dojo(tmp_path, url, messages)


def _dojo(folder: Path, url: str, messages: Messages) -> Iterator[tuple[Dojo, Records]]:
    dojo, records = Dojo(folder, url, messages, random.Random(1)), Records(url)
    with dojo.outside():
        try:
            yield dojo, records
        finally:
            records.close()
            dojo.end(signal.SIGKILL)
            dojo.database.dispose()


def set_aside(records: Records) -> bool:
    return any(row[0].startswith("review:") for row in records.dead())


def killed_until_set_aside(dojo: Dojo, records: Records, point: str) -> Pull:
    """Open a pull request, and kill the bot at a point of its round until nobody goes on with that."""
    dojo.begin("tests.chaos.mortal", "done", point)
    dojo.wait(lambda: dojo.get("/healthz") == 200, PATIENCE)
    pull = dojo.open(dojo.repository)
    for _ in range(MOST_LIVES):
        dojo.wait(lambda: dojo.dead() or set_aside(records), PATIENCE)
        dojo.murder()
        dojo.github.hooks.settle()
        if set_aside(records):
            return pull
        dojo.begin("tests.chaos.mortal", "done", point)
    raise AssertionError("it was never set aside")


@pytest.mark.parametrize("retried", [False, True])
def test_a_push_after_that_brings_no_second_summary(it: tuple[Dojo, Records], retried: bool) -> None:
    dojo, records = it
    pull = killed_until_set_aside(dojo, records, "submit")
    assert len(dojo.submitted(pull)) == 1
    [thread] = pull.threads
    dojo.github.reply(thread, "Because the longest answer that we saw had half of it.")
    dojo.push(pull)
    if retried:  # without a person
        dojo.environment["SENSEI_CALM_SECONDS"] = "5"
    dojo.start()
    dojo.wait(lambda: dojo.rounds(pull)[1:] == ["published"], PATIENCE)
    if retried:
        dojo.wait(lambda: not records.dead(), PATIENCE)
        dojo.wait(lambda: settled(dojo, records), PATIENCE)
    dojo.wait(lambda: not unsettled(dojo, records), PATIENCE)
    counts = count(dojo, records)
    wrong = {name: n for name, n in counts.faults() if n and (retried or name != "dead letters left")}
    assert wrong == {}, counts.details
    assert dojo.questions(pull)[0] == "answered"
