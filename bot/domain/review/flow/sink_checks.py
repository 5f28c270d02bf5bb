"""Notice that a text reaches a sink: as an argument, in a property, or under a key."""

import re

from bot.domain.review.flow.sinks import (
    Argument,
    Arrival,
    fits_call,
    followed,
    label_call,
    label_path,
    quote_span,
    resolve,
)
from bot.domain.review.flow.syntax import Node, callee_path, path_of
from bot.domain.review.flow.trails import CLEAN, Scope, Value
from bot.domain.review.flow.walk_base import WalkBase
from bot.domain.rubrics.flow_rules import FlowSink


class SinkChecks(WalkBase):
    """Checks of calls, assignments and keys."""

    def _check_call(self, node: Node, path: str, values: list[tuple[Argument, Value]], scope: Scope) -> None:
        held = {argument.place: value for argument, value in values}
        if not any(held.values()):
            return
        for sink in self._rule.sinks:
            if fits_call(sink, path, node):
                for argument in followed(sink, [argument for argument, _ in values]):
                    value = self._reaching(
                        sink,
                        argument,
                        held[argument.place],
                        [a for a, _ in values if a.place != "receiver"],
                        scope,
                    )
                    self._record(node, argument.node, value, label_call(path, node.text()[:3000], sink))

    def _reaching(
        self, sink: FlowSink, argument: Argument, held: Value, arguments: list[Argument], scope: Scope
    ) -> Value:
        """Return the part of an argument's value that counts for a sink."""
        node = argument.node.field("value") if argument.node.kind == "keyword_argument" else argument.node
        node = node or argument.node
        from_list = node.kind == "method_invocation" and callee_path(node, self._grammar, {}).endswith(
            ".toArray"
        )
        node = (node.field("object") if from_list else None) or node
        shown = resolve(node, scope)
        if shown.kind in self._grammar.objects:
            return CLEAN  # the options of the call: those that matter are keys of their own
        if sink.holds and not re.search(sink.holds, f"{argument.node.text()[:2000]}\n{shown.text()[:2000]}"):
            return CLEAN
        if sink.after:
            return self._after(
                sink.after, [shown] if self._items(shown) is not None else [a.node for a in arguments], scope
            )
        # Java's `Runtime.exec` takes the items of an array as they are, as `ProcessBuilder` does.
        is_array = from_list or shown.kind in {"array_creation_expression", "array_initializer"}
        return self._program(shown, held, scope) if sink.program or is_array else held

    def _program(self, node: Node, held: Value, scope: Scope) -> Value:
        """Return what the first item of a list contains or, for anything else, what it contains itself."""
        for _ in range(8):
            if node.kind in self._grammar.strings:
                return CLEAN  # without a shell, such a text isn't a command
            if (items := self._items(node)) is not None:
                return self.value(items[0], scope) if items else CLEAN
            if node.kind in self._grammar.binaries and node.children:
                node = resolve(node.children[0], scope)
                held = self.value(node, scope)
            else:
                break
        return held

    def _after(self, wanted: str, nodes: list[Node], scope: Scope) -> Value:
        """Return what the item after some literals contains, such as after ``"sh", "-c"``."""
        flat = [item for node in nodes for item in (self._items(resolve(node, scope)) or (node,))]
        before = ""
        for item in flat[:20]:
            if re.search(wanted, before):
                return self.value(item, scope)
            before += f"{item.text()[:100]}, "
        return CLEAN

    def _check_assigned(self, node: Node, target: Node, source: Node, scope: Scope, held: Value) -> None:
        if not held or not any(sink.assign for sink in self._rule.sinks):
            return
        path = path_of(target, self._grammar, self._facts.aliases)
        for sink in self._rule.sinks:
            if sink.assign and re.search(sink.assign, path):
                text = f"{source.text()[:2000]}\n{resolve(source, scope).text()[:2000]}"
                if sink.holds is None or re.search(sink.holds, text):
                    self._record(node, source, held, label_path(path))

    def _check_key(self, node: Node, name: str, part: Node, held: Value, scope: Scope) -> None:
        for sink in self._rule.sinks:
            if sink.key is None or not re.search(sink.key, name):
                continue
            if sink.inside and not self._is_inside(sink.inside, node):
                continue
            if sink.beside and not re.search(sink.beside, self._beside(node)):
                continue
            if sink.holds and not re.search(
                sink.holds, f"{part.text()[:2000]}\n{resolve(part, scope).text()[:2000]}"
            ):
                continue
            self._record(node, part, held, name if re.fullmatch(r"\w{1,40}", name) else "a property")

    def _is_inside(self, wanted: str, node: Node) -> bool:
        """Return whether a key belongs to the first argument of a call."""
        if not any(re.search(wanted, path) for path in self._callees[-1:]):
            return False
        whole = node.raw.parent()
        listed = whole.parent() if whole is not None else None
        return (
            whole is not None
            and listed is not None
            and listed.kind() == "arguments"
            and listed.children()[1].range().start.index == whole.range().start.index
        )

    def _beside(self, node: Node) -> str:
        parent = node.raw.parent()
        others = parent.children()[:40] if parent is not None else []
        return "\n".join(other.text()[:100] for other in others if other.is_named())

    def _record(self, node: Node, part: Node, held: Value, label: str) -> None:
        for trail in held:
            if not trail.typed:
                self._arrive(Arrival(quote_span(node, part), label, trail))
