"""Everything that released levels and appeals add to Slack."""

from collections.abc import Callable

from bot.domain.dojo.permissions import Action
from bot.domain.triage.level_words import LevelWords
from bot.rendering.triage.slack_appeals import ASSIGN
from bot.rendering.triage.slack_levels import APPEAL, TAKE_BACK
from bot.workflows.chat.actors import Clock
from bot.workflows.chat.features import Button, Feature, Form
from bot.workflows.triage import appeal_forms
from bot.workflows.triage.appeal_forms import AppealForms
from bot.workflows.triage.appeal_messages import AppealMessages
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from bot.workflows.triage.own_levels import LoadWords, OwnEvidence
from bot.workflows.triage.released_levels import RELEASED, ReleaseMessages


def appeal_features(load_ledgers: Callable[[], LedgerLoader], web: str, now: Clock) -> tuple[Feature, ...]:
    """Return the features.

    ``load_ledgers`` is called when they are first used. ``web`` is the code host's web address, and ``now``
    tells who is responsible for a participant when a message is written.
    """
    load_words = words_of(load_ledgers)
    forms = AppealForms(load_words)
    appeals = Feature(
        buttons={
            APPEAL: Button(Action.RULING_APPEAL, opens=APPEAL),
            ASSIGN: Button(Action.APPEAL_ASSIGN, opens=ASSIGN),
            TAKE_BACK: Button(
                Action.RULING_APPEAL,
                do=appeal_forms.take_back,
                check=appeal_forms.check_take_back,
                does="take your request back",
            ),
        },
        forms={
            APPEAL: Form(
                Action.RULING_APPEAL,
                forms.open_appeal,
                forms.save_appeal,
                forms.check_appeal,
                does="ask for a second opinion",
            ),
            ASSIGN: Form(
                Action.APPEAL_ASSIGN,
                forms.open_assignment,
                appeal_forms.save_assignment,
                appeal_forms.check_assignment,
                does="name the second sensei",
            ),
        },
        words={
            RELEASED: ReleaseMessages(load_ledgers, web).write,
            **AppealMessages(load_words, web, now).words(),
        },
    )
    return OwnEvidence(load_ledgers, web).feature(), appeals


def words_of(load_ledgers: Callable[[], LedgerLoader]) -> LoadWords:
    """Return a function that returns the rubric's words for levels and criteria."""
    return lambda: LevelWords.of_rubric(load_ledgers().library.rubric)
