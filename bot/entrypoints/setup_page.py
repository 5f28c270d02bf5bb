"""The page for setting up the App, at a secret path on the loopback address while a command waits.

Other sites cannot control it: its path is secret, redirects from GitHub must contain the right state, and a
request for another host name (DNS rebinding) is refused. No address is built from the Host header, and the
page runs no scripts.
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
from bot.entrypoints.web_server import WebServer, make_configuration
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
_BOUNDS = ConnectionLimits(most=50, seconds=60.0)  # the page waits while Sensei fetches the App from GitHub


@dataclass(frozen=True, slots=True)
class SetupPage:
    """The address and port of the page."""

    url: str
    port: int


def app(registration: Registration, base: str) -> Starlette:
    """Return the application; ``base`` is the address of its form, including the secret path."""
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

    async def show_form(_request: Request) -> Response:
        if registration.kept is not None:
            return answer(rendering.said_page("already"))
        return answer(rendering.form_page(registration.offer, registration.state, f"{base}/made"))

    async def receive_code(request: Request) -> Response:
        code, state = request.query_params.get("code", ""), request.query_params.get("state", "")
        outcome = await run_in_threadpool(registration.take, code, state)
        if outcome == "kept" and registration.made is not None:
            app_made = registration.made
            return answer(rendering.kept_page(registration.offer, app_made.slug, install_page(app_made.page)))
        retry_address = base if outcome in {"forged", "unknown", "refused"} else ""
        return answer(rendering.said_page(outcome, registration.problem, retry_address), _STATUSES[outcome])

    async def show_error(_request: Request, refused: Exception) -> Response:
        status = refused.status_code if isinstance(refused, HTTPException) else 404
        return answer(rendering.said_page("nothing"), status)

    application = Starlette(
        routes=[
            Route(path, show_form, methods=["GET"]),
            Route(f"{path}/made", receive_code, methods=["GET"]),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=[LOOPBACK, "localhost"], www_redirect=False)
        ],
        exception_handlers={HTTPException: show_error},
    )
    # It would redirect to the host and port in the request.
    application.router.redirect_slashes = False
    return application


@contextmanager
def serve_page(registration: Registration, port: int) -> Iterator[SetupPage]:
    """Serve the page while the block runs; port 0 means any free port.

    Raises:
        UserError: the port is taken.
    """
    with socket.socket() as listening:
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((LOOPBACK, port))
            listening.listen()  # requests before the server has started wait instead of being refused
        except OSError as refused:
            raise UserError(
                f"Sensei can't listen on {LOOPBACK}:{port}: {refused.strerror}.",
                "No App was created. Choose another port with --port, or leave it out to use any free one.",
            ) from None
        taken = listening.getsockname()[1]
        base = f"http://{LOOPBACK}:{taken}/{secrets.token_urlsafe(16)}"
        server = WebServer(
            make_configuration(
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


def open_in_browser(url: str) -> bool:
    """Open a page in a graphical browser if there is one; return whether it was opened."""
    try:
        browser = webbrowser.get()
        # A text browser would take over the terminal that the command uses.
        return type(browser) is not webbrowser.GenericBrowser and browser.open(url)
    except (webbrowser.Error, OSError):
        return False
