"""Both get a brief the working day before, with the same topics and no word that isn't theirs to read."""

from datetime import UTC, date, datetime

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import CodeAnchor, Decision, DecisionOrigin, DecisionState, RevisedBy
from bot.domain.defences.records import DefenceState
from bot.domain.dojo.people import CohortRole, Weekday, WorkingHours
from bot.domain.one_to_ones.records import Worth
from bot.domain.pairing.states import PairState
from bot.domain.pull_requests.records import PublishPolicy, QuestionState
from bot.workflows.one_to_ones.brief_material import BriefGatherer
from tests.fakes.steps import Recorded
from tests.workflows.one_to_ones.meetings import DAY, HOUR, LOADER, Meetings
from tests.workflows.running_dojo import sha

MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
WEDNESDAY = datetime(2026, 12, 2, 10, tzinfo=UTC)


def pair(it: Meetings) -> tuple[str, str]:
    """Ada and her sensei."""
    sen = it.joins("Sen Sei", CohortRole.SENSEI)
    return it.enrols("Ada", sen), sen


def test_both_get_one_brief_on_the_working_day_before(it: Meetings) -> None:
    ada, sen = pair(it)
    it.works(sen, WorkingHours("America/New_York", (Weekday.MON, Weekday.WED)))
    it.plans(ada, sen, WEDNESDAY)
    it.lives(datetime(2026, 11, 30, 13, tzinfo=UTC))
    assert (len(it.briefs(ada)), len(it.briefs(sen))) == (0, 0)
    it.lives(datetime(2026, 11, 30, 15, tzinfo=UTC))  # 9:00 in New York
    assert (len(it.briefs(ada)), len(it.briefs(sen))) == (0, 1)
    it.lives(datetime(2026, 12, 1, 9, tzinfo=UTC))
    assert (len(it.briefs(ada)), len(it.briefs(sen))) == (1, 1)
    it.lives(datetime(2026, 12, 2, 10, tzinfo=UTC))
    assert (len(it.briefs(ada)), len(it.briefs(sen))) == (1, 1)


def test_the_two_briefs_have_the_same_topics_and_each_its_own_words(it: Meetings) -> None:
    ada, sen = pair(it)
    it.asks("Ada", QuestionState.DEFERRED)
    it.moves("Ada", "safety.1")
    it.loses_code(it.drafts("Ada", ada, "A secret title"))
    it.plans(ada, sen, WEDNESDAY)
    it.lives(WEDNESDAY - HOUR)
    [theirs], [mine] = it.briefs(sen), it.briefs(ada)
    for brief in (theirs, mine):
        assert "Decision 1" in brief
        assert "A secret title" in brief  # confirmed: her sensei may read it
        assert "question put off" in brief
        assert "is no longer as it was. Does it still hold" in brief
        assert "level" not in brief.lower()
    assert "The rubric asks" in theirs
    assert "safety.1()" in theirs
    assert "The rubric asks" not in mine
    assert "safety.1()" not in mine
    assert "questions to expect" in mine


def decides(it: Meetings, person: str) -> Decision:
    """Let Ada have confirmed a private decision about a line."""
    with it.store.begin() as tx:
        decision = tx.decisions.add(
            it.capstones["Ada"],
            person=person,
            origin=DecisionOrigin.CHAT,
            question=None,
            check=None,
            private=True,
            title="A cache",
            texts={Slot.DECIDED: "Keep it for a day", Slot.ACHIEVE: "Rates rest", Slot.REVISIT: "Two hosts"},
            anchors=[CodeAnchor("desk/cache.py", sha("a"), "head", 3, 3, "ttl = DAY")],
            supersedes=None,
            by=RevisedBy.PARTICIPANT,
            at=it.now(),
        )
        tx.decisions.set_state(decision.id, DecisionState.CONFIRMED, it.now())
        return decision


def test_of_a_decision_whose_code_is_gone_the_sensei_reads_its_words_and_the_code_that_it_had(
    it: Meetings,
) -> None:
    ada, sen = pair(it)
    it.loses_code(decides(it, ada))
    it.plans(ada, sen, WEDNESDAY)
    it.lives(WEDNESDAY - HOUR)
    [theirs], [mine] = ([" ".join(said.split()) for said in it.briefs(one)] for one in (sen, ada))
    for brief in (theirs, mine):
        assert "Open: decision 1, whose code is no longer as it was" in brief
        assert "its code is no longer as it was, seen on 30 Nov" in brief
        assert "decision 1 is about is no longer in desk/cache.py as it was. It says what would" in brief
    for words in (
        "Decided: Keep it for a day Why: Rates rest What would reopen it: Two hosts",
        "ttl = DAY",
    ):
        assert words in theirs
    for words in (
        "What would reopen it: Two hosts",
        f"The code when it was decided, at {sha('a')[:7]}: desk/cache.py, line 3",
    ):
        assert words in theirs
        assert words in mine
    for words in ("Keep it", "Rates rest", "ttl"):
        assert words not in mine


def test_a_decision_about_which_a_pull_request_asks_says_so(it: Meetings) -> None:
    ada, sen = pair(it)
    decision, asked = decides(it, ada), it.asks("Ada")
    with it.store.begin() as tx:
        tx.decisions.add_drift_question(asked, decision.id)
    it.plans(ada, sen, WEDNESDAY)
    it.lives(WEDNESDAY - HOUR)
    for brief in (*it.briefs(ada), *it.briefs(sen)):
        said = " ".join(brief.split())
        assert "Open: whether decision 1 still holds" in said
        assert "whether it still holds was asked on 30 Nov On pull request 1, I asked: " in said
        assert "no longer as it was" not in said


def test_a_draft_is_a_topic_whose_title_only_its_author_reads(it: Meetings) -> None:
    ada, sen = pair(it)
    it.drafts("Ada", ada, "An older draft")
    it.drafts("Ada", ada, "Where the token lies")
    it.plans(ada, sen, WEDNESDAY)
    it.lives(WEDNESDAY - HOUR)
    [mine], [theirs] = ([" ".join(said.split()) for said in it.briefs(one)] for one in (ada, sen))
    assert "2 draft decisions to confirm (“An older draft”, “Where the token lies”)" in mine
    assert "2 draft decisions to confirm." in theirs
    assert "1. Where the token lies – not confirmed yet; drafted on 30 Nov You've drafted" in mine
    assert "Sen Sei sees only that there is a draft, not what it says." in mine
    assert "1. A draft decision – not confirmed yet; drafted on 30 Nov They've drafted" in theirs
    assert "token" not in theirs
    assert "older" not in theirs


def test_a_question_about_a_gate_goes_before_what_the_rubric_asks_there(it: Meetings) -> None:
    ada, sen = pair(it)
    it.asks("Ada", check="safety.1")
    it.plans(ada, sen, WEDNESDAY)
    it.lives(WEDNESDAY - HOUR)
    for brief in (*it.briefs(ada), *it.briefs(sen)):
        said = " ".join(brief.split())
        assert "– the capstone must pass it; a question without an answer, asked on 30 Nov" in said
        assert "nothing has been said about it yet" not in said


def test_what_a_defence_to_come_asks_about_is_in_nobodys_brief(it: Meetings) -> None:
    ada, sen = pair(it)
    it.moves("Ada", "safety.1")
    meeting = it.plans(ada, sen, WEDNESDAY)
    gatherer = BriefGatherer(lambda: LOADER)

    def topics(reader: str) -> list[str | None]:
        with it.store.read() as tx:
            brief = gatherer.gather(tx, meeting, reader, it.now())
        assert brief
        return [topic.check for topic in brief.topics]

    assert (topics(ada), topics(sen)) == (["safety.1"], ["safety.1"])
    defence = it.prepares("Ada", ada, sen, "safety.1")
    assert (topics(ada), topics(sen)) == ([], [])
    with it.store.begin() as tx:
        tx.defences.set_state(defence.id, DefenceState.HELD, it.now())
    assert (topics(ada), topics(sen)) == (["safety.1"], ["safety.1"])


def test_what_was_put_off_is_still_open_once_its_change_is_merged(it: Meetings) -> None:
    ada, sen = pair(it)
    it.asks("Ada", QuestionState.DEFERRED)
    it.merges("Ada")
    it.plans(ada, sen, WEDNESDAY)
    it.lives(WEDNESDAY - HOUR)
    for brief in (*it.briefs(ada), *it.briefs(sen)):
        assert "1 question put off" in brief
        assert "a question that was put off on 30 Nov" in brief


def test_what_somebody_else_put_off_before_is_not_theirs(it: Meetings) -> None:
    ada, sen = pair(it)
    it.asks("Ada", QuestionState.DEFERRED)
    it.merges("Ada", author=4_711)
    it.plans(ada, sen, WEDNESDAY)
    it.lives(WEDNESDAY - HOUR)
    assert "put off" not in it.briefs(ada)[0]


def test_what_somebody_else_was_asked_on_an_open_pull_request_is_not_theirs(it: Meetings) -> None:
    ada, sen = pair(it)
    it.asks("Ada", check="safety.1")
    it.opened_by("Ada", 4_711)
    it.plans(ada, sen, WEDNESDAY)
    it.lives(WEDNESDAY - HOUR)
    for brief in (*it.briefs(ada), *it.briefs(sen)):
        assert "without an answer" not in brief
        assert "Where does the" not in brief


def test_only_the_participant_reads_that_a_check_in_waits(it: Meetings) -> None:
    ada, sen = pair(it)
    it.checks_in("Ada", ada)
    it.plans(ada, sen, WEDNESDAY)
    it.lives(WEDNESDAY - HOUR)
    [mine], [theirs] = it.briefs(ada), it.briefs(sen)
    assert "Open: your check-in, which waits for an answer." in mine
    assert "Open: nothing (you don't see check-ins here)." in theirs


def test_what_moved_since_the_last_one_to_one_is_said(it: Meetings) -> None:
    ada, sen = pair(it)
    it.looked("Ada", "speed", met=0)
    it.looked("Ada", "safety", met=1)
    it.clock = MONDAY - 7 * DAY
    before = it.plans(ada, sen, it.clock + HOUR)
    with it.store.begin() as tx:
        tx.one_to_ones.set_decided(before.id, ada, "Use a queue", it.clock)
        tx.one_to_ones.set_decided(before.id, sen, "Watch the queue", it.clock)
        tx.one_to_ones.set_worth(before.id, sen, Worth.NO, it.clock)
    it.clock = MONDAY
    it.moves("Ada", "speed.1")
    it.rules("Ada", "safety", sen)
    it.plans(ada, sen, WEDNESDAY)
    it.lives(WEDNESDAY - HOUR)
    [mine], [theirs] = it.briefs(ada), it.briefs(sen)
    for brief in (mine, theirs):
        assert "Since 23 Nov" in brief
        assert "more evidence for The quality speed" in brief
        assert "less evidence for The quality safety" in brief
        assert "a ruling on The quality safety" in brief
    assert "Use a queue" in mine
    assert "Watch the queue" not in mine
    assert "Watch the queue" in theirs
    assert "Use a queue" not in theirs


def test_a_brief_takes_the_day_and_waits_if_it_is_taken(it: Meetings) -> None:
    ada, sen = pair(it)
    it.plans(ada, sen, WEDNESDAY)
    it.talks(ada, date(2026, 12, 1))
    it.lives(datetime(2026, 12, 1, 16, tzinfo=UTC))
    assert (it.briefs(ada), len(it.briefs(sen))) == ([], 1)
    with it.store.read() as tx:
        assert tx.unprompted.taken(sen, date(2026, 12, 1)) == "brief"
    it.lives(datetime(2026, 12, 2, 8, tzinfo=UTC))  # 9:00 in Berlin
    assert len(it.briefs(ada)) == 1


def test_a_brief_that_finds_no_day_before_the_hour_is_not_sent(it: Meetings) -> None:
    ada, sen = pair(it)
    it.plans(ada, sen, WEDNESDAY)
    for day in (1, 2):
        it.talks(ada, date(2026, 12, day))
    it.lives(WEDNESDAY + 3 * HOUR)
    assert it.briefs(ada) == []


def test_a_one_to_one_that_moves_has_no_second_brief_but_the_new_time(it: Meetings) -> None:
    ada, sen = pair(it)
    meeting = it.plans(ada, sen, WEDNESDAY)
    it.lives(datetime(2026, 12, 1, 9, tzinfo=UTC))
    assert len(it.briefs(ada)) == 1
    with it.store.begin() as tx:
        tx.one_to_ones.move(meeting.id, WEDNESDAY + 2 * DAY)
    it.lives(datetime(2026, 12, 3, 16, tzinfo=UTC))
    assert len(it.briefs(ada)) == 1


def test_one_that_moves_before_its_brief_has_it_the_day_before_the_new_time(it: Meetings) -> None:
    ada, sen = pair(it)
    meeting = it.plans(ada, sen, WEDNESDAY)
    it.lives(datetime(2026, 11, 30, 12, tzinfo=UTC))
    with it.store.begin() as tx:
        tx.one_to_ones.move(meeting.id, WEDNESDAY + 2 * DAY)
    it.lives(datetime(2026, 12, 2, 16, tzinfo=UTC))
    assert it.briefs(ada) == []
    it.lives(datetime(2026, 12, 3, 9, tzinfo=UTC))
    assert len(it.briefs(ada)) == 1


def test_one_that_is_cancelled_has_no_brief(it: Meetings) -> None:
    ada, sen = pair(it)
    meeting = it.plans(ada, sen, WEDNESDAY)
    it.lives(datetime(2026, 11, 30, 12, tzinfo=UTC))
    with it.store.begin() as tx:
        tx.one_to_ones.cancel(meeting.id)
    it.lives(WEDNESDAY + 4 * HOUR)
    assert (it.heard(ada), it.heard(sen)) == ([], [])


def test_once_a_pair_has_ended_nobody_is_written_to(it: Meetings) -> None:
    sen, sol = it.joins("Sen Sei", CohortRole.SENSEI), it.joins("Sol", CohortRole.SENSEI)
    ada = it.enrols("Ada")
    former = it.pairs(ada, sen)
    it.plans(ada, sen, WEDNESDAY)
    with it.store.begin() as tx:
        tx.pairings.set_state(former.id, PairState.ENDED, it.now())
    it.pairs(ada, sol)
    it.lives(WEDNESDAY + 4 * HOUR)
    assert (it.heard(ada), it.heard(sen), it.heard(sol)) == ([], [], [])


def test_the_deputy_of_that_day_gets_the_senseis_brief(it: Meetings) -> None:
    ada, sen = pair(it)
    sol = it.joins("Sol", CohortRole.SENSEI)
    it.plans(ada, sen, WEDNESDAY)
    it.goes_away(sen, date(2026, 12, 2), date(2026, 12, 4), sol)
    it.lives(WEDNESDAY - HOUR)
    assert (len(it.briefs(ada)), it.briefs(sen), len(it.briefs(sol))) == (1, [], 1)
    assert "with Sol" in it.briefs(ada)[0]


def test_without_a_deputy_neither_gets_one(it: Meetings) -> None:
    ada, sen = pair(it)
    it.plans(ada, sen, WEDNESDAY)
    it.goes_away(sen, date(2026, 12, 2), date(2026, 12, 4))
    it.lives(WEDNESDAY + 4 * HOUR)
    assert (it.heard(ada), it.heard(sen)) == ([], [])


def test_while_the_participant_is_away_neither_gets_one(it: Meetings) -> None:
    ada, sen = pair(it)
    it.plans(ada, sen, WEDNESDAY)
    it.goes_away(ada, date(2026, 12, 2), date(2026, 12, 2))
    it.lives(WEDNESDAY + 4 * HOUR)
    assert (it.heard(ada), it.heard(sen)) == ([], [])


def test_without_a_capstone_or_while_it_is_on_hold_there_is_no_brief(it: Meetings) -> None:
    ada, sen = pair(it)
    it.plans(ada, sen, WEDNESDAY)
    with it.store.begin() as tx:
        tx.capstones.set_publishing(it.capstones["Ada"], held=True)
    it.lives(WEDNESDAY - HOUR)
    assert (it.briefs(ada), it.briefs(sen)) == ([], [])


def test_where_nothing_may_be_posted_unapproved_there_is_no_brief(it: Meetings) -> None:
    ada, sen = pair(it)
    it.moves("Ada", "safety.1")
    it.plans(ada, sen, WEDNESDAY)
    with it.store.begin() as tx:
        tx.capstones.set_publishing(it.capstones["Ada"], PublishPolicy.HELD)
    it.lives(WEDNESDAY - HOUR)
    assert (it.briefs(ada), it.briefs(sen)) == ([], [])


def test_a_brief_is_sent_once_whenever_its_workflow_dies(it: Meetings) -> None:
    ada, sen = pair(it)
    it.plans(ada, sen, WEDNESDAY)
    it.meets.keep()
    it.clock = datetime(2026, 12, 1, 9, tzinfo=UTC)
    with it.store.read() as tx:
        jobs = [job for job in tx.jobs.due(it.now(), 100) if job.kind == "one_to_one"]
    assert len(jobs) == 2
    for job in jobs:
        steps = Recorded(it.store)
        assert it.runs("one_to_one", job.argument, steps) == {"outcome": "sent"}
        steps.again()
        it.runs("one_to_one", job.argument, steps)
    it.lives(WEDNESDAY - HOUR)
    assert (len(it.briefs(ada)), len(it.briefs(sen))) == (1, 1)


def test_after_an_outage_a_brief_comes_at_the_next_moment_at_which_they_work(it: Meetings) -> None:
    ada, sen = pair(it)
    it.plans(ada, sen, datetime(2026, 12, 2, 14, tzinfo=UTC))
    it.meets.keep()
    it.clock = datetime(2026, 12, 2, 5, tzinfo=UTC)  # before she begins
    it.lives(datetime(2026, 12, 2, 7, tzinfo=UTC))
    assert it.briefs(ada) == []
    it.lives(datetime(2026, 12, 2, 9, tzinfo=UTC))
    assert len(it.briefs(ada)) == 1
