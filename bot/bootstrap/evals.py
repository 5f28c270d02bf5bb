"""Cases of the evaluation, each read in a repository of its own."""

import tempfile
from pathlib import Path

from bot.adapters.files import eval_cases, recorded_answers
from bot.adapters.reading_process.inline import InlineReadings
from bot.bootstrap.local_reading import review_locally
from bot.domain.evals.cases import Case
from bot.domain.review.context import ChangeText
from bot.domain.review.report import Report
from bot.domain.rubrics.rubric import Library
from bot.ports.model import Model
from bot.ports.reading import Progress, ReadingRequest
from bot.settings import Settings


def choose_model(case: Case, model: Model | None, recorded: Path | None, record: Path | None) -> Model | None:
    """Return what answers a case: recorded answers, the model, or the model while its answers are stored."""
    if recorded:
        return recorded_answers.ReplayedModel(recorded, case.name)
    if record and model:
        return recorded_answers.RecordingModel(model, record, case.name, f"{model.provider} {model.id}")
    return model


def run_case(
    case: Case, model: Model | None, library: Library, settings: Settings, progress: Progress
) -> Report:
    """Read one case of the evaluation, in a temporary repository made for it."""
    with tempfile.TemporaryDirectory(prefix="sensei-eval-") as folder:
        built = eval_cases.build(case, Path(folder) / case.name)
        words = (ChangeText("title", built.pull_request_title), ChangeText("body", built.pull_request_body))
        request = ReadingRequest(built.base, built.head, words=words)
        # In this process: a case is trusted, since it is Sensei's own or belongs to the person evaluating.
        return review_locally(
            str(built.path), request, library, settings, progress, model, InlineReadings()
        ).report
