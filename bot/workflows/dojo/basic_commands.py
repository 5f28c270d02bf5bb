"""What everybody may ask of ``/dojo``: help, where they stand, the dates; and for a lead, who is there."""

from collections import Counter

from bot.domain.dojo.people import EnrolmentState, Member
from bot.domain.dojo.permissions import Action, DojoRole, Relation
from bot.domain.pairing.states import PairState
from bot.errors import UserError
from bot.ports.chat import OutgoingMessage
from bot.ports.store import Tx
from bot.rendering.dojo import slack_commands as rendering
from bot.rendering.dojo import slack_home as homes_rendering
from bot.workflows.chat.actors import Actor, Clock, require_permission
from bot.workflows.chat.features import Feature, Features, Subcommand
from bot.workflows.dojo.app_home import gather_home


def feature(web: str) -> Feature:
    """Return the commands; ``web`` is where people read the code host."""

    def status(tx: Tx, actor: Actor, _argument: str, clock: Clock) -> OutgoingMessage:
        require_permission(tx, actor, Action.STANDING_SEE, clock, Relation.OWN)
        return homes_rendering.status(gather_home(tx, actor, clock, web))

    def dates(tx: Tx, actor: Actor, _argument: str, clock: Clock) -> OutgoingMessage:
        require_permission(tx, actor, Action.DATES_SEE, clock)
        return homes_rendering.dates(gather_home(tx, actor, clock, web))

    return Feature(
        commands=(
            Subcommand("status", Action.STANDING_SEE, "where you stand, for your eyes alone", answer=status),
            Subcommand("dates", Action.DATES_SEE, "the cohort's dates and milestones", answer=dates),
            Subcommand("people", Action.COHORT_SEE, "who is in the cohort", "[page]", answer=_people),
        )
    )


def helping(features: Features) -> Feature:
    """Return ``/dojo help``, which lists what its reader may do, of all that there is."""

    def answer(_tx: Tx, actor: Actor, _argument: str, _clock: Clock) -> OutgoingMessage:
        theirs = [each for each in features.commands.values() if actor.anyhow(each.action)]
        lead = DojoRole.LEAD in actor.roles()
        return rendering.helped([each.helped(lead=lead) for each in theirs])

    return Feature(commands=(Subcommand("help", Action.HELP, "what you can do here", answer=answer),))


def _people(tx: Tx, actor: Actor, argument: str, clock: Clock) -> OutgoingMessage:
    require_permission(tx, actor, Action.COHORT_SEE, clock)
    if argument and not (argument.isdecimal() and argument.isascii()):
        raise UserError("`/dojo people` takes a page's number, and nothing else.", "`/dojo people 2`, say.")
    if actor.cohort is None:
        raise UserError("There is no cohort here yet.", "`sensei cohort add` makes one.")
    pairs = [pair for pair in tx.pairings.going_on(actor.cohort) if pair.state is PairState.ACTIVE]
    members = tx.members.of(actor.cohort)
    names = {member.person: member.name for member in members}
    senseis = {pair.participant: names.get(pair.sensei, "") for pair in pairs}
    loads = Counter(pair.sensei for pair in pairs)
    rows = [_row(member, senseis.get(member.person), loads[member.person]) for member in members]
    here = [row for row in rows if row.state is not EnrolmentState.LEFT]
    gone = [row for row in rows if row.state is EnrolmentState.LEFT]
    cohort = tx.cohorts.get(actor.cohort)
    return rendering.people([*here, *gone], cohort.name, int((argument or "1")[:6]))


def _row(member: Member, sensei: str | None, load: int) -> rendering.PersonRow:
    return rendering.PersonRow(
        member.name,
        member.role,
        member.state,
        member.chat is not None,
        member.code,
        sensei,
        load,
        member.profile.capacity if member.profile else 0,
    )
