"""Retrying dead letters once without a person, after a calm hour.

Work that was given up after crashes, or while GitHub was down, is usually fine. If Sensei has run for an hour
without a restart, and the work was given up an hour ago or more, Sensei retries it once. If it is given up
again, it waits for a person.

Work given up after crashes may have caused them. So Sensei retries only one of these in each
turn. If it crashes the process again, little other work is lost, and Sensei waits for another calm hour.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.errors import TransientError
from bot.ports.engine import DeadLetter, DeadLetters, GiveUpCause

log = structlog.get_logger(__name__)

TURN_SECONDS = 60.0
TOO_OLD = timedelta(days=7)
"""Older work, such as a message, may no longer be wanted, so a person decides."""


def waits_for_person(letter: DeadLetter, moment: datetime) -> bool:
    """Return whether a dead letter needs a person, because Sensei will not retry it."""
    return (
        letter.retried_by_sensei or letter.cause is GiveUpCause.REFUSED or moment - letter.ended_at >= TOO_OLD
    )


def describe_next_step(letter: DeadLetter, moment: datetime) -> str:
    """Say who will retry a dead letter."""
    if not waits_for_person(letter, moment):
        return "Sensei will retry it automatically"
    return (
        "it's waiting for you: Sensei has already retried it once"
        if letter.retried_by_sensei
        else "it's waiting for you"
    )


@dataclass(frozen=True)
class DeadLetterRetry:
    """Retries dead letters. ``started`` is when this process started, ``calm`` how long it must be calm."""

    letters: DeadLetters
    now: Callable[[], datetime]
    started: datetime
    calm: timedelta

    def take_turn(self) -> int:
        """Retry the dead letters whose time has come; return how many. Call it every ``TURN_SECONDS``."""
        moment = self.now()
        if moment - self.started < self.calm:
            return 0
        due = [
            letter
            for letter in self.letters.all()
            if not waits_for_person(letter, moment) and moment - letter.ended_at >= self.calm
        ]
        crashed = [letter for letter in due if letter.cause is GiveUpCause.CRASHES]
        one_crashed = any(self._retry(letter) for letter in crashed)  # stops after the first that is retried
        return one_crashed + sum(self._retry(letter) for letter in due if letter not in crashed)

    def _retry(self, letter: DeadLetter) -> bool:
        try:
            is_retried = self.letters.retry(letter.id, by_sensei=True)
        except TransientError:
            raise
        except Exception:  # one dead letter must not stop the others
            log.exception("dead_letter.not_retried", workflow=letter.id)
            return False
        if is_retried:
            log.info("dead_letter.retried", workflow=letter.id)
        return is_retried
