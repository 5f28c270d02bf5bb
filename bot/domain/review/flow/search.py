"""Find the flows of a file: texts from outside or from a model that reach a place they must not reach."""

import re
from dataclasses import dataclass
from functools import cached_property

from ast_grep_py import SgNode

from bot.domain.review.flow.file_facts import FileFacts, gather_facts
from bot.domain.review.flow.grammars import GRAMMARS, Grammar
from bot.domain.review.flow.sinks import Arrival, last_variable
from bot.domain.review.flow.syntax import Node, Span, callee_path, path_of
from bot.domain.review.flow.walk import Walk
from bot.domain.rubrics.flow_rules import FlowRule


@dataclass(frozen=True, slots=True)
class Flow:
    """A text's way to a sink. Spans are offsets into the text.

    ``sink`` is the place to quote, ``steps`` the source and the assignments on the way, ``label`` the sink in
    words, and ``variable`` the last variable before it, or an empty string.
    """

    sink: Span
    steps: tuple[Span, ...]
    label: str
    variable: str


class FlowSearch:
    """The search for flows in one parsed file. What several rules need is worked out once."""

    def __init__(self, root: SgNode, language: str) -> None:
        """``language`` is one of ``FLOW_LANGUAGES``."""
        self._root = Node(root)
        self._language = language

    @cached_property
    def _grammar(self) -> Grammar:
        return GRAMMARS[self._language]

    @cached_property
    def _text(self) -> str:
        return self._root.text()

    @cached_property
    def _facts(self) -> FileFacts:
        return gather_facts(self._root, self._text, self._language)

    @cached_property
    def _called(self) -> frozenset[str]:
        """The paths of all calls."""
        kinds = tuple(self._grammar.calls)
        calls = (Node(raw) for kind in kinds for raw in self._root.raw.find_all(kind=kind))
        return frozenset(callee_path(call, self._grammar, self._facts.aliases) for call in calls)

    @cached_property
    def _members(self) -> frozenset[str]:
        """The paths of all properties and of all items."""
        kinds = (*self._grammar.members, *self._grammar.subscripts)
        members = (Node(raw) for kind in kinds for raw in self._root.raw.find_all(kind=kind))
        return frozenset(path_of(member, self._grammar, self._facts.aliases) for member in members)

    @cached_property
    def _marks(self) -> str:
        """All lines without indentation, and the paths of all calls: what parameters can be marked with."""
        lines = [line.strip() for line in self._text.split("\n")]
        return "\n".join([*lines, *(f"{path}(" for path in sorted(self._called))])

    def find(self, rule: FlowRule) -> list[Flow]:
        """Return the flows that a rule finds, in the order of their sinks."""
        if not (self._has_sink(rule) and self._has_source(rule)):
            return []
        first = Walk(rule, self._grammar, self._facts)
        first.run(self._root)
        second = Walk(rule, self._grammar, self._facts, first)
        second.run(self._root)
        return sorted((_to_flow(arrival) for arrival in second.arrivals.values()), key=lambda flow: flow.sink)

    def _has_sink(self, rule: FlowRule) -> bool:
        calls = [re.compile(sink.call) for sink in rule.sinks if sink.call]
        others = len(calls) < len(rule.sinks)
        return others or any(call.search(path) for path in self._called for call in calls)

    def _has_source(self, rule: FlowRule) -> bool:
        sources = [re.compile(source) for source in rule.sources]
        return (
            any(source.search(f"{path}()") for path in self._called for source in sources)
            or any(source.search(path) for path in self._members for source in sources)
            or any(re.search(parameter.of, self._marks, re.MULTILINE) for parameter in rule.parameters)
        )


def _to_flow(arrival: Arrival) -> Flow:
    return Flow(arrival.span, arrival.trail.spans, arrival.label, last_variable(arrival.trail))
