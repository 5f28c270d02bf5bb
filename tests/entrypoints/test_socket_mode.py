"""Socket Mode: connections that break, hang and are renewed, and what becomes of clicks meanwhile."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

import pytest
import sqlalchemy as sa

from bot.adapters import slack as adapter
from bot.entrypoints import slack_listeners as entrypoint
from bot.entrypoints.socket_mode import SocketModeListener, pauses
from tests.entrypoints.slacking import Workspace, served
from tests.fakes.slack import UNTIL_TAKEN, Hangs, Outcome, Slack, outage, ratelimited
from tests.fakes.slack.sockets import Sockets
from tests.waiting import FUSE, wait_for

CONNECT = "apps.connections.open"
SHAPELESS = '{"type": 1, "envelope_id": {}, "payload": {"type": 7, "user": [], "actions": {}}}'


@pytest.fixture(name="slack")
def a_workspace() -> Iterator[Slack]:
    with Slack() as slack:
        yield slack


@pytest.fixture
def it(slack: Slack, engine: sa.Engine) -> Iterator[Workspace]:
    with served(engine, slack, "socket", ack_seconds=FUSE) as made:
        yield made


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as pool:
        yield pool


def bare(slack: Slack) -> SocketModeListener:
    """Return a socket behind which nobody acts on anything; its requests never time out by themselves."""
    client = adapter.client(slack.bot_token, slack.api_url, timeout=3600)
    return SocketModeListener(entrypoint.app(None, client), slack.app_token, client)  # type: ignore[arg-type]


def begun(it: Workspace, pool: ThreadPoolExecutor) -> "Future[Outcome]":
    """Let Ada type a command that is being kept, and is not answered before ``goes_on`` is set."""
    it.arrived.clear()
    it.goes_on.clear()
    outcome = pool.submit(it.ada.command, "/dojo try now")
    assert it.arrived.wait(FUSE)
    return outcome


def down(it: Workspace) -> str:
    assert it.socket
    return it.socket.why_not() or ""


def test_a_connection_that_breaks_is_made_again_at_once_and_nothing_is_lost(it: Workspace) -> None:
    it.slack.retry_after = UNTIL_TAKEN
    for broken in (it.slack.sockets.cut, it.slack.sockets.disconnect):
        opened = it.slack.sockets.opened
        broken()
        event = it.ada.opens_home()
        it.slack.sockets.wait(opened=opened + 1)  # pings would tell of it an hour later
        it.slack.settle()
        assert event
        assert event.acknowledged
    it.handled()
    assert len(it.kept) == 2
    wait_for(lambda: not down(it))


@pytest.mark.parametrize("broken", [Sockets.cut, Sockets.disconnect])
def test_an_answer_whose_connection_has_gone_is_given_on_the_next(
    it: Workspace, pool: ThreadPoolExecutor, broken: Callable[[Sockets], None]
) -> None:
    it.slack.sockets.forgets = False
    outcome = begun(it, pool)
    opened = it.slack.sockets.opened
    broken(it.slack.sockets)
    it.slack.sockets.wait(opened=opened + 1)
    it.goes_on.set()
    assert outcome.result().text == "Noted."
    it.handled()
    assert it.counted == 1


def test_an_answer_that_is_ready_before_the_next_connection_waits_for_it(
    it: Workspace, pool: ThreadPoolExecutor
) -> None:
    it.slack.sockets.forgets = False
    outcome = begun(it, pool)
    it.slack.fault(outage(), CONNECT, times=2)
    it.slack.sockets.cut()
    wait_for(lambda: down(it))
    it.goes_on.set()
    assert outcome.result().text == "Noted."


def test_an_answer_that_comes_too_late_for_any_connection_is_told_another_way(
    slack: Slack, engine: sa.Engine, pool: ThreadPoolExecutor
) -> None:
    with served(engine, slack, "socket", ack_seconds=0.1) as it:
        outcome = begun(it, pool)
        slack.fault(outage(), CONNECT, times=10_000)
        slack.sockets.cut()
        wait_for(lambda: down(it))
        it.goes_on.set()
        assert outcome.result().failed
        wait_for(lambda: [told.text for told in it.ada.told][-1:] == ["Noted."])
        it.handled()
        assert it.counted == 1


def test_a_connection_on_which_nothing_comes_back_is_given_up(slack: Slack, engine: sa.Engine) -> None:
    with served(engine, slack, "socket", ping=0.2) as it:
        opened = slack.sockets.opened
        slack.sockets.freeze()
        slack.sockets.wait(opened=opened + 1)
        slack.sockets.thaw()
        slack.retry_after = UNTIL_TAKEN
        event = it.ada.opens_home()
        slack.settle()
        assert event
        assert event.acknowledged


def test_a_connection_that_slack_closes_without_hanging_up_is_over(it: Workspace) -> None:
    it.slack.sockets.freeze(goodbye=True)
    it.slack.sockets.wait(opened=2)  # pings would tell of it an hour later
    it.slack.sockets.thaw()
    wait_for(lambda: len(it.slack.sockets.connections) == 1)
    assert it.ada.command("/dojo try now").text == "Noted."


def test_what_came_just_before_a_connection_was_closed_is_taken(it: Workspace) -> None:
    event = it.ada.opens_home()
    it.slack.settle()
    assert event
    [connection] = it.slack.sockets.connections
    with connection.protocol_mutex:  # so that all of it comes at once
        for number in range(20):
            payload = {**event.payload, "event_id": f"Ev{number}"}
            envelope = {"envelope_id": f"{number}", "type": "events_api", "payload": payload}
            connection.protocol.send_text(json.dumps(envelope).encode())
        connection.protocol.send_close(1001)
        connection.send_data()
    it.slack.sockets.wait(opened=2)
    wait_for(lambda: len(it.kept) == 21)


def test_a_connection_that_slack_is_about_to_close_is_heard_beside_the_next(it: Workspace) -> None:
    it.slack.sockets.disconnect("warning")
    it.slack.sockets.wait(at_least=2, opened=2)
    assert [it.ada.command("/dojo try now").text for _ in range(2)] == ["Noted.", "Noted."]
    assert len(it.slack.sockets.connections) == 2


@pytest.mark.parametrize("said", ['"', "[" * 100_000, "[]", "{}", '{"type": []}', SHAPELESS])
def test_what_slack_never_says_does_no_harm(it: Workspace, said: str) -> None:
    it.slack.sockets.connections[0].send(said)
    assert it.ada.command("/dojo try now").text == "Noted."
    assert it.slack.sockets.opened == 1


def test_what_is_in_hand_when_it_stops_is_answered(it: Workspace, pool: ThreadPoolExecutor) -> None:
    outcome = begun(it, pool)
    assert it.socket
    stopping = pool.submit(it.socket.stop)
    wait_for(it.socket._stopping.is_set)
    it.goes_on.set()
    stopping.result(FUSE)
    assert outcome.result().text == "Noted."


def test_it_stops_at_once_while_slack_says_nothing(slack: Slack) -> None:
    slack.fault(Hangs(3600), CONNECT)
    socket = bare(slack)
    socket.start()
    wait_for(lambda: slack.calls)
    stopping = threading.Thread(target=socket.stop, daemon=True)
    stopping.start()
    stopping.join(FUSE)
    assert not stopping.is_alive(), "it waits for Slack's answer"


def test_it_stops_at_once_on_a_connection_on_which_nothing_comes_back(it: Workspace) -> None:
    it.slack.sockets.freeze()
    assert it.socket
    stopping = threading.Thread(target=it.socket.stop, daemon=True)
    stopping.start()
    stopping.join(FUSE)
    assert not stopping.is_alive(), "it waits for the other end"


def test_it_says_why_nothing_comes_in_for_as_long_as_that_is_so(it: Workspace) -> None:
    assert down(it) == ""
    it.slack.fault(outage(), CONNECT, times=10_000)
    it.slack.sockets.cut()
    wait_for(lambda: down(it) == "Socket Mode is not connected: Slack did not answer (status 503)")
    it.slack.pardon()
    wait_for(lambda: not down(it))


def test_it_says_what_slack_refuses(slack: Slack) -> None:
    slack.refused[slack.app_token] = "token_revoked"
    socket = bare(slack)
    assert socket.why_not() == "Socket Mode is not connected: not connected yet"
    socket.start()
    wait_for(lambda: "token_revoked" in (socket.why_not() or ""))
    socket.stop()


def test_a_slack_that_is_down_at_the_start_is_tried_until_it_is_there(
    slack: Slack, engine: sa.Engine
) -> None:
    slack.fault(outage(), CONNECT, times=2)
    with served(engine, slack, "socket") as it:
        assert it.ada.command("/dojo dates").text.startswith("Dates for")


def test_it_waits_as_long_as_slack_asks(slack: Slack, engine: sa.Engine) -> None:
    slack.fault(ratelimited(1), CONNECT)
    with served(engine, slack, "socket"):
        first, second = (call.at for call in slack.calls if call.method == CONNECT)
    assert second - first >= 1


def test_pauses_between_connections_grow_to_a_minute() -> None:
    assert list(islice(pauses(), 10)) == [0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
