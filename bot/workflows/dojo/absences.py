"""Lets senseis and participants enter holidays. A sensei names a deputy, or Sensei finds one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.chat.events import Acted, SlashCommand
from bot.domain.chat.slack_escapes import find_mentioned_user
from bot.domain.chat.slash_commands import parse
from bot.domain.dojo import profiles
from bot.domain.dojo.people import Absence
from bot.domain.dojo.permissions import Action, Relation
from bot.errors import UserError
from bot.ports.chat import OutgoingMessage
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.dojo import slack_absences
from bot.rendering.dojo.slack_messages import text_message
from bot.workflows.chat.actors import Actor, Clock, require_permission
from bot.workflows.chat.features import AddressedMessage, Feature, Subcommand
from bot.workflows.dojo.absence_changes import (
    LONGEST_DAYS,
    MOST_ABSENCES,
    SAVED,
    AbsenceChanges,
    AnnounceAbsence,
    AnnounceRemoval,
    FindDeputy,
    find_today,
    future_absences,
    is_sensei,
    other_senseis,
)
from bot.workflows.dojo.absence_form import FORM, AbsenceForm
from bot.workflows.dojo.member_messages import find_name

_FOR_PAIRS = ", so that your participants can be paired with another sensei"


@dataclass(frozen=True)
class Absences:
    """``/dojo away``."""

    find_deputy: FindDeputy
    announce_absence: AnnounceAbsence
    announce_removal: AnnounceRemoval

    @property
    def changes(self) -> AbsenceChanges:
        """What a command and a form may change."""
        return AbsenceChanges(self.find_deputy, self.announce_absence, self.announce_removal)

    def feature(self) -> Feature:
        """Return the command, its form, and the message that confirms a change."""
        form = AbsenceForm(self.changes)
        return Feature(
            commands=(
                Subcommand(
                    "away",
                    Action.ABSENCE_EDIT,
                    "your holidays; as a sensei, also your deputy",
                    "[FIRST LAST [@deputy]]",
                    answer=_answer,
                    then=self._save,
                    opens_alone=FORM,
                    takes_text=True,
                ),
            ),
            buttons={slack_absences.REMOVE: form.removal},
            forms={FORM: form.form},
            words={SAVED: _write_saved},
        )

    def _save(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        argument = parse(acted.text).argument if isinstance(acted, SlashCommand) else ""
        request = _AbsenceRequest.read(tx, actor, argument, clock)
        if request is None or actor.person is None or actor.cohort is None:
            return
        days, has_deputy = (request.first, request.last), is_sensei(actor, actor.cohort)
        if request.removes is not None:
            remove = self.changes.remove if has_deputy else self.changes.remove_plain
            remove(tx, actor.cohort, request.removes, clock())
        elif has_deputy:
            self.changes.add(tx, actor.cohort, actor.person, days, request.deputy, clock())
        else:
            self.changes.add_plain(tx, actor.cohort, actor.person, days, clock())


@dataclass(frozen=True, slots=True)
class _AbsenceRequest:
    """A request from ``/dojo away``: a holiday to add, or in ``removes`` one to remove.

    ``others`` are the person's holidays before the change.
    """

    first: date
    last: date
    others: tuple[Absence, ...]
    deputy: str | None = None
    removes: Absence | None = None

    @classmethod
    def read(cls, tx: Tx, actor: Actor, argument: str, clock: Clock) -> "_AbsenceRequest | None":
        """Read the argument of ``/dojo away``; return None if it is empty.

        Raises:
            UserError: the argument doesn't name a holiday that can be added or removed.
        """
        words = argument.split(None, 2)
        if not words:
            return None
        others = future_absences(tx, actor.cohort or 0, actor.person or "", clock())
        if words[0].lower() == "off":
            return cls._read_removal(words[1:], others)
        first = _read_day(words[0])
        last = _read_day(words[1]) if len(words) > 1 else first
        why_pause = _FOR_PAIRS if is_sensei(actor, actor.cohort) else ""
        _check_days(first, last, find_today(actor, clock), why_pause)
        starts = {absence.first for absence in others}
        if first not in starts and len(starts) >= MOST_ABSENCES:
            raise UserError(
                f"You already have {MOST_ABSENCES} future holidays, and you can't enter more.",
                "Nothing was changed. To remove one, use `/dojo away off FIRST` with its first day.",
            )
        return cls(first, last, others, _find_named_deputy(tx, actor, words[2]) if len(words) > 2 else None)

    @classmethod
    def _read_removal(cls, words: Sequence[str], others: tuple[Absence, ...]) -> "_AbsenceRequest":
        if len(words) > 1:
            raise UserError(
                f"I don't understand {profiles.quote_word(' '.join(words[1:]))} after the day. Nothing was "
                "changed.",
                "To remove a holiday, give only its first day: `/dojo away off 2026-12-24`.",
            )
        first = _read_day(words[0]) if words else None
        absence = next((absence for absence in others if absence.first == first), None)
        if absence is None:
            raise UserError(
                "You have no holiday that starts on that day.", "`/dojo away` shows your holidays."
            )
        return cls(absence.first, absence.last, others, removes=absence)


def _answer(tx: Tx, actor: Actor, argument: str, clock: Clock) -> OutgoingMessage:
    require_permission(tx, actor, Action.ABSENCE_EDIT, clock, Relation.OWN)
    _AbsenceRequest.read(tx, actor, argument, clock)
    return text_message("Noted. I'll confirm this in a direct message in a moment.")


def _read_day(word: str) -> date:
    try:
        day = date.fromisoformat(word.strip(",."))
    except ValueError:
        raise UserError(
            f"{profiles.quote_word(word)} is not a date.",
            "Nothing was changed. Write dates like 2026-12-24: `/dojo away 2026-12-24 2027-01-02`.",
        ) from None
    if day.year not in profiles.YEARS:
        raise UserError(
            f"{profiles.quote_word(word)} is too far in the past or future.", "Nothing was changed."
        )
    return day


def _check_days(first: date, last: date, today: date, why_pause: str) -> None:
    if last < first:
        raise UserError(
            "The holiday ends before it starts.", "Nothing was changed. Write `/dojo away FIRST LAST`."
        )
    if last < today:
        raise UserError("These days are in the past.", "Nothing was changed.")
    if (last - first).days > LONGEST_DAYS:
        raise UserError(
            f"A holiday can't be longer than {LONGEST_DAYS} days.",
            f"Nothing was changed. For a longer break, use `/dojo pause`{why_pause}.",
        )


def _find_named_deputy(tx: Tx, actor: Actor, word: str) -> str:
    """Return the active sensei that ``word`` mentions or names.

    Raises:
        UserError: there is no such sensei, or the actor is no sensei and needs no deputy.
    """
    if not is_sensei(actor, actor.cohort):
        raise UserError(
            "Only senseis have a deputy. Nothing was changed.",
            "Give only the days: `/dojo away 2026-12-24 2027-01-02`.",
        )
    senseis = other_senseis(tx, actor.cohort or 0, actor.person or "")
    name = word.strip().removeprefix("@").casefold()
    user = find_mentioned_user(word)
    if user and user == actor.user:
        raise UserError(
            "You can't be your own deputy.",
            "Nothing was changed. Mention another sensei, or name nobody: then I'll look for a deputy.",
        )
    if user:
        matches = [sensei for sensei in senseis if sensei.chat == user]
    else:
        matches = [sensei for sensei in senseis if sensei.name.casefold() == name]
    if len(matches) != 1:
        called = f"active sensei in this dojo is called {profiles.quote_word(word)}."
        fault = f"More than one {called}" if matches else f"No other {called}"
        raise UserError(
            "The person you mentioned isn't an active sensei in this dojo." if user else fault,
            "Nothing was changed. Mention a sensei with @, or leave the name out and I'll look for a deputy.",
        )
    return matches[0].person


def _write_saved(tx: Tx, about: Json) -> AddressedMessage | None:
    person: str = about["person"]
    if about["absence"] is None:
        return AddressedMessage((person,), slack_absences.absence_removed())
    absences = tx.absences.ending_since(about["cohort"], date.min)
    absence = next((absence for absence in absences if absence.id == about["absence"]), None)
    if absence is None:
        return None
    if not about.get("is_sensei", True):
        return AddressedMessage((person,), slack_absences.own_absence_saved(absence.first, absence.last))
    deputy = find_name(tx, absence.deputy) if absence.deputy else None
    return AddressedMessage((person,), slack_absences.absence_saved(absence.first, absence.last, deputy))
