"""Who may do what with whose data: one table. What stands nowhere in it is refused.

``docs/people.md`` shows it to people; ``tests/domain/dojo/test_permissions.py`` compares the two.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType

from bot.domain.dojo.people import CohortRole


class DojoRole(StrEnum):
    """What somebody is to a cohort. ``GUEST`` is everybody in the workspace who is nothing else.

    ``UNCONFIRMED`` is who came as a sensei of their own accord, until a lead has confirmed them: nothing that
    they do writes to anybody else. ``OPERATOR`` is whoever runs the command line beside the database.
    """

    GUEST = "guest"
    UNCONFIRMED = "unconfirmed"
    PARTICIPANT = "participant"
    SENSEI = "sensei"
    LEAD = "lead"
    OPERATOR = "operator"


class Relation(StrEnum):
    """Whose a thing is, seen from who acts. ``THEIRS``: a participant's whom they are the sensei of now,
    or stand in for. ``COHORT``: nobody's in particular, the cohort's."""

    OWN = "own"
    THEIRS = "theirs"
    OTHER = "other"
    COHORT = "cohort"


class Action(StrEnum):
    """Everything that can be done with people and pairs, in Slack and on the command line."""

    HELP = "help"
    JOIN = "people.join"
    PROFILE_SEE = "profile.see"
    PROFILE_EDIT = "profile.edit"
    BRIEF_SEE = "brief.see"
    BRIEF_EDIT = "brief.edit"
    LINK = "people.link"
    PAUSE = "people.pause"
    LEAVE = "people.leave"
    STANDING_SEE = "standing.see"
    HOME_SEE = "home.see"
    COHORT_SEE = "cohort.see"
    COHORT_EDIT = "cohort.edit"
    IMPORT = "people.import"
    DATES_SEE = "dates.see"
    DATES_EDIT = "dates.edit"
    ABSENCE_SEE = "absence.see"
    ABSENCE_EDIT = "absence.edit"
    NEVER_ADD = "never.add"
    NEVER_SEE = "never.see"
    NEVER_WITHDRAW = "never.withdraw"
    PAIR_SEE = "pair.see"
    PAIR_PROPOSE = "pair.propose"
    PAIR_APPROVE = "pair.approve"
    PAIR_CHANGE = "pair.change"
    PAIR_ANSWER = "pair.answer"
    PAIR_WHY = "pair.why"
    PAIR_ASK = "pair.ask"
    PAIR_END = "pair.end"
    VETO_SEE = "veto.see"


_OWN, _THEIRS, _OTHER, _COHORT = Relation.OWN, Relation.THEIRS, Relation.OTHER, Relation.COHORT
_EVERYBODYS = frozenset({_OWN, _THEIRS, _OTHER})
_G, _P, _S, _L, _O = DojoRole.GUEST, DojoRole.PARTICIPANT, DojoRole.SENSEI, DojoRole.LEAD, DojoRole.OPERATOR


_Given = Relation | frozenset[Relation] | tuple[Relation, ...]


def _rule(**roles: _Given) -> Mapping[DojoRole, frozenset[Relation]]:
    return MappingProxyType(
        {
            DojoRole(role): frozenset({given} if isinstance(given, Relation) else given)
            for role, given in roles.items()
        }
    )


_SELF: Mapping[str, _Given] = {"unconfirmed": _OWN, "participant": _OWN, "sensei": _OWN, "lead": _OWN}
# Who runs the cohort: for anybody in it, and for it as a whole.
_RUNS: Mapping[str, _Given] = {"lead": _EVERYBODYS, "operator": _OTHER}
_RUNS_IT: Mapping[str, _Given] = {"lead": _COHORT, "operator": _COHORT}

TABLE: Mapping[Action, Mapping[DojoRole, frozenset[Relation]]] = MappingProxyType(
    {
        Action.HELP: _rule(guest=_OWN, **_SELF),
        Action.JOIN: _rule(guest=_OWN, **_SELF),
        Action.PROFILE_SEE: _rule(unconfirmed=_OWN, participant=_OWN, sensei=(_OWN, _THEIRS), **_RUNS),
        Action.PROFILE_EDIT: _rule(**_SELF, operator=_OTHER),
        Action.BRIEF_SEE: _rule(participant=_OWN, sensei=_THEIRS, **_RUNS),
        Action.BRIEF_EDIT: _rule(participant=_OWN, operator=_OTHER),
        Action.LINK: _rule(**_SELF),
        Action.PAUSE: _rule(unconfirmed=_OWN, participant=_OWN, sensei=_OWN, **_RUNS),
        Action.LEAVE: _rule(unconfirmed=_OWN, participant=_OWN, sensei=_OWN, **_RUNS),
        Action.STANDING_SEE: _rule(unconfirmed=_OWN, participant=_OWN, sensei=(_OWN, _THEIRS), **_RUNS),
        Action.HOME_SEE: _rule(guest=_OWN, **_SELF),
        Action.COHORT_SEE: _rule(**_RUNS_IT),
        Action.COHORT_EDIT: _rule(**_RUNS_IT),
        Action.IMPORT: _rule(**_RUNS_IT),
        Action.DATES_SEE: _rule(unconfirmed=_COHORT, participant=_COHORT, sensei=_COHORT, **_RUNS_IT),
        Action.DATES_EDIT: _rule(**_RUNS_IT),
        Action.ABSENCE_SEE: _rule(sensei=_OWN, **_RUNS),
        Action.ABSENCE_EDIT: _rule(sensei=_OWN, **_RUNS),
        # In confidence: nobody but who asked, the operator included.
        Action.NEVER_ADD: _rule(**_SELF),
        Action.NEVER_SEE: _rule(**_SELF),
        Action.NEVER_WITHDRAW: _rule(**_SELF),
        Action.PAIR_SEE: _rule(participant=_OWN, sensei=_OWN, **_RUNS),
        Action.PAIR_PROPOSE: _rule(**_RUNS_IT),
        Action.PAIR_APPROVE: _rule(**_RUNS_IT),
        Action.PAIR_CHANGE: _rule(**_RUNS_IT),
        Action.PAIR_ANSWER: _rule(sensei=_OWN),
        Action.PAIR_WHY: _rule(participant=_OWN, sensei=(_OWN, _THEIRS), **_RUNS),
        Action.PAIR_ASK: _rule(participant=_OWN, sensei=_OWN),
        Action.PAIR_END: _rule(**_RUNS),
        Action.VETO_SEE: _rule(sensei=_OWN, **_RUNS),
    }
)


def is_allowed(action: Action, roles: Collection[DojoRole], relation: Relation) -> bool:
    """Say whether somebody who is all of ``roles`` may do something with what is so related to them."""
    rule = TABLE.get(action, {})
    return any(relation in rule.get(role, frozenset()) for role in roles or (DojoRole.GUEST,))


def is_ever_allowed(action: Action, roles: Collection[DojoRole]) -> bool:
    """Say whether there is anything at all with which somebody may do this: whether they hear of it."""
    return any(is_allowed(action, roles, relation) for relation in Relation)


def role(of: CohortRole) -> DojoRole:
    """Return what somebody in a cohort is here."""
    return DojoRole(of.value)
