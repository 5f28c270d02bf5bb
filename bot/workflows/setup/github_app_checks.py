"""Checks that the GitHub App is set up as Sensei needs it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from bot.domain.setup.findings import Finding
from bot.domain.setup.github_app_manifest import NOWHERE, WEBHOOK_PATH, settings_page
from bot.domain.setup.github_app_requirements import PERMISSIONS, find_missing
from bot.errors import PermanentError, TransientError
from bot.ports.code_host import HostRejectedError
from bot.ports.github_app import AppFacts, AppInstallation, OwnApp, WebhookSettings

LEAST_SECRET = 16
"""Minimum number of characters in a webhook secret for `sensei serve`."""

_MOST_NAMES = 6
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ExpectedApp:
    """The App described by the settings.

    ``web`` is GitHub's web address. ``hook`` None allows any webhook.
    """

    web: str
    secret_length: int
    hook: str | None = None


def check_github_app(app: OwnApp, expected: ExpectedApp) -> list[Finding]:
    """Check an App, from its key to its repositories.

    If the key does not work, the other checks are skipped.
    """
    facts, found = _ask("App", app.facts)
    if facts is None:
        return [found]
    page = settings_page(expected.web, facts.slug, facts.organisation)
    owned = f", owned by {facts.owner}" if facts.owner else ""
    return [
        Finding("App", "ok", f"App {facts.id}, {facts.name} ({facts.slug}){owned}. Its key works."),
        *_check_permissions(facts, page),
        *_check_webhook(app, expected, page),
        _check_secret(expected),
        *_check_installations(app, facts),
    ]


def missing(variables: str, remedy: str) -> list[Finding]:
    """Return a finding that no App is set up."""
    return [Finding("App", "bad", f"No GitHub App is set up: {variables} missing.", remedy)]


def verdict(findings: list[Finding]) -> Literal["ok", "warning", "bad"]:
    """Return the worst state of the findings."""
    states = {finding.state for finding in findings}
    return "bad" if "bad" in states else "warning" if "warning" in states else "ok"


def _ask(name: str, question: Callable[[], T]) -> tuple[T | None, Finding]:
    """Ask GitHub, and turn a failure into a finding."""
    try:
        return question(), Finding(name, "ok", "")
    except TransientError as failed:
        return None, Finding(name, "bad", str(failed), "The check could not be completed. Try again later.")
    except PermanentError as refused:
        return None, Finding(name, "bad", refused.what, refused.remedy)
    except HostRejectedError as refused:
        return None, Finding(name, "bad", f"GitHub refused the request: {refused.what}.")


def _check_permissions(facts: AppFacts, page: str) -> Iterator[Finding]:
    lacks = find_missing(facts.permissions, facts.events)
    if lacks.permissions:
        yield Finding(
            "permissions",
            "bad",
            f"The App lacks these permissions: {_format_permissions(lacks.permissions)}.",
            f"Grant them on {page}/permissions. The owner of each installation must then accept them.",
        )
    else:
        yield Finding(
            "permissions",
            "ok",
            f"The App has all the permissions that Sensei needs: {_format_permissions(PERMISSIONS)}.",
        )
    more = {
        name: access
        for name, access in facts.permissions.items()
        if name not in PERMISSIONS or (access != PERMISSIONS[name] and name not in lacks.permissions)
    }
    if more:
        yield Finding(
            "permissions",
            "warning",
            f"The App has more permissions than Sensei needs: {_format_permissions(more)}.",
            f"Remove them on {page}/permissions.",
        )
    if lacks.events:
        yield Finding(
            "events",
            "bad",
            f"The App is not subscribed to these events: {', '.join(lacks.events)}.",
            f"Subscribe to them on {page}/permissions, at the bottom of the page.",
        )
    else:
        yield Finding("events", "ok", "The App is subscribed to every event that Sensei needs.")


def _format_permissions(permissions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} ({access})" for name, access in permissions.items())


def _check_webhook(app: OwnApp, expected: ExpectedApp, page: str) -> Iterator[Finding]:
    hook, failed = _ask("webhook", app.webhook_settings)
    if hook is None:
        yield failed
        return
    yield _check_address(hook, expected, page)
    if not hook.url or hook.url == NOWHERE:
        return
    if hook.content_type != "json":
        yield Finding(
            "webhook",
            "bad",
            f"GitHub sends deliveries as {hook.content_type}, which Sensei cannot read.",
            f"Set the content type to application/json on {page}.",
        )
    if not hook.signed:
        yield Finding(
            "webhook",
            "bad",
            "GitHub does not sign its deliveries, so Sensei refuses them.",
            _secret_remedy(page),
        )
    if not hook.verifies_tls:
        yield Finding(
            "webhook",
            "warning",
            "GitHub does not verify the certificate of the webhook's host.",
            f"Enable SSL verification on {page}.",
        )


def _check_address(hook: WebhookSettings, expected: ExpectedApp, page: str) -> Finding:
    if not hook.url or hook.url == NOWHERE:
        text = (
            "The App has no webhook, so Sensei learns of events only through its slower, "
            "regular checks of GitHub."
        )
        if expected.hook:
            return Finding(
                "webhook", "bad", text, f"On {page}, set the URL to {expected.hook} and tick Active."
            )
        remedy = (
            f"If GitHub can reach Sensei, set the URL to https://HOST{WEBHOOK_PATH} on "
            f"{page} and tick Active."
        )
        return Finding("webhook", "warning", text, remedy)
    if expected.hook and hook.url != expected.hook:
        return Finding(
            "webhook",
            "bad",
            f"GitHub sends deliveries to {hook.url}, not to {expected.hook}.",
            f"Change the webhook's URL on {page}.",
        )
    if not urlsplit(hook.url).path.endswith(WEBHOOK_PATH):
        return Finding(
            "webhook",
            "bad",
            f"GitHub sends deliveries to {hook.url}, but Sensei expects them at {WEBHOOK_PATH}.",
            f"Change the webhook's URL on {page}. If a proxy rewrites the path, ignore this.",
        )
    return Finding("webhook", "ok", f"GitHub sends deliveries to {hook.url}.")


def _check_secret(expected: ExpectedApp) -> Finding:
    if expected.secret_length >= LEAST_SECRET:
        return Finding("webhook secret", "ok", "The webhook secret is set.")
    problem = "is not set" if not expected.secret_length else f"is shorter than {LEAST_SECRET} characters"
    return Finding(
        "webhook secret",
        "bad",
        f"SENSEI_GITHUB_WEBHOOK_SECRET {problem}, so `sensei serve` does not start.",
        "Set the variable to the same secret as on the App's page.",
    )


def _secret_remedy(page: str) -> str:
    return f"On {page}, enter the value of SENSEI_GITHUB_WEBHOOK_SECRET as the secret."


def _check_installations(app: OwnApp, facts: AppFacts) -> Iterator[Finding]:
    found, failed = _ask("installations", app.installations)
    if found is None:
        yield failed
    elif not found:
        yield Finding(
            "installations",
            "warning",
            "The App is not installed anywhere.",
            f"Install it at {install_page(facts.page)}",
        )
    else:
        for installation in found:
            yield _check_installation(installation)


def install_page(page: str) -> str:
    """Return the installation page of an App, given its public page."""
    return f"{page.rstrip('/')}/installations/new"


def _check_installation(installation: AppInstallation) -> Finding:
    name = f"installation {installation.account}"
    if installation.suspended:
        return Finding(
            name,
            "bad",
            "The installation is suspended, so Sensei reads nothing there.",
            f"The owner can resume it at {installation.page}",
        )
    lacks = find_missing(installation.permissions, ()).permissions
    if lacks:
        return Finding(
            name,
            "bad",
            f"The owner has not accepted these permissions: {_format_permissions(lacks)}.",
            f"Once the App requests them, the owner can accept them at {installation.page}",
        )
    if installation.repositories is None or installation.count is None:
        return Finding(
            name,
            "warning",
            "GitHub did not list the installation's repositories.",
            f"You can see them at {installation.page}",
        )
    if not installation.count:
        return Finding(
            name,
            "warning",
            "The installation covers no repositories.",
            f"The owner can choose them at {installation.page}",
        )
    noun = "repository" if installation.count == 1 else "repositories"
    shown = ", ".join(installation.repositories[:_MOST_NAMES])
    more = installation.count - len(installation.repositories[:_MOST_NAMES])
    return Finding(
        name,
        "ok",
        f"The installation covers {installation.count:,} {noun}: {shown}"
        + (f" and {more:,} more." if more else "."),
    )
