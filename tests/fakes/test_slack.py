"""The workspace on loopback, used by Slack's own SDK and Bolt: over Socket Mode and over HTTP."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackApiError
from slack_sdk.web import WebClient

from tests.fakes.slack import CannotDo, Person, Shown, Slack, look, waited

pytestmark = pytest.mark.contract  # the fakes, judged by those who use them
TEXT = {"type": "plain_text", "text": "Go"}
BUTTONS: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Pair*", "verbatim": True}},
    {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": "pair.accept", "text": TEXT, "value": "7"},
            {"type": "button", "action_id": "pair.veto", "text": TEXT, "value": "7"},
        ],
    },
]
OPTIONS = [{"text": TEXT, "value": each} for each in ("risk", "security")]
FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "join",
    "title": {"type": "plain_text", "text": "Join"},
    "submit": {"type": "plain_text", "text": "Save"},
    "private_metadata": '{"cohort": 1}',
    "blocks": [
        {
            "type": "input",
            "block_id": "skills",
            "label": {"type": "plain_text", "text": "Skills"},
            "element": {"type": "multi_static_select", "action_id": "join.skills", "options": OPTIONS},
        },
        {
            "type": "input",
            "block_id": "goals",
            "optional": True,
            "label": {"type": "plain_text", "text": "Goals"},
            "element": {"type": "plain_text_input", "action_id": "join.goals", "max_length": 10},
        },
    ],
}


FORM_BLOCKS: list[dict[str, Any]] = FORM["blocks"]
SEEN = """\
                 ✕ Join
════════════════════════════════════════
Pair

[ Go ] [ Go ]

Skills
[              ▾ ]

Goals (optional)
[              ]
  ⚠ Say one.

════════════════════════════════════════
                                [ Save ]
"""


class Bot:
    """A small app of Bolt's that notes what it hears."""

    def __init__(self, slack: Slack) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.client = WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        self.app = App(client=self.client, signing_secret=slack.signing_secret, process_before_response=True)
        self.app.command("/dojo")(self.command)
        self.app.event("app_home_opened")(self.event)
        self.app.event("app_uninstalled")(self.event)
        self.app.action("pair.accept")(self.act)
        self.app.view("join")(self.submit)
        self.deaf = False

    def command(self, ack: Any, body: Any, client: WebClient) -> None:
        self.heard.append(("command", body))
        if body["text"] == "join":
            client.views_open(trigger_id=body["trigger_id"], view=FORM)
            ack()
        else:
            ack("You said " + body["text"])

    def event(self, body: Any, req: BoltRequest) -> None:
        self.heard.append(("event", {**body, "retry": req.headers.get("x-slack-retry-num")}))
        if self.deaf:
            raise RuntimeError("deaf")

    def act(self, ack: Any, body: Any, respond: Any) -> None:
        self.heard.append(("action", body))
        ack()
        respond(text="Accepted", replace_original=True)

    def submit(self, ack: Any, body: Any, view: Any) -> None:
        self.heard.append(("view", body))
        goals = view["state"]["values"]["goals"]["join.goals"]["value"]
        if goals is None:
            ack(response_action="errors", errors={"goals": "Say one goal."})
        else:
            ack()


@contextmanager
def over_a_socket(slack: Slack, bot: Bot, ping: float = 60) -> Iterator[None]:
    handler = SocketModeHandler(bot.app, slack.app_token, ping_interval=ping)
    handler.connect()  # type: ignore[no-untyped-call]
    slack.sockets.wait()
    try:
        yield
    finally:
        # The SDK's reader sits in a recv for three seconds, unless the other end goes first.
        handler.client.auto_reconnect_enabled = False
        slack.sockets.cut()
        handler.close()  # type: ignore[no-untyped-call]


@contextmanager
def over_http(slack: Slack, bot: Bot) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            headers: dict[str, str | Sequence[str]] = {
                name.lower(): value for name, value in self.headers.items()
            }
            answer = bot.app.dispatch(BoltRequest(body=body, headers=headers))
            self.send_response(answer.status)
            for name, values in answer.headers.items():
                for value in values:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write((answer.body or "").encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    slack.events_url = f"http://127.0.0.1:{server.server_port}/slack/events"
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


Way = Callable[[Slack, Bot], AbstractContextManager[None]]
WAYS = pytest.mark.parametrize("way", [over_a_socket, over_http])


@pytest.fixture(name="slack")
def a_workspace() -> Iterator[Slack]:
    with Slack() as slack:
        yield slack


@pytest.fixture(name="ada")
def somebody(slack: Slack) -> Person:
    return slack.person("Ada")


@WAYS
def test_a_command_is_answered_to_its_author_alone(slack: Slack, ada: Person, way: Way) -> None:
    bot = Bot(slack)
    with way(slack, bot):
        assert ada.command("/dojo hello there").text == "You said hello there"
    assert [each.text for each in ada.told] == ["You said hello there"]
    assert slack.messages(ada.dm) == []


@WAYS
def test_a_form_is_opened_filled_in_refused_and_taken(slack: Slack, ada: Person, way: Way) -> None:
    bot = Bot(slack)
    with way(slack, bot):
        assert not ada.command("/dojo join").failed
        form = ada.modal
        assert form is not None
        with pytest.raises(CannotDo, match=r"join\.skills"):
            ada.submit({})
        with pytest.raises(CannotDo, match="offers no"):
            ada.submit({"join.skills": ["cooking"]})
        with pytest.raises(CannotDo, match="10 characters"):
            ada.submit({"join.goals": "x" * 11})
        outcome = ada.submit({"join.skills": ["risk", "security"]})
        assert outcome.errors == form.errors == {"goals": "Say one goal."}
        assert slack.modals[ada.id] == [form]
        ada.submit({("goals", "join.goals"): "Learn"})
        assert slack.modals[ada.id] == []
    view = bot.heard[-1][1]["view"]
    chosen = view["state"]["values"]["skills"]["join.skills"]["selected_options"]
    assert [each["value"] for each in chosen] == ["risk", "security"]
    assert view["private_metadata"] == '{"cohort": 1}'


@WAYS
def test_a_button_is_clicked_and_its_message_replaced(slack: Slack, ada: Person, way: Way) -> None:
    bot = Bot(slack)
    bot.client.chat_postMessage(channel=ada.dm, text="Pair?", blocks=BUTTONS)
    with way(slack, bot):
        assert not ada.click(ada.messages[-1], "pair.accept").failed
        with pytest.raises(CannotDo):
            ada.click(ada.messages[-1], "pair.reject")
    (action,) = bot.heard[-1][1]["actions"]
    assert (action["action_id"], action["value"]) == ("pair.accept", "7")
    assert ada.messages[-1]["text"] == "Accepted"


@WAYS
def test_an_event_nobody_takes_comes_again_and_says_so(slack: Slack, ada: Person, way: Way) -> None:
    bot = Bot(slack)
    bot.deaf = True
    slack.retry_after = (0.05, 0.05)
    slack.ack_seconds = 0.5
    with way(slack, bot):
        delivery = ada.opens_home()
        slack.settle()
        assert delivery is not None
        tries = [each["retry"] for _, each in bot.heard]
        assert len({each["event_id"] for _, each in bot.heard}) == 1
        assert [(each or ["0"])[0] for each in tries] == ["0", "1", "2"]
        bot.deaf = False
        assert slack.again(delivery).acknowledged


def test_a_command_without_an_app_fails_before_its_author(slack: Slack, ada: Person) -> None:
    slack.ack_seconds = 0.1
    assert ada.command("/dojo help").failed
    assert "operation_timeout" in ada.told[-1].text


def test_a_socket_is_renewed_and_a_broken_one_comes_back(slack: Slack, ada: Person) -> None:
    bot = Bot(slack)
    with over_a_socket(slack, bot, ping=1):  # by which the SDK finds out what is broken
        slack.sockets.disconnect("refresh_requested")
        slack.sockets.wait(1, opened=2)
        waited(lambda: not ada.command("/dojo one").failed)
        slack.sockets.cut()
        slack.sockets.wait(1, opened=3)
        waited(lambda: not ada.command("/dojo two").failed)


def test_somebody_who_is_not_subscribed_to_hears_nothing(slack: Slack, ada: Person) -> None:
    ada.says("Hello")
    assert slack.deliveries == []
    slack.events.add("message.im")
    slack.retry_after = ()
    ada.says("Hello")
    slack.settle()
    assert [each.payload["event"]["text"] for each in slack.deliveries] == ["Hello"]


@pytest.mark.parametrize(
    ("error", "blocks"),
    [
        ("invalid_blocks", BUTTONS * 26),
        ("invalid_blocks", [{"type": "section", "text": {"type": "plain_text", "text": ""}}]),
        ("invalid_blocks", [{"type": "section"}]),
        ("invalid_blocks", [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}]),
        ("invalid_blocks", [{"type": "divider", "colour": "red"}]),
        ("invalid_blocks", [{"type": "divider", "block_id": "x"}] * 2),
        ("invalid_blocks", [{"type": "actions", "elements": []}]),
        ("msg_too_long", None),
    ],
)
def test_what_slack_refuses_is_refused(slack: Slack, ada: Person, error: str, blocks: Any) -> None:
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    with pytest.raises(SlackApiError) as told:
        client.api_call(
            "chat.postMessage",
            json={"channel": ada.dm, "text": "x" * (1 if blocks else 40_001), "blocks": blocks},
        )
    assert told.value.response["error"] == error


@pytest.mark.parametrize("spoilt", [{"title": TEXT | {"text": "x" * 25}}, {"submit": None}, {"blocks": []}])
def test_a_view_that_slack_refuses_is_refused(slack: Slack, ada: Person, spoilt: Any) -> None:
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    view = {name: value for name, value in {**FORM, **spoilt}.items() if value is not None}
    with pytest.raises(SlackApiError) as told:
        client.api_call("views.open", json={"trigger_id": slack.trigger(ada.id), "view": view})
    assert told.value.response["error"] == "invalid_arguments"


def test_what_is_seen_fits_a_phone() -> None:
    seen = look.text(Shown("U1", {**FORM, "blocks": [*BUTTONS, *FORM_BLOCKS]}, errors={"goals": "Say one."}))
    assert seen == SEEN
    assert max(map(look.width, seen.splitlines())) <= look.WIDTH
    assert "&lt;" in look.page([("A form", {"text": "&lt;b&gt; <@U1>"})], "Seen", {"U1": "<i>"})


def test_it_is_known_whom_a_message_pings() -> None:
    text = {"type": "mrkdwn", "text": "<@U1> <!channel> <!date^1^{date}|then> &lt;@U2&gt;"}
    plain = {"type": "plain_text", "text": "<@U3>"}
    message = {"text": "<!here>", "blocks": [{"type": "section", "text": text, "fields": [plain]}]}
    assert look.notified(message) == {"U1", "!channel", "!here"}


def test_a_file_goes_up_as_slacks_own_sdk_sends_it_and_is_shown_once_it_is_ready() -> None:
    with Slack() as slack:
        web = WebClient(slack.bot_token, base_url=slack.api_url)
        ada = slack.person("Ada")
        channel = web.conversations_open(users=[ada.id])["channel"]["id"]
        stored = web.files_upload_v2(filename="week.png", content=b"\x89PNG", title="Week", alt_txt="A week")
        picture = {"type": "image", "slack_file": {"id": stored["file"]["id"]}, "alt_text": "A week"}
        slack.slow_files = 1
        with pytest.raises(SlackApiError) as refused:
            web.chat_postMessage(channel=channel, text="Look", blocks=[picture])
        assert refused.value.response["error"] == "invalid_blocks"
        assert "invalid slack file" in str(refused.value.response["response_metadata"]["messages"])
        web.chat_postMessage(channel=channel, text="Look", blocks=[picture])
        assert "[picture: A week]" in look.text(ada.messages[0])
        with pytest.raises(SlackApiError, match="file_not_found"):
            web.files_delete(file="F012345678")


def test_a_message_grows_as_slacks_own_sdk_sends_it_and_not_after_its_end() -> None:
    with Slack() as slack:
        web = WebClient(slack.bot_token, base_url=slack.api_url)
        ada = slack.person("Ada")
        asked = ada.says("Why?")["ts"]
        stream = web.chat_stream(
            channel=ada.dm,
            thread_ts=asked,
            buffer_size=1,
            recipient_user_id=ada.id,
            recipient_team_id=slack.team,
        )
        stream.append(markdown_text="**Because**")
        stream.append(markdown_text=" of that.")
        assert [each["text"] for each in ada.messages] == ["**Because** of that."]
        with pytest.raises(SlackApiError, match="streaming_state_conflict"):
            web.chat_update(channel=ada.dm, ts=str(stream.ts), text="Whole")
        metadata = {"event_type": "sensei", "event_payload": {"key": "k"}}
        stream.stop(metadata=metadata, blocks=BUTTONS)
        [message] = ada.messages
        assert (message["metadata"], message["blocks"][0]["text"]) == (metadata, "**Because** of that.")
        for call in (web.chat_appendStream, web.chat_stopStream):
            with pytest.raises(SlackApiError, match="message_not_in_streaming_state"):
                call(channel=ada.dm, ts=str(stream.ts), markdown_text="more")


def test_what_slack_refuses_of_threads_and_growing_messages_is_refused() -> None:
    with Slack() as slack:
        web = WebClient(slack.bot_token, base_url=slack.api_url)
        ada = slack.person("Ada")
        channel, asked = slack.channel(ada), ada.says("Why?")["ts"]
        inside = ada.says("Why?", channel)["ts"]
        prompt = {"title": "Why?", "message": "Why?"}
        grown = str(web.chat_startStream(channel=ada.dm, thread_ts=asked, markdown_text="It ")["ts"])
        refused: dict[str, Callable[[], Any]] = {
            "invalid_arguments": lambda: web.assistant_threads_setSuggestedPrompts(
                channel_id=ada.dm, prompts=[prompt] * 5
            ),
            "invalid_thread_ts": lambda: web.assistant_threads_setStatus(
                channel_id=ada.dm, thread_ts="1.000001", status="is thinking"
            ),
            "channel_not_found": lambda: web.assistant_threads_setTitle(
                channel_id="D1", thread_ts=asked, title="Why?"
            ),
            "missing_recipient_team_id": lambda: web.chat_startStream(channel=channel, thread_ts=inside),
            "invalid_chunks": lambda: web.chat_startStream(
                channel=ada.dm, thread_ts=asked, chunks=[{"type": "markdown_text", "text": "x" * 12_001}]
            ),
            "streaming_mode_mismatch": lambda: web.chat_appendStream(
                channel=ada.dm, ts=grown, chunks=[{"type": "markdown_text", "text": "is"}]
            ),
            "markdown_text_or_chunks_required": lambda: web.chat_appendStream(channel=ada.dm, ts=grown),
            "message_not_owned_by_app": lambda: web.chat_stopStream(channel=ada.dm, ts=asked),
        }
        for error, call in refused.items():
            with pytest.raises(SlackApiError) as told:
                call()
            assert told.value.response["error"] == error
        web.assistant_threads_setTitle(channel_id=ada.dm, thread_ts=asked, title="Why?")
        assert slack.titles[ada.dm, asked] == "Why?"
