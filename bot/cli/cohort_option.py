"""The option ``--cohort``, which means the same in every command."""

from typing import Annotated

import typer

CohortOption = Annotated[
    str | None,
    typer.Option(
        "--cohort", metavar="NAME", help="Name of the cohort. Default: SENSEI_COHORT, or the only cohort."
    ),
]
