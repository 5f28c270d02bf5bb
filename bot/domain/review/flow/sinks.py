"""Recognise the places that a text must not reach, and name them for people."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.review.flow.syntax import Node, Span
from bot.domain.review.flow.trails import Scope, Trail
from bot.domain.rubrics.flow_rules import FlowSink

_SHOWN_NAME = re.compile(r"[A-Za-z_$][\w$]{0,39}")
_SHOWN_PATH = re.compile(r"[\w.$]{1,60}")
_SHOWN_SWITCH = re.compile(r"\w{1,20}\s?[=:]\s?\w{1,20}")
_LONGEST_WHERE = 3000
# A query to an index of vectors, which takes a question and not a statement.
_BY_MEANING = re.compile(r"\b(top_?k|topK|n_results|query_texts)\s*[:=]")
_MOST_QUOTED_LINES = 6


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a call: its position or name, and its expression."""

    place: int | str
    node: Node


@dataclass(frozen=True, slots=True)
class Arrival:
    """A text that reached a sink: where, how the sink is called, and the way there."""

    span: Span
    label: str
    trail: Trail


def quote_span(node: Node, part: Node) -> Span:
    """Return the span to quote: the sink or, if it has many lines, the part of it that the text reaches."""
    place = node.raw.range()
    return node.span() if place.end.line - place.start.line < _MOST_QUOTED_LINES else part.span()


def label_call(path: str, text: str, sink: FlowSink) -> str:
    """Return how people write a call, such as ``subprocess.run(…, shell=True)``."""
    path = path.replace("()", "").replace("[]", "")
    shown = (
        path.removeprefix("new ")
        if _SHOWN_PATH.fullmatch(path.removeprefix("new "))
        else path.rpartition(".")[2]
    )
    found = re.search(sink.where, text) if sink.where else None
    switch = f"…, {found[0]}" if found and _SHOWN_SWITCH.fullmatch(found[0]) else "…"
    return f"{shown[:60] if _SHOWN_PATH.fullmatch(shown[:60]) else 'this call'}({switch})"


def label_path(path: str) -> str:
    """Return the end of a property's path, such as ``page.innerHTML``."""
    shown = ".".join(path.replace("()", "").replace("[]", "").split(".")[-2:])
    return shown if _SHOWN_PATH.fullmatch(shown) else "a property"


def last_variable(trail: Trail) -> str:
    """Return the last variable that a text went through, if people can read its name."""
    return next((name for name in reversed(trail.names) if _SHOWN_NAME.fullmatch(name)), "")


def fits_call(sink: FlowSink, path: str, node: Node) -> bool:
    """Return whether a call is a sink."""
    if sink.call is None or not re.search(sink.call, path):
        return False
    text = node.text()[:_LONGEST_WHERE]
    if _BY_MEANING.search(text):
        return False
    return sink.where is None or re.search(sink.where, text) is not None


def followed(sink: FlowSink, arguments: list[Argument]) -> Iterator[Argument]:
    """Yield the arguments of a call that a sink is about."""
    wanted = sink.arguments
    yield from (argument for argument in arguments if "*" in wanted or argument.place in wanted)


def resolve(node: Node, scope: Scope) -> Node:
    """Return the list or string that a variable was last set to, or the expression itself."""
    return scope.literals.get(node.text(), node) if node.kind == "identifier" else node
