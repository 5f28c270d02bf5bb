"""The settings. Nothing else reads the environment.

README's table and ``.env.example`` are generated from the descriptions here (``make generate``). Sensei reads
no ``.env`` file: it runs inside repositories that participants write, and nothing there may change how it
reads them.
"""

import os
import re
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import UserError


class Settings(BaseSettings):
    """One field per variable ``SENSEI_<NAME>``. A command's option takes precedence over its variable."""

    # An empty variable counts as unset, as `VARIABLE=` does in a service unit.
    model_config = SettingsConfigDict(
        env_prefix="SENSEI_", frozen=True, env_ignore_empty=True, protected_namespaces=()
    )

    rubric: Annotated[
        str, Field(description="Rubric of reviews: the id of a shipped one, or a file.", min_length=1)
    ] = "capstone"
    overlay: Annotated[
        Path | None,
        Field(description="File with a cohort's own wording, weights and probes for the rubric."),
    ] = None
    stacks: Annotated[
        Path | None,
        Field(description="Folder of your own stack packs (*.yaml), used in addition to the shipped ones."),
    ] = None
    git_timeout: Annotated[
        float, Field(description="Seconds that one git command may take.", gt=0, le=3600)
    ] = 120.0
    review_timeout: Annotated[
        float,
        Field(
            description="Seconds that a review may take. A review that is cut off says what it has not read.",
            gt=0,
        ),
    ] = 600.0
    file_timeout: Annotated[
        float,
        Field(
            description="Seconds that reading one file may take. Slower files are left out, and named.", gt=0
        ),
    ] = 20.0
    review_memory_bytes: Annotated[
        int,
        Field(
            description="Bytes of memory that a review's process may use. Files that need more are left out.",
            ge=128 * 1024 * 1024,
        ),
    ] = 448 * 1024 * 1024
    max_file_bytes: Annotated[
        int, Field(description="Files larger than this many bytes are not read for decisions.", gt=0)
    ] = 512 * 1024
    max_scan_bytes: Annotated[
        int, Field(description="Files larger than this many bytes are not even searched for secrets.", gt=0)
    ] = 8 * 1024 * 1024
    model_provider: Annotated[
        Literal["anthropic", "bedrock"] | None,
        Field(
            description="Provider of the model: anthropic or bedrock. Unset: no model, and code stays here."
        ),
    ] = None
    model: Annotated[
        str | None, Field(description="Id of the model, as its provider writes it.", min_length=1)
    ] = None
    anthropic_api_key: Annotated[
        SecretStr | None,
        Field(description="Key for the provider anthropic. Sensei never uses ANTHROPIC_API_KEY."),
    ] = None
    model_base_url: Annotated[
        str | None,
        Field(
            description="Address of another server that speaks the Messages API. It then gets every request.",
            pattern=r"^https?://[^\s]+$",
        ),
    ] = None
    aws_region: Annotated[
        str | None, Field(description="AWS region for the provider bedrock.", pattern=r"^[a-z0-9-]+$")
    ] = None
    model_timeout: Annotated[
        float,
        Field(description="Seconds that one call of the model may take, retries included.", gt=0, le=3600),
    ] = 300.0
    context_tokens: Annotated[
        int,
        Field(description="Estimated tokens of a change that one call of the model may include.", ge=2000),
    ] = 60_000
    review_budget_usd: Annotated[
        float | None,
        Field(
            description="US dollars that one review may cost. A call that could exceed them is not made.",
            gt=0,
        ),
    ] = None
    day_budget_usd: Annotated[
        float | None,
        Field(description="US dollars that all reviews of a day (UTC) may cost together.", gt=0),
    ] = None
    database_url: Annotated[
        SecretStr | None,
        Field(description="Database: postgresql://… or sqlite:///FILE. Unset: a file in your data folder."),
    ] = None

    github_app_id: Annotated[
        int | None, Field(description="Id of the GitHub App that `sensei serve` acts as.", gt=0)
    ] = None
    github_private_key: Annotated[
        SecretStr | None, Field(description="The App's private key, as PEM or as the path of its file.")
    ] = None
    github_webhook_secret: Annotated[
        SecretStr | None,
        Field(
            description="The App's webhook secret, at least 16 characters. Unsigned deliveries are refused."
        ),
    ] = None
    github_api_url: Annotated[
        str,
        Field(
            description="Address of GitHub's API. GitHub Enterprise Server: https://HOST/api/v3.",
            pattern=r"^https?://[^\s]+$",
        ),
    ] = "https://api.github.com"
    github_write_seconds: Annotated[
        float,
        Field(
            description="Seconds between two requests that write to GitHub. GitHub asks for one.", ge=0, le=60
        ),
    ] = 1.0
    slack_bot_token: Annotated[
        SecretStr | None,
        Field(description="Bot token (xoxb-…) of the Slack app. Unset: Sensei does not use Slack."),
    ] = None
    slack_app_token: Annotated[
        SecretStr | None,
        Field(description="App-level token (xapp-…) for Socket Mode, which needs no public address."),
    ] = None
    slack_signing_secret: Annotated[
        SecretStr | None,
        Field(
            description="The Slack app's signing secret, for HTTP requests to /slack/events instead.",
            min_length=16,
        ),
    ] = None
    slack_api_url: Annotated[
        str,
        Field(
            description="Address of Slack's API. GovSlack: https://slack-gov.com/api/.",
            pattern=r"^https?://[^\s]+$",
        ),
    ] = "https://slack.com/api/"
    host: Annotated[str, Field(description="Address that `sensei serve` listens on.")] = "127.0.0.1"
    port: Annotated[int, Field(description="Port that `sensei serve` listens on.", ge=1, le=65535)] = 8080
    metrics_token: Annotated[
        SecretStr | None,
        Field(
            description="Token that a client needs to read /metrics. Unset: only this machine can read it.",
            min_length=16,
        ),
    ] = None
    cohort: Annotated[
        str,
        Field(
            description="Cohort of commands without --cohort. `sensei capstone add` always uses it.",
            min_length=1,
            max_length=80,
        ),
    ] = "dojo"
    quiet_seconds: Annotated[
        float,
        Field(description="Seconds without a push before Sensei reads a pull request.", ge=0, le=3600),
    ] = 180.0
    reviews_at_once: Annotated[
        int, Field(description="Pull requests that Sensei reads at the same time.", ge=1, le=16)
    ] = 2
    look_round_seconds: Annotated[
        float,
        Field(
            description="Seconds between two checks of GitHub for events that no webhook delivered.", ge=10
        ),
    ] = 600.0
    checkouts: Annotated[
        Path | None,
        Field(description="Folder for clones of capstones. Unset: a folder in your cache folder."),
    ] = None
    checkouts_max_bytes: Annotated[
        int,
        Field(description="Bytes that all clones may take. The least recently used are deleted first.", gt=0),
    ] = 5 * 1024**3
    keep_deliveries_days: Annotated[
        int,
        Field(
            description="Days to keep the ids of handled deliveries. GitHub can send them again for three.",
            ge=4,
            le=36500,
        ),
    ] = 30
    keep_model_answers_days: Annotated[
        int,
        Field(
            description="Days to keep a model's answers, which quote code. Tokens and costs are always kept.",
            ge=1,
            le=36500,
        ),
    ] = 90
    keep_ended_capstones_days: Annotated[
        int,
        Field(
            description="Days after the end of a capstone until all data about it is deleted.",
            ge=1,
            le=36500,
        ),
    ] = 365
    keep_refusals_days: Annotated[
        int, Field(description="Days to keep the counts of refused requests.", ge=1, le=36500)
    ] = 365

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.model_provider is not None and self.model is None:
            raise ValueError("a provider needs a model")  # ``_make_error`` words it
        return self


def load_what_can_be() -> tuple[Settings, list[UserError]]:
    """Read the settings for a check. Return unusable ones at their defaults, with an error for each."""
    try:
        return Settings(), []
    except ValidationError as invalid:
        faults = invalid.errors(include_input=False)
    refused = [_make_error(fault) for fault in faults]
    names = [str(fault["loc"][0]) for fault in faults if fault["loc"]]
    defaults: dict[str, Any] = {name: Settings.model_fields[name].default for name in names}
    if not names:
        defaults["model_provider"] = None
    try:
        return Settings(**defaults), refused
    except ValidationError as invalid:  # now that the rest is known, settings contradict each other
        refused += [_make_error(fault) for fault in invalid.errors(include_input=False)]
        return Settings(**{**defaults, "model_provider": None}), refused


def unknown() -> list[tuple[str, str]]:
    """List the unknown variables ``SENSEI_…``, each with the one that may be meant, or an empty text."""
    known = [f"SENSEI_{name.upper()}" for name in Settings.model_fields]
    given = sorted(name for name in os.environ if name.upper().startswith("SENSEI_"))
    unknown_names = [
        name for name in given if name.upper() not in known and not name.startswith("SENSEI_TEST_")
    ]
    return [(name, _closest_name(name.upper(), known)) for name in unknown_names]


def _closest_name(name: str, known: list[str]) -> str:
    # All variables have the prefix, so only the rest is compared.
    suffixes = {variable.removeprefix("SENSEI_"): variable for variable in known}
    near = get_close_matches(name.removeprefix("SENSEI_"), suffixes, 1, cutoff=0.7)
    return suffixes[near[0]] if near else ""


def load() -> Settings:
    """Read the settings from the environment.

    Raises:
        UserError: the value of a variable cannot be used. The message names the variable.
    """
    try:
        return Settings()
    except ValidationError as invalid:
        raise _make_error(invalid.errors(include_input=False)[0]) from None


def _make_error(fault: ErrorDetails) -> UserError:
    if not fault["loc"]:
        return UserError(
            "SENSEI_MODEL_PROVIDER is set, but SENSEI_MODEL is not.",
            "Set SENSEI_MODEL to a model's id, or unset SENSEI_MODEL_PROVIDER.",
        )
    name = "SENSEI_" + str(fault["loc"][0]).upper()
    reason = _REASONS.get(fault["type"], "it has the wrong form").format_map(fault.get("ctx", {}))
    return UserError(
        f"The environment variable {name} cannot be used: {reason}.",
        "Correct it or unset it; `sensei settings` explains each variable.",
    )


# Our words for pydantic's types of errors (https://docs.pydantic.dev/latest/errors/validation_errors/).
_REASONS = {
    "int_parsing": "it must be a whole number",
    "int_parsing_size": "it must be a smaller whole number",
    "float_parsing": "it must be a number",
    "greater_than": "it must be more than {gt}",
    "greater_than_equal": "it must be at least {ge}",
    "less_than_equal": "it must be at most {le}",
    "string_too_long": "it must have at most {max_length} characters",
    "literal_error": "it must be {expected}",
}


_SECRET_NAME = re.compile(r"(?:TOKEN|SECRET|PASSWORD|PASSWD|KEY|CREDENTIALS)\Z")


def secrets(settings: Settings) -> list[str]:
    """List the values to hide everywhere: keys and passwords of the settings and of the environment.

    The path of a key file is not a secret. Of a database's address only the password is.
    """
    secret_settings = {
        name: value.get_secret_value() for name, value in settings if isinstance(value, SecretStr)
    }
    found = []
    with suppress(ValueError):
        password = urlsplit(secret_settings.pop("database_url", "")).password or ""
        found += [password, unquote(password)]
    found += secret_settings.values()
    found += [value for name, value in os.environ.items() if _SECRET_NAME.search(name.upper())]
    return [value for value in found if value and not value.startswith(("/", "~", "."))]


class DescribedSetting(NamedTuple):
    """A setting as people read it."""

    variable: str
    value: str
    description: str


def described(settings: Settings | None = None) -> list[DescribedSetting]:
    """List every setting with its value, or with its default where no settings are given."""
    return [
        DescribedSetting(
            f"SENSEI_{name.upper()}",
            _format_value(getattr(settings, name) if settings else field.default),
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]


def _format_value(value: object) -> str:
    # A SecretStr writes itself as asterisks.
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
