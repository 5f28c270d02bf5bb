"""The pairing feature in the chat: its commands, buttons, forms and messages."""

from collections.abc import Callable, Mapping

from bot.domain.dojo.permissions import Action
from bot.domain.dojo.profiles import Vocabulary
from bot.workflows.chat.features import Button, Feature, Form, Subcommand
from bot.workflows.pairing import (
    boards,
    chat_buttons,
    chat_forms,
    failed_work,
    home_buttons,
    notices,
    waiting_participants,
)
from bot.workflows.pairing.chat_commands import ChatCommands
from bot.workflows.pairing.chat_messages import ChatMessages

_BUTTONS: Mapping[str, Button] = {
    "pairing.approve": Button(Action.PAIR_APPROVE, chat_buttons.approve, does="approve the pair"),
    "pairing.approve_all": Button(Action.PAIR_APPROVE, chat_buttons.approve_all, does="approve the pairs"),
    "pairing.more": Button(
        Action.PAIR_CHANGE, chat_buttons.choose_more, does="decline, lock or unlock the pair"
    ),
    "pairing.decline": Button(Action.PAIR_CHANGE, chat_buttons.decline, does="withdraw the pair"),
    "pairing.propose": Button(
        Action.PAIR_PROPOSE, chat_buttons.propose, check=chat_buttons.require_unpaired, does="propose pairs"
    ),
    "pairing.again": Button(
        Action.PAIR_PROPOSE, chat_buttons.work_out_again, does="work out the pairs again"
    ),
    "pairing.page": Button(Action.PAIR_PROPOSE, chat_buttons.turn_page, does="turn the page"),
    "pairing.accept": Button(
        Action.PAIR_ANSWER, chat_buttons.accept, check=home_buttons.check_answer, does="accept the pair"
    ),
    "pairing.show": Button(
        Action.PAIR_PROPOSE, home_buttons.show_board, check=home_buttons.check_board, does="show the proposal"
    ),
    "pairing.swap": Button(Action.PAIR_CHANGE, opens="pairing.swap"),
    "pairing.end": Button(Action.PAIR_CHANGE, opens="pairing.end"),
    "pairing.veto": Button(Action.PAIR_ANSWER, opens="pairing.veto", check=home_buttons.check_answer),
    "pairing.change": Button(Action.PAIR_ASK, opens="pairing.change"),
}
_FORMS: Mapping[str, Form] = {
    "pairing.swap": Form(
        Action.PAIR_CHANGE,
        chat_forms.open_swap,
        chat_forms.swap,
        chat_forms.check_swap,
        does="swap the sensei",
    ),
    "pairing.end": Form(Action.PAIR_CHANGE, chat_forms.open_end, chat_forms.end, does="end the pair"),
    "pairing.veto": Form(
        Action.PAIR_ANSWER,
        chat_forms.open_veto,
        chat_forms.veto,
        chat_forms.require_reason,
        does="turn the pair down",
    ),
    "pairing.change": Form(
        Action.PAIR_ASK,
        chat_forms.open_change,
        chat_forms.change,
        chat_forms.require_reason,
        does="ask for another sensei",
    ),
}


def feature(vocabulary: Callable[[], Vocabulary]) -> Feature:
    """Return the feature. ``vocabulary`` has the titles of skills and stacks."""
    commands, messages = ChatCommands(vocabulary), ChatMessages(vocabulary)
    return Feature(
        commands=(
            Subcommand(
                "pair",
                Action.PAIR_SEE,
                "see who you're paired with, or ask for another sensei",
                answer=commands.answer_pair,
                then=commands.propose_pairs,
                for_leads=("", "propose pairs for participants without a sensei"),
                takes_text=True,
            ),
            Subcommand(
                "why",
                Action.PAIR_WHY,
                "see why you were matched",
                answer=commands.answer_why,
                then=commands.work_out_why,
                takes_text=True,
                for_leads=(
                    "PARTICIPANT, SENSEI",
                    "see why two people are paired, or what it would take to pair them",
                ),
            ),
        ),
        buttons=_BUTTONS,
        forms=_FORMS,
        words={
            boards.BOARD: messages.write_board,
            notices.ASK: messages.write_question,
            notices.REMINDER: messages.write_reminder,
            notices.INTRODUCTION: messages.write_introduction,
            notices.ENDED: messages.write_ended,
            notices.LEFT: messages.write_left,
            notices.UNREACHABLE: messages.write_unreachable,
            notices.WHY: messages.write_why,
            notices.NOTHING_NEW: messages.write_nothing_new,
            notices.REFUSED: messages.write_refused,
            notices.DELAYED: messages.write_delayed,
            failed_work.FAILED: failed_work.write_failed,
            waiting_participants.WAITING: waiting_participants.write_waiting,
        },
    )
