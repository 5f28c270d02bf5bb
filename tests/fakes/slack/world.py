"""The state of the workspace and its rules; what people do is in ``people``."""

import copy
import secrets
import threading
import time
from typing import TYPE_CHECKING

from tests.fakes.slack import judge
from tests.fakes.slack.faults import Fault, Rule
from tests.fakes.slack.methods import Method, Refused, need
from tests.fakes.slack.model import Account, Call, Channel, Ephemeral, Json, Shown, StoredFile, Trigger
from tests.waiting import FUSE

if TYPE_CHECKING:
    from collections.abc import Sequence

SCOPES = frozenset(
    {
        "app_mentions:read",
        "assistant:write",
        "commands",
        "chat:write",
        "files:write",
        "im:write",
        "mpim:write",
        "im:history",
        "mpim:history",
        "users:read",
        "users:read.email",
    }
)


class World:
    """What there is in the workspace."""

    team, team_name, domain = "T0DOJO0001", "Dojo", "dojo"
    app_id, bot_user, bot_id = "A0SENSEI01", "U0SENSEI01", "B0SENSEI01"

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.release = threading.Event()  # lets go of what hangs, and ends retries
        self.bot_token = f"xoxb-{secrets.token_hex(12)}"
        self.app_token = f"xapp-1-{secrets.token_hex(12)}"
        self.signing_secret = secrets.token_hex(16)
        self.scopes: set[str] = set(SCOPES)
        self.shows_scopes = True  # False: a proxy removes the header that lists them
        self.app_scopes: set[str] = {"connections:write"}
        self.accounts: dict[str, Account] = {
            self.bot_user: Account(self.bot_user, "Sensei", "", None, is_bot=True)
        }
        self.channels: dict[str, Channel] = {}
        self.modals: dict[str, list[Shown]] = {}
        self.homes: dict[str, Shown] = {}
        self.files: dict[str, StoredFile] = {}
        self.slow_files = 0  # how many messages that show a new file are still refused
        self.told: list[Ephemeral] = []
        self.calls: list[Call] = []
        self.problems: list[str] = []
        self.answers_go = threading.Event()  # cleared: who posts to a response_url waits
        self.answers_go.set()
        self.answered: set[str] = set()  # the ends of each response_url that was used
        self.lag = 0.0  # seconds until a message is found in a channel's history
        self.most_on_a_page = 999
        self.trigger_seconds = FUSE  # Slack's are three; a test of what comes late says so
        self.socket_mode = True
        self.home_enabled = True
        self.is_agent = True  # the manifest has an agent view
        self.statuses: dict[tuple[str, str], str] = {}  # of a thread, by its channel and first message
        self.titles: dict[tuple[str, str], str] = {}
        self.prompts: dict[tuple[str, str], Json] = {}  # without a thread: under ""
        self.streams: dict[str, str] = {}  # of messages that grow: ts -> open, or stopped by its reader
        self.stream_modes: dict[str, str] = {}
        self.refused: dict[str, str] = {}  # token -> error
        self.strict_limits = False
        self._rules: list[Rule] = []
        self._triggers: dict[str, Trigger] = {}
        self._responses: dict[str, tuple[str, str, str | None, int]] = {}
        self._last_stamp = 0
        self._number = 0

    def number(self) -> int:
        with self.lock:
            self._number += 1
            return self._number

    def stamp(self) -> str:
        """Return the next ts: Slack's are unique in a channel, and in order."""
        with self.lock:
            self._last_stamp = max(self._last_stamp + 1, int(time.time() * 1_000_000))
            return f"{self._last_stamp // 1_000_000}.{self._last_stamp % 1_000_000:06d}"

    def admit(self, call: Call, method: Method) -> None:
        """Refuse a token that may not call a method, and whoever calls too often."""
        if not call.token:
            raise Refused("not_authed")
        if call.token in self.refused:
            raise Refused(self.refused[call.token])
        kinds = {self.bot_token: "bot", self.app_token: "app"}
        kind = kinds.get(call.token)
        if kind is None:
            raise Refused("invalid_auth")
        if kind != method.token and call.method != "auth.test":
            raise Refused("not_allowed_token_type")
        if method.scope is not None:
            if kind == "app":
                if method.scope not in self.app_scopes:
                    raise Refused(
                        "missing_scope", needed=method.scope, provided=",".join(sorted(self.app_scopes))
                    )
            else:
                need(self, method.scope)
        if self.strict_limits:
            self._limit(call, method)

    def _limit(self, call: Call, method: Method) -> None:
        now = time.monotonic()
        before = [it for it in self.calls if it is not call and it.method == call.method and it.status == 200]
        if sum(it.at > now - 60 for it in before) >= method.per_minute:
            raise Refused("ratelimited", 429, {"Retry-After": "30"})
        if call.method == "chat.postMessage":
            there = [it for it in before if it.args.get("channel") == call.args.get("channel")]
            if sum(it.at > now - 5 for it in there) >= 5:  # short bursts over one a second are taken
                raise Refused("ratelimited", 429, {"Retry-After": "1"})

    def fault(self, fault: Fault, method: str = "*", times: int = 1) -> None:
        """Let the next requests to a method (``*`` for any) fail."""
        with self.lock:
            self._rules.append(Rule(fault, method, times))

    def pardon(self) -> None:
        """Let no request fail any more."""
        with self.lock:
            self._rules.clear()

    def unmet(self) -> list[Rule]:
        """Return the faults that no request has met yet."""
        with self.lock:
            return [rule for rule in self._rules if rule.times > 0]

    def meet(self, call: Call) -> Fault | None:
        """Record a request and find the fault that waits for it."""
        with self.lock:
            self.calls.append(call)
            for rule in self._rules:
                if rule.meets(call.method):
                    rule.times -= 1
                    return rule.fault
        return None

    def asked(self, method: str) -> list[Call]:
        """Return the requests to a method so far."""
        with self.lock:
            return [call for call in self.calls if call.method == method]

    def trigger(self, user: str) -> str:
        """Return what lets a view be opened for somebody, once, within three seconds."""
        made = f"{self.number()}.{secrets.token_hex(8)}"
        self._triggers[made] = Trigger(user, time.monotonic())
        return made

    def whose(self, trigger: str) -> str:
        """Return whose a trigger is, or was."""
        return self._triggers[trigger].user

    def exchange(self, trigger: str) -> str:
        """Use a trigger; return whose it is."""
        found = self._triggers.get(trigger)
        if found is None:
            raise Refused("invalid_trigger_id")
        if found.used:
            raise Refused("exchanged_trigger_id")
        if time.monotonic() - found.at > self.trigger_seconds:
            raise Refused("expired_trigger_id")
        found.used = True
        return found.user

    def expire_streams(self) -> None:
        """End all messages that grow, as Slack does after some minutes."""
        with self.lock:
            self.streams.clear()

    def upload_url(self, file: StoredFile) -> str:
        """Keep a file that was announced; return where its bytes go."""
        self.files[file.id] = file
        return f"{self.base}/upload/{file.ticket}"

    def take_upload(self, ticket: str, content: bytes) -> int:
        """Take the bytes of a file, raw; return the status. Whoever has the address may send them, once."""
        with self.lock:
            found = next((it for it in self.files.values() if it.ticket == ticket), None)
            if found is None or found.content is not None or found.length != len(content):
                return 400
            found.content = content
            return 200

    def shows(self, file: str) -> bool:
        """Return whether a block may show a file now: one that is finished, and that Slack has processed."""
        found = self.files.get(file)
        if found is None or not found.finished:
            return False
        if self.slow_files:
            self.slow_files -= 1
            return False
        return True

    def conversation_of(self, users: "Sequence[str]") -> Channel | None:
        """Return the direct or group message of exactly these with the app, if it is open."""
        wanted = tuple(sorted(users))
        for channel in self.channels.values():
            if channel.kind in {"im", "mpim"} and channel.members == wanted:
                return channel
        return None

    def open(self, users: "Sequence[str]") -> Channel:
        kind = "im" if len(users) == 1 else "mpim"
        letter = "D" if kind == "im" else "G"
        channel = Channel(f"{letter}0{self.number():08d}", kind, tuple(sorted(users)))
        self.channels[channel.id] = channel
        return channel

    def with_ids(self, blocks: list[Json]) -> list[Json]:
        """Return blocks as Slack keeps them: with the ids that it gives to those without."""
        kept = copy.deepcopy(blocks)
        for block in kept:
            block.setdefault("block_id", secrets.token_hex(3))
            for element in judge.elements_of(block):
                element.setdefault("action_id", secrets.token_hex(3))
        return kept

    def view_document(self, view: Json, below: Json | None = None) -> Json:
        """Return a new view as Slack keeps it."""
        made = f"V0{self.number():08d}"
        return {
            "id": made,
            "team_id": self.team,
            "app_id": self.app_id,
            "bot_id": self.bot_id,
            "app_installed_team_id": self.team,
            "callback_id": "",
            "private_metadata": "",
            "external_id": "",
            "title": None,
            "close": None,
            "submit": None,
            "clear_on_close": False,
            "notify_on_close": False,
            "root_view_id": below["root_view_id"] if below else made,
            "previous_view_id": below["id"] if below else None,
            "state": {"values": {}},
            **view,
            "blocks": self.with_ids(view["blocks"]),
            "hash": f"{time.time():.6f}.{secrets.token_hex(4)}",
        }

    def replace(self, shown: Shown, view: Json) -> None:
        """Replace what a view shows; what was typed into blocks that stay, stays."""
        fresh = self.view_document(view)
        for name in ("id", "root_view_id", "previous_view_id"):
            fresh[name] = shown.document[name]
        blocks = {each["block_id"] for each in fresh["blocks"]}
        shown.values = {at: value for at, value in shown.values.items() if at[0] in blocks}
        shown.errors = {}
        shown.document = fresh

    def tell(self, user: str, channel: str, said: Json) -> None:
        """Show something to one person alone."""
        with self.lock:
            self.told.append(Ephemeral(user, channel, {"ts": self.stamp(), **said}))

    def response_url(self, user: str, channel: str, ts: str | None) -> str:
        made = secrets.token_hex(8)
        self._responses[made] = user, channel, ts, 0
        return f"{self.base}/response/{made}"

    @property
    def base(self) -> str:
        raise NotImplementedError

    def respond(self, response: str, args: Json) -> tuple[int, str]:
        """Take an answer by response_url: five times at most."""
        with self.lock:
            if response not in self._responses:
                return 404, "no_such_url"
            user, channel, ts, uses = self._responses[response]
            if uses >= 5:
                return 404, "used_url"
            self._responses[response] = user, channel, ts, uses + 1
            if args.get("delete_original"):
                where = self.channels.get(channel)
                if where is not None:
                    where.messages = [each for each in where.messages if each["ts"] != ts]
                return 200, "ok"
            self.answered.add(response)
            blocks = args.get("blocks")
            if blocks and judge.of_message(blocks):
                return 400, "invalid_blocks"
            if not blocks and not args.get("text"):
                return 400, "no_text"
            said: Json = {name: args[name] for name in ("text", "blocks") if name in args}
            self._answer(user, channel, ts, args, said)
            return 200, "ok"

    def _answer(self, user: str, channel: str, ts: str | None, args: Json, said: Json) -> None:
        if args.get("response_type") == "in_channel" and channel in self.channels:
            message = {"type": "message", "user": self.bot_user, "bot_id": self.bot_id, "ts": self.stamp()}
            self.channels[channel].messages.append({**message, **said})
            return
        if args.get("replace_original") and ts is not None and channel in self.channels:
            for each in self.channels[channel].messages:
                if each["ts"] == ts:
                    each.update(said)
            return
        self.tell(user, channel, said)
