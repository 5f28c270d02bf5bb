"""The commands ``/dojo help``, ``status``, ``dates`` and ``people``."""

from collections import Counter
from dataclasses import replace

from bot.domain.dojo.headcount import Headcount, count_people
from bot.domain.dojo.people import EnrolmentState, Member
from bot.domain.dojo.permissions import Action, DojoRole, Relation, is_allowed
from bot.domain.pairing.parties import may_see
from bot.domain.pairing.states import TAKES_A_PLACE, PairState
from bot.errors import UserError
from bot.ports.chat import OutgoingMessage
from bot.ports.store import Tx
from bot.rendering.dojo import slack_commands as rendering
from bot.rendering.dojo import slack_home as homes_rendering
from bot.rendering.dojo import slack_members
from bot.workflows.chat.actors import Actor, Clock, require_permission
from bot.workflows.chat.features import Feature, Features, Subcommand
from bot.workflows.dojo import member_list, sensei_confirmation
from bot.workflows.dojo.app_home import DescribesCheckIn, gather_home
from bot.workflows.triage.own_levels import LoadWords, without_words


def feature(
    web: str,
    load_words: LoadWords = without_words,
    describe_check_in: DescribesCheckIn | None = None,
) -> Feature:
    """Return the commands. ``web`` is the code host's web address, such as ``https://github.com``.

    ``load_words`` returns the rubric's words for levels, ``describe_check_in`` when a participant is asked
    next.
    """

    def status(tx: Tx, actor: Actor, _argument: str, clock: Clock) -> OutgoingMessage:
        require_permission(tx, actor, Action.STANDING_SEE, clock, Relation.OWN)
        home = gather_home(tx, actor, clock, web, load_words=load_words, describe_check_in=describe_check_in)
        return homes_rendering.status_message(home)

    def dates(tx: Tx, actor: Actor, _argument: str, clock: Clock) -> OutgoingMessage:
        require_permission(tx, actor, Action.DATES_SEE, clock)
        return homes_rendering.dates_message(gather_home(tx, actor, clock, web))

    return Feature(
        commands=(
            Subcommand(
                "status", Action.STANDING_SEE, "your status; only you can see the answer", answer=status
            ),
            Subcommand("dates", Action.DATES_SEE, "the cohort's dates and milestones", answer=dates),
            Subcommand(
                "people",
                Action.LEADS_SEE,
                "who leads the cohort, and who is in it",
                "[page]",
                answer=_people,
                takes_text=True,
                for_leads=("[page]", "who is in the cohort, with pairs and accounts"),
            ),
        )
    )


def helping(features: Features) -> Feature:
    """Return ``/dojo help``, which lists the commands that its reader may use."""

    def answer(_tx: Tx, actor: Actor, _argument: str, _clock: Clock) -> OutgoingMessage:
        allowed = [command for command in features.commands.values() if actor.may_ever(command.action)]
        lead = DojoRole.LEAD in actor.roles()
        return rendering.help_message([command.helped(lead=lead) for command in allowed])

    return Feature(commands=(Subcommand("help", Action.HELP, "the commands you can use", answer=answer),))


def _people(tx: Tx, actor: Actor, argument: str, clock: Clock) -> OutgoingMessage:
    require_permission(tx, actor, Action.LEADS_SEE, clock)
    if argument and not (argument.isdecimal() and argument.isascii()):
        raise UserError("`/dojo people` accepts only a page number.", "For example: `/dojo people 2`.")
    page = int((argument or "1")[:6])
    if is_allowed(Action.COHORT_SEE, actor.roles(), Relation.COHORT):
        rows, cohort, people = gather_people(tx, actor)
        return rendering.people_message(rows, cohort, page, people)
    number = _require_cohort(actor)
    members = tx.members.of(number)
    others = is_allowed(Action.MEMBERS_SEE, actor.roles(), Relation.COHORT)
    names = member_list.list_names(tx, members) if others else []
    leads, name = member_list.pick_leads(members), tx.cohorts.get(number).name
    return slack_members.members_message(leads, names, name, page)


def gather_people(tx: Tx, actor: Actor) -> tuple[list[rendering.PersonRow], str, Headcount]:
    """Return the people in the actor's cohort, those who have left last, its name and its headcount.

    Raises:
        UserError: there is no cohort.
    """
    number = _require_cohort(actor)
    reader = actor.person or ""
    pairs = [
        pair for pair in tx.pairings.ongoing(number) if pair.state in TAKES_A_PLACE and may_see(pair, reader)
    ]
    members = tx.members.of(number)
    known = {member.person: member for member in members}
    senseis = {pair.participant: known.get(pair.sensei) for pair in pairs}
    asked = {pair.participant for pair in pairs if pair.state is PairState.APPROVED}
    loads = Counter(pair.sensei for pair in pairs)
    unconfirmed = sensei_confirmation.find_unconfirmed(tx, members)
    rows = [
        replace(
            _make_row(member, senseis.get(member.person), loads[member.person]),
            asked=member.person in asked,
            unconfirmed=member.enrolment in unconfirmed,
        )
        for member in members
    ]
    here = [row for row in rows if row.state is not EnrolmentState.LEFT]
    gone = [row for row in rows if row.state is EnrolmentState.LEFT]
    return [*here, *gone], tx.cohorts.get(number).name, count_people(members, unconfirmed)


def _require_cohort(actor: Actor) -> int:
    if actor.cohort is None:
        raise UserError("There's no cohort here yet.", "Create one with `sensei cohort add`.")
    return actor.cohort


def _make_row(member: Member, sensei: Member | None, load: int) -> rendering.PersonRow:
    return rendering.PersonRow(
        member.name,
        member.role,
        member.state,
        member.chat is not None,
        member.code,
        sensei.name if sensei else None,
        load,
        member.profile.capacity if member.profile else 0,
        member.chat,
        sensei.chat if sensei else None,
    )
