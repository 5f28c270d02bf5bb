"""What is there once everything has settled: what was lost, what was done twice, what was left behind."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from itertools import dropwhile
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from bot.ports.engine import ATTEMPT_SEPARATOR
from tests.chaos import counting_chat, deciding, talking
from tests.chaos.deaths import CHAT, STEPS, TALK, WEEK
from tests.chaos.dojo import Dojo
from tests.fakes.github.model import Comment, Pull, Review

_REVIEW = re.compile(r"<!-- sensei:review=(\S+) -->")
_REPLY = re.compile(r"<!-- sensei:((?:reply|ruling)=\d+) -->")
_QUESTION = re.compile(r"<!-- sensei:question=(\d+) -->")
_ENDED = ("SUCCESS", "CANCELLED")
_DEAD = ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")


class Records:
    """The bot's database, read beside it."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self._postgres = parsed.get_backend_name() == "postgresql"
        self._engine = sa.create_engine(
            parsed.set(drivername="postgresql+psycopg") if self._postgres else parsed
        )

    def rows(self, query: str, **values: Any) -> list[Any]:
        schema = "dbos." if self._postgres else ""
        with self._engine.connect() as connection:
            return list(connection.execute(sa.text(query.replace("dbos.", schema)), values))

    def workflows(self) -> Counter[str]:
        rows = self.rows("SELECT status, count(*) FROM dbos.workflow_status GROUP BY status")
        return Counter({row[0]: row[1] for row in rows})

    def dead(self) -> list[Any]:
        """Return what gave up and was not let go on."""
        return self.rows(
            "SELECT workflow_uuid, status, error FROM dbos.workflow_status WHERE was_forked_from = FALSE "
            "AND status IN ('ERROR', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED') "
            "AND name NOT IN ('reconcile', 'sweep')"
        )

    def close(self) -> None:
        self._engine.dispose()


def settled(dojo: Dojo, records: Records) -> bool:
    """Say whether nothing goes on any more; what was set aside is let go on first."""
    if records.dead():
        dojo.set_aside += dojo.retry_dead_letters()
        return False
    dojo.talks.hurry()
    dojo.deciding.hurry()
    return not unsettled(dojo, records)


def unsettled(dojo: Dojo, records: Records) -> list[str]:
    """Return what still goes on or waits, in words; nothing: all is settled."""
    soon = datetime.now(UTC) + timedelta(seconds=60)
    waits = {
        "deliveries": records.rows("SELECT guid FROM delivery WHERE state = 'stored'"),
        "jobs": records.rows("SELECT id FROM job WHERE started_at IS NULL AND due_at < :soon", soon=soon),
        "rounds": records.rows("SELECT id FROM round WHERE state IN ('waiting', 'reading')"),
        "workflows": [
            (name, n) for name, n in records.workflows().items() if name not in _ENDED and name not in _DEAD
        ],
    }
    known = {row[0] for row in records.rows("SELECT guid FROM delivery")}
    waits["unheard"] = sorted({it.guid for it in dojo.github.deliveries} - known)
    return [f"{name}: {sorted(map(str, what))[:5]}" for name, what in waits.items() if what]


@dataclass
class Counts:
    """What was counted: first how much there was, then, from ``deliveries_lost`` on, what has to be 0.

    ``calls_cut_off``: calls to the model in flight at a kill, whose answer nobody recorded. ``set_aside``:
    work that was killed too often, and that an operator let go on.
    """

    kills: int = 0
    deliveries: int = 0
    pull_requests: int = 0
    rounds: int = 0
    reviews: int = 0
    questions: int = 0
    replies: int = 0
    model_answers: int = 0
    calls_cut_off: int = 0
    set_aside: int = 0
    doings_in_slack: int = 0
    messages: int = 0
    pairs: int = 0
    introductions: int = 0
    conversations: int = 0
    follow_ups: int = 0
    records: int = 0
    rulings: int = 0
    digests: int = 0
    reports: int = 0
    enquiries: int = 0
    deliveries_lost: int = 0
    pull_requests_not_read: int = 0
    reviews_doubled: int = 0
    reviews_left_pending: int = 0
    summaries_doubled: int = 0
    questions_doubled: int = 0
    questions_lost: int = 0
    replies_doubled: int = 0
    replies_lost: int = 0
    check_runs_left_in_progress: int = 0
    check_runs_doubled: int = 0
    model_asked_after_its_answer: int = 0
    doings_lost: int = 0
    doings_doubled: int = 0
    messages_lost: int = 0
    messages_doubled: int = 0
    messages_out_of_date: int = 0
    introductions_doubled: int = 0
    homes_not_shown: int = 0
    people_paired_twice: int = 0
    audit_events_doubled: int = 0
    answers_unheard: int = 0
    turns_doubled: int = 0
    records_doubled: int = 0
    records_untold: int = 0
    rulings_lost: int = 0
    rulings_doubled: int = 0
    levels_untold: int = 0
    levels_told_twice: int = 0
    digests_lost: int = 0
    reports_lost: int = 0
    reports_doubled: int = 0
    enquiries_unanswered: int = 0
    enquiries_answered_twice: int = 0
    answers_left: int = 0
    dead_letters_left: int = 0
    moments_that_never_came: int = 0
    details: list[str] = field(default_factory=list)

    def items(self) -> Iterator[tuple[str, int]]:
        for one in fields(self):
            if one.name != "details":
                yield one.name.replace("_", " "), getattr(self, one.name)

    def faults(self) -> Iterator[tuple[str, int]]:
        return dropwhile(lambda item: item[0] != "deliveries lost", self.items())


FAULTS = {it.name for it in dropwhile(lambda it: it.name != "deliveries_lost", fields(Counts))}


def count(dojo: Dojo, records: Records) -> Counts:
    """Count everything."""
    counts = Counts(kills=dojo.kills, set_aside=dojo.set_aside, moments_that_never_came=len(dojo.unreached))
    counts.details += [f"never came to {death}" for death in dojo.unreached]
    _count_deliveries(dojo, records, counts)
    _count_rounds(dojo, records, counts)
    for pull in (it for repository in dojo.github.repositories.values() for it in repository.pulls.values()):
        _count_reviews(dojo, pull, counts)
        _count_replies(dojo, pull, counts)
    _count_checks(dojo, counts)
    _count_calls(dojo, records, counts)
    _count_questions(records, counts)
    _count_unanswered(dojo, records, counts)
    sent = list(counting_chat.sent_messages(dojo.circle))
    several_of_each = {
        **counting_chat.found(dojo.circle, dojo.url, sent),
        **deciding.found(dojo.deciding, dict(sent)),
        **talking.found(dojo.github, dojo.app.bot, records.rows),
    }
    for name, several in several_of_each.items():
        setattr(counts, name, len(several))
        if name in FAULTS:
            counts.details += [f"{name.replace('_', ' ')}: {one}" for one in several]
    dead = records.dead()
    counts.dead_letters_left = len(dead)
    counts.details += [f"dead: {row}"[:400] for row in dead]
    return counts


def steps_without_a_death(records: Records) -> set[str]:
    """Return the names of steps that ran and that nobody is killed at: a new step needs its death."""
    outputs = records.rows("SELECT DISTINCT function_name FROM dbos.operation_outputs")
    names = {
        row[0].partition(ATTEMPT_SEPARATOR)[0].partition(".")[0] for row in outputs if row[0] != "DBOS.sleep"
    }
    return names - {
        name for steps in (*STEPS.values(), *TALK.values(), *CHAT.values(), *WEEK.values()) for name in steps
    }


def _count_deliveries(dojo: Dojo, records: Records, counts: Counts) -> None:
    states = {row[0]: row[1] for row in records.rows("SELECT guid, state FROM delivery")}
    guids = {it.guid for it in dojo.github.deliveries}
    lost = [guid for guid in guids if states.get(guid) not in {"handled", "ignored"}]
    counts.deliveries, counts.deliveries_lost = len(guids), len(lost)
    counts.details += [f"delivery {guid}: {states.get(guid)}" for guid in lost]


def _count_rounds(dojo: Dojo, records: Records, counts: Counts) -> None:
    rounds = records.rows(
        "SELECT c.owner, p.number, r.id, r.head_sha, r.state, r.error FROM round r JOIN pull_request p "
        "ON p.id = r.pull_request_id JOIN capstone c ON c.id = p.capstone_id ORDER BY r.number"
    )
    counts.rounds = len(rounds)
    last = {(row.owner, row.number): row for row in rounds}
    for repository in (dojo.repository, dojo.bob, dojo.eve, dojo.kim):
        for pull in repository.pulls.values():
            counts.pull_requests += 1
            row = last.get((repository.owner.login, pull.number))
            good = "stopped" if repository is dojo.kim else "published"
            if not pull.closed and (row is None or (row.head_sha, row.state) != (pull.head_sha, good)):
                counts.pull_requests_not_read += 1
                counts.details.append(f"{repository.full_name}#{pull.number} at {pull.head_sha[:7]}: {row}")


def _count_reviews(dojo: Dojo, pull: Pull, counts: Counts) -> None:
    # Around a reply in a thread GitHub puts a review that says nothing.
    ours = [it for it in pull.reviews if it.user is dojo.app.bot and (it.body or it.pending)]
    shown = [it for it in ours if not it.pending]
    counts.reviews += len(shown)
    where = f"{pull.repository.full_name}#{pull.number}"
    pending = [it for it in ours if it.pending]
    counts.reviews_left_pending += len(pending)
    counts.details += [f"{where}: pending {it.body[-60:]!r}" for it in pending]
    counts.reviews_doubled += _doubled(where, (_mark(_REVIEW, it.body) for it in shown), counts)
    summaries = [it for it in shown if it.body.startswith("**")]  # other reviews do not open in bold
    counts.summaries_doubled += max(0, len(summaries) - 1)
    if len(summaries) > 1:
        counts.details.append(f"{where}: summaries {[_mark(_REVIEW, it.body) for it in summaries]}")
    texts = list(_questions(pull, shown))
    counts.questions += len(texts)
    counts.questions_doubled += _doubled(where, texts, counts)


def _replies(dojo: Dojo, pull: Pull) -> list[str]:
    """Return what our replies on a pull request are to: a comment, or a question that was ruled on."""
    said = [*pull.comments, *(one for thread in pull.threads for one in thread.comments)]
    found = (_REPLY.search(one.body) for one in said if one.user is dojo.app.bot)
    return [match[1] for match in found if match]


def _count_replies(dojo: Dojo, pull: Pull, counts: Counts) -> None:
    replies = _replies(dojo, pull)
    counts.replies += len(replies)
    counts.replies_doubled += _doubled(f"{pull.repository.full_name}#{pull.number}", replies, counts)


def _count_unanswered(dojo: Dojo, records: Records, counts: Counts) -> None:
    """Count commands that nobody was answered, and rulings that nobody was told of.

    A command counts if it is at GitHub or in the bot's records, unless the bot has recorded that it says
    nothing to it: everybody here may give those that they give.
    """
    rows = records.rows("SELECT comment_id, answer, verb FROM command")
    # What was recorded is told as a turn of the conversation (``talking.found``).
    told_later = {row.comment_id for row in rows if (row.verb, row.answer) == ("record", "done")}
    silent = told_later | {row.comment_id for row in rows if row.answer == "silent"}
    given = {comment.id for comment in _commands(dojo)} | {row.comment_id for row in rows}
    wanted = {
        *(f"reply={comment}" for comment in given - silent),
        *(f"ruling={row[0]}" for row in records.rows("SELECT id FROM question WHERE ruling IS NOT NULL")),
    }
    pulls = (it for repository in dojo.github.repositories.values() for it in repository.pulls.values())
    lost = wanted - {reply for pull in pulls for reply in _replies(dojo, pull)}
    counts.replies_lost = len(lost)
    counts.details += [f"nobody was told: {one}" for one in sorted(lost)]


def _commands(dojo: Dojo) -> Iterator[Comment]:
    """Yield the comments at GitHub that people begin with a command."""
    for repository in (dojo.repository, dojo.bob, dojo.eve, dojo.kim):
        for comment in dojo.github.comments(repository):
            if comment.user is not dojo.app.bot and comment.body.startswith("/sensei"):
                yield comment


def _questions(pull: Pull, shown: Iterable[Review]) -> Iterator[str]:
    for thread in pull.threads:
        first = thread.comments[0]
        if any(first.review is it for it in shown) and _QUESTION.search(first.body):
            yield first.body.partition("<!--")[0].strip()


def _mark(pattern: re.Pattern[str], body: str) -> str:
    found = pattern.search(body)
    return found[1] if found else body


def _doubled(where: str, things: Iterable[str], counts: Counts) -> int:
    twice = {thing: n - 1 for thing, n in Counter(things).items() if n > 1}
    counts.details += [f"{where}: {n + 1} times {thing}" for thing, n in twice.items()]
    return sum(twice.values())


def _count_checks(dojo: Dojo, counts: Counts) -> None:
    for repository in dojo.github.repositories.values():
        open_ = [it for it in repository.checks if it.status != "completed"]
        counts.check_runs_left_in_progress += len(open_)
        counts.details += [f"{repository.full_name}: check of {it.external_id} {it.status}" for it in open_]
        marks = (it.external_id for it in repository.checks)
        counts.check_runs_doubled += _doubled(repository.full_name, marks, counts)


def _count_calls(dojo: Dojo, records: Records, counts: Counts) -> None:
    """Count calls that were made though the answer was recorded, and requests that no row tells of."""
    answered: set[str] = set()
    calls = records.rows("SELECT key, attempt, state FROM model_call ORDER BY key, attempt")
    for key, _, state in calls:
        if key in answered:
            counts.model_asked_after_its_answer += 1
            counts.details.append(f"asked again: {key}")
        if state == "answered":
            answered.add(key)
    counts.model_answers = len(answered)
    counts.calls_cut_off = sum(state == "intent" for _, _, state in calls)
    counts.model_asked_after_its_answer += max(0, len(dojo.messages.requests) - len(calls))


def _count_questions(records: Records, counts: Counts) -> None:
    """Count questions that wait for nobody: chosen, or kept, and not asked."""
    lost = records.rows(
        "SELECT q.id, q.round_id, r.state FROM question q JOIN round r ON r.id = q.round_id "
        "JOIN pull_request p ON p.id = q.pull_request_id JOIN capstone c ON c.id = p.capstone_id "
        "WHERE q.state IN ('proposed', 'kept') AND c.owner <> 'eve' AND p.state = 'open'"
    )
    counts.questions_lost = len(lost)
    counts.details += [f"question lost: {row}" for row in lost]
