"""``/dojo decisions``: lists of decision records, and one record with its history."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.articulation.guide import ArticulationRules
from bot.domain.chat.events import Acted, Click
from bot.domain.chat.slack_escapes import find_mentioned_user
from bot.domain.decisions.shown import order_decisions
from bot.domain.dojo.app_home import ShownPerson
from bot.domain.dojo.people import CohortRole, Member
from bot.domain.dojo.permissions import Action
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.decisions import slack_buttons as ids
from bot.rendering.decisions.slack_list import ParticipantRow, own_list, participant_list
from bot.rendering.decisions.slack_record import decision_view
from bot.workflows.chat.actors import Actor, Clock, participants_of
from bot.workflows.chat.features import Button, Feature, Form, Subcommand
from bot.workflows.decisions.access import find_visible, list_own, list_theirs
from bot.workflows.decisions.whole_decision import gather_decision


@dataclass(frozen=True)
class DecisionLists:
    """The command and the views. ``load_rules`` returns the titles of a decision's parts.

    ``web`` is the code host's page."""

    load_rules: Callable[[], ArticulationRules]
    web: str

    def feature(self) -> Feature:
        """Return the command, the buttons that open or turn pages, and the views, which nobody can submit."""
        return Feature(
            commands=(
                Subcommand(
                    "decisions",
                    Action.DECISION_SEE,
                    "see your decisions or, as a sensei, your participants' decisions",
                    "[NUMBER | @NAME]",
                    opens=ids.LIST,
                    takes_text=True,
                ),
            ),
            buttons={
                ids.SEE: Button(Action.DECISION_SEE, opens=ids.SEE),
                ids.LIST: Button(Action.DECISION_SEE, opens=f"{ids.LIST}_of"),
                ids.PAGE: Button(Action.DECISION_SEE, redraws=_turn_page),
            },
            forms={
                ids.LIST: Form(Action.DECISION_SEE, self._open_named, _submit_nothing),
                f"{ids.LIST}_of": Form(Action.DECISION_SEE, _open_list, _submit_nothing),
                ids.SEE: Form(Action.DECISION_SEE, self._open_decision, _submit_nothing),
            },
        )

    def _open_named(self, tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
        """Open what the command names: a number, a participant, or nothing."""
        word = argument.strip()
        if not word:
            return _show_own(tx, actor, 1, clock)
        if word.lstrip("#").isdecimal():
            return self._open_number(tx, actor, parse_number(word.lstrip("#")))
        return _show_theirs(tx, actor, _find_participant(tx, actor, word, clock), 1, clock)

    def _open_number(self, tx: Tx, actor: Actor, number: int | None) -> View:
        found = [shown for shown in list_own(tx, actor) if shown.decision.number == number]
        if not found:
            raise UserError(
                "You have no decision with this number.",
                "To see your decisions with their numbers, use `/dojo decisions`.",
            )
        if len(found) > 1:
            raise UserError(
                "Several of your capstones have a decision with this number.",
                "Use `/dojo decisions`, and choose the decision that you mean.",
            )
        return decision_view(gather_decision(tx, found[0], self.web), self.load_rules().guide)

    def _open_decision(self, tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
        shown = find_visible(tx, actor, parse_number(argument), clock)
        return decision_view(gather_decision(tx, shown, self.web), self.load_rules().guide)


def _open_list(tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
    return _show_list(tx, actor, argument, 1, clock)


def _turn_page(tx: Tx, actor: Actor, click: Click, clock: Clock) -> View:
    value = click.value if isinstance(click.value, str) else ""
    return _show_list(tx, actor, click.metadata, parse_number(value[:4]) or 1, clock)


def _show_list(tx: Tx, actor: Actor, enrolment: str, page: int, clock: Clock) -> View:
    """Return a page of the list of a participant, named by their enrolment, or of the actor's own."""
    if not enrolment:
        return _show_own(tx, actor, page, clock)
    wanted = parse_number(enrolment)
    cohorts = dict.fromkeys(member.cohort for member in actor.members)
    theirs = [member for cohort in cohorts for member in _list_participants(tx, actor, cohort, clock)]
    found = next((member for member in theirs if member.enrolment == wanted), None)
    return _show_theirs(tx, actor, found, page, clock)


def _show_own(tx: Tx, actor: Actor, page: int, clock: Clock) -> View:
    rows = [
        ParticipantRow(
            ShownPerson(member.name, member.chat),
            member.enrolment,
            len(list_theirs(tx, actor, member.person, member.cohort, clock)),
        )
        for member in _list_participants(tx, actor, actor.cohort, clock)
    ]
    return own_list(order_decisions(list_own(tx, actor)), page, rows)


def _show_theirs(tx: Tx, actor: Actor, member: Member | None, page: int, clock: Clock) -> View:
    if member is None:
        raise UserError(
            "I can't show you that person's decisions.",
            "You can see your own decisions with `/dojo decisions`. Senseis can also see those of their "
            "participants.",
        )
    decisions = order_decisions(list_theirs(tx, actor, member.person, member.cohort, clock))
    return participant_list(ShownPerson(member.name, member.chat), member.enrolment, decisions, page)


def _list_participants(tx: Tx, actor: Actor, cohort: int | None, clock: Clock) -> list[Member]:
    """List a sensei's participants in a cohort by name, including those for whom they are the deputy."""
    if actor.person is None or cohort is None:
        return []
    theirs = participants_of(tx, actor.person, cohort, clock())
    members = tx.members.of(cohort, CohortRole.PARTICIPANT, people=theirs) if theirs else ()
    return sorted(members, key=lambda member: member.name.casefold())


def _find_participant(tx: Tx, actor: Actor, word: str, clock: Clock) -> Member | None:
    """Return the actor's one participant with this account or name, or the one whose name starts with it.

    Raises:
        UserError: several of them are called so.
    """
    theirs = _list_participants(tx, actor, actor.cohort, clock)
    if user := find_mentioned_user(word):
        return next((member for member in theirs if member.chat == user), None)
    wanted = word.lstrip("@").casefold()
    exact = [member for member in theirs if member.name.casefold() == wanted]
    found = exact or [member for member in theirs if member.name.casefold().startswith(wanted)]
    if len(found) > 1:
        raise UserError("Several of your participants are called that.", "Mention the one you mean: @name.")
    return next(iter(found), None)


def _submit_nothing(_tx: Tx, _actor: Actor, _acted: Acted, _clock: Clock) -> None:
    """Do nothing: the views have no button that submits them, so only a forged request gets here."""
