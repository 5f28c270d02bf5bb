"""People pause, come back and leave: by the real listeners, on both databases."""

from bot.domain.dojo.people import CohortRole, EnrolmentState
from tests.workflows.peopled import Peopled, texts

PARTICIPANT, SENSEI, LEAD = CohortRole.PARTICIPANT, CohortRole.SENSEI, CohortRole.LEAD


def test_a_pause_and_leaving_end_the_pair_and_keep_the_rest(it: Peopled) -> None:
    ada = it.here.ada
    person = it.member(ada).person
    assert "confirm it in a direct message" in ada.command("/dojo pause").text
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
