"""Stored cohorts: their members, calendars, absences, never-pairs and link codes."""

from collections.abc import Collection, Mapping, Sequence
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
        """Return the cohort with this id."""

    def by_name(self, name: str) -> Cohort | None:
        """Return the cohort with this name."""

    def all(self) -> Sequence[Cohort]:
        """List all cohorts, newest first."""

    def set_workspace(self, cohort: int, workspace: str) -> None:
        """Store the chat workspace of a cohort."""

    def set_weights(self, cohort: int, weights: Mapping[str, int]) -> None:
        """Set the weights for a cohort's pairing score. Omitted weights get their defaults."""

    def dates(self, cohort: int) -> Sequence[CohortDate]:
        """List a cohort's calendar in order of day."""

    def add_date(self, cohort: int, kind: DateKind, title: str, day: date) -> int:
        """Add a date to a cohort's calendar, or move the existing date of its kind; return its id.

        Only the kind ``other`` can appear several times, but not twice with the same title on the same day.
        """

    def remove_date(self, cohort: int, entry: int) -> bool:
        """Delete a date from a cohort's calendar; return False if the calendar has none with this id."""


class Members(Protocol):
    """Members of cohorts. ``person`` is always Sensei's own opaque id."""

    def join(self, cohort: int, person: str, role: CohortRole, at: datetime) -> Member:
        """Enrol a person in a role, or reactivate them with their earlier profile."""

    def of(
        self, cohort: int, role: CohortRole | None = None, people: Collection[str] | None = None
    ) -> Sequence[Member]:
        """List a cohort's members by name, including those who are paused or have left.

        ``people`` limits the list to some people. Give it where a few will do: reading a whole cohort with
        its profiles takes most of the time of an answer.
        """

    def roles(self, person: str) -> Sequence[Member]:
        """List a person's roles in all cohorts, including roles they have left, newest cohort first."""

    def of_people(self, people: Collection[str]) -> Sequence[Member]:
        """List the roles of some people as ``roles`` does, in as many queries as for one person."""

    def get(self, enrolment: int) -> Member:
        """Return the member with this enrolment."""

    def set_profile(self, enrolment: int, profile: Profile) -> None:
        """Store a member's profile, replacing any earlier one."""

    def set_state(self, enrolment: int, state: EnrolmentState) -> None:
        """Store whether a member is active, paused or has left."""

    def set_name(self, person: str, name: str) -> None:
        """Store a person's name."""

    def by_chat(self, workspace: str, user: str) -> str | None:
        """Return the person with this chat account."""

    def find_or_add_by_chat(self, workspace: str, user: str, name: str, at: datetime) -> str:
        """Return the person with this chat account, adding them if new. Update their name."""

    def by_host_account(self, account: int) -> str | None:
        """Return the person with this account at the code host."""

    def find_or_add_by_host_account(self, account: Account, at: datetime) -> str:
        """Return the person with this account at the code host. Add a new one without proof."""

    def prove(self, person: str, account: Account, at: datetime) -> str:
        """Store that a person has proved that an account at the code host is theirs; return the person.

        If the account belonged to another person without a chat account (enrolled by login alone), the two
        are merged: ``person`` gets the other's roles, capstones, pairs and jobs. The caller then records
        ``MERGED`` in the audit trail for ``person:<kept id>``, with ``was=<removed id>``. That id is the one
        ``by_host_account`` returned before the call.

        Raises:
            UserError: the account is someone else's, or the person has proved another one.
        """

    def check_proof(self, person: str, account: Account) -> None:
        """Raise the error that ``prove`` would raise, without changing anything.

        Raises:
            UserError: the account is someone else's, or the person has proved another one.
        """

    def disprove(self, person: str, at: datetime) -> Sequence[Account]:
        """Remove the proof that a person's accounts are theirs; return the accounts.

        The accounts move to a new person without a chat account, together with their capstones and the roles
        that these need.
        """


class NeverPairs(Protocol):
    """Confidential requests never to pair two people, each made by one of the two."""

    def add(self, cohort: int, author: str, other: str, reason: str, at: datetime) -> int:
        """Store a request by ``author`` about ``other``; return its id.

        If the author already has a request about this person, replace its reason.
        """

    def by_author(self, author: str) -> Sequence[NeverPair]:
        """List a person's own requests. Only this method returns reasons."""

    def remove(self, author: str, entry: int) -> bool:
        """Delete a request; return False if the author has none with this id."""

    def forbidden(self, cohort: int) -> frozenset[tuple[str, str]]:
        """Return a cohort's forbidden pairs, each in both orders, without the requester or reason."""


class Absences(Protocol):
    """The holidays of senseis and participants. ``sensei`` is whoever is away."""

    def add(self, cohort: int, sensei: str, first: date, last: date, deputy: str | None) -> int:
        """Store a person's holiday, replacing any that starts on the same day; return its id."""

    def ending_since(self, cohort: int, since: date, person: str | None = None) -> Sequence[Absence]:
        """List the holidays that end on ``since`` or later, all or one person's, in order of first day."""

    def not_over(self, cohort: int, moment: datetime, person: str | None = None) -> Sequence[Absence]:
        """List the holidays that are not over, all or one person's, in order of first day."""

    def remove(self, cohort: int, entry: int) -> bool:
        """Delete a holiday; return False if the cohort has none with this id."""


class LinkCodes(Protocol):
    """One-time codes that people use to prove that an account at the code host is theirs.

    Lookups return a code in any state: given, posted or ended.
    """

    def issue(self, person: str, digest: str, expires: datetime, login: str | None = None) -> None:
        """Store the digest of a new code, replacing the person's earlier one.

        If ``login`` is given, only that account can post the code.
        """

    def get(self, id_: str) -> OneTimeCode | None:
        """Return the code with this id."""

    def by_digest(self, digest: str) -> OneTimeCode | None:
        """Return the code with this digest."""

    def by_person(self, person: str) -> OneTimeCode | None:
        """Return the last code given to a person."""

    def by_comment(self, comment: int, *, inline: bool) -> OneTimeCode | None:
        """Return the code that was posted in a comment."""

    def mark_posted(
        self, id_: str, account: Account, comment: int | None, inline: bool, expires: datetime
    ) -> None:
        """Store which account posted a code, and the deadline for its owner to confirm.

        ``comment`` is None if the operator named the account.
        """

    def close(self, id_: str, state: CodeState) -> None:
        """Store a code's final state. It can no longer be used."""

    def forget_expired(self, before: datetime) -> int:
        """Delete the codes that expired before a given time; return how many."""
