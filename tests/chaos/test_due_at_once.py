"""All check-ins are due at once while the service dies: each participant is asked exactly once.

``python -m tests.chaos.due_at_once`` does the same for 10,000.
"""

import os
from pathlib import Path

import pytest

from tests.chaos import due_at_once

pytestmark = pytest.mark.chaos

PARTICIPANTS = int(os.environ.get("SENSEI_TEST_DUE", "60"))
KILLS = min(int(os.environ.get("SENSEI_TEST_KILLS", "20")), 6)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_each_participant_is_asked_once(tmp_path: Path, kind: str) -> None:
    with due_at_once.opened(kind) as url:
        counts = due_at_once.run(tmp_path, url, PARTICIPANTS, KILLS)
    assert counts.wrong == []
    found = (counts.check_ins, counts.questions, counts.messages, counts.days, counts.dead)
    assert found == (PARTICIPANTS, PARTICIPANTS, PARTICIPANTS, PARTICIPANTS, 0)
    assert counts.kills == KILLS
