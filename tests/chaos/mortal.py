"""``sensei`` that dies at one moment: ``python -m tests.chaos.mortal MOMENT POINT serve``.

The production code knows nothing of this: here its steps, its pump and its records of model calls are wrapped
before the command runs. ``before`` is before anything is done; ``done`` is when it was done and nothing of it
is recorded yet (of a transaction: not committed); ``after`` is when it is recorded. At the first such moment
the process and its children get SIGKILL, from which nothing recovers.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from bot.__main__ import main
from bot.adapters.database.model_calls.calls import SqlModelCalls
from bot.adapters.engine import dbos
from bot.ports.engine import ATTEMPT_SEPARATOR
from bot.workflows.pull_requests.event_handling import EventHandler
from bot.workflows.pull_requests.webhook_intake import WebhookIntake

T = TypeVar("T")
MOMENTS = ("before", "done", "after")


def dying(moment: str, point: str) -> Callable[[str, str], None]:
    """Return what is told of every moment, and ends this process at the one that is meant."""

    def at(when: str, name: str) -> None:
        # Tries and numbers are no points of their own: "check#1", "closed.7".
        if when == moment and name.partition(ATTEMPT_SEPARATOR)[0].partition(".")[0] == point:
            os.killpg(0, signal.SIGKILL)

    return at


def wrap(owner: Any, kept: Callable[..., Any], name: str, at: Callable[[str, str], None]) -> None:
    """Tell of what is before and after a method."""

    def told(*arguments: Any, **more: Any) -> Any:
        at("before", name)
        result = kept(*arguments, **more)
        at("after", name)
        return result

    setattr(owner, kept.__name__, told)


def patch(at: Callable[[str, str], None]) -> None:
    """Wrap everything that has a name in ``tests.chaos.deaths``."""

    class Mortal(dbos._Steps):
        def step(self, name: str, do: Callable[[], T]) -> T:
            def told() -> T:
                result = do()
                at("done", name)
                return result

            at("before", name)
            result = super().step(name, told)
            at("after", name)
            return result

        def tx(self, name: str, do: Callable[[Any], T]) -> T:
            def told(tx: Any) -> T:
                result = do(tx)
                at("done", name)
                return result

            at("before", name)
            result = super().tx(name, told)
            at("after", name)
            return result

        def sleep(self, name: str, seconds: float) -> None:
            at("before", "pause")
            super().sleep(name, seconds)
            at("after", "pause")

    dbos._Steps = Mortal  # type: ignore[misc]
    wrap(WebhookIntake, WebhookIntake._try_to_store, "delivery-kept", at)
    wrap(EventHandler, EventHandler.handle, "delivery-handled", at)
    wrap(dbos.DurableEngine, dbos.DurableEngine.run, "job-given", at)
    wrap(dbos.DurableEngine, dbos.DurableEngine.start, "engine-start", at)
    wrap(SqlModelCalls, SqlModelCalls.begin, "model-intent", at)
    wrap(SqlModelCalls, SqlModelCalls.complete, "model-answer", at)


if __name__ == "__main__":
    _, moment, point, *arguments = sys.argv
    sys.argv = ["sensei", *arguments]
    patch(dying(moment, point))
    main()
