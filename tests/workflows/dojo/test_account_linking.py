"""A GitHub account is linked by a code from Slack in a comment within half an hour, and by a yes in Slack."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from bot.domain.dojo.people import CohortRole
from bot.domain.pairing.states import PairState
from bot.domain.pull_requests import link_codes
from bot.domain.pull_requests.comment_command_rules import CommandOutcome
from bot.domain.pull_requests.link_codes import CodeState
from bot.domain.pull_requests.records import Account
from bot.errors import UserError
from bot.workflows.dojo.account_linking import unlink
from tests.entrypoints.webhooks import now
from tests.workflows.linked import CODE, Desk, next_comment
from tests.workflows.peopled import Peopled, peopled, texts
from tests.workflows.running_dojo import ADA, BO, RENOVATE, SEN, Dojo


@pytest.fixture
def it(own_engine: sa.Engine) -> Desk:
    return Desk(own_engine)


def test_whoever_writes_the_code_has_the_account_and_the_code_is_spent(it: Desk) -> None:
    ann, cy = it.person("U1"), it.person("U2")
    it.code(ann)
    assert it.says(f" /sensei link `{CODE.lower()}`\n") is CommandOutcome.DONE
    it.answers("U1")
    assert it.linked(BO) == ann
    assert it.told() == [ann]
    assert CODE not in it.texts()
    assert CODE.replace("-", "") not in it.texts()
    # Used once: not by another account, and not by news of the same comment.
    assert it.says(f"/sensei link {CODE}", Account(77, "mallory")) is CommandOutcome.NO_CODE
    assert it.linked(Account(77, "mallory")) is None
    # Nor is Ada, who is somebody else's participant, anybody's by having read it.
    assert it.says(f"/sensei link {CODE}", ADA) is CommandOutcome.NO_CODE
    assert it.linked(ADA) is None
    assert cy not in it.told()


def test_an_edited_comment_does_nothing(it: Desk) -> None:
    ann, cy = it.person("U1"), it.person("U2")
    it.code(ann)
    comment = next_comment()
    assert it.says(f"/sensei link {CODE}", BO, comment) is CommandOutcome.DONE
    it.answers("U1")
    it.wait(60)
    other = link_codes.make_code(7)
    it.code(cy, other)
    assert it.says(f"/sensei link {other}", BO, comment, "edited") is CommandOutcome.DONE
    assert (it.linked(BO), it.told()) == (ann, [ann])
    # Whoever may write to the repository may edit anybody's comments: that is no word of their author's.
    it.deliver(*it.comment("Hello", ADA, comment=next_comment()))
    words = next_comment()
    it.deliver(*it.comment("Hello", SEN, comment=words))
    it.deliver(*it.comment(f"/sensei link {other}", SEN, "edited", words, by=BO))
    assert it.linked(SEN) is None
    with it.store.begin() as tx:
        code = tx.link_codes.by_person(cy)
    assert code
    assert code.state is CodeState.GIVEN


def test_a_code_lasts_half_an_hour_and_a_newer_one_replaces_it(it: Desk) -> None:
    ann = it.person("U1")
    it.code(ann)
    it.wait(30 * 60)
    assert it.says(f"/sensei link {CODE}") is CommandOutcome.NO_CODE
    it.code(ann)
    it.code(ann, link_codes.make_code(8))
    assert it.says(f"/sensei link {CODE}") is CommandOutcome.NO_CODE
    assert it.says(f"/sensei link {link_codes.make_code(8)}") is CommandOutcome.DONE


def test_five_tries_an_hour_are_looked_at_on_whatever_pull_request(it: Desk) -> None:
    ann = it.person("U1")
    it.code(ann)
    elsewhere = Desk(it.engine)
    guess = f"/sensei link {link_codes.make_code(1)}"
    for desk in (it, elsewhere, it, elsewhere, it):
        assert desk.says(guess) is CommandOutcome.NO_CODE
    # The right one, by who has tried too often; and then not even an answer.
    assert elsewhere.says(f"/sensei link {CODE}") is CommandOutcome.TOO_OFTEN
    assert it.says(f"/sensei link {CODE}") is CommandOutcome.SILENT
    assert it.linked(BO) is None
    # Somebody else is not kept from it by them.
    assert it.links("U1", SEN) is CommandOutcome.DONE
    assert it.linked(SEN) == ann
    it.wait(3601)
    it.code(it.person("U2"), link_codes.make_code(3))
    assert it.says(f"/sensei link {link_codes.make_code(3)}") is CommandOutcome.DONE


def test_a_participant_who_was_enrolled_by_login_alone_is_one_person_from_then_on(it: Desk) -> None:
    ann = it.person("U1")
    it.code(ann)
    assert it.links("U1", ADA) is CommandOutcome.DONE
    assert it.linked(ADA) == ann
    with it.store.begin() as tx:
        assert tx.members.by_host_account(ADA.id) == ann
        assert tx.capstones.get(it.capstone.id).participant.id == ADA.id
        logins = {one.code for one in tx.members.roles(ann)}
    assert logins == {"ada"}


def test_who_was_paired_before_they_linked_brings_their_sensei_to_their_capstones(it: Desk) -> None:
    ann, cy = it.person("U1"), it.person("U2")
    with it.store.begin() as tx:
        tx.members.prove(cy, Account(77, "cy"), it.now())
        cohort = next(one.id for one in tx.cohorts.all() if one.name == "dojo")
        made = tx.pairings.propose(cohort, "operator", it.now(), ())
        pair = tx.pairings.add(made.id, ann, cy, fit=1, reasons=(), at=it.now())
        tx.pairings.set_state(pair.id, PairState.ACTIVE, it.now())
        tx.capstones.set_sensei(cohort, ann, cy)
    it.code(ann)
    assert it.links("U1", ADA) is CommandOutcome.DONE
    with it.store.begin() as tx:
        sensei = tx.capstones.get(it.capstone.id).sensei
    assert sensei
    assert sensei.login == "cy"


def test_an_account_that_is_somebody_elses_stays_theirs(it: Desk) -> None:
    ann, cy = it.person("U1"), it.person("U2")
    it.code(ann)
    it.links("U1")
    it.code(cy, link_codes.make_code(1))
    assert it.says(f"/sensei link {link_codes.make_code(1)}") is CommandOutcome.TAKEN
    it.code(ann)
    assert it.says(f"/sensei link {CODE}", SEN) is CommandOutcome.TAKEN
    assert (it.linked(BO), it.linked(SEN), it.told()) == (ann, None, [ann])
    assert it.says(f"/sensei link {CODE}", Account(77, "mallory")) is CommandOutcome.TAKEN, (
        "ann has an account"
    )
    assert it.asked(cy) == "nothing was asked"


def test_a_codes_owner_hears_once_that_somebody_elses_account_posted_it(it: Desk) -> None:
    ann, cy = it.person("U1"), it.person("U2")
    it.code(ann)
    it.links("U1")
    it.code(cy, link_codes.make_code(1))
    for _ in (1, 2):
        assert it.says(f"/sensei link {link_codes.make_code(1)}") is CommandOutcome.TAKEN
    with it.store.begin() as tx:
        jobs = [job for job in tx.jobs.due(it.now(), 1000) if job.argument.get("kind") == "link.taken"]
        [letter] = [it.features.words["link.taken"](tx, job.argument["about"]) for job in jobs]
    assert letter
    assert letter.to == (cy,)
    said = letter.message.text
    assert "already linked to another person, so I linked nothing" in said
    assert "Your code still works until" in said
    with it.store.begin() as tx:
        names = {member.name for member in tx.members.roles(ann)}
    assert not any(name in said for name in {*names, BO.login, "U1"} if name)


def test_bots_and_what_is_taken_back_link_nothing(it: Desk) -> None:
    ann = it.person("U1")
    it.code(ann)
    it.deliver(*it.comment(f"/sensei link {CODE}", RENOVATE))
    comment = next_comment()
    it.deliver(*it.comment(f"/sensei link {CODE}", BO, "deleted", comment))
    it.deliver(*it.comment(f"/sensei link {CODE}", BO, "created", comment))
    assert (it.linked(RENOVATE), it.linked(BO), it.told()) == (None, None, [])


@pytest.fixture
def there(own_engine: sa.Engine) -> Iterator[Peopled]:
    with peopled(own_engine) as made:
        yield made


def test_slack_gives_the_code_to_its_asker_alone_and_tells_of_the_account(there: Peopled) -> None:
    ada = there.here.ada
    given = ada.command("/dojo link")
    assert f"/sensei link {CODE}" in given.text
    assert given.answer["response_type"] == "ephemeral"
    assert CODE.replace("-", "") not in there.everything_kept().replace("-", "")
    assert ada.messages == []
    desk = Dojo(there.engine, clock=now())
    with desk.store.begin() as tx:
        given_to = tx.link_codes.by_digest(link_codes.digest_code(link_codes.find_code(CODE) or ""))
    assert given_to
    assert given_to.person == there.member(ada).person
    desk.deliver("pull_request", desk.pull_request("opened", "a"))
    desk.deliver(*desk.comment(f"/sensei link {CODE}", Account(501, "ada_<!channel>")))
    there.settle()
    [asked] = ada.messages
    ada.click(asked, "link.yes")
    there.settle()
    said = texts(ada.messages)[-1]
    assert "is now linked to you" in said
    assert "<!channel>" not in said
    assert "If this wasn't you" in said
    assert "Your GitHub account is already linked" in ada.command("/dojo link").text


def test_a_link_that_was_wrong_is_taken_back_and_the_capstone_goes_with_its_account(it: Desk) -> None:
    ann = it.person("U1")
    it.code(ann)
    it.links("U1", ADA)
    with it.store.begin() as tx:
        assert [one.login for one in unlink(tx, "U1", it.now())] == ["ada"]
        with pytest.raises(UserError, match="hasn't linked a GitHub account"):
            unlink(tx, "U1", it.now())
    assert it.linked(ADA) is None
    with it.store.begin() as tx:
        other = tx.members.by_host_account(ADA.id)
        assert other not in {None, ann}
        assert tx.capstones.get(it.capstone.id).participant.id == ADA.id
        assert [one.role for one in tx.members.roles(other or "")] == [CohortRole.PARTICIPANT]
        assert [one.chat for one in tx.members.roles(ann)] == ["U1"]
    # The right one may link it now.
    cy = it.person("U2")
    it.code(cy, link_codes.make_code(2))
    assert it.says(f"/sensei link {link_codes.make_code(2)}", ADA) is CommandOutcome.DONE
    it.answers("U2")
    assert it.linked(ADA) == cy
    assert it.capstone.participant == ADA
