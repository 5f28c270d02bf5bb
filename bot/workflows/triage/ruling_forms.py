"""The form for a ruling: it shows the evidence, and saves what the sensei decides.

The form is answered at once, in one transaction: the ruling is stored and the next form comes back. It keeps
no delivery, because its choices name the draft level.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.chat.events import Acted, Click, Submission
from bot.domain.dojo.permissions import Action
from bot.domain.text.numbers import parse_number
from bot.domain.triage.records import Verdict
from bot.domain.triage.ruling_form import RulingFormKey, RulingTarget
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.triage.slack_ruling_form import (
    AGREE,
    CANNOT_JUDGE,
    EVIDENCE_PAGE,
    FieldNames,
    RulingWords,
    describe_saved,
)
from bot.rendering.triage.slack_waiting import RULE
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.chat.features import Button, Feature, Form
from bot.workflows.triage.own_capstones import require_ruler
from bot.workflows.triage.ruling_display import RulingDisplay
from bot.workflows.triage.ruling_input import MOST_OF_A_REASON, MOST_OF_A_SENTENCE, RulingInput, has_words
from bot.workflows.triage.ruling_lists import RulingLists
from bot.workflows.triage.rulings import CriterionRulings, EvidenceMovedError

_GONE = "This form no longer works, so I haven't saved anything.", "Open the list with `/dojo triage`."


@dataclass(frozen=True)
class RulingForms:
    """The form, and the pages of its evidence. ``load_rulings`` loads the rubric on its first call."""

    load_rulings: Callable[[], CriterionRulings]
    display: RulingDisplay
    lists: RulingLists

    def feature(self) -> Feature:
        """Return the buttons and the form. Opening it locks the criterion, so it writes rows."""
        action = Action.RULING_MAKE
        return Feature(
            buttons={
                RULE: Button(action, opens=RULE),
                EVIDENCE_PAGE: Button(action, redraws=self._turn_page, writes=True),
            },
            forms={
                RULE: Form(
                    action,
                    self._open,
                    _handle_nothing,
                    self._check,
                    answers=self._save,
                    does="save your ruling",
                    writes=True,
                )
            },
        )

    def _open(self, tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
        target = require_target(argument)
        return self.display.show(tx, require_ruler(tx, actor, target.capstone, clock()), target, clock())

    def _turn_page(self, tx: Tx, actor: Actor, click: Click, clock: Clock) -> View:
        """Show another page, or the first one if the evidence has moved."""
        key, at = require_key(click.metadata), clock()
        person = require_ruler(tx, actor, key.target.capstone, at)
        page = parse_number(click.value[:4]) if isinstance(click.value, str) else None
        return self.display.show(tx, person, key.target, at, turns=replace(key, page=page or 1))

    def _check(self, tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> Mapping[str, str]:
        key = require_key(sent.metadata)
        require_ruler(tx, actor, key.target.capstone, clock())
        return _find_faults(_read_words(sent, key), FieldNames.of(key))

    def _save(self, tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> View:
        """Store the ruling and return the next form; if the evidence has moved, return it with the words."""
        key, at = require_key(sent.metadata), clock()
        person = require_ruler(tx, actor, key.target.capstone, at)
        words = _read_words(sent, key)
        self._require_unruled(tx, person, key)
        try:
            self._renew_lock(tx, person, key, at)
            ruling = self.load_rulings().rule(tx, person, _make_input(key, words), at)
        except EvidenceMovedError as moved:
            notice = f"*{moved.what}* {moved.remedy} Your words are below."
            return self.display.show(tx, person, key.target, at, words=words, notice=notice)
        rubric = self.load_rulings().loader.library.rubric
        titles = {criterion.id: criterion.title for criterion in rubric.criteria}
        title = titles.get(ruling.criterion, ruling.criterion)
        saved = describe_saved(ruling.verdict, ruling.level, title, rubric.scale)
        return self._go_on(tx, actor, person, key.target.capstone, saved, at)

    def _require_unruled(self, tx: Tx, person: str, key: RulingFormKey) -> None:
        """Refuse a form that was submitted twice, or after someone else's ruling.

        Raises:
            UserError: the criterion has been ruled on since the form was opened.
        """
        last = tx.rulings.latest([key.target.capstone])[key.target.capstone].get(key.target.criterion)
        if (last.id if last else 0) == key.last:
            return
        if last is not None and last.sensei == person:
            raise UserError(
                "You've already ruled on this, and that ruling counts. I haven't saved another one.",
                "To change it, open the evidence again.",
            )
        raise UserError(
            "Someone else has ruled on this since you opened it, so I haven't saved your ruling.",
            "Open the evidence to see theirs.",
        )

    def _renew_lock(self, tx: Tx, person: str, key: RulingFormKey, at: datetime) -> None:
        """Take the lock again if it has ended while the sensei was reading, and nothing has changed.

        Raises:
            UserError: someone else is ruling now, or (``EvidenceMovedError``) the evidence has moved.
        """
        target = key.target
        if tx.rulings.find_lock(target.capstone, target.criterion, at) is not None:
            return
        shown = self.load_rulings().show_evidence(tx, person, target.capstone, target.criterion, at)
        if shown.evidence.view != key.digest:
            raise EvidenceMovedError

    def _go_on(  # noqa: PLR0913, PLR0917 - who goes on with what, and when
        self, tx: Tx, actor: Actor, person: str, capstone: int, saved: str, at: datetime
    ) -> View:
        """Show the next criterion of the same participant, or the list if nothing of theirs is left."""
        for due in self.display.find_due(tx, person, capstone, at):
            target = RulingTarget(capstone, due.criterion)
            try:
                return self.display.show(tx, person, target, at, notice=f"{saved} Next:")
            except UserError:
                continue  # someone else is ruling on it
        return self.lists.show(tx, actor, "", at, notice=saved)


def require_target(text: str) -> RulingTarget:
    """Return what a button is about.

    Raises:
        UserError: its value names nothing.
    """
    target = RulingTarget.parse(text)
    if target is None:
        raise UserError(*_GONE)
    return target


def require_key(text: str) -> RulingFormKey:
    """Return what a form was opened for.

    Raises:
        UserError: its metadata names nothing.
    """
    key = RulingFormKey.parse(text)
    if key is None:
        raise UserError(*_GONE)
    return key


def _read_words(sent: Submission, key: RulingFormKey) -> RulingWords:
    names = FieldNames.of(key)
    return RulingWords(sent.text(names.choice), sent.text(names.reason), sent.text(names.sentence))


def _find_faults(words: RulingWords, names: FieldNames) -> Mapping[str, str]:
    """Return what is wrong with each field, by block."""
    faults = {}
    agrees, has_reason = words.choice == AGREE, has_words(words.reason)
    if not words.choice:
        faults[names.choice] = "Choose one."
    if words.choice and not agrees and not has_words(words.sentence):
        faults[names.sentence] = "Write one sentence. The participant will read it along with your ruling."
    if words.choice not in {"", AGREE, CANNOT_JUDGE} and not has_reason:
        faults[names.reason] = "Give a reason. Only senseis can read it."
    if agrees and has_reason:
        faults[names.reason] = (
            "You've chosen to agree with the draft level. Either empty this field, or choose another level."
        )
    for name, text, most in (
        (names.reason, words.reason, MOST_OF_A_REASON),
        (names.sentence, words.sentence, MOST_OF_A_SENTENCE),
    ):
        if len(text) > most:
            faults[name] = f"This has {len(text)} characters; the maximum is {most}."
    return faults


def _make_input(key: RulingFormKey, words: RulingWords) -> RulingInput:
    verdicts = {AGREE: Verdict.AGREED, CANNOT_JUDGE: Verdict.CANNOT_JUDGE}
    return RulingInput(
        key.target.capstone,
        key.target.criterion,
        verdicts.get(words.choice, Verdict.OTHER),
        parse_number(words.choice),
        words.reason,
        words.sentence,
        view=key.digest,
    )


def _handle_nothing(_tx: Tx, _actor: Actor, _acted: Acted, _clock: Clock) -> None:
    """Do nothing: the form is answered at once, so no submission is stored."""
