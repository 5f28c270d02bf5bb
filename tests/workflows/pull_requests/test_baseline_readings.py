"""Whole trees read with a model and without: what the ledger keeps, on both databases."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.bootstrap.code_host_reading import make_reader
from bot.domain.ledger.evidence import CheckState
from bot.ports.metrics import Kind
from bot.ports.model import CallOutcome, ModelAnswer
from bot.settings import Settings
from bot.workflows.pull_requests.baseline_reading import PAUSES
from bot.workflows.review.model_requests import baseline_request
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from tests import databases
from tests.fakes.github import GitHub
from tests.fakes.messages import KEY, Messages, Says
from tests.fakes.model import Reply, Scripted
from tests.reviewing import PROMPTS
from tests.workflows.hosted import BOUNDED, Hosted, with_model
from tests.workflows.shop import LIBRARY

SAFE = "safe = 'as agreed with the shop'"


@pytest.fixture(name="it")
def a_dojo(engine: sa.Engine, tmp_path: Path) -> Iterator[Hosted]:
    with GitHub() as github:
        it = Hosted(engine, github, tmp_path)
        it.push({"a.py": BOUNDED, "b.py": f"{SAFE}\n".encode()})
        yield it


def says(**changes: Any) -> dict[str, Any]:
    """The model's answer about the whole tree: the line in ``b.py`` supports ``safety.1``."""
    quote = {"path": "b.py", "side": "head", "source": "commit", "quote": SAFE}
    found = {"check": "safety.1", "direction": "supports", "partial": False, "missing": "", "quotes": [quote]}
    return {"touched": [], "movements": [found], "concerns": [], "questions": [], "strengths": []} | changes


def reads(it: Hosted, reply: Reply | None, **argument: Any) -> Scripted:
    """Read the tree before a model that gives a reply, or without one; return the model."""
    model = Scripted(**({} if reply is None else {"baseline": reply}))
    it.upkeep = replace(it.upkeep, reader=with_model(it.upkeep.reader, None if reply is None else model))
    assert it.run("baseline", with_model=True, **argument) == {"outcome": "done"}
    return model


def states(it: Hosted) -> dict[str, str]:
    with it.store.begin() as tx:
        loaded = LedgerLoader(LIBRARY).load(tx, [it.capstone.id])
    return {check: state.value for check, state in loaded[it.capstone.id].ledger.states().items()}


def again(it: Hosted) -> list[Any]:
    return [job for job in it.jobs("baseline") if ":again." in job.id]


READ = {"speed.1": "partly met", "speed.2": "open", "shop.batch": "open", "safety.1": "met"}


def test_a_model_assesses_every_check_of_a_tree(it: Hosted) -> None:
    model = reads(it, says())
    assert [request.purpose for request in model.requests] == ["baseline"]
    assert it.ledger() == {"baseline": ["bounded(3)"], "baseline:model": [SAFE]}
    assert states(it) == READ
    reads(it, says())  # again replaces itself
    assert states(it) == READ
    assert again(it) == []


def test_after_a_push_signals_find_what_is_gone_and_the_rest_stays_assessed(it: Hosted) -> None:
    reads(it, says())
    it.push({"a.py": BOUNDED + b"# more\n"})
    it.run("baseline", pushed=True)
    assert states(it) == READ
    it.push({"b.py": b"safe = None\n"})
    it.run("baseline", pushed=True)
    assert it.ledger() == {"baseline": ["bounded(3)"]}
    assert states(it) == READ | {"safety.1": "open"}
    it.push({"a.py": b"import shop\n"})
    it.run("baseline", pushed=True)
    assert states(it) == {**READ, "safety.1": "open", "speed.1": "open"}


def test_without_a_model_only_what_signals_find_is_assessed(it: Hosted) -> None:
    reads(it, None)
    assert it.ledger() == {"baseline": ["bounded(3)"]}
    unread = CheckState.NOT_ASSESSED.value
    assert states(it) == {
        "speed.1": "partly met",
        "speed.2": unread,
        "shop.batch": unread,
        "safety.1": unread,
    }
    assert again(it) == []  # nothing else would be read later


def test_checks_of_a_pack_that_applies_later_were_not_looked_for(it: Hosted) -> None:
    it.push({"a.py": b"x = 1\n"})
    reads(it, says())
    assert "shop.batch" not in states(it)
    it.push({"a.py": BOUNDED})
    it.run("baseline", pushed=True)
    assert states(it) == READ | {"shop.batch": CheckState.NOT_ASSESSED.value}


def test_a_model_out_of_reach_takes_nothing_away_and_is_asked_again(it: Hosted) -> None:
    reads(it, says())
    reads(it, CallOutcome.FAILED)
    assert it.ledger() == {"baseline": ["bounded(3)"], "baseline:model": [SAFE]}
    assert states(it) == READ
    for attempt, pause in enumerate(PAUSES, 1):
        [job] = again(it)
        assert pause - timedelta(minutes=1) < job.due_at - it.now() <= pause
        assert job.argument == {"capstone": it.capstone.id, "with_model": True, "attempt": attempt}
        reads(it, CallOutcome.OVER_BUDGET, attempt=attempt)
    assert again(it) == [job]
    reads(it, says(), attempt=len(PAUSES))
    assert states(it) == READ


def test_trees_leave_half_of_the_days_budget_to_reviews(it: Hosted, tmp_path: Path) -> None:
    request = baseline_request(PROMPTS["review/baseline"], LIBRARY.rubric, (), "A tree.")
    with it.store.begin() as tx:
        repository = it.host.repository(tx.capstones.get(it.capstone.id))

    def ask(budget: float, kind: Kind) -> ModelAnswer:
        settings = Settings(
            database_url=databases.migrated_file(tmp_path / f"{kind}.db"),
            model_provider="anthropic",
            model="claude-opus-5-5",
            anthropic_api_key=KEY,
            model_base_url=server.url,
            day_budget_usd=budget,
        )
        with make_reader(settings, LIBRARY, it.host).model(repository, kind) as model:
            assert model
            return model.ask(request)

    with Messages(lambda _body: Says(says())) as server:
        highest = re.search(r"may cost up to \$([\d.]+)", ask(0.0001, "change").reason)
        assert highest
        budget = 1.5 * float(highest[1])
        assert ask(budget, "baseline").outcome is CallOutcome.OVER_BUDGET
        assert ask(budget, "change").outcome is CallOutcome.ANSWERED
        assert ask(2 * budget, "baseline").outcome is CallOutcome.ANSWERED
