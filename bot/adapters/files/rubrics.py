"""Loading rubrics, packs and overlays from YAML 1.2 files. Every error contains the file, line and column."""

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bot import resources
from bot.adapters.files import fast_yaml
from bot.domain.articulation.guide import ArticulationGuide
from bot.domain.review.signals import find_snippet_errors
from bot.domain.rubrics import overlays
from bot.domain.rubrics.rubric import DocumentProblem, Library, Overlay, Pack, Rubric
from bot.domain.rubrics.signal_rules import Signal
from bot.errors import UserError

# Larger than any rubric a person would edit. Avoids parsing a wrong file, such as a log or a dump.
MOST_BYTES = 2 * 1024 * 1024

RubricDocument = Rubric | Pack | Overlay | ArticulationGuide
"""What a file in ``rubrics/`` may contain."""

_KINDS: dict[str, type[RubricDocument]] = {
    "dojo.rubric/v1": Rubric,
    "dojo.stack/v1": Pack,
    "dojo.overlay/v1": Overlay,
    "dojo.articulation/v1": ArticulationGuide,
}


Place = tuple[str | int, ...]
"""A place in a document: the keys and indexes that lead to it from the root."""

T = TypeVar("T", Rubric, Pack, Overlay)


class RubricFileError(NamedTuple):
    """One error in a file, at a 1-based line and column."""

    file: Path
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class RubricError(UserError):
    """A file that is not a usable rubric, pack or overlay."""

    def __init__(self, faults: list[RubricFileError]) -> None:
        more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
        super().__init__(f"{faults[0]}{more}", f"`sensei rubric check {faults[0].file}` lists every error.")
        self.faults = faults


def shipped() -> list[str]:
    """List the ids of the rubrics that ship with Sensei."""
    return sorted(path.stem for path in _rubrics_folder().glob("*.yaml") if path.stem != "articulation")


def _rubrics_folder() -> Path:
    return resources.folder("rubrics")


def pack_files() -> list[Path]:
    """List the shipped stack packs."""
    return sorted((_rubrics_folder() / "stacks").glob("*.yaml"))


def load(reference: str, overlay: Path | None = None, stacks: Path | None = None) -> Library:
    """Load a rubric by id or file, with an overlay, all shipped packs, and a folder of custom packs.

    Raises:
        RubricError: a file has errors.
        UserError: there is no such rubric, file or folder.
    """
    path = rubric_path(reference)
    own = reference not in shipped()
    rubric = _load_as(Rubric, path) if own else _load_shipped(Rubric, path)
    if own:
        # The rules in a custom file are untested, and a broken rule would break the reading.
        check(path)
    if overlay:
        document = _read_document(overlay)
        wording = _build_model(document)
        if not isinstance(wording, Overlay):
            raise UserError(
                f"{overlay} is not an overlay.", "Its first line must be `schema: dojo.overlay/v1`."
            )
        _raise_problems(document, overlays.find_overlay_problems(wording, rubric))
        rubric = overlays.with_overlay(rubric, wording)
    packs = [_load_shipped(Pack, path) for path in pack_files()]
    for path in _list_own_packs(stacks) if stacks else ():
        packs.append(_load_own_pack(path, packs))
    return Library(rubric, tuple(packs))


def _list_own_packs(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise UserError(
            f"There is no folder {folder}.",
            "Sensei looks for your own stack packs there. Create the folder, or correct --stacks or "
            "SENSEI_STACKS.",
        )
    if found := sorted(folder.glob("*.yaml")):
        return found
    raise UserError(
        f"There is no stack pack in {folder}.", "A pack is a *.yaml file with `schema: dojo.stack/v1`."
    )


def _load_own_pack(path: Path, others: list[Pack]) -> Pack:
    """Load and check a custom pack. Refuse ids that another pack already uses."""
    document = _read_document(path)
    pack = _load_as(Pack, path)
    check(path)
    if pack.id in {other.id for other in others}:
        _raise_problems(document, [DocumentProblem(("id",), f"there is already a pack {pack.id}")])
    shipped_rubric = _load_shipped(Rubric, rubric_path("capstone"))
    together = overlays.find_problems(overlays.with_packs(shipped_rubric, [*others, pack]))
    _raise_problems(
        document,
        [
            DocumentProblem(("criteria",), f"{problem.message}, in this pack and in another")
            for problem in together
        ],
    )
    return pack


def rubric_path(reference: str) -> Path:
    """Return the file of a rubric, given a shipped id or a path.

    Raises:
        UserError: there is no such rubric or file.
    """
    if reference in shipped():
        return _rubrics_folder() / f"{reference}.yaml"
    if re.search(r"[/\\]|\.ya?ml$", reference):
        return Path(reference)
    raise UserError(
        f"There is no rubric called {reference!r}.",
        f"Available rubrics: {', '.join(shipped())}. To use your own rubric, give its file, such "
        f"as ./mine.yaml.",
    )


def _load_shipped(kind: type[T], path: Path) -> T:
    """Load a file that the tests have checked. If it still has an error, report it like any other file's."""
    try:
        parsed: T = _parse_shipped(kind, path.read_text("utf-8"))
    except (OSError, ValueError, fast_yaml.YAMLError):
        return _load_as(kind, path)
    return parsed


@functools.lru_cache(maxsize=16)
def _parse_shipped(kind: type[T], text: str) -> T:
    """Parse a text. Cached, because parsing all shipped files takes half a second."""
    return kind.model_validate(fast_yaml.load(text))


def _load_as(kind: type[T], path: Path) -> T:
    document = _read_document(path)
    model = _build_model(document)
    if not isinstance(model, kind):
        wanted = next(schema for schema, known in _KINDS.items() if known is kind)
        hint = " Use --overlay for an overlay." if isinstance(model, Overlay) else ""
        raise UserError(f"{path} has the schema {model.schema_}, not {wanted}.{hint}")
    if isinstance(model, Rubric):
        _raise_problems(document, overlays.find_problems(model))
    return model


def check(path: Path) -> RubricDocument:
    """Load one file and check its form, references, rules and snippets.

    A pack or an overlay is checked against its shipped rubric.

    Raises:
        RubricError: the file has errors. ``faults`` lists all of them.
        UserError: the file cannot be read.
    """
    document = _read_document(path)
    model = _build_model(document)
    match model:
        case Rubric():
            found = overlays.find_problems(model)
        case Pack():
            found = overlays.find_pack_problems(model, _load_shipped(Rubric, rubric_path("capstone")))
        case Overlay():
            found = overlays.find_overlay_problems(model, _load_as(Rubric, rubric_path(model.rubric)))
        case ArticulationGuide():
            found = []
    _raise_problems(document, [*found, *_find_signal_problems(model)])
    return model


def _find_signal_problems(model: RubricDocument) -> Iterator[DocumentProblem]:
    for place, signals in _find_signals(model.model_dump(by_alias=True), ()):
        for index, data in enumerate(signals):
            signal = Signal.model_validate(data)
            for within, problem in find_snippet_errors(signal):
                yield DocumentProblem((*place, index, *within), problem)


def _find_signals(node: Any, place: Place) -> Iterator[tuple[tuple[str | int, ...], list[Any]]]:
    """Yield all lists of signals in a document, with their places."""
    items = (
        node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list | tuple) else ()
    )
    for key, value in items:
        if key == "signals" and isinstance(value, dict):
            yield from (((*place, key, name), signals) for name, signals in value.items())
        elif key == "signals":
            yield (*place, key), value
        else:
            yield from _find_signals(value, (*place, key))


class _Document(NamedTuple):
    path: Path
    data: CommentedMap


def _read_document(path: Path) -> _Document:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise UserError(
                f"{path} is larger than {MOST_BYTES // 1024 // 1024} MB.", "Is it the right file?"
            )
        text = content.decode("utf-8")
    except FileNotFoundError:
        raise UserError(f"There is no file {path}.", "Check the path.") from None
    except UnicodeDecodeError as wrong:
        raise UserError(f"{path} is not UTF-8 (byte {wrong.start}).", "Save it as UTF-8.") from None
    except OSError as wrong:
        raise UserError(
            f"{path} cannot be read: {wrong.strerror}.", "Check the path and its permissions."
        ) from None
    try:
        data = YAML().load(text)
    except MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = " ".join(str(wrong.problem or wrong.context or "not YAML").split())
        raise RubricError([RubricFileError(path, line, column, problem)]) from None
    except RecursionError:
        raise RubricError([RubricFileError(path, 1, 1, "nested too deeply to be a rubric")]) from None
    except YAMLError as wrong:
        raise RubricError([RubricFileError(path, 1, 1, " ".join(str(wrong).split())[:200])]) from None
    if not isinstance(data, CommentedMap):
        raise RubricError(
            [RubricFileError(path, 1, 1, "expected keys and values, such as `schema: dojo.rubric/v1`")]
        )
    return _Document(path, data)


def _build_model(document: _Document) -> RubricDocument:
    schema = document.data.get("schema")
    kind = _KINDS.get(schema) if isinstance(schema, str) else None
    if kind is None:
        place = ("schema",) if "schema" in document.data else ()
        raise RubricError([_locate_error(document, place, f"`schema` must be one of {', '.join(_KINDS)}")])
    try:
        return kind.model_validate(_to_plain_values(document.data))
    except ValidationError as invalid:
        errors = invalid.errors()
        # An invalid item makes its list too short, which is not a second error.
        independent = [
            error
            for error in errors
            if error["type"] != "too_short" or not _contains_error(error["loc"], errors)
        ]
        faults = [_locate_error(document, error["loc"], _describe_error(error)) for error in independent]
        raise RubricError(sorted(faults, key=lambda fault: fault.line)) from None


def _contains_error(place: Place, errors: list[ErrorDetails]) -> bool:
    return any(error["loc"][: len(place)] == place and error["loc"] != place for error in errors)


def _to_plain_values(node: Any) -> Any:
    """Convert ruamel's annotated values, which are instances of subclasses, to plain values."""
    if isinstance(node, dict):
        return {str(key): _to_plain_values(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_to_plain_values(value) for value in node]
    for kind in (bool, int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return node


def _describe_error(error: ErrorDetails) -> str:
    name = error["loc"][-1] if error["loc"] else ""
    match error["type"]:
        case "extra_forbidden":
            return f"unknown key {name!r}"
        case "missing":
            return f"{name!r} is missing"
        case "too_short":
            least = error["ctx"]["min_length"]
            return f"{name!r} needs at least {least} {'entry' if least == 1 else 'entries'}"
        case _:
            message = error["msg"].removeprefix("Value error, ")
            return f"{name}: {message[:1].lower()}{message[1:]}" if name != "" else message


def _raise_problems(document: _Document, problems: Iterator[DocumentProblem] | list[DocumentProblem]) -> None:
    faults = [_locate_error(document, problem.place, problem.message) for problem in problems]
    if faults:
        raise RubricError(sorted(faults, key=lambda fault: fault.line))


def _locate_error(document: _Document, place: Place, problem: str) -> RubricFileError:
    """Return an error with the line and column of its place, or of the nearest place that exists."""
    node: Any = document.data
    line = column = 0
    for key in place:
        if isinstance(node, CommentedMap) and key in node:
            if key in node.lc.data:  # A merged key has no place of its own.
                line, column = node.lc.key(key)
        elif isinstance(node, CommentedSeq) and isinstance(key, int) and key < len(node):
            line, column = node.lc.item(key)
        else:
            break
        node = node[key]
    return RubricFileError(document.path, line + 1, column + 1, problem)
