"""Prompts: the files that people edit in ``prompts/``, rendered as the instruction blocks of a request.

Only the rubric's data goes through a template. A participant's text goes into the user part of a request,
which is not rendered from a template.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, NamedTuple

from jinja2 import StrictUndefined, TemplateSyntaxError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field

# On a line of its own in a body, this starts a new block with its own cache breakpoint.
BREAK = "<!-- cache -->"

_ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined,
    autoescape=False,  # the result is a prompt, not an HTML page
    trim_blocks=True,
    lstrip_blocks=True,
)


class Prompt(BaseModel):
    """The instructions for a step. ``id`` is ``feature/step``; ``sha256`` is the digest of the whole file.

    ``tier`` says how capable the model must be, and ``schema`` names the answer's schema in
    ``model_answer_schemas``, in ``check_ins.wording``, or in the ``answer_schema`` of the rooms
    ``articulation``, ``design_documents``, ``defences`` and ``enquiries``. ``inputs`` are exactly the
    variables used in the body.

    Several steps may share a ``prefix``, which is a prompt too. Then its blocks are the instructions, this
    body is the task that follows the data, and the digest covers both files.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z_]+/[a-z_]+$")]
    version: Annotated[int, Field(ge=1)]
    tier: Literal["strong", "fast"]
    effort: Literal["low", "medium", "high"]
    max_tokens: Annotated[int, Field(ge=256, le=20_000)]  # a higher limit would require streaming
    schema_: Annotated[
        Literal["review", "reduce", "articulate", "check_in", "design", "defence", "enquiry"],
        Field(alias="schema"),
    ]
    inputs: tuple[Annotated[str, Field(pattern=r"^[a-z]+$")], ...]
    body: Annotated[str, Field(min_length=1)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    prefix: "Prompt | None" = None

    def render_request(self, texts: Mapping[str, str]) -> tuple[tuple[str, ...], str]:
        """Return the instruction blocks, and the task that follows the data ("" without a prefix).

        ``texts`` holds at least all inputs.
        """
        first = self.prefix or self
        blocks = first.render(**{name: texts[name] for name in first.inputs})
        return blocks, "\n\n".join(self.render()) if self.prefix else ""

    def render(self, **inputs: str) -> tuple[str, ...]:
        """Return the rendered blocks in order, without blank ones.

        Raises:
            TypeError: an input is missing or unknown.
        """
        if set(inputs) != set(self.inputs):
            raise TypeError(f"{self.id} needs the inputs {sorted(self.inputs)}, not {sorted(inputs)}")
        blocks = (
            _ENVIRONMENT.from_string(block.text).render(inputs).strip() for block in _split_blocks(self.body)
        )
        return tuple(block for block in blocks if block)


class PromptFault(NamedTuple):
    """A mistake in a body: its 1-based line there, and a description."""

    line: int
    message: str


def find_faults(prompt: Prompt) -> list[PromptFault]:
    """Find the mistakes that prevent a body from being rendered: syntax errors and mismatched inputs."""
    found, used = [], set()
    for block in _split_blocks(prompt.body):
        try:
            tree = _ENVIRONMENT.parse(block.text)
        except TemplateSyntaxError as error:
            found.append(PromptFault(block.line + error.lineno - 1, f"not a template: {error.message}"))
            continue
        for name in sorted(meta.find_undeclared_variables(tree)):
            used.add(name)
            if name not in prompt.inputs:
                found.append(PromptFault(_find_line(name, block), f"{name!r} is used but is not in `inputs`"))
    if not found:
        found = [
            PromptFault(1, f"{name!r} is in `inputs` but is not used")
            for name in prompt.inputs
            if name not in used
        ]
    return found


class _BodyBlock(NamedTuple):
    line: int
    text: str


def _split_blocks(body: str) -> Iterator[_BodyBlock]:
    """Yield the blocks of a body. Only the source is split, so no rubric text can start a block."""
    lines: list[str] = []
    start = 1
    for number, line in enumerate(body.split("\n"), start=1):
        if line.strip() == BREAK:
            yield _BodyBlock(start, "\n".join(lines))
            lines, start = [], number + 1
        else:
            lines.append(line)
    yield _BodyBlock(start, "\n".join(lines))


def _find_line(name: str, block: _BodyBlock) -> int:
    for number, line in enumerate(block.text.split("\n"), start=block.line):
        if name in line and "{" in line:
            return number
    return block.line
