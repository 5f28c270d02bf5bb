"""Requests, and a model that asks the fake; run as a program, it asks once for each line of its input."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import SecretStr

from bot.adapters.database import SqlModelCalls, open_store
from bot.adapters.model import BudgetLimits, BudgetTracker, CallLimits, RecordedModel, connect, load_prices
from bot.adapters.model.deadlines import Timing
from bot.ports.model import ModelRequest
from tests.fakes.messages import KEY

MODEL = "claude-opus-5-5"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "touched": {"type": "array", "items": {"type": "string"}},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
    "required": ["touched"],
}


class Time:
    """A clock that moves only when somebody waits on it, and remembers for how long they did."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.waits: list[float] = []
        self.start = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.seconds += seconds

    @property
    def pace(self) -> Timing:
        return Timing(lambda: self.seconds, self.sleep, lambda: 1.0)


def request(user: str = "<change>x</change>", **values: Any) -> ModelRequest:
    """A request, with changes."""
    plain: dict[str, Any] = {
        "purpose": "read",
        "prompt": "read",
        "prompt_version": 3,
        "prompt_sha256": "a" * 64,
        "rubric_version": "1.0.0",
        "system": ("You read. " * 60, "The rubric. " * 60),
        "schema": SCHEMA,
        "max_tokens": 2000,
    }
    return ModelRequest(user=user, **{**plain, **values})


@contextmanager
def asking(
    url: str, database: str, time: Time | None = None, limits: CallLimits | None = None, **budgets: float
) -> Iterator[RecordedModel]:
    """Open a model as ``bootstrap`` does, against the fake."""
    limits = limits or CallLimits(seconds=20)
    client = connect("anthropic", SecretStr(KEY), url, None, limits.seconds)
    purse = BudgetTracker(load_prices().find_price("anthropic", MODEL), BudgetLimits(**budgets))
    with client, open_store(database) as engine:
        calls = SqlModelCalls(engine, time.now) if time else SqlModelCalls(engine)
        yield RecordedModel(client, "anthropic", MODEL, calls, purse, limits, time.pace if time else Timing())


if __name__ == "__main__":
    limits = CallLimits(seconds=20, silence=0.3, heartbeat=0.1)
    with asking(os.environ["FAKE"], os.environ["DATABASE"], limits=limits) as model:
        for line in sys.stdin:
            answer = model.ask(request(line.strip()))
            sys.stdout.write(f"{answer.outcome} {answer.reused}\n")
