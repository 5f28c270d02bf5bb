"""What is kept of a cohort: its people, who is paired with whom, its calendar."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

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
from bot.domain.pairing.records import Pair, Proposal, UnassignedParticipant
from bot.domain.pairing.states import PairState
from bot.domain.pull_requests.link_codes import CodeState, OneTimeCode
from bot.domain.pull_requests.records import Account, OpenQuestion


class Cohorts(Protocol):
    """The dojo's runs, and their calendars."""

    def add(self, name: str, at: datetime) -> Cohort:
        """Make a cohort, or return the one of this name."""

    def get(self, cohort: int) -> Cohort:
        """Return one."""

    def named(self, name: str) -> Cohort | None:
        """Return the one of that name."""

    def all(self) -> Sequence[Cohort]:
        """List them, the newest first."""

    def lives_in(self, cohort: int, workspace: str) -> None:
        """Note the chat's workspace of a cohort."""

    def weigh(self, cohort: int, weights: Mapping[str, int]) -> None:
        """Set what its pairing is scored by; what is not named is as by default."""

    def dates(self, cohort: int) -> Sequence[CohortDate]:
        """List the calendar, by day."""

    def date(self, cohort: int, kind: DateKind, title: str, day: date) -> int:
        """Enter a day; of each kind but ``other`` there is one, which moves. Return its id.

        An ``other`` of the same title on the same day is there once.
        """

    def undate(self, cohort: int, entry: int) -> bool:
        """Take a day out of a cohort's calendar; False if there was none of this id."""


class Members(Protocol):
    """Who is in a cohort. ``person`` is our own opaque id everywhere."""

    def join(self, cohort: int, person: str, role: CohortRole, at: datetime) -> Member:
        """Enrol somebody in a role, or make them active again; the profile that there was stays."""

    def of(self, cohort: int, role: CohortRole | None = None) -> Sequence[Member]:
        """List a cohort's people, also the paused ones and those who left, by name."""

    def roles(self, person: str) -> Sequence[Member]:
        """List everything that somebody is, in all cohorts, the newest cohort first; those they left too."""

    def get(self, enrolment: int) -> Member:
        """Return one."""

    def profile(self, enrolment: int, profile: Profile) -> None:
        """Set what somebody said of themselves."""

    def state(self, enrolment: int, state: EnrolmentState) -> None:
        """Pause somebody, make them active again, or let them leave."""

    def known_as(self, person: str, name: str) -> None:
        """Note the name that a person goes by."""

    def by_chat(self, workspace: str, user: str) -> str | None:
        """Return the person of a chat account."""

    def chat(self, workspace: str, user: str, name: str, at: datetime) -> str:
        """Return the person of a chat account; made where it is new. The name is kept as it is now."""

    def by_code(self, account: int) -> str | None:
        """Return the person of an account at the code host."""

    def code(self, account: Account, at: datetime) -> str:
        """Return the person of an account at the code host; made, unproved, where it is new."""

    def prove(self, person: str, account: Account, at: datetime) -> str:
        """Note that an account at the code host is a person's, who has shown it; return who they now are.

        Where the account was another person's without a chat account (somebody who was enrolled by login
        alone) the two become one: their roles, capstones and pairs are all the one's. An account that
        somebody else has proved, or a person who has proved another account, is refused. What is due about
        who went is due about who stays. The caller notes in the audit trail that they were one: ``MERGED`` of
        ``person:<who stays>``, with ``was=<who went>``, whom ``by_code`` named before.

        Raises:
            UserError: it is somebody else's, or they have another one.
        """

    def may_prove(self, person: str, account: Account) -> None:
        """Refuse what ``prove`` would refuse; change nothing.

        Raises:
            UserError: the account is somebody else's, or they have another one.
        """

    def disprove(self, person: str, at: datetime) -> Sequence[Account]:
        """Take back what somebody has shown; return which accounts, which are nobody's in the chat then.

        With an account goes whatever was enrolled by it: its capstones, and the roles that they need.
        """

    def never(self, cohort: int, author: str, other: str, reason: str, at: datetime) -> int:
        """Keep that two people must not be paired, as one of them, the ``author``, asks in confidence.

        The same author and other again replaces the reason. Return its id.
        """

    def nevers_by(self, author: str) -> Sequence[NeverPair]:
        """List what somebody asked for; this is the one way to a reason."""

    def unnever(self, author: str, entry: int) -> bool:
        """Forget one that somebody asked for; False if they have none of this id."""

    def forbidden(self, cohort: int) -> frozenset[tuple[str, str]]:
        """Return the pairs that must not be, in both orders, without who asked or why."""

    def absent(self, cohort: int, sensei: str, first: date, last: date, deputy: str | None) -> int:
        """Keep a sensei's holiday; return its id. One that begins on the same day is replaced."""

    def absences(self, cohort: int, since: date) -> Sequence[Absence]:
        """List the holidays that end on a day or later, by their first day."""

    def unabsent(self, cohort: int, entry: int) -> bool:
        """Forget a holiday; False if there was none of this id."""

    def code_for_link(self, person: str, digest: str, expires: datetime, login: str | None = None) -> None:
        """Keep the digest of a one-time code that proves whose an account is; a newer one replaces it.

        ``login``: only this account may write it.
        """

    def code_written(self, digest: str) -> OneTimeCode | None:
        """Return the code of a digest, whatever became of it."""

    def code_named(self, id_: str) -> OneTimeCode | None:
        """Return a code by its own id, whatever became of it."""

    def code_of(self, person: str) -> OneTimeCode | None:
        """Return the last code that somebody was given, whatever became of it."""

    def code_in(self, comment: int, *, inline: bool) -> OneTimeCode | None:
        """Return the code that a comment has brought, whatever became of it."""

    def code_posted(self, id_: str, account: Account, comment: int, inline: bool, expires: datetime) -> None:
        """Note which account has written a code, and until when its owner may confirm that."""

    def code_ended(self, id_: str, state: CodeState) -> None:
        """Say how a code ended: it is good for nothing any more."""

    def tidy(self, before: datetime) -> int:
        """Forget the codes that expired before a moment; return how many."""


class Pairings(Protocol):
    """Who is paired with whom. Of a participant at most one pair of each cohort goes on (``GOING_ON``)."""

    def propose(
        self,
        cohort: int,
        by: str,
        at: datetime,
        unassigned: Sequence[UnassignedParticipant],
    ) -> Proposal:
        """Begin a proposal, which has no pairs yet."""

    def add(  # noqa: PLR0913 - one row's columns
        self,
        proposal: int,
        participant: str,
        sensei: str,
        *,
        fit: int,
        reasons: Sequence[Mapping[str, Any]],
        at: datetime,
    ) -> Pair:
        """Propose a pair. A pair of the participant's that waits, in whatever proposal, is replaced by it.

        Raises:
            ValueError: the participant has an active pair, which has to end first.
        """

    def get(self, pair: int) -> Pair | None:
        """Return one."""

    def proposal(self, proposal: int) -> Proposal | None:
        """Return one."""

    def latest(self, cohort: int) -> Proposal | None:
        """Return the newest proposal."""

    def of_proposal(self, proposal: int) -> Sequence[Pair]:
        """List a proposal's pairs, by id, whatever became of them."""

    def going_on(self, cohort: int) -> Sequence[Pair]:
        """List the pairs of a cohort that wait or are active, by id."""

    def of_person(self, person: str) -> Sequence[Pair]:
        """List the pairs that somebody is in, on either side, the newest first, whatever became of them."""

    def vetoed(self, cohort: int) -> frozenset[tuple[str, str]]:
        """Return the pairs, participant first, that a sensei has vetoed."""

    def set(self, pair: int, state: PairState, at: datetime, why: str = "") -> None:
        """Say where a pair is now."""

    def lock(self, pair: int, *, locked: bool) -> None:
        """Let a pair be kept by whatever is solved later, or not."""


class Standings(Protocol):
    """Where capstones stand. Each method is one query, however many they are."""

    def capstones(self, cohort: int) -> Mapping[str, Sequence[int]]:
        """Return the active capstones of a cohort, by their participant's opaque id."""

    def questions(self, capstones: Collection[int]) -> Sequence[OpenQuestion]:
        """List what is ``OPEN`` in pull requests that are, and disputes in all, the oldest first."""

    def moved(self, capstones: Collection[int], since: datetime) -> Mapping[int, int]:
        """Count the movements that rounds have found which ended after a moment; those without any too."""

    def last_round(self, capstones: Collection[int]) -> Mapping[int, datetime | None]:
        """Return when the last round of each ended that was read to an end; None: there was none."""
