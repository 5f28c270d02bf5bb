"""The model that makes a vector of a text."""

from functools import cache

import numpy as np
from sentence_transformers import SentenceTransformer

MODEL = "sentence-transformers/all-MiniLM-L6-v2"
REVISION = "c9745ed1d9f207416be6d2e6f8de32d1f16199bf"


@cache
def _model() -> SentenceTransformer:
    return SentenceTransformer(MODEL, revision=REVISION)


def embed(texts: list[str]) -> np.ndarray:
    """Return a row of 384 numbers, of length 1, for each text."""
    return _model().encode(texts, normalize_embeddings=True)
