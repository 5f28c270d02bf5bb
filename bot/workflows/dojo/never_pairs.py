"""Members' confidential requests never to be paired with a person. Only the author can see them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.chat.events import Acted, Submission
from bot.domain.dojo import profiles
from bot.domain.dojo.permissions import Action, Relation
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.dojo import slack_never_pairs
from bot.workflows.chat.actors import Actor, Clock, refusal, require_permission
from bot.workflows.chat.features import AddressedMessage, Feature, Form, Subcommand
from bot.workflows.chat.outbox import send_message
from bot.workflows.dojo.form_submissions import cohort_metadata, find_own_cohort, require_submission
from bot.workflows.dojo.member_messages import find_name, to_milliseconds

EndBarredPairs = Callable[[Tx, int, datetime], object]
"""Ends a cohort's pairs that are no longer allowed."""

_SAVED = "people.nevers"


@dataclass(frozen=True)
class NeverPairs:
    """``/dojo never``."""

    end_barred_pairs: EndBarredPairs

    def feature(self) -> Feature:
        """Return the command, its form, and the message that confirms a change."""
        return Feature(
            commands=(
                Subcommand(
                    "never",
                    Action.NEVER_ADD,
                    "say in confidence who you must not be paired with",
                    opens="people.never",
                ),
            ),
            forms={
                "people.never": Form(
                    Action.NEVER_ADD, _open, self._save, _check, does="save your confidential request"
                )
            },
            words={_SAVED: _write_saved},
        )

    def _save(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        submission = require_submission(acted)
        if actor.person is None:
            raise refusal(actor)
        for fault in _check(tx, actor, submission, clock).values():
            raise UserError(fault, "Nothing was changed. To open the form again, use `/dojo never`.")
        at = clock()
        for entry in submission.chosen("withdraw"):
            if tx.never_pairs.remove(actor.person, int(entry)):
                tx.audit(actor.person, "never.withdraw", f"never:{entry}")
        if user := submission.text("other"):
            other = tx.members.by_chat(actor.workspace, user) or ""
            cohort = find_own_cohort(actor, submission)
            added = tx.never_pairs.add(cohort, actor.person, other, submission.text("reason"), at)
            tx.audit(actor.person, "never.add", f"never:{added}")
            self.end_barred_pairs(tx, cohort, at)
        key = f"nevers:{actor.person}:{to_milliseconds(at)}"
        send_message(tx, key, _SAVED, {"person": actor.person}, at)


def _open(tx: Tx, actor: Actor, _argument: str, clock: Clock) -> View:
    require_permission(tx, actor, Action.NEVER_SEE, clock, Relation.OWN)
    if actor.person is None:
        raise refusal(actor)
    entries = [(entry, find_name(tx, entry.other)) for entry in tx.never_pairs.by_author(actor.person)]
    return slack_never_pairs.never_pairs_form(entries, cohort_metadata(actor.cohort))


def _check(tx: Tx, actor: Actor, submission: Submission, _clock: Clock) -> Mapping[str, str]:
    other, reason, faults = submission.text("other"), submission.text("reason"), {}
    own = tx.never_pairs.by_author(actor.person) if actor.person else ()
    own_entries = {str(entry.id) for entry in own}
    if not other and not submission.chosen("withdraw"):
        faults["other"] = "Choose a person to add, or a request to remove."
    elif other == actor.user:
        faults["other"] = "You can't choose yourself."
    elif other and not _is_in_cohort(tx, find_own_cohort(actor, submission), actor.workspace, other):
        faults["other"] = "This person isn't in this dojo yet. You can add them once they've joined."
    if not set(submission.chosen("withdraw")) <= own_entries:
        faults["withdraw"] = "This request no longer exists. Close the form and open it again."
    if len(reason) > profiles.MOST_OF_A_REASON:
        faults["reason"] = (
            f"This has {len(reason)} characters; at most {profiles.MOST_OF_A_REASON} are allowed."
        )
    return faults


def _is_in_cohort(tx: Tx, cohort: int, workspace: str, user: str) -> bool:
    person = tx.members.by_chat(workspace, user)
    return person is not None and any(member.cohort == cohort for member in tx.members.roles(person))


def _write_saved(tx: Tx, about: Json) -> AddressedMessage | None:
    person: str = about["person"]
    count = len(tx.never_pairs.by_author(person))
    return AddressedMessage((person,), slack_never_pairs.never_pairs_saved(count))
