"""A one-time code in a public comment links nobody until its owner has confirmed which account wrote it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.adapters import slack as adapter
from bot.adapters.database import open_store
from bot.adapters.database.trace_search import SqlTraceSearch
from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.domain.pull_requests import link_codes
from bot.domain.pull_requests.records import Account
from bot.rendering.chat.slack_validation import checked_message
from bot.workflows.chat.outbox import Outbox
from bot.workflows.privacy.export import find_person
from tests import databases
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Fails
from tests.fakes.steps import Straight
from tests.workflows.linked import CODE, Desk, next_comment
from tests.workflows.peopled import Peopled, peopled, texts
from tests.workflows.running_dojo import ADA, BO, SEN, Dojo

MALLORY = Account(77_000_077, "mallory")
POSTS = f"/sensei link {CODE}"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    with open_store(databases.migrated_file(tmp_path / "sensei.db")) as made:
        yield made


@pytest.fixture
def it(engine: sa.Engine) -> Desk:
    return Desk(engine)


def test_nothing_is_linked_until_the_owner_says_yes(it: Desk) -> None:
    ann = it.person("U1")
    it.code(ann)
    before = it.texts().count(ann)
    assert it.says(POSTS) == "done"
    assert (it.linked(BO), it.told()) == (None, [])
    with it.store.begin() as tx:
        assert tx.members.by_host_account(BO.id) is None
    assert before < it.texts().count(ann), "the question is on its way"
    assert "*bo* (id 3)" in it.letter(ann)
    assert it.answers("U1") == "handled"
    assert (it.linked(BO), it.told()) == (ann, [ann])
    assert it.audited(ann) == ["people.link.posted", "people.link"]
    assert "link.yes" not in it.letter(ann), "there is nothing left to answer"


def test_a_bystander_who_is_quicker_with_the_code_gets_nothing(it: Desk) -> None:
    ann = it.person("U1")
    it.code(ann)
    it.says(POSTS, MALLORY)
    assert "*mallory* (id 77000077)" in it.letter(ann)
    assert it.answers("U1", yes=False) == "handled"
    # Neither the one account nor the other, nor a yes after the no.
    assert it.says(POSTS, MALLORY) == it.says(POSTS, BO) == "no_code"
    assert "no longer needs an answer" in it.answers("U1")
    assert (it.linked(MALLORY), it.linked(BO), it.told()) == (None, None, [])
    assert it.audited(ann) == ["people.link.posted", "people.link.declined"]


def test_a_bystander_whose_account_is_linked_already_does_not_end_it(it: Desk) -> None:
    ann, eve = it.person("U1"), it.person("UEVE")
    with it.store.begin() as tx:
        tx.members.prove(eve, MALLORY, it.now())
    it.code(ann)
    assert it.says(POSTS, MALLORY) == "taken"
    assert it.letter(ann) == "", "there is nothing to confirm"
    assert it.says(POSTS, BO) == "done"
    assert it.answers("U1") == "handled"
    assert (it.linked(BO), it.linked(MALLORY)) == (ann, eve)
    assert it.audited(ann) == ["people.link.taken", "people.link.posted", "people.link"]


@pytest.mark.parametrize("accounts", [(BO, MALLORY), (MALLORY, BO)])
def test_a_code_that_two_accounts_wrote_is_void_and_both_are_told(
    it: Desk, accounts: tuple[Account, Account]
) -> None:
    ann = it.person("U1")
    it.code(ann)
    first, second = accounts
    assert [it.says(POSTS, first), it.says(POSTS, second)] == ["done", "void"]
    answers = it.jobs("answer")
    assert [("void" in job.argument) for job in answers].count(True) == 1
    again = next(job for job in answers if "void" in job.argument)
    with it.store.begin() as tx:
        assert tx.commands.get(again.argument["command"]).author == first.id
    assert "a second account posted it too" in it.letter(ann)
    assert "no longer needs an answer" in it.answers("U1")
    assert it.says(POSTS, first) == "void"
    assert (it.linked(first), it.linked(second), it.told()) == (None, None, [])
    assert it.audited(ann) == ["people.link.posted", "people.link.void"]


def test_the_same_account_may_write_it_twice_and_its_owner_is_asked_once(it: Desk) -> None:
    ann = it.person("U1")
    it.code(ann)
    assert it.says(POSTS) == it.says(POSTS) == "done"
    assert it.audited(ann) == ["people.link.posted"]
    it.answers("U1")
    assert it.linked(BO) == ann
    assert it.says(POSTS) == it.says(POSTS, MALLORY) == "no_code", "it is used up"


def test_a_code_for_one_account_is_that_accounts_alone(it: Desk) -> None:
    ann = it.person("U1")
    it.code(ann, login="Bo")
    assert it.says(POSTS, MALLORY) == "other_account"
    assert it.letter(ann) == "", "nobody is bothered"
    assert it.says(POSTS, BO) == "done", "and nobody else has spoilt it"
    assert it.says(POSTS, MALLORY) == "other_account"
    it.answers("U1")
    assert (it.linked(BO), it.linked(MALLORY)) == (ann, None)


def test_a_login_that_somebody_else_has_taken_is_not_the_same_account(it: Desk) -> None:
    ann = it.person("U1")
    it.code(ann, login="bo")
    it.says(POSTS, Account(MALLORY.id, "bo"))
    assert it.says(POSTS, BO) == "void", "one login, two numbers"
    # Renamed between the comment and the yes: the number counts, whoever has the login now.
    it.wait(1)
    it.code(ann)
    it.says(POSTS, BO)
    with it.store.begin() as tx:
        tx.members.find_or_add_by_host_account(Account(MALLORY.id, "bo"), it.now())
    it.answers("U1")
    assert (it.linked(BO), it.linked(MALLORY)) == (ann, None)


@pytest.mark.parametrize("role", list(CohortRole))
def test_nobody_else_can_answer_whatever_they_are(it: Desk, role: CohortRole) -> None:
    ann, code = it.person("U1"), ""
    it.code(ann)
    it.says(POSTS, MALLORY)
    code = it.asked(ann)
    it.person("U2", role)
    for yes in (True, False):
        assert "doesn't allow that" in it.answers("U2", yes, code)
        assert "not in this dojo" in it.answers("U0STRANGER", yes, code)
    assert it.linked(MALLORY) is None
    assert it.audited(ann) == ["people.link.posted"]


def test_an_answer_counts_once(it: Desk) -> None:
    ann = it.person("U1")
    it.code(ann)
    it.says(POSTS)
    assert it.answers("U1") == "handled"
    for yes in (True, False):
        assert "no longer needs an answer" in it.answers("U1", yes)
    assert (it.linked(BO), it.told()) == (ann, [ann])
    assert it.audited(ann).count("people.link") == 1
    assert "people.link.declined" not in it.audited(ann)


def test_an_answer_may_take_a_day_and_no_longer(it: Desk) -> None:
    ann, bea = it.person("U1"), it.person("U2")
    for person in (ann, bea):
        it.code(person, CODE if person == ann else link_codes.make_code(7))
    it.says(POSTS, BO)
    it.says(f"/sensei link {link_codes.make_code(7)}", SEN)
    it.wait(link_codes.CONFIRMED_WITHIN.total_seconds() - 1)
    assert it.answers("U1") == "handled"
    it.wait(1)
    assert "no longer needs an answer" in it.answers("U2")
    assert (it.linked(BO), it.linked(SEN)) == (ann, None)


def test_who_has_left_or_was_erased_confirms_nothing(it: Desk) -> None:
    ann, bea = it.person("U1"), it.person("U2")
    it.code(ann)
    it.says(POSTS, BO)
    code = it.asked(ann)
    with it.store.begin() as tx:
        [mine] = tx.members.roles(ann)
        tx.members.set_state(mine.enrolment, EnrolmentState.LEFT)
    assert "not in this dojo" in it.answers("U1", code=code)
    with it.store.begin() as tx:
        who = find_person(tx, ann)
        tx.erasures.erase_person(who, tx.people.traces(who))
    assert "not in this dojo" in it.answers("U1", code=code)
    it.person("U1")  # they come back, as somebody new
    assert "no longer needs an answer" in it.answers("U1", code=code)
    assert it.says(POSTS, BO) == "no_code"
    assert it.linked(BO) is None
    assert bea not in it.told()


def test_an_account_that_was_linked_to_somebody_else_meanwhile_stays_theirs(it: Desk) -> None:
    ann, bea = it.person("U1"), it.person("U2")
    it.code(ann)
    it.says(POSTS, BO)
    with it.store.begin() as tx:
        tx.members.prove(bea, BO, it.now())
    assert it.answers("U1") == "handled"
    assert it.linked(BO) == bea
    assert "linked to a different account" in it.letter(ann)
    assert (it.told(), it.audited(ann)) == ([], ["people.link.posted", "people.link.taken"])


def test_who_was_enrolled_by_login_alone_is_somebody_else_until_the_yes(it: Desk) -> None:
    ann = it.person("U1")
    it.code(ann)
    it.says(POSTS, ADA)
    with it.store.begin() as tx:
        was = tx.members.by_host_account(ADA.id)
    assert was not in {None, ann}
    assert it.capstone.participant == ADA
    it.answers("U1")
    assert it.linked(ADA) == ann
    assert it.audited(ann) == ["people.link.posted", "person.merged", "people.link"]


def test_a_comment_that_was_deleted_counts_no_longer_and_nobody_else_may_use_its_code(it: Desk) -> None:
    ann, comment = it.person("U1"), next_comment()
    it.code(ann)
    it.says(POSTS, BO, comment)
    it.wait(60)
    it.deliver(*it.comment(POSTS, BO, "deleted", comment))
    assert "no longer needs an answer" in it.answers("U1")
    assert "The comment was deleted" in it.letter(ann)
    assert it.says(POSTS, MALLORY) == "no_code"
    assert (it.linked(BO), it.linked(MALLORY), it.told()) == (None, None, [])


def test_what_becomes_of_a_comment_after_the_yes_changes_nothing(it: Desk) -> None:
    ann, comment = it.person("U1"), next_comment()
    it.code(ann)
    it.says(POSTS, BO, comment)
    it.wait(60)
    it.deliver(*it.comment("Never mind.", BO, "edited", comment))
    it.answers("U1")
    it.deliver(*it.comment("Never mind.", BO, "deleted", comment))
    assert it.linked(BO) == ann
    assert it.audited(ann) == ["people.link.posted", "people.link"]


def test_a_comment_that_github_brings_twice_asks_once(it: Desk) -> None:
    ann, comment = it.person("U1"), next_comment()
    it.code(ann)
    event = it.comment(POSTS, BO, "created", comment)
    assert [it.deliver(*event, guid="g1"), it.deliver(*event, guid="g1")] == ["handled", "again"]
    it.deliver(*event, guid="g2")
    assert it.audited(ann) == ["people.link.posted"]
    it.answers("U1")
    it.deliver(*event, guid="g3")
    assert (it.linked(BO), it.told()) == (ann, [ann])


def test_a_newer_code_takes_the_place_of_one_that_waits(it: Desk) -> None:
    ann = it.person("U1")
    it.code(ann)
    it.says(POSTS, MALLORY)
    stale = it.asked(ann)
    it.code(ann, link_codes.make_code(9))
    assert "no longer needs an answer" in it.answers("U1", code=stale)
    it.wait(1)
    it.says(f"/sensei link {link_codes.make_code(9)}", BO)
    it.answers("U1")
    assert (it.linked(BO), it.linked(MALLORY)) == (ann, None)


def test_tries_are_counted_whosever_the_code_is(it: Desk) -> None:
    ann = it.person("U1")
    it.code(ann, login="bo")
    assert [it.says(POSTS, MALLORY) for _ in range(5)] == ["other_account"] * 5
    it.code(ann)
    assert [it.says(POSTS, MALLORY), it.says(POSTS, MALLORY)] == ["too_often", "silent"]
    assert it.audited(ann) == ["people.link.other"] * 5


def test_whose_account_wrote_a_code_is_told_to_nobody_else_and_goes_with_them(it: Desk) -> None:
    ann = it.person("U1")
    it.code(ann)
    it.says(POSTS, MALLORY)
    with it.store.begin() as tx:
        shown = str(tx.people.document(find_person(tx, ann)))
        assert "'state': 'posted'" in shown
        assert "mallory" not in shown
        assert str(MALLORY.id) not in shown
        who = find_person(tx, str(MALLORY.id))
        tx.erasures.erase_person(who, tx.people.traces(who))
    assert "no longer needs an answer" in it.answers("U1")
    with it.store.begin() as tx:
        assert tx.link_codes.by_person(ann) is None
    for needle in ("mallory", str(MALLORY.id)):
        assert needle not in it.texts()


def test_a_code_that_waits_goes_with_its_owner(it: Desk) -> None:
    ann = it.person("U0ANN4711")
    it.code(ann, login="mallory")
    it.says(POSTS, MALLORY)
    with it.store.begin() as tx:
        who = find_person(tx, ann)
        traces = tx.people.traces(who)
        tx.erasures.erase_person(who, traces)
    assert SqlTraceSearch(it.engine).search(traces).left == {}
    assert it.asked(ann) == "nothing was asked"


def test_an_account_that_a_code_was_asked_for_is_forgotten_with_its_owner(it: Desk) -> None:
    ann, bea = it.person("U1"), it.person("U2")
    with it.store.begin() as tx:
        tx.members.prove(bea, Account(501, "bea-the-weaver"), it.now())
    it.code(ann, login="bea-the-weaver")
    with it.store.begin() as tx:
        who = find_person(tx, bea)
        traces = tx.people.traces(who)
        tx.erasures.erase_person(who, traces)
    assert SqlTraceSearch(it.engine).search(traces).left == {}


@pytest.fixture
def there(engine: sa.Engine) -> Iterator[Peopled]:
    with peopled(engine) as made:
        yield made


def test_in_slack_the_question_is_its_owners_alone_and_buttons_go_once_it_is_answered(there: Peopled) -> None:
    ada, lea = there.here.ada, there.here.enrolled("Lea", CohortRole.LEAD)
    assert "not a GitHub login" in ada.command("/dojo link <@U123|x>").text
    given = ada.command("/dojo link @ada_lovelace")
    assert f"/sensei link {CODE}" in given.text
    desk = Dojo(there.engine, clock=now())
    desk.deliver("pull_request", desk.pull_request("opened", "a"))
    desk.deliver(*desk.comment(POSTS, Account(501, "ada_lovelace")))
    there.settle()
    [asked] = ada.messages
    assert "id 501" in asked["text"]
    assert lea.messages == []
    # Whoever has the message from somewhere is refused at once, and nothing is kept of it.
    kept = len(there.here.kept)
    lea.click(asked, "link.yes")
    there.settle()
    assert len(there.here.kept) == kept
    assert "doesn't allow that" in lea.told[-1].text
    ada.click(asked, "link.yes")
    there.settle()
    first, last = ada.messages
    assert "link.yes" not in texts([first])[0]
    assert "is now linked to you" in texts([last])[0]
    ada.click(asked, "link.no")
    there.settle()
    assert len(there.audited("people.link")) == 1
    assert there.audited("people.link.declined") == []


def test_while_slack_is_away_nothing_is_linked_and_the_question_waits(there: Peopled) -> None:
    ada = there.here.ada
    ada.command("/dojo link")
    desk = Dojo(there.engine, clock=now())
    desk.deliver("pull_request", desk.pull_request("opened", "a"))
    desk.deliver(*desk.comment(POSTS, Account(501, "ada")))
    with there.here.store.begin() as tx:
        [job] = [one for one in tx.jobs.due(now() + timedelta(days=1), 99) if "link.asked" in one.id]
    there.slack.fault(Fails("account_inactive"), "chat.postMessage")
    chat = adapter.connect(there.slack.bot_token, there.slack.api_url)
    messaging = Outbox(chat, there.here.store, there.features().words, now)
    assert messaging.message(Straight(there.here.store), job.argument) == {"outcome": "paused"}
    assert (ada.messages, there.audited("people.link")) == ([], [])
    chat.check_token()
    messaging.message(Straight(there.here.store), job.argument)
    ada.click(ada.messages[0], "link.yes")
    there.settle()
    assert len(there.audited("people.link")) == 1


def test_every_message_about_a_code_is_one_that_slack_takes(it: Desk) -> None:
    ann = it.person("U1")
    for state in link_codes.CodeState:
        it.code(ann)
        it.says(POSTS, Account(BO.id, "bo_<!channel>*"))
        with it.store.begin() as tx:
            code = tx.link_codes.by_person(ann)
            assert code
            tx.link_codes.close(code.id, state)
            letter = it.features.words["link.asked"](tx, {"code": code.id, "person": ann})
        assert letter
        assert "<!channel>" not in str(checked_message(letter.message))
        it.wait(3601)
