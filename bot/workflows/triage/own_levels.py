"""A participant's own rulings: their levels in the App Home, and the evidence behind a button."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from bot.domain.chat.events import Acted
from bot.domain.dojo.local_days import day_in
from bot.domain.dojo.permissions import Action, Relation, is_allowed
from bot.domain.pull_requests.records import Capstone
from bot.domain.text.numbers import parse_number
from bot.domain.triage.level_words import NO_WORDS, LevelWords, show_level
from bot.domain.triage.records import CriterionRuling
from bot.domain.triage.shown import RuledLevel
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.triage.slack_levels import EVIDENCE
from bot.rendering.triage.slack_released import evidence_view
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.chat.features import Button, Feature, Form
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from bot.workflows.triage.shown_evidence import EvidenceOfCapstone

LoadWords = Callable[[], LevelWords]
"""Returns the rubric's words for levels and criteria."""


def without_words() -> LevelWords:
    """Return no words, so that criteria are shown by their ids."""
    return NO_WORDS


def list_levels(
    tx: Tx, load_words: LoadWords, capstones: Collection[int], zone: str
) -> tuple[RuledLevel, ...]:
    """Return the newest rulings on a participant's capstones, in the rubric's order, in three queries.

    ``zone`` is the reader's time zone.
    """
    latest = tx.rulings.latest(capstones) if capstones else {}
    rulings = [ruling for of_capstone in latest.values() for ruling in of_capstone.values()]
    if not rulings:
        return ()
    words, appeals = load_words(), tx.appeals.by_ruling([ruling.id for ruling in rulings])
    rulings.sort(key=lambda ruling: (ruling.capstone, words.position_of(ruling.criterion)))
    return tuple(
        show_level(
            ruling,
            words,
            day_in(zone, ruling.at),
            appeals[ruling.id].state if ruling.id in appeals else None,
        )
        for ruling in rulings
    )


def list_own_capstones(tx: Tx, actor: Actor) -> list[Capstone]:
    """List the actor's active capstones, in the cohorts where they are a participant."""
    return [
        capstone
        for capstone in (tx.capstones.by_participant(actor.person) if actor.person else ())
        if is_allowed(Action.LEVEL_SEE, actor.roles(capstone.cohort), Relation.OWN)
    ]


def find_own_ruling(tx: Tx, actor: Actor, value: str) -> CriterionRuling:
    """Return a ruling about the actor, by the value of a button.

    Raises:
        UserError: it isn't about them, or doesn't exist. The error doesn't reveal which.
    """
    ruling = tx.rulings.find(parse_number(value) or 0)
    own = {capstone.id for capstone in list_own_capstones(tx, actor)}
    if ruling is None or ruling.capstone not in own:
        raise UserError(
            "I can't find this ruling among the rulings on your capstone, so I haven't changed anything.",
            "Your Home tab shows your levels.",
        )
    return ruling


def find_zone(tx: Tx, person: str, capstone: int) -> str:
    """Return a person's time zone, for days that they read."""
    return find_hours(tx, person, tx.capstones.get(capstone).cohort).time_zone


@dataclass(frozen=True)
class OwnEvidence:
    """The view with the evidence of a ruling, for its participant. ``web`` is the code host's address."""

    load_ledgers: Callable[[], LedgerLoader]
    web: str

    def feature(self) -> Feature:
        """Return the button and the view, which nobody can submit."""
        return Feature(
            buttons={EVIDENCE: Button(Action.LEVEL_SEE, opens=EVIDENCE)},
            forms={EVIDENCE: Form(Action.LEVEL_SEE, self._open, _submit_nothing)},
        )

    def _open(self, tx: Tx, actor: Actor, argument: str, _clock: Clock) -> View:
        ruling = find_own_ruling(tx, actor, argument)
        loaded = self.load_ledgers().load(tx, [ruling.capstone])[ruling.capstone]
        zone = find_zone(tx, actor.person or "", ruling.capstone)
        level = show_level(ruling, LevelWords.of_rubric(loaded.rubric), day_in(zone, ruling.at))
        evidence = loaded.evidence.get(ruling.criterion)
        if evidence is None:  # the rubric no longer has this criterion
            return evidence_view(level, (), changed=True)
        shower = EvidenceOfCapstone(tx, tx.capstones.get(ruling.capstone), self.web)
        return evidence_view(level, shower.show_checks(evidence), changed=evidence.digest != ruling.basis)


def _submit_nothing(_tx: Tx, _actor: Actor, _acted: Acted, _clock: Clock) -> None:
    """Do nothing: the view has no button that submits it, so only a forged request gets here."""
