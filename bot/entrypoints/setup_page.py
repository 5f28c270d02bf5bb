"""The page of a set-up: on the loopback address, for whoever knows its path, while a command waits.

Another site cannot steer it: the path is a secret, what comes back from GitHub carries a state, and a name
that was bent to this address (DNS rebinding) is refused by its Host header, of which nothing is ever built.
Nothing on it runs.
"""

import secrets
import socket
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.entrypoints.connection_limits import ConnectionLimits
from bot.entrypoints.web_server import WebServer, configuration
from bot.errors import UserError
from bot.rendering.setup import github_app as rendering
from bot.workflows.setup.github_app_checks import install_page
from bot.workflows.setup.github_app_setup import Registration

LOOPBACK = "127.0.0.1"

_STATUSES = {
    "already": 200,
    "forged": 400,
    "unknown": 410,
    "later": 503,
    "refused": 502,
    "unwritten": 500,
}
_STOP_SECONDS = 5
_BOUNDS = ConnectionLimits(most=50, seconds=60.0)  # GitHub is asked for the App while the page waits


@dataclass(frozen=True, slots=True)
class SetupPage:
    """Where the page is."""

    url: str
    port: int


def app(registration: Registration, base: str) -> Starlette:
    """Return the application; ``base`` is the address of its form, secret path included."""
    path = "/" + base.split("/", 3)[3]
    headers = {
        "Content-Security-Policy": rendering.policy(registration.offer),
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
    }

    def answer(page: str, status: int = 200) -> Response:
        return HTMLResponse(page, status, headers)

    async def form(_request: Request) -> Response:
        if registration.kept is not None:
            return answer(rendering.said_page("already"))
        return answer(rendering.form_page(registration.offer, registration.state, f"{base}/made"))

    async def made(request: Request) -> Response:
        code, state = request.query_params.get("code", ""), request.query_params.get("state", "")
        outcome = await run_in_threadpool(registration.take, code, state)
        if outcome == "kept" and registration.made is not None:
            app_ = registration.made
            return answer(rendering.kept_page(registration.offer, app_.slug, install_page(app_.page)))
        again = base if outcome in {"forged", "unknown", "refused"} else ""
        return answer(rendering.said_page(outcome, registration.problem, again), _STATUSES[outcome])

    async def nothing(_request: Request, refused: Exception) -> Response:
        status = refused.status_code if isinstance(refused, HTTPException) else 404
        return answer(rendering.said_page("nothing"), status)

    made_app = Starlette(
        routes=[Route(path, form, methods=["GET"]), Route(f"{path}/made", made, methods=["GET"])],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=[LOOPBACK, "localhost"], www_redirect=False)
        ],
        exception_handlers={HTTPException: nothing},
    )
    made_app.router.redirect_slashes = False  # it would lead to the host and port that the request names
    return made_app


@contextmanager
def shown(registration: Registration, port: int) -> Iterator[SetupPage]:
    """Serve the page while the block runs; port 0 is any that is free.

    Raises:
        UserError: the port is taken.
    """
    with socket.socket() as listening:
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((LOOPBACK, port))
            listening.listen()  # whoever comes before the server has started is kept waiting, not refused
        except OSError as refused:
            raise UserError(
                f"Nothing can listen on {LOOPBACK}:{port}: {refused.strerror}.",
                "Nothing was made. --port names another; without it any free one is taken.",
            ) from None
        taken = listening.getsockname()[1]
        base = f"http://{LOOPBACK}:{taken}/{secrets.token_urlsafe(16)}"
        server = WebServer(
            configuration(
                app(registration, base),
                lambda _reason: None,
                _BOUNDS,
                timeout_graceful_shutdown=_STOP_SECONDS,
            )
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield SetupPage(base, taken)
        finally:
            server.should_exit = True
            thread.join(_STOP_SECONDS + 1)


def show(url: str) -> bool:
    """Open a page in the person's browser, if there is one with a window; say whether it was opened."""
    try:
        browser = webbrowser.get()
        # A browser of the text kind would take the terminal that the command speaks on.
        return type(browser) is not webbrowser.GenericBrowser and browser.open(url)
    except (webbrowser.Error, OSError):
        return False
