"""The base of every part of a rubric, pack or overlay."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Part of a document: immutable, and without unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)
