"""What was ruled is shown to whoever it is about, without drafts; it goes with them, and with its words."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from bot.adapters.database.privacy.ruling_erasure import REASON_ERASED
from bot.domain.dojo.profiles import Vocabulary
from bot.domain.privacy.data_scope import DataScope
from bot.domain.pull_requests.records import Account
from bot.domain.triage.records import AppealState, RulerRole, Verdict
from bot.rendering.privacy.export_page import render_page
from bot.workflows.privacy.export import find_person
from tests import ruled
from tests.ruled import MONDAY, TABLES, Words
from tests.workflows.running_dojo import ADA, SEN, START, Dojo

LEE, SOL = Account(6, "lee"), Account(7, "sol")
SENSEIS = Words(
    "She argues well, and measures nothing yet.",
    "Measure the night shift once.",
    "No desk of hers is open at night.",
    "The night shift was measured in June.",
)
"""What Sen wrote of Ada's work, and what Ada wrote against it."""
HERS = SENSEIS.appeal
SENS = (SENSEIS.reason, SENSEIS.sentence, SENSEIS.exemption)


class Ruled(Dojo):
    """Ada's capstone, on which Sen has ruled, with Sol as the second sensei."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.number += 1
        other = self.enrol(SOL)  # so that Sol is known; Sen is the sensei of that capstone as well
        self.number -= 1
        with self.store.begin() as tx:
            self.ada, self.sen, self.sol = (self.id_of(tx, each) for each in (ADA, SEN, SOL))
            tx.capstones.end(other.id)
            self.ruling = ruled.rule_on(tx, self.capstone.id, self.ada, self.sen, SENSEIS, START)
            [appeal] = tx.appeals.by_ruling([self.ruling.id]).values()
            tx.appeals.assign(appeal.id, self.sol, START)
            self.appeal = appeal.id
            tx.audit(self.ada, "appeal.ask", f"appeal:{appeal.id}")
            [cohort] = tx.cohorts.all()
            ruled.digest_for(tx, cohort.id, self.sen, self.ada, START)

    def id_of(self, tx: Any, account: Account) -> str:
        found = tx.members.by_host_account(account.id)
        assert found
        return str(found)

    def document(self, name: str) -> dict[str, Any]:
        with self.store.read() as tx:
            return {**tx.people.document(find_person(tx, name)), "made_at": START.isoformat()}

    def erase(self, name: str) -> str:
        """Erase somebody; return every row that is left, as text, except for the audit trail."""
        with self.store.begin() as tx:
            who = find_person(tx, name)
            traces = tx.people.traces(who)
            tx.erasures.erase_person(who, traces)
        self.searched = traces.words
        with self.engine.connect() as connection:
            tables = [it for it in SQLModel.metadata.sorted_tables if it.name != "audit_event"]
            return str([list(connection.execute(sa.select(table))) for table in tables])

    def sizes(self) -> dict[str, int]:
        with self.engine.connect() as connection:
            count = sa.select(sa.func.count())
            return {it: connection.scalar(count.select_from(sa.table(it))) or 0 for it in TABLES}


@pytest.fixture(name="it")
def a_dojo(engine: sa.Engine) -> Iterator[Ruled]:
    yield Ruled(engine)
    with engine.begin() as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(sa.delete(table))


def test_a_participant_is_shown_their_levels_and_neither_drafts_nor_reasons_for_senseis(it: Ruled) -> None:
    shown = it.document("ada")
    [capstone] = shown["capstones"]
    [level] = capstone["rulings"]
    assert (level["level"], level["sentence"], level["milestone"], level["role"], level["sensei"]) == (
        1,
        SENSEIS.sentence,
        "midway",
        "sensei",
        "somebody else",
    )
    assert not {"draft", "verdict", "reason", "basis", "sensei_id", "participant_id"} & level.keys()
    assert (level["appeal"]["reason"], level["appeal"]["state"]) == (HERS, "assigned")
    assert level["appeal"]["second"] == "somebody else"
    assert [(each["subject"], each["reason"]) for each in capstone["exemptions"]] == [
        ("speed.2", SENSEIS.exemption)
    ]
    assert [(each["week"], each["level"]) for each in capstone["snapshots"]] == [(MONDAY.isoformat(), 1)]
    assert capstone["coverage"]["head"] == "a" * 40
    text = json.dumps(shown)
    assert SENSEIS.reason not in text
    assert it.sen not in text
    assert it.sol not in text
    page = render_page(_as_exported(shown), Vocabulary({}, {}, frozenset()))
    for words in (
        "your sensei ruled level 1 for `speed`, for the midway milestone.",
        "you asked for a second opinion;",
    ):
        assert words in page
    assert SENSEIS.reason not in page


def test_a_sensei_is_shown_what_they_decided_and_no_draft_nor_their_participants_words(it: Ruled) -> None:
    shown = it.document("sen")
    elsewhere = shown["elsewhere"]
    [mine] = elsewhere["ruled"]
    assert (mine["verdict"], mine["level"], mine["reason"], mine["sentence"]) == ("other", 1, *SENS[:2])
    assert not {"draft", "basis"} & mine.keys()
    assert [each["reason"] for each in elsewhere["exempted"]] == [SENSEIS.exemption]
    assert [each["criterion"] for each in elsewhere["ruling_locks"]] == ["cost"]
    [digest] = shown["dojo"]["digests"]
    assert (digest["rows"], digest["picture"]) == (["risk:somebody else", "dispute:7"], "F0PICTURE1")
    assert [each["item"] for each in shown["dojo"]["snoozes"]] == ["risk:somebody else"]
    assert HERS not in json.dumps(shown)
    assert it.ada not in json.dumps(shown)
    page = render_page(_as_exported(shown), Vocabulary({}, {}, frozenset()))
    assert "you ruled level 1 for `speed`" in page
    assert "on 2026-11-26, you decided that the check `speed.2` doesn't apply:" in page


@pytest.mark.contract
def test_a_second_sensei_is_shown_that_they_were_named_and_not_why(it: Ruled) -> None:
    shown = it.document("sol")
    assert [each["state"] for each in shown["elsewhere"]["second_opinions"]] == ["assigned"]
    assert [words for words in (*SENS, HERS) if words in json.dumps(shown)] == []


@pytest.mark.contract
def test_an_erased_participant_takes_every_ruling_and_its_words(it: Ruled) -> None:
    left = it.erase("ada")
    assert [words for words in (*SENS, HERS, it.ada) if words in left] == []
    assert {*SENS, HERS} <= it.searched
    assert it.sizes() == {**dict.fromkeys(TABLES, 0), "digest": 1}
    with it.store.begin() as tx:
        [digest] = [tx.digests.newest(cohort.id, it.sen, "sensei") for cohort in tx.cohorts.all()]
        assert digest
        assert digest.rows == ("dispute:7",)


def test_an_erased_sensei_leaves_their_rulings_without_their_words(it: Ruled) -> None:
    left = it.erase("sen")
    assert [words for words in SENS if words in left] == []
    assert set(SENS) <= it.searched
    assert HERS not in it.searched
    with it.store.begin() as tx:
        [kept] = tx.rulings.of(it.capstone.id)
        [exemption] = tx.exemptions.of([it.capstone.id])
    assert (kept.level, kept.role, kept.sensei, kept.sentence, kept.reason) == (
        1,
        RulerRole.SENSEI,
        None,
        "",
        "",
    )
    assert (exemption.sensei, exemption.reason) == (None, REASON_ERASED)
    assert {**it.sizes(), "baseline_coverage": 0} == {
        **dict.fromkeys(TABLES, 1),
        **dict.fromkeys(("ruling_lock", "snooze", "digest", "baseline_coverage"), 0),
    }


def test_an_appeal_waits_for_a_lead_again_once_its_second_sensei_is_erased(it: Ruled) -> None:
    it.erase("sol")
    with it.store.begin() as tx:
        appeal = tx.appeals.find(it.appeal)
    assert appeal
    assert (appeal.state, appeal.second, appeal.reason) == (AppealState.ASKED, None, HERS)


def test_a_forgotten_capstone_takes_all_that_was_ruled_about_it(it: Ruled) -> None:
    with it.store.begin() as tx:
        scope = tx.people.capstone_scope(it.capstone.id)
        counts = tx.erasures.erase_capstone(it.capstone.id)
    assert (scope.rulings, scope.appeals) == (frozenset({it.ruling.id}), frozenset({it.appeal}))
    about = [table for table in TABLES if table not in {"snooze", "digest"}]
    assert {table: counts[table] for table in about} == dict.fromkeys(about, 1)
    assert {table: it.sizes()[table] for table in about} == dict.fromkeys(about, 0)


def test_whoever_takes_a_capstone_over_has_no_level_yet_and_is_shown_none(it: Ruled) -> None:
    it.enrol(LEE)
    with it.store.begin() as tx:
        assert tx.rulings.of(it.capstone.id) == []
        assert tx.rulings.latest([it.capstone.id]) == {it.capstone.id: {}}
        assert tx.rulings.find(it.ruling.id) is None
        assert tx.appeals.find(it.appeal) is None
        assert tx.snapshots.of([it.capstone.id], MONDAY) == []
        [cohort] = tx.cohorts.all()
        assert tx.appeals.of_cohort(cohort.id, list(AppealState)) == []
        assert [each.reason for each in tx.exemptions.of([it.capstone.id])] == [SENSEIS.exemption]
    shown = it.document("lee")
    [capstone] = shown["capstones"]
    assert (capstone["rulings"], capstone["snapshots"]) == ([], [])
    assert [words for words in (*SENS[:2], HERS) if words in json.dumps(shown)] == []
    former = it.document("ada")["elsewhere"]
    assert [(each["level"], each["appeal"]["reason"]) for each in former["rulings"]] == [(1, HERS)]
    assert [each["week"] for each in former["snapshots"]] == [MONDAY.isoformat()]


def test_a_former_participant_is_erased_from_a_capstone_that_stays(it: Ruled) -> None:
    it.enrol(LEE)
    with it.store.begin() as tx:
        lees = ruled.ruling(it.capstone.id, it.sen, SENSEIS, sentence="Lee measures.", verdict=Verdict.AGREED)
        tx.rulings.add(lees, START)
    left = it.erase("ada")
    assert HERS not in left
    with it.store.begin() as tx:
        assert [each.sentence for each in tx.rulings.of(it.capstone.id)] == ["Lee measures."]
    assert (it.sizes()["criterion_ruling"], it.sizes()["criterion_snapshot"]) == (1, 0)


@pytest.mark.contract
def test_what_was_ruled_stays_with_whoever_its_people_turn_out_to_be(it: Ruled) -> None:
    """Merging two records of one person moves their rulings, and renames them in the keys of digests."""
    before = it.sizes()
    with it.store.begin() as tx:
        for account, user in ((ADA, "U0ADA4711"), (SEN, "U0SEN4712"), (SOL, "U0SOL4713")):
            kept = tx.members.find_or_add_by_chat("T1", user, account.login, START)
            tx.members.prove(kept, account, START)
    assert it.sizes() == before
    [capstone] = it.document("U0ADA4711")["capstones"]
    [level] = capstone["rulings"]
    assert level["appeal"]["reason"] == HERS
    assert len(it.document("U0SEN4712")["elsewhere"]["ruled"]) == 1
    assert len(it.document("U0SOL4713")["elsewhere"]["second_opinions"]) == 1
    left = it.erase("U0ADA4711")
    assert [old for old in (it.ada, *SENS, HERS) if old in left] == []
    assert it.sizes() == {**dict.fromkeys(TABLES, 0), "digest": 1}


def test_a_scope_knows_what_was_ruled_by_its_number() -> None:
    scope = DataScope(
        repositories=frozenset({55}),
        rulings=frozenset({3}),
        appeals=frozenset({4}),
        exemptions=frozenset({5}),
    )
    for subject in ("ruling:3", "appeal:4", "exemption:5"):
        assert scope.is_subject(subject)
    for subject in ("ruling:4", "appeal:5", "exemption:3"):
        assert not scope.is_subject(subject)
    assert scope.concerns("message:triage.released:9", {"about": {"ruling": 3}})
    assert scope.concerns("message:triage.appeal_asked:9", {"about": {"appeal": 4}})
    assert scope.concerns("read:55#1:3")
    assert not scope.concerns("message:triage.released:3", {"about": {"ruling": 4}})


def _as_exported(document: dict[str, Any]) -> dict[str, Any]:
    """Add what the engine and the clones tell."""
    capstones = [{**each, "workflows": [], "cloned": False} for each in document["capstones"]]
    return {**document, "capstones": capstones, "work": {**document["work"], "workflows": []}}
