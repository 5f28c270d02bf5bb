"""What the people of a month do, and when. ``expected`` says what they must get for it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.cohort_month.month import Month
from tests.cohort_month.people import MONDAY
from tests.cohort_weeks import code
from tests.fakes.github.model import Pull

OUTAGE = datetime(2027, 3, 30, 12, tzinfo=UTC), datetime(2027, 4, 1, 12, tzinfo=UTC)
"""Two days without the service, from the Tuesday of the fourth week on."""
DESIGN = (
    "# The desk\n\nStaff answer two hundred tickets a day by hand.\n\n"
    + "The desk drafts the answers, and a person sends them.\n" * 5
)
ANSWER = "We tried fifty lists of customers, and every one of them was refused. A smaller set lost two cases."
MORE = "Five hundred lists, which took an hour for each run. We only run the desk at night, so it may change."
_SHOWN = ("validation", "reliability", "performance_cost", "delivery", "integration")


def day(week: int, weekday: int) -> date:
    """Return a day: weeks count from 1, and the Monday of a week is 0."""
    return MONDAY + timedelta(weeks=week - 1, days=weekday)


class Script:
    """Plans the whole month."""

    def __init__(self, month: Month, *, merges: bool = True) -> None:
        """``merges``: everybody merges a change a week. Reading one takes seconds of a processor."""
        self.month, self._merges = month, merges
        self._texts = 0
        self._pulls: dict[str, Pull] = {}

    def plan(self, weeks: int) -> None:
        """Plan everything. What comes after ``weeks`` weeks won't be reached."""
        for name, one in self.month.here.items():
            if one.user is not None:
                self._begin(name)
                for week in range(1, weeks + 1 if self._merges else 1):
                    self.month.plan(name, day(week, 0), 14, self.merges, _SHOWN[week - 1])
        self._plan_conversations()
        self._plan_rhythms()
        self._plan_pull_requests()
        self._plan_meetings()
        self.month.outages.append(OUTAGE)

    def _plan_conversations(self) -> None:
        plan = self.month.plan
        # Ada answers every check-in; the first answer becomes a decision.
        for week in range(2, 6):
            plan("Ada", day(week, 3), 14.5, self.answers, ANSWER)
        plan("Ada", day(1, 2), 11, self.answers, ANSWER)
        plan("Ada", day(1, 2), 11.25, self.answers, MORE)
        plan("Ada", day(1, 2), 11.5, self.confirms)
        # Bo answers none of the first three, and the fourth.
        plan("Bo", day(4, 3), 17.75, self.answers, ANSWER)
        # Cleo answers the first.
        plan("Cleo", day(1, 2), 11, self.answers, ANSWER)
        # Dan puts the first off, and answers it then.
        plan("Dan", day(1, 2), 11, self.puts_off, day(2, 0))
        plan("Dan", day(2, 0), 11, self.answers, ANSWER)
        plan("Dan", day(2, 0), 11.25, self.answers, MORE)
        plan("Dan", day(2, 0), 11.5, self.confirms)
        plan("Dan", day(3, 2), 11, self.answers, ANSWER)
        # Cleo and Eve answer what comes after the outage, and Cleo what comes in the last week.
        plan("Eve", day(4, 4), 15, self.answers, ANSWER)
        plan("Cleo", day(4, 3), 15, self.answers, ANSWER)
        # Eve skips two, the first with a reason.
        plan("Eve", day(1, 3), 10, self.skips, "I am writing the demo this week.")
        plan("Eve", day(2, 3), 10, self.skips, "")
        plan("Eve", day(3, 3), 10, self.answers, ANSWER)
        # Fia doesn't know yet.
        plan("Fia", day(1, 2), 11, self.answers, "I don't know yet.")
        plan("Gil", day(1, 2), 11, self.answers, ANSWER)
        for week in (1, 2):
            plan("Hana", day(week, 2), 14, self.answers, ANSWER)

    def _plan_rhythms(self) -> None:
        plan, types = self.month.plan, self.month.types
        plan("Fia", day(2, 0), 10, self.changes_rhythm, "0", "wed", "10:00")
        plan("Gil", day(2, 0), 10, self.changes_rhythm, "2", "sun", "09:30")
        holiday = day(3, 2), day(3, 4)
        self.month.away["Cleo"] = [holiday]
        plan("Cleo", day(1, 4), 10, types, f"/dojo away {holiday[0]} {holiday[1]}")
        plan("Hana", day(2, 1), 11, types, "/dojo checkin now")
        plan("Hana", day(2, 1), 11.5, self.answers, ANSWER)
        plan("Hana", day(3, 0), 10, self.month.fills, "/dojo pause", {})
        plan("Hana", day(4, 0), 10, types, "/dojo resume")
        for name in ("Ada", "Eve", "Gil"):
            plan(name, day(2, 3), 12, types, "/dojo checkin")

    def _plan_pull_requests(self) -> None:
        plan = self.month.plan
        plan("Cleo", day(2, 0), 15, self.asks_for_review)
        plan("Cleo", day(2, 1), 10, self.answers_in_thread, ANSWER)
        plan("Cleo", day(2, 1), 11, self.says_in_thread, "/sensei record")
        plan("Cleo", day(2, 1), 12, self.merges_asked)
        plan("Dan", day(5, 0), 15, self.asks_for_review)
        plan("Dan", day(5, 2), 15, self.answers_in_thread, ANSWER)

    def _plan_meetings(self) -> None:
        plan, month = self.month.plan, self.month
        meets: dict[Any, str] = {"join.day": str(day(3, 3)), "join.clock": "14:00"}
        plan("Ada", day(3, 0), 11, month.fills, "/dojo one-to-one", meets)
        plan("Ada", day(3, 4), 11, month.clicks, "one_to_ones.worth", {"join.answer": "yes"})
        plan("Sen", day(3, 4), 11, month.clicks, "one_to_ones.worth", {"join.answer": "partly"})
        plan("Gil", day(1, 0), 12, month.fills, "/dojo design", {"join.part1": DESIGN})
        plan("Sen", day(5, 1), 11, self.prepares_defence, "Ada", day(5, 3))
        plan("Sen", day(5, 3), 11, self.rules_on_defence, "Ada")

    # What they do.

    def _begin(self, name: str) -> None:
        """Let a capstone begin with code that a check-in can ask about."""
        user, repository = self.month.here[name].code
        self.month.it.github.push(repository, "main", code.weaken(self._next()), by=user)

    def _next(self) -> int:
        self._texts += 1
        return self._texts

    def merges(self, name: str, criterion: str) -> None:
        """Merge a change that shows something and asks nothing."""
        user, repository = self.month.here[name].code
        number, github = self._next(), self.month.it.github
        github.push(repository, f"shows-{number}", code.show((criterion,), number), by=user)
        pull = github.open_pull(repository, f"shows-{number}", user)
        self.month.settle()
        github.merge_pull(pull, user)
        self.month.does(name, f"merges a pull request that shows something about {criterion}")

    def asks_for_review(self, name: str) -> None:
        """Open a pull request that raises a question."""
        user, repository = self.month.here[name].code
        number, github = self._next(), self.month.it.github
        github.push(repository, f"asks-{number}", code.log_words(number), by=user)
        self._pulls[name] = github.open_pull(repository, f"asks-{number}", user)
        self.month.settle()
        [thread] = self._pulls[name].threads
        asked = thread.comments[0].body.partition("<!--")[0].strip()
        self.month.does(name, f"opens a pull request, and is asked there: {asked}")

    def answers_in_thread(self, name: str, text: str) -> None:
        """Answer the question of a pull request in its thread."""
        self.says_in_thread(name, text)

    def says_in_thread(self, name: str, text: str) -> None:
        user, _ = self.month.here[name].code
        self.month.it.github.reply(self._pulls[name].threads[0], text, user)
        self.month.does(name, f"writes in the thread: {text}")

    def merges_asked(self, name: str) -> None:
        user, _ = self.month.here[name].code
        self.month.it.github.merge_pull(self._pulls[name], user)
        self.month.does(name, "merges the pull request")

    def answers(self, name: str, text: str) -> None:
        """Answer the newest question in the form, if there is one."""
        if self.month.find_message(name, "articulation.answer") is None:
            self.month.does(name, "has nothing to answer")
            return
        self.month.clicks(name, "articulation.answer", {"articulation.text": text})

    def confirms(self, name: str) -> None:
        self.month.clicks(name, "decisions.confirm")

    def puts_off(self, name: str, until: date) -> None:
        self.month.clicks(name, "check_ins.later", {"join.until": str(until)})

    def skips(self, name: str, reason: str) -> None:
        self.month.clicks(name, "check_ins.skip", {"join.reason": reason})

    def changes_rhythm(self, name: str, often: str, weekday: str, clock: str) -> None:
        """Choose a rhythm, from the answer to ``/dojo checkin``."""
        month, person = self.month, self.month.here[name].slack
        month.types(name, "/dojo checkin")
        month.presses_told(name, "check_ins.change")
        assert person.modal
        month.submits(name, {"join.often": often, "join.day": weekday, "join.time": clock})

    def prepares_defence(self, name: str, of: str, on: date) -> None:
        """Let a sensei prepare a defence."""
        month, person = self.month, self.month.here[name].slack
        month.types(name, f"/dojo defence <@{month.here[of].slack.id}>")
        assert person.modal
        assert not person.click(person.modal, "defence.prepare").failed
        month.submits(name, {"join.day": str(on), "join.clock": "10:00"})

    def rules_on_defence(self, name: str, of: str) -> None:
        """Let a sensei rule on each question of a defence."""
        month, person = self.month, self.month.here[name].slack
        for number in range(1, 4):
            month.it.slack.modals.pop(person.id, None)
            month.types(name, f"/dojo defence <@{month.here[of].slack.id}>")
            assert person.modal
            actions = [
                element["action_id"]
                for block in person.modal.document["blocks"]
                for element in [block.get("accessory", {})]
                if str(element.get("action_id", "")).startswith("defence.rule:")
                and element["text"]["text"] == "Rule"
            ]
            if not actions:
                return
            assert not person.click(person.modal, actions[0]).failed
            month.submits(
                name, {"join.outcome": "alone", "join.note": f"You answered number {number} yourself."}
            )
