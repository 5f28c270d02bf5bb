"""A question with its pull request, its capstone and the people around it."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.articulation.conversations import Conversation, ConversationState
from bot.domain.articulation.plain_answers import asks_for_sensei
from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.domain.pairing.states import PairState
from bot.domain.pull_requests.records import AskedQuestion, Capstone, PullRequest, QuestionState
from bot.ports.store import Tx


@dataclass(frozen=True, slots=True)
class QuestionContext:
    """A question and what it belongs to. ``participant`` is a person's opaque id, or None if not known.

    ``pull_request`` is None for a question of a check-in or a defence.
    """

    question: AskedQuestion
    pull_request: PullRequest | None
    capstone: Capstone
    conversation: Conversation | None
    participant: str | None

    @property
    def is_private(self) -> bool:
        """Return whether the question is talked about in direct messages."""
        return self.conversation is not None and self.conversation.private

    @property
    def is_over(self) -> bool:
        """Return whether nothing said now can count: it is recorded, or the question was withdrawn.

        A participant who has deleted all their answers can answer again.
        """
        if self.conversation is None:
            return False
        state, is_withdrawn = self.conversation.state, self.question.state is QuestionState.WITHDRAWN
        return state is ConversationState.RECORDED or (state is ConversationState.CLOSED and is_withdrawn)


@dataclass(frozen=True, slots=True)
class SenseiOnDuty:
    """The person who is now responsible for a participant: their sensei, or today's deputy."""

    person: str
    is_deputy: bool


def load_context(tx: Tx, question: int) -> QuestionContext | None:
    """Return a question's context, or None if the question no longer exists."""
    conversation = tx.conversations.by_question(question)  # which is read together with the question
    asked = tx.questions.get(question)
    if asked is None:
        return None
    capstone = tx.capstones.get(asked.capstone)
    return QuestionContext(
        asked,
        find_pull_request(tx, asked),
        capstone,
        conversation,
        tx.members.by_host_account(capstone.participant.id),
    )


def find_pull_request(tx: Tx, question: AskedQuestion) -> PullRequest | None:
    """Return a question's pull request; None if it belongs to none."""
    return tx.pull_requests.get(question.pull_request) if question.pull_request is not None else None


def name_place(capstone: Capstone, pull_request: PullRequest | None) -> str:
    """Return where a question belongs, for the id of a job, so that erasure finds it."""
    return f"{capstone.repository}#{pull_request.number if pull_request else 0}"


def list_words(tx: Tx, context: QuestionContext) -> list[str]:
    """List what a sensei may read of what the participant has said about a question, oldest first.

    What the participant has taken back is left out, unless they have asked for their sensei since.
    """
    conversation = context.conversation
    if conversation is None:
        return []
    messages = tx.conversations.messages(conversation.id, context.capstone.participant.id)
    standing = conversation.leave_out_taken_back(messages)
    # They must have said so themselves: what a model takes for the request passes on no more than it.
    wants_sensei = conversation.is_left_on_request and any(asks_for_sensei(said.text) for said in standing)
    return [said.text for said in (messages if wants_sensei else standing)]


def find_sensei(tx: Tx, context: QuestionContext) -> str | None:
    """Return the sensei of a question's participant: that of their pair, or else the capstone's."""
    return find_capstone_sensei(tx, context.capstone, context.participant)


def find_capstone_sensei(tx: Tx, capstone: Capstone, participant: str | None) -> str | None:
    """Return the sensei of a capstone's participant: that of their pair, or else the capstone's.

    Nobody is their own sensei, whatever an enrolment says. A sensei who was named at enrolment need not have
    joined the cohort, but must not have left it.
    """
    for pair in tx.pairings.by_person(participant) if participant else ():
        if (pair.cohort, pair.participant, pair.state) == (capstone.cohort, participant, PairState.ACTIVE):
            return pair.sensei
    named = tx.members.by_host_account(capstone.sensei.id) if capstone.sensei else None
    if named is None or named == participant or _has_left(tx, named, capstone.cohort):
        return None
    return named


def _has_left(tx: Tx, sensei: str, cohort: int) -> bool:
    """Return whether a person was a sensei of a cohort, and is none any more."""
    return any(
        role.state is EnrolmentState.LEFT
        for role in tx.members.roles(sensei)
        if (role.cohort, role.role) == (cohort, CohortRole.SENSEI)
    )


def find_sensei_on_duty(tx: Tx, context: QuestionContext, moment: datetime) -> SenseiOnDuty | None:
    """Return the sensei or, while they are away, their deputy; None if there is no sensei."""
    return find_capstone_duty(tx, context.capstone, context.participant, moment)


def find_capstone_duty(
    tx: Tx, capstone: Capstone, participant: str | None, moment: datetime
) -> SenseiOnDuty | None:
    """Return the sensei of a capstone or, while they are away, their deputy; None if there is no sensei."""
    sensei = find_capstone_sensei(tx, capstone, participant)
    return find_duty(tx, capstone.cohort, sensei, participant, moment) if sensei else None


def find_duty(tx: Tx, cohort: int, sensei: str, participant: str | None, moment: datetime) -> SenseiOnDuty:
    """Return a participant's sensei or, while they are away, their deputy.

    A deputy never stands in for a participant with whom they must not be paired, nor for themselves.
    """
    deputies = [
        absence.deputy
        for absence in tx.absences.not_over(cohort, moment)
        if absence.sensei == sensei and absence.deputy and absence.has_begun(moment)
    ]
    forbidden = tx.never_pairs.forbidden(cohort) if deputies else frozenset()
    able = (one for one in deputies if one != participant and (participant, one) not in forbidden)
    deputy = next(able, None)
    return SenseiOnDuty(deputy, True) if deputy else SenseiOnDuty(sensei, False)


def find_reachable_participant(tx: Tx, context: QuestionContext) -> str | None:
    """Return a question's participant if their Slack account is linked to their GitHub account, or None."""
    roles = tx.members.roles(context.participant) if context.participant else ()
    linked = any(
        role.chat and role.code and role.state is not EnrolmentState.LEFT
        for role in roles
        if role.cohort == context.capstone.cohort and role.role is CohortRole.PARTICIPANT
    )
    return context.participant if linked else None


def find_name(tx: Tx, person: str | None) -> str:
    """Return a person's name from any of their roles."""
    roles = tx.members.roles(person) if person else ()
    return next((role.name for role in roles if role.name), "someone")
