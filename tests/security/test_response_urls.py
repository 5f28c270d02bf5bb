"""A request that carries Slack's signature cannot make Sensei call a server that isn't Slack's."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot.bootstrap.slack_listening import SlackListening
from bot.entrypoints.response_urls import ResponseUrls
from tests import databases
from tests.entrypoints.slacking import Workspace, served
from tests.fakes.slack import Slack
from tests.waiting import FUSE


class Elsewhere(ThreadingHTTPServer):
    """A server that is not Slack's: it notes what it is sent, answers late, and can lead on."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []
        self.lets, self.leads_to = threading.Event(), ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Elsewhere

    def do_POST(self) -> None:
        self.server.asked.append(self.path)
        self.server.lets.wait(FUSE)
        self.send_response(302 if self.server.leads_to else 200)
        if self.server.leads_to:
            self.send_header("Location", self.server.leads_to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with Elsewhere() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.lets.set()
        server.shutdown()


@pytest.fixture(params=["socket", "http"])
def it(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workspace]:
    with (
        databases.opened("sqlite", tmp_path) as engine,
        Slack() as slack,
        served(engine, slack, request.param) as made,
    ):
        yield made


def test_a_forged_response_url_is_not_called(
    it: Workspace, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = it.offered(it.ada)
    elsewhere.lets.set()
    monkeypatch.setattr(it.slack, "response_url", lambda *_: f"{elsewhere.url}/steal")
    refused = it.ada.click(offer, "try.lead")
    it.handled()
    assert not refused.failed
    assert elsewhere.asked == []
    # With the address that Slack gives, the same click is answered.
    monkeypatch.undo()
    it.ada.click(offer, "try.lead")
    assert it.ada.told[-1].text.startswith("Your role in this dojo doesn't allow that.")


def test_an_answer_that_takes_long_holds_no_acknowledgement_up(it: Workspace) -> None:
    offer = it.offered(it.ada)
    it.slack.answers_go.clear()
    it.slack.after_click, waits = lambda: None, it.slack.after_click
    it.slack.ack_seconds = 10.0  # Slack's are three
    assert not it.ada.click(offer, "try.lead").failed
    assert it.ada.told == []
    it.slack.answers_go.set()
    waits()
    assert it.ada.told[-1].text.startswith("Your role in this dojo doesn't allow that.")


def test_a_redirect_is_not_followed(elsewhere: Elsewhere) -> None:
    elsewhere.leads_to = f"{elsewhere.url}/further"
    elsewhere.lets.set()
    ResponseUrls(f"{elsewhere.url}/api/").send(f"{elsewhere.url}/hook", {"text": "x"})
    assert elsewhere.asked == ["/hook"]


def test_answers_under_way_are_sent_before_the_process_stops(elsewhere: Elsewhere) -> None:
    class Stopping:
        def stop(self) -> None:
            elsewhere.lets.set()  # not before everything else has stopped

    answers = ResponseUrls(f"{elsewhere.url}/api/")
    answers.send_later(f"{elsewhere.url}/hook", {"text": "x"})
    listening = SlackListening(lambda: None, lambda: None, None, Stopping(), answers)  # type: ignore[arg-type]
    listening.stop()
    assert answers.wait(0)
    assert elsewhere.asked == ["/hook"]


def _start_nothing(_thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def test_an_answer_for_which_there_is_no_thread_takes_no_place_for_ever(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere.lets.set()
    answers = ResponseUrls(f"{elsewhere.url}/api/")
    with monkeypatch.context() as scarce:
        scarce.setattr(threading.Thread, "start", _start_nothing)
        for _ in range(20):
            answers.send_later(f"{elsewhere.url}/hook", {"text": "x"})
    answers.send_later(f"{elsewhere.url}/hook", {"text": "x"})
    assert answers.wait(FUSE)
    assert elsewhere.asked == ["/hook"]
