"""Settings: the only reader of the environment.

README's table and ``.env.example`` are generated from the descriptions here (``make generate``). No ``.env``
file is read: ``sensei`` runs inside repositories that their participants write, and nothing from there may
change how a reading is done.
"""

from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import UserError


class Settings(BaseSettings):
    """One field per variable ``SENSEI_<NAME>``. A flag of a command goes before its variable."""

    model_config = SettingsConfigDict(env_prefix="SENSEI_", frozen=True)

    rubric: Annotated[
        str, Field(description="Rubric that reviews use: the id of a shipped one, or a file.", min_length=1)
    ] = "capstone"
    overlay: Annotated[
        Path | None,
        Field(description="File with a cohort's own wording, weights and probes, laid over the rubric."),
    ] = None
    git_timeout: Annotated[
        float, Field(description="Seconds that one git command may take.", gt=0, le=3600)
    ] = 120.0
    review_timeout: Annotated[
        float,
        Field(description="Seconds that a whole review may take; then it says what it has not read.", gt=0),
    ] = 600.0
    max_file_bytes: Annotated[
        int, Field(description="Files larger than this, in bytes, are not read for decisions.", gt=0)
    ] = 512 * 1024
    max_scan_bytes: Annotated[
        int, Field(description="Files larger than this, in bytes, are not even searched for secrets.", gt=0)
    ] = 8 * 1024 * 1024


def load() -> Settings:
    """Read the settings from the environment.

    Raises:
        UserError: a variable has a value that cannot be used; it names the variable.
    """
    try:
        return Settings()
    except ValidationError as invalid:
        first = invalid.errors()[0]
        name = "SENSEI_" + "_".join(str(part) for part in first["loc"]).upper()
        raise UserError(
            f"The environment variable {name} cannot be used: {first['msg'].lower()}.",
            "Correct it or unset it; `sensei settings` lists what each means.",
        ) from None


class Described(NamedTuple):
    """A setting as people read it."""

    variable: str
    value: str
    description: str


def described(settings: Settings | None = None) -> list[Described]:
    """List every setting with its value, or with its default where no settings are given."""
    return [
        Described(
            f"SENSEI_{name.upper()}",
            _shown(getattr(settings, name) if settings else field.default),
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]


def _shown(value: object) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
