"""Loading the cases of the evaluation of hearing (``evals/answers``)."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot import resources
from bot.domain.evals.answers import AnswerCase, Heard
from bot.errors import UserError


class _CasesFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    schema_: str = Field(alias="schema", pattern=r"^sensei\.answer-cases/1$")
    cases: tuple[AnswerCase, ...] = Field(min_length=1)


class _SecondFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    schema_: str = Field(alias="schema", pattern=r"^sensei\.second-reader/1$")
    heard: dict[str, Heard]


M = TypeVar("M", bound=BaseModel)


def load_cases(folder: Path | None, only: str | None = None) -> list[AnswerCase]:
    """Load ``cases.yaml`` of a folder (None: the checkout's ``evals/answers``), or only the case with a name.

    Raises:
        UserError: there is no such file or case, or the file has an error.
    """
    path = _find_folder(folder) / "cases.yaml"
    cases = list(_load(path, _CasesFile).cases)
    names = [case.id for case in cases]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UserError(f"{path}: two cases are called {twice[0]}.", "Give each case its own id.")
    chosen = [case for case in cases if only in {None, case.id}]
    if not chosen:
        raise UserError(f"{path} has no case called {only}.", f"Its cases: {', '.join(names)}.")
    return chosen


def load_second_reader(folder: Path | None) -> dict[str, Heard]:
    """Load what the second reader heard, by the id of the case, from ``second.yaml``; empty without it.

    Raises:
        UserError: the file has an error.
    """
    path = _find_folder(folder) / "second.yaml"
    return _load(path, _SecondFile).heard if path.exists() else {}


def _find_folder(folder: Path | None) -> Path:
    found = folder or resources.cases().with_name("answers")
    if not found.is_dir():
        raise UserError(
            f"There is no folder {found}.",
            "The cases are in Sensei's repository, not in the installed package.",
        )
    return found


def _load(path: Path, kind: type[M]) -> M:
    try:
        return kind.model_validate(YAML(typ="safe").load(path.read_text("utf-8")))
    except OSError as wrong:
        raise UserError(f"{path} cannot be read: {wrong.strerror}.", "Check the path.") from None
    except (UnicodeDecodeError, YAMLError) as wrong:
        problem = " ".join(str(wrong).split())[:300]
        raise UserError(
            f"{path} is not YAML: {problem}", "Correct the file; docs/evals.md describes its format."
        ) from None
    except ValidationError as invalid:
        first = invalid.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UserError(
            f"{path}: {place}: {first['msg']}.", "Correct the file; docs/evals.md describes its format."
        ) from None
