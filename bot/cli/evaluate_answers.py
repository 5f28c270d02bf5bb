"""``sensei eval --answers``: measure how well Sensei hears answers whose parts readers have marked."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot.cli.formats import Format
from bot.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.evals.answers import AnswerCase, HeardCase, HearingScore

_CONFIGURE = "Set SENSEI_MODEL_PROVIDER and SENSEI_MODEL, or name a folder with --recorded."


class AnswerOptions(NamedTuple):
    """The folder of the cases, the one to hear, and the folders of recorded answers to use or to write."""

    cases: Path | None
    only: str | None
    recorded: Path | None
    record: Path | None


def evaluate_answers(options: AnswerOptions, *, agreement: bool, format_: Format) -> None:
    """Compare a model, recorded answers or (``agreement``) a second reader with the first reader.

    Raises:
        UserError: a file is unusable, or there is no model and nothing recorded.
    """
    cases, only, recorded, record = options
    from bot.adapters.files.answer_cases import load_cases, load_second_reader
    from bot.domain.evals.answers import score_hearing

    loaded = load_cases(cases, only)
    if agreement:
        second = load_second_reader(cases)
        if not second:
            raise UserError(
                "These answers have no second reader.",
                "Put the second reader's marks into second.yaml, next to cases.yaml.",
            )
        _print(score_hearing(loaded, second), "two readers", {}, format_)
        return
    heard = _hear(loaded, recorded, record)
    score = score_hearing(loaded, {name: one.heard for name, one in heard.items()})
    _print(score, "the model and the first reader", heard, format_)


def _hear(cases: "list[AnswerCase]", recorded: Path | None, record: Path | None) -> "Mapping[str, HeardCase]":
    from bot import settings as environment
    from bot.adapters.files import prompts, recorded_answers
    from bot.bootstrap import wiring
    from bot.bootstrap.hearing_evals import hear_case

    settings = environment.load()
    rules = wiring.load_articulation(wiring.load_library(settings))
    prompt = prompts.load("articulation/articulate")
    if recorded:
        return {
            case.id: hear_case(case, recorded_answers.ReplayedModel(recorded, case.id), prompt, rules)
            for case in cases
        }
    with wiring.connect_model(settings) as model:
        if model is None:
            raise UserError("No model is set, and Sensei can't understand answers without one.", _CONFIGURE)
        heard = {}
        for case in cases:
            name = f"{model.provider} {model.id}"
            asked = recorded_answers.RecordingModel(model, record, case.id, name) if record else model
            heard[case.id] = hear_case(case, asked, prompt, rules)
        return heard


def _print(score: "HearingScore", heading: str, heard: "Mapping[str, HeardCase]", format_: Format) -> None:
    from bot.cli.output import say, show
    from bot.rendering.evals import hearing

    match format_:
        case Format.JSON:
            say(hearing.as_json(score, heading, heard))
        case Format.MD:
            say(hearing.markdown(score, heading, heard))
        case Format.TERMINAL:
            show(hearing.terminal(score, heading, heard))
