"""Is the GitHub App as Sensei needs it? What is looked at, and what to do about each lack."""

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
"""Characters that `sensei serve` wants of a webhook's secret."""

_MOST_NAMES = 6
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ExpectedApp:
    """What the settings say. ``web`` is GitHub's web address; ``hook`` None: any webhook will do."""

    web: str
    secret_length: int
    hook: str | None = None


def check_github_app(app: OwnApp, expected: ExpectedApp) -> list[Finding]:
    """Look at an App, from its key to its repositories; without a key that works nothing more is known."""
    who, found = _ask("App", app.facts)
    if who is None:
        return [found]
    page = settings_page(expected.web, who.slug, who.organisation)
    return [
        Finding("App", "ok", f"App {who.id}, {who.name} ({who.slug}), of {who.owner}; its key works."),
        *_needs(who, page),
        *_hook(app, expected, page),
        _secret(expected),
        *_installations(app, who),
    ]


def missing(variables: str, remedy: str) -> list[Finding]:
    """Say that there is no App to examine."""
    return [Finding("App", "bad", f"No GitHub App is set up: {variables} missing.", remedy)]


def verdict(findings: list[Finding]) -> Literal["ok", "warning", "bad"]:
    """Return the worst that was found."""
    states = {each.state for each in findings}
    return "bad" if "bad" in states else "warning" if "warning" in states else "ok"


def _ask(name: str, question: Callable[[], T]) -> tuple[T | None, Finding]:
    """Ask, and turn a refusal into a finding."""
    try:
        return question(), Finding(name, "ok", "")
    except TransientError as failed:
        return None, Finding(name, "bad", str(failed), "Nothing is known of it now. Try again later.")
    except PermanentError as refused:
        return None, Finding(name, "bad", refused.what, refused.remedy)
    except HostRejectedError as refused:
        return None, Finding(name, "bad", f"GitHub refuses to say: {refused.what}.")


def _needs(who: AppFacts, page: str) -> Iterator[Finding]:
    lacks = find_missing(who.permissions, who.events)
    if lacks.permissions:
        yield Finding(
            "permissions",
            "bad",
            f"The App lacks {_permissions(lacks.permissions)}.",
            f"Grant them on {page}/permissions; then each installation's owner must accept them.",
        )
    else:
        yield Finding("permissions", "ok", f"The App has {_permissions(PERMISSIONS)}.")
    more = {
        name: access
        for name, access in who.permissions.items()
        if name not in PERMISSIONS or (access != PERMISSIONS[name] and name not in lacks.permissions)
    }
    if more:
        yield Finding(
            "permissions",
            "warning",
            f"The App may do more than Sensei needs: {_permissions(more)}.",
            f"Take it away on {page}/permissions.",
        )
    if lacks.events:
        yield Finding(
            "events",
            "bad",
            f"The App is not told of {', '.join(lacks.events)}.",
            f"Subscribe to them on {page}/permissions, below the permissions.",
        )
    else:
        yield Finding("events", "ok", "The App is told of everything that Sensei acts on.")


def _permissions(permissions: Mapping[str, str]) -> str:
    return ", ".join(f"{name}: {access}" for name, access in permissions.items())


def _hook(app: OwnApp, expected: ExpectedApp, page: str) -> Iterator[Finding]:
    hook, failed = _ask("webhook", app.hook)
    if hook is None:
        yield failed
        return
    yield _address(hook, expected, page)
    if not hook.url or hook.url == NOWHERE:
        return
    if hook.content_type != "json":
        yield Finding(
            "webhook",
            "bad",
            f"Deliveries come as {hook.content_type}, which Sensei does not read.",
            f"Set the content type to application/json on {page}.",
        )
    if not hook.signed:
        yield Finding(
            "webhook", "bad", "GitHub signs no delivery, and unsigned ones are refused.", _same_secret(page)
        )
    if not hook.verifies_tls:
        yield Finding(
            "webhook",
            "warning",
            "GitHub does not verify the certificate of the webhook's host.",
            f"Enable SSL verification on {page}.",
        )


def _address(hook: WebhookSettings, expected: ExpectedApp, page: str) -> Finding:
    if not hook.url or hook.url == NOWHERE:
        text = "The App has no webhook: what happens on GitHub is found by look rounds, more slowly."
        if expected.hook:
            return Finding(
                "webhook", "bad", text, f"On {page} set the URL to {expected.hook}, and tick Active."
            )
        remedy = f"Where GitHub can reach Sensei: on {page} set https://HOST{WEBHOOK_PATH}, and tick Active."
        return Finding("webhook", "warning", text, remedy)
    if expected.hook and hook.url != expected.hook:
        return Finding(
            "webhook",
            "bad",
            f"Deliveries go to {hook.url}, not to {expected.hook}.",
            f"Change the webhook's URL on {page}.",
        )
    if not urlsplit(hook.url).path.endswith(WEBHOOK_PATH):
        return Finding(
            "webhook",
            "bad",
            f"Deliveries go to {hook.url}, and Sensei takes them at {WEBHOOK_PATH}.",
            f"Change the webhook's URL on {page}; a proxy that rewrites paths is fine.",
        )
    return Finding("webhook", "ok", f"Deliveries go to {hook.url}.")


def _secret(expected: ExpectedApp) -> Finding:
    if expected.secret_length >= LEAST_SECRET:
        return Finding("webhook secret", "ok", "A webhook secret is set here.")
    what = "is not set" if not expected.secret_length else f"is shorter than {LEAST_SECRET} characters"
    return Finding(
        "webhook secret",
        "bad",
        f"SENSEI_GITHUB_WEBHOOK_SECRET {what}, and `sensei serve` does not start without it.",
        "Set the same secret here and on the App's page.",
    )


def _same_secret(page: str) -> str:
    return f"Set SENSEI_GITHUB_WEBHOOK_SECRET's value as the secret on {page}."


def _installations(app: OwnApp, who: AppFacts) -> Iterator[Finding]:
    found, failed = _ask("installations", app.installations)
    if found is None:
        yield failed
    elif not found:
        yield Finding(
            "installations",
            "warning",
            "The App is installed nowhere.",
            f"Install it: {install_page(who.page)}",
        )
    else:
        for each in found:
            yield _installation(each)


def install_page(page: str) -> str:
    """Return where an App is installed, by its public page."""
    return f"{page.rstrip('/')}/installations/new"


def _installation(it: AppInstallation) -> Finding:
    name = f"installation {it.account}"
    if it.suspended:
        return Finding(name, "bad", "It is suspended: nothing is read there.", f"Its owner: {it.page}")
    lacks = find_missing(it.permissions, ()).permissions
    if lacks:
        return Finding(
            name,
            "bad",
            f"Its owner has not accepted {_permissions(lacks)}.",
            f"They accept it, once the App asks for it: {it.page}",
        )
    if it.repositories is None or it.count is None:
        return Finding(name, "warning", "GitHub does not say which repositories it covers.", it.page)
    if not it.count:
        return Finding(name, "warning", "It covers no repository.", f"Its owner chooses them: {it.page}")
    shown = ", ".join(it.repositories[:_MOST_NAMES])
    more = it.count - len(it.repositories[:_MOST_NAMES])
    return Finding(name, "ok", f"It covers {it.count:,}: {shown}" + (f" and {more:,} more." if more else "."))
