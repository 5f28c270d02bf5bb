"""Nothing that is a secret, and nobody's words, stand in a log; and an entry is a line."""

import io
import json
import logging
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import structlog

from bot.logs import Formatter, Handler
from bot.logs.redaction import LONGEST, MOST_TEXT, Cleaner
from bot.settings import Settings, secrets
from tests import sensei
from tests.keys import KEYS, some

# Put together here, so that no file holds what looks like a key.
PASSPHRASE = some(11).lower() + "-" + some(9).lower()
TOKEN = "gh" + "s_" + some(36)
SLACK = "xo" + "xb-" + some(12) + "-" + some(24)
ODD = some(24)
"""A value that nothing but its place gives away."""
HOOK = f"https://hooks.slack.com/actions/T0AB/{some(12)}/{some(24)}"
PEM = f"-----BEGIN RSA PRIVATE KEY-----\n{some(64)}\n{some(64)}\n{some(20)}==\n-----END RSA PRIVATE KEY-----"
JWT = "ey" + "J" + some(20) + "." + some(40) + "." + some(43)
OWN = "own/" + some(6) + '"é\\' + some(6)
"""One of the settings' own, which JSON, repr and URLs all write in another way."""

HIDDEN = [TOKEN, SLACK, ODD, HOOK[40:], *PEM.split("\n")[1:4], JWT, OWN, OWN[4:10], OWN[-6:]]


@dataclass
class Client:
    """What a library keeps of its access, as it prints itself."""

    token: str
    note: str = "a client"


class Rude:
    def __repr__(self) -> str:
        raise RuntimeError(TOKEN)


def written(log: Callable[[logging.Logger], None], *, watched: bool = False, name: str = "bot.test") -> str:
    """Return what a logger writes."""
    stream = io.StringIO()
    logger = logging.Logger(name, logging.DEBUG)
    logger.addHandler(Handler(stream, Formatter(Cleaner([OWN]), watched=watched)))
    log(logger)
    return stream.getvalue()


def bound(logger: logging.Logger) -> Any:
    """Return a logger of structlog's over one of the standard library's, as Sensei's are."""
    return structlog.wrap_logger(
        logger,
        processors=[
            structlog.processors.add_log_level,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def failing(logger: logging.Logger, raise_: Callable[[], None]) -> None:
    try:
        raise_()
    except BaseException:
        logger.exception("it failed")


def _chained() -> None:
    try:
        raise OSError(f"GET https://x-access-token:{ODD}@github.com/a/b")
    except OSError as cause:
        raise ValueError(f"Authorization: Bearer {ODD}") from cause


def _in_context() -> None:
    try:
        raise KeyError(PEM)
    except KeyError:
        raise ValueError(f"posting to {HOOK}")  # noqa: B904 - the context is what is tried


def _grouped() -> None:
    inner = ValueError(f"password={ODD}")
    inner.add_note(f"api_key: {ODD}")
    raise ExceptionGroup(f"with {TOKEN}", [inner, ExceptionGroup("deeper", [OSError(OWN)])])


LEAKS: dict[str, Callable[[logging.Logger], None]] = {
    "a message": lambda log: log.warning(f"sent {TOKEN}"),
    "an argument": lambda log: log.warning("sent %s and %r", TOKEN, {"Authorization": f"Basic {ODD}"}),
    "arguments by name": lambda log: log.warning("%(a)s", {"a": TOKEN}),
    "arguments that do not fit": lambda log: log.warning("%d %d", TOKEN, f"token={ODD}"),
    "headers": lambda log: log.warning("%s", [("Authorization", f"Bearer {ODD}"), (b"cookie", ODD.encode())]),
    "raw headers": lambda log: log.warning(
        "GET / HTTP/1.1\r\nAuthorization: token %s\r\nCookie: a=%s", ODD, ODD
    ),
    "headers in JSON": lambda log: log.warning(json.dumps({"a": json.dumps({"Authorization": ODD})})),
    "a login in a URL": lambda log: log.warning(f"postgresql://sensei:{ODD}@db/sensei"),
    "a token as a URL's user": lambda log: log.warning(f"https://{ODD}@github.com/a/b.git"),
    "a query": lambda log: log.warning(f"GET /a?page=2&access_token={ODD}&code={ODD}#x"),
    "a ticket": lambda log: log.warning(f"wss://wss.slack.com/link/?ticket={ODD}&app_id=1"),
    "a response_url": lambda log: log.warning(f"posting to {HOOK}"),
    "a PEM": lambda log: log.warning(PEM),
    "a PEM as repr": lambda log: log.warning("%r", PEM),
    "a PEM in bytes": lambda log: log.warning("%r", PEM.encode()),
    "half a PEM": lambda log: log.warning(PEM[:200]),
    "a JWT": lambda log: log.warning("as %s", JWT),
    "an object": lambda log: log.warning("%s", Client(ODD)),
    "a quoted password": lambda log: log.warning(f"password='{ODD} {ODD}'"),
    "our own": lambda log: log.warning("with %s", OWN),
    "our own as repr": lambda log: log.warning("%r", [OWN]),
    "our own as JSON": lambda log: log.warning(json.dumps([OWN])),
    "a stack": lambda log: log.warning("here", stack_info=True),
    "a chained exception": lambda log: failing(log, _chained),
    "an exception's context": lambda log: failing(log, _in_context),
    "a group of exceptions with notes": lambda log: failing(log, _grouped),
    "an event": lambda log: bound(log).warning("done", url=f"https://{ODD}@github.com"),
    "a deep value": lambda log: bound(log).warning("done", a={"b": [{"c": (TOKEN, {SLACK})}]}),
    "a deep name": lambda log: bound(log).warning("done", a=[{"signing_secret": [ODD, {"x": ODD}]}]),
    "a key": lambda log: bound(log).warning("done", a={TOKEN: 1}),
    "bytes": lambda log: bound(log).warning("done", body=TOKEN.encode()),
    "an object of an event": lambda log: bound(log).warning("done", client=Client(ODD), rude=Rude()),
    "an exception as a value": lambda log: bound(log).warning("done", why=OSError(f"token {TOKEN}")),
    "an event's exception": lambda log: bound(log).error("done", exc_info=ValueError(f"secret={ODD}")),
    "headers of an event": lambda log: bound(log).warning("done", headers=[["Authorization", ODD]]),
    "our own in an event": lambda log: bound(log).warning("done", a=[{"b": OWN, OWN: 1}]),
    "a payload of Slack's": lambda log: bound(log).warning(
        "done", body={"response_url": f"https://127.0.0.1/{ODD}", "token": ODD}
    ),
}


@pytest.mark.parametrize("watched", [False, True], ids=["json", "text"])
def test_no_secret_stands_in_a_log(subtests: pytest.Subtests, *, watched: bool) -> None:
    for name, log in LEAKS.items():
        with subtests.test(name):
            said = written(log, watched=watched)
            assert said
            assert [secret for secret in HIDDEN if secret in said] == []


def test_each_kind_of_key_is_hidden_wherever_it_stands(subtests: pytest.Subtests) -> None:
    for kind, keys in KEYS.items():
        with subtests.test(kind):
            key = keys[0]
            said = written(lambda log, key=key: bound(log).warning("done", a=[{"b": f"<{key}>"}]))  # type: ignore[misc]
            assert key not in said
            assert json.loads(said)["event"] == "done"


def test_what_is_no_secret_stays_readable() -> None:
    said = written(
        lambda log: bound(log).info(
            "round.ended",
            round="review:4711#12:3",
            state="published",
            tokens=1200,
            why=None,
            parts=["a", 2.5],
        )
    )
    entry = json.loads(said)
    assert {key: entry[key] for key in ("event", "level", "round", "state", "tokens", "why", "parts")} == {
        "event": "round.ended",
        "level": "info",
        "round": "review:4711#12:3",
        "state": "published",
        "tokens": 1200,
        "why": None,
        "parts": ["a", 2.5],
    }
    plain = "GET https://api.github.com/repos/ada/desk/pulls?per_page=100&page=2 took 0.3 s"
    assert json.loads(written(lambda log: log.warning(plain)))["event"] == plain


FORGED = '2026-11-27 [info] fake\n{"event": "fake", "level": "info"}'


@pytest.mark.parametrize("watched", [False, True], ids=["json", "text"])
def test_an_entry_is_a_line_whatever_is_in_it(subtests: pytest.Subtests, *, watched: bool) -> None:
    for separator in (
        "\n",
        "\r",
        "\r\n",
        "\v",
        "\f",
        "\x1c",
        "\x85",
        "\u2028",
        "\u2029",
        "\x1b[2J\n",
        "\0\n",
    ):
        with subtests.test(repr(separator)):
            forged = f"a{separator}{FORGED}"
            for log in (
                lambda log, it=forged: log.warning(it),
                lambda log, it=forged: log.warning("%s", it),
                lambda log, it=forged: bound(log).warning(it, **{it: it, "b": [it, {it: it}]}),
            ):
                said = written(log, watched=watched)
                assert len(said.splitlines()) == 1
                if not watched:
                    assert "a" in json.loads(said)["event"]


def test_at_a_terminal_a_trace_cannot_pass_for_an_entry() -> None:
    def fail() -> None:
        raise ValueError(f"a\r{FORGED}")

    first, *rest = written(lambda log: failing(log, fail), watched=True).splitlines()
    assert "it failed" in first
    assert len(rest) > 3
    assert all(line.startswith("  | ") for line in rest)


WORDS = "what a participant wrote"


def test_what_people_wrote_is_not_quoted_from_errors() -> None:
    def unfit() -> None:
        Settings.model_validate({"port": WORDS})

    assert WORDS not in written(lambda log: failing(log, unfit))

    def doubled() -> None:
        raise ValueError(f"duplicate key value\nDETAIL:  Key (text)=({WORDS}) already exists.")

    assert WORDS not in written(lambda log: failing(log, doubled))


def test_a_large_entry_is_cut_and_quickly() -> None:
    for large in ("x" * 1_000_000, "token=" * 170_000, f"{TOKEN} " * 25_000, "a.b-c_d=" * 125_000):
        began = time.process_time()
        said = written(lambda log, it=large: bound(log).warning("done", text=it, deep=[{"a": it}] * 1000))  # type: ignore[misc]
        took = time.process_time() - began
        assert len(said) < 3 * MOST_TEXT
        assert "characters left out" in said
        assert took < 2.0
    assert len(json.loads(written(lambda log: log.warning("y" * 1_000_000)))["event"]) < LONGEST + 100


@pytest.mark.parametrize("place", [0, 7_950, 11_950, 500_000, 988_000, 991_950])
def test_a_key_is_hidden_wherever_a_large_entry_is_cut(place: int) -> None:
    for secret in (PEM, TOKEN, OWN):
        text = "word " * 200_000
        said = written(
            lambda log, it=f"{text[:place]} {secret} {text[place:]}": log.warning(it)  # type: ignore[misc]
        )
        assert [part for part in HIDDEN if part in said] == []


def test_of_a_library_nothing_below_a_warning_is_written() -> None:
    for name in (
        "httpx",
        "httpx2",
        "urllib3",
        "slack_sdk",
        "slack_bolt",
        "anthropic",
        "sqlalchemy.engine",
        "dbos",
    ):
        assert written(lambda log: log.debug("request %s", "somebody's words"), name=name) == ""
        assert written(lambda log: log.info("request %s", "somebody's words"), name=name) == ""
        assert written(lambda log: log.warning("limited"), name=name) != ""


def test_an_entry_that_cannot_be_written_is_told_without_what_was_in_it() -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            if "log.failed" not in text:
                raise OSError("planted")
            return super().write(text)

    stream = Closed()
    logger = logging.Logger("bot.test")
    logger.addHandler(Handler(stream, Formatter(Cleaner(), watched=False)))
    logger.warning("sent %s", ODD)
    assert json.loads(stream.getvalue())["event"] == "log.failed"


def test_the_settings_own_secrets_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of the environment")
    made = Settings.model_validate(
        {
            "database_url": "postgresql://sensei:pass%20word-of-it@db/sensei",
            "github_webhook_secret": "of the webhook's",
            "github_private_key": "/srv/sensei/app.pem",
        }
    )
    found = secrets(made)
    assert {"pass%20word-of-it", "pass word-of-it", "of the webhook's", "of the environment"} <= set(found)
    assert not [value for value in found if "sensei" in value]


PROCESS = """
import logging, sys, threading, warnings
from bot import logs

logs.configure()
logs.hide([ODD])
logging.getLogger("dbos").setLevel(logging.INFO)
from dbos._logger import init_logger
init_logger()
logging.getLogger("dbos").warning("dbos %s", TOKEN)
for name in ("httpx2", "urllib3.connection", "slack_sdk.web", "anthropic", "sqlalchemy.engine", "asyncio"):
    logging.getLogger(name).setLevel(logging.DEBUG)
    logging.getLogger(name).debug("somebody's words")
    logging.getLogger(name).warning("%s: Authorization: Bearer %s", name, ODD)
warnings.warn(f"token {TOKEN}\\nfake line")

def fails():
    raise ValueError(f"a {ODD} and {TOKEN}\\nfake line")

thread = threading.Thread(target=fails)
thread.start()
thread.join()

class Unraisable:
    def __del__(self):
        fails()

Unraisable()
fails()
"""


def test_in_a_process_everything_goes_the_same_way() -> None:
    code = f"ODD, TOKEN = {ODD!r}, {TOKEN!r}\n" + textwrap.dedent(PROCESS)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=sensei.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 1
    entries = [json.loads(line) for line in done.stderr.splitlines()]
    assert ODD not in done.stderr
    assert TOKEN not in done.stderr
    assert "somebody's words" not in done.stderr
    events = [entry["event"] for entry in entries]
    assert len([event for event in events if "Authorization" in event]) == 6
    assert any(event.startswith("dbos") for event in events)
    for expected in ("python.warning", "thread.failed", "failure.unraisable", "process.failed"):
        assert events.count(expected) == 1


def test_an_address_that_a_library_warns_about_is_not_logged() -> None:
    """urllib3 names the whole address if a header is malformed, and the address of a calendar is a secret."""
    code = (
        "import logging; from bot import logs; logs.configure()\n"
        "logging.getLogger('urllib3.connection').warning('Failed to parse headers (url=%s)', 'https://secret')\n"
        "logging.getLogger('urllib3.connection').error('an error')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=sensei.environment(), capture_output=True, text=True, check=True
    )
    assert "an error" in done.stderr
    assert "secret" not in done.stderr
