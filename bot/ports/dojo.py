"""Stored cohorts: their members, calendars, absences, never-pairs and link codes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.domain.dojo.people import (
    Absence,
    Cohort,
    CohortDate,
    CohortRole,
    DateKind,
    EnrolmentState,
    Member,
    NeverPair,
    Profile,
)
from bot.domain.pull_requests.link_codes import CodeState, OneTimeCode
from bot.domain.pull_requests.records import Account


class Cohorts(Protocol):
    """Cohorts and their calendars."""

    def add(self, name: str, at: datetime) -> Cohort:
        """Create a cohort, or return the one with this name."""

    def get(self, cohort: int) -> Cohort:
        """Return a cohort."""

    def by_name(self, name: str) -> Cohort | None:
        """Return the cohort with a name."""

    def all(self) -> Sequence[Cohort]:
        """List all cohorts, the newest first."""

    def set_workspace(self, cohort: int, workspace: str) -> None:
        """Store the chat workspace of a cohort."""

    def set_weights(self, cohort: int, weights: Mapping[str, int]) -> None:
        """Set the weights of a cohort's pairing score. Weights that are left out have their defaults."""

    def dates(self, cohort: int) -> Sequence[CohortDate]:
        """List a cohort's calendar by day."""

    def add_date(self, cohort: int, kind: DateKind, title: str, day: date) -> int:
        """Add a day to a cohort's calendar, or move the one of its kind; return its id.

        Only the kind ``other`` may appear several times, but not twice with the same title on one day.
        """

    def remove_date(self, cohort: int, entry: int) -> bool:
        """Delete a day from a cohort's calendar; return False if it has none with this id."""


class Members(Protocol):
    """Members of cohorts. ``person`` is always Sensei's own opaque id."""

    def join(self, cohort: int, person: str, role: CohortRole, at: datetime) -> Member:
        """Enrol a person in a role, or make them active again with the profile that they had."""

    def of(self, cohort: int, role: CohortRole | None = None) -> Sequence[Member]:
        """List a cohort's members by name, including those who are paused or have left."""

    def roles(self, person: str) -> Sequence[Member]:
        """List a person's roles in all cohorts, the newest cohort first, including those they have left."""

    def get(self, enrolment: int) -> Member:
        """Return a member by their enrolment."""

    def set_profile(self, enrolment: int, profile: Profile) -> None:
        """Store a member's profile in the place of the one that there was."""

    def set_state(self, enrolment: int, state: EnrolmentState) -> None:
        """Store whether a member is active, paused or has left."""

    def set_name(self, person: str, name: str) -> None:
        """Store the name that a person goes by."""

    def by_chat(self, workspace: str, user: str) -> str | None:
        """Return the person with a chat account."""

    def find_or_add_by_chat(self, workspace: str, user: str, name: str, at: datetime) -> str:
        """Return the person with a chat account, added if it is new. Their name is updated."""

    def by_host_account(self, account: int) -> str | None:
        """Return the person with an account at the code host."""

    def find_or_add_by_host_account(self, account: Account, at: datetime) -> str:
        """Return the person with an account at the code host, added without proof if it is new."""

    def prove(self, person: str, account: Account, at: datetime) -> str:
        """Store that a person has proved an account at the code host to be theirs; return their id.

        If the account belonged to another person without a chat account (one enrolled by login alone), the
        two are merged: ``person`` takes over the other's roles, capstones, pairs and jobs. The caller then
        records ``MERGED`` in the audit trail for ``person:<kept id>``, with ``was=<id that is gone>``, which
        ``by_host_account`` returned before.

        Raises:
            UserError: the account is someone else's, or the person has proved another one.
        """

    def check_proof(self, person: str, account: Account) -> None:
        """Raise the error that ``prove`` would raise; change nothing.

        Raises:
            UserError: the account is someone else's, or the person has proved another one.
        """

    def disprove(self, person: str, at: datetime) -> Sequence[Account]:
        """Take back the proof of a person's accounts; return the accounts.

        The accounts move to a new person without a chat account, together with the capstones enrolled by them
        and the roles these need.
        """


class NeverPairs(Protocol):
    """Requests that two people are never paired, each made in confidence by one of the two."""

    def add(self, cohort: int, author: str, other: str, reason: str, at: datetime) -> int:
        """Store a request of ``author`` about ``other``; return its id.

        A second request of the same author about the same person replaces the reason.
        """

    def by_author(self, author: str) -> Sequence[NeverPair]:
        """List the requests that a person has made. Only this method returns reasons."""

    def remove(self, author: str, entry: int) -> bool:
        """Delete a request; return False if the author has none with this id."""

    def forbidden(self, cohort: int) -> frozenset[tuple[str, str]]:
        """Return the forbidden pairs of a cohort in both orders, without who asked or why."""


class Absences(Protocol):
    """Holidays of sensei."""

    def add(self, cohort: int, sensei: str, first: date, last: date, deputy: str | None) -> int:
        """Store a sensei's holiday; return its id. It replaces one that begins on the same day."""

    def ending_since(self, cohort: int, since: date) -> Sequence[Absence]:
        """List the holidays that end on ``since`` or later, by their first day."""

    def remove(self, cohort: int, entry: int) -> bool:
        """Delete a holiday; return False if the cohort has none with this id."""


class LinkCodes(Protocol):
    """One-time codes with which people prove that an account at the code host is theirs.

    Lookups return a code in whatever state it is: given, posted or ended.
    """

    def issue(self, person: str, digest: str, expires: datetime, login: str | None = None) -> None:
        """Store the digest of a new code, which replaces the person's earlier one.

        If ``login`` is given, only this account may post the code.
        """

    def get(self, id_: str) -> OneTimeCode | None:
        """Return a code by its own id."""

    def by_digest(self, digest: str) -> OneTimeCode | None:
        """Return the code with a digest."""

    def by_person(self, person: str) -> OneTimeCode | None:
        """Return the last code that a person was given."""

    def by_comment(self, comment: int, *, inline: bool) -> OneTimeCode | None:
        """Return the code that was posted in a comment."""

    def mark_posted(self, id_: str, account: Account, comment: int, inline: bool, expires: datetime) -> None:
        """Store which account has posted a code, and until when its owner may confirm that."""

    def close(self, id_: str, state: CodeState) -> None:
        """Store how a code ended. It can't be used any more."""

    def forget_expired(self, before: datetime) -> int:
        """Delete the codes that expired before a moment; return how many."""
