"""What hand-overs and feedback on answers add to the chat."""

from bot.domain.dojo.permissions import Action
from bot.rendering.enquiries.slack_answers import HAND_OVER, HELPFUL, NOT_HELPFUL
from bot.rendering.enquiries.slack_handovers import ANSWER, HELPED, NOT_HELPED, TAKE_BACK
from bot.workflows.chat.actors import Clock
from bot.workflows.chat.features import Button, Feature, Form
from bot.workflows.enquiries import feedback, handover_answers, handover_forms
from bot.workflows.enquiries.handover_messages import HandoverMessages


def handover_feature(clock: Clock) -> Feature:
    """Return the buttons, forms and messages with which a person answers in Sensei's place."""
    rate, passes_on, answers = Action.ENQUIRY_RATE, Action.ENQUIRY_HAND_OVER, Action.ENQUIRY_ANSWER
    saves = "save what you said about the answer"
    return Feature(
        buttons={
            HAND_OVER: Button(passes_on, opens=HAND_OVER),
            TAKE_BACK: Button(passes_on, do=handover_forms.take_back, does="take your question back"),
            ANSWER: Button(answers, opens=ANSWER),
            HELPED: Button(rate, do=handover_answers.rate_helped, does=saves),
            NOT_HELPED: Button(rate, do=handover_answers.rate_not_helped, does=saves),
        },
        forms={
            HAND_OVER: Form(
                passes_on,
                handover_forms.open_form,
                handover_forms.save,
                handover_forms.check_form,
                does="pass your question on",
            ),
            ANSWER: Form(
                answers,
                handover_answers.open_form,
                handover_answers.save,
                handover_answers.check_form,
                does="pass your answer on",
            ),
        },
        words={**HandoverMessages(clock).words(), handover_answers.UNKEPT: handover_answers.write_unkept},
        replies=(handover_answers.HandoverReplies(clock),),
    )


def feedback_feature(refresh: feedback.RefreshAnswer) -> Feature:
    """Return the buttons below an answer, and the form for why it didn't help.

    ``refresh`` shows an answer again.
    """
    buttons = feedback.FeedbackButtons(refresh)
    rate, does = Action.ENQUIRY_RATE, "save what you said about the answer"
    return Feature(
        buttons={
            HELPFUL: Button(rate, do=buttons.rate_helpful, does=does),
            NOT_HELPFUL: Button(rate, opens=NOT_HELPFUL),
        },
        forms={
            NOT_HELPFUL: Form(rate, feedback.open_form, buttons.save, feedback.check_form, does=does),
        },
        words={feedback.OFFER: feedback.write_offer},
    )
