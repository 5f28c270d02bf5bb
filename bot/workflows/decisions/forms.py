"""The forms in which participants write a decision's words: of a record, and of one of their own messages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.domain.articulation.guide import ArticulationRules
from bot.domain.articulation.slots import Slot, SlotTexts
from bot.domain.chat.events import Acted, MessageShortcut, Submission
from bot.domain.decisions.records import (
    MOST_OF_A_PART,
    MOST_OF_A_TITLE,
    DecisionOrigin,
    DecisionState,
    RevisedBy,
    make_title,
)
from bot.domain.decisions.shown import ShownDecision
from bot.domain.dojo.permissions import Action
from bot.domain.pull_requests.records import Capstone
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.decisions import slack_buttons as ids
from bot.rendering.decisions import slack_form
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.chat.features import Button, Feature, Form, Shortcut
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.decisions.access import find_own, list_own_capstones
from bot.workflows.decisions.draft_display import show_edited
from bot.workflows.decisions.messages import send_changed, send_recorded
from bot.workflows.decisions.records import confirm_decision, edit_decision, require_alive

NEW = "decisions.new"
_EMPTY = "Fill in at least one part, such as what was decided."


@dataclass(frozen=True)
class DecisionForms:
    """The forms. ``load_rules`` returns the parts of a decision, and what each check needs."""

    load_rules: Callable[[], ArticulationRules]

    def feature(self) -> Feature:
        """Return the button, the shortcut, and the forms that they open."""
        action = Action.DECISION_EDIT
        return Feature(
            buttons={ids.EDIT: Button(action, opens=ids.EDIT)},
            forms={
                ids.EDIT: Form(action, self._open_edit, self._save, _check_edit, does="save the decision"),
                NEW: Form(action, self._open_new, self._record, _check_new, does="record the decision"),
            },
            shortcuts={NEW: Shortcut(action, NEW, _check_message)},
        )

    def _open_edit(self, tx: Tx, actor: Actor, argument: str, _clock: Clock) -> View:
        shown = find_own(tx, actor, parse_number(argument))
        require_alive(shown.decision)
        return slack_form.edit_form(shown, self.load_rules().guide, str(shown.decision.id))

    def _save(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        sent, at = _require_submission(acted), clock()
        decision = _find_edited(tx, actor, sent).decision
        texts = _read_texts(sent, decision.texts)
        edited = edit_decision(tx, decision, sent.text(slack_form.TITLE), texts, at)
        tx.audit(actor.person or "", ids.EDIT, f"decision:{decision.id}")
        refresh_home(tx, actor.person or "", at)
        confirms = decision.state is DecisionState.DRAFT and bool(sent.chosen(slack_form.TOO))
        if confirms or decision.state is DecisionState.CONFIRMED:
            edited = confirm_decision(tx, edited, self.load_rules(), at)  # so the ledger has these words
        if confirms:
            send_recorded(tx, edited, at)
        else:
            send_changed(tx, edited, "edited", at)
            show_edited(tx, edited, at)

    def _open_new(self, tx: Tx, actor: Actor, argument: str, _clock: Clock) -> View:
        capstones = {str(capstone.id): capstone.full_name for capstone in _require_capstones(tx, actor)}
        return slack_form.new_form(argument, capstones, self.load_rules().guide, next(iter(capstones)))

    def _record(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        sent, at = _require_submission(acted), clock()
        capstone = _find_capstone(tx, actor, sent)
        texts = _read_texts(sent, {})
        draft = tx.decisions.add(
            capstone.id,
            person=actor.person,
            origin=DecisionOrigin.CHAT,
            question=None,
            check=None,
            private=True,
            title=sent.text(slack_form.TITLE) or make_title(texts, next(iter(texts.values()))),
            texts=texts,
            anchors=(),
            supersedes=None,
            by=RevisedBy.PARTICIPANT,
            at=at,
        )
        tx.audit(actor.person or "", NEW, f"decision:{draft.id}")
        send_recorded(tx, confirm_decision(tx, draft, self.load_rules(), at), at)


def _check_message(tx: Tx, actor: Actor, used: MessageShortcut, _clock: Clock) -> None:
    """Refuse a message that isn't the actor's own, and people who have no capstone."""
    _require_capstones(tx, actor)
    if used.author != actor.user:
        raise UserError(
            "You can only record your own messages as a decision. Nothing was saved.",
            "Write down what you decided in a message of your own. Then open that message's menu and choose "
            "“Record as a decision”.",
        )


def _require_capstones(tx: Tx, actor: Actor) -> list[Capstone]:
    if not actor.may_anywhere(Action.DECISION_EDIT):
        raise UserError("Only participants can record decisions here.", "Nothing was saved.")
    capstones = list_own_capstones(tx, actor)
    if not capstones:
        raise UserError(
            "I don't know your capstone yet, so I have nowhere to keep a decision. Nothing was saved.",
            "Link your GitHub account with `/dojo link`, or ask the person who runs Sensei to enrol your "
            "repository.",
        )
    return capstones


def _check_edit(tx: Tx, actor: Actor, sent: Submission, _clock: Clock) -> Mapping[str, str]:
    shown = _find_edited(tx, actor, sent)
    return _find_faults(sent, _read_texts(sent, shown.decision.texts))


def _check_new(tx: Tx, actor: Actor, sent: Submission, _clock: Clock) -> Mapping[str, str]:
    _find_capstone(tx, actor, sent)
    return _find_faults(sent, _read_texts(sent, {}))


def _find_faults(sent: Submission, texts: SlotTexts) -> Mapping[str, str]:
    """Return what is wrong with each field, by block."""
    faults = {
        slot.value: f"This has {len(text)} characters; the maximum is {MOST_OF_A_PART}."
        for slot in Slot
        if len(text := sent.text(slot.value)) > MOST_OF_A_PART
    }
    length = len(sent.text(slack_form.TITLE))
    if length > MOST_OF_A_TITLE:
        faults[slack_form.TITLE] = f"This has {length} characters; the maximum is {MOST_OF_A_TITLE}."
    return faults if faults or texts else {Slot.DECIDED.value: _EMPTY}


def _read_texts(sent: Submission, current: SlotTexts) -> SlotTexts:
    """Return the parts that have a text. A part that the form doesn't ask for stays as it was."""
    texts = {
        slot: sent.text(slot.value) if slot.value in sent.values else current.get(slot, "") for slot in Slot
    }
    return {slot: text for slot, text in texts.items() if text}


def _find_edited(tx: Tx, actor: Actor, sent: Submission) -> ShownDecision:
    """Return the decision that a form was opened for. It must still be the actor's, and count.

    Raises:
        UserError: it isn't theirs, or it was superseded or withdrawn.
    """
    shown = find_own(tx, actor, parse_number(sent.metadata))
    require_alive(shown.decision)
    return shown


def _find_capstone(tx: Tx, actor: Actor, sent: Submission) -> Capstone:
    """Return the capstone that was chosen, or the only one there was to choose.

    Raises:
        UserError: it is no longer one of the actor's.
    """
    wanted = parse_number(sent.text(slack_form.CAPSTONE) or sent.metadata)
    found = next((found for found in _require_capstones(tx, actor) if found.id == wanted), None)
    if found is None:
        raise UserError(
            "That capstone is no longer yours, so nothing was saved.",
            "Open the menu of your message and choose “Record as a decision” again.",
        )
    return found


def _require_submission(acted: Acted) -> Submission:
    if not isinstance(acted, Submission):
        raise AssertionError("a form's handler must get a submission")  # noqa: TRY004 - a bug of ours
    return acted
