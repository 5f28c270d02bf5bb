"""Evaluation cases, each read in its own repository."""

import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from bot.adapters.files import eval_cases, recorded_answers
from bot.adapters.reading_process.inline import InlineReadings
from bot.adapters.scripted_model import ScriptedModel
from bot.bootstrap.local_reading import review_locally
from bot.domain.evals.cases import Case
from bot.domain.evals.scripts import Script
from bot.domain.review.context import ChangeText
from bot.domain.review.report import Report
from bot.domain.rubrics.rubric import Library
from bot.ports.model import Model
from bot.ports.reading import Progress, ReadingRequest
from bot.settings import Settings


class AnswerSource(NamedTuple):
    """Where answers come from, or go to: folders of recorded answers, or a script. All None: the model."""

    recorded: Path | None = None
    record: Path | None = None
    script: Script | None = None


def choose_model(
    case: Case, model: Model | None, source: AnswerSource, checks: Collection[str]
) -> Model | None:
    """Return the model for a case: a script, recorded answers, or the real model, with or without recording.

    ``checks`` are the ids of all checks of the rubric.
    """
    recorded, record, script = source
    if script:
        return ScriptedModel(script, case, sorted(checks))
    if recorded:
        return recorded_answers.ReplayedModel(recorded, case.name)
    if record and model:
        return recorded_answers.RecordingModel(model, record, case.name, f"{model.provider} {model.id}")
    return model


def run_case(
    case: Case, model: Model | None, library: Library, settings: Settings, progress: Progress
) -> Report:
    """Read one evaluation case, in a temporary repository."""
    with tempfile.TemporaryDirectory(prefix="sensei-eval-") as folder:
        built = eval_cases.build(case, Path(folder) / case.name)
        words = (ChangeText("title", built.pull_request_title), ChangeText("body", built.pull_request_body))
        request = ReadingRequest(built.base, built.head, words=words)
        # In this process, because cases are trusted: they are Sensei's own or belong to the person
        # evaluating.
        return review_locally(
            str(built.path), request, library, settings, progress, model, InlineReadings()
        ).report
