"""Gathers the requests that wait for an answer, for one person's App Home or ``/dojo status``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from bot.domain.dojo.local_days import day_in
from bot.domain.dojo.pending_requests import (
    AskedPair,
    AwaitedAnswer,
    PendingRequests,
    SenseiRequest,
    SenseiSearch,
    WaitingProposal,
)
from bot.domain.dojo.people import CohortRole, EnrolmentState, Member
from bot.domain.pairing.parties import may_see
from bot.domain.pairing.records import Pair
from bot.domain.pairing.states import PairState
from bot.ports.store import Tx
from bot.workflows.dojo import sensei_confirmation

_FORMER = "a former member"


@dataclass(frozen=True)
class PendingRows:
    """A cohort's rows. ``zone`` is the time zone of the person who looks; ``pairs`` are all ongoing ones."""

    tx: Tx
    cohort: int
    members: Sequence[Member]
    pairs: Sequence[Pair]
    zone: str

    def gather(self, roles: Iterable[Member]) -> PendingRequests:
        """Return what concerns a person with these roles in the cohort."""
        mine = {member.role: member for member in roles}
        participant, sensei = mine.get(CohortRole.PARTICIPANT), mine.get(CohortRole.SENSEI)
        lead = mine.get(CohortRole.LEAD)
        return PendingRequests(
            self._find_search(participant) if participant else None,
            self._list_asked(sensei.person) if sensei else (),
            self._list_proposals(lead.person) if lead else (),
            self._list_answers(lead.person) if lead else (),
            self._list_senseis() if lead else (),
        )

    def _find_search(self, participant: Member) -> SenseiSearch | None:
        pair = next((pair for pair in self.pairs if pair.participant == participant.person), None)
        if pair is not None and pair.state is PairState.ACTIVE:
            return None
        is_asked = pair is not None and pair.state is PairState.APPROVED
        return SenseiSearch(
            self._wants_another(participant.person),
            pair is not None and not is_asked,
            self._find_day(pair.deadline) if pair is not None and is_asked else None,
        )

    def _wants_another(self, participant: str) -> bool:
        """Return whether a participant's last pair ended because they asked for another sensei."""
        for pair in self.tx.pairings.by_person(participant):
            if (
                pair.participant == participant
                and pair.cohort == self.cohort
                and pair.state is PairState.ENDED
            ):
                requests = self.tx.never_pairs.by_author(participant)
                return any(request.other == pair.sensei for request in requests)
        return False

    def _list_asked(self, sensei: str) -> tuple[AskedPair, ...]:
        asked = [pair for pair in self._list_approved() if pair.sensei == sensei]
        return tuple(AskedPair(pair.id, self._find_name(pair.participant), pair.deadline) for pair in asked)

    def _list_approved(self) -> list[Pair]:
        approved = [pair for pair in self.pairs if pair.state is PairState.APPROVED]
        return sorted(approved, key=lambda pair: (pair.deadline, pair.id))

    def _list_proposals(self, lead: str) -> tuple[WaitingProposal, ...]:
        found: dict[int, list[str]] = {}
        for pair in self.pairs:
            if pair.state is PairState.PROPOSED and may_see(pair, lead):
                found.setdefault(pair.proposal, []).append(self._find_name(pair.participant))
        return tuple(
            WaitingProposal(proposal.id, self._find_day(proposal.at), tuple(sorted(names, key=str.casefold)))
            for number, names in sorted(found.items(), reverse=True)
            if (proposal := self.tx.pairings.get_proposal(number)) is not None
        )

    def _list_answers(self, lead: str) -> tuple[AwaitedAnswer, ...]:
        reachable = {member.person for member in self.members if member.chat}
        return tuple(
            AwaitedAnswer(
                self._find_name(pair.participant),
                self._find_name(pair.sensei),
                pair.deadline,
                pair.sensei in reachable,
            )
            for pair in self._list_approved()
            if may_see(pair, lead)
        )

    def _list_senseis(self) -> tuple[SenseiRequest, ...]:
        paused = {
            member.enrolment: member
            for member in self.members
            if member.role is CohortRole.SENSEI and member.state is EnrolmentState.PAUSED
        }
        stamps = sensei_confirmation.pending_requests(self.tx, paused)
        found = sorted((int(stamp), enrolment) for enrolment, stamp in stamps.items() if stamp.isdecimal())
        return tuple(
            SenseiRequest(
                member.name,
                member.chat,
                member.enrolment,
                f"{member.enrolment}:{stamp}",
                self._find_day(datetime.fromtimestamp(stamp / 1000, UTC)),
            )
            for stamp, member in ((stamp, paused[enrolment]) for stamp, enrolment in found)
        )

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return {member.person: member.name for member in self.members}

    def _find_name(self, person: str) -> str:
        return self._names.get(person, _FORMER)

    def _find_day(self, moment: datetime) -> date:
        return day_in(self.zone, moment)
