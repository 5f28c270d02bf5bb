"""Gathers the growth of participants from rows. Only a participant and their sensei may see the result."""

from collections.abc import Collection, Mapping
from datetime import datetime

from bot.domain.defences.records import DefendedQuestion
from bot.domain.milestones.growth import (
    CountedDecision,
    Growth,
    GrowthRows,
    RaisedQuestion,
    TouchedCheck,
    count_growth,
)
from bot.domain.rubrics.rubric import Library
from bot.ports.store import Tx
from bot.rendering.milestones.growth import growth_lines


def gather_growth(tx: Tx, library: Library, capstones: Collection[int]) -> Mapping[int, Growth]:
    """Return the growth in some capstones, by capstone, in four queries."""
    decisions: dict[int, list[CountedDecision]] = {capstone: [] for capstone in capstones}
    questions: dict[int, list[RaisedQuestion]] = {capstone: [] for capstone in capstones}
    touched: dict[int, list[TouchedCheck]] = {capstone: [] for capstone in capstones}
    for decision in tx.growth.decisions(capstones):
        decisions[decision.capstone].append(decision)
    for question in tx.growth.questions(capstones):
        questions[question.capstone].append(question)
    for check in tx.growth.touched(capstones):
        touched[check.capstone].append(check)
    defended: dict[int, list[DefendedQuestion]] = {capstone: [] for capstone in capstones}
    for outcome in tx.defences.list_outcomes(capstones):
        defended[outcome.capstone].append(outcome)
    return {
        capstone: count_growth(
            GrowthRows(decisions[capstone], questions[capstone], touched[capstone], defended[capstone]),
            library,
        )
        for capstone in capstones
    }


def list_growth_lines(
    tx: Tx, library: Library, capstones: Collection[int], since: datetime
) -> Mapping[int, tuple[str, ...]]:
    """Return what is new since a moment, in words, by capstone. Most capstones have no lines."""
    return {
        capstone: growth_lines(growth, since)
        for capstone, growth in gather_growth(tx, library, capstones).items()
    }
