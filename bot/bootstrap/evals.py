"""Cases of the evaluation, each read in a repository of its own."""

import tempfile
from pathlib import Path

from bot import bootstrap
from bot.adapters.files import eval_cases, recorded_answers
from bot.adapters.reading_process.inline import InlineReadings
from bot.domain.evals.cases import Case
from bot.domain.review.context import ChangeText
from bot.domain.review.report import Report
from bot.domain.rubrics.rubric import Library
from bot.ports.model import Model
from bot.ports.reading import Progress, ReadingRequest
from bot.settings import Settings


def port_for(case: Case, model: Model | None, recorded: Path | None, record: Path | None) -> Model | None:
    """Return who answers a case: recordings, the model, or the model while its answers are kept."""
    if recorded:
        return recorded_answers.ReplayedModel(recorded, case.name)
    if record and model:
        return recorded_answers.RecordingModel(model, record, case.name, f"{model.provider} {model.id}")
    return model


def run_case(
    case: Case, model: Model | None, library: Library, settings: Settings, progress: Progress
) -> Report:
    """Read one case of the evaluation, in a repository that is made for it and removed again."""
    with tempfile.TemporaryDirectory(prefix="sensei-eval-") as folder:
        made = eval_cases.build(case, Path(folder) / case.name)
        words = (ChangeText("title", made.pull_request_title), ChangeText("body", made.pull_request_body))
        request = ReadingRequest(made.base, made.head, words=words)
        # In this process: a case is ours, or of whoever evaluates, and no stranger's.
        return bootstrap.review_locally(
            str(made.path), request, library, settings, progress, model, InlineReadings()
        ).report
