"""People pause, come back and leave: by the real listeners, on both databases."""

from datetime import timedelta

import pytest

from bot.domain.dojo.people import EnrolmentState
from bot.domain.pairing.states import PairState
from bot.workflows.dojo.member_messages import send_to_member
from tests.entrypoints.webhooks import now
from tests.workflows.peopled import Peopled, texts
from tests.workflows.whole_dojo import LEAD, PARTICIPANT, SENSEI, WholeDojo

REFUSED_TEXT = {
    "people": "everybody",
    "join": "tomorrow",
    "profile": "tomorrow",
    "away": "off 2030-01-02 2030-01-03",
    "checkin": "foo",
    "link": "octo cat",
    "pair": "Ada",
}
"""Text that a command refuses, if it takes some; ``why`` and ``decisions`` take any name."""


def test_a_pause_and_leaving_end_the_pair_and_keep_the_rest(it: Peopled) -> None:
    ada = it.here.ada
    person = it.member(ada).person
    ada.command("/dojo pause")
    assert it.member(ada).state is EnrolmentState.ACTIVE
    ada.submit()
    it.settle()
    assert it.member(ada).state is EnrolmentState.PAUSED
    assert it.parted == [person]
    assert "You're paused" in texts(ada.messages)[-1]
    assert "You're already paused" in ada.command("/dojo pause").text
    ada.command("/dojo resume")
    it.settle()
    assert it.member(ada).state is EnrolmentState.ACTIVE
    assert "You're not paused" in ada.command("/dojo resume").text
    ada.command("/dojo leave")
    assert ada.modal
    assert "This stays" in str(ada.modal.document)
    assert it.member(ada).state is EnrolmentState.ACTIVE
    ada.submit()
    it.settle()
    assert it.member(ada).state is EnrolmentState.LEFT
    assert it.parted == [person, person]
    assert "You've left" in texts(ada.messages)[-1]
    for action in ("people.pause", "people.resume", "people.leave"):
        assert [actor for actor, _ in it.audited(action)] == [person]


def test_a_pause_says_whose_pair_ends_before_it_ends_one(whole: WholeDojo) -> None:
    ada, sen = whole.people["Ada Lovelace"], whole.joins("Sen Okafor", SENSEI, capacity=5)
    for name in ("Bo", "Cy"):
        whole.joins(name, PARTICIPANT)
    pairs = [whole.pairs("Ada Lovelace", "Sen Okafor"), whole.pairs("Bo", "Sen Okafor")]
    asked = whole.pairs("Cy", "Sen Okafor", PairState.APPROVED)
    for text in ("/dojo pause tomorrow", "/dojo pause until Monday"):
        assert "Nothing was changed. Use /dojo pause with nothing after it" in whole.answered(ada, text)
        assert ada.modal is None
    ada.command("/dojo pause")
    assert "your pair with Sen Okafor: I'll tell Sen Okafor and the leads" in whole.form(ada)
    sen.command("/dojo pause")
    shown = whole.form(sen)
    for name in ("Ada Lovelace", "Bo"):
        assert f"your pair with {name}: I'll tell {name} and the leads, and look for another sensei" in shown
    assert "my request that you become Cy's sensei: I'll look for another sensei for Cy" in shown
    whole.settle()
    assert [whole.pair(pair.id).state for pair in (*pairs, asked)] == [
        PairState.ACTIVE,
        PairState.ACTIVE,
        PairState.APPROVED,
    ]
    sen.submit()
    whole.settle()
    assert whole.member("Sen Okafor").state is EnrolmentState.PAUSED
    told = whole.heard(sen)[-1]
    assert "Your pairs with Ada Lovelace and Bo have ended." in told
    assert "You no longer need to say whether you'd be a sensei for Cy." in told
    # Ada's form has been open since before; her pair is gone by now.
    ada.submit()
    whole.settle()
    assert "You weren't paired with anyone, so no pair has ended." in whole.heard(ada)[-1]
    assert "Sen" not in whole.heard(ada)[-1]


def test_a_participant_is_not_shown_a_pair_that_only_leads_can_see(whole: WholeDojo) -> None:
    ada = whole.people["Ada Lovelace"]
    whole.joins("Sen Okafor", SENSEI)
    for state in (PairState.PROPOSED, PairState.APPROVED):
        pair = whole.pairs("Ada Lovelace", "Sen Okafor", state)
        for command in ("pause", "leave"):
            ada.command(f"/dojo {command}")
            assert "Okafor" not in whole.form(ada)
            ada.closes()
        with whole.here.store.begin() as tx:
            tx.pairings.set_state(pair.id, PairState.REPLACED, pair.changed_at)


def test_a_form_that_is_submitted_after_another_pause_says_so(whole: WholeDojo) -> None:
    ada = whole.people["Ada Lovelace"]
    ada.command("/dojo pause")
    whole.stores_command(ada, "pause")
    whole.settle()
    ada.submit()
    assert "You're already paused. Nothing was changed." in whole.form(ada)


def test_a_lead_alone_is_told_that_leads_do_not_pause_or_leave(whole: WholeDojo) -> None:
    lea = whole.people["Lea"]
    for word in ("pause", "resume", "leave"):
        told = whole.answered(lea, f"/dojo {word}")
        assert f"Only participants and senseis can {word}, and you're a lead here." in told
        assert lea.modal is None
    assert "You're a lead here, and leads have no profile" in whole.answered(lea, "/dojo profile")
    whole.joins("Lea", SENSEI)
    lea.command("/dojo pause")
    assert "your role as a lead" in whole.form(lea)
    lea.submit()
    whole.settle()
    assert whole.member("Lea", SENSEI).state is EnrolmentState.PAUSED
    assert whole.member("Lea", LEAD).state is EnrolmentState.ACTIVE


def test_a_pause_that_an_earlier_version_stored_is_still_done(whole: WholeDojo) -> None:
    """The earlier version had answered that the pause starts; text after the word was ignored."""
    ada = whole.people["Ada Lovelace"]
    whole.stores_command(ada, "pause")
    whole.settle()
    assert whole.member("Ada Lovelace").state is EnrolmentState.PAUSED
    assert "You're paused" in whole.heard(ada)[-1]
    whole.joins("Bo", PARTICIPANT)
    whole.stores_command(whole.people["Bo"], "pause tomorrow")
    whole.settle()
    assert whole.member("Bo").state is EnrolmentState.ACTIVE
    assert "I don't understand “tomorrow” after /dojo pause" in whole.heard(whole.people["Bo"])[-1]


def test_every_command_refuses_what_it_does_not_take(whole: WholeDojo, subtests: pytest.Subtests) -> None:
    whole.joins("Both", PARTICIPANT, SENSEI)
    whole.joins("Lea", PARTICIPANT, SENSEI)
    for word, command in whole.features.commands.items():
        for name in ("Both", "Lea"):
            person = whole.people[name]
            if (word, name) not in {("people", "Both"), ("profile", "Lea")} and (
                not command.takes_text or word in REFUSED_TEXT
            ):
                text = REFUSED_TEXT.get(word, "foo")
                with subtests.test(word=word, name=name):
                    told = whole.answered(person, f"/dojo {word} {text}")
                    assert f"/dojo {word}" in told
                    assert person.modal is None
                    assert not whole.here.kept
    with subtests.test("every command is here"):
        anything = {word for word, command in whole.features.commands.items() if command.takes_text}
        assert anything - set(REFUSED_TEXT) == {"decisions", "defence", "why"}


ACTIVE, PAUSED, LEFT = EnrolmentState.ACTIVE, EnrolmentState.PAUSED, EnrolmentState.LEFT


@pytest.mark.parametrize(
    ("kind", "words", "true", "over"),
    [
        ("people.joined", "You've joined the dojo", ACTIVE, [LEFT]),
        ("people.paused", "You're paused", PAUSED, [ACTIVE, LEFT]),
        ("people.resumed", "Welcome back", ACTIVE, [PAUSED, LEFT]),
        ("people.left", "You've left", LEFT, [ACTIVE, PAUSED]),
        ("people.answered", "confirmed", ACTIVE, [LEFT]),
    ],
)
def test_a_message_that_comes_late_does_not_say_what_is_over(
    whole: WholeDojo, kind: str, words: str, true: EnrolmentState, over: list[EnrolmentState]
) -> None:
    member, ada = whole.member("Ada Lovelace"), whole.people["Ada Lovelace"]
    for late, state in enumerate([*over, true]):
        assert not whole.heard(ada)
        with whole.here.store.begin() as tx:
            send_to_member(tx, kind, member, now() + timedelta(milliseconds=late))
            tx.members.set_state(member.enrolment, state)
        whole.settle()
    assert [words in text for text in whole.heard(ada)] == [True]


def test_leads_read_that_a_lead_who_takes_part_has_paused_and_what_became_of_each_pair(
    whole: WholeDojo,
) -> None:
    max_ = whole.joins("Max Lind", LEAD, SENSEI)
    whole.joins("Bo", PARTICIPANT)
    whole.pairs("Ada Lovelace", "Max Lind", PairState.PROPOSED)
    whole.pairs("Bo", "Max Lind")
    max_.command("/dojo pause")
    max_.submit()
    whole.settle()
    [told] = [text for text in whole.heard(whole.people["Lea"]) if text.startswith("Max Lind has")]
    assert told == (
        "Max Lind has paused, so their pair with Bo has ended, and the proposed pair with Ada Lovelace is "
        "withdrawn. I'll propose other senseis for them. All other pairs stay the same."
    )
    cy = whole.joins("Cy", PARTICIPANT)
    whole.joins("Sen Okafor", SENSEI)
    whole.pairs("Cy", "Sen Okafor", PairState.PROPOSED)
    cy.command("/dojo leave")
    cy.submit()
    whole.settle()
    [told] = [text for text in whole.heard(whole.people["Lea"]) if text.startswith("Cy has")]
    assert told == (
        "Cy has left, so the proposed pair with Sen Okafor is withdrawn. All other pairs stay the same."
    )
