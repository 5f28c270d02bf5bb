"""Setting up and checking the Slack app."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bot.adapters.files.env_files import EnvFile
from bot.bootstrap.setup_files import Output, default_env_file
from bot.domain.setup import env_file
from bot.domain.setup.findings import Finding
from bot.domain.setup.slack_app_manifest import SlackAppManifest, apps_page, request_address, slack_name
from bot.errors import UserError
from bot.rendering.setup import github_app as finding_words
from bot.rendering.setup import slack_app as words
from bot.settings import Settings
from bot.workflows.setup.github_app_checks import verdict
from bot.workflows.setup.slack_app_checks import SlackTokens, check_slack_app, right_workspace

BOT, APP = "SENSEI_SLACK_BOT_TOKEN", "SENSEI_SLACK_APP_TOKEN"
SECRET, API = "SENSEI_SLACK_SIGNING_SECRET", "SENSEI_SLACK_API_URL"
SLACK = "https://slack.com/api/"
_LABELS = {BOT: "Bot token (xoxb-…)", APP: "App-level token (xapp-…)", SECRET: "Signing secret"}

Ask = Callable[[str], str]
"""Ask for a secret by its label, without echo. An empty answer means that there is none yet."""


@dataclass(frozen=True, slots=True)
class SlackSetupRequest:
    """The options of a set-up. ``http`` is the address of `sensei serve`; None means Socket Mode."""

    name: str = "Sensei"
    http: str | None = None
    file: Path | None = None
    replace: bool = False


def default_file() -> Path:
    """Return the default file for the app's variables."""
    return default_env_file("slack.env")


def manifest_json(settings: Settings, request: SlackSetupRequest) -> str:
    """Return the manifest of the app to create, as JSON.

    Raises:
        UserError: the name or the address cannot be used.
    """
    return words.manifest_json(_make_manifest(settings, request))


def _make_manifest(settings: Settings, request: SlackSetupRequest) -> SlackAppManifest:
    url = request_address(request.http) if request.http else None
    return SlackAppManifest(slack_name(request.name), settings.slack_api_url, url)


def set_up(settings: Settings, request: SlackSetupRequest, output: Output, ask: Ask) -> bool:
    """Explain how to create the app, then check and store its tokens. Return whether it is now complete.

    Each token is looked for in the environment, then in the file, then requested with ``ask``. Tokens that
    Slack refuses are not stored.

    Raises:
        UserError: the name, the address or the file cannot be used.
    """
    manifest = _make_manifest(settings, request)
    file = EnvFile(_env_path(request.file))
    file.check()
    needed = (BOT, APP if manifest.url is None else SECRET)
    known = _known_tokens(settings, {} if request.replace else file.stored(), needed)
    if set(needed) - set(known):
        output.say(words.how(manifest, str(file.file)))
    for name in needed:
        if name not in known:
            known[name] = ask(_LABELS[name]).strip()
        if not known[name]:
            output.complain(
                f"sensei: the {_LABELS[name]} is missing. Nothing was stored. Run the command "
                f"again and enter it."
            )
            return False
        if not env_file.is_plain(known[name]):
            raise UserError(
                f"{_LABELS[name]}: the value contains a space or another character that it can't have. "
                "Nothing was stored.",
                "Run the command again, and copy the whole value without spaces.",
            )
    found = _check_app(settings.slack_api_url, known)
    output.say(finding_words.findings(found))
    if any(finding.state == "bad" and finding.name != "scopes" for finding in found):
        output.complain(
            "sensei: nothing was stored. Correct the problems above, then run the same command again."
        )
        return False
    if settings.slack_api_url != SLACK:
        known[API] = settings.slack_api_url
    file.set(known)
    output.say(words.kept(str(file.file)))
    return verdict(found) != "bad"


def examine_app(settings: Settings, file: Path | None = None) -> list[Finding]:
    """Check the app in the settings or in a file of variables.

    Raises:
        UserError: the file cannot be used.
    """
    if file is not None:
        stored = EnvFile(_env_path(file)).stored()
        if BOT not in stored:
            raise UserError(
                f"{file} does not contain a Slack app's tokens.", "Create one with `sensei setup slack`."
            )
        return _check_app(stored.get(API, SLACK), stored)
    known = _known_tokens(settings, {}, (BOT, APP, SECRET))
    found = _check_app(settings.slack_api_url, known)
    path = default_file()
    if BOT not in known and path.is_file():
        remedy = f"The app's variables in {path} are not loaded. To load them: set -a; . {path}; set +a"
        return [Finding(finding.name, finding.state, finding.text, remedy) for finding in found]
    return found


def check_workspace(settings: Settings, known: Sequence[str]) -> list[Finding]:
    """Check that the token belongs to the workspace of the people in the database.

    Raises:
        PermanentError, TransientError: Slack did not provide the information.
    """
    token = settings.slack_bot_token
    if token is None:
        return []
    from bot.adapters.slack import SlackOwnApp

    return right_workspace(SlackOwnApp(settings.slack_api_url), token.get_secret_value(), known)


def is_set(settings: Settings) -> bool:
    """Return whether any Slack setting has a value."""
    return any((settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret))


def _env_path(file: Path | None) -> Path:
    return (file or default_file()).expanduser().absolute()


def _known_tokens(settings: Settings, stored: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    """Return the tokens from the file, or from the environment if it has them."""
    environment: Mapping[str, SecretStr | None] = {
        BOT: settings.slack_bot_token,
        APP: settings.slack_app_token,
        SECRET: settings.slack_signing_secret,
    }
    known = {name: stored[name] for name in names if name in stored}
    return known | {
        name: value.get_secret_value() for name in names if (value := environment[name]) is not None
    }


def _check_app(api_url: str, known: Mapping[str, str]) -> list[Finding]:
    from bot.adapters.slack import SlackOwnApp

    tokens = SlackTokens(apps_page(api_url), known.get(BOT), known.get(APP), known.get(SECRET))
    return check_slack_app(SlackOwnApp(api_url), tokens)
