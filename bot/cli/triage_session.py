"""Ruling in a terminal: one criterion at a time, the evidence first, then single keys.

Each ruling is saved at once, so leaving in any way loses none.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.cli.keyboard import END, as_lines, read_key, read_line, split_pages
from bot.cli.output import complain
from bot.domain.triage.records import ExemptSubject, Verdict
from bot.domain.triage.tasks import RulingTask
from bot.errors import UserError
from bot.rendering.text.safe_text import count, one_line
from bot.rendering.triage.terminal import render_choice, render_evidence, render_heading
from bot.rendering.triage.wording import name_levels
from bot.workflows.triage.command_line import TriageDesk
from bot.workflows.triage.rulings import EvidenceMovedError, ShownEvidence

KEYS = "a agree  0-4 level  c can't judge  e exempt  s skip  b back  q quit  ? help"
HELP = """\
  a     agree with the draft level
  0-4   give another level, with a reason that only senseis read
  c     say that you can't judge it now
  e     exempt a check or the whole criterion, or let it apply again
  s     skip this criterion for now
  b     go back to the previous criterion
  q     quit; your rulings are already saved
Before it saves a ruling, Sensei asks for one sentence to the participant. Press
Ctrl-D there to go back to the keys."""
_FREE_LINES = 2
_MOVES = {"s": "skip", "b": "back", "q": "quit", END: "quit"}


@dataclass
class TriageSession:
    """A sensei's session. ``words`` are what they typed for a criterion that isn't saved yet."""

    desk: TriageDesk
    ruled: set[tuple[int, str]] = field(default_factory=set)
    words: dict[tuple[int, str], tuple[str, str]] = field(default_factory=dict)

    def run(self) -> None:
        """Show one task after the other until the last, or until the sensei quits."""
        try:
            self._go_through()
        finally:  # after a signal too, such as that of Ctrl-C
            self._sum_up()

    def _go_through(self) -> None:
        tasks, place = self.desk.sensei.tasks, 0
        while place < len(tasks):
            move = self._handle(tasks[place], place)
            if move == "skip" and place == len(tasks) - 1:
                move = self._ask_where_to("That was the last one. b back  q quit > ")
                if move == "back":
                    continue  # to the last one itself
            if move == "quit":
                return
            place = max(place - 1, 0) if move == "back" else place + 1

    def _sum_up(self) -> None:
        left = len(self.desk.sensei.tasks) - len(self.ruled)
        waits = f"{left:,} left." if left else "None left."
        _say(f"Saved {count(len(self.ruled), 'ruling')}. {waits}")

    def _handle(self, task: RulingTask, place: int) -> str:
        """Show a task until it is ruled on or left; return ``skip``, ``back`` or ``quit``."""
        while True:
            try:
                shown = self.desk.open(task)
            except UserError as refused:
                complain(f"{refused.what} {refused.remedy}")
                return self._ask_where_to("s skip  b back  q quit > ")
            move = self._show_and_decide(task, place, shown)
            if move == "ruled":
                return "skip"
            if move != "again":
                return move

    def _show_and_decide(self, task: RulingTask, place: int, shown: ShownEvidence) -> str:
        """Return ``ruled``, ``again``, or a move after which others can rule."""
        names, move = name_levels(self.desk.find_scale()), ""
        try:
            move = self._show(task, place, shown, names) or self._decide(task, shown, names)
        finally:
            if move not in {"ruled", "again"}:
                self.desk.leave(task)
        return move

    def _show(
        self, task: RulingTask, place: int, shown: ShownEvidence, names: Mapping[int, str]
    ) -> str | None:
        """Show the evidence, page by page; return a move, or None once all of it was shown."""
        heading = render_heading(task, place + 1, len(self.desk.sensei.tasks))
        choice = render_choice(shown.evidence, names, shown.last, shown.appeal)
        lines = as_lines("", *heading, *render_evidence(shown.evidence, names), *choice)
        pages = list(split_pages(lines, _FREE_LINES))
        for number, page in enumerate(pages, start=1):
            _say("\n".join(page))
            if number < len(pages):
                prompt = f"Page {number} of {len(pages)}: space more  s skip  b back  q quit > "
                move = self._ask_where_to(prompt, " \n")
                if move != "more":
                    return move
        return None

    def _ask_where_to(self, prompt: str, more: str = "") -> str:
        while True:
            key = read_key(prompt)
            if key in _MOVES:
                return _MOVES[key]
            if key and key in more:
                return "more"

    def _decide(self, task: RulingTask, shown: ShownEvidence, names: Mapping[int, str]) -> str:
        """Read keys until there is a ruling (``ruled``), a move, or something to look at ``again``."""
        while True:
            key = read_key(f"{KEYS}\n> ")
            if key in _MOVES:
                return _MOVES[key]
            done: str | None = None
            if key == "?":
                _say(HELP)
            elif key == "e":
                done = self._exempt(shown)
            elif key == "a":
                done = self._rule(task, shown, Verdict.AGREED, None)
            elif key == "c":
                done = self._rule(task, shown, Verdict.CANNOT_JUDGE, None)
            elif key.isdigit() and int(key) in names:
                done = self._rule(task, shown, Verdict.OTHER, int(key))
            if done:
                return done

    def _rule(
        self, task: RulingTask, shown: ShownEvidence, verdict: Verdict, level: int | None
    ) -> str | None:
        """Ask for the words of a ruling and save it; return None to go back to the keys."""
        draft = shown.evidence.draft.level
        if verdict is Verdict.AGREED and draft is None:
            complain("There is no draft level to agree with. Choose a level, or press c.")
            return None
        key = (task.capstone, task.criterion)
        reason, sentence = self.words.get(key, ("", ""))
        if verdict is Verdict.OTHER and level != draft:
            given = _ask("Reason, for senseis only", reason)
            if given is None:
                return None
            reason = given
        enter = "to keep the one in brackets" if sentence else "for none"
        said = _ask(f"One sentence to the participant, or Enter {enter}", sentence)
        if said is None:
            self.words[key] = (reason, sentence)
            return None
        self.words[key] = (reason, said)
        try:
            ruling = self.desk.rule(shown, verdict, level, reason, said)
        except EvidenceMovedError as moved:
            complain(f"{moved.what} What you typed is kept. Here is the evidence again.")
            return "again"
        except UserError as refused:
            complain(f"{refused.what} {refused.remedy}")
            return None
        del self.words[key]
        self.ruled.add(key)
        level_said = "You can't judge it" if ruling.level is None else f"Level {ruling.level}"
        _say(f"Saved: {level_said}. To change it, press b.")
        return "ruled"

    def _exempt(self, shown: ShownEvidence) -> str | None:
        """Exempt a check or the criterion, or let it apply again; then the evidence is shown again."""
        criterion = shown.evidence.criterion
        checks = [check.check.id for check in shown.evidence.checks]
        for number, check in enumerate(checks, start=1):
            _say(f"  {number}  {check}")
        _say(f"  all  the whole criterion {criterion.id}")
        chosen = _ask("Number, or all", "")
        if not chosen:
            return None
        if chosen == "all":
            kind, subject = ExemptSubject.CRITERION, criterion.id
        elif chosen.isdigit() and 0 < int(chosen) <= len(checks):
            kind, subject = ExemptSubject.CHECK, checks[int(chosen) - 1]
        else:
            complain(f"{one_line(chosen)} is not in the list. Nothing was changed; press e to choose again.")
            return None
        try:
            return self._change_exemption(shown.capstone, kind, subject)
        except UserError as refused:
            complain(f"{refused.what} {refused.remedy}")
            return None

    def _change_exemption(self, capstone: int, kind: ExemptSubject, subject: str) -> str | None:
        granted = self.desk.list_exemptions(capstone).get(subject)
        if granted is not None:
            if _ask(f"{subject} is exempt. Type yes to let it apply again", "") != "yes":
                return None
            self.desk.restore(granted.id)
            return "again"
        reason = _ask("Reason, which the participant can read", "")
        if not reason:
            return None
        self.desk.exempt(capstone, kind, subject, reason)
        return "again"


def _ask(label: str, before: str) -> str | None:
    """Ask for a line; Enter alone keeps what was typed before."""
    kept = f" [{one_line(before)}]" if before else ""
    given = read_line(f"{label}{kept}: ")
    return before if given == "" else given


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
