"""The form with which a sensei exempts a check or a criterion, and the button that lets it apply again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.domain.chat.events import Acted, Click, Submission
from bot.domain.dojo.permissions import Action
from bot.domain.text.numbers import parse_number
from bot.domain.triage.records import ExemptSubject
from bot.domain.triage.ruling_form import RulingTarget
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.triage.slack_evidence import RESTORE, list_checks
from bot.rendering.triage.slack_exemption_form import REASON, SUBJECT, WHOLE, exemption_form
from bot.rendering.triage.slack_ruling_form import EXEMPT
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.chat.features import Button, Feature, Form
from bot.workflows.triage.exemptions import end_exemption, exempt
from bot.workflows.triage.own_capstones import require_ruler
from bot.workflows.triage.responsibilities import find_responsibility
from bot.workflows.triage.ruling_display import RulingDisplay
from bot.workflows.triage.ruling_forms import require_target
from bot.workflows.triage.ruling_input import MOST_OF_A_REASON, has_words
from bot.workflows.triage.rulings import CriterionRulings
from bot.workflows.triage.shown_people import show_people

_SAVED = "*Saved.* The item that you chose no longer counts towards the level."
_RESTORED = "*Saved.* The item that you restored applies again, so its evidence counts towards the level."


@dataclass(frozen=True)
class ExemptionForms:
    """The form and the button. Both return the evidence as it is afterwards."""

    load_rulings: Callable[[], CriterionRulings]
    display: RulingDisplay

    def feature(self) -> Feature:
        """Return the buttons and the form."""
        action = Action.RULING_MAKE
        return Feature(
            buttons={
                EXEMPT: Button(action, opens=EXEMPT),
                RESTORE: Button(action, redraws=self._restore, writes=True),
            },
            forms={
                EXEMPT: Form(
                    action,
                    self._open,
                    _handle_nothing,
                    self._check,
                    answers=self._save,
                    does="save the exemption",
                )
            },
        )

    def _open(self, tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
        target = require_target(argument)
        require_ruler(tx, actor, target.capstone, clock())
        ledger = self.load_rulings().loader.load(tx, [target.capstone])[target.capstone]
        evidence = ledger.evidence.get(target.criterion)
        if evidence is None:
            raise UserError(
                "The rubric no longer has this criterion, so I haven't changed anything.",
                "Open the list with `/dojo triage`.",
            )
        participant = find_responsibility(tx, target.capstone, clock()).participant
        cohort = tx.capstones.get(target.capstone).cohort
        return exemption_form(
            target,
            evidence.criterion.title,
            show_people(tx, cohort, [participant])[participant],
            list_checks(evidence.checks),
            MOST_OF_A_REASON,
        )

    def _check(self, tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> Mapping[str, str]:
        require_ruler(tx, actor, require_target(sent.metadata).capstone, clock())
        faults, reason = {}, sent.text(REASON)
        if not sent.text(SUBJECT):
            faults[SUBJECT] = "Choose one."
        if not has_words(reason):
            faults[REASON] = "Say why. The participant will read your reason."
        if len(reason) > MOST_OF_A_REASON:
            faults[REASON] = f"This has {len(reason)} characters; the maximum is {MOST_OF_A_REASON}."
        return faults

    def _save(self, tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> View:
        target, at = require_target(sent.metadata), clock()
        person = require_ruler(tx, actor, target.capstone, at)
        chosen, loader = sent.text(SUBJECT), self.load_rulings().loader
        is_whole = chosen == WHOLE
        kind = ExemptSubject.CRITERION if is_whole else ExemptSubject.CHECK
        subject = target.criterion if is_whole else chosen
        exempt(tx, loader, person, target.capstone, kind, subject, sent.text(REASON), at)
        return self.display.show(tx, person, target, at, notice=_SAVED)

    def _restore(self, tx: Tx, actor: Actor, click: Click, clock: Clock) -> View:
        """Let what was exempted apply again. The button's value is its target and the exemption."""
        value, at = click.value if isinstance(click.value, str) else "", clock()
        named, _, exemption = value.rpartition(":")
        target, number = require_target(named), parse_number(exemption)
        person = require_ruler(tx, actor, target.capstone, at)
        self._require_exemption(tx, target, number)
        end_exemption(tx, self.load_rulings().loader, person, number or 0, at)
        return self.display.show(tx, person, target, at, notice=_RESTORED)

    def _require_exemption(self, tx: Tx, target: RulingTarget, exemption: int | None) -> None:
        """Refuse a stale button.

        Raises:
            UserError: the exemption has ended, or isn't this capstone's.
        """
        if all(granted.id != exemption for granted in tx.exemptions.of([target.capstone])):
            raise UserError(
                "This exemption has already ended, so I haven't changed anything.", "Open the evidence again."
            )


def _handle_nothing(_tx: Tx, _actor: Actor, _acted: Acted, _clock: Clock) -> None:
    """Do nothing: the form is answered at once, so no submission is stored."""
