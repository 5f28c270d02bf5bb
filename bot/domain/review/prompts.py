"""A prompt: what a person edits in ``prompts/``, and how it becomes the instruction blocks of a request.

Only rubric data goes through a template. What a participant wrote goes into the user part of a request, where
no template sees it.
"""

from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple

from jinja2 import StrictUndefined, TemplateSyntaxError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field

# A line of its own in a body: what follows is a block of its own, with its own cache breakpoint.
BREAK = "<!-- cache -->"

_ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined,
    autoescape=False,  # what is made is a prompt, not a page
    trim_blocks=True,
    lstrip_blocks=True,
)


class Prompt(BaseModel):
    """One step's instructions. ``id`` is ``feature/step``; ``sha256`` is of the whole file.

    ``tier`` is how able a model must be, ``schema`` the name of the answer's form in
    ``domain.answer_schemas``, ``inputs`` what the body is rendered with: no more, no less.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z]+/[a-z]+$")]
    version: Annotated[int, Field(ge=1)]
    tier: Literal["strong", "fast"]
    effort: Literal["low", "medium", "high"]
    max_tokens: Annotated[int, Field(ge=256, le=20_000)]  # more would have to be streamed
    schema_: Annotated[Literal["read", "reduce", "challenge", "baseline"], Field(alias="schema")]
    inputs: tuple[Annotated[str, Field(pattern=r"^[a-z]+$")], ...]
    body: Annotated[str, Field(min_length=1)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

    def render(self, **inputs: str) -> tuple[str, ...]:
        """Return the blocks, in order; a block that comes out blank is left out.

        Raises:
            TypeError: an input is missing or unknown.
        """
        if set(inputs) != set(self.inputs):
            raise TypeError(f"{self.id} takes {sorted(self.inputs)}, not {sorted(inputs)}")
        blocks = (_ENVIRONMENT.from_string(part.text).render(inputs).strip() for part in _parts(self.body))
        return tuple(block for block in blocks if block)


class PromptFault(NamedTuple):
    """Something wrong in a body: its 1-based line there, and what."""

    line: int
    what: str


def find_faults(prompt: Prompt) -> list[PromptFault]:
    """Find what would keep a body from being rendered: syntax, and inputs that do not match."""
    found, used = [], set()
    for part in _parts(prompt.body):
        try:
            tree = _ENVIRONMENT.parse(part.text)
        except TemplateSyntaxError as wrong:
            found.append(PromptFault(part.line + wrong.lineno - 1, f"not a template: {wrong.message}"))
            continue
        for name in sorted(meta.find_undeclared_variables(tree)):
            used.add(name)
            if name not in prompt.inputs:
                found.append(PromptFault(_line_of(name, part), f"{name!r} is used and is not in `inputs`"))
    if not found:
        found = [
            PromptFault(1, f"{n!r} is in `inputs` and is not used") for n in prompt.inputs if n not in used
        ]
    return found


class _Part(NamedTuple):
    line: int
    text: str


def _parts(body: str) -> Iterator[_Part]:
    """Split the source, not what it renders to: no rubric can make or break a block."""
    lines: list[str] = []
    start = 1
    for number, line in enumerate(body.split("\n"), start=1):
        if line.strip() == BREAK:
            yield _Part(start, "\n".join(lines))
            lines, start = [], number + 1
        else:
            lines.append(line)
    yield _Part(start, "\n".join(lines))


def _line_of(name: str, part: _Part) -> int:
    for number, line in enumerate(part.text.split("\n"), start=part.line):
        if name in line and "{" in line:
            return number
    return part.line
