"""Answers about Apps, installations, tokens, people and limits."""

import secrets
from typing import Any

from tests.fakes.github import errors, shapes
from tests.fakes.github.hooks import Delivery
from tests.fakes.github.model import Installation, Token, when
from tests.fakes.github.routes import LEVELS, Answer, Request, route
from tests.fakes.github.shapes import Shape


@route("GET", "/app", caller="app")
def get_app(request: Request) -> Shape:
    assert request.app
    count = len(_installations(request))
    return {**shapes.app(request.world, request.app), "installations_count": count}


@route("GET", "/app/installations", caller="app")
def list_installations(request: Request) -> Answer:
    return request.page(_installations(request), shapes.installation)


@route("GET", "/app/installations/{installation_id}", caller="app")
def get_installation(request: Request) -> Shape:
    return shapes.installation(request.world, _installation(request))


@route("POST", "/app/installations/{installation_id}/access_tokens", caller="app")
def create_token(request: Request) -> Answer:
    world, installation = request.world, _installation(request)
    if installation.suspended:
        raise errors.suspended()
    body = request.body or {}
    permissions = _permissions(installation, body.get("permissions") or {})
    scope = _scope(installation, body)
    value = f"ghs_{secrets.token_hex(18)}"
    token = Token(value, installation, permissions, world.now() + world.token_lifetime, scope)
    world.tokens[value] = token
    selection = "selected" if scope is not None else installation.selection
    document: Shape = {
        "token": value,
        "expires_at": when(token.expires),
        "permissions": permissions,
        "repository_selection": selection,
    }
    if scope is not None:
        covered = [repository for repository in installation.repositories if repository.id in scope]
        document["repositories"] = [shapes.repository(world, repository) for repository in covered]
    return Answer(201, document)


@route("DELETE", "/installation/token")
def revoke_token(request: Request) -> Answer:
    assert request.token
    del request.world.tokens[request.token.value]
    return Answer(204)


@route("GET", "/installation/repositories")
def list_repositories(request: Request) -> Answer:
    token = request.token
    assert token
    covered = [it for it in token.installation.repositories if token.covers(it)]
    return request.page(covered, shapes.repository, "repositories")


@route("GET", "/repos/{owner}/{repo}/installation", caller="app")
def repository_installation(request: Request) -> Shape:
    assert request.app
    found = request.world.installation_of(request.app, request.repository)
    if found is None:
        raise errors.not_found()
    return shapes.installation(request.world, found)


@route("POST", "/app-manifests/{code}/conversions", caller="anyone")
def convert_manifest(request: Request) -> Answer:
    """Hand an App's key out, once for each code and within its hour."""
    world = request.world
    pending = world.manifests.pop(request.parameters["code"], None)
    if pending is None or pending.ends <= world.now():
        raise errors.not_found()
    app = pending.app
    secrets_ = {
        "client_id": app.client_id,
        "client_secret": secrets.token_hex(20),
        "webhook_secret": app.webhook_secret or None,
        "pem": app.private_key,
    }
    return Answer(201, {**shapes.app(world, app), **secrets_})


@route("GET", "/app/hook/config", caller="app")
def get_hook(request: Request) -> Shape:
    assert request.app
    return shapes.hook(request.app)


@route("PATCH", "/app/hook/config", caller="app")
def set_hook(request: Request) -> Shape:
    app = request.app
    assert app
    app.webhook_secret = request.text("secret", "Hook", required=False) or app.webhook_secret
    app.webhook_url = request.text("url", "Hook", required=False) or app.webhook_url
    return shapes.hook(app)


@route("GET", "/app/hook/deliveries", caller="app")
def list_deliveries(request: Request) -> Answer:
    """Newest first, with a cursor instead of page numbers."""
    world, app = request.world, request.app
    mine = [it for it in reversed(world.hooks.deliveries) if it.app is app and it.answered]
    cursor = request.query.get("cursor")
    if cursor is not None:
        if not cursor.startswith("v1_"):
            raise errors.Refused(400, "Invalid cursor")
        mine = [it for it in mine if it.id < int(cursor[3:])]
    size = min(int(request.query.get("per_page", "30")), 100)
    part, rest = mine[:size], mine[size:]
    link = ""
    if rest:
        address = f"{world.url}/app/hook/deliveries?per_page={size}&cursor=v1_{part[-1].id}"
        link = f'<{address}>; rel="next"'
    return Answer(200, [it.item() for it in part], {"Link": link} if link else {})


@route("GET", "/app/hook/deliveries/{delivery_id}", caller="app")
def get_delivery(request: Request) -> Shape:
    return _delivery(request).full()


@route("POST", "/app/hook/deliveries/{delivery_id}/attempts", caller="app")
def redeliver(request: Request) -> Answer:
    request.world.hooks.redeliver(_delivery(request))
    return Answer(202, {})


@route("GET", "/rate_limit", caller="anyone")
def rate_limit(request: Request) -> Shape:
    rate = {"limit": 5000, "used": 0, "remaining": 5000, "reset": int(request.world.now().timestamp()) + 3600}
    return {"resources": {"core": rate, "search": rate, "graphql": rate}, "rate": rate}


@route("GET", "/users/{username}", caller="anyone")
def get_user(request: Request) -> Shape:
    person = request.world.users.get(request.parameters["username"].lower())
    if person is None:
        raise errors.not_found()
    return shapes.public_user(request.world, person)


def _installations(request: Request) -> list[Installation]:
    return [it for it in request.world.installations.values() if it.app is request.app]


def _installation(request: Request) -> Installation:
    found = request.world.installations.get(request.number("installation_id"))
    if found is None or found.app is not request.app:
        raise errors.not_found()
    return found


def _delivery(request: Request) -> Delivery:
    wanted = request.number("delivery_id")
    for delivery in request.world.hooks.deliveries:
        if delivery.id == wanted and delivery.app is request.app:
            return delivery
    raise errors.not_found()


def _permissions(installation: Installation, asked: dict[str, str]) -> dict[str, str]:
    granted = installation.permissions
    for name, level in asked.items():
        if LEVELS.get(level, 9) > LEVELS.get(granted.get(name, ""), 0):
            raise errors.Refused(422, "The permissions requested are not granted to this installation.")
    return {"metadata": "read", **(asked or granted)}


def _scope(installation: Installation, body: dict[str, Any]) -> frozenset[int] | None:
    if "repositories" not in body and "repository_ids" not in body:
        return None
    names = {it.name: it.id for it in installation.repositories}
    wanted = [names.get(name) for name in body.get("repositories", [])] + body.get("repository_ids", [])
    if not set(wanted) <= set(names.values()):
        raise errors.Refused(
            422,
            "There is at least one repository that does not exist or is not accessible to the parent "
            "installation.",
        )
    return frozenset(wanted)
