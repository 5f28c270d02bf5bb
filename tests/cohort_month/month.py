"""Lets twelve people live for weeks: turns the clock to each moment at which something happens.

What people do comes from ``script``, and what they see is noted for ``diary``.
"""

import heapq
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from tests.cohort_month.people import MONDAY, Here, Someone
from tests.cohort_weeks.served import ASKS_GITHUB, Served
from tests.fakes.slack import Outcome, look
from tests.fakes.slack.judge import elements_of
from tests.fakes.slack.model import Json

_LOOK_ROUNDS, _SOON = timedelta(hours=6), timedelta(minutes=10)
"""A look round comes every six hours, and ten minutes after somebody did something."""
_HALF_A_SECOND = timedelta(milliseconds=500)
"""Messages are noted to the second: one that has waited comes a little before those that are due then."""
_Do = Callable[[], None]


@dataclass(frozen=True)
class Line:
    """Something that somebody saw or did: a message with its ``key``, or an act without one."""

    at: datetime
    name: str
    text: str
    key: str = ""


@dataclass
class Month:
    """The people, what they will do, and what happened.

    ``outages`` are from when to when the service does nothing, and ``away`` are people's holidays.
    """

    it: Served
    here: Mapping[str, Here]
    outages: list[tuple[datetime, datetime]] = field(default_factory=list)
    away: dict[str, list[tuple[date, date]]] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    _calendar: list[tuple[datetime, int, _Do]] = field(default_factory=list)
    _order: "itertools.count[int]" = field(default_factory=itertools.count)
    _seen: int = 0
    _rounds: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._rounds = self.it.clock.at

    def plan(self, name: str, day: date, hour: float, do: Callable[..., None], *arguments: Any) -> None:
        """Let somebody do something at an hour of their day, if they are here."""
        if name in self.here:
            at = self.who(name).moment(day, hour)
            act: _Do = partial(do, name, *arguments)
            heapq.heappush(self._calendar, (at, next(self._order), act))

    def who(self, name: str) -> Someone:
        return self.here[name].who

    def live(self, weeks: int) -> None:
        """Let weeks pass."""
        end = datetime.combine(MONDAY + timedelta(weeks=weeks), time(), UTC)
        self.settle()
        while True:
            job = self.it.next_job() or end
            act = self._calendar[0][0] if self._calendar else end
            self.it.clock.at = max(self.it.clock.at, min(job, act, self._rounds, end))
            self._wait_out()
            if self.it.clock.at >= end:
                return
            if self.it.clock.at >= self._rounds:
                self.it.look_round((ASKS_GITHUB,))
                self._rounds = self.it.clock.at + _LOOK_ROUNDS
            self.settle()
            while self._calendar and self._calendar[0][0] <= self.it.clock.at:
                heapq.heappop(self._calendar)[2]()
                self._rounds = min(self._rounds, self.it.clock.at + _SOON)
            self.settle()

    def settle(self) -> None:
        """Let the bot do what is due, and note what people see."""
        self.it.settle()
        sent = self.it.slack.log.sent
        names = {one.slack.id: one.who.name for one in self.here.values()}
        for one in sent[self._seen :]:
            text = look.text({key: one.call.args.get(key) for key in ("blocks", "text")}, names)
            members = self.it.slack.channels[one.call.args["channel"]].members
            at = (one.at + _HALF_A_SECOND).replace(microsecond=0)
            self.lines += [Line(at, names[member], text, one.key) for member in members]
        self._seen = len(sent)

    def _wait_out(self) -> None:
        """Let an outage pass in which the clock is."""
        for begins, ends in self.outages:
            if begins <= self.it.clock.at < ends:
                self.it.clock.at = self._rounds = ends

    # What people do in Slack. Each is noted with what they are shown at once.

    def does(self, name: str, what: str, outcome: Outcome | None = None) -> None:
        """Note what somebody did, and what they were shown."""
        told = look.text(outcome.answer) if outcome and (outcome.answer.get("blocks") or outcome.text) else ""
        self.lines.append(Line(self.it.clock.at, name, f"({name} {what})\n{told}".rstrip() + "\n"))

    def types(self, name: str, command: str) -> None:
        """Type a command."""
        outcome = self.here[name].slack.command(command)
        assert not outcome.failed, outcome.text
        self.does(name, f"types {command}", outcome)
        self.settle()

    def fills(self, name: str, command: str, values: Mapping[Any, Any]) -> None:
        """Type a command that opens a form, and send the form."""
        self.it.slack.modals.pop(self.here[name].slack.id, None)
        self.types(name, command)
        self.submits(name, values)

    def find_message(self, name: str, action: str) -> Json | None:
        """Return the newest message with a button."""
        return next((it for it in reversed(self.here[name].slack.messages) if has_button(it, action)), None)

    def clicks(self, name: str, action: str, values: Mapping[Any, Any] | None = None) -> None:
        """Click the newest button with an action and, if it opens a form, send it."""
        person, message = self.here[name].slack, self.find_message(name, action)
        assert message, f"{name} has no message with the button {action}"
        self.it.slack.modals.pop(person.id, None)
        assert not person.click(message, action).failed
        self.does(name, f"clicks [{label_of(message, action)}]")
        if values is not None:
            self.submits(name, values)
        self.settle()

    def presses_told(self, name: str, action: str) -> None:
        """Click a button of the newest answer that only they see."""
        person = self.here[name].slack
        answer = person.told[-1].document
        block = next(block for block in answer["blocks"] if block["type"] == "actions")
        button = next(each for each in block["elements"] if each["action_id"] == action)
        payload = person._payload("block_actions") | {
            "actions": [{"action_id": action, "type": "button", "value": button.get("value", "")}],
            "container": {"type": "message", "channel_id": person.dm, "is_ephemeral": True},
        }
        assert not person._bring("interactive", payload).failed
        self.it.slack.after_click()
        self.does(name, f"clicks [{button['text']['text']}]")

    def submits(self, name: str, values: Mapping[Any, Any]) -> None:
        """Send the form before somebody."""
        person = self.here[name].slack
        assert person.modal
        title = person.modal.title
        outcome = person.submit(values)
        assert (outcome.failed, outcome.errors) == (False, {}), (name, title, outcome.errors)
        said = ", ".join(str(value) for value in values.values() if str(value).strip())
        self.does(name, f"sends the form “{title}”: {said[:300]}" if said else f"sends the form “{title}”")
        self.settle()


def has_button(message: Json, action: str) -> bool:
    """Return whether a message has a button with an action."""
    return any(label_of(message, action))


def label_of(message: Json, action: str) -> str:
    """Return what a button says, or nothing if there is none."""
    for block in message.get("blocks", ()):
        for element in elements_of(block):
            if element.get("action_id") == action:
                return str(element["text"]["text"])
    return ""
