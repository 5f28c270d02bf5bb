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
"""The reason for not using a model's question that is fine but not about a part that is missing."""


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
    """Return the question that asks for a missing part: the first one, or another one that the model chose.

    For a small fix, say, there may be no other way worth asking about, and its price is.
    Where a sensei sees questions first, nobody could approve a model's wording in time, so it is not used.
    """
    plain = FollowUp(missing, rules.guide.probe(missing, material.question.text))
    if heard is None or not heard.probe or material.capstone.publish is PublishPolicy.SENSEI_FIRST:
        return plain
    slot = heard.probe_slot
    if slot is None or slot not in list_missing(rules, material.question.check, heard):
        return FollowUp(missing, plain.text, ABOUT_ANOTHER_PART)
    refused = _refuse(tx, material, heard)
    return FollowUp(missing, plain.text, refused) if refused else FollowUp(slot, heard.probe)


def list_missing(rules: ArticulationRules, check: str | None, heard: HeardAnswer) -> list[Slot]:
    """List the parts that matter for a check and that a model didn't hear."""
    filled = {part.slot for part in heard.parts}
    return [slot for slot in rules.needed(check) if slot not in filled]


def _refuse(tx: Tx, material: ConversationMaterial, heard: HeardAnswer) -> str:
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
