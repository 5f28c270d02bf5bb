"""Walk through a file in the order of its statements, and follow texts from their sources to sinks.

It follows what a careful reader would follow: variables, strings, lists, fields, loops and branches of one
function, and one helper of the same file. A call that it does not know passes nothing on, because a wrong
fact costs more than a missed one.
"""

from collections.abc import Callable, Iterable

from bot.domain.review.flow.call_walk import CallWalk
from bot.domain.review.flow.file_facts import FileFacts
from bot.domain.review.flow.grammars import Grammar
from bot.domain.review.flow.statements import SWITCHES
from bot.domain.review.flow.syntax import Node
from bot.domain.review.flow.trails import Scope, Value
from bot.domain.review.flow.walk_base import COMPREHENSIONS
from bot.domain.rubrics.flow_rules import FlowRule


class Walk(CallWalk):
    """One walk through a file. ``summaries`` are those of an earlier walk, so that helpers are known."""

    def __init__(
        self, rule: FlowRule, grammar: Grammar, facts: FileFacts, earlier: "Walk | None" = None
    ) -> None:
        super().__init__(rule, grammar, facts, earlier)
        g = grammar
        table: list[tuple[Iterable[str], Callable[[Node, Scope], Value]]] = [
            (g.names, self._name),
            (g.members, self._member),
            (g.subscripts, self._member),
            (g.calls, self._call),
            (g.functions, self._function),
            (g.assignments, self._assign),
            (g.augmented, self._assign),
            (g.loops, self._loop),
            (("while_statement", "do_statement", "for_statement"), self._repeat),
            (g.wrappers | g.lists | g.strings, self._join_parts),
            (g.objects, self._object),
            (("interpolation",), self._interpolation),
            (g.pairs, self._pair),
            (("jsx_attribute",), self._pair),
            (("keyword_argument",), self._pair),
            (g.binaries, self._binary),
            (g.conditionals, self._conditional),
            (COMPREHENSIONS, self._comprehension),
            (("if_statement",), self._if),
            (("assert_statement",), self._assert),
            (("try_statement", "try_with_resources_statement"), self._try),
            (SWITCHES, self._switch),
            (("with_item",), self._with),
            (("return_statement",), self._return),
            (("expression_statement",), self._statement),
        ]
        self._table = {kind: visit for kinds, visit in reversed(table) for kind in kinds}

    def run(self, root: Node) -> None:
        """Walk through a file."""
        self.value(root, Scope())
