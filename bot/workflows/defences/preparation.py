"""The workflow ``defence``: chooses the questions of a defence from merged code, and words them.

The code is read, and the questions are stored, within one step. Repeating it changes nothing: the same places
are chosen again, and a model's answer is recorded.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.domain.defences.defence_answers import WordedQuestion, parse_defence_answer
from bot.domain.defences.question_choice import (
    DefencePlace,
    choose_places,
    find_lines,
    list_asks,
    list_places,
    list_probes,
)
from bot.domain.defences.records import Defence, DefenceState, NewDefenceQuestion
from bot.domain.milestones.growth import GrowthRows, count_growth
from bot.domain.pull_requests.records import Capstone
from bot.domain.review.prompts import Prompt
from bot.domain.rubrics.rubric import Rubric
from bot.domain.secrets.detection import Redactor
from bot.domain.text.storable_text import make_storable
from bot.ports.checkout import Branches, CloneRequest
from bot.ports.code_host import CodeHost
from bot.ports.engine import Json, Steps
from bot.ports.metrics import Metrics, NoMetrics
from bot.ports.model import CallOutcome, Model
from bot.ports.store import Store, Tx
from bot.workflows.defences.messages import announce, tell_ready
from bot.workflows.defences.question_requests import PlaceInCode, build_defence_request
from bot.workflows.jobs.retry import insist
from bot.workflows.review.head_files import read_head_files
from bot.workflows.triage.capstone_ledgers import LedgerLoader

log = structlog.get_logger(__name__)

MOST_BYTES = 1_000_000
"""Maximum size of a file that is looked at."""
OpenModel = Callable[[int], AbstractContextManager[Model | None]]
"""Opens the model for a repository (the host's number); yields None if none is configured."""


@dataclass(frozen=True)
class DefencePreparation:
    """The workflow. ``make_loader`` loads the rubric on its first call."""

    host: CodeHost
    store: Store
    branches: Branches
    prompt: Prompt
    make_loader: Callable[[], LedgerLoader]
    model: OpenModel
    now: Callable[[], datetime]
    measures: Metrics = field(default_factory=NoMetrics)

    def run(self, steps: Steps, argument: Json) -> Json:
        """Prepare a defence, and tell the sensei."""
        number: int = argument["defence"]
        begun = steps.tx("begin", lambda tx: {"go": _find_wanted(tx, number) is not None})
        if not begun["go"]:
            return {"outcome": "gone"}
        prepared = insist(steps, "prepare", lambda: self._prepare(number))
        count = prepared["questions"] if prepared["outcome"] == "done" else 0
        steps.tx("ready", lambda tx: self._finish(tx, number, count))
        return {"outcome": "ready" if count else "empty"}

    def _prepare(self, number: int) -> Json:
        """Choose and store questions; return how many. If there are none, those from before stay."""
        with self.store.read() as tx:
            defence = _find_wanted(tx, number)
            if defence is None:
                return {"questions": 0}
            capstone = tx.capstones.get(defence.capstone)
            rubric, places = self._list_places(tx, defence)
        head, found = self._find_in_code(capstone, places)
        worded = self._word(capstone, rubric, found) if found else []
        questions = [_make_question(place.place, words) for place, words in zip(found, worded, strict=True)]
        with self.store.begin() as tx:
            if _find_wanted(tx, number) is None:
                return {"questions": 0}
            if questions:
                tx.defences.set_questions(number, head, questions)
        return {"questions": len(questions)}

    def _list_places(self, tx: Tx, defence: Defence) -> tuple[Rubric, Sequence[DefencePlace]]:
        loader, capstone = self.make_loader(), defence.capstone
        loaded = loader.load(tx, [capstone])[capstone]
        growth = count_growth(GrowthRows(decisions=tx.growth.decisions([capstone])), loader.library)
        unaided = {one.criterion: one.unaided for one in growth.criteria}
        asked = tx.questions.list_fingerprints(capstone) | tx.defences.list_fingerprints(
            capstone, but=defence.id
        )
        return loaded.rubric, list_places(loaded.evidence, unaided, asked)

    def _find_in_code(
        self, capstone: Capstone, places: Sequence[DefencePlace]
    ) -> tuple[str, list[PlaceInCode]]:
        """Return the default branch's head, and the places whose quotes are in it, byte for byte."""
        repository = self.host.repository(capstone)
        head = self.host.branch_head(repository, repository.default_branch)
        if not places:
            return head, []
        token = self.host.git_token(repository)
        request = CloneRequest(repository.id, repository.clone_url, token, None, head)
        wanted = {place.citation.path for place in places}
        files = read_head_files(
            self.branches, request, lambda paths: [path for path in paths if path in wanted], MOST_BYTES
        )
        texts = {
            path: make_storable(content.decode("utf-8", "replace"))
            for path, content in files.contents.items()
        }
        located = []
        for place in places:
            text = texts.get(place.citation.path, "")
            lines = find_lines(text, place.citation.quote, place.citation.line_start)
            if lines is not None and _has_no_secret(text, place.citation.quote):
                located.append(place.at(head, lines))
        return head, [PlaceInCode.of(place, texts[place.citation.path]) for place in choose_places(located)]

    def _word(
        self, capstone: Capstone, rubric: Rubric, places: Sequence[PlaceInCode]
    ) -> list[WordedQuestion]:
        """Return how a model words the questions; without its words, empty ones."""
        unworded = [WordedQuestion() for _ in places]
        with self.model(capstone.repository) as model:
            if model is None:
                return unworded
            answer = model.ask(build_defence_request(self.prompt, rubric, places))
        if answer.outcome is not CallOutcome.ANSWERED or answer.document is None:
            log.warning("defence.not_worded", capstone=capstone.id, outcome=answer.outcome, why=answer.reason)
            return unworded
        quotes = [place.place.citation.quote for place in places]
        parsed = parse_defence_answer(answer.document, quotes, "\n".join(place.shown for place in places))
        for reason in parsed.refused:
            self.measures.count_refused_words("defence", reason)
        return [parsed.questions.get(number, unworded[number - 1]) for number in range(1, len(places) + 1)]

    def _finish(self, tx: Tx, number: int, count: int) -> Json:
        """Let the questions be asked: new ones, or those from before if there are no others."""
        defence = _find_wanted(tx, number)
        if defence is not None:
            state = DefenceState.READY if defence.questions else DefenceState.CANCELLED
            tx.defences.set_state(number, state, self.now())
            tell_ready(tx, defence, kept=bool(defence.questions) and not count, at=self.now())
            if defence.questions:
                announce(tx, defence, self.now())
        return {}


def _find_wanted(tx: Tx, number: int) -> Defence | None:
    """Return a defence that is still to be prepared, or None."""
    defence = tx.defences.find(number)
    if defence is None or defence.state is not DefenceState.PREPARING:
        return None
    capstone = tx.capstones.get(defence.capstone)
    is_theirs = tx.members.by_host_account(capstone.participant.id) == defence.participant
    return defence if is_theirs and not capstone.ended else None


def _make_question(place: DefencePlace, worded: WordedQuestion) -> NewDefenceQuestion:
    """Return a question to store. Where a model's words are missing, it has the rubric's."""
    cited = place.citation
    return NewDefenceQuestion(
        place.criterion.id,
        place.check.id,
        worded.text or place.check.probe,
        worded.follow_ups or list_probes(place),
        worded.touches or list_asks(place),
        cited.path,
        cited.line_start,
        cited.line_end,
        cited.quote,
        place.fingerprint,
    )


def _has_no_secret(text: str, quote: str) -> bool:
    redactor = Redactor()
    redactor.learn(text)
    return redactor.redact(quote) == quote
