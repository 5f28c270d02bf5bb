"""*Brief* in the form of ``/dojo one-to-one``: shows a brief now, to either of the two who will meet."""

from dataclasses import dataclass

from bot.domain.chat.events import Click
from bot.domain.dojo.permissions import Action
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.one_to_ones.slack_brief import brief_view
from bot.rendering.one_to_ones.slack_plan import SHOW_BRIEF
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.chat.features import Button, Feature
from bot.workflows.one_to_ones.brief_material import BriefGatherer
from bot.workflows.one_to_ones.brief_messages import show_reader
from bot.workflows.one_to_ones.planning import find_coming
from bot.workflows.one_to_ones.readers import find_reader


@dataclass(frozen=True)
class ShownBriefs:
    """The button."""

    gatherer: BriefGatherer

    def feature(self) -> Feature:
        """Return the button."""
        return Feature(buttons={SHOW_BRIEF: Button(Action.ONE_TO_ONE_PLAN, redraws=self._show)})

    def _show(self, tx: Tx, actor: Actor, click: Click, clock: Clock) -> View:
        at, person = clock(), actor.person or ""
        _, (pair, meeting) = find_coming(tx, actor, click.value, at)
        reader = find_reader(tx, meeting, person)
        if reader is None:
            raise UserError(
                "I have no brief for you: you won't meet that day, or one of you is away.",
                "You can move the one-to-one.",
            )
        brief = self.gatherer.gather(tx, meeting, person, at)
        if brief is None:
            raise UserError(
                "There's no brief for this one-to-one, because there's no capstone to write about.",
                "It may be on hold, or not be enrolled yet. Your lead knows.",
            )
        return brief_view(brief, show_reader(tx, reader, at), str(pair.enrolment))
