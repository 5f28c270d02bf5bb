"""Registering features: what contradicts itself is refused before anyone can click on it."""

import pytest

from bot.domain.dojo.permissions import Action
from bot.ports.chat import View
from bot.workflows.chat.features import Button, Feature, Features, Form, Subcommand


def opens(*_: object) -> View:
    return {}


def nothing(*_: object) -> None:
    """Do nothing."""


WRITING = {"try.form": Form(Action.HELP, opens, nothing, writes=True)}


def test_only_a_button_opens_a_form_that_writes_rows() -> None:
    command = Subcommand("try", Action.HELP, "try it", opens="try.form")
    with pytest.raises(ValueError, match="Only a button may"):
        Features([Feature(commands=(command,), forms=WRITING)])


def test_a_click_writes_at_once_if_its_form_or_its_view_does() -> None:
    buttons = {
        "try.open": Button(Action.HELP, opens="try.form"),
        "try.turn": Button(Action.HELP, redraws=opens, writes=True),
        "try.look": Button(Action.HELP, redraws=opens),
        "try.do": Button(Action.HELP, do=nothing),
    }
    features = Features([Feature(buttons=buttons, forms=WRITING)])
    writing = {name for name, button in buttons.items() if features.writes_at_once(button)}
    assert writing == {"try.open", "try.turn"}


@pytest.mark.parametrize(
    ("feature", "problem"),
    [
        (Feature(buttons={"try.open": Button(Action.HELP, opens="try.none")}), "which is not a form"),
        (Feature(buttons={"try.both": Button(Action.HELP, do=nothing, redraws=opens)}), "exactly one thing"),
        (Feature(buttons={"Try": Button(Action.HELP, do=nothing)}), "must have the form"),
    ],
)
def test_a_feature_that_contradicts_itself_is_refused(feature: Feature, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Features([feature])
