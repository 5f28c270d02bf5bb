"""Flow rules: where a text comes from, what passes it on or makes it safe, and where it must not go."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from bot.domain.rubrics.frozen import Frozen


def _check_expression(expression: str) -> str:
    try:
        re.compile(expression)
    except re.error as broken:
        raise ValueError(f"not a regular expression: {broken}") from None
    return expression


Expression = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(_check_expression)]
Expressions = tuple[Expression, ...]


class FlowSink(Frozen):
    """A place that a text must not reach: an argument, an assigned property, or the value of a key.

    ``call`` and ``assign`` are searched in paths, such as ``subprocess.run`` or ``page.innerHTML``;
    ``key`` in the name of a keyword argument or property. ``arguments`` are positions and names to follow;
    ``receiver`` is what the method belongs to, and ``*`` means all of them.

    All other parts narrow the sink: ``where`` in the call's text, ``inside`` in the path of the call around a
    key, ``beside`` in the text of the other keys, ``after`` in the literals before the text (such as
    ``"sh", "-c"``), ``holds`` in the text around it. If ``program`` is set, only the first item of a list
    counts.
    """

    call: Expression | None = None
    assign: Expression | None = None
    key: Expression | None = None
    arguments: Annotated[tuple[int | str, ...], Field(min_length=1)] = (0,)
    program: bool = False
    after: Expression | None = None
    where: Expression | None = None
    inside: Expression | None = None
    beside: Expression | None = None
    holds: Expression | None = None

    @model_validator(mode="after")
    def _check_kind(self) -> "FlowSink":
        if sum(part is not None for part in (self.call, self.assign, self.key)) != 1:
            raise ValueError("a sink must have exactly one of `call`, `assign` and `key`")
        if self.call is None and (self.after or self.where or self.program):
            raise ValueError("`after`, `where` and `program` are for a `call`")
        if self.key is None and (self.inside or self.beside):
            raise ValueError("`inside` and `beside` are for a `key`")
        return self


class FlowParameters(Frozen):
    """Parameters that hold a text from the source: those of functions marked ``of``, if they match ``type``.

    ``of`` is searched in the decorators or annotations of the function and of the parameter and, in
    JavaScript and TypeScript, in the path of the call that the function is passed to.
    """

    of: Expression
    type: Expression | None = None


class FlowRule(Frozen):
    """Find texts that reach a sink from a source, inside a function or through one helper of the same file.

    ``sources``, ``carriers`` and ``cleaners`` are searched in paths: ``()`` stands for a call, ``[]`` for an
    index, as in ``chat.completions.create().choices[].message.content``. A call that is not a carrier does
    not pass a text on.
    """

    sources: Expressions = ()
    parameters: tuple[FlowParameters, ...] = ()
    sinks: Annotated[tuple[FlowSink, ...], Field(min_length=1)]
    carriers: Expressions = ()
    cleaners: Expressions = ()

    @model_validator(mode="after")
    def _check_sources(self) -> "FlowRule":
        if not self.sources and not self.parameters:
            raise ValueError("a flow needs `sources` or `parameters`")
        return self
