"""What senseis decide in a week, before a running bot on loopback: questions, rulings, appeals, digests.

The scenes of one database share a bot and follow each other, as they would in a cohort.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.conversing import ARGUED, VAGUE, code, now, turn
from tests.fakes.slack.model import Json
from tests.ruling import AIMED, CALLED, SHIPPED, Ruling, noon_everywhere, ruling

BOTH = [pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.contract)]
REWORDED = "Whose answer would be the first to be cut off here?"
ARGUES, ENOUGH = "The limit is argued for in words.", "The reason covers one answer of many."
LOOK_AGAIN = "I argued for it on another page, too."
FINAL = "Both pages are one argument."


@pytest.fixture(name="it", scope="module", params=BOTH)
def a_dojo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ruling]:
    with ruling(tmp_path_factory.mktemp("dojo"), request.param) as it:
        yield it


def test_a_question_waits_for_the_sensei_who_rewords_it(it: Ruling) -> None:
    pull, card = it.asks("wait")
    assert "1 question waits for your decision" in it.read(card)
    assert pull.threads == []
    it.clicks(it.sen_there, card, "triage.reword")
    it.sends(it.sen_there, {"triage.text": REWORDED})
    thread = it.posted(pull)
    assert thread.comments[0].body.startswith(REWORDED)
    assert "was reworded and kept" in it.read(it.sen_there.messages[-1])
    assert len(it.saying(it.ada_there, REWORDED)) == 0, "she reads it where it was asked"


def test_a_card_that_comes_over_http_is_decided_once(it: Ruling) -> None:
    it.slack.events_url = f"http://127.0.0.1:{it.port}/slack/events"
    try:
        pull, card = it.asks("http")
        it.clicks(it.sen_there, card, "triage.keep")
        it.clicks(it.sen_there, card, "triage.keep")
    finally:
        it.slack.events_url = None
    thread = it.posted(pull)
    it.heard(it.sen_there, "has already been kept")
    assert len(thread.comments) == 1


def test_a_dispute_is_decided_on_github_and_no_longer_asked_about_in_slack(it: Ruling) -> None:
    pull, card = it.asks("wrong")
    it.clicks(it.sen_there, card, "triage.keep")
    thread = it.posted(pull)
    it.answers(thread, VAGUE)
    it.answers(thread, "/sensei dispute That client is a fixture.")
    message = it.offered(it.sen_there, "articulation.stands")
    it.answers(thread, "/sensei stands", it.sen)
    shown = next(one for one in it.sen_there.messages if one["ts"] == message["ts"])
    assert "The question stands" in it.read(shown)
    assert "articulation.stands" not in str(shown)
    it.answers(thread, ARGUED)
    assert turn(thread.comments[-1]) == "draft"


def test_rulings_are_made_on_evidence_and_reach_the_participant_in_one_message(it: Ruling) -> None:
    open_pull, card = it.asks("open")
    it.clicks(it.sen_there, card, "triage.keep")
    it.posted(open_pull)
    for name in ("shipped", "aimed"):
        it.shows(name)
    assert "Waiting for you" in it.home(it.sen_there)
    assert "Your levels – none yet" in it.home(it.ada_there)
    evidence = it.reads(it.sen_there, SHIPPED)
    assert "max_tokens=500" in evidence
    assert evidence.index("max_tokens=500") < evidence.index("Draft level")
    it.rules(it.sen_there, sentence=ARGUES)
    assert "Saved:" in it.before(it.sen_there)
    it.reads(it.sen_there, AIMED)
    it.rules(it.sen_there, "2", ENOUGH, "One page of two.")
    told = it.heard(it.ada_there, "has looked at 2 criteria")
    assert [words for words in (ARGUES, ENOUGH) if words not in it.read(told)] == []
    assert "One page of two." not in it.read(told)
    assert ARGUES in it.home(it.ada_there)
    day = now().astimezone(ZoneInfo(noon_everywhere().time_zone)).date()
    it.comes(lambda: it.checks(open_pull) == [("success", f"Read by a sensei on {day.day} {day:%b %Y}")])
    assert [words for words in (ARGUES, ENOUGH, "One page of two.") if words in it.public()] == []


def test_a_second_sensei_named_by_the_lead_has_the_last_word(it: Ruling) -> None:
    told = it.offered(it.ada_there, "triage.appeal")
    it.clicks(it.ada_there, told, "triage.appeal")
    [[number]] = it.rows("SELECT id FROM criterion_ruling WHERE criterion = :it", it=AIMED)
    it.sends(it.ada_there, {"join.ruling": str(number), "join.reason": LOOK_AGAIN})
    asked = it.offered(it.lea_there, "triage.assign")
    assert LOOK_AGAIN not in it.read(asked)
    it.clicks(it.lea_there, asked, "triage.assign")
    it.sends(it.lea_there, {"join.second": it.person(it.dee_there)})
    given = it.offered(it.dee_there, "triage.rule")
    assert LOOK_AGAIN in it.read(given)
    it.clicks(it.dee_there, given, "triage.rule")
    it.rules(it.dee_there, "3", FINAL, "Both pages count.")
    final = it.heard(it.ada_there, FINAL)
    assert "as the second sensei" in it.read(final)
    assert "Before, it was" in it.read(final)
    assert "given by a second sensei" in it.home(it.ada_there)
    it.heard(it.sen_there, "after an appeal")
    it.heard(it.lea_there, "Dee Lind has ruled")
    assert len(it.saying(it.sen_there, "after an appeal")) == 1
    assert LOOK_AGAIN not in str([it.read(one) for one in (*it.sen_there.messages, *it.lea_there.messages)])
    assert it.rulings()[-1] == (AIMED, "other", "second", True)


def test_the_digest_comes_once_with_its_picture_and_follows_what_is_done(it: Ruling) -> None:
    it.shows("called")
    it.asks("later")
    assert it.monday() > 0
    digest = it.heard(it.sen_there, "Your week, most urgent first")
    assert "1 question to keep, reword or withdraw" in it.read(digest)
    assert "ruling due" in it.read(digest)
    assert it.heard(it.lea_there, "dojo: your week")
    it.clicks(it.sen_there, digest, "digest.snooze")
    until = it.sen_there.modal
    assert until
    it.sends(it.sen_there, {"join.until": (now().date() + timedelta(days=9)).isoformat()})
    assert "Snoozed until" in it.read(again(it, digest))
    it.reads(it.sen_there, CALLED)
    it.rules(it.sen_there, "1", "One call of many.", "It is parsed once.")
    it.quiesce()
    assert "✓ Ada Rossi · rulings due: nothing left to do." in it.read(again(it, digest))
    assert it.monday() == 0
    assert len(it.saying(it.sen_there, "Your week, most urgent first")) == 1
    uploads = Counter(call.args["filename"] for call in it.slack.asked("files.getUploadURLExternal"))
    assert set(uploads.values()) == {1}
    assert "image" in [block["type"] for block in again(it, digest)["blocks"]]


def again(it: Ruling, message: Json) -> Json:
    """Return a message to Sen as it is now."""
    [found] = [one for one in it.sen_there.messages if one["ts"] == message["ts"]]
    return found


def test_a_deputy_decides_while_the_sensei_is_away_and_the_report_has_it(it: Ruling) -> None:
    it.milestone()
    absence = it.away(2)
    pull = it.opens(code("deputy"), "deputy")
    card = it.offered(it.dee_there, "triage.keep")
    it.clicks(it.dee_there, card, "triage.keep")
    it.posted(pull)
    assert "standing in for" in it.listed(it.dee_there)
    it.reads(it.dee_there, SHIPPED)
    it.rules(it.dee_there, "cannot_judge", "Show me a failing case.")
    assert "who stands in for your sensei" in it.read(it.heard(it.ada_there, "Show me a failing case."))
    it.back(absence)
    assert not it.dee_there.command("/dojo triage").failed
    assert "Nothing is waiting for your ruling" in it.before(it.dee_there)
    it.ada_there.command("/dojo milestone")
    assert it.ada_there.modal
    it.presses(it.ada_there, it.ada_there.modal, "milestone.report")
    it.comes(lambda: [one for one in it.slack.messages(it.ada_there.dm) if one.get("files")])
    [page] = [file for file in it.slack.files.values() if file.name.endswith(".html")]
    assert page.content
    assert "Show me a failing case." in page.content.decode()
