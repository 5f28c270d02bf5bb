"""A Slack workspace in which the bot is killed: people of a cohort who click, and what they know of it."""

import os
import random
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.adapters.database import open_store
from bot.adapters.database.transaction import SqlStore
from bot.domain.dojo.people import CohortRole, Profile, WorkingHours
from bot.ports.store import Tx
from tests.chaos.deaths import SLACK, Arrival
from tests.fakes.slack import (
    CannotDo,
    Cuts,
    Delivery,
    Hangs,
    Loses,
    Outcome,
    Person,
    Slack,
    outage,
    ratelimited,
)
from tests.fakes.slack.faults import Fault
from tests.fakes.slack.judge import elements_of
from tests.fakes.slack.model import Call, Json

LAG = 0.5
LATE = 2.0  # seconds after which a dead process's request is done all the same
MOST_PARTICIPANTS = 12
_WRITES = ("chat.postMessage", "chat.update", "conversations.open", "views.publish", "conversations.history")
_CODE = re.compile(r"/sensei link (\S+)")


class DeadlySlack(Slack):
    """Kills the bot when the request comes that ``death`` names."""

    def __init__(self) -> None:
        super().__init__()
        self.death: Arrival | None = None
        self.victim = 0
        self.lag = LAG
        self.ack_seconds = 5.0  # of a machine that does much else

    def meet(self, call: Call) -> Fault | None:
        fault = super().meet(call)
        death = self.death
        if death is None or death.route != f"{SLACK}{call.method}":
            return fault
        self.death = None
        with suppress(ProcessLookupError):
            os.killpg(self.victim, signal.SIGKILL)
        if death.fate == "late":
            return Hangs(LATE)
        return Loses() if death.fate == "done" else Cuts()


@dataclass
class Act:
    """Something that somebody did: ``audit`` is what is noted once where it is handled.

    ``taken``: an acknowledgement came that did not say that nothing was changed, so it must be done.
    """

    audit: str
    user: str
    delivery: Delivery
    subject: str = ""
    taken: bool = False

    @property
    def guid(self) -> str:
        view = self.delivery.payload.get("view") or {}
        if self.delivery.payload.get("type") == "view_submission":
            return f"slack:{view['id']}:{view['hash']}"[:64]
        return f"slack:{self.delivery.id}"[:64]


@dataclass
class Circle:
    """The cohort ``dojo``: Lea leads it, three senseis are there, participants come."""

    slack: DeadlySlack
    url: str
    database: sa.Engine
    chance: random.Random
    port: int
    wait: Callable[[Callable[[], Any], float], None]
    dead: Callable[[], bool]
    acts: list[Act] = field(default_factory=list)
    events: list[Delivery] = field(default_factory=list)
    participants: list[Person] = field(default_factory=list)
    codes: int = 0

    def __post_init__(self) -> None:
        self.lea = self.slack.person("Lea Lead")
        self.senseis = [self.slack.person(f"Sen {name}") for name in ("Ana", "Ben", "Cyd")]

    def begin(self, tx: Tx) -> None:
        """Let the cohort live in the workspace, with its lead and two senseis; the third has yet to join."""
        at = datetime.now(UTC)
        self.cohort = next(one.id for one in tx.cohorts.all() if one.name == "dojo")
        tx.cohorts.set_workspace(self.cohort, self.slack.team)
        for account, role in (
            (self.lea, CohortRole.LEAD),
            *((one, CohortRole.SENSEI) for one in self.senseis[:2]),
        ):
            person = tx.members.find_or_add_by_chat(self.slack.team, account.id, account.account.name, at)
            tx.members.set_name(person, account.account.name)
            member = tx.members.join(self.cohort, person, role, at)
            if role is CohortRole.SENSEI:
                tx.members.set_profile(member.enrolment, Profile(WorkingHours("Europe/London"), capacity=9))

    # How Slack reaches the bot.

    def way(self) -> None:
        """Reach the bot by Socket Mode or over HTTP."""
        http = self.chance.random() < 0.5
        self.slack.events_url = f"http://127.0.0.1:{self.port}/slack/events" if http else None

    def reachable(self, seconds: float = 15) -> None:
        """Wait until the bot hears what people do."""

        def there() -> bool:
            if self.dead():
                return True
            return self.slack.events_url is not None or bool(self.slack.sockets.connections)

        with suppress(AssertionError):
            self.wait(there, seconds)

    # What is known of pairs.

    def rows(self, query: str, **values: Any) -> list[Any]:
        with self.database.connect() as connection:
            return list(connection.execute(sa.text(query), values))

    def person(self, user: str) -> str:
        """Return the opaque id of an account; nothing if nobody has met them."""
        found = self.rows(
            "SELECT person_id FROM identity WHERE provider = 'slack' AND external_id = :it", it=user
        )
        return str(found[0][0]) if found else ""

    def pairs(self, state: str) -> list[int]:
        return [row[0] for row in self.rows("SELECT id FROM pairing WHERE state = :it ORDER BY id", it=state)]

    # What people do. Each does nothing where the bot is gone, or shows them nothing to do it with.

    def _noted(self, audit: str, who: Person, outcome: Outcome, subject: str, says: str = "") -> Outcome:
        act = Act(audit, who.id, outcome.delivery, subject)
        act.taken = not outcome.failed and not outcome.errors and "view" not in outcome.answer
        if says:
            act.taken = act.taken and outcome.text.startswith(says)
        self.acts.append(act)
        return outcome

    def _commands(self, audit: str, who: Person, text: str, says: str) -> None:
        self._noted(audit, who, who.command(text), "", says)

    def _clicks(self, audit: str, who: Person, message: Json, action: str, value: str, subject: str) -> None:
        told = len(who.told)
        outcome = self._noted(audit, who, who.click(message, action, value), subject)
        if len(who.told) > told or outcome.failed:
            self.acts[-1].taken = False

    def _sends(self, audit: str, who: Person, values: dict[Any, Any], subject: str = "") -> None:
        self._noted(audit, who, who.submit(values), subject)

    def _opens(self, who: Person, do: Callable[[], Outcome], title: str) -> bool:
        """Let somebody open a form; False where none came."""
        self.slack.modals.pop(who.id, None)
        do()
        return who.modal is not None and who.modal.title == title

    def _buttons(self, who: Person, action: str) -> Iterator[tuple[Json, str]]:
        """Yield the buttons of messages to somebody, the newest first, with their values."""
        for message in reversed(who.messages):
            for block in message.get("blocks", []):
                for element in elements_of(block):
                    if element.get("action_id") == action and "value" in element:
                        yield message, element["value"]

    def _first(self, who: Person, action: str, values: Callable[[], list[str]]) -> tuple[Json, str] | None:
        """Wait for a button that can still be used; None where none comes."""
        found: list[tuple[Json, str]] = []

        def there() -> bool:
            if not self.dead():
                wanted = values()
                found.extend(it for it in self._buttons(who, action) if it[1] in wanted)
            return bool(found) or self.dead()

        with suppress(AssertionError):
            self.wait(there, 15)
        return found[0] if found else None

    def joins(self, who: Person | None = None, word: str = "participant") -> None:
        """Let somebody join: somebody new, unless there are enough."""
        if who is None:
            if len(self.participants) >= MOST_PARTICIPANTS:
                who = self.chance.choice(self.participants)
            else:
                who = self.slack.person(f"Pia {len(self.participants) + 1:03}")
                self.participants.append(who)
        with suppress(CannotDo):
            if self._opens(who, lambda: who.command(f"/dojo join {word}"), "Join the dojo"):
                values = {
                    "join.name": who.account.name,
                    "join.time_zone": "Europe/London",
                    **({"join.capacity": "9"} if word == "sensei" else {}),
                }
                self._sends("people.join", who, values)

    def confirms(self) -> None:
        """Let the lead confirm who would like to be a sensei."""
        for message, value in self._buttons(self.lea, "people.confirm"):
            with suppress(CannotDo):
                enrolment = value.partition(":")[0]
                self._clicks(
                    "sensei.confirm", self.lea, message, "people.confirm", value, f"enrolment:{enrolment}"
                )
            return

    def owns(self) -> None:
        """Let somebody say that the account is theirs that has written their code."""
        for who in self.participants:
            for message, code in self._buttons(who, "link.yes"):
                with suppress(CannotDo):
                    self._clicks("", who, message, "link.yes", code, "")
                return

    def proposes(self) -> None:
        self._commands("", self.lea, "/dojo pair", "")

    def asks_why(self) -> None:
        """Let the lead ask about two who are no pair: what is known of a pair is answered at once."""
        together = {
            (row.participant_id, row.sensei_id)
            for row in self.rows("SELECT participant_id, sensei_id FROM pairing WHERE state <> 'replaced'")
        }
        for who in self._there():
            for sensei in self.senseis[:2]:
                if (self.person(who.id), self.person(sensei.id)) not in together:
                    self.lea.command(f"/dojo why {who.account.name}, {sensei.account.name}")
                    return
        self.joins()

    def approves(self) -> None:
        """Let the lead approve a pair that waits."""
        found = self._first(self.lea, "pairing.approve", lambda: [str(it) for it in self.pairs("proposed")])
        if found:
            with suppress(CannotDo):
                self._clicks(
                    "pairing.approve", self.lea, found[0], "pairing.approve", found[1], f"pair:{found[1]}"
                )

    def answers(self, *, yes: bool) -> None:
        """Let a sensei who is asked answer."""
        waiting = [str(it) for it in self.pairs("approved")]
        asked = [
            (who, message, pair)
            for who in self.senseis
            for message, pair in self._buttons(who, "pairing.accept")
            if pair in waiting
        ]
        if not asked:
            return
        who, message, pair = self.chance.choice(asked)
        with suppress(CannotDo):
            if yes:
                self._clicks("pairing.accept", who, message, "pairing.accept", pair, f"pair:{pair}")
            elif self._opens(who, lambda: who.click(message, "pairing.veto", pair), "Not this one"):
                self._sends("pairing.veto", who, {"pairing.why": "Sample words."}, f"pair:{pair}")

    def ends(self) -> None:
        """Let the lead end a pair."""
        over = [str(it) for it in self.pairs("active")]
        found = next((it for it in self._buttons(self.lea, "pairing.end") if it[1] in over), None)
        if found:
            with suppress(CannotDo):
                message, pair = found
                if self._opens(self.lea, lambda: self.lea.click(message, "pairing.end", pair), "End a pair"):
                    self._sends("pairing.end", self.lea, {"pairing.why": "Sample words."}, f"pair:{pair}")

    def silence(self) -> None:
        """Let 24 working hours pass in which a sensei says nothing."""
        for pair in self.pairs("approved")[:1]:
            past = datetime.now(UTC) - timedelta(days=30)
            late = "UPDATE pairing SET changed_at = :at, answer_by = :at"
            self._set(f"{late} WHERE id = :it AND state = 'approved'", at=past, it=pair)
            self._due(f"pairing.settle:{pair}")

    def dawns(self) -> None:
        """Let the day come on which a sensei goes away."""
        query = "SELECT id FROM job WHERE kind = 'pairing.away' AND started_at IS NULL ORDER BY id"
        self._until(lambda: bool(self.rows(query)))
        for (job,) in self.rows(query)[:1]:
            self._due(job)

    def _due(self, job: str) -> None:
        self._set(
            "UPDATE job SET due_at = :at WHERE id = :it AND started_at IS NULL", at=datetime.now(UTC), it=job
        )

    def _set(self, query: str, **values: Any) -> None:
        with open_store(self.url) as database, SqlStore(database, "localhost").begin() as tx:
            tx.jobs.session.connection().execute(sa.text(query), values)

    def pauses(self) -> None:
        """Let somebody pause, or come back."""
        if who := self._here():
            if self.chance.random() >= 0.5:
                self._commands("people.resume", who, "/dojo resume", "Your pause ends")
                return
            with suppress(CannotDo):
                if self._opens(who, lambda: who.command("/dojo pause"), "Take a break"):
                    self._sends("people.pause", who, {})

    def leaves(self) -> None:
        who = self._here()
        with suppress(CannotDo):
            if who and self._opens(who, lambda: who.command("/dojo leave"), "Leave the dojo"):
                self._sends("people.leave", who, {})

    def edits(self) -> None:
        """Let somebody write what their capstone is about."""
        who = self._here()
        with suppress(CannotDo):
            if who and self._opens(who, lambda: who.command("/dojo brief"), "Your capstone"):
                self._sends("brief.edit", who, {})

    def looks(self) -> None:
        """Let somebody look at their App Home."""
        who = self.chance.choice([self.lea, *self.senseis, *self.participants])
        if event := who.opens_home():
            self.events.append(event)

    def goes_away(self) -> None:
        """Let a sensei enter a holiday."""
        day = date(2031, 1, 1) + timedelta(days=len(self.acts))
        self._commands("absence.add", self.senseis[0], f"/dojo away {day} {day}", "Noted")

    def code(self) -> str | None:
        """Let somebody who has not yet be given a code; return it."""
        for who in self.participants:
            if not self.dead() and self.person(who.id):
                found = _CODE.search(who.command("/dojo link").text)
                if found:
                    return found[1]
        return None

    def _there(self) -> list[Person]:
        """Return the participants who have joined, and have not left or paused."""
        query = (
            "SELECT identity.external_id FROM identity "
            "JOIN enrolment ON enrolment.person_id = identity.person_id "
            "WHERE identity.provider = 'slack' AND enrolment.state = 'active'"
        )
        active = {row[0] for row in self.rows(query)}
        return [one for one in self.participants if one.id in active]

    def _here(self) -> Person | None:
        """Return somebody who has joined, whatever has become of them."""
        known = [one for one in self.participants if self.person(one.id)]
        return self.chance.choice(known) if known else None

    def again(self) -> None:
        """Bring something a second time, by whichever way, in whatever order."""
        brought = [act.delivery for act in self.acts] + self.events
        if not brought:
            return
        delivery = self.chance.choice(brought)
        self.way()
        self.slack.again(delivery)
        self.slack.again(delivery)

    def weather(self) -> None:
        """Let something go wrong at Slack."""
        chance = self.chance
        if chance.random() < 0.5:
            faults: list[Fault] = [Loses(), Loses(), Cuts(), outage(), ratelimited(1)]
            self.slack.fault(chance.choice(faults), chance.choice(_WRITES))
        if chance.random() < 0.15:
            self.slack.fault(ratelimited(1), chance.choice(_WRITES[:4]), times=3)
        if chance.random() < 0.15:
            self.slack.sockets.cut()
        elif chance.random() < 0.15:
            self.slack.sockets.disconnect()

    def bustle(self) -> None:
        """Let people do something, and something go wrong on the way."""
        self.way()
        self.weather()
        self.reachable(5)
        if len(self.participants) < 4 or self.chance.random() < 0.3:
            self.joins()
        doings: list[tuple[float, Callable[[], object]]] = [
            (0.6, self.looks),
            (0.3, lambda: self.joins(self.senseis[2], "sensei")),
            (0.4, self.confirms),
            (0.6, self.owns),
            (0.3, lambda: self.answers(yes=True)),
            (0.15, lambda: self.answers(yes=False)),
            (0.3, self.proposes),
            (0.2, self.pauses),
            (0.05, self.leaves),
            (0.1, self.ends),
            (0.2, self.edits),
            (0.1, self.goes_away),
            (0.6, self.again),
        ]
        for likely, do in self.chance.sample(doings, len(doings)):
            if self.chance.random() < likely and not self.dead():
                do()
        if self.pairs("proposed") and self.chance.random() < 0.6:
            self.approves()

    def insist(self, bring_about: Callable[[], None]) -> None:
        """Do so until the bot is dead: what is not acknowledged is done again, as people do."""
        for _ in range(3):
            with suppress(AssertionError):
                bring_about()
                self.wait(self.dead, 10)
            if self.dead():
                return

    def bring_about(self, needs: str) -> None:
        """Do what makes the bot come to a point."""
        self.reachable()
        if needs in {"proposed", "approved", "accepted", "silent"} and not self._waiting(needs):
            self._pair(needs)
        elif needs == "lost":
            self.slack.fault(Loses(), "chat.postMessage")
        if needs == "accepted":
            self.answers(yes=True)
        elif needs == "silent":
            self.silence()
        elif needs == "why":
            self.asks_why()
        elif needs == "away":
            self.goes_away()
            self.dawns()
        elif needs == "approved":
            self.approves()
        elif needs in {"joined", "lost"}:
            self.joins(self.slack.person(f"Guest {len(self.acts):03}"))

    def _waiting(self, needs: str) -> bool:
        return bool(self.pairs("approved")) and needs in {"accepted", "silent"}

    def _pair(self, needs: str) -> None:
        """Let pairs be proposed, and one of them be approved."""
        if needs == "proposed" or not self.pairs("proposed"):
            who = self.slack.person(f"Pia {len(self.participants) + 1:03}")
            self.participants.append(who)
            self.joins(who)
            self._until(lambda: bool(self.person(who.id)))
            self.proposes()
        if needs in {"accepted", "silent"}:
            self.approves()
            self._until(lambda: bool(self.pairs("approved")))
            self._until(lambda: any(any(self._buttons(it, "pairing.accept")) for it in self.senseis))

    def _until(self, holds: Callable[[], object]) -> None:
        with suppress(AssertionError):
            self.wait(lambda: self.dead() or holds(), 15)
