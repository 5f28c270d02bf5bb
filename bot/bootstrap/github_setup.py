"""Setting up and checking the GitHub App."""

import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.adapters.files.github_app_credentials import API, APP, KEY, SECRET, GitHubAppCredentials
from bot.bootstrap import wiring
from bot.bootstrap.setup_files import Output, default_env_file
from bot.domain.dojo.cohort_choice import CohortChoice
from bot.domain.setup.findings import Finding
from bot.domain.setup.github_app_manifest import (
    GitHubAppManifest,
    app_name,
    organisation_name,
    web_address,
    webhook_address,
)
from bot.errors import PermanentError, TransientError, UserError
from bot.rendering.setup import github_app as words
from bot.settings import Settings
from bot.workflows.setup import github_app_setup
from bot.workflows.setup.github_app_checks import ExpectedApp, check_github_app, install_page, missing
from bot.workflows.setup.github_app_setup import Registration, WaitLimit

if TYPE_CHECKING:
    from bot.adapters.github import GitHubOwnApp
    from bot.domain.dojo.people import Cohort
    from bot.domain.pull_requests.records import Capstone
    from bot.workflows.pull_requests.enrolment import EnrolmentNames

GITHUB = "https://api.github.com"


@dataclass(frozen=True, slots=True)
class GitHubSetupRequest:
    """The options of a set-up.

    ``port`` 0 means any free port. ``wait`` is the limit for each stage, in seconds.
    """

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
    cohort: str | None = None
    wait: float = 3600.0


def default_file() -> Path:
    """Return the default file for the App's variables."""
    return default_env_file("github.env")


def set_up(settings: Settings, request: GitHubSetupRequest, output: Output) -> bool:
    """Start or resume the set-up. Return whether it is now complete.

    Raises:
        UserError: an option cannot be used.
        PermanentError, TransientError: GitHub refuses or does not answer.
    """
    names = _enrolment_names(request)
    choice = wiring.cohort_choice(settings, request.cohort)
    if names is not None:
        _check_cohort(settings, names, choice)
    credentials = GitHubAppCredentials(
        (request.file or default_file()).expanduser().absolute(), _api_url(settings), replace=request.replace
    )
    app_settings = None if request.replace else _find_app(settings, credentials)
    if app_settings is None:
        app_settings = _register_app(settings, request, credentials, output)
        if app_settings is None:
            return False
    return _install_app(app_settings, request, names, output)


def examine_app(settings: Settings, url: str | None = None, file: Path | None = None) -> list[Finding]:
    """Check the App in the settings or in a file of variables. ``url`` is the address of `sensei serve`.

    Raises:
        UserError: ``url`` or the file cannot be used.
    """
    hook = webhook_address(url) if url else None
    stored = GitHubAppCredentials((file or default_file()).expanduser().absolute())
    if file is not None:
        settings = _use_stored_app(settings, stored)
    lacks = [
        name
        for name, value in ((APP, settings.github_app_id), (KEY, settings.github_private_key))
        if value is None
    ]
    if lacks:
        return missing(
            " and ".join(lacks) + (" is" if len(lacks) == 1 else " are"), _missing_app_remedy(stored, file)
        )
    try:
        app = wiring.connect_github_app(settings)
    except UserError as unusable:
        return [Finding("App", "bad", unusable.what, unusable.remedy)]
    from bot.adapters.github import GitHubOwnApp

    secret = settings.github_webhook_secret
    expected = ExpectedApp(
        web_address(settings.github_api_url), len(secret.get_secret_value()) if secret else 0, hook
    )
    return check_github_app(GitHubOwnApp(app), expected)


def _missing_app_remedy(stored: GitHubAppCredentials, file: Path | None) -> str:
    if file is None and stored.file.is_file():
        return (
            f"The App's variables in {stored.file} are not loaded. To load them: set -a; . "
            f"{stored.file}; set +a"
        )
    return "Create one with `sensei setup github`."


def _enrolment_names(request: GitHubSetupRequest) -> "EnrolmentNames | None":
    from bot.workflows.pull_requests.enrolment import EnrolmentNames

    if request.repository is None:
        if request.participant or request.sensei or request.cohort:
            raise UserError(
                "--participant, --sensei and --cohort apply only if a repository is enrolled.",
                "Name the repository with --repository OWNER/NAME.",
            )
        return None
    owner, _, name = request.repository.partition("/")
    if not owner or not name or "/" in name:
        raise UserError(f"{request.repository!r} is not a repository.", "Write it as owner/name.")
    if not request.participant:
        raise UserError(
            "--repository needs the capstone's participant.", "Name the participant with --participant LOGIN."
        )
    return EnrolmentNames(request.repository, request.participant, request.sensei)


def _check_cohort(settings: Settings, names: "EnrolmentNames", choice: CohortChoice) -> None:
    """Raise ``UserError`` if it isn't clear in which cohort to enrol, before anything is created."""
    from bot.bootstrap.records import open_or_create_records
    from bot.workflows.pull_requests.enrolment import cohort_to_enrol_in

    with open_or_create_records(settings) as store, store.read() as tx:
        cohort_to_enrol_in(tx, names.repository, choice)


def _api_url(settings: Settings) -> str | None:
    url = settings.github_api_url.rstrip("/")
    return None if url == GITHUB else url


def _find_app(settings: Settings, credentials: GitHubAppCredentials) -> Settings | None:
    """Return the settings with the existing App, or None if neither the file nor the settings have one.

    Raises:
        UserError: the file and the settings name different Apps.
    """
    stored = credentials.stored()
    if APP in stored and KEY in stored:
        if settings.github_app_id is not None and str(settings.github_app_id) != stored[APP]:
            raise UserError(
                f"The environment names App {settings.github_app_id}, but {credentials.file} "
                f"names App {stored[APP]}.",
                f"Unset {APP} and {KEY}, or use --env-file to name the other App's file.",
            )
        is_set = "github_api_url" in settings.model_fields_set
        if is_set and settings.github_api_url.rstrip("/") != stored.get(API, GITHUB).rstrip("/"):
            raise UserError(
                f"The App in {credentials.file} belongs to {stored.get(API, GITHUB)}, "
                f"but {API} is the address of another GitHub server.",
                f"To use this App, unset {API}. To create an App on the other server, name a second file "
                "with --env-file.",
            )
        return _use_stored_app(settings, credentials)
    if settings.github_app_id is not None and settings.github_private_key is not None:
        return settings
    return None


def _use_stored_app(settings: Settings, credentials: GitHubAppCredentials) -> Settings:
    """Return the settings with the App from a file."""
    stored = credentials.stored()
    if not stored.get(APP, "").isdecimal() or KEY not in stored:
        raise UserError(
            f"{credentials.file} does not name a GitHub App.", "Create one with `sensei setup github`."
        )
    return settings.model_copy(
        update={
            "github_app_id": int(stored[APP]),
            "github_private_key": SecretStr(stored[KEY]),
            "github_webhook_secret": SecretStr(stored[SECRET]) if SECRET in stored else None,
            "github_api_url": stored.get(API, GITHUB),
        }
    )


def _register_app(
    settings: Settings, request: GitHubSetupRequest, credentials: GitHubAppCredentials, output: Output
) -> Settings | None:
    """Create an App through the browser and store it. Return None if the browser did not return in time."""
    from bot.adapters.github import GitHubOwnApp, ManifestRegistrar
    from bot.entrypoints import setup_page

    organisation = organisation_name(request.organisation) if request.organisation else None
    offer = GitHubAppManifest(
        app_name(request.name, organisation, secrets.token_hex(3)),
        web_address(settings.github_api_url),
        organisation,
        webhook_address(request.url) if request.url else None,
        request.public,
    )
    credentials.check()
    registration = Registration(offer, ManifestRegistrar(settings.github_api_url.rstrip("/")), credentials)
    limit = words.minutes(request.wait)
    try:
        with setup_page.serve_page(registration, request.port) as page:
            opened = request.browser and setup_page.open_in_browser(page.url)
            output.say(words.open_page(page.url, page.port, limit, opened))
            finished = registration.done.wait(request.wait)
    finally:
        if lost := registration.lost():
            output.complain(f"sensei: {lost}")
    made, kept = registration.made, registration.kept
    if not finished or made is None or kept is None:
        if not lost:
            output.complain(
                f"sensei: no response arrived from GitHub within {limit}. Nothing was stored. Run "
                f"the command again."
            )
        return None
    app_settings = _use_stored_app(settings, credentials)
    output.say(words.kept(made.slug, str(kept.file), str(kept.key), webhook=offer.hook is not None))
    if made.webhook_secret is None:
        app = GitHubOwnApp(wiring.connect_github_app(app_settings))
        _set_webhook_secret(app, registration.secret, kept.file, output)
    return app_settings


def _set_webhook_secret(app: "GitHubOwnApp", secret: str, file: Path, output: Output) -> None:
    """Send GitHub the webhook secret, if GitHub did not create one itself."""
    try:
        app.set_webhook_secret(secret)
    except (PermanentError, TransientError) as failed:
        output.complain(
            f"sensei: {failed} Copy the secret to the App's page yourself. It is the value of "
            f"{SECRET} in {file}."
        )


def _install_app(
    settings: Settings, request: GitHubSetupRequest, names: "EnrolmentNames | None", output: Output
) -> bool:
    """Wait until the App is installed, then enrol the repository if one is named."""
    from bot.adapters.clock import Monotonic
    from bot.adapters.github import GitHubOwnApp

    app = GitHubOwnApp(wiring.connect_github_app(settings))
    try:
        page = install_page(app.facts().page)
    except PermanentError as refused:
        deleted = "If the App was deleted on GitHub, use --replace to create another."
        raise UserError(refused.what, f"{refused.remedy} {deleted}".strip()) from None
    repository = names.repository if names else None
    if not github_app_setup.installed(app, repository):
        output.say(words.install(page, repository, words.minutes(request.wait)))
        wait_limit = WaitLimit(Monotonic(), time.sleep, request.wait)
        why = wait_limit.until(lambda: github_app_setup.installed(app, repository))
        if why is not None:
            accounts = [] if why else app.accounts()
            output.complain(words.not_installed(repository, page, accounts, why).rstrip("\n"))
            return False
    if names is None:
        output.say(
            f"The App is installed for {', '.join(app.accounts())}.\n" + words.next_steps(enrolled=False)
        )
        return True
    output.say(
        _enrol(settings, names, wiring.cohort_choice(settings, request.cohort))
        + "\n"
        + words.next_steps(enrolled=True)
    )
    return True


def _enrol(settings: Settings, names: "EnrolmentNames", choice: CohortChoice) -> str:
    """Enrol the repository, unless it is already enrolled with these people.

    Return a sentence about the result.
    """
    from bot.bootstrap.command_service import open_for_command
    from bot.workflows.pull_requests.enrolment import (
        cohort_to_enrol_in,
        describe_enrolment,
        enrol_repository,
        look_up_names,
    )

    with open_for_command(settings) as service:
        with service.store.read() as tx:
            known = tx.capstones.by_name(names.repository)
            cohort = cohort_to_enrol_in(tx, names.repository, choice)
            if known is not None and _is_enrolled_so(known, names, cohort):
                return describe_enrolment(tx, known)
        found = look_up_names(service.host, cohort, names)
        with service.store.begin() as tx:
            return describe_enrolment(tx, enrol_repository(tx, found, wiring.now()), known)


def _is_enrolled_so(known: "Capstone", names: "EnrolmentNames", cohort: "Cohort") -> bool:
    """Return whether a capstone is already enrolled in this cohort, with these people."""
    people = known.participant.login, known.sensei.login if known.sensei else None
    wanted = names.participant, names.sensei or people[1]
    same_people = [login and login.lower() for login in people] == [
        login and login.lower() for login in wanted
    ]
    return known.installation is not None and same_people and known.cohort == cohort.id
