"""What hearing an answer costs: one call over real HTTP, recorded under the repository that it is about."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.adapters.database import open_store
from bot.bootstrap import code_host_reading
from bot.ports.metrics import NoMetrics
from bot.settings import Settings
from bot.workflows.articulation.hearing import AnswerHearing
from tests import databases
from tests.fakes.messages import KEY, Messages, Says, Step, said
from tests.fakes.steps import Straight
from tests.workflows.articulation.talks import Talk

SAID = "We cap the results at 50."
QUOTED = {"part": "decided", "message": 1, "quote": "We cap the results at 50"}


def reply(body: Mapping[str, Any]) -> Step:
    return Says({"parts": [QUOTED] if SAID in said(body) else [], "stance": "argues", "probe": None})


def hearing(it: Talk, settings: Settings) -> AnswerHearing:
    return replace(
        it.hearing,
        model=lambda repository: code_host_reading.open_model(settings, repository, NoMetrics()),
    )


def calls(engine: sa.Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT purpose, prompt, repository, state FROM model_call"))
        return [tuple(row) for row in rows]


@pytest.mark.parametrize(("budget", "asks"), [(5.0, True), (0.0001, False)])
def test_a_call_is_recorded_once_and_only_within_the_budget(
    tmp_path: Path, budget: float, asks: bool
) -> None:
    url = databases.migrated_file(tmp_path / "sensei.db")
    with Messages(reply) as server, open_store(url) as engine:
        it = Talk(engine)
        settings = Settings(
            database_url=url,
            model_provider="anthropic",
            model="claude-opus-5-5",
            anthropic_api_key=KEY,
            model_base_url=server.url,
            day_budget_usd=budget,
        )
        it.says(SAID)
        [job] = it.jobs("hear")
        for _ in range(2):  # a process may die once the model has answered
            assert hearing(it, settings)._ask(job.argument["question"])["heard"] is not None or not asks
        outcome = hearing(it, settings).hear(Straight(it.store), job.argument)
        assert outcome == {"outcome": "probe"}
        assert [found.quote for found in it.talk.quotes] == [QUOTED["quote"] if asks else SAID]
        call = ("articulate", "articulation/articulate", f"github.com/{it.number}", "answered")
        assert calls(engine) == ([call] if asks else [])
        assert len(server.requests) == int(asks)
