"""The parts shared by all modules here: clock, database, rubric, GitHub, Slack and the model."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.domain.dojo.cohort_choice import CohortChoice
from bot.errors import UserError

if TYPE_CHECKING:
    from bot.adapters.files.remembered_accounts import RememberedAccounts
    from bot.adapters.git.clone_cache import CheckoutCache
    from bot.adapters.github import GitHubApp
    from bot.adapters.model import CallLimits
    from bot.domain.articulation.guide import ArticulationRules
    from bot.domain.rubrics.rubric import Library
    from bot.ports.chat import Chat
    from bot.ports.model import Model
    from bot.ports.sources import SearchIndex
    from bot.settings import Settings


_OF_A_DIGEST = 12
"""How many characters of a digest tell addresses of databases apart."""


def now() -> datetime:
    """Return the current time, in UTC."""
    return datetime.now(UTC)


def tenant(settings: "Settings") -> str:
    """Return the code host's name. Repository and account numbers are unique within a code host."""
    host = urlsplit(settings.github_api_url).hostname or "github.com"
    return "github.com" if host == "api.github.com" else host


def database_url(settings: "Settings") -> str | None:
    """Return the database's address with its password, or None for the file in the user's data folder."""
    return settings.database_url.get_secret_value() if settings.database_url else None


def cohort_choice(settings: "Settings", option: str | None = None) -> CohortChoice:
    """Return how the user named a command's cohort. ``option`` is the value of ``--cohort``."""
    return CohortChoice(option, settings.cohort)


def shown_database(settings: "Settings") -> str:
    """Return the address of the database in use, without its password and with the whole path of a file.

    Raises:
        UserError: the address in the settings cannot be used.
    """
    from bot.adapters.database.connections import parse_address

    address = parse_address(database_url(settings))
    if address.get_backend_name() == "sqlite" and address.database not in {None, "", ":memory:"}:
        address = address.set(database=str(Path(str(address.database)).absolute()))
    hidden = dict.fromkeys({"password", "sslpassword"} & set(address.query), "hidden")
    return address.update_query_dict(hidden).render_as_string(hide_password=True)


def load_library(
    settings: "Settings",
    rubric: str | None = None,
    overlay: Path | None = None,
    stacks: Path | None = None,
) -> "Library":
    """Load the rubric, the overlay and the packs. Values not given by the command come from the settings."""
    from bot.adapters.files import rubrics

    return rubrics.load(rubric or settings.rubric, overlay or settings.overlay, stacks or settings.stacks)


def load_articulation(library: "Library") -> "ArticulationRules":
    """Return what Sensei listens for in answers about the checks of a rubric."""
    from bot.adapters.files.articulation import load_guide
    from bot.domain.articulation.guide import ArticulationRules

    return ArticulationRules.for_library(load_guide(), library)


def connect_github_app(settings: "Settings") -> "GitHubApp":
    """Return the GitHub App named in the settings.

    Raises:
        UserError: its id or its private key is missing, or the key is not a private key.
    """
    if settings.github_app_id is None or settings.github_private_key is None:
        raise UserError(
            "No GitHub App is set up.",
            "Create one with `sensei setup github`. If you already have one, set "
            "SENSEI_GITHUB_APP_ID and SENSEI_GITHUB_PRIVATE_KEY.",
        )
    from bot.adapters.github import GitHubApp

    return GitHubApp(
        settings.github_app_id,
        _read_private_key(settings.github_private_key.get_secret_value()),
        settings.github_api_url.rstrip("/"),
        settings.github_write_seconds,
    )


def _read_private_key(key_or_path: str) -> str:
    if key_or_path.lstrip().startswith("-----BEGIN"):
        return key_or_path.replace("\\n", "\n")
    try:
        text = Path(key_or_path).expanduser().read_text("ascii")
    except (OSError, ValueError):
        raise UserError(
            "SENSEI_GITHUB_PRIVATE_KEY is neither a private key nor the path of a readable file.",
            "You can generate a key, a .pem file, on the App's page on GitHub.",
        ) from None
    if not text.lstrip().startswith("-----BEGIN"):
        raise UserError(
            "The file named by SENSEI_GITHUB_PRIVATE_KEY does not contain a private key.",
            "Use the App's .pem file.",
        )
    return text


def connect_chat(settings: "Settings") -> "Chat | None":
    """Return the Slack client, or None if no bot token is set."""
    if settings.slack_bot_token is None:
        return None
    from bot.adapters import slack

    return slack.connect(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)


def remembered_accounts(now: Callable[[], datetime]) -> "RememberedAccounts":
    """Return the stored Slack accounts that imports have looked up, in the user's cache folder."""
    import platformdirs

    from bot.adapters.files.remembered_accounts import RememberedAccounts

    folder = platformdirs.user_cache_path("sensei", appauthor=False)
    return RememberedAccounts(folder / "slack-accounts.json", now)


def checkouts_folder(settings: "Settings") -> Path:
    """Return the folder for clones."""
    if settings.checkouts:
        return settings.checkouts
    import platformdirs

    return platformdirs.user_cache_path("sensei", appauthor=False) / "checkouts"


def clone_cache(settings: "Settings") -> "CheckoutCache":
    """Return the store of capstones' clones."""
    from bot.adapters.git.clone_cache import CheckoutCache

    return CheckoutCache(
        checkouts_folder(settings),
        settings.checkouts_max_bytes,
        settings.git_timeout,
        settings.max_scan_bytes,
    )


def search_index(settings: "Settings") -> "SearchIndex":
    """Return the index of what Sensei may cite. Its file is made when it is first used.

    Each database has a file of its own: the ids of cohorts, which name the scopes, are those of one database.
    """
    from bot.adapters.search import SqliteSearchIndex

    database = sha256(shown_database(settings).encode()).hexdigest()[:_OF_A_DIGEST]
    default = checkouts_folder(settings).parent / f"search-{database}.db"
    return SqliteSearchIndex(settings.search_index or default)


@contextmanager
def connect_model(
    settings: "Settings",
    *,
    wanted: bool = True,
    call_limits: "CallLimits | None" = None,
    repository: str | None = None,
    day_share: float = 1.0,
) -> Iterator["Model | None"]:
    """Open the configured model for one review; yield None if none is configured or wanted.

    ``call_limits`` replaces the settings' limits of a call. ``repository`` (``host/number``) is the
    repository whose code the model will see. Erasing a person requires it. No call is made that could bring
    what all calls of the day cost above ``day_share`` of the day's budget.

    Raises:
        UserError: the provider, its key, its price or the store of calls cannot be used.
    """
    if not wanted or settings.model_provider is None or settings.model is None:
        yield None
        return
    from bot.adapters import database
    from bot.adapters import model as adapter

    provider, timeout = settings.model_provider, settings.model_timeout
    day_budget = None if settings.day_budget_usd is None else settings.day_budget_usd * day_share
    with (
        adapter.connect(
            provider, settings.anthropic_api_key, settings.model_base_url, settings.aws_region, timeout
        ) as client,
        database.open_store(database_url(settings)) as engine,
    ):
        yield adapter.RecordedModel(
            client,
            provider,
            settings.model,
            database.SqlModelCalls(engine),
            adapter.BudgetTracker(
                adapter.load_prices().find_price(provider, settings.model),
                adapter.BudgetLimits(settings.review_budget_usd, day_budget),
            ),
            call_limits or adapter.CallLimits(seconds=timeout),
            address=settings.model_base_url,
            repository=repository,
        )
