"""``ports.engine.Steps`` without an engine: each step is done as it comes, and noted."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.ports.store import Store, Tx

T = TypeVar("T")


@dataclass
class Straight:
    """Runs a workflow to its end at once; ``slept`` is how long it would have waited."""

    store: Store
    names: list[str] = field(default_factory=list)
    slept: float = 0.0
    before: dict[str, Callable[[], object]] = field(default_factory=dict)
    """What happens once just before a step of that name."""

    def step(self, name: str, do: Callable[[], T]) -> T:
        self._begin(name)
        return do()

    def _begin(self, name: str) -> None:
        self.names.append(name)
        self.before.pop(name, lambda: None)()

    def tx(self, name: str, do: Callable[[Tx], T]) -> T:
        self._begin(name)
        with self.store.begin() as tx:
            return do(tx)

    def sleep(self, name: str, seconds: float) -> None:
        self.slept += seconds


class Died(Exception):  # noqa: N818 - ends a workflow as a kill does
    """The process of a workflow died."""


@dataclass
class Recorded(Straight):
    """Keeps what steps returned, and returns it again once the workflow is run anew from ``again``."""

    record: list[tuple[str, str]] = field(default_factory=list)
    done: int = 0

    def again(self) -> None:
        """Begin anew, with the record."""
        self.done = 0

    def step(self, name: str, do: Callable[[], T]) -> T:
        return self._once(name, lambda: Straight.step(self, name, do))

    def tx(self, name: str, do: Callable[[Tx], T]) -> T:
        return self._once(name, lambda: Straight.tx(self, name, do))

    def _once(self, name: str, do: Callable[[], T]) -> T:
        if self.done < len(self.record):
            known, result = self.record[self.done]
            assert known == name, f"{name} is done where {known} was"
        else:
            result = json.dumps(do())
            self.record.append((name, result))
        self.done += 1
        value: Any = json.loads(result)
        return value  # type: ignore[no-any-return]
