"""What a sensei does with a digest: opens its rows, rules, and decides disputes. Each click is counted."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.cohort_weeks.facts import Facts, Guide, Guided, Ruled
from tests.cohort_weeks.received import read_texts
from tests.cohort_weeks.served import Served
from tests.fakes.slack.judge import elements_of
from tests.fakes.slack.model import Json, Shown
from tests.fakes.slack.people import Key

LIST, RULE = "triage.list", "triage.rule"
STANDS, WITHDRAW = "articulation.stands", "articulation.withdraw_question"
_LEVEL = re.compile(r"I agree: (\d)")
_TITLED = re.compile(r"\*(?P<title>.+?)\*(?: · \*gate\*)?\n(?P<name>.+?) · ")


@dataclass
class Effort:
    """What senseis did, by week and sensei: clicks and forms, and the rulings among these."""

    clicks: Counter[tuple[date, str]] = field(default_factory=Counter)
    forms: Counter[tuple[date, str]] = field(default_factory=Counter)
    decided: Counter[tuple[date, str]] = field(default_factory=Counter)


@dataclass
class Desk:
    """Lets senseis work. ``titles`` gives a criterion's id by its title."""

    it: Served
    facts: Facts
    titles: dict[str, str]
    effort: Effort = field(default_factory=Effort)

    def rules_on(self, guide: Guide, digest: Json, week: date, most: int) -> None:
        """Open the rows about rulings in a digest one after the other, and rule on all that is due."""
        for action, value in _find_buttons(digest, (LIST, RULE))[:most]:
            self._click(guide, digest, action, value, week)
            while shown := guide.person.modal:
                if not self._go_on(guide, shown, week):
                    break
            if guide.person.modal:
                guide.person.closes()
            self.it.slack.modals.pop(guide.person.id, None)
        self.it.settle()

    def decides(self, guide: Guide, week: date, *, stands: bool) -> None:
        """Decide every dispute whose card the sensei has."""
        for message in reversed(guide.person.messages):
            for action, value in _find_buttons(message, (STANDS if stands else WITHDRAW,)):
                self._click(guide, message, action, value, week)
                self.it.settle()
                self._note_decided(guide, stands=stands)

    def _note_decided(self, guide: Guide, *, stands: bool) -> None:
        """Note a decision, about the sensei's own participants first. All of a sensei's cards are decided."""
        mine = [one for one in self.facts.guided if one.sensei is guide]
        others = [one for one in self.facts.guided if one.sensei and one.sensei.deputy is guide]
        disputed = (
            question for one in (*mine, *others) for question in one.asked if question.state == "disputed"
        )
        question = next(disputed)
        question.state, question.since = "asked" if stands else "withdrawn", self.it.clock.at

    def _go_on(self, guide: Guide, shown: Shown, week: date) -> bool:
        """Rule if a form is open, or open one from the list; return False if nothing is left."""
        if shown.document.get("submit"):
            self._submit(guide, shown, week)
            return True
        buttons = _find_buttons(shown.document, (RULE,))
        if not buttons:
            return False
        self._click(guide, shown, *buttons[0], week)
        return True

    def _submit(self, guide: Guide, shown: Shown, week: date) -> None:
        one, criterion = self._read_target(shown)
        choice, level = _choose(shown)
        words: dict[Key, Any] = {"join.choice": choice}
        if choice != "agree":
            words |= {"join.sentence": "Read and weighed.", "join.reason": "Nothing was drafted."}
        outcome = guide.person.submit(words, shown)
        assert (outcome.failed, outcome.errors) == (False, {}), outcome.text
        self.effort.forms[week, guide.name] += 1
        self.effort.decided[week, guide.name] += 1
        milestone = self.facts.find_open_milestone(guide.today(self.it.clock.at))
        evidence = one.evidence.get(criterion, frozenset())
        one.ruled[criterion] = Ruled(self.it.clock.at, level, evidence, milestone)

    def _read_target(self, shown: Shown) -> tuple[Guided, str]:
        """Return about whom and what a form is, as it says itself."""
        found = next(
            match for text in read_texts(shown.document) if (match := _TITLED.match(text)) is not None
        )
        name = found["name"].replace("*", "")
        ids = {f"<@{one.person.id}>": one for one in self.facts.guided}
        names = {one.name: one for one in self.facts.guided}
        return ids.get(name) or names[name], self.titles[found["title"]]

    def _click(self, guide: Guide, where: Json | Shown, action: str, value: str, week: date) -> None:
        outcome = guide.person.click(where, action, value)
        assert not outcome.failed, outcome.text
        self.effort.clicks[week, guide.name] += 1


def _choose(shown: Shown) -> tuple[str, int]:
    """Return the choice, and the level that it stands for: the draft's, or 2 if there is none."""
    for block in shown.document["blocks"]:
        for option in block.get("element", {}).get("options", ()):
            if match := _LEVEL.match(option["text"]["text"]):
                return "agree", int(match[1])
    return "2", 2


def _find_buttons(document: Json, actions: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the buttons with some actions, and with the number of their place after it."""
    return [
        (element["action_id"], element.get("value", ""))
        for block in document.get("blocks", ())
        for element in elements_of(block)
        if str(element.get("action_id", "")).partition(":")[0] in actions
    ]
