"""The model that makes a vector of a text."""

from functools import cache

import numpy as np
from sentence_transformers import SentenceTransformer

MODEL = "intfloat/multilingual-e5-small"
REVISION = "614241f622f53c4eeff9890bdc4f31cfecc418b3"


@cache
def _model() -> SentenceTransformer:
    return SentenceTransformer(MODEL, revision=REVISION)


def embed(texts: list[str]) -> np.ndarray:
    """Return a row of 384 numbers, of length 1, for each text."""
    return _model().encode(texts, normalize_embeddings=True)
