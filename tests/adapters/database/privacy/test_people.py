"""Who is meant by a name, on both databases."""

from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from bot.domain.pull_requests.records import Account
from bot.errors import UserError
from bot.ports.personal_data import Subject
from bot.workflows.privacy.export import find_person
from tests.workflows.running_dojo import SEN, Dojo, sha

DIGITS = Account(77, "4")  # a login may be a number, and somebody else's number the same
KIM = Account(4, "kim")
VISITOR = Account(5, "visitor")


@pytest.fixture(name="it")
def a_dojo(engine: sa.Engine) -> Dojo:
    it = Dojo(engine)
    for number, participant in ((21, DIGITS), (22, KIM)):
        it.number = number
        it.enrol(participant)
    it.number = 23
    it.capstone = it.enrol(Account(6, "Lee"))
    question = it.ask(comment=900)
    with it.store.begin() as tx:
        tx.pull_requests.save(
            it.capstone.id,
            2,
            state="open",
            draft=False,
            author=VISITOR,
            head=sha("b"),
            base_ref="m",
            at=it.now(),
        )
        tx.questions.save_message(question, 901, 55, "I only passed by and wrote this.", it.now())
    return it


def found(it: Dojo, name: str) -> Sequence[Subject]:
    with it.store.begin() as tx:
        return tx.people.find(name)


@pytest.mark.contract
@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("kim", KIM),
        ("@KIM ", KIM),
        ("77", DIGITS),
        ("lee", Account(6, "Lee")),
        ("sen", SEN),
        ("visitor", VISITOR),
        ("5", VISITOR),
        ("55", Account(55, "")),
    ],
)
def test_a_login_or_a_number_names_one_person(it: Dojo, name: str, account: Account) -> None:
    [who] = found(it, name)
    assert who.accounts == (account,)
    assert (who.id is None) is (account.id in {5, 55})
    if who.id:
        assert found(it, who.id) == [who]


@pytest.mark.contract
@pytest.mark.parametrize("name", ["", "nobody", "0", "-1", "9" * 40, "ki", "%", "kim'--", "²"])
def test_what_names_nobody_is_told(it: Dojo, name: str) -> None:
    assert list(found(it, name)) == []
    with it.store.begin() as tx, pytest.raises(UserError, match="Sensei knows no one called"):
        find_person(tx, name)


def test_a_name_that_may_be_two_people_is_told_with_both(it: Dojo) -> None:
    assert {who.accounts[0] for who in found(it, "4")} == {DIGITS, KIM}
    with it.store.begin() as tx, pytest.raises(UserError, match="could be any of 2 people") as told:
        find_person(tx, "4")
    assert all(who.id and who.id in told.value.what for who in found(it, "4"))


def test_who_only_gave_a_command_is_shown_and_forgotten_with_the_work_for_it(it: Dojo) -> None:
    """Of a command that is gone nothing may be left to be answered, or it would fail for ever."""
    stranger = Account(66, "stranger")
    for by, body in ((stranger, "/sensei explain what-of-the-harbour"), (SEN, "/sensei explain @visitor")):
        it.deliver(*it.comment(body, by))
    comments = _comments(it)
    with it.store.begin() as tx:
        mine, theirs = (tx.commands.by_comment(each, inline=False) for each in comments)
        assert mine
        assert theirs
        for command in (mine, theirs):
            tx.effects.begin(f"reply:{command.id}", it.now())
    assert [job.argument["command"] for job in it.jobs("answer")] == [mine.id, theirs.id]
    with it.store.begin() as tx:
        who = find_person(tx, "66")
        [shown] = tx.people.document(who)["elsewhere"]["commands"]
        assert (shown["verb"], shown["answer"], shown["capstone"]) == ("explain", "not_yours", it.capstone.id)
        sen, traces = find_person(tx, "sen"), tx.people.traces(who)
        assert "what-of-the-harbour" in traces.words
        assert "what-of-the-harbour" not in str(tx.people.document(sen))
        assert tx.erasures.erase_person(who, traces)["command"] == 1
        visitor = find_person(tx, "visitor")
        tx.erasures.erase_person(visitor, tx.people.traces(visitor))
    assert list(found(it, "66")) == []
    assert [job.argument["command"] for job in it.jobs("answer")] == [theirs.id]
    with it.store.begin() as tx:
        assert tx.commands.get(theirs.id).about == ""
        assert tx.effects.find(f"reply:{mine.id}") == (False, None)
        assert tx.effects.find(f"reply:{theirs.id}") == (True, None)


def test_a_check_that_somebody_asked_about_is_no_word_of_theirs(it: Dojo) -> None:
    for about in ("performance_cost.4", "gateway.team-missing", "Lee-of-the-harbour"):
        it.deliver(*it.comment(f"/sensei explain {about}", Account(6, "Lee")))
    with it.store.begin() as tx:
        words = tx.people.traces(find_person(tx, "lee")).words
    assert {each for each in words if "." in each or "harbour" in each} == {"lee-of-the-harbour"}


def test_who_is_in_no_cohort_is_shown_and_forgotten_as_well(it: Dojo) -> None:
    with it.store.begin() as tx:
        who = find_person(tx, "55")
        document = tx.people.document(who)
        assert [each["body"] for each in document["elsewhere"]["messages"]] == [
            "I only passed by and wrote this."
        ]
        assert document["capstones"] == document["identities"] == []
        tx.erasures.erase_person(who, tx.people.traces(who))
        visitor = find_person(tx, "visitor")
        tx.erasures.erase_person(visitor, tx.people.traces(visitor))
    assert list(found(it, "55")) == list(found(it, "visitor")) == []
    with it.store.begin() as tx:
        pull = tx.pull_requests.find(it.capstone.id, 2)
        assert pull
        assert pull.author == Account(0, "somebody who was erased")
    assert len(found(it, "lee")) == 1


def _comments(it: Dojo) -> Sequence[int]:
    """The comments that gave commands, in their order."""
    with it.engine.connect() as connection:
        query = sa.text(
            "SELECT comment_id FROM command WHERE pull_request_id IN"
            " (SELECT id FROM pull_request WHERE capstone_id = :capstone) ORDER BY id"
        )
        return list(connection.execute(query, {"capstone": it.capstone.id}).scalars())
