"""What people can do with milestones in the chat: look at them, and ask for their own report."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.chat.events import Acted, Click
from bot.domain.dojo.permissions import Action, Relation, is_allowed
from bot.domain.text.numbers import parse_number
from bot.domain.triage.records import Milestone
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.milestones import slack_milestone as ids
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.chat.features import Button, Feature, Form, Subcommand
from bot.workflows.milestones import report_sending
from bot.workflows.milestones.overviews import MilestoneOverviews
from bot.workflows.milestones.reports import find_reported_milestone
from bot.workflows.triage.capstone_ledgers import LedgerLoader


def milestone_features(make_loader: Callable[[], LedgerLoader]) -> tuple[Feature, ...]:
    """Return the chat features for milestones. ``make_loader`` loads the rubric on its first call."""
    return (MilestoneFeature(MilestoneOverviews(make_loader)).feature(),)


@dataclass(frozen=True)
class MilestoneFeature:
    """``/dojo milestone``, the button that opens the same, and the button for the report."""

    overviews: MilestoneOverviews

    def feature(self) -> Feature:
        """Return the command, the buttons, the view, which nobody can submit, and the message."""
        return Feature(
            commands=(
                Subcommand(
                    "milestone",
                    Action.MILESTONE_SEE,
                    "the milestone: what has been ruled on, and what is missing",
                    opens=ids.SHOW,
                ),
            ),
            buttons={
                ids.SHOW: Button(Action.MILESTONE_SEE, opens=ids.SHOW),
                ids.REPORT: Button(
                    Action.MILESTONE_SEE,
                    do=_ask,
                    check=_check,
                    then=self._show_sent,
                    does="send you your report",
                ),
            },
            forms={ids.SHOW: Form(Action.MILESTONE_SEE, self._open, _submit_nothing)},
            words={report_sending.UNSENT: report_sending.write_unsent},
        )

    def _open(self, tx: Tx, actor: Actor, _argument: str, clock: Clock) -> View:
        return ids.milestone_view(self.overviews.gather(tx, actor, clock))

    def _show_sent(self, tx: Tx, actor: Actor, click: Click, clock: Clock) -> View:
        capstone, _ = _read_value(tx, actor, click)
        return ids.milestone_view(self.overviews.gather(tx, actor, clock), sent=capstone)


def _check(tx: Tx, actor: Actor, click: Click, clock: Clock) -> None:
    capstone, _ = _read_value(tx, actor, click)
    report_sending.require_no_report(tx, capstone, clock())


def _ask(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    capstone, milestone = _read_value(tx, actor, acted)
    report_sending.ask_for_report(tx, actor.person or "", capstone, milestone, clock())
    tx.audit(actor.person or "", "milestone.report", f"capstone:{capstone}", milestone=milestone.value)


def _read_value(tx: Tx, actor: Actor, acted: Acted) -> tuple[int, Milestone]:
    """Return the actor's own capstone that a button is about, and a milestone for which it was ruled on.

    Raises:
        UserError: it isn't theirs, or nothing was ruled on for the milestone.
    """
    value = acted.value if isinstance(acted, Click) and isinstance(acted.value, str) else ""
    number, _, name = value.partition(":")
    own = [
        capstone
        for capstone in (tx.capstones.by_participant(actor.person) if actor.person else ())
        if is_allowed(Action.MILESTONE_SEE, actor.roles(capstone.cohort), Relation.OWN)
    ]
    found = next((capstone for capstone in own if capstone.id == parse_number(number)), None)
    if found is None or name not in set(Milestone):
        raise UserError(
            "I can only send you a report on your own capstone, so I haven't sent one.",
            "`/dojo milestone` shows yours.",
        )
    return found.id, find_reported_milestone(tx, found.id, Milestone(name))


def _submit_nothing(_tx: Tx, _actor: Actor, _acted: Acted, _clock: Clock) -> None:
    """Do nothing: the view has no button that submits it, so only a forged request gets here."""
