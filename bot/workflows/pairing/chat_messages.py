"""Messages about pairs, written from the rows at the time of sending.

Each method returns None if the message is no longer needed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.dojo.people import CohortRole
from bot.domain.dojo.profiles import Vocabulary
from bot.domain.pairing.delays import ProposalDelay
from bot.domain.pairing.parties import may_see
from bot.domain.pairing.states import PairState
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.pairing import slack_messages
from bot.rendering.pairing.explanations import ask_another_lead, explain_pair, explain_stored_answer
from bot.rendering.pairing.first_questions import first_question
from bot.rendering.pairing.slack_proposal_board import render_board, render_moved_board
from bot.rendering.pairing.wording import OWN_OUTCOME, describe_no_news, describe_refusals
from bot.workflows.chat.features import AddressedMessage
from bot.workflows.dojo.cohort_roles import is_lead
from bot.workflows.pairing.boards import count_repeats, is_posted
from bot.workflows.pairing.chat_buttons import page_key
from bot.workflows.pairing.endings import has_paused
from bot.workflows.pairing.lookups import find_enrolment, names_of
from bot.workflows.pairing.notices import reminder_key
from bot.workflows.pairing.own_pairs import has_content_for, lacks_sensei_anywhere
from bot.workflows.pairing.shown_pairs import build_board, introduced_person


@dataclass(frozen=True)
class ChatMessages:
    """Writes each kind of message."""

    vocabulary: Callable[[], Vocabulary]

    def write_board(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Show a proposal to a lead, on the page where they are."""
        proposal = tx.pairings.get_proposal(about["proposal"])
        lead = about["lead"]
        if proposal is None or not is_lead(tx, lead, proposal.cohort):
            return None
        number = about.get("number", 0)
        if number < count_repeats(tx, proposal.id, lead):
            return AddressedMessage((lead,), render_moved_board(tx.cohorts.get(proposal.cohort).name))
        if not has_content_for(tx, proposal, lead) and not is_posted(tx, proposal.id, lead, number):
            return None
        _, page = tx.effects.find(page_key(proposal.id, lead))
        board = build_board(tx, proposal, self.vocabulary(), lead)
        return AddressedMessage((lead,), render_board(board, int(page or 1)))

    def write_question(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Ask the sensei of an approved pair."""
        pair = tx.pairings.get(about["pair"])
        if pair is None or pair.state is PairState.PROPOSED:
            return None
        message = slack_messages.veto_question(
            pair.id,
            introduced_person(tx, pair.participant, pair.cohort),
            explain_pair(pair, names_of(tx, pair.cohort), self.vocabulary(), pair.sensei),
            pair.deadline,
            pair.state,
            tx.cohorts.get(pair.cohort).name,
        )
        return AddressedMessage((pair.sensei,), message)

    def write_reminder(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Remind the sensei of an approved pair. A reminder that was sent shows the decision later."""
        pair = tx.pairings.get(about["pair"])
        if pair is None:
            return None
        sent, _ = tx.effects.find(f"message:{reminder_key(pair.id)}")
        if pair.state is not PairState.APPROVED and not sent:
            return None
        message = slack_messages.reminder(
            pair.id,
            names_of(tx, pair.cohort)[pair.participant],
            pair.deadline,
            pair.state,
            tx.cohorts.get(pair.cohort).name,
        )
        return AddressedMessage((pair.sensei,), message)

    def write_introduction(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Introduce the two people of a pair."""
        pair = tx.pairings.get(about["pair"])
        if pair is None or pair.state is not PairState.ACTIVE:
            return None
        vocabulary = self.vocabulary()
        participant = find_enrolment(tx, pair.participant, pair.cohort, CohortRole.PARTICIPANT)
        sensei = find_enrolment(tx, pair.sensei, pair.cohort, CohortRole.SENSEI)
        question = first_question(
            participant.profile if participant else None, sensei.profile if sensei else None, vocabulary
        )
        names = names_of(tx, pair.cohort)
        message = slack_messages.introduction(
            introduced_person(tx, pair.participant, pair.cohort),
            introduced_person(tx, pair.sensei, pair.cohort),
            explain_pair(pair, names, vocabulary, pair.participant, pair.sensei),
            question,
            tx.cohorts.get(pair.cohort).name,
        )
        return AddressedMessage((pair.participant, pair.sensei), message)

    def write_ended(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Tell one side that a pair has ended."""
        pair = tx.pairings.get(about["pair"])
        if pair is None:
            return None
        to_participant = about["side"] == "participant"
        reader, other = (pair.participant, pair.sensei) if to_participant else (pair.sensei, pair.participant)
        name = names_of(tx, pair.cohort)[other]
        cohort = tx.cohorts.get(pair.cohort).name
        message = slack_messages.pair_ended(name, to_participant=to_participant, cohort=cohort)
        if about.get("asked"):
            message = slack_messages.change_confirmed(name, cohort)
        return AddressedMessage((reader,), message)

    def write_left(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Tell a lead that a person has paused or left, and that their pairs have ended.

        A lead who is a participant isn't told of a pair of their own that had not been introduced. A lead who
        has paused or left gets a confirmation instead.
        """
        person, cohort = about["person"], about["cohort"]
        if person == about["lead"] or not is_lead(tx, about["lead"], cohort):
            return None
        names = names_of(tx, cohort)
        names[about["lead"]] = "you"
        found = [pair for number in about["pairs"] if (pair := tx.pairings.get(number))]
        pairs = [pair for pair in found if may_see(pair, about["lead"])]
        if not pairs:
            return None
        others = [
            (pair.state, names[pair.participant if pair.sensei == person else pair.sensei]) for pair in pairs
        ]
        # An earlier version didn't store whether the person had paused.
        paused = about["paused"] if "paused" in about else has_paused(tx.members.of(cohort), person)
        message = slack_messages.person_left(
            names[person],
            [name for state, name in others if state is PairState.ENDED],
            [name for state, name in others if state is not PairState.ENDED],
            search=any(pair.sensei == person for pair in pairs),
            paused=paused,
        )
        return AddressedMessage((about["lead"],), message)

    def write_unreachable(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Ask a lead to introduce two people when one of them is not in the chat."""
        pair = tx.pairings.get(about["pair"])
        if pair is None or not is_lead(tx, about["lead"], pair.cohort):
            return None
        names = names_of(tx, pair.cohort)
        message = slack_messages.unreachable_pair(names[pair.participant], names[pair.sensei])
        return AddressedMessage((about["lead"],), message)

    def write_nothing_new(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Tell a lead that working out pairs changed nothing.

        A lead who is waiting for a sensei always reads the same words: the outcome may be about them.
        """
        lead = about["lead"]
        outcome = OWN_OUTCOME if lacks_sensei_anywhere(tx, lead) else about["outcome"]
        return AddressedMessage((lead,), slack_messages.paragraph(describe_no_news(outcome)))

    def write_delayed(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Tell a lead why a proposal takes longer, and that the request is still open."""
        if not is_lead(tx, about["lead"], about["cohort"]) or about.get("only") == [about["lead"]]:
            return None
        message = slack_messages.delayed_proposal(
            tx.cohorts.get(about["cohort"]).name,
            ProposalDelay(about["delay"]),
            datetime.fromisoformat(about["due"]),
        )
        return AddressedMessage((about["lead"],), message)

    def write_why(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Tell a lead why two people aren't paired."""
        found = about["found"]
        if not is_lead(tx, about["lead"], found["cohort"]):
            return None
        lead, names = about["lead"], names_of(tx, found["cohort"])
        if lead in {found["participant"], found["sensei"]}:  # two records of one person may have been merged
            return AddressedMessage((lead,), slack_messages.paragraph(ask_another_lead()))
        heading = f"{names[found['participant']]} with {names[found['sensei']]}"
        moves = [move for move in found.get("moves", ()) if move[0] != lead]
        lines = [explain_stored_answer({**found, "moves": moves}, names)]
        return AddressedMessage((lead,), slack_messages.explanation(lines, heading=heading))

    def write_refused(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Tell a lead that some pairs could not be approved."""
        if not is_lead(tx, about["lead"], about["cohort"]):
            return None
        return AddressedMessage(
            (about["lead"],), slack_messages.paragraph(describe_refusals(about["refused"]))
        )
