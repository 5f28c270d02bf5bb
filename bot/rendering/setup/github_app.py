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
    "already": ("The App already exists", "Its key was stored the first time. Continue in the terminal."),
    "forged": (
        "This did not come from this set-up",
        "The link back from GitHub belongs to another set-up. Nothing was stored.",
    ),
    "unknown": (
        "GitHub does not know that code",
        (
            "It works once, and for an hour. If GitHub lists the App among yours, delete it there before you "
            "begin again: GitHub gives its key only once."
        ),
    ),
    "later": ("GitHub did not answer", "Reload this page; the code works for an hour."),
    "refused": ("GitHub refuses", ""),
    "unwritten": (
        "The App could not be stored",
        (
            "GitHub has made it, and the running command holds its key. Do not stop the command: correct the "
            "problem, then reload this page."
        ),
    ),
    "nothing": ("There is nothing here", "The terminal shows the address of the set-up."),
}
"""The title and the text of each outcome when the browser comes back from GitHub."""

_WIDTH = 80
_SIGNS = {"ok": "ok     ", "warning": "warning", "bad": "bad    "}


def form_page(offer: GitHubAppManifest, state: str, redirect: str) -> str:
    """Return the page whose form makes the App."""
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
    """Return the page that shows the next step, once the App is stored."""
    return _page("kept", "The App is made", slug=slug, install=install, host=urlsplit(offer.web).netloc)


def said_page(outcome: str, problem: str = "", again: str = "") -> str:
    """Return the page of an outcome that is not a success. ``again`` links to the beginning."""
    title, sentence = SAID[outcome]
    return _page("said", title, said=" ".join(filter(None, (problem, sentence))), again=again)


def policy(offer: GitHubAppManifest) -> str:
    """Return the pages' Content-Security-Policy: no script, no request, one form.

    Browsers apply a form's policy to redirects too, and a GitHub may redirect people who are not signed in to
    an identity provider. So the policy allows any https address besides GitHub's.
    """
    digest = b64encode(hashlib.sha256(_read_styles().encode()).digest()).decode()
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
    style = Markup(_read_styles())  # noqa: S704 - our own file, without any input
    return environment.get_template("setup.html.jinja").render(page=page, title=title, style=style, **values)


def _read_styles() -> str:
    report = files("bot.rendering.review").joinpath("report.css")
    setup = files("bot.rendering.setup").joinpath("setup.css")
    return report.read_text("utf-8") + setup.read_text("utf-8")


def open_page(url: str, port: int, minutes: str, opened: bool) -> str:
    """Say where the page is, and how to reach it from another machine."""
    first = "Your browser shows a page; if it does not, open" if opened else "Open this page in a browser"
    return (
        f"{first}:\n\n  {url}\n\n"
        + _wrap(f"From another machine, first: ssh -L {port}:127.0.0.1:{port} <this machine>")
        + _wrap(
            f"The command waits {minutes}. Ctrl-C stops it; nothing is stored before GitHub has made the App."
        )
    )


def kept(app: str, file: str, key: str, webhook: bool) -> str:
    """Say where an App is stored, and how to load it."""
    lines = _wrap(f"The App {app} is made. Only you can read its files:")
    lines += f"  {file}\n  {key}\n\n" + loading(file, key)
    if not webhook:
        lines += "\n" + _wrap(
            "It has no webhook yet, so Sensei checks GitHub every ten minutes, and does not see comments. "
            "docs/github.md says how to add one."
        )
    return lines


def loading(file: str, key: str) -> str:
    """Say how to load the variables."""
    return (
        "Sensei reads the environment, so load that file where you start it:\n"
        f"  a shell   set -a; . {file}; set +a\n"
        f"  systemd   EnvironmentFile={file}\n"
        f"  docker    --env-file {file}\n"
        f"            -v {key}:{key}:ro\n"
    )


def install(page: str, repository: str | None, minutes: str) -> str:
    """Say where to install the App, and how long the command waits."""
    target = f"on {repository}" if repository else "on the repositories that Sensei reads"
    return f"\nInstall the App {target}:\n\n  {page}\n\n" + _wrap(
        f"The command waits {minutes}. Ctrl-C stops it; run it again to continue from here."
    )


def not_installed(repository: str | None, page: str, accounts: Iterable[str], why: str) -> str:
    """Say that the App is not installed, and what was stored."""
    elsewhere = ", ".join(map(one_line, accounts))
    sentence = f"The App is not installed on {repository}" if repository else "The App is installed nowhere"
    sentence += f", only for {elsewhere}." if repository and elsewhere else "."
    return (
        _wrap(
            " ".join(
                filter(
                    None,
                    (sentence, why, "The App is stored. Install it, then run the same command again:"),
                )
            )
        )
        + f"  {page}\n"
    )


def next_steps(enrolled: bool) -> str:
    """Say what to do next."""
    add = "" if enrolled else "  sensei capstone add OWNER/NAME --participant LOGIN --sensei LOGIN\n"
    return f"\nNext, with that file loaded:\n{add}  sensei serve\n  sensei setup github --check\n"


def findings(found: Iterable[Finding]) -> str:
    """Return findings for 80 columns: name, sentence and remedy."""
    rows = list(found)
    blank = " " * (len(_SIGNS["ok"]) + 2)
    parts = []
    for finding in rows:
        parts.append(f"{_SIGNS[finding.state]}  {one_line(finding.name)}\n")
        parts.append(_wrap(one_line(finding.text), blank))
        if finding.remedy:
            parts.append(_wrap(one_line(finding.remedy), f"{blank}→ ", f"{blank}  "))
    bad = sum(finding.state == "bad" for finding in rows)
    warnings = sum(finding.state == "warning" for finding in rows)
    end = (
        f"{count(bad, 'thing')} must be corrected" + (f", {count(warnings, 'warning')}" if warnings else "")
        if bad
        else f"All is well, with {count(warnings, 'warning')}"
        if warnings
        else "All is well"
    )
    return "".join(parts) + f"\n{end}.\n"


def findings_json(found: Iterable[Finding], state: str) -> str:
    """Return findings as JSON."""
    rows = [
        {"name": finding.name, "state": finding.state, "text": finding.text, "remedy": finding.remedy}
        for finding in found
    ]
    return json.dumps({"state": state, "findings": rows}, indent=2, ensure_ascii=False) + "\n"


def minutes(seconds: float) -> str:
    """Return a time limit in words."""
    return f"{seconds:g} seconds" if seconds < 60 else count(round(seconds / 60), "minute")


def _wrap(text: str, first: str = "", others: str | None = None) -> str:
    filled = textwrap.fill(
        visible(text),
        _WIDTH - 1,
        initial_indent=first,
        subsequent_indent=first if others is None else others,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return filled + "\n"
