"""``sensei serve`` killed with SIGKILL while people work, on SQLite and on PostgreSQL.

Both run at the same time. The table of docs/reliability.md is what this prints.
"""

import os
import random
import signal
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import databases
from tests.chaos import counting, deaths
from tests.chaos.counting import Counts
from tests.chaos.dojo import Dojo
from tests.fakes.messages import Messages

pytestmark = pytest.mark.chaos

KILLS = int(os.environ.get("SENSEI_TEST_KILLS", "20"))
DATABASES = ("SQLite", "PostgreSQL")
SETTLED = 240  # seconds; a call to the model that was cut off is waited for before it is made again

ALEMBIC = threading.Lock()  # it is one for a whole process


def killed_again_and_again(folder: Path, url: str, seed: int) -> Counts:
    chance = random.Random(seed)
    with Messages() as messages:
        with ALEMBIC:
            dojo = Dojo(folder, url, messages, chance)
        records = counting.Records(url)
        with dojo.outside():
            try:
                for death in deaths.plan(KILLS, chance):
                    dojo.live(death)
                dojo.start()
                try:
                    while records.dead():
                        dojo.set_aside += dojo.retry_dead_letters()
                    dojo.wait(lambda: counting.settled(dojo, records), SETTLED)
                except AssertionError as late:
                    raise AssertionError(counting.unsettled(dojo, records)) from late
                counts = counting.count(dojo, records)
                assert dojo.end(signal.SIGTERM) == 0
                assert counting.steps_without_a_death(records) == set()
                return counts
            finally:
                records.close()
                dojo.end(signal.SIGKILL)
                dojo.database.dispose()


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Counts]:
    """What was counted on each database."""
    folders = [tmp_path_factory.mktemp(name.lower()) for name in DATABASES]
    with databases.fresh() as postgres, ThreadPoolExecutor() as threads:
        urls = f"sqlite:///{folders[0] / 'sensei.db'}", postgres
        seeds = range(1, len(DATABASES) + 1)
        return dict(zip(DATABASES, threads.map(killed_again_and_again, folders, urls, seeds), strict=True))


def table(outcomes: Mapping[str, Counts]) -> str:
    """Draw the counts as the documentation shows them."""
    columns = [dict(counts.items()) for counts in outcomes.values()]
    lines = [f"| | {' | '.join(outcomes)} |", f"| --- |{' ---: |' * len(outcomes)}"]
    lines += [f"| {name} | {' | '.join(str(each[name]) for each in columns)} |" for name in columns[0]]
    return "\n".join(lines)


def test_the_table(outcomes: Mapping[str, Counts], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n\n{table(outcomes)}\n\n")
    assert all(counts.kills == KILLS for counts in outcomes.values())


@pytest.mark.parametrize("database", DATABASES)
def test_nothing_is_lost_doubled_or_left_behind(outcomes: Mapping[str, Counts], database: str) -> None:
    counts = outcomes[database]
    assert {name: n for name, n in counts.faults() if n} == {}, "\n".join(counts.details)
    assert counts.questions > 0
    assert counts.model_answers > 0


@pytest.mark.parametrize("database", DATABASES)
def test_people_were_heard_and_asked_back(outcomes: Mapping[str, Counts], database: str) -> None:
    counts = outcomes[database]
    assert counts.conversations > 0
    assert counts.follow_ups > 0
    assert counts.records > 0


@pytest.mark.parametrize("database", DATABASES)
def test_senseis_ruled_and_people_heard_of_it(outcomes: Mapping[str, Counts], database: str) -> None:
    counts = outcomes[database]
    assert counts.rulings > 0
    assert counts.digests > 0


@pytest.mark.parametrize("database", DATABASES)
def test_questions_were_asked(outcomes: Mapping[str, Counts], database: str) -> None:
    assert outcomes[database].enquiries > 0
