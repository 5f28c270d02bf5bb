"""The whole process in a workspace on loopback: by Socket Mode and over HTTP, killed and started again."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.slack import UNTIL_TAKEN, Slack, outage
from tests.serving import Serving, serving


def settings(slack: Slack, way: str) -> dict[str, str]:
    reached = {
        "socket": {"slack_app_token": slack.app_token},
        "http": {"slack_signing_secret": slack.signing_secret},
    }
    return {"slack_bot_token": slack.bot_token, "slack_api_url": slack.api_url, **reached[way]}


@pytest.fixture(params=["socket", "http"])
def dojo(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Serving, Slack]]:
    with Slack() as slack, serving(tmp_path, **settings(slack, request.param)) as it:
        if request.param == "http":
            slack.events_url = f"http://127.0.0.1:{it.port}/slack/events"
        it.enrol()
        it.start()
        it.wait(lambda: it.readiness()["slack"] == "ready")
        yield it, slack


def test_the_bot_answers_and_shows_a_home_after_a_kill_as_before(dojo: tuple[Serving, Slack]) -> None:
    it, slack = dojo
    ada = slack.person("Ada")
    assert "What you can do in the dojo" in ada.command("/dojo help").text
    ada.opens_home()
    it.wait(lambda: ada.home)
    it.end(signal.SIGKILL)
    # A bot that does not know yet where it is installed acknowledges nothing: it is brought again.
    patience, slack.ack_seconds, slack.retry_after = slack.ack_seconds, 5.0, UNTIL_TAKEN
    ben = slack.person("Ben")  # whose Home nothing that was left undone can show
    event = ben.opens_home()
    it.start()
    slack.settle()
    slack.ack_seconds = patience
    it.wait(lambda: ben.home)
    assert event
    assert event.acknowledged
    assert not ada.command("/dojo").failed
    assert it.end() == 0
    assert "Traceback" not in it.log()


def test_slack_that_is_down_keeps_nobody_from_github(tmp_path: Path) -> None:
    with Slack() as slack, serving(tmp_path, **settings(slack, "socket")) as it:
        slack.fault(outage(), "*", times=10_000)
        it.enrol()
        it.start()
        assert it.get("/readyz") == 200
        it.wait(lambda: "Slack" in str(it.readiness()["slack"]))
        assert it.readiness()["ready"] is True
        assert it.end() == 0


@pytest.mark.parametrize(
    ("names", "missing"),
    [
        (["slack_bot_token"], "receives nothing from Slack"),
        (["slack_app_token"], "SENSEI_SLACK_BOT_TOKEN is missing"),
    ],
)
def test_half_of_what_slack_needs_is_refused_at_the_start(
    tmp_path: Path, names: list[str], missing: str
) -> None:
    with serving(tmp_path, **dict.fromkeys(names, "x" * 20)) as it:
        done = it.run("serve")
        assert done.returncode == 2
        assert missing in done.stderr


@pytest.mark.contract
def test_messages_wait_for_a_new_token_and_then_go_out_once(tmp_path: Path) -> None:
    with Slack() as slack, serving(tmp_path, **settings(slack, "http")) as it:
        slack.events_url = f"http://127.0.0.1:{it.port}/slack/events"
        it.enrol()
        it.start()
        it.wait(lambda: it.readiness()["slack"] == "ready")
        ada = slack.person("Ada")
        ada.command("/dojo join participant")
        slack.revoke()
        assert ada.submit().errors == {}
        it.wait(lambda: "slack.paused" in it.log())
        assert "the token was revoked" in str(it.readiness()["slack"])
        it.settle()
        assert "1 message can't go out" in it.run("doctor").stdout
        assert it.run("dead", "list").stdout == "There is no failed work.\n"
        assert ada.messages == []
        it.end()
        slack.bot_token = it.environment["SENSEI_SLACK_BOT_TOKEN"] = "xoxb-another"
        it.start()
        it.wait(lambda: ada.messages and ada.home)
        assert it.log().count('"slack.paused"') == 1
        it.settle()
        assert len(ada.messages) == 1
        assert it.end() == 0
