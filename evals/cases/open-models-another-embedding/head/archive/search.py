"""Searches the archive."""

import numpy as np

from archive.build import INDEX
from archive.embed import embed


def search(question: str, limit: int = 5) -> list[str]:
    """Return the names of the documents that are nearest to a question, nearest first."""
    with np.load(INDEX) as index:
        nearness = index["vectors"] @ embed([question])[0]
        return [str(name) for name in index["names"][np.argsort(-nearness)[:limit]]]
