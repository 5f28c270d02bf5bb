"""Setting the GitHub App up, and examining it, put together."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from pydantic import SecretStr

from bot.adapters.clock import Monotonic
from bot.adapters.files.github_app_credentials import API, APP, KEY, SECRET, GitHubAppCredentials
from bot.adapters.github import GitHubOwnApp, ManifestRegistrar
from bot.bootstrap import service
from bot.domain.setup import env_file
from bot.domain.setup.findings import Finding
from bot.domain.setup.github_app_manifest import (
    GitHubAppManifest,
    app_name,
    organisation_name,
    web_address,
    webhook_address,
)
from bot.entrypoints import setup_page
from bot.errors import PermanentError, TransientError, UserError
from bot.rendering.setup import github_app as words
from bot.settings import Settings
from bot.workflows.pull_requests.enrolment import EnrolmentNames, as_enrolled, enrol_repository, look_up_names
from bot.workflows.setup import github_app_setup
from bot.workflows.setup.github_app_checks import ExpectedApp, check_github_app, install_page, missing
from bot.workflows.setup.github_app_setup import Registration, WaitLimit

GITHUB = "https://api.github.com"


@dataclass(frozen=True, slots=True)
class GitHubSetupRequest:
    """What somebody asks of a set-up. ``port`` 0: any that is free; ``wait`` in seconds, for each stage."""

    organisation: str | None = None
    url: str | None = None
    name: str | None = None
    public: bool = False
    port: int = 0
    browser: bool = True
    file: Path | None = None
    replace: bool = False
    repository: str | None = None
    participant: str | None = None
    sensei: str | None = None
    wait: float = 3600.0


@dataclass(frozen=True, slots=True)
class Output:
    """Where words go: ``say`` what was done, ``complain`` what was not."""

    say: Callable[[str], None]
    complain: Callable[[str], None]


def default_file() -> Path:
    """Return where an App's variables are kept unless somebody says otherwise.

    macOS's own folder has a blank in its name, which docker and a shell would read differently.
    """
    folder = platformdirs.user_config_path("sensei", appauthor=False)
    if not env_file.is_plain(str(folder)):
        folder = Path.home() / ".config" / "sensei"
    return folder / "github.env"


def set_up(settings: Settings, wish: GitHubSetupRequest, voice: Output) -> bool:
    """Go on from where the set-up stands; say whether it came to its end.

    Raises:
        UserError: something that was asked for cannot be. PermanentError, TransientError: as GitHub.
    """
    names = _names(wish)
    vault = GitHubAppCredentials(
        (wish.file or default_file()).expanduser().absolute(), _api(settings), replace=wish.replace
    )
    known = None if wish.replace else _with_app(settings, vault)
    if known is None:
        known = _register(settings, wish, vault, voice)
        if known is None:
            return False
    return _installed(known, wish, names, voice)


def examine_app(settings: Settings, url: str | None = None, file: Path | None = None) -> list[Finding]:
    """Examine the App of the settings, or of a file of variables; ``url`` is where the bot is reached.

    Raises:
        UserError: ``url`` or the file cannot be used.
    """
    hook = webhook_address(url) if url else None
    stored = GitHubAppCredentials((file or default_file()).expanduser().absolute())
    if file is not None:
        settings = _overlaid(settings, stored)
    lacks = [
        name
        for name, value in ((APP, settings.github_app_id), (KEY, settings.github_private_key))
        if value is None
    ]
    if lacks:
        return missing(" and ".join(lacks) + (" is" if len(lacks) == 1 else " are"), _remedy(stored, file))
    try:
        app = service.app(settings)
    except UserError as unusable:
        return [Finding("App", "bad", unusable.what, unusable.remedy)]
    secret = settings.github_webhook_secret
    expected = ExpectedApp(
        web_address(settings.github_api_url), len(secret.get_secret_value()) if secret else 0, hook
    )
    return check_github_app(GitHubOwnApp(app), expected)


def _remedy(stored: GitHubAppCredentials, given: Path | None) -> str:
    if given is None and stored.file.is_file():
        return f"An App is kept in {stored.file}; load it: set -a; . {stored.file}; set +a"
    return "`sensei setup github` makes one."


def _names(wish: GitHubSetupRequest) -> EnrolmentNames | None:
    if wish.repository is None:
        if wish.participant or wish.sensei:
            raise UserError("Whose repository is to be enrolled?", "Name it with --repository OWNER/NAME.")
        return None
    owner, _, name = wish.repository.partition("/")
    if not owner or not name or "/" in name:
        raise UserError(f"{wish.repository!r} is not a repository.", "Write it as owner/name.")
    if not wish.participant:
        raise UserError("A capstone has a participant.", "Name them with --participant LOGIN.")
    return EnrolmentNames(wish.repository, wish.participant, wish.sensei)


def _api(settings: Settings) -> str | None:
    api = settings.github_api_url.rstrip("/")
    return None if api == GITHUB else api


def _with_app(settings: Settings, vault: GitHubAppCredentials) -> Settings | None:
    """Return the settings with the App that is set up already, in the file or in the environment."""
    stored = vault.stored()
    if APP in stored and KEY in stored:
        if settings.github_app_id is not None and str(settings.github_app_id) != stored[APP]:
            raise UserError(
                f"The environment names App {settings.github_app_id}, and {vault.file} App {stored[APP]}.",
                f"Unset {APP} and {KEY}, or name the file of that App with --env-file.",
            )
        asked = "github_api_url" in settings.model_fields_set
        if asked and settings.github_api_url.rstrip("/") != stored.get(API, GITHUB).rstrip("/"):
            raise UserError(
                f"The App in {vault.file} is of {stored.get(API, GITHUB)}, and {API} is another.",
                "For an App on each, name a second file with --env-file.",
            )
        return _overlaid(settings, vault)
    if settings.github_app_id is not None and settings.github_private_key is not None:
        return settings
    return None


def _overlaid(settings: Settings, vault: GitHubAppCredentials) -> Settings:
    stored = vault.stored()
    if not stored.get(APP, "").isdecimal() or KEY not in stored:
        raise UserError(f"{vault.file} names no App.", "`sensei setup github` makes one.")
    return settings.model_copy(
        update={
            "github_app_id": int(stored[APP]),
            "github_private_key": SecretStr(stored[KEY]),
            "github_webhook_secret": SecretStr(stored[SECRET]) if SECRET in stored else None,
            "github_api_url": stored.get(API, GITHUB),
        }
    )


def _register(
    settings: Settings, wish: GitHubSetupRequest, vault: GitHubAppCredentials, voice: Output
) -> Settings | None:
    """Make an App by way of a browser and keep it; None where nobody came back in time."""
    organisation = organisation_name(wish.organisation) if wish.organisation else None
    offer = GitHubAppManifest(
        app_name(wish.name, organisation, secrets.token_hex(3)),
        web_address(settings.github_api_url),
        organisation,
        webhook_address(wish.url) if wish.url else None,
        wish.public,
    )
    vault.check()
    registration = Registration(offer, ManifestRegistrar(settings.github_api_url.rstrip("/")), vault)
    limit = words.minutes(wish.wait)
    try:
        with setup_page.shown(registration, wish.port) as page:
            opened = wish.browser and setup_page.show(page.url)
            voice.say(words.open_page(page.url, page.port, limit, opened))
            came = registration.done.wait(wish.wait)
    finally:
        if lost := registration.lost():
            voice.complain(f"sensei: {lost}")
    made, kept = registration.made, registration.kept
    if not came or made is None or kept is None:
        if not lost:
            voice.complain(
                f"sensei: nobody came back from GitHub within {limit}. Nothing was kept; run it again."
            )
        return None
    known = _overlaid(settings, vault)
    voice.say(words.kept(made.slug, str(kept.file), str(kept.key), webhook=offer.hook is not None))
    if made.webhook_secret is None:
        _sign(GitHubOwnApp(service.app(known)), registration.secret, kept.file, voice)
    return known


def _sign(app: GitHubOwnApp, secret: str, file: Path, voice: Output) -> None:
    """Give GitHub the secret that it has not made itself."""
    try:
        app.sign(secret)
    except (PermanentError, TransientError) as failed:
        voice.complain(
            f"sensei: {failed} Enter the secret on the App's page yourself: it is {SECRET} in {file}."
        )


def _installed(
    settings: Settings, wish: GitHubSetupRequest, names: EnrolmentNames | None, voice: Output
) -> bool:
    """Wait until the App is installed, and enrol the repository if one is named."""
    app = GitHubOwnApp(service.app(settings))
    try:
        page = install_page(app.facts().page)
    except PermanentError as refused:
        gone = "If the App was deleted at GitHub, --replace makes another."
        raise UserError(refused.what, f"{refused.remedy} {gone}".strip()) from None
    repository = names.repository if names else None
    if not github_app_setup.installed(app, repository):
        voice.say(words.install(page, repository, words.minutes(wish.wait)))
        waiting = WaitLimit(Monotonic(), time.sleep, wish.wait)
        why = waiting.until(lambda: github_app_setup.installed(app, repository))
        if why is not None:
            accounts = [] if why else app.accounts()
            voice.complain(words.not_installed(repository, page, accounts, why).rstrip("\n"))
            return False
    if names is None:
        voice.say(
            f"The App is installed for {', '.join(app.accounts())}.\n" + words.next_steps(enrolled=False)
        )
        return True
    voice.say(_enrolled(settings, names) + "\n" + words.next_steps(enrolled=True))
    return True


def _enrolled(settings: Settings, names: EnrolmentNames) -> str:
    """Enrol the repository, unless it is enrolled so already; say how it stands."""
    with service.open_for_command(settings) as desk:
        with desk.store.begin() as tx:
            known = tx.capstones.named(names.repository)
        if known is not None and known.installation is not None:
            people = known.participant.login, known.sensei.login if known.sensei else None
            wanted = names.participant, names.sensei or people[1]
            if [who and who.lower() for who in people] == [who and who.lower() for who in wanted]:
                return as_enrolled(known)
        found = look_up_names(desk.host, settings.cohort, names)
        with desk.store.begin() as tx:
            return as_enrolled(enrol_repository(tx, found, service.now()))
