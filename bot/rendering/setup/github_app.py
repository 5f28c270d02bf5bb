"""The pages and messages of a set-up: in a browser, on a terminal, as JSON."""

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
    "already": (
        "This App already exists",
        "The App's key was saved the first time you opened this page. Continue in the terminal.",
    ),
    "forged": (
        "This link is not from the current set-up",
        "GitHub's link back to this page belongs to another set-up. Nothing was stored.",
    ),
    "unknown": (
        "GitHub did not accept the code",
        (
            "A code works only once, and expires after an hour. If GitHub lists the new App among "
            "your Apps, delete it there before you start again, because GitHub gives its key only once."
        ),
    ),
    "later": ("GitHub did not answer", "Reload this page. The code remains valid for an hour."),
    "refused": ("GitHub refused the request", ""),
    "unwritten": (
        "The App could not be stored",
        (
            "GitHub has created the App, but its key exists only in the running command. Do not "
            "stop the command. Correct the problem, then reload this page."
        ),
    ),
    "nothing": ("This page does not exist", "Open the address that the terminal shows."),
}
"""The title and text for each outcome when the browser returns from GitHub."""

_WIDTH = 80
_SIGNS = {"ok": "ok     ", "warning": "warning", "bad": "bad    "}


def form_page(offer: GitHubAppManifest, state: str, redirect: str) -> str:
    """Return the page with the form that creates the App."""
    return _page(
        "form",
        "Create the GitHub App",
        offer=offer,
        action=offer.action(state),
        manifest=json.dumps(offer.manifest(redirect), ensure_ascii=False),
        host=urlsplit(offer.web).netloc,
        permissions=PERMISSIONS,
        events=EVENTS,
    )


def kept_page(offer: GitHubAppManifest, slug: str, install: str) -> str:
    """Return the page that shows the next step after the App was stored."""
    return _page(
        "kept", "The App has been created", slug=slug, install=install, host=urlsplit(offer.web).netloc
    )


def said_page(outcome: str, problem: str = "", again: str = "") -> str:
    """Return the page for an unsuccessful outcome. ``again`` adds a link to the start."""
    title, sentence = SAID[outcome]
    return _page("said", title, said=" ".join(filter(None, (problem, sentence))), again=again)


def policy(offer: GitHubAppManifest) -> str:
    """Return the pages' Content-Security-Policy, which allows no scripts, no requests and one form.

    Browsers apply a form's policy to redirects too, and a GitHub may redirect people who are not signed in to
    an identity provider. So the policy also allows any https address.
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
    """Tell the user where the page is, and how to reach it from another machine."""
    first = (
        "Continue on the page in your browser. If none opened, go to"
        if opened
        else "Open this page in a browser"
    )
    return (
        f"{first}:\n\n  {url}\n\n"
        + _wrap(
            f"To use a browser on another machine, first run this command on that machine: ssh -L "
            f"{port}:127.0.0.1:{port} <this machine>"
        )
        + _wrap(
            f"The command waits {minutes}. To stop it, press Ctrl-C. Until GitHub has created the App, "
            f"nothing is stored."
        )
    )


def kept(app: str, file: str, key: str, webhook: bool) -> str:
    """Tell the user where an App is stored, and how to load it."""
    lines = _wrap(f"The App {app} has been created. Its details are in these files, which only you can read:")
    lines += f"  {file}\n  {key}\n\n" + loading(file, key)
    if not webhook:
        lines += "\n" + _wrap(
            "The App has no webhook yet, so Sensei checks GitHub every ten minutes and does not "
            "see comments. docs/github.md explains how to add one."
        )
    return lines


def loading(file: str, key: str) -> str:
    """Explain how to load the variables."""
    return (
        "Sensei reads environment variables. Load that file wherever you start Sensei:\n"
        f"  a shell   set -a; . {file}; set +a\n"
        f"  systemd   EnvironmentFile={file}\n"
        f"  docker    --env-file {file}\n"
        f"            -v {key}:{key}:ro\n"
    )


def install(page: str, repository: str | None, minutes: str) -> str:
    """Tell the user where to install the App, and how long the command waits."""
    target = f"on {repository}" if repository else "on the repositories that Sensei should read"
    return f"\nInstall the App {target}:\n\n  {page}\n\n" + _wrap(
        f"The command waits {minutes}. You can stop it with Ctrl-C, and run it again to continue from here."
    )


def not_installed(repository: str | None, page: str, accounts: Iterable[str], why: str) -> str:
    """Report that the App is not installed, and what was stored."""
    elsewhere = ", ".join(map(one_line, accounts))
    sentence = (
        f"The App is not installed on {repository}" if repository else ("The App is not installed anywhere")
    )
    sentence += f", only for {elsewhere}." if repository and elsewhere else "."
    return (
        _wrap(
            " ".join(
                filter(
                    None,
                    (
                        sentence,
                        why,
                        "The App's details have been stored. Install it, then run the same command again:",
                    ),
                )
            )
        )
        + f"  {page}\n"
    )


def next_steps(enrolled: bool) -> str:
    """List the next steps."""
    cohort = "" if enrolled else "  sensei cohort add NAME\n"
    add = "" if enrolled else "  sensei capstone add OWNER/NAME --participant LOGIN --sensei LOGIN\n"
    return f"\nOnce the file is loaded, run:\n{cohort}{add}  sensei serve\n  sensei setup github --check\n"


def findings(found: Iterable[Finding]) -> str:
    """Format findings for 80 columns: name, sentence and remedy."""
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
        f"{count(bad, 'problem')} must be corrected" + (f", {count(warnings, 'warning')}" if warnings else "")
        if bad
        else f"No errors, {count(warnings, 'warning')}"
        if warnings
        else "Everything is fine"
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
