"""Poorer forms of a signal: each without one of the parts that narrow or widen it."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from bot.domain.rubrics.flow_rules import FlowRule, FlowSink
from bot.domain.rubrics.signal_rules import Signal, SyntaxRule

# What narrows a rule. A `kind` beside one of these mostly saves time, `stopBy` and `field` belong to another.
_NARROWING = ("regex", "pattern", "has", "inside", "not", "follows", "precedes", "matches", "nthChild")
_CAPTURE = re.compile(r"\$+[A-Z][A-Z0-9_]*$")


def poorer(signal: Signal) -> Iterator[tuple[str, Signal]]:
    """Yield a name and a signal for each part that can be taken away from a rule that is still one.

    Such a signal has the rule alone that lost a part: the other ones' snippets could notice nothing.
    """
    for language, rule in signal.languages.items():
        for part, less in _rules(rule):
            alone = {"languages": {language: less}, "files": None}
            yield f"{signal.id}.{language}.{part}", signal.model_copy(update=alone)
    if signal.files and signal.files.line:
        files = signal.files.model_copy(update={"line": None})
        yield f"{signal.id}.line", signal.model_copy(update={"languages": {}, "files": files})


def sources(signals: Iterable[Signal]) -> set[tuple[str, str]]:
    """Each language with each source of its flows."""
    return {
        (language, source)
        for signal in signals
        for language, rule in signal.languages.items()
        for source in (rule.flow.sources if rule.flow else ())
    }


def without_source(signals: Iterable[Signal], language: str, source: str) -> Iterator[Signal]:
    """Yield the signals with a source, each with that language's flow alone, and without the source."""
    for signal in signals:
        rule = signal.languages.get(language)
        if rule and rule.flow and source in rule.flow.sources:
            rest = tuple(other for other in rule.flow.sources if other != source)
            less = rule.model_copy(update={"flow": rule.flow.model_copy(update={"sources": rest})})
            yield signal.model_copy(update={"languages": {language: less}, "files": None})


def _rules(rule: SyntaxRule) -> Iterator[tuple[str, SyntaxRule]]:
    """``contains`` only saves parsing, so nothing is lost without it."""
    if rule.imports:
        yield "imports", rule.model_copy(update={"imports": ()})
    for name in rule.constraints:
        less = {key: value for key, value in rule.constraints.items() if key != name}
        yield f"constraints.{name}", rule.model_copy(update={"constraints": less})
    for n in range(len(rule.unless)):
        yield f"unless.{n}", rule.model_copy(update={"unless": rule.unless[:n] + rule.unless[n + 1 :]})
    for path, tree in _trees(rule.rule):
        yield f"rule.{path}", rule.model_copy(update={"rule": tree})
    for path, flow in _flows(rule.flow) if rule.flow else ():
        yield f"flow.{path}", rule.model_copy(update={"flow": flow})


def _flows(flow: FlowRule) -> Iterator[tuple[str, FlowRule]]:
    """A flow without one of the items of a list, and with one of them that is less narrow.

    Several signals share their sources, so those are proved together (``without_source``).
    """
    for name in ("parameters", "sinks", "carriers", "cleaners"):
        items = getattr(flow, name)
        for n, item in enumerate(items):
            yield f"{name}.{n}", flow.model_copy(update={name: items[:n] + items[n + 1 :]})
            for part in _WIDENED if isinstance(item, FlowSink) else ():
                if getattr(item, part):
                    wider = item.model_copy(update={part: False if part == "program" else None})
                    changed = (*items[:n], wider, *items[n + 1 :])
                    yield f"{name}.{n}.{part}", flow.model_copy(update={name: changed})


_WIDENED = ("program", "after", "where", "inside", "beside", "holds")


def _trees(node: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, value in node.items():
        rest = {name: below for name, below in node.items() if name != key}
        if key in _NARROWING and rest.keys() - {"stopBy", "field"} and not _is_capture({key: value}):
            yield key, rest
        if isinstance(value, list):
            for n, child in enumerate(value):
                others = value[:n] + value[n + 1 :]
                if others and not _is_capture(child):
                    yield f"{key}.{n}", {**node, key: others}
                for path, tree in _trees(child):
                    yield f"{key}.{n}.{path}", {**node, key: [*value[:n], tree, *value[n + 1 :]]}
        elif isinstance(value, dict):
            for path, tree in _trees(value):
                yield f"{key}.{path}", {**node, key: tree}


def _is_capture(node: dict[str, Any]) -> bool:
    """Say whether a part only names what is quoted."""
    return _CAPTURE.match(str(node.get("pattern", ""))) is not None
