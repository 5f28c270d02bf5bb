"""``/dojo pair`` and ``/dojo why``."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.chat import slash_commands
from bot.domain.chat.events import Acted, SlashCommand
from bot.domain.chat.slack_escapes import find_mentioned_user
from bot.domain.dojo.permissions import Action, DojoRole
from bot.domain.dojo.profiles import Vocabulary
from bot.domain.pairing.parties import is_party
from bot.domain.pairing.records import Pair
from bot.domain.pairing.states import PairState
from bot.ports.chat import OutgoingMessage
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME
from bot.rendering.chat.slack_text import mrkdwn
from bot.rendering.pairing.explanations import (
    answer_participant,
    ask_another_lead,
    explain_pair,
    no_sensei_yet,
)
from bot.rendering.pairing.slack_messages import explanation, own_pair, own_participants, paragraph
from bot.rendering.pairing.wording import describe_solving
from bot.workflows.chat.actors import Actor, Clock, refusal
from bot.workflows.chat.addresses import chat_address
from bot.workflows.chat.features import refuse_argument
from bot.workflows.dojo.cohort_roles import participants_without
from bot.workflows.pairing.chat_permissions import require_lead
from bot.workflows.pairing.explanations import WhyQuestion, find_two_people
from bot.workflows.pairing.lookups import names_of, pair_of, show_person
from bot.workflows.pairing.own_pairs import lacks_sensei


@dataclass(frozen=True)
class ChatCommands:
    """Answers commands at once, and adds jobs for slower work."""

    vocabulary: Callable[[], Vocabulary]

    def answer_pair(self, tx: Tx, actor: Actor, argument: str, _clock: Clock) -> OutgoingMessage:
        """Answer ``/dojo pair``. Leads read that pairs are being worked out; others see their own pairs."""
        if actor.cohort is None or actor.person is None:
            raise refusal(actor)
        if argument.strip() and not _is_proposing(actor, argument):
            raise refuse_argument("pair", argument)
        if _is_proposing(actor, argument):
            name = mrkdwn(tx.cohorts.get(actor.cohort).name, MOST_OF_A_NAME)
            return paragraph(describe_solving(count_unpaired(tx, actor.cohort, actor.person), name))
        return self._show_own_pairs(tx, actor, actor.cohort, actor.person)

    def propose_pairs(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        """Add the job that proposes pairs, for ``/dojo pair`` from a lead."""
        argument = slash_commands.parse(acted.text).argument if isinstance(acted, SlashCommand) else ""
        if actor.cohort is None or not _is_proposing(actor, argument):
            return
        if count_unpaired(tx, actor.cohort, actor.person or ""):
            add_proposal_job(tx, actor, actor.cohort, clock, again=False)

    def answer_why(self, tx: Tx, actor: Actor, argument: str, _clock: Clock) -> OutgoingMessage:
        """Answer ``/dojo why``. A slow answer (what it would take to pair two people) is sent later."""
        if actor.cohort is None or actor.person is None:
            raise refusal(actor)
        if DojoRole.LEAD in actor.roles():
            return self._answer_lead(tx, actor.cohort, actor.person, argument)
        if not argument.strip():
            return self._show_own_pairs(tx, actor, actor.cohort, actor.person)
        return self._explain_own_pair(tx, actor.cohort, actor.person, argument.strip())

    def work_out_why(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        """Add the job that works out why two people aren't paired, for a lead who is neither of them."""
        if DojoRole.LEAD not in actor.roles() or actor.cohort is None or not isinstance(acted, SlashCommand):
            return
        question = find_two_people(tx, actor.cohort, _split_names(slash_commands.parse(acted.text).argument))
        if _find_pair(tx, question) or actor.person in {question.participant, question.sensei}:
            return
        at = clock()
        key = f"{question.cohort}:{actor.person}:{at:%Y%m%dT%H%M%S%f}"
        about = {"cohort": question.cohort, "participant": question.participant, "sensei": question.sensei}
        argument = {"key": key, "lead": actor.person, **about}
        tx.jobs.add(Job(f"pairing.why:{key}", "pairing.why", argument, at))

    def _answer_lead(self, tx: Tx, cohort: int, lead: str, argument: str) -> OutgoingMessage:
        question = find_two_people(tx, cohort, _split_names(argument))
        if pair := _find_pair(tx, question):
            names = names_of(tx, question.cohort)
            heading = f"{names[pair.participant]} with {names[pair.sensei]}"
            readers = (lead,) if is_party(pair, lead) else ()
            return explanation(explain_pair(pair, names, self.vocabulary(), *readers), heading=heading)
        if lead in {question.participant, question.sensei}:
            # The answer could tell a lead that the other person asked never to be paired with them.
            return paragraph(ask_another_lead())
        return paragraph(
            "I'm working out what it would take to pair these two people. I'll send you the answer in a "
            "message."
        )

    def _show_own_pairs(self, tx: Tx, actor: Actor, cohort: int, person: str) -> OutgoingMessage:
        names = names_of(tx, cohort)
        pairs = [pair for pair in tx.pairings.by_person(person) if pair.cohort == cohort]
        active = [pair for pair in pairs if pair.state is PairState.ACTIVE]
        for pair in active:
            if pair.participant == person:
                reasons = explain_pair(pair, names, self.vocabulary(), person)
                return own_pair(pair.id, show_person(tx, names, pair.sensei), reasons)
        if DojoRole.SENSEI in actor.roles():
            asked = sum(pair.sensei == person and pair.state is PairState.APPROVED for pair in pairs)
            own = [pair.participant for pair in active if pair.sensei == person]
            own.sort(key=lambda participant: names[participant].casefold())
            return own_participants([show_person(tx, names, participant) for participant in own], asked)
        return paragraph(no_sensei_yet())

    def _explain_own_pair(self, tx: Tx, cohort: int, person: str, name: str) -> OutgoingMessage:
        """Return the reasons if ``name`` is the other person in their pair, otherwise the fixed answer."""
        names = names_of(tx, cohort)
        mentioned = find_mentioned_user(name)
        for pair in tx.pairings.by_person(person):
            other = pair.sensei if pair.participant == person else pair.participant
            is_meant = names[other].casefold().startswith(name.lstrip("@").casefold())
            if mentioned:
                is_meant = chat_address(tx, other) == mentioned
            if pair.cohort == cohort and pair.state is PairState.ACTIVE and is_meant:
                reasons = explain_pair(pair, names, self.vocabulary(), person)
                return explanation(reasons, heading=f"You and {names[other]}")
        answer = answer_participant("the person you mentioned" if mentioned else name[:80])
        return paragraph(mrkdwn(answer, 500))


def add_proposal_job(tx: Tx, actor: Actor, cohort: int, clock: Clock, *, again: bool) -> None:
    """Add the job that proposes pairs for a lead.

    Raises:
        UserError: they may not propose pairs in that cohort.
    """
    lead = require_lead(actor, Action.PAIR_PROPOSE, cohort)
    at = clock()
    click = f"{cohort}:{at:%Y%m%dT%H%M%S%f}"
    argument = {"cohort": cohort, "by": lead, "again": again, "click": click}
    tx.jobs.add(Job(f"pairing.propose:{click}", "pairing.propose", argument, at))


def _is_proposing(actor: Actor, argument: str) -> bool:
    return DojoRole.LEAD in actor.roles() and argument.strip().lower() in {"", "propose"}


def count_unpaired(tx: Tx, cohort: int, lead: str) -> int:
    """Return how many participants have no sensei, as far as a lead may know.

    A lead who is a participant counts until they are introduced. Otherwise, the number would tell them
    whether their own pair is approved.
    """
    without = {person for person in participants_without(tx, cohort) if person != lead}
    return len(without) + lacks_sensei(tx, lead, cohort)


def _find_pair(tx: Tx, question: WhyQuestion) -> Pair | None:
    """Return the active pair of the two people in a question."""
    pair = pair_of(tx, question.participant, question.cohort)
    return pair if pair is not None and pair.sensei == question.sensei else None


def _split_names(argument: str) -> list[str]:
    """Split at commas, at the word "with", and between two mentions."""
    return [name.strip() for name in re.split(r",|\bwith\b|(?<=>)\s+(?=<@)", argument) if name.strip()]
