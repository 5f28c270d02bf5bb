"""Everything that conversations about decisions add to Slack."""

from collections.abc import Callable

from bot.domain.articulation.guide import ArticulationGuide
from bot.domain.dojo.permissions import Action
from bot.rendering.articulation import slack_questions
from bot.workflows.articulation import private_answers, private_disputes, private_replies, talked_over
from bot.workflows.articulation.dispute_buttons import DisputeButtons, Settles
from bot.workflows.articulation.disputes import DisputeMessages
from bot.workflows.articulation.handovers import LEFT, HandoverMessages
from bot.workflows.articulation.private_answers import OnAnswered
from bot.workflows.articulation.private_messages import FindFraming, PrivateMessages, without_framing
from bot.workflows.chat.actors import Clock
from bot.workflows.chat.features import Button, Feature, Form


def feature(  # noqa: PLR0913, PLR0917 - what other rooms pass in
    web: str,
    load_guide: Callable[[], ArticulationGuide],
    settle: Settles,
    now: Clock,
    find_framing: FindFraming = without_framing,
    on_answered: OnAnswered | None = None,
) -> Feature:
    """Return the feature.

    ``web`` is the code host's web address, ``settle`` stores a ruling on a disputed question, and ``now``
    tells who is on duty when a message is written. ``find_framing`` returns what another feature adds to its
    questions, and ``on_answered`` tells it of each answer.
    """
    answer, dispute = slack_questions.ANSWER, slack_questions.DISPUTE
    return Feature(
        buttons={
            answer: Button(Action.QUESTION_ANSWER, opens=answer),
            dispute: Button(Action.QUESTION_ANSWER, opens=dispute),
            **DisputeButtons(settle).buttons(),
            **talked_over.buttons(),
        },
        forms={
            answer: Form(
                Action.QUESTION_ANSWER,
                private_answers.open_answer,
                private_answers.PrivateAnswers(on_answered).save,
                private_answers.check_answer,
                does="save your answer",
            ),
            dispute: Form(
                Action.QUESTION_ANSWER,
                private_disputes.open_dispute,
                private_disputes.save_dispute,
                private_disputes.check_dispute,
                does="save your dispute",
            ),
        },
        words={
            **PrivateMessages(web, load_guide, now, find_framing).words(),
            **DisputeMessages(web, now).words(),
            LEFT: HandoverMessages(web, now).write,
            talked_over.TALKED: talked_over.write_talked,
            private_replies.UNKEPT: private_replies.write_unkept,
        },
        replies=(private_replies.PrivateReplies(on_answered),),
    )
