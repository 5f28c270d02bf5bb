"""Setting the Slack app up, and examining it, put together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bot.adapters.files.env_files import EnvFile
from bot.adapters.slack import SlackOwnApp
from bot.bootstrap import github_setup
from bot.bootstrap.github_setup import Output
from bot.domain.setup import env_file
from bot.domain.setup.findings import Finding
from bot.domain.setup.slack_app_manifest import SlackAppManifest, apps_page, request_address, slack_name
from bot.errors import UserError
from bot.rendering.setup import github_app as findings
from bot.rendering.setup import slack_app as words
from bot.settings import Settings
from bot.workflows.setup.github_app_checks import verdict
from bot.workflows.setup.slack_app_checks import SlackTokens, check_slack_app, right_workspace

BOT, APP = "SENSEI_SLACK_BOT_TOKEN", "SENSEI_SLACK_APP_TOKEN"
SECRET, API = "SENSEI_SLACK_SIGNING_SECRET", "SENSEI_SLACK_API_URL"
SLACK = "https://slack.com/api/"
_LABELS = {BOT: "Bot token (xoxb-…)", APP: "App-level token (xapp-…)", SECRET: "Signing secret"}

Ask = Callable[[str], str]
"""Asks for a secret by its label, without showing it; an empty answer means that there is none yet."""


@dataclass(frozen=True, slots=True)
class SlackSetupRequest:
    """What somebody asks of a set-up. ``http`` is the address of `sensei serve`; none: Socket Mode."""

    name: str = "Sensei"
    http: str | None = None
    file: Path | None = None
    replace: bool = False


def default_file() -> Path:
    """Return where the variables are kept unless somebody says otherwise."""
    return github_setup.default_file().with_name("slack.env")


def manifest_of(settings: Settings, wish: SlackSetupRequest) -> SlackAppManifest:
    """Return the app that is to be made.

    Raises:
        UserError: the name or the address cannot be.
    """
    url = request_address(wish.http) if wish.http else None
    return SlackAppManifest(slack_name(wish.name), settings.slack_api_url, url)


def manifest(settings: Settings, wish: SlackSetupRequest) -> str:
    """Return the manifest as JSON."""
    return words.manifest_json(manifest_of(settings, wish))


def set_up(settings: Settings, wish: SlackSetupRequest, voice: Output, ask: Ask) -> bool:
    """Say how the app is made, take its tokens and keep them; say whether that came to its end.

    Tokens come from the environment, else from the file, else they are asked for. What Slack does not take
    is not kept.

    Raises:
        UserError: the name, the address or the file cannot be used.
    """
    made = manifest_of(settings, wish)
    file = EnvFile(_path(wish.file))
    file.check()
    needed = (BOT, APP if made.url is None else SECRET)
    known = _known(settings, {} if wish.replace else file.stored(), needed)
    if set(needed) - set(known):
        voice.say(words.how(made, str(file.file)))
    for name in needed:
        if name not in known:
            known[name] = ask(_LABELS[name]).strip()
        if not known[name]:
            voice.complain(f"sensei: no {_LABELS[name]} yet. Nothing was kept; run the same command with it.")
            return False
        if not env_file.is_plain(known[name]):
            raise UserError(
                f"That is no {_LABELS[name]}.", "Nothing was kept. Copy it whole, without blanks."
            )
    found = check_slack_app(SlackOwnApp(settings.slack_api_url), _tokens(settings.slack_api_url, known))
    voice.say(findings.findings(found))
    if any(each.state == "bad" and each.name != "scopes" for each in found):
        voice.complain("sensei: nothing was kept. Put that right, and run the same command again.")
        return False
    if settings.slack_api_url != SLACK:
        known[API] = settings.slack_api_url
    file.set(known)
    voice.say(words.kept(str(file.file)))
    return verdict(found) != "bad"


def examine_app(settings: Settings, file: Path | None = None) -> list[Finding]:
    """Examine the app of the settings, or of a file of variables.

    Raises:
        UserError: the file cannot be used.
    """
    if file is not None:
        stored = EnvFile(_path(file)).stored()
        if BOT not in stored:
            raise UserError(f"{file} names no Slack app.", "`sensei setup slack` makes one.")
        api = stored.get(API, SLACK)
        return check_slack_app(SlackOwnApp(api), _tokens(api, stored))
    known = _known(settings, {}, (BOT, APP, SECRET))
    found = check_slack_app(SlackOwnApp(settings.slack_api_url), _tokens(settings.slack_api_url, known))
    if BOT not in known and default_file().is_file():
        path = default_file()
        remedy = f"One is kept in {path}; load it: set -a; . {path}; set +a"
        return [Finding(each.name, each.state, each.text, remedy) for each in found]
    return found


def workspace(settings: Settings, known: Sequence[str]) -> list[Finding]:
    """See that the token is of the workspace whose people are known.

    Raises:
        PermanentError, TransientError: Slack does not say.
    """
    token = settings.slack_bot_token
    if token is None:
        return []
    return right_workspace(SlackOwnApp(settings.slack_api_url), token.get_secret_value(), known)


def is_set(settings: Settings) -> bool:
    """Say whether anything of Slack's is set."""
    return any((settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret))


def _path(given: Path | None) -> Path:
    return (given or default_file()).expanduser().absolute()


def _known(settings: Settings, stored: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    given: Mapping[str, SecretStr | None] = {
        BOT: settings.slack_bot_token,
        APP: settings.slack_app_token,
        SECRET: settings.slack_signing_secret,
    }
    known = {name: stored[name] for name in names if name in stored}
    return known | {name: value.get_secret_value() for name in names if (value := given[name]) is not None}


def _tokens(api: str, known: Mapping[str, str]) -> SlackTokens:
    return SlackTokens(apps_page(api), known.get(BOT), known.get(APP), known.get(SECRET))
