"""Finds what ships beside the code: ``rubrics/``, ``prompts/``, ``migrations/`` and the demo's samples.

In an installed wheel they lie in ``bot/_data``; in a checkout, at the top level (samples below ``evals/``).
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
    """Return where a checkout has the cases of the evaluation; in an installed wheel there are none."""
    return _PACKAGE.parent / "evals" / "cases"
