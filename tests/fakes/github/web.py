"""The pages of GitHub's that make an App from a manifest, for whoever is signed in.

https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

import html
import json
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.fakes.github.model import Manifest
from tests.fakes.github.routes import LEVELS

if TYPE_CHECKING:
    from tests.fakes.github import GitHub

_NEW = re.compile(r"(?:/organizations/([^/]+))?/settings/apps/new\Z")
_CREATE = "/settings/apps/create"  # the fake's own name: GitHub's is not documented
_CODE_LIFETIME = timedelta(hours=1)
_KNOWN = {
    "name",
    "url",
    "hook_attributes",
    "redirect_url",
    "callback_urls",
    "setup_url",
    "description",
    "public",
    "default_events",
    "default_permissions",
    "request_oauth_on_install",
    "setup_on_update",
}
# Any of these permissions lets an App hear of the event.
# https://docs.github.com/en/webhooks/webhook-events-and-payloads
_HEARD_WITH = {
    "check_run": {"checks"},
    "check_suite": {"checks"},
    "issue_comment": {"issues", "pull_requests"},
    "pull_request": {"pull_requests"},
    "pull_request_review": {"pull_requests"},
    "pull_request_review_comment": {"pull_requests"},
    "pull_request_review_thread": {"pull_requests"},
    "push": {"contents"},
    "repository": {"metadata"},
}


@dataclass(frozen=True)
class Page:
    status: int
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def is_page(path: str) -> bool:
    return path == _CREATE or _NEW.match(path) is not None


def answer(github: "GitHub", method: str, path: str, body: bytes) -> Page:
    """Show a manifest and ask for a yes; upon that make the App and send the browser back."""
    url = urlsplit(path)
    form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    if method != "POST":
        return _page(404, "Not Found")
    if url.path == _CREATE:
        return _created(github, form)
    match = _NEW.match(url.path)
    organisation = match[1] if match else None
    if organisation and github.signed_in not in github.owners.get(organisation.lower(), set()):
        return _page(404, "Not Found")
    try:
        manifest = json.loads(form.get("manifest", ""))
    except ValueError:
        return _page(422, "Invalid GitHub App configuration: it is no JSON")
    problems = list(_problems(manifest))
    if problems:
        return _page(422, "Invalid GitHub App configuration: " + "; ".join(problems))
    token = secrets.token_hex(8)
    state = parse_qs(url.query).get("state", [""])[0]
    github.asked_for[token] = {**manifest, "state": state, "owner": organisation or github.signed_in}
    return Page(
        200,
        (
            f'<form method="post" action="{_CREATE}"><input type="hidden" name="token" value="{token}">'
            f'<input name="name" value="{html.escape(manifest.get("name", ""))}"></form>'
        ).encode(),
    )


def _created(github: "GitHub", form: Mapping[str, str]) -> Page:
    asked = github.asked_for.pop(form.get("token", ""), None)
    if asked is None:
        return _page(422, "Your browser did something unexpected")
    name = form.get("name", "")
    if problem := _name_problem(github, name):
        github.asked_for[form["token"]] = asked
        return _page(422, problem)
    hook = asked.get("hook_attributes", {})
    app = github.app(
        _slug(name),
        asked.get("default_permissions"),
        asked.get("default_events"),
        hook.get("url"),
        secrets.token_hex(20) if hook else "",
    )
    app.owner, app.name, app.public = github.user(asked["owner"]), name, asked.get("public", False)
    app.hook_active = bool(hook) and hook.get("active", True)
    code = secrets.token_hex(20)
    github.manifests[code] = Manifest(app, github.now() + _CODE_LIFETIME)
    back = {"code": code} | ({"state": asked["state"]} if asked["state"] else {})
    return Page(302, headers={"Location": f"{asked['redirect_url']}?{urlencode(back)}"})


def _problems(manifest: Any) -> Iterator[str]:
    if not isinstance(manifest, dict):
        yield "it is no object"
        return
    for name in sorted(set(manifest) - _KNOWN):
        yield f'"{name}" is not a permitted key.'
    if not manifest.get("url"):
        yield '"url" wasn\'t supplied.'
    if "redirect_url" not in manifest:
        yield "the fake sends nobody anywhere else"
    yield from _hook_problems(manifest.get("hook_attributes"))
    yield from _access_problems(manifest.get("default_permissions", {}), manifest.get("default_events", []))


def _access_problems(permissions: Mapping[str, str], events: list[str]) -> Iterator[str]:
    for name, level in permissions.items():
        if level not in LEVELS or name not in {*_any(_HEARD_WITH), "metadata", "actions", "statuses"}:
            yield f"Default permission records resource is not included in the list: {name}"
    for event in events:
        if event not in _HEARD_WITH:
            yield f"Default events unsupported: {event}"
        elif not _HEARD_WITH[event] & set(permissions):
            yield f"Default events are not supported by permissions: {event}"


def _hook_problems(hook: Any) -> Iterator[str]:
    if hook is None:
        return
    for name in sorted(set(hook) - {"url", "active"}):
        yield f'"hook_attributes/{name}" is not a permitted key.'
    address = urlsplit(hook.get("url") or "")
    if not address.netloc:
        yield '"url" wasn\'t supplied.'
    elif address.hostname in {"localhost", "127.0.0.1", "::1"}:
        why = f"it isn't reachable over the public Internet ({address.hostname})"
        yield f"Hook url is not supported because {why}"


def _name_problem(github: "GitHub", name: str) -> str:
    if not name:
        return "Name can't be blank"
    if len(name) > 34:
        return "Name is too long (maximum is 34 characters)"
    taken = {app.slug for app in github.apps.values()} | set(github.users)
    return "Name is already taken" if _slug(name) in taken else ""


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _any(groups: Mapping[str, set[str]]) -> set[str]:
    return set().union(*groups.values())


def _page(status: int, text: str) -> Page:
    return Page(status, f"<p>{html.escape(text)}</p>".encode())
