"""How questions of the live defence went, in the same words for everyone who reads of them."""

from bot.domain.defences.records import DefenceOutcome

OUTCOMES = {
    DefenceOutcome.ALONE: "answered alone",
    DefenceOutcome.AFTER_FOLLOW_UP: "answered after a follow-up",
    DefenceOutcome.NOT_YET: "not answered yet",
    DefenceOutcome.NOT_ASKED: "not asked",
}
