"""Requests that wait for an answer, in App Homes and in ``/dojo status``: by the real listeners."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters import slack as adapter
from bot.adapters.database import open_store
from bot.domain.dojo.people import CohortRole, EnrolmentState, Profile, WorkingHours
from bot.domain.pairing.records import Pair
from bot.domain.pairing.states import PairState
from bot.rendering.chat.slack_text import moment
from bot.workflows.chat.features import Features
from bot.workflows.chat.outbox import Outbox
from bot.workflows.dojo import app_home
from bot.workflows.dojo.app_home import HomePublisher
from bot.workflows.pairing import chat as pairing_chat
from bot.workflows.pairing import deputies, endings, lifecycle
from bot.workflows.pairing.proposals import PairingWorkflows, ProposalRequest, propose
from tests import databases
from tests.entrypoints.slacking import served
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Person, Shown, Slack, look
from tests.fakes.steps import Straight
from tests.workflows.peopled import WORDS, Peopled, texts

P, S, L = CohortRole.PARTICIPANT, CohortRole.SENSEI, CohortRole.LEAD
WEB = "https://github.example"


class Asked(Peopled):
    """A dojo in which people are paired and see their App Homes."""

    lea: Person
    sen: Person

    def features(self) -> Features:
        made = super().features()
        for feature in (pairing_chat.feature(lambda: WORDS), deputies.FEATURE, app_home.feature(WEB)):
            made.enter(feature)
        return made

    def settle(self) -> None:
        """Let everything that is due be done, what follows from it too."""
        store = self.here.store
        chat = adapter.connect(self.slack.bot_token, self.slack.api_url)
        outbox = Outbox(chat, store, self.features().words, now)
        pairing = PairingWorkflows(store, now)
        work = {
            "message": outbox.message,
            "rewrite": outbox.rewrite,
            "home": HomePublisher(chat, store, WEB, now).home,
            "pairing.propose": pairing.propose,
        }
        self.here.handled()
        while begun := self.here.engine.jobs:
            self.here.engine.jobs = []
            for kind, argument in begun:
                work[kind](Straight(store), argument)
            self.here.handled()

    def joins(self, name: str, role: CohortRole) -> Person:
        account = self.here.ada if name == "Ada Lovelace" else self.here.enrolled(name, role)
        member = self.member(account, role)
        with self.here.store.begin() as tx:
            tx.members.set_profile(member.enrolment, Profile(WorkingHours("Europe/Madrid"), capacity=2))
        return account

    def person(self, account: Person) -> str:
        with self.here.store.read() as tx:
            found = tx.members.by_chat(self.slack.team, account.id)
        assert found
        return found

    def proposed(self) -> Pair:
        """Propose a sensei to Ada."""
        with self.here.store.begin() as tx:
            cohort = tx.cohorts.by_name("dojo")
        assert cohort
        request = ProposalRequest(cohort.id, self.person(self.lea))
        assert propose(self.here.store, request, now)["outcome"] == "proposed"
        return self.pair()

    def asked(self) -> Pair:
        """Let a lead approve a sensei for Ada."""
        pair = self.proposed()
        with self.here.store.begin() as tx:
            assert lifecycle.approve(tx, pair.cohort, [pair.id], self.person(self.lea), now()).done
        self.settle()
        return self.pair()

    def pair(self) -> Pair:
        """Ada's newest pair."""
        ada = self.person(self.here.ada)
        with self.here.store.read() as tx:
            return tx.pairings.by_person(ada)[0]


@pytest.fixture(name="it")
def a_dojo(tmp_path: Path) -> Iterator[Asked]:
    file = databases.migrated_file(tmp_path / "sensei.db")
    with open_store(file) as engine, Slack() as slack:
        it = Asked(engine, slack)
        with served(engine, slack, "http", it.features()) as here:
            it.here = here
            it.lea, it.sen = here.enrolled("Lea", L), it.joins("Sen", S)
            it.joins("Ada Lovelace", P)
            yield it


def home(person: Person) -> str:
    """What somebody sees in their App Home, on one line."""
    assert person.home
    return " ".join(look.text(person.home).split())


def raw(person: Person) -> str:
    assert person.home
    return json.dumps(person.home.document, ensure_ascii=False)


def answer(person: Person, command: str) -> str:
    return json.dumps(person.command(command).answer, ensure_ascii=False)


def seen(person: Person) -> Shown:
    """Somebody's Home as it is now, which may be out of date later."""
    assert person.home
    return copy.deepcopy(person.home)


def test_a_sensei_answers_in_their_home_as_in_the_message(it: Asked) -> None:
    pair = it.asked()
    assert "1 request waiting for your answer" in home(it.sen)
    asks = "Would you like to be *Ada Lovelace*'s sensei? If you don't answer by"
    assert f"{asks} {moment(pair.deadline)}, I'll take that as a yes and introduce the two of you." in raw(
        it.sen
    )
    assert "1 request waiting for your answer" in answer(it.sen, "/dojo status")
    old = seen(it.sen)
    it.sen.click(old, "pairing.accept", str(pair.id))
    it.settle()
    assert it.pair().state is PairState.ACTIVE
    assert "pairing.accept" not in raw(it.sen)
    assert "Ada Lovelace" in look.text(seen(it.sen), names={it.here.ada.id: "Ada Lovelace"})
    assert "waiting for a sensei's answer" not in home(it.lea).lower()


def test_an_answer_in_a_home_that_is_out_of_date_is_one_sentence_and_a_new_home(it: Asked) -> None:
    pair = it.asked()
    old = seen(it.sen)
    with it.here.store.begin() as tx:
        lifecycle.decline(tx, pair.id, "", it.person(it.lea), now())
    it.here.handled()
    it.here.engine.jobs = []  # the Home that this change calls for is not shown yet
    for action in ("pairing.accept", "pairing.veto"):
        it.sen.click(old, action, str(pair.id))
        assert it.sen.modal
        told = " ".join(look.text(it.sen.modal).split())
        assert "You no longer need to answer this. This pair is no longer proposed." in told
        it.sen.closes()
    messages = len(it.sen.messages)
    it.settle()
    assert len(it.sen.messages) == messages
    assert "pairing.accept" not in raw(it.sen)
    assert it.pair().state is PairState.DECLINED


def test_a_click_that_is_overtaken_after_it_was_stored_updates_the_home_too(it: Asked) -> None:
    pair = it.asked()
    it.sen.click(seen(it.sen), "pairing.accept", str(pair.id))
    with it.here.store.begin() as tx:
        lifecycle.decline(tx, pair.id, "", it.person(it.lea), now())
    it.here.handled()
    homes = [argument for kind, argument in it.here.engine.jobs if kind == "home"]
    assert {"workspace": it.slack.team, "user": it.sen.id} in homes
    it.settle()
    assert "I couldn't accept the pair" in texts(it.sen.messages)[-1]
    assert "pairing.accept" not in raw(it.sen)


def test_nobody_answers_for_a_sensei_in_a_home_of_their_own(it: Asked) -> None:
    pair = it.asked()
    other = it.joins("Sol", S)
    forged = copy.deepcopy(seen(it.sen))
    other.click(forged, "pairing.accept", str(pair.id))
    it.settle()
    assert it.pair().state is PairState.APPROVED


def test_a_participant_sees_how_far_the_search_is_and_never_whom_i_asked(it: Asked) -> None:
    ada = it.here.ada
    pair = it.proposed()
    it.settle()
    assert "You don't have one yet. I've suggested one, and a lead is deciding." in home(ada)
    with it.here.store.begin() as tx:
        lifecycle.approve(tx, pair.cohort, [pair.id], it.person(it.lea), now())
    it.settle()
    assert "I've asked a sensei, and expect an answer by" in home(ada)
    assert "I've asked a sensei, and expect an answer by" in answer(ada, "/dojo status")
    # Neither who it is, nor a time of day, from which it could be told where they work.
    for shown in (raw(ada), answer(ada, "/dojo status")):
        assert "Sen" not in shown.replace("Sensei", "")
        assert it.sen.id not in shown
        assert "<!date" not in shown
    it.sen.click(seen(it.sen), "pairing.veto", str(pair.id))
    it.sen.submit({"pairing.why": "We share an office"})
    it.settle()
    assert it.pair().state is PairState.VETOED
    assert "You don't have one yet. Once you're matched" in home(ada)
    assert "office" not in raw(ada)


def test_who_asked_for_another_sensei_sees_that_it_is_being_done(it: Asked) -> None:
    ada, pair = it.here.ada, it.asked()
    it.joins("Sol", S)
    with it.here.store.begin() as tx:
        lifecycle.accept(tx, pair.id, it.person(it.sen), now())
        endings.change(tx, it.person(ada), pair.cohort, "We talk past each other", now())
    ada.opens_home()
    it.here.handled()
    begun, it.here.engine.jobs = it.here.engine.jobs, []
    it.here.engine.jobs = [job for job in begun if job[0] != "pairing.propose"]
    it.settle()
    assert "You asked for another sensei. I'm looking for one. A lead has to approve" in home(ada)
    it.here.engine.jobs = [job for job in begun if job[0] == "pairing.propose"]
    it.settle()
    assert it.pair().state is PairState.PROPOSED
    assert "You asked for another sensei. I've suggested one, and a lead is deciding." in home(ada)
    assert "1 pair proposed on" in home(it.lea)


def test_a_lead_gets_back_to_a_proposal_from_their_home(it: Asked) -> None:
    pair = it.proposed()
    it.settle()
    [board] = it.lea.messages
    assert "1 pair proposed on" in home(it.lea)
    assert "for Ada Lovelace" in home(it.lea)
    assert "1 pair proposed on" in answer(it.lea, "/dojo status")
    old = seen(it.lea)
    it.lea.click(old, f"pairing.show:{pair.proposal}")
    it.settle()
    moved, again = it.lea.messages
    assert moved["ts"] == board["ts"]
    assert "see my newer message" in texts([moved])[0]
    assert "pairing.approve" not in str(moved["blocks"])
    it.lea.click(again, "pairing.approve", str(pair.id))
    it.settle()
    # The newer message is the one that is kept up to date.
    assert "I've asked Sen, who hasn't accepted yet" in texts(it.lea.messages)[-1]
    assert len(it.lea.messages) == 2
    assert "Waiting for a sensei's answer (1)" in home(it.lea)
    assert f"Ada Lovelace with Sen, until {moment(it.pair().deadline)}" in raw(it.lea)
    assert "pairing.show" not in raw(it.lea)
    it.lea.click(old, f"pairing.show:{pair.proposal}")
    assert it.lea.modal
    assert "Every pair in this proposal has been decided" in " ".join(look.text(it.lea.modal).split())
    it.settle()
    assert len(it.lea.messages) == 2


def test_only_a_lead_of_the_cohort_gets_a_proposal_again(it: Asked) -> None:
    pair = it.proposed()
    it.settle()
    old = seen(it.lea)
    before = len(it.sen.messages)
    it.sen.click(old, f"pairing.show:{pair.proposal}")
    assert it.sen.modal
    assert "Your role in this dojo doesn't allow that." in " ".join(look.text(it.sen.modal).split())
    it.settle()
    assert len(it.sen.messages) == before


def test_a_lead_confirms_a_sensei_in_their_home_and_the_sensei_sees_what_they_wait_for(it: Asked) -> None:
    leo, sol = it.here.enrolled("Leo", L), it.slack.person("Sol")
    sol.command("/dojo join sensei")
    sol.submit({"join.capacity": "2"})
    it.settle()
    assert "A lead still has to confirm you as a sensei" in answer(sol, "/dojo status")
    for lead in (it.lea, leo):
        assert "would like to be a sensei. They asked on" in home(lead)
        assert f"*Sol* (<@{sol.id}>) would like" in raw(lead)
    old = seen(leo)
    it.lea.click(seen(it.lea), "people.confirm")
    it.settle()
    assert it.member(sol, S).state is EnrolmentState.ACTIVE
    assert "would like to be a sensei" not in home(it.lea)
    it.here.engine.jobs = []
    leo.click(old, "people.decline")
    assert leo.modal
    assert "This request no longer needs an answer" in " ".join(look.text(leo.modal).split())
    it.settle()
    assert it.member(sol, S).state is EnrolmentState.ACTIVE
    assert "would like to be a sensei" not in home(leo)
