"""The Web API: each method with its scope, its arguments and what it does.

https://docs.slack.dev/reference/methods
"""

import copy
import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.slack import judge
from tests.fakes.slack.model import Channel, Json, Shown, StoredFile

if TYPE_CHECKING:
    from tests.fakes.slack import Slack
    from tests.fakes.slack.world import World

MOST_OF_A_TEXT = 40_000
READ_SCOPE = {"im": "im:history", "mpim": "mpim:history", "channel": "channels:history"}


class Refused(Exception):  # noqa: N818 - a result that unwinds
    """An answer that is not ok."""

    def __init__(self, error: str, status: int = 200, headers: Mapping[str, str] | None = None, **more: Any):
        super().__init__(error)
        self.status = status
        self.headers = dict(headers or {})
        self.document: Json = {"ok": False, "error": error, **more}


@dataclass(frozen=True)
class Method:
    work: Callable[["Slack", Json], Json]
    scope: str | None = None
    token: str = "bot"
    takes_json: bool = True
    per_minute: int = 50


def need(slack: "World", scope: str) -> None:
    if scope not in slack.scopes:
        raise Refused("missing_scope", needed=scope, provided=",".join(sorted(slack.scopes)))


def auth_test(slack: "Slack", args: Json) -> Json:
    return {
        "url": f"https://{slack.domain}.slack.example/",
        "team": slack.team_name,
        "user": "sensei",
        "team_id": slack.team,
        "user_id": slack.bot_user,
        "bot_id": slack.bot_id,
        "is_enterprise_install": False,
    }


def connections_open(slack: "Slack", args: Json) -> Json:
    if not slack.socket_mode:
        raise Refused("socket_mode_not_enabled")
    return {"url": slack.sockets.ticket()}


def conversations_open(slack: "Slack", args: Json) -> Json:
    users = tuple(sorted({each for each in str(args.get("users", "")).split(",") if each}))
    if not users:
        raise Refused("users_list_not_supplied")
    if len(users) > 8:
        raise Refused("too_many_users")
    for user in users:
        account = slack.accounts.get(user)
        if account is None:
            raise Refused("user_not_found")
        if account.deleted:
            raise Refused("user_disabled")
        if account.is_bot:
            raise Refused("cannot_dm_bot")
    need(slack, "im:write" if len(users) == 1 else "mpim:write")
    known = slack.conversation_of(users)
    return {
        "no_op": known is not None,
        "already_open": known is not None,
        "channel": {"id": (known or slack.open(users)).id},
    }


def _channel(slack: "Slack", args: Json, *, writing: bool = False) -> Channel:
    channel = slack.channels.get(str(args.get("channel", "")))
    if channel is None:
        raise Refused("channel_not_found")
    if not channel.has_app:
        raise Refused("not_in_channel" if channel.kind == "channel" else "channel_not_found")
    if writing and channel.archived:
        raise Refused("is_archived")
    return channel


def _said(slack: "Slack", args: Json) -> Json:
    """Return a message's text and blocks, if Slack takes them."""
    text, blocks = args.get("text") or "", args.get("blocks")
    if isinstance(blocks, str):
        blocks = json.loads(blocks)
    if not str(text).strip() and not blocks:
        raise Refused("no_text")
    if len(str(text)) > MOST_OF_A_TEXT:
        raise Refused("msg_too_long")
    if blocks and (errors := judge.of_message(blocks)):
        raise Refused("invalid_blocks", errors=errors, response_metadata={"messages": errors})
    if blocks and (errors := _hidden_files(slack, blocks)):
        messages = [f"[ERROR] {each}" for each in errors]
        raise Refused("invalid_blocks", errors=errors, response_metadata={"messages": messages})
    said: Json = {"text": text}
    if blocks is not None:
        said["blocks"] = slack.with_ids(blocks)
    return said


def _hidden_files(slack: "Slack", blocks: list[Json]) -> list[str]:
    """Return what Slack says of files that it can't show, or not yet."""
    return [
        f"invalid slack file [json-pointer:/blocks/{index}/slack_file]"
        for index, each in enumerate(blocks)
        if "slack_file" in each and not slack.shows(str(each["slack_file"].get("id", "")))
    ]


def upload_url(slack: "Slack", args: Json) -> Json:
    name, length = str(args.get("filename") or ""), int(args.get("length") or 0)
    if not name or length < 1:
        raise Refused("missing_argument")
    alt_text = str(args.get("alt_txt") or "")
    if len(alt_text) > 1000:
        raise Refused("alt_txt_too_large")
    made = StoredFile(f"F0{slack.number():08d}", name, length, alt_text, secrets.token_hex(12))
    return {"upload_url": slack.upload_url(made), "file_id": made.id}


def complete_upload(slack: "Slack", args: Json) -> Json:
    files = args.get("files")
    if isinstance(files, str):
        files = json.loads(files)
    if not files:
        raise Refused("invalid_arguments")
    found = [slack.files.get(str(each.get("id"))) for each in files]
    if any(each is None or each.content is None for each in found):
        raise Refused("file_not_found")
    for each in found:
        if each is not None:
            each.finished = True
    if args.get("channel_id"):
        _share(slack, args, [each for each in found if each])
    # What Slack works out later is empty at first.
    return {"files": [{"id": each.id, "title": each.name, "mimetype": ""} for each in found if each]}


def _share(slack: "Slack", args: Json, files: list[StoredFile]) -> None:
    """Show files in a conversation, in a message of the app's."""
    channel = _channel(slack, {"channel": args["channel_id"]}, writing=True)
    channel.messages.append(
        {
            "type": "message",
            "user": slack.bot_user,
            "bot_id": slack.bot_id,
            "ts": slack.stamp(),
            "text": args.get("initial_comment") or "",
            "files": [{"id": each.id, "name": each.name} for each in files],
        }
    )


def delete_file(slack: "Slack", args: Json) -> Json:
    if slack.files.pop(str(args.get("file", "")), None) is None:
        raise Refused("file_not_found")
    return {}


def post_message(slack: "Slack", args: Json) -> Json:
    channel = _channel(slack, args, writing=True)
    said = _said(slack, args)
    thread = args.get("thread_ts")
    if thread is not None and all(each["ts"] != thread for each in channel.messages):
        raise Refused("thread_not_found")
    metadata = _metadata(args)
    message: Json = {
        "type": "message",
        "user": slack.bot_user,
        "bot_id": slack.bot_id,
        "app_id": slack.app_id,
        "ts": slack.stamp(),
        **said,
    }
    if metadata is not None:
        message["metadata"] = metadata
    if thread is not None:
        message["thread_ts"] = thread
        slack.statuses.pop((channel.id, thread), None)
    channel.messages.append(message)
    return {"channel": channel.id, "ts": message["ts"], "message": copy.deepcopy(message)}


def _metadata(args: Json) -> Json | None:
    metadata = args.get("metadata")
    if isinstance(metadata, str):
        metadata = json.loads(metadata)
    if metadata is None:
        return None
    if not (isinstance(metadata, dict) and metadata.get("event_type") and "event_payload" in metadata):
        raise Refused("invalid_metadata_format")
    if len(json.dumps(metadata)) > 16_000:
        raise Refused("metadata_too_large")
    return metadata


def _arguments(method: str, args: Json) -> None:
    """Refuse arguments that are not as Slack publishes them."""
    if errors := judge.of_arguments(method, args):
        chunks = any("/chunks" in each for each in errors)
        raise Refused(
            "invalid_chunks" if chunks else "invalid_arguments", response_metadata={"messages": errors}
        )


def set_status(slack: "Slack", args: Json) -> Json:
    _arguments("assistant.threads.setStatus", args)
    channel, thread = _thread(slack, args)
    if channel.kind == "mpim":
        raise Refused("method_not_supported_for_channel_type")
    slack.statuses[channel.id, thread] = args["status"]
    if not args["status"]:
        slack.statuses.pop((channel.id, thread))
    return {}


def set_title(slack: "Slack", args: Json) -> Json:
    _arguments("assistant.threads.setTitle", args)
    channel, thread = _thread(slack, args)
    slack.titles[channel.id, thread] = args["title"]
    return {}


def suggest_prompts(slack: "Slack", args: Json) -> Json:
    _arguments("assistant.threads.setSuggestedPrompts", args)
    if not slack.is_agent:
        raise Refused("not_agent_app")
    channel, thread = _thread(slack, args)
    slack.prompts[channel.id, thread] = {"title": args.get("title", ""), "prompts": args["prompts"]}
    return {}


def _thread(slack: "Slack", args: Json) -> tuple[Channel, str]:
    channel = slack.channels.get(str(args["channel_id"]))
    if channel is None or not channel.has_app:
        raise Refused("channel_not_found")
    thread = args.get("thread_ts", "")
    if thread and all(each["ts"] != thread for each in channel.messages):
        raise Refused("invalid_thread_ts")
    return channel, thread


OPEN, STOPPED = "open", "stopped by its reader"


def start_stream(slack: "Slack", args: Json) -> Json:
    """Start a message that grows: in a direct message, or for one person in a channel."""
    _arguments("chat.startStream", args)
    channel = _channel(slack, args, writing=True)
    if channel.kind == "mpim":
        raise Refused("channel_type_not_supported")
    if channel.kind == "channel":
        for name in ("recipient_team_id", "recipient_user_id"):
            if not args.get(name):
                raise Refused(f"missing_{name}")
    if args.get("recipient_user_id") not in {None, *slack.accounts}:
        raise Refused("user_not_found")
    thread = args["thread_ts"]
    if all(each["ts"] != thread for each in channel.messages):
        raise Refused("cannot_reply_to_message")
    message: Json = {
        "type": "message",
        "user": slack.bot_user,
        "bot_id": slack.bot_id,
        "app_id": slack.app_id,
        "ts": slack.stamp(),
        "thread_ts": thread,
        "text": "",
    }
    _grow(slack, message, args)
    channel.messages.append(message)
    slack.streams[message["ts"]] = OPEN
    slack.statuses.pop((channel.id, thread), None)
    return {"channel": channel.id, "ts": message["ts"]}


def append_stream(slack: "Slack", args: Json) -> Json:
    _arguments("chat.appendStream", args)
    if "markdown_text" not in args and "chunks" not in args:
        raise Refused("markdown_text_or_chunks_required")
    channel, message = _streaming(slack, args)
    if slack.streams[message["ts"]] == STOPPED:
        raise Refused("stopped_by_user")
    _grow(slack, message, args)
    return {"channel": channel.id, "ts": message["ts"]}


def stop_stream(slack: "Slack", args: Json) -> Json:
    _arguments("chat.stopStream", args)
    channel, message = _streaming(slack, args)
    _grow(slack, message, args)
    if (metadata := _metadata(args)) is not None:
        message["metadata"] = metadata
    if blocks := args.get("blocks"):
        if errors := judge.of_message(blocks):
            raise Refused("invalid_blocks", errors=errors, response_metadata={"messages": errors})
        message["blocks"] = slack.with_ids([{"type": "markdown", "text": message["text"]}, *blocks])
    del slack.streams[message["ts"]]
    return {"channel": channel.id, "ts": message["ts"], "message": copy.deepcopy(message)}


def _streaming(slack: "Slack", args: Json) -> tuple[Channel, Json]:
    channel = _channel(slack, args, writing=True)
    message = next((each for each in channel.messages if each["ts"] == args["ts"]), None)
    if message is None:
        raise Refused("message_not_found")
    if message["user"] != slack.bot_user:
        raise Refused("message_not_owned_by_app")
    if message["ts"] not in slack.streams:
        raise Refused("message_not_in_streaming_state")
    return channel, message


def _grow(slack: "Slack", message: Json, args: Json) -> None:
    """Add to a stream's text; one that began with text can't go on with chunks, nor the other way round."""
    modes = [name for name in ("markdown_text", "chunks") if name in args]
    if len(modes) == 2:
        raise Refused("cannot_provide_both_markdown_text_and_chunks")
    if modes and slack.stream_modes.setdefault(message["ts"], modes[0]) != modes[0]:
        raise Refused("streaming_mode_mismatch")
    chunks = [each["text"] for each in args.get("chunks", ()) if each["type"] == "markdown_text"]
    message["text"] += args.get("markdown_text", "") + "".join(chunks)


def post_ephemeral(slack: "Slack", args: Json) -> Json:
    channel = _channel(slack, args, writing=True)
    user = str(args.get("user", ""))
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    slack.tell(user, channel.id, _said(slack, args))
    return {"message_ts": slack.stamp()}


def update_message(slack: "Slack", args: Json) -> Json:
    channel = _channel(slack, args, writing=True)
    message = next((each for each in channel.messages if each["ts"] == args.get("ts")), None)
    if message is None:
        raise Refused("message_not_found")
    if message["user"] != slack.bot_user:
        raise Refused("cant_update_message")
    if slack.streams.get(str(args.get("ts"))) == OPEN:
        raise Refused("streaming_state_conflict")
    said = _said(slack, args)
    if (metadata := _metadata(args)) is not None:
        message["metadata"] = metadata
    if said.get("blocks") == []:
        message.pop("blocks", None)
        said.pop("blocks")
    message.update(said)
    message["edited"] = {"user": slack.bot_user, "ts": slack.stamp()}
    return {
        "channel": channel.id,
        "ts": message["ts"],
        "text": message["text"],
        "message": copy.deepcopy(message),
    }


def delete_message(slack: "Slack", args: Json) -> Json:
    channel = _channel(slack, args, writing=True)
    message = next((each for each in channel.messages if each["ts"] == args.get("ts")), None)
    if message is None:
        raise Refused("message_not_found")
    if message["user"] != slack.bot_user:
        raise Refused("cant_delete_message")
    channel.messages.remove(message)
    return {"channel": channel.id, "ts": message["ts"]}


def history(slack: "Slack", args: Json) -> Json:
    channel = _channel(slack, args)
    need(slack, READ_SCOPE[channel.kind])
    found = [
        {**each, "reply_count": count} if (count := _count_replies(channel.messages, each["ts"])) else each
        for each in channel.messages
        if each.get("thread_ts") in {None, each["ts"]}
    ]
    return _page(slack, args, list(reversed(_within(slack, args, found))))


def _count_replies(messages: Sequence[Json], thread: str) -> int:
    return sum(each.get("thread_ts") == thread != each["ts"] for each in messages)


def replies(slack: "Slack", args: Json) -> Json:
    channel = _channel(slack, args)
    need(slack, READ_SCOPE[channel.kind])
    parent = args.get("ts")
    found = [each for each in channel.messages if parent in {each["ts"], each.get("thread_ts")}]
    if not found:
        raise Refused("thread_not_found")
    return _page(slack, args, _within(slack, args, found))


def _within(slack: "Slack", args: Json, found: list[Json]) -> list[Json]:
    oldest, newest = float(args.get("oldest") or 0), float(args.get("latest") or 1e12)
    seen = time.time() - slack.lag
    return [
        each
        for each in found
        if oldest < float(each["ts"]) < newest and (not slack.lag or float(each["ts"]) <= seen)
    ]


def _page(slack: "Slack", args: Json, found: list[Json]) -> Json:
    limit = min(int(args.get("limit") or 100), 999, slack.most_on_a_page)
    begin = int(str(args.get("cursor") or "at:0").partition(":")[2])
    rows = copy.deepcopy(found[begin : begin + limit])
    if not args.get("include_all_metadata") or str(args["include_all_metadata"]) in {"0", "false", "False"}:
        for each in rows:
            each.pop("metadata", None)
    more = begin + limit < len(found)
    cursor = f"at:{begin + limit}" if more else ""
    return {"messages": rows, "has_more": more, "response_metadata": {"next_cursor": cursor}}


def conversation_info(slack: "Slack", args: Json) -> Json:
    channel = _channel(slack, args)
    need(slack, {"im": "im:read", "mpim": "mpim:read"}.get(channel.kind, "channels:read"))
    kind = {"is_im": channel.kind == "im", "is_mpim": channel.kind == "mpim"}
    return {"channel": {"id": channel.id, "is_archived": channel.archived, **kind}}


def user_info(slack: "Slack", args: Json) -> Json:
    account = slack.accounts.get(str(args.get("user", "")))
    if account is None:
        raise Refused("user_not_found")
    return {"user": _visible(slack, account.document(slack.team))}


def user_by_email(slack: "Slack", args: Json) -> Json:
    email = str(args.get("email", "")).lower()
    for account in slack.accounts.values():
        if account.email.lower() == email and not account.deleted:
            return {"user": _visible(slack, account.document(slack.team))}
    raise Refused("users_not_found")


def _visible(slack: "Slack", document: Json) -> Json:
    if "users:read.email" not in slack.scopes:
        document["profile"].pop("email", None)
    return document


def _view(slack: "Slack", args: Json, kind: str) -> Json:
    view = args.get("view")
    if isinstance(view, str):
        view = json.loads(view)
    if not isinstance(view, dict):
        raise Refused("invalid_arguments")
    errors = judge.of_view(view)
    if not errors and view["type"] != kind:
        errors = [f"must be {kind} [json-pointer:/view/type]"]
    if errors:
        raise Refused("invalid_arguments", response_metadata={"messages": errors})
    if len(json.dumps(view)) > 250_000:
        raise Refused("view_too_large")
    return view


def views_open(slack: "Slack", args: Json) -> Json:
    user = slack.exchange(str(args.get("trigger_id", "")))
    shown = Shown(user, slack.view_document(_view(slack, args, "modal")))
    slack.modals[user] = [shown]
    return {"view": copy.deepcopy(shown.document)}


def views_push(slack: "Slack", args: Json) -> Json:
    user = slack.exchange(str(args.get("trigger_id", "")))
    stack = slack.modals.get(user, [])
    if not stack:
        raise Refused("not_found")
    if len(stack) >= 3:
        raise Refused("push_limit_reached")
    shown = Shown(user, slack.view_document(_view(slack, args, "modal"), stack[-1].document))
    stack.append(shown)
    return {"view": copy.deepcopy(shown.document)}


def views_update(slack: "Slack", args: Json) -> Json:
    for stack in slack.modals.values():
        for shown in stack:
            if args.get("view_id") == shown.id or (
                args.get("external_id") and args["external_id"] == shown.document.get("external_id")
            ):
                _unchanged(args, shown.document)
                slack.replace(shown, _view(slack, args, "modal"))
                return {"view": copy.deepcopy(shown.document)}
    raise Refused("not_found")


def views_publish(slack: "Slack", args: Json) -> Json:
    if not slack.home_enabled:
        raise Refused("not_enabled")
    user = str(args.get("user_id", ""))
    if user not in slack.accounts:
        raise Refused("user_not_found")
    view = _view(slack, args, "home")
    known = slack.homes.get(user)
    if known is not None:
        _unchanged(args, known.document)
        slack.replace(known, view)
    else:
        known = slack.homes[user] = Shown(user, slack.view_document(view))
    return {"view": copy.deepcopy(known.document)}


def _unchanged(args: Json, document: Json) -> None:
    if args.get("hash") not in {None, document["hash"]}:
        raise Refused("hash_conflict")


METHODS: Mapping[str, Method] = {
    "auth.test": Method(auth_test, per_minute=200),
    "apps.connections.open": Method(connections_open, "connections:write", "app", per_minute=20),
    "assistant.threads.setStatus": Method(set_status, "chat:write", per_minute=100),
    "assistant.threads.setSuggestedPrompts": Method(suggest_prompts, "assistant:write", per_minute=100),
    "assistant.threads.setTitle": Method(set_title, "assistant:write", per_minute=100),
    "chat.appendStream": Method(append_stream, "chat:write", per_minute=100),
    "chat.startStream": Method(start_stream, "chat:write", per_minute=20),
    "chat.stopStream": Method(stop_stream, "chat:write", per_minute=20),
    "chat.postMessage": Method(post_message, "chat:write", per_minute=300),
    "chat.postEphemeral": Method(post_ephemeral, "chat:write", per_minute=100),
    "chat.update": Method(update_message, "chat:write"),
    "chat.delete": Method(delete_message, "chat:write"),
    "conversations.open": Method(conversations_open),
    "conversations.history": Method(history, takes_json=False),
    "conversations.replies": Method(replies, takes_json=False),
    "conversations.info": Method(conversation_info, takes_json=False),
    "files.getUploadURLExternal": Method(upload_url, "files:write", takes_json=False, per_minute=100),
    "files.completeUploadExternal": Method(complete_upload, "files:write", per_minute=100),
    "files.delete": Method(delete_file, "files:write"),
    "users.info": Method(user_info, "users:read", takes_json=False, per_minute=100),
    "users.lookupByEmail": Method(user_by_email, "users:read.email", takes_json=False),
    "views.open": Method(views_open, per_minute=100),
    "views.push": Method(views_push, per_minute=100),
    "views.update": Method(views_update, per_minute=100),
    "views.publish": Method(views_publish, per_minute=100),
}
