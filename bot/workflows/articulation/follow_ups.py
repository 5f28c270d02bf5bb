"""Wording the one follow-up: the model's question if the guard lets it pass, else the rubric's."""

from dataclasses import dataclass

from bot.domain.articulation.guide import ArticulationRules
from bot.domain.articulation.heard_answers import HeardAnswer
from bot.domain.articulation.slots import Slot
from bot.domain.guardrails.conversation import ConversationGrounds, refuse_probe
from bot.domain.guardrails.model_wording import Grounds, ShownText
from bot.domain.pull_requests.records import PublishPolicy
from bot.ports.store import Tx
from bot.workflows.articulation.conversation_material import ConversationMaterial

ABOUT_ANOTHER_PART = "asks for another part"
"""The reason for not using a model's question that is fine but not about the part that is missing."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question about a part. ``refused`` says why the model's wording isn't used; "" if there is none."""

    slot: Slot
    text: str
    refused: str = ""


def word_follow_up(
    tx: Tx,
    rules: ArticulationRules,
    material: ConversationMaterial,
    missing: Slot,
    heard: HeardAnswer | None,
) -> FollowUp:
    """Return the question that asks for the missing part.

    Where a sensei sees questions first, nobody could approve a model's wording in time, so it is not used.
    """
    plain = FollowUp(missing, rules.guide.probe(missing))
    if heard is None or not heard.probe or material.capstone.publish is PublishPolicy.SENSEI_FIRST:
        return plain
    refused = _refuse(tx, material, missing, heard)
    return FollowUp(missing, plain.text, refused) if refused else FollowUp(missing, heard.probe)


def _refuse(tx: Tx, material: ConversationMaterial, missing: Slot, heard: HeardAnswer) -> str:
    if heard.probe_slot is not missing:
        return ABOUT_ANOTHER_PART
    return refuse_probe(heard.probe, find_grounds(material, _list_others(tx, material))) or ""


def find_grounds(material: ConversationMaterial, others: frozenset[str]) -> ConversationGrounds:
    """Return what a model's question may rely on: the code, and the participant's own words.

    ``others`` are the names of the other people in the cohort.
    """
    question, earlier = material.question, material.earlier
    code = Grounds(question.quote, ShownText("\n".join([question.path, question.quote, question.text])))
    before = [earlier.title, *earlier.texts.values()] if earlier else []
    words = [*before, *(message.text for message in material.messages)]  # the newest comes last
    return ConversationGrounds(code, tuple(words), (), others, earlier=(question.text,))


def _list_others(tx: Tx, material: ConversationMaterial) -> frozenset[str]:
    """Return the names of the other people in the cohort."""
    author = tx.members.by_host_account(material.capstone.participant.id)
    members = tx.members.of(material.capstone.cohort)
    return frozenset(member.name for member in members if member.person != author)
