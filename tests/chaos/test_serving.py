"""``sensei serve`` killed with SIGKILL while people work, on SQLite and on PostgreSQL."""

import os
import random
from pathlib import Path

import pytest

from tests.chaos import counting, deaths
from tests.chaos.counting import Counts
from tests.chaos.dojo import Dojo
from tests.fakes.messages import Messages

pytestmark = pytest.mark.chaos

KILLS = int(os.environ.get("SENSEI_TEST_KILLS", "20"))
DATABASES = ("sqlite", "postgresql")
SETTLED = 180


def killed_again_and_again(folder: Path, url: str, seed: int) -> Counts:
    chance = random.Random(seed)
    with Messages() as messages:
        dojo = Dojo(folder, url, messages, chance)
        with dojo.github:
            try:
                for death in deaths.plan(KILLS, chance):
                    dojo.live(death)
                dojo.start()
                records = counting.Records(url)
                try:
                    dojo.wait(lambda: counting.settled(dojo, records), SETTLED)
                except AssertionError:
                    raise AssertionError(counting.unsettled(dojo, records)) from None
                counts = counting.count(dojo, records)
                records.close()
                return counts
            finally:
                dojo.end(9)
