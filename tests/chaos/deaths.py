"""The moments at which the bot is killed: by the clock, at a named point in it, or by a request."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tests.chaos.mortal import MOMENTS

STEPS = {
    "review": (
        "begin",
        "check",
        "read",
        "decide",
        "still",
        "pending",
        "submit",
        "said",
        "comments",
        "placed",
        "end",
        "conclude",
    ),
    "later": ("summary",),
    "stopped": ("stop",),
    "rejected": ("plain",),
    "left": ("leave",),
    "buried": ("shown", "recalled"),
    "kept": ("head",),
    "command": ("heard", "nod", "reply"),
    "ruled": ("tell",),
    "levelled": ("mark",),
    "early": ("fetch", "release"),
    "closed": ("closed", "close"),
    "started": ("list", "open", "sweep"),
}
"""The steps of every workflow, by what brings them about (``Dojo.bring_about``)."""
CHAT = {
    "joined": ("began", "post", "publish"),
    "proposed": ("solve", "write"),
    "approved": ("update",),
    "accepted": ("post",),
    "lost": ("post",),
    "silent": ("settle",),
    "why": ("solve", "tell"),
    "away": ("tell",),
    "linked": ("post",),
}
"""The steps of the workflows that talk in Slack and pair, by what people do (``Circle.bring_about``)."""
WEEK = {
    "digest": ("choose", "make", "snapshots", "picture", "send"),
    "too_soon": ("wait",),
    "put_off": ("put_off",),
    "snapshot": ("list", "save"),
    "judged": ("begin", "mark", "end", "post"),
    "report": ("began", "bring", "share"),
    "met": ("send",),
    "calendar": ("read", "save"),
    "check_in": ("decide", "topic", "give_back"),
    "reminded": ("remind",),
    "documented": ("begin", "read", "tell"),
    "defended": ("begin", "prepare", "ready"),
    "asked": ("begin", "status", "write", "show"),
    "unasked": ("delete",),
}
"""The steps of what follows from rulings and of what comes weekly (``Deciding.bring_about``)."""
TALK = {"heard": ("ask", "decide", "say"), "recorded": ("tell", "close", "look", "file")}
"""The steps of the workflows of conversations (``Dojo.converse``)."""
KEPT = ("pending", "submit", "said", "comments", "end")
"""The steps, of those above, that also post what a sensei has kept."""
PUMP = ("delivery-kept", "delivery-handled", "job-given", "model-intent", "model-answer")
SLACK = "slack "
"""Stands before a method of Slack's where GitHub has a path."""
_CHECKS, _REVIEWS = "/repos/{owner}/{repo}/check-runs", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews"
_INLINE = "/repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies"
_UNDER = "/repos/{owner}/{repo}/issues/{issue_number}/comments"
REQUESTS = {
    ("POST", _CHECKS): "review",
    ("PATCH", f"{_CHECKS}/{{check_run_id}}"): "review",
    ("GET", _REVIEWS): "review",
    ("POST", _REVIEWS): "review",
    ("POST", f"{_REVIEWS}/{{review_id}}/events"): "review",
    ("GET", f"{_REVIEWS}/{{review_id}}/comments"): "review",
    ("PUT", f"{_REVIEWS}/{{review_id}}"): "later",
    ("POST", _UNDER): "command",
    ("POST", "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions"): "command",
    ("POST", _INLINE): "ruled",
    ("GET", "/repos/{owner}/{repo}/issues/comments"): "review",
    ("POST", "/app/installations/{installation_id}/access_tokens"): "review",
    ("POST", "/app/hook/deliveries/{delivery_id}/attempts"): "missed",
    ("POST", "git git-upload-pack"): "review",
    ("POST", "/v1/messages"): "review",
    ("POST", f"{SLACK}chat.postMessage"): "accepted",
    ("POST", f"{SLACK}chat.update"): "approved",
    ("POST", f"{SLACK}conversations.open"): "joined",
    ("POST", f"{SLACK}conversations.history"): "lost",
    ("POST", f"{SLACK}views.open"): "joined",
    ("POST", f"{SLACK}views.publish"): "joined",
    ("POST", f"{SLACK}users.info"): "joined",
    ("POST", f"{SLACK}files.getUploadURLExternal"): "digest",
    ("POST", f"{SLACK}files.completeUploadExternal"): "report",
}
"""Requests that kill as they arrive, by what brings them about."""
FATES = ("undone", "done", "late")
"""What becomes of such a request: nothing; it is done unheard; it is done once the next process runs.

The last is of what makes something new: of Slack's, a message.
"""


@dataclass(frozen=True)
class Timed:
    """Dies so many seconds after it was started, or after it began to listen."""

    seconds: float
    listening: bool
    needs: str = "review"


@dataclass(frozen=True)
class Point:
    """Dies at a point that ``tests.chaos.mortal`` knows."""

    moment: str
    name: str
    needs: str


@dataclass(frozen=True)
class Arrival:
    """Dies as a request arrives at GitHub or at the model."""

    method: str
    route: str
    fate: str
    needs: str


Death = Timed | Point | Arrival


def points() -> list[Death]:
    """Return every death that has a name."""
    named = [
        (name, needs)
        for steps in (STEPS, TALK, CHAT, WEEK)
        for needs, names in steps.items()
        for name in names
    ]
    named += [(name, "review") for name in PUMP] + [(name, "kept") for name in KEPT]
    named += [(name, "accepted") for name in PUMP[:3]]
    found: list[Death] = [Point(moment, name, needs) for name, needs in named for moment in MOMENTS]
    # Methods that are wrapped as a whole have no inside.
    found = [it for it in found if not (isinstance(it, Point) and it.name in PUMP and it.moment == "done")]
    for (method, route), needs in REQUESTS.items():
        changes = method != "GET" and (route.startswith("/repos") or route == f"{SLACK}chat.postMessage")
        found += [Arrival(method, route, fate, needs) for fate in (FATES if changes else FATES[:2])]
    return found


def plan(kills: int, chance: random.Random) -> Sequence[Death]:
    """Return so many deaths: at least half of them have names, each of those once before any comes again.

    Of twenty, some are in conversations and some in each part of a sensei's week.
    """
    named = _of_each_kind(kills, chance)
    most = min(kills, max(len(named), (kills + 1) // 2, min(kills * 3 // 4, len(points()))))
    while len(named) < (kills + 1) // 2:
        named += chance.sample(points(), len(points()))
    named = named[:most]
    timed: list[Death] = [
        Timed(chance.uniform(0, 2.5), chance.random() < 0.8, chance.choice(("review", *TALK, *CHAT, *WEEK)))
        for _ in range(kills - len(named))
    ]
    deaths = [*named, *timed]
    chance.shuffle(deaths)
    return deaths


def _of_each_kind(kills: int, chance: random.Random) -> list[Death]:
    """Return deaths in conversations and in a sensei's week: a 16th, and at least one, of each kind."""
    found: list[Death] = []
    for needs, names in {**TALK, **WEEK}.items():
        deaths: list[Death] = [Point(moment, name, needs) for name in names for moment in MOMENTS]
        found += chance.sample(deaths, min(len(deaths), max(1, kills // 16)))
    return found
