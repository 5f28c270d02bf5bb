"""Generate the published JSON Schema of trial pairings from the pydantic model."""

from bot.domain.pairing.trial_document import PairingTrial
from bot.rendering.review.schemas import format_schema


def pairing() -> str:
    """Return the schema of ``sensei.pairing/1``, as shipped in ``bot/pairing.schema.json``."""
    return format_schema("Sensei trial pairing", PairingTrial.model_json_schema(mode="serialization"))
