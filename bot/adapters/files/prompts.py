"""Loading prompts from Markdown files with YAML front matter. Every error contains the file and line."""

import hashlib
from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bot import resources
from bot.domain.review import prompts
from bot.domain.review.prompts import Prompt
from bot.errors import UserError

_FENCE = "---"
_SHARED = ("tier", "effort", "schema", "inputs")


def shipped() -> list[str]:
    """List the ids of the prompts that ship with Sensei."""
    root = resources.folder("prompts")
    return sorted(path.relative_to(root).with_suffix("").as_posix() for path in root.glob("*/*.md"))


def load(name: str) -> Prompt:
    """Load a shipped prompt by its id, such as ``review/read``.

    Raises:
        UserError: there is no such prompt, or its file has an error.
    """
    if name not in shipped():
        raise UserError(f"There is no prompt called {name!r}.", f"Available prompts: {', '.join(shipped())}.")
    return check(resources.folder("prompts") / f"{name}.md", name)


def check(path: Path, name: str) -> Prompt:
    """Load one file. Its ``id`` must be ``name``.

    Raises:
        UserError: the first error, as ``file:line: problem``.
    """
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as wrong:
        raise UserError(f"{path} is not UTF-8 (byte {wrong.start}).", "Save it as UTF-8.") from None
    except OSError as wrong:
        raise UserError(f"{path} cannot be read: {wrong.strerror}.", "Check the path.") from None
    lines = text.split("\n")
    if lines[0] != _FENCE or _FENCE not in lines[1:]:
        raise _make_error(path, 1, f"expected front matter between two `{_FENCE}` lines")
    end = lines.index(_FENCE, 1)
    front = _parse_front_matter(path, "\n".join(lines[1:end]))
    if front.get("id") != name:
        raise _make_error(path, _find_line(front, "id"), f"`id` must be {name}, like the file's name")
    prompt = _build_prompt(path, front, "\n".join(lines[end + 1 :]).strip("\n"), text)
    blank = next((index for index, line in enumerate(lines[end + 1 :]) if line.strip()), 0)
    for fault in prompts.find_faults(prompt):
        raise _make_error(path, end + 1 + blank + fault.line, fault.message)
    return prompt


def _parse_front_matter(path: Path, text: str) -> CommentedMap:
    try:
        front = YAML().load(text)
    except MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        problem = " ".join(str(wrong.problem or wrong.context or "not YAML").split())
        raise _make_error(path, mark.line + 2 if mark else 1, problem) from None
    except YAMLError as wrong:
        raise _make_error(path, 1, " ".join(str(wrong).split())) from None
    if not isinstance(front, CommentedMap):
        raise _make_error(path, 1, "expected keys and values, such as `version: 1`")
    return front


def _build_prompt(path: Path, front: CommentedMap, body: str, text: str) -> Prompt:
    for key in ("body", "sha256"):
        if key in front:
            raise _make_error(path, _find_line(front, key), f"unknown key {key!r}")
    values = {**front, "body": body}
    if "prefix" in front:
        prefix = values["prefix"] = _load_prefix(path, front)
        values |= {key: getattr(prefix, key) for key in ("tier", "effort")}
        values |= {"schema": prefix.schema_, "inputs": ()}
        text += prefix.sha256
    values["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    try:
        return Prompt.model_validate(values)
    except ValidationError as invalid:
        first = invalid.errors()[0]
        key = str(first["loc"][0])
        problems = {"extra_forbidden": f"unknown key {key!r}", "missing": f"{key!r} is missing"}
        problem = problems.get(first["type"], f"{key}: {first['msg']}")
        raise _make_error(path, _find_line(front, key), problem) from None


def _load_prefix(path: Path, front: CommentedMap) -> Prompt:
    """Load the prompt that a prompt shares its instructions and its settings with.

    A provider's cache is read only by requests with the same settings, so a step can't change them.
    """
    for key in _SHARED:
        if key in front:
            problem = f"{key!r} is not allowed here: it comes from the `prefix`"
            raise _make_error(path, _find_line(front, key), problem)
    name = str(front["prefix"])
    if name == front.get("id"):
        raise _make_error(path, _find_line(front, "prefix"), "`prefix` must be another file")
    prefix = check(path.with_name(f"{name.rpartition('/')[2]}.md"), name)
    if prefix.prefix is not None:
        raise _make_error(path, _find_line(front, "prefix"), f"{name} has a `prefix` itself")
    return prefix


def _find_line(front: CommentedMap, key: str) -> int:
    """Return the line of a key in the file, or the first line if the key is missing."""
    return front.lc.key(key)[0] + 2 if key in front else 1


def _make_error(path: Path, line: int, problem: str) -> UserError:
    return UserError(f"{path}:{line}: {problem}.", "Correct the file. Its format is in prompts/README.md.")
