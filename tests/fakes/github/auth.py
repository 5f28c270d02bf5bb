"""Who asks: an App with its signed assertion, or an installation with its token."""

import time
from datetime import UTC, datetime

import jwt

from tests.fakes.github import errors
from tests.fakes.github.model import App, Token
from tests.fakes.github.routes import Request, Route
from tests.fakes.github.world import World


def identify(request: Request, route: Route, authorization: str) -> None:
    """Fill in the caller, or refuse."""
    value = authorization.partition(" ")[2].strip()
    if route.caller == "app":
        request.app = app_of(request.world, value)
        return
    if not value:
        if route.caller == "anyone":
            return
        raise errors.Refused(401, "Requires authentication")
    if value.count(".") == 2:
        request.app = app_of(request.world, value)
        raise errors.not_accessible()
    request.token = token_of(request.world, value)
    request.app = request.token.installation.app
    if route.caller == "installation" and not route.allows(request.token.permissions):
        if "repo" in request.parameters:
            _ = request.repository  # refuses first if the caller may not even know of it
        raise errors.not_accessible(route.needs)


def token_of(world: World, value: str) -> Token:
    token = world.tokens.get(value)
    if token is None or token.expires <= datetime.now(UTC):
        raise errors.bad_credentials()
    if token.installation.suspended:
        raise errors.suspended()
    return token


def app_of(world: World, assertion: str) -> App:
    """Check an assertion as GitHub does: who issued it, RS256 with the App's key, at most ten minutes."""
    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise errors.Refused(401, "A JSON web token could not be decoded") from None
    issuer = str(claims.get("iss"))
    app = next((a for a in world.apps.values() if issuer in {str(a.id), a.client_id}), None)
    if app is None:
        raise errors.Refused(404, "Integration not found")
    try:
        jwt.decode(
            assertion,
            app.public_key,
            algorithms=["RS256"],
            options={"verify_exp": False, "verify_iat": False, "verify_iss": False},
        )
    except jwt.InvalidTokenError:
        raise errors.Refused(401, "A JSON web token could not be decoded") from None
    _check_times(claims.get("iat"), claims.get("exp"))
    return app


def _check_times(issued: object, expires: object) -> None:
    now = time.time()
    if not isinstance(expires, int) or expires <= now:
        raise errors.Refused(
            401,
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which "
            "the assertion expires",
        )
    if expires > now + 600 + 1:
        raise errors.Refused(401, "'Expiration time' claim ('exp') is too far in the future")
    if not isinstance(issued, int) or issued > now + 60:
        raise errors.Refused(
            401,
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion "
            "was issued",
        )
