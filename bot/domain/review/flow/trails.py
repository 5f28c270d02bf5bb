"""The way a text took, and what each variable of a function holds."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bot.domain.review.flow.syntax import Node, Span

_MOST_NAMES = 12
_MOST_TRAILS = 6
_MOST_VARIABLES = 300


@dataclass(frozen=True, slots=True)
class Trail:
    """How a value came here: from a source (``origin`` is None), or from a function's parameter.

    ``origin`` is the function's number and the parameter's position. ``spans`` are the source and the
    assignments passed. ``names`` are the variables passed; ``same`` those that hold the value as a whole.
    ``parsed`` is true after the text was parsed, when its fields are the source's own words; ``typed`` after
    it was parsed into a class, which may allow a few values only. ``output`` is true for an agent's output,
    which is a text or an object of a class.
    """

    origin: tuple[int, int] | None
    spans: tuple[Span, ...]
    names: tuple[str, ...] = ()
    same: frozenset[str] = frozenset()
    parsed: bool = False
    typed: bool = False
    output: bool = False

    def through(self, name: str, span: Span) -> "Trail":
        """Return the trail after an assignment to a variable."""
        if name in self.names or len(self.names) >= _MOST_NAMES:
            return replace(self, same=self.same | {name})
        return replace(self, spans=(*self.spans, span), names=(*self.names, name), same=self.same | {name})


Value = tuple[Trail, ...]
"""All the ways that may have led here. An empty one is harmless."""

CLEAN: Value = ()


def join(values: Iterable[Value]) -> Value:
    """Return the ways of several values, without repetitions."""
    merged: dict[tuple[object, ...], Trail] = {}
    for value in values:
        for trail in value:
            merged.setdefault((trail.origin, trail.names), trail)
    return tuple(merged.values())[:_MOST_TRAILS]


@dataclass(slots=True)
class Scope:
    """The values of variables, by their path (``answer``, ``self.answer``, ``plan.command``).

    ``literals`` are the lists and strings that variables were last set to. ``approvals`` are variables with a
    person's answer, ``states`` those that a setter of a user interface's state sets. ``checks`` are variables
    with the result of a check: the variables that are safe if it is true, and if it is false.
    ``approved`` are variables that were set when a person approved what follows.
    """

    values: dict[str, Value] = field(default_factory=dict)
    literals: dict[str, Node] = field(default_factory=dict)
    approvals: set[str] = field(default_factory=set)
    states: set[str] = field(default_factory=set)
    checks: dict[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)
    approved: set[str] = field(default_factory=set)

    def copy(self) -> "Scope":
        """Return a scope of its own with the same values."""
        return Scope(
            dict(self.values),
            dict(self.literals),
            set(self.approvals),
            set(self.states),
            dict(self.checks),
            set(self.approved),
        )

    def replace(self, other: "Scope") -> None:
        """Take over everything that another scope knows, except for the states of a user interface."""
        self.values, self.literals, self.approvals = other.values, other.literals, other.approvals
        self.checks, self.approved = other.checks, other.approved

    def set(self, key: str, value: Value) -> None:
        """Give a variable a new value. What was known of its parts is gone.

        A function with more variables than people write is followed through the first ones only.
        """
        if key not in self.values and len(self.values) >= _MOST_VARIABLES:
            return
        for part in [name for name in self.values if name.startswith((f"{key}.", f"{key}["))]:
            del self.values[part]
        self.values[key] = value
        self.literals.pop(key, None)
        self.approvals.discard(key)
        self.states.discard(key)
        self.checks.pop(key, None)
        self.approved.discard(key)

    def merge(self, other: "Scope") -> None:
        """Take over what variables may hold on another way to the same place."""
        for key in other.values.keys() | self.values.keys():
            if key in other.values and key in self.values:
                self.values[key] = join((self.values[key], other.values[key]))
            elif held := other.values.get(key) or self.values.get(key):
                self.values[key] = held
            else:
                # If a part is known to be harmless on only one way, the whole decides about it.
                self.values.pop(key, None) if "." in key else self.values.__setitem__(key, CLEAN)
        self.literals = {**other.literals, **self.literals}
        self.approvals |= other.approvals
        self.approved |= other.approved

    def trust(self, key: str) -> None:
        """Record that a variable was checked. So is what it was made from and what it went into."""
        checked = {key}.union(*(trail.same for trail in self.values.get(key, CLEAN)))
        for name, value in self.values.items():
            if name in checked:
                self.values[name] = CLEAN
            else:
                self.values[name] = tuple(trail for trail in value if checked.isdisjoint(trail.names))
        self.values[key] = CLEAN

    def trust_all(self) -> None:
        """Record that a person approved what follows."""
        self.approved |= self.values.keys()
        self.values = dict.fromkeys(self.values, CLEAN)
