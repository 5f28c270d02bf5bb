"""The settings. No other module reads the environment.

The descriptions here are the source of README's table and ``.env.example`` (``make generate``). Sensei reads
no ``.env`` file, because it runs inside participants' repositories, whose files must not change how it works.
"""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.domain.one_to_ones.calendar_addresses import KNOWN_HOSTS
from bot.errors import UserError

_HOST = r"\.?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
"""The pattern of a host's name. One without a dot has no public address, so calendars can't be there."""


class Settings(BaseSettings):
    """One field for each variable ``SENSEI_<NAME>``. Command-line options take precedence over variables."""

    # An empty variable counts as unset, because a service unit may contain `VARIABLE=`; only an empty list of
    # hosts means none (``_keep_empty_hosts``).
    model_config = SettingsConfigDict(
        env_prefix="SENSEI_",
        frozen=True,
        env_ignore_empty=True,
        protected_namespaces=(),
        allow_inf_nan=False,  # a budget of inf would be no budget
    )

    rubric: Annotated[
        str, Field(description="Rubric for reviews: the id of a shipped rubric, or a file.", min_length=1)
    ] = "capstone"
    overlay: Annotated[
        Path | None,
        Field(description="File that adapts the rubric to a cohort: wording, weights and probes."),
    ] = None
    stacks: Annotated[
        Path | None,
        Field(description="Folder with your own stack packs (*.yaml), used in addition to the shipped ones."),
    ] = None
    git_timeout: Annotated[
        float, Field(description="Time limit for one git command, in seconds.", gt=0, le=3600)
    ] = 120.0
    review_timeout: Annotated[
        float,
        Field(
            description="Time limit for one review, in seconds. If it is exceeded, the report "
            "lists what was not read.",
            gt=0,
        ),
    ] = 600.0
    file_timeout: Annotated[
        float,
        Field(
            description="Time limit for reading one file, in seconds. Files that take longer are skipped, "
            "and the report lists them.",
            gt=0,
        ),
    ] = 20.0
    review_memory_bytes: Annotated[
        int,
        Field(
            description="Memory limit for the process that reads a change, in bytes. Files that "
            "need more are skipped.",
            ge=128 * 1024 * 1024,
        ),
    ] = 448 * 1024 * 1024
    max_file_bytes: Annotated[
        int,
        Field(description="Maximum size, in bytes, of files that are searched for design decisions.", gt=0),
    ] = 512 * 1024
    max_scan_bytes: Annotated[
        int,
        Field(
            description="Maximum size, in bytes, of files that are searched for secrets. "
            "Larger files are not read at all.",
            gt=0,
        ),
    ] = 8 * 1024 * 1024
    model_provider: Annotated[
        Literal["anthropic", "bedrock"] | None,
        Field(
            description="Model provider: anthropic or bedrock. Unset: no model is used, and code "
            "stays on this machine."
        ),
    ] = None
    model: Annotated[str | None, Field(description="The provider's id for the model.", min_length=1)] = None
    anthropic_api_key: Annotated[
        SecretStr | None,
        Field(description="API key for the provider anthropic. Sensei does not read ANTHROPIC_API_KEY."),
    ] = None
    model_base_url: Annotated[
        str | None,
        Field(
            description="Base URL of another server with the Messages API. If set, it receives "
            "all requests to the model.",
            pattern=r"^https?://[^\s]+$",
        ),
    ] = None
    aws_region: Annotated[
        str | None, Field(description="AWS region for the provider bedrock.", pattern=r"^[a-z0-9-]+$")
    ] = None
    model_timeout: Annotated[
        float,
        Field(
            description="Time limit for one call to the model, in seconds, including retries.", gt=0, le=3600
        ),
    ] = 300.0
    context_tokens: Annotated[
        int,
        Field(
            description="Maximum size, in estimated tokens, of the part of a change that Sensei sends in one "
            "call to the model.",
            ge=2000,
        ),
    ] = 60_000
    review_budget_usd: Annotated[
        float | None,
        Field(
            description="Budget for one review, or for reading one participant's answer, in US dollars. "
            "Sensei makes no call that could exceed it.",
            gt=0,
        ),
    ] = None
    day_budget_usd: Annotated[
        float | None,
        Field(description="Budget for all calls to the model in one day (UTC), in US dollars.", gt=0),
    ] = None
    database_url: Annotated[
        SecretStr | None,
        Field(
            description="Database address: postgresql://… or sqlite:///FILE. Unset: a file in "
            "your data folder."
        ),
    ] = None

    github_app_id: Annotated[
        int | None, Field(description="Id of the GitHub App that `sensei serve` uses.", gt=0)
    ] = None
    github_private_key: Annotated[
        SecretStr | None, Field(description="The App's private key: PEM text, or the path of a PEM file.")
    ] = None
    github_webhook_secret: Annotated[
        SecretStr | None,
        Field(
            description="The App's webhook secret (at least 16 characters). Sensei refuses "
            "deliveries not signed with it."
        ),
    ] = None
    github_api_url: Annotated[
        str,
        Field(
            description="Address of GitHub's API. For GitHub Enterprise Server: https://HOST/api/v3.",
            pattern=r"^https?://[^\s]+$",
        ),
    ] = "https://api.github.com"
    github_write_seconds: Annotated[
        float,
        Field(
            description="Minimum seconds between requests that write to GitHub. GitHub recommends one.",
            ge=0,
            le=60,
        ),
    ] = 1.0
    slack_bot_token: Annotated[
        SecretStr | None,
        Field(description="The Slack app's bot token (xoxb-…). Unset: Sensei does not use Slack."),
    ] = None
    slack_app_token: Annotated[
        SecretStr | None,
        Field(
            description="The Slack app's app-level token (xapp-…), for Socket Mode, which "
            "needs no public address."
        ),
    ] = None
    slack_signing_secret: Annotated[
        SecretStr | None,
        Field(
            description="The Slack app's signing secret, if Slack sends HTTP requests to /slack/events.",
            min_length=16,
        ),
    ] = None
    slack_api_url: Annotated[
        str,
        Field(
            description="Address of Slack's API. For GovSlack: https://slack-gov.com/api/.",
            pattern=r"^https?://[^\s]+$",
        ),
    ] = "https://slack.com/api/"
    host: Annotated[str, Field(description="Address that `sensei serve` listens on.")] = "127.0.0.1"
    port: Annotated[int, Field(description="Port that `sensei serve` listens on.", ge=1, le=65535)] = 8080
    metrics_token: Annotated[
        SecretStr | None,
        Field(
            description="Token that clients need to read /metrics. Unset: only this machine can "
            "read the metrics.",
            min_length=16,
        ),
    ] = None
    cohort: Annotated[
        str | None,
        Field(
            description="Cohort for commands without --cohort. Unset: the only cohort.",
            min_length=1,
            max_length=80,
        ),
    ] = None
    quiet_seconds: Annotated[
        float,
        Field(
            description="Seconds that must pass without a push before Sensei reads a pull request.",
            ge=0,
            le=3600,
        ),
    ] = 180.0
    reviews_at_once: Annotated[
        int,
        Field(description="Maximum number of pull requests that Sensei reads at the same time.", ge=1, le=16),
    ] = 2
    calendar_hosts: Annotated[
        str,
        Field(
            description="Hosts from which calendars of one-to-ones may be fetched, separated by commas. A "
            "dot at the start stands for all hosts below. Empty: no calendars.",
            pattern=rf"^( *|{_HOST}( *, *{_HOST})*)$",
        ),
    ] = ",".join(KNOWN_HOSTS)
    look_round_seconds: Annotated[
        float,
        Field(description="Seconds between checks of GitHub for events that no webhook delivered.", ge=10),
    ] = 600.0
    calm_seconds: Annotated[
        float,
        Field(
            description="Seconds that Sensei must run without a restart before it automatically retries work "
            "that it gave up on. It does so once.",
            ge=1,
        ),
    ] = 3600.0
    checkouts: Annotated[
        Path | None,
        Field(description="Folder for the clones of capstones. Unset: a folder in your cache folder."),
    ] = None
    checkouts_max_bytes: Annotated[
        int,
        Field(
            description="Maximum total size of all clones, in bytes. The least recently used "
            "are deleted first.",
            gt=0,
        ),
    ] = 5 * 1024**3
    answers_questions: Annotated[
        bool,
        Field(
            description="Whether members of a cohort can ask Sensei in Slack: true or false. With a model, "
            "it reads what they ask."
        ),
    ] = True
    search_index: Annotated[
        Path | None,
        Field(
            description="File in which Sensei searches handbooks, the rubric and people's own documents. "
            "Sensei creates it, and creates it again if it is lost. Each database needs its own. Unset: "
            "search-….db beside the folder of clones, named after the database's address."
        ),
    ] = None
    keep_deliveries_days: Annotated[
        int,
        Field(
            description="Days to store the ids of handled deliveries. GitHub can redeliver them "
            "for three days.",
            ge=4,
            le=36500,
        ),
    ] = 30
    keep_model_answers_days: Annotated[
        int,
        Field(
            description="Days to store the model's answers, which quote code. Token counts and "
            "costs are never deleted.",
            ge=1,
            le=36500,
        ),
    ] = 90
    keep_ended_capstones_days: Annotated[
        int,
        Field(
            description="Days from the end of a capstone's enrolment until all its data is deleted.",
            ge=1,
            le=36500,
        ),
    ] = 365
    keep_refusals_days: Annotated[
        int,
        Field(
            description="Days to store the counts of requests that Sensei refused because they were not "
            "valid deliveries.",
            ge=1,
            le=36500,
        ),
    ] = 365

    @model_validator(mode="before")
    @classmethod
    def _keep_empty_hosts(cls, values: dict[str, Any]) -> dict[str, Any]:
        is_empty = os.environ.get("SENSEI_CALENDAR_HOSTS") == ""
        return {"calendar_hosts": "", **values} if is_empty else values

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.model_provider is not None and self.model is None:
            raise ValueError("a provider needs a model")  # ``_make_error`` turns this into a message
        return self


def load_what_can_be() -> tuple[Settings, list[UserError]]:
    """Read the settings for a check. Return defaults in place of unusable values, and an error for each."""
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
    except ValidationError as invalid:  # All values are valid, but they contradict each other.
        refused += [_make_error(fault) for fault in invalid.errors(include_input=False)]
        return Settings(**{**defaults, "model_provider": None}), refused


def unknown() -> list[tuple[str, str]]:
    """List unknown variables ``SENSEI_…``, each with the one that was probably meant, or an empty text."""
    known = [f"SENSEI_{name.upper()}" for name in Settings.model_fields]
    given = sorted(name for name in os.environ if name.upper().startswith("SENSEI_"))
    unknown_names = [
        name for name in given if name.upper() not in known and not name.startswith("SENSEI_TEST_")
    ]
    return [(name, _closest_name(name.upper(), known)) for name in unknown_names]


def _closest_name(name: str, known: list[str]) -> str:
    # All variables have the same prefix, so only the rest is compared.
    suffixes = {variable.removeprefix("SENSEI_"): variable for variable in known}
    near = get_close_matches(name.removeprefix("SENSEI_"), suffixes, 1, cutoff=0.7)
    return suffixes[near[0]] if near else ""


def load(stored: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment, and from ``stored`` for variables that it lacks.

    Raises:
        UserError: the value of a variable cannot be used. The message names the variable.
    """
    names = {f"SENSEI_{name.upper()}": name for name in Settings.model_fields}
    given: dict[str, Any] = {
        names[variable]: value
        for variable, value in (stored or {}).items()
        if variable in names and not os.environ.get(variable)
    }
    try:
        return Settings(**given)
    except ValidationError as invalid:
        raise _make_error(invalid.errors(include_input=False)[0]) from None


def _make_error(fault: ErrorDetails) -> UserError:
    if not fault["loc"]:
        return UserError(
            "SENSEI_MODEL_PROVIDER is set, but SENSEI_MODEL is not.",
            "Set SENSEI_MODEL to a model's id, or unset SENSEI_MODEL_PROVIDER.",
        )
    name = "SENSEI_" + str(fault["loc"][0]).upper()
    reason = _REASONS.get(fault["type"], "its format is wrong").format_map(fault.get("ctx", {}))
    return UserError(
        f"The environment variable {name} cannot be used: {reason}.",
        "Correct it or unset it. `sensei settings` explains each variable.",
    )


# Our messages for pydantic's types of errors (https://docs.pydantic.dev/latest/errors/validation_errors/).
_REASONS = {
    "bool_parsing": "it must be true or false",
    "int_parsing": "it must be a whole number",
    "int_parsing_size": "it must be a smaller whole number",
    "float_parsing": "it must be a number",
    "finite_number": "it must be a finite number",
    "greater_than": "it must be more than {gt}",
    "greater_than_equal": "it must be at least {ge}",
    "less_than_equal": "it must be at most {le}",
    "too_short": "it must have at least {min_length} characters",
    "string_too_long": "it must not have more than {max_length} characters",
    "literal_error": "it must be {expected}",
}


_SECRET_NAME = re.compile(r"(?:TOKEN|SECRET|PASSWORD|PASSWD|KEY|CREDENTIALS)\Z")


def secrets(settings: Settings) -> list[str]:
    """List values that must never be shown: keys and passwords in the settings and in the environment.

    The path of a key file is not a secret. In a database's address, only the password is.
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
    """A setting as shown to people."""

    variable: str
    value: str
    description: str


def described(settings: Settings | None = None, database: str = "") -> list[DescribedSetting]:
    """List all settings with their values, or with their defaults if no settings are given.

    ``database`` is the address of the database in use, without its password.
    """
    listed = [
        DescribedSetting(
            f"SENSEI_{name.upper()}",
            _format_value(getattr(settings, name) if settings else field.default),
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]
    if settings is None or not database:
        return listed
    default = "" if settings.database_url else " It is unset, so Sensei uses the file above."
    return [
        described._replace(value=database, description=described.description + default)
        if described.variable == "SENSEI_DATABASE_URL"
        else described
        for described in listed
    ]


def _format_value(value: object) -> str:
    # Converting a SecretStr to text gives asterisks.
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
