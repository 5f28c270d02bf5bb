"""``ports.engine.Steps`` without an engine: each step is done as it comes, and noted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from bot.ports.store import Store, Tx

T = TypeVar("T")


@dataclass
class Straight:
    """Runs a workflow to its end at once; ``slept`` is how long it would have waited."""

    store: Store
    names: list[str] = field(default_factory=list)
    slept: float = 0.0

    def step(self, name: str, do: Callable[[], T]) -> T:
        self.names.append(name)
        return do()

    def tx(self, name: str, do: Callable[[Tx], T]) -> T:
        self.names.append(name)
        with self.store.begin() as tx:
            return do(tx)

    def sleep(self, name: str, seconds: float) -> None:
        self.slept += seconds
