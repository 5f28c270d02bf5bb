"""Finds the files that ship with the code: ``rubrics/``, ``prompts/``, ``migrations/`` and the samples.

An installed wheel has them in ``bot/_data``; a checkout, at the top level (the samples in ``evals/``).
"""

from pathlib import Path
from typing import Literal

Kind = Literal["rubrics", "prompts", "migrations", "samples"]

_PACKAGE = Path(__file__).resolve().parent


def folder(kind: Kind) -> Path:
    """Return the folder that holds a kind of resource.

    Raises:
        FileNotFoundError: the installation is damaged, which no input can cause.
    """
    for place in (_PACKAGE / "_data" / kind, _PACKAGE.parent / kind, _PACKAGE.parent / "evals" / kind):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"{kind}/ is missing from this installation of Sensei")


def cases() -> Path:
    """Return the folder of the evaluation's cases. An installed wheel has none."""
    return _PACKAGE.parent / "evals" / "cases"
