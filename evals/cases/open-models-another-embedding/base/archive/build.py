"""Makes the index: python -m archive.build DOCUMENTS. Run by hand when documents are added."""

import sys
from pathlib import Path

import numpy as np

from archive.embed import embed

INDEX = Path("/srv/archive/index.npz")


def build(documents: Path) -> None:
    paths = sorted(documents.glob("*.txt"))
    texts = [path.read_text("utf-8") for path in paths]
    np.savez(INDEX, vectors=embed(texts), names=np.array([path.name for path in paths]))


if __name__ == "__main__":
    build(Path(sys.argv[1]))
