"""The pages and the words of a set-up: in a browser, on a terminal, as JSON."""

import hashlib
import json
import textwrap
from base64 import b64encode
from collections.abc import Iterable, Mapping
from importlib.resources import files
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.domain.setup.findings import Finding
from bot.domain.setup.github_app_manifest import GitHubAppManifest
from bot.domain.setup.github_app_requirements import EVENTS, PERMISSIONS
from bot.rendering.text.safe_text import count, one_line, visible

SAID: Mapping[str, tuple[str, str]] = {
    "already": ("The App is made already", "Its key was kept the first time. Go on in the terminal."),
    "forged": (
        "That did not come from this set-up",
        "The way back from GitHub was another one’s. Nothing was taken or kept.",
    ),
    "unknown": (
        "GitHub does not know that code",
        (
            "It works once, and for an hour. If the App is among yours at GitHub, delete it there before you "
            "begin again: its key cannot be had a second time."
        ),
    ),
    "later": ("GitHub did not answer", "Load this page again; the code works for an hour."),
    "refused": ("GitHub refuses", ""),
    "unwritten": (
        "The App could not be kept",
        (
            "GitHub has made it, and the command that is running holds its key: do not stop that, but load "
            "this page again once the reason is gone."
        ),
    ),
    "nothing": ("There is nothing here", "The address of the set-up is in the terminal."),
}
"""Titles and sentences of what came of a browser's way back."""

_WIDTH = 80
_SIGNS = {"ok": "ok     ", "warning": "warning", "bad": "bad    "}


def form_page(offer: GitHubAppManifest, state: str, redirect: str) -> str:
    """Return the page with the one form."""
    return _page(
        "form",
        "Make the GitHub App",
        offer=offer,
        action=offer.action(state),
        manifest=json.dumps(offer.manifest(redirect), ensure_ascii=False),
        host=urlsplit(offer.web).netloc,
        permissions=PERMISSIONS,
        events=EVENTS,
    )


def kept_page(offer: GitHubAppManifest, slug: str, install: str) -> str:
    """Return the page that says what is next."""
    return _page("kept", "The App is made", slug=slug, install=install, host=urlsplit(offer.web).netloc)


def said_page(outcome: str, problem: str = "", again: str = "") -> str:
    """Return the page of what did not work; ``again`` is where to begin anew."""
    title, sentence = SAID[outcome]
    return _page("said", title, said=" ".join(filter(None, (problem, sentence))), again=again)


def policy(offer: GitHubAppManifest) -> str:
    """Return the pages' Content-Security-Policy: no script, no request, one form.

    Browsers hold a form to its policy through redirects, and a GitHub may send whoever is not signed in to
    an identity provider: so any https address will do beside GitHub's.
    """
    digest = b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    web = urlsplit(offer.web)
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action https: {web.scheme}://{web.netloc}"
    )


def _page(page: str, title: str, **values: object) -> str:
    environment = Environment(
        loader=PackageLoader("bot.rendering.setup", "."),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda it: visible(it) if isinstance(it, str) and not isinstance(it, Markup) else it,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    style = Markup(_style())  # noqa: S704 (ours: it holds nothing that was read)
    return environment.get_template("setup.html.jinja").render(page=page, title=title, style=style, **values)


def _style() -> str:
    sheets = (files("bot.rendering.review") / "report.css", files("bot.rendering.setup") / "setup.css")
    return "".join(sheet.read_text("utf-8") for sheet in sheets)


def open_page(url: str, port: int, minutes: str, opened: bool) -> str:
    """Say where the page is, and how to reach it from elsewhere."""
    first = "Your browser shows a page; if it does not, open" if opened else "Open this page in a browser"
    return (
        f"{first}:\n\n  {url}\n\n"
        + _wrapped(f"From another machine, first: ssh -L {port}:127.0.0.1:{port} <this machine>")
        + _wrapped(f"This waits {minutes}. Ctrl-C ends it; nothing is kept before GitHub has made the App.")
    )


def kept(app: str, file: str, key: str, webhook: bool) -> str:
    """Say where an App is kept, and who reads it how."""
    lines = _wrapped(f"The App {app} is made, and kept for you alone:")
    lines += f"  {file}\n  {key}\n\n" + loading(file, key)
    if not webhook:
        lines += "\n" + _wrapped(
            "It has no webhook yet: what happens on GitHub is found by look rounds, every ten minutes, "
            "comments apart. docs/github.md says how to add one."
        )
    return lines


def loading(file: str, key: str) -> str:
    """Say how the variables come into a process."""
    return (
        "Sensei reads the environment, so whoever starts it loads that file:\n"
        f"  a shell   set -a; . {file}; set +a\n"
        f"  systemd   EnvironmentFile={file}\n"
        f"  docker    --env-file {file}\n"
        f"            -v {key}:{key}:ro\n"
    )


def install(page: str, repository: str | None, minutes: str) -> str:
    """Say where the App is installed, and how long that is waited for."""
    where = f"on {repository}" if repository else "on the repositories that are to be read"
    return f"\nInstall the App {where}:\n\n  {page}\n\n" + _wrapped(
        f"This waits {minutes}. Ctrl-C ends it; the same command goes on from here."
    )


def not_installed(repository: str | None, page: str, accounts: Iterable[str], why: str) -> str:
    """Say that the App is not installed, and what was kept."""
    elsewhere = ", ".join(map(one_line, accounts))
    told = f"The App is not installed on {repository}" if repository else "The App is installed nowhere"
    told += f", only for {elsewhere}." if repository and elsewhere else "."
    return (
        _wrapped(
            " ".join(
                filter(None, (told, why, "The App is kept. Run the same command again to go on, after:"))
            )
        )
        + f"  {page}\n"
    )


def next_steps(enrolled: bool) -> str:
    """Say what is left to do."""
    add = "" if enrolled else "  sensei capstone add OWNER/NAME --participant LOGIN --sensei LOGIN\n"
    return f"\nNext, with that file loaded:\n{add}  sensei serve\n  sensei setup github --check\n"


def findings(found: Iterable[Finding]) -> str:
    """Return findings for 80 columns: what was looked at, what it is, what to do."""
    rows = list(found)
    blank = " " * (len(_SIGNS["ok"]) + 2)
    parts = []
    for each in rows:
        parts.append(f"{_SIGNS[each.state]}  {one_line(each.name)}\n")
        parts.append(_wrapped(one_line(each.text), blank))
        if each.remedy:
            parts.append(_wrapped(one_line(each.remedy), f"{blank}→ ", f"{blank}  "))
    bad = sum(each.state == "bad" for each in rows)
    warnings = sum(each.state == "warning" for each in rows)
    end = (
        f"{count(bad, 'thing')} must be put right" + (f", {count(warnings, 'warning')}" if warnings else "")
        if bad
        else f"In order, with {count(warnings, 'warning')}"
        if warnings
        else "In order"
    )
    return "".join(parts) + f"\n{end}.\n"


def findings_json(found: Iterable[Finding], state: str) -> str:
    """Return findings for programs."""
    rows = [
        {"name": each.name, "state": each.state, "text": each.text, "remedy": each.remedy} for each in found
    ]
    return json.dumps({"state": state, "findings": rows}, indent=2, ensure_ascii=False) + "\n"


def minutes(seconds: float) -> str:
    """Return a limit as people say it."""
    return f"{seconds:g} seconds" if seconds < 60 else count(round(seconds / 60), "minute")


def _wrapped(text: str, first: str = "", others: str | None = None) -> str:
    filled = textwrap.fill(
        visible(text),
        _WIDTH - 1,
        initial_indent=first,
        subsequent_indent=first if others is None else others,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return filled + "\n"
