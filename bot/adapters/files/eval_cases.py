"""Loading evaluation cases from files (``evals/cases``), and creating repositories from them."""

from collections.abc import Collection
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot import resources
from bot.adapters.files import sample_repositories
from bot.domain.evals.cases import Case, CaseFile, PullRequest, SecondFile, find_problems
from bot.domain.evals.thresholds import Thresholds
from bot.errors import UserError

AUTHOR = "Sample Participant <sample@example.invalid>"
# Fixed, so that a case has the same commit ids, and therefore the same model requests, on every machine.
BASE_DATE, HEAD_DATE = "2026-10-05T09:00:00+00:00", "2026-10-06T15:30:00+00:00"

M = TypeVar("M", bound=BaseModel)


def load(folder: Path | None, only: str | None, checks: Collection[str]) -> list[Case]:
    """Load all cases in a folder (None: the checkout's ``evals/cases``), or only the one with a given name.

    ``checks`` are the ids of all checks in the rubric and its packs.

    Raises:
        UserError: there is no such folder or case, or a case has errors. The message lists all its errors.
    """
    folder = folder or resources.cases()
    names = sorted(path.parent.name for path in folder.glob("*/case.yaml"))
    if not names:
        raise UserError(
            f"There are no cases in {folder}.",
            "Sensei's repository contains cases, but an installed Sensei does not. Name a folder "
            "with --cases.",
        )
    if only is not None and only not in names:
        raise UserError(f"There is no case called {only!r}.", f"The cases are: {', '.join(names)}.")
    return [_load_case(folder / name, checks) for name in names if only in {None, name}]


def thresholds(folder: Path | None) -> Thresholds:
    """Load ``thresholds.yaml``, which is next to the folder of cases.

    Without the file, there are no thresholds.
    """
    path = (folder or resources.cases()).resolve().parent / "thresholds.yaml"
    return _read(path, Thresholds) if path.is_file() else Thresholds()


def build(case: Case, into: Path) -> sample_repositories.Sample:
    """Create the repository of a case in ``into``. Its commit ids are always the same."""
    facts = case.definition
    description = sample_repositories.Description(
        title=facts.title,
        story=facts.story,
        author=AUTHOR,
        base=sample_repositories.Commit(date=BASE_DATE, message=facts.commits.base),
        head=sample_repositories.Commit(date=HEAD_DATE, message=facts.commits.head),
        pull_request=facts.pull_request or PullRequest(title=facts.commits.head.split("\n")[0], body=""),
        planted=(),
    )
    base, head = ({path: text.encode() for path, text in tree.items()} for tree in (case.base, case.head))
    return sample_repositories.make_sample(description, base, head, into)


def _load_case(folder: Path, checks: Collection[str]) -> Case:
    facts = _read(folder / "case.yaml", CaseFile)
    try:
        base, head = (
            {
                path: content.decode()
                for path, content in sample_repositories.contents(folder / side, facts.planted).items()
            }
            for side in ("base", "head")
        )
    except UnicodeDecodeError:
        raise UserError(f"A file of the case {folder.name} is not UTF-8.", "Save it as UTF-8.") from None
    second = folder / "second.yaml"
    case = Case(folder.name, facts, base, head, _read(second, SecondFile) if second.is_file() else None)
    if found := find_problems(case, checks):
        raise UserError(f"The case {folder.name} has errors: {'; '.join(found)}.", "See docs/evals.md.")
    return case


def _read(path: Path, model: type[M]) -> M:
    try:
        return model.model_validate(YAML(typ="safe", pure=True).load(path.read_text("utf-8")))
    except ValidationError as invalid:
        faults = "; ".join(
            f"{'.'.join(map(str, error['loc']))}: {error['msg'].removeprefix('Value error, ')}"
            for error in invalid.errors()
        )
        raise UserError(f"{path} has errors: {faults}.", "See docs/evals.md.") from None
    except (OSError, UnicodeDecodeError, YAMLError) as wrong:
        raise UserError(
            f"{path} cannot be read: {' '.join(str(wrong).split())}.", "See docs/evals.md."
        ) from None
