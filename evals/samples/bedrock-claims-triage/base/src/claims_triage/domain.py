"""What triage talks about. Nothing here knows about AWS."""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, Field


class Queue(StrEnum):
    """Where a claim can go."""

    FAST_TRACK = "fast-track"
    STANDARD = "standard"
    SPECIALIST = "specialist"
    INVESTIGATION = "special-investigation"


class Claim(BaseModel):
    """A claim as intake publishes it. `description` is the customer's own text."""

    claim_id: str
    policy_id: str
    product: str
    loss_date: date
    amount_eur: float = Field(ge=0)
    description: str


class Assessment(BaseModel):
    """Where a claim goes, and why."""

    queue: Queue
    reason: str
    confidence: float = Field(ge=0, le=1)
