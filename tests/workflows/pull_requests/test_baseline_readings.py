"""Whole trees read with a model and without: what the ledger keeps, on both databases."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.bootstrap.code_host_reading import make_reader
from bot.domain.ledger.evidence import CheckState
from bot.ports.metrics import Kind
from bot.ports.model import CallOutcome, ModelAnswer, ModelRequest
from bot.settings import Settings
from bot.workflows.pull_requests.baseline_reading import MOST_ATTEMPTS, find_next_attempt
from bot.workflows.pull_requests.code_host_reading import HostReader
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


def with_a_model(it: Hosted, reply: Reply | None) -> Scripted:
    """Let trees be read with a model that gives a reply, or without one."""
    model = Scripted(**({} if reply is None else {"baseline": reply}))
    it.upkeep = replace(it.upkeep, reader=with_model(it.upkeep.reader, None if reply is None else model))
    return model


def reads(it: Hosted, reply: Reply | None, **argument: Any) -> Scripted:
    """Read the tree with a model that gives a reply, or without one; return the model."""
    model = with_a_model(it, reply)
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


def test_other_places_do_not_push_out_what_was_shown(it: Hosted) -> None:
    reads(it, None)
    it.push({f"a{n}.py": f"import shop\nbounded(1{n})\n".encode() for n in range(3)})
    it.run("baseline", pushed=True)
    shown = ["bounded(3)", "bounded(10)", "bounded(11)"]  # as many as a movement cites
    assert it.ledger() == {"baseline": shown}
    # Whatever comes first in the order of paths, the ledger shows what it showed.
    it.push({"0.py": b"import shop\nbounded(4)\n", "z.py": BOUNDED, "a.py": b"A = 1\n"})
    it.run("baseline", pushed=True)
    assert sorted(it.ledger()["baseline"]) == sorted(shown)
    it.push({"z.py": b"Z = 1\n"})
    it.run("baseline", pushed=True)
    assert sorted(it.ledger()["baseline"]) == sorted([*shown[1:], "bounded(4)"])


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


def test_a_check_that_both_find_stays_as_it_is_after_a_push_elsewhere(it: Hosted) -> None:
    both = {
        "check": "speed.1",
        "direction": "supports",
        "partial": True,
        "missing": "who waits",
        "quotes": [{"path": "b.py", "side": "head", "source": "commit", "quote": SAFE}],
    }
    reads(it, says(movements=[both]))
    before = it.ledger()
    assert before == {"baseline": ["bounded(3)"], "baseline:model": [SAFE]}
    it.push({"c.py": b"C = 1\n"})
    it.run("baseline", pushed=True)
    assert it.ledger() == before


def test_all_that_the_parts_of_a_large_tree_show_counts(it: Hosted) -> None:
    it.push({f"m{n}.py": "".join(f"value_{n}_{k} = {k}\n" for k in range(120)).encode() for n in range(9)})
    reader = it.upkeep.reader
    assert isinstance(reader, HostReader)
    it.upkeep = replace(it.upkeep, reader=replace(reader, rules=replace(reader.rules, context_tokens=4000)))

    def about(request: ModelRequest) -> dict[str, Any]:
        place = {"side": "head", "source": "commit"}
        quotes = [
            {"path": f"m{n}.py", "quote": f"value_{n}_7 = 7", **place}
            for n in range(9)
            if f"value_{n}_7 = 7" in request.user
        ]
        found = {"check": "speed.2", "direction": "supports", "partial": False, "missing": ""}
        return says(movements=[{**found, "quotes": quotes}] if quotes else [])

    model = reads(it, about)
    assert {request.purpose for request in model.requests} == {"baseline"}
    assert len(model.requests) > 1
    assert states(it) == READ | {"speed.2": "met", "safety.1": "open"}


def test_an_ended_capstone_is_not_read_any_more(it: Hosted) -> None:
    with it.store.begin() as tx:
        tx.capstones.end(it.capstone.id)
    model = with_a_model(it, says())
    assert it.run("baseline", with_model=True, attempt=1) == {"outcome": "superseded"}
    assert (model.requests, it.ledger(), again(it)) == ([], {}, [])


def test_a_model_out_of_reach_takes_nothing_away_and_is_asked_again(it: Hosted) -> None:
    reads(it, says())
    reads(it, CallOutcome.FAILED)
    assert it.ledger() == {"baseline": ["bounded(3)"], "baseline:model": [SAFE]}
    assert states(it) == READ
    for attempt in range(MOST_ATTEMPTS):
        [job] = again(it)
        assert job.argument == {"capstone": it.capstone.id, "with_model": True, "attempt": attempt + 1}
        reads(it, CallOutcome.OVER_BUDGET, attempt=attempt + 1)
    assert again(it) == [job]
    reads(it, says(), attempt=MOST_ATTEMPTS)
    assert states(it) == READ


@pytest.mark.parametrize(
    ("attempt", "due"),
    [(0, datetime(2026, 11, 29, 0, 30, tzinfo=UTC)), (3, datetime(2026, 11, 29, 0, 5, tzinfo=UTC))],
)
def test_the_first_new_attempt_comes_in_an_hour_and_later_ones_at_night(attempt: int, due: datetime) -> None:
    assert find_next_attempt(datetime(2026, 11, 28, 23, 30, tzinfo=UTC), attempt) == due


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
