"""What is there in Slack once everything has settled, beside what the rows say must be."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from sqlmodel import col, or_, select

from bot.adapters.database import open_store
from bot.adapters.database.jobs.tables import JobRow
from bot.adapters.database.transaction import SqlStore, SqlTx
from bot.bootstrap import chat
from bot.domain.dojo.profiles import Vocabulary
from bot.settings import Settings
from bot.workflows.articulation.handovers import LEFT
from bot.workflows.chat.addresses import chat_address
from bot.workflows.chat.features import Words
from bot.workflows.triage.released_levels import RELEASED
from tests.chaos.workspace import Circle
from tests.fakes.slack.judge import elements_of
from tests.fakes.slack.model import Json

_ONCE = (  # what is done with a pair, or with a code, at most once
    "pairing.approve",
    "pairing.accept",
    "pairing.settle",
    "pairing.veto",
    "pairing.end",
    "pairing.part",
    "pairing.barred",
    "pairing.decline",
)
_CHANGES = ("pairing.", "people.", "triage.keep", "triage.withdraw", "articulation.stands")
"""How the names of buttons begin that change something, apart from those of digests, which age."""
_INTRODUCTION = "message:pairing.introduction:"


def found(it: Circle, url: str, sent: Sequence[tuple[str, Json]]) -> Mapping[str, Sequence[str]]:
    """Return everything, in words, by the names of what is counted. ``sent`` are our messages."""
    keys = Counter(key for key, _ in sent)
    lost, stale = _against_rows(it, url, dict(sent))
    lost += [key for key in _called_for(it) if key not in keys]
    doings_lost, doings_doubled = _doings(it)
    return {
        "doings_in_slack": [act.guid for act in it.acts],
        "messages": [key for key, _ in sent],
        "pairs": [str(row[0]) for row in it.rows("SELECT id FROM pairing")],
        "introductions": [key for key, _ in sent if key.startswith(_INTRODUCTION)],
        "doings_lost": doings_lost,
        "doings_doubled": doings_doubled,
        "messages_lost": sorted(set(lost)),
        "messages_doubled": list((keys - Counter(set(keys))).elements()),
        "messages_out_of_date": stale,
        "introductions_doubled": _introduced_twice(it),
        "homes_not_shown": _homes(it),
        "people_paired_twice": _paired_twice(it),
        "audit_events_doubled": _audited_twice(it),
    }


def sent_messages(it: Circle) -> Iterator[tuple[str, Json]]:
    """Yield the keys of all messages of ours, and the messages; files are shared without a key."""
    for message in it.slack.posted():
        if "files" not in message:
            yield message["metadata"]["event_payload"]["key"], message


def _words() -> Mapping[str, Words]:
    return chat.features_from_settings(Settings(), lambda: Vocabulary({}, {}, frozenset())).words


def _against_rows(it: Circle, url: str, sent: Mapping[str, Json]) -> tuple[list[str], list[str]]:
    """Return what every job of a message called for and is not there, and what offers what is over."""
    words, lost, stale = _words(), [], []
    with open_store(url) as database, SqlStore(database, "localhost").begin() as tx:
        # News for leads waits for others, and for working hours: what is not due yet is not lost.
        due = or_(col(JobRow.started_at).is_not(None), col(JobRow.due_at) <= datetime.now(UTC))
        jobs = tx.jobs.session.connection().execute(
            select(JobRow.id, JobRow.argument).where(JobRow.kind == "message", due)
        )
        for identity, argument in jobs.all():
            letter = words[argument["kind"]](tx, argument["about"])
            if letter is None or not (letter.users or any(chat_address(tx, one) for one in letter.to)):
                continue
            message = sent.get(f"message:{argument['key']}")
            if message is None and not _was_put_off(tx, argument, sent):
                lost.append(identity)
            elif message is None:
                continue
            elif _offers(message.get("blocks", [])) != _offers(letter.message.blocks):
                stale.append(f"{identity}: {_offers(message.get('blocks', []))} is shown")
    return lost, stale


def _was_put_off(tx: SqlTx, argument: Json, sent: Mapping[str, Json]) -> bool:
    """Return whether a message waits for another day, or what it had to say came with a later one.

    Each ruling on a level is counted by itself (``levels_untold``).
    """
    key = argument["key"]
    if "unprompted" not in argument:
        return False
    bundle = f"message:{key.rpartition(':')[0]}:"
    later = argument["kind"] == LEFT and any(other.startswith(bundle) for other in sent)
    return later or argument["kind"] == RELEASED or bool(tx.jobs.list_waiting(f"message:{key}"))


def _offers(blocks: Sequence[Json]) -> list[tuple[str, str]]:
    """Return the buttons that change something, with what they are about."""
    elements = [element for block in blocks for element in elements_of(block)]
    return sorted(
        (each["action_id"], each["value"])
        for each in elements
        if "value" in each and each["action_id"].startswith(_CHANGES)
    )


def _called_for(it: Circle) -> Iterator[str]:
    """Yield the keys of messages that follow from what is noted as done, whatever jobs there were."""
    for subject, action in it.rows("SELECT subject, action FROM audit_event"):
        if action == "pairing.approve":
            yield f"message:pairing.ask:{subject.partition(':')[2]}"
    for (pair,) in it.rows("SELECT id FROM pairing WHERE state = 'active'"):
        yield f"{_INTRODUCTION}{pair}"
    lead = it.person(it.lea.id)
    # A proposal whose pairs were all replaced before it was shown has nothing to show.
    listed = "SELECT DISTINCT proposal_id FROM pairing WHERE state <> 'replaced'"
    for (proposal,) in it.rows(listed):
        yield f"message:pairing.board:{proposal}:{lead}"


def _doings(it: Circle) -> tuple[list[str], list[str]]:
    """Return what somebody did and was told nothing else of, and that was not done once.

    What came too late to be done is closed as ignored, and its author gets a message: one that the jobs know.
    """
    states = {row[0]: row[1] for row in it.rows("SELECT guid, state FROM delivery WHERE guid LIKE 'slack:%'")}
    told = {row[0] for row in it.rows("SELECT id FROM job WHERE kind = 'message'")}
    lost, doubled = [], []
    for act in it.acts:
        state = states.get(act.guid)
        undone = state == "ignored" and f"message:undone:{act.guid}:{act.user}" in told
        answer = str(act.delivery.payload.get("response_url", "")).rpartition("/")[2]
        if act.taken and state != "handled" and not undone and answer not in it.slack.answered:
            lost.append(f"{act.audit} {act.guid}: {state}")
    events = {f"slack:{event.id}" for event in it.events if event.acknowledged}
    lost += [f"{guid}: {states.get(guid)}" for guid in events if states.get(guid) != "handled"]
    done = Counter(
        (act.audit, act.subject or it.person(act.user))
        for act in it.acts
        if act.audit and states.get(act.guid) == "handled"
    )
    noted = Counter(
        (row.action, key)
        for row in it.rows("SELECT actor, action, subject FROM audit_event")
        for key in (row.subject, row.actor)
    )
    for key, times in done.items():
        if noted[key] < times:
            lost.append(f"{key}: handled {times} times, noted {noted[key]} times")
        if noted[key] > times:
            doubled.append(f"{key}: handled {times} times, noted {noted[key]} times")
    return lost, doubled


def _introduced_twice(it: Circle) -> list[str]:
    """Return groups with more introductions than its two people were pairs, and pairs introduced twice."""
    pairs = Counter(
        frozenset((row.participant_id, row.sensei_id))
        for row in it.rows("SELECT participant_id, sensei_id FROM pairing WHERE state IN ('active', 'ended')")
    )
    who = {row[0]: row[1] for row in it.rows("SELECT external_id, person_id FROM identity")}
    twice = []
    for channel in it.slack.channels.values():
        keys = [
            key
            for message in channel.messages
            if "metadata" in message
            and (key := message["metadata"]["event_payload"]["key"]).startswith(_INTRODUCTION)
        ]
        # Whoever has no account in the chat hears nothing, so a channel may have one of the two alone.
        here = {who[user] for user in channel.members} if keys else set()
        most = sum(times for people, times in pairs.items() if here <= people)
        if len(keys) > most or len(keys) > len(set(keys)):
            twice.append(f"{channel.id}: {keys}")
    return twice


def _homes(it: Circle) -> list[str]:
    """Return who has opened their App Home, which was acknowledged, and sees none."""
    opened = {event.payload["event"]["user"] for event in it.events if event.acknowledged}
    return sorted(opened - it.slack.homes.keys())


def _paired_twice(it: Circle) -> list[str]:
    rows = it.rows(
        "SELECT participant_id, count(*) FROM pairing WHERE state IN ('proposed', 'approved', 'active') "
        "GROUP BY cohort_id, participant_id HAVING count(*) > 1"
    )
    return [str(row) for row in rows]


def _audited_twice(it: Circle) -> list[str]:
    rows = it.rows("SELECT action, subject FROM audit_event")
    once = Counter((row.action, row.subject) for row in rows if row.action in _ONCE)
    links = Counter(row.subject for row in rows if row.action == "people.link")
    proposals = it.rows("SELECT count(*) FROM proposal")[0][0]
    noted = sum(row.action == "pairing.propose" for row in rows)
    found_ = [f"{key}: {times} times" for key, times in once.items() if times > 1]
    found_ += [f"people.link {key}: {times} times" for key, times in links.items() if times > 1]
    return found_ + ([f"{noted} events of {proposals} proposals"] if noted != proposals else [])
