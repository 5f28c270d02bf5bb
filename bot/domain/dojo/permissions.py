"""A table of who may do what with whose data. Anything the table doesn't allow is refused.

``docs/people.md`` shows the table to readers; ``tests/domain/dojo/test_permissions.py`` compares the two.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType

from bot.domain.dojo.people import CohortRole


class DojoRole(StrEnum):
    """A person's role for permissions. ``GUEST`` is anyone in the workspace without another role.

    ``UNCONFIRMED`` is a sensei who joined on their own and whom no lead has confirmed yet. Nothing they do
    sends messages to others. ``OPERATOR`` is the person who runs the command line next to the database.
    """

    GUEST = "guest"
    UNCONFIRMED = "unconfirmed"
    PARTICIPANT = "participant"
    SENSEI = "sensei"
    LEAD = "lead"
    OPERATOR = "operator"


class Relation(StrEnum):
    """Whose data it is, from the actor's point of view.

    ``THEIRS``: data of a participant whose sensei or deputy the actor is now. ``COHORT``: data of the cohort
    as a whole.
    """

    OWN = "own"
    THEIRS = "theirs"
    OTHER = "other"
    COHORT = "cohort"


class Action(StrEnum):
    """Every action on people and pairs, in Slack and on the command line."""

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
    LEADS_SEE = "leads.see"
    MEMBERS_SEE = "members.see"
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
    DECISION_SEE = "decision.see"
    DECISION_EDIT = "decision.edit"
    QUESTION_ANSWER = "question.answer"
    ENQUIRY_ASK = "enquiry.ask"
    DISPUTE_RULE = "dispute.rule"
    QUESTION_APPROVE = "question.approve"
    HANDOVER_CLOSE = "handover.close"
    EVIDENCE_SEE = "evidence.see"
    RULING_MAKE = "ruling.make"
    LEVEL_SEE = "level.see"
    RULING_APPEAL = "ruling.appeal"
    APPEAL_RULE = "appeal.rule"
    APPEAL_ASSIGN = "appeal.assign"
    DIGEST_SEE = "digest.see"
    MILESTONE_SEE = "milestone.see"
    ONE_TO_ONE_PLAN = "meeting.plan"
    CHECK_IN_SEE = "checkin.see"
    CHECK_IN_EDIT = "checkin.edit"
    DESIGN_GIVE = "design.give"
    DESIGN_SEE = "design.see"
    DEFENCE_RUN = "defence.run"
    ENQUIRY_RATE = "enquiry.rate"
    ENQUIRY_HAND_OVER = "enquiry.handover"
    ENQUIRY_ANSWER = "enquiry.answer"


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
# Permissions for those who run the cohort: over anyone in it, and over the cohort as a whole.
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
        Action.LEADS_SEE: _rule(unconfirmed=_COHORT, participant=_COHORT, sensei=_COHORT, **_RUNS_IT),
        Action.MEMBERS_SEE: _rule(participant=_COHORT, sensei=_COHORT, **_RUNS_IT),
        Action.COHORT_SEE: _rule(**_RUNS_IT),
        Action.COHORT_EDIT: _rule(**_RUNS_IT),
        Action.IMPORT: _rule(**_RUNS_IT),
        Action.DATES_SEE: _rule(unconfirmed=_COHORT, participant=_COHORT, sensei=_COHORT, **_RUNS_IT),
        Action.DATES_EDIT: _rule(**_RUNS_IT),
        Action.ABSENCE_SEE: _rule(participant=_OWN, sensei=_OWN, **_RUNS),
        Action.ABSENCE_EDIT: _rule(participant=_OWN, sensei=_OWN, **_RUNS),
        # In confidence: only for the person who asked, not even for the operator.
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
        # Not a lead's own as a participant: they would learn that a sensei turned them down.
        Action.VETO_SEE: _rule(sensei=_OWN, lead=(_THEIRS, _OTHER), operator=_OTHER),
        # Participants' own words: leads and operators see dates and counts, not what was decided.
        Action.DECISION_SEE: _rule(participant=_OWN, sensei=_THEIRS),
        Action.DECISION_EDIT: _rule(participant=_OWN),
        Action.QUESTION_ANSWER: _rule(participant=_OWN),
        Action.ENQUIRY_ASK: _rule(participant=_OWN, sensei=_OWN, lead=_OWN),
        # In Slack. At the command line, the operator enters what a sensei has ruled.
        Action.DISPUTE_RULE: _rule(sensei=_THEIRS),
        Action.QUESTION_APPROVE: _rule(sensei=_THEIRS, operator=_OTHER),
        Action.HANDOVER_CLOSE: _rule(sensei=_THEIRS),
        # The evidence comes with the draft level, which nobody else may see.
        Action.EVIDENCE_SEE: _rule(sensei=_THEIRS),
        Action.RULING_MAKE: _rule(sensei=_THEIRS),
        Action.LEVEL_SEE: _rule(participant=_OWN, sensei=_THEIRS, lead=(_THEIRS, _OTHER)),
        Action.RULING_APPEAL: _rule(participant=_OWN),
        # For that one criterion, the participant counts as theirs if a lead has named them.
        Action.APPEAL_RULE: _rule(sensei=_THEIRS),
        Action.APPEAL_ASSIGN: _rule(lead=_COHORT),
        Action.DIGEST_SEE: _rule(sensei=_OWN, lead=_COHORT),
        Action.MILESTONE_SEE: _rule(participant=_OWN, sensei=_THEIRS, lead=_COHORT),
        # What the two meet about, and what they say of it, is for the two of them.
        Action.ONE_TO_ONE_PLAN: _rule(participant=_OWN, sensei=_THEIRS),
        # Dates and the rhythm. A check-in's words belong to its question.
        Action.CHECK_IN_SEE: _rule(participant=_OWN, lead=_COHORT),
        Action.CHECK_IN_EDIT: _rule(participant=_OWN),
        Action.DESIGN_GIVE: _rule(participant=_OWN),
        Action.DESIGN_SEE: _rule(participant=_OWN, sensei=_THEIRS),
        # The questions of a defence that is still to come are for the sensei alone.
        Action.DEFENCE_RUN: _rule(sensei=_THEIRS),
        # What a person asks Sensei is theirs alone, until they pass it on.
        Action.ENQUIRY_RATE: _rule(participant=_OWN, sensei=_OWN, lead=_OWN),
        Action.ENQUIRY_HAND_OVER: _rule(participant=_OWN, sensei=_OWN, lead=_OWN),
        # For that one question, its asker counts as theirs if they chose this lead or sensei.
        Action.ENQUIRY_ANSWER: _rule(sensei=_THEIRS, lead=_THEIRS),
    }
)


def is_allowed(action: Action, roles: Collection[DojoRole], relation: Relation) -> bool:
    """Return whether a person with ``roles`` may perform an action on data in this relation to them."""
    rule = TABLE.get(action, {})
    return any(relation in rule.get(role, frozenset()) for role in roles or (DojoRole.GUEST,))


def is_ever_allowed(action: Action, roles: Collection[DojoRole]) -> bool:
    """Return whether a person may perform an action in any relation. Help lists only such commands."""
    return any(is_allowed(action, roles, relation) for relation in Relation)


def dojo_role(role: CohortRole) -> DojoRole:
    """Return the permission role that matches a cohort role."""
    return DojoRole(role.value)
