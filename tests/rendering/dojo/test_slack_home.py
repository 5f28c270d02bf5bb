"""What App Homes, `/dojo status`, help and lists look like, and that Slack takes them whoever is in them."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.decisions.records import DecisionState
from bot.domain.decisions.shown import NO_DECISIONS, ShownDecision, digest_decisions
from bot.domain.dojo.app_home import (
    FullSensei,
    Home,
    LeadHome,
    ParticipantHome,
    SenseiAbsence,
    SenseiHome,
    SenseiParticipant,
    ShownPerson,
    ShownQuestion,
    StuckParticipant,
)
from bot.domain.dojo.headcount import Headcount
from bot.domain.dojo.people import Absence, CohortDate, CohortRole, DateKind, EnrolmentState
from bot.domain.pull_requests.records import QuestionState
from bot.domain.triage.records import AppealState, Milestone
from bot.domain.triage.shown import RuledLevel, ShownAppeal
from bot.ports.chat import OutgoingMessage
from bot.rendering.chat import slack_blocks, slack_notices
from bot.rendering.chat.slack_validation import checked_message, checked_view
from bot.rendering.dojo import slack_commands, slack_home, slack_replies
from tests.decided import decision
from tests.fakes.slack import look

TODAY = date(2026, 11, 26)
SNAPSHOTS = Path(__file__).parent / "snapshots"
NAMES = {"U01": "Ada Lovelace", "U02": "Sen Rikyu", "U03": "Dep Uty", "U04": "Bo"}


def question(n: int, state: QuestionState = QuestionState.ASKED, about: str = "") -> ShownQuestion:
    words = about or f"What would change your mind about choice {n}, and what does turning back cost?"
    return ShownQuestion(words, f"https://github.com/ada/desk/pull/{n}#discussion_r{n}", n, state)


DATES = (
    CohortDate(1, DateKind.START, "", date(2026, 11, 2)),
    CohortDate(2, DateKind.DESIGN, "", date(2026, 11, 27)),
    CohortDate(3, DateKind.MIDWAY, "Half way", date(2026, 12, 9)),
    CohortDate(4, DateKind.OTHER, "Demo day", date(2027, 1, 15)),
)
LEVELS = (
    RuledLevel(
        1,
        "reliability",
        "Reliability & <limits>",
        2,
        "reasoned",
        "The retry budget is argued; a test that fails over would show more.",
        date(2026, 11, 24),
        Milestone.DESIGN,
    ),
    RuledLevel(2, "security", "Security", 1, "asserted", "", date(2026, 11, 24), None, AppealState.ASKED),
    RuledLevel(3, "evals", "Evals", None, "", "A run of the eval set.", date(2026, 11, 20)),
    RuledLevel(4, "cost", "Cost", 0, "absent", "Numbers, please.", date(2026, 11, 2), is_final=True),
)
PARTICIPATING = ParticipantHome(
    EnrolmentState.ACTIVE,
    ShownPerson("Sen Rikyu", "U02"),
    ShownPerson("Dep Uty", "U03"),
    (question(9), question(1, QuestionState.DISPUTED), question(2, QuestionState.DEFERRED), question(0)),
    "ada",
    "A desk that answers what customers ask, from our own handbook.",
    "ada/desk",
    pair=7,
    decisions=digest_decisions(
        ShownDecision(made, "ada/desk", is_own=True)
        for made in (
            decision(1),
            decision(2, DecisionState.WITHDRAWN),
            decision(3, title="Answers come from the handbook <alone> & nothing else"),
            decision(4, DecisionState.DRAFT, title="Two agents, and one that checks"),
            decision(5, private=True),
            decision(6),
        )
    ),
    levels=LEVELS,
)
GUIDING = SenseiHome(
    EnrolmentState.ACTIVE,
    3,
    (
        SenseiParticipant(
            ShownPerson("Ada Lovelace", "U01"),
            EnrolmentState.ACTIVE,
            (question(9), question(2)),
            4,
            decisions=3,
        ),
        SenseiParticipant(ShownPerson("Bo", None), EnrolmentState.PAUSED, (), 0),
        SenseiParticipant(
            ShownPerson("Cy", None),
            EnrolmentState.ACTIVE,
            (question(1),),
            1,
            ShownPerson("Dep Uty", "U03"),
        ),
    ),
    (
        SenseiAbsence(
            Absence(1, "s", date(2026, 12, 21), date(2027, 1, 4), "d"), ShownPerson("Dep Uty", "U03")
        ),
    ),
    None,
)
LEADING = LeadHome(
    Headcount(12, 4, paused_participants=2),
    (StuckParticipant(ShownPerson("Ada Lovelace", "U01"), 2, 9),),
    (ShownPerson("Bo", "U04"), ShownPerson("Cy")),
    (FullSensei(ShownPerson("Sen Rikyu", "U02"), 4, 3),),
    (ShownPerson("Cy"),),
    (ShownPerson("Bo", "U04"), ShownPerson("Cy")),
    (
        (
            ShownPerson("Sen Rikyu", "U02"),
            SenseiAbsence(Absence(1, "s", TODAY, TODAY + timedelta(days=4), None), None),
        ),
    ),
    (
        ShownAppeal(1, "Dan", "Security", date(2026, 11, 25)),
        ShownAppeal(2, "Eve", "Cost", date(2026, 11, 20), "Sol <&>"),
    ),
)
UNCONFIRMED = SenseiHome(EnrolmentState.PAUSED, 3, (), (), None, waiting=True)
HOMES = {
    "guest": Home("", "Autumn 2026", TODAY),
    "nobody": Home("", "", TODAY),
    "participant": Home("Ada", "Autumn 2026", TODAY, participant=PARTICIPATING, dates=DATES),
    "newcomer": Home(
        "Bo",
        "Autumn 2026",
        TODAY,
        participant=ParticipantHome(EnrolmentState.PAUSED, None, None, (), None, "", None),
    ),
    "sensei": Home("Sen", "Autumn 2026", TODAY, sensei=GUIDING, dates=DATES),
    "unconfirmed": Home("Tom", "Autumn 2026", TODAY, sensei=UNCONFIRMED, dates=DATES),
    "lead": Home("Lee", "Autumn 2026", TODAY, lead=LEADING, dates=DATES),
}


def compared(name: str, text: str) -> None:
    """Compare with what was looked at; a new one is written, and fails once."""
    file = SNAPSHOTS / f"{name}.txt"
    if not file.exists():
        file.write_text(text, "utf-8")
        pytest.fail(f"{file.name} is new: look at it")
    assert text == file.read_text("utf-8")


@pytest.mark.parametrize("who", HOMES)
def test_an_app_home_looks_as_it_was_looked_at(who: str) -> None:
    view = checked_view(slack_home.home_view(HOMES[who]))
    compared(f"home_{who}", look.text(view, NAMES))


ROWS = [
    slack_commands.PersonRow(
        "Ada Lovelace",
        CohortRole.PARTICIPANT,
        EnrolmentState.ACTIVE,
        True,
        "ada",
        "Sen Rikyu",
        user="U01",
        sensei_user="U02",
    ),
    slack_commands.PersonRow("Bo", CohortRole.PARTICIPANT, EnrolmentState.PAUSED, True, None),
    slack_commands.PersonRow(
        "Sen Rikyu", CohortRole.SENSEI, EnrolmentState.ACTIVE, True, None, load=1, capacity=3, user="U02"
    ),
    slack_commands.PersonRow(
        "Dan",
        CohortRole.PARTICIPANT,
        EnrolmentState.ACTIVE,
        True,
        "dan",
        "Sen Rikyu",
        sensei_user="U02",
        asked=True,
    ),
    slack_commands.PersonRow("Eve", CohortRole.PARTICIPANT, EnrolmentState.ACTIVE, True, "eve"),
    slack_commands.PersonRow("Fay", CohortRole.SENSEI, EnrolmentState.PAUSED, True, None, unconfirmed=True),
    slack_commands.PersonRow("Cy", CohortRole.LEAD, EnrolmentState.LEFT, False, None),
]
HELP = [("status", "", "where you stand, for your eyes alone"), ("people", "[page]", "who is in the cohort")]
ANSWERS = {
    "status": slack_home.status_message(HOMES["participant"]),
    "dates": slack_home.dates_message(HOMES["participant"]),
    "people": slack_commands.people_message(ROWS, "Autumn 2026", 1, Headcount(4, 1, 0, 1, 0, 1)),
    "people_paged": slack_commands.people_message(ROWS * 12, "Autumn 2026", 2, Headcount(24, 12)),
    "help": slack_commands.help_message(HELP),
    "unknown": slack_notices.unknown("dtaes", "dates"),
}


def test_help_shows_words_to_type_as_code() -> None:
    said = slack_commands.help_message([("checkin", "[now]", "when I ask you; `now` asks you & tells *all*")])
    shown = str(said.blocks)
    assert "`now` asks you &amp; tells ∗all∗" in shown
    assert "ˋ" not in shown


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_looks_as_it_was_looked_at(name: str) -> None:
    answer = checked_message(ANSWERS[name])
    compared(f"dojo_{name}", look.text({"text": answer.text, "blocks": list(answer.blocks)}, NAMES))


HOSTILE = [
    "<!channel> <@U99> & <https://evil.example|click>",
    "*bold* _it_ ~st~ `code` :tada: @here\n> quote",
    "ش" * 300,
    "👩‍👩‍👧‍👦" * 80,
    "\u202eevil\u0000\u200b",
    "&" * 300,
    "",
    " ",
    "x" * 5000,
]
TEXT = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=80))
COUNT = st.sampled_from([0, 1, 50, 200])


def ruled(number: int, text: str, appeal: AppealState | None = None) -> RuledLevel:
    """A ruling full of a text."""
    return RuledLevel(number, text, text, number % 5, text, text * 3, TODAY, Milestone.FINAL, appeal)


def many(text: str, count: int) -> Home:
    """A home of somebody who is everything, full of one text."""
    asked = tuple(question(n, about=text) for n in range(count))
    who = ShownPerson(text, None)
    theirs = tuple(SenseiParticipant(who, EnrolmentState.PAUSED, asked, 3, who) for _ in range(count))
    made = [
        ShownDecision(decision(n, state, title=text[:100], private=True), text, is_own=True)
        for n in range(count)
        for state in (DecisionState.DRAFT, DecisionState.CONFIRMED)
    ]
    away = tuple(SenseiAbsence(Absence(n, "s", TODAY, TODAY, "d"), who) for n in range(count))
    return Home(
        text,
        text or "dojo",
        TODAY,
        ParticipantHome(
            EnrolmentState.PAUSED,
            who,
            who,
            asked,
            text,
            text * 3,
            text,
            decisions=digest_decisions(made),
            levels=tuple(ruled(n, text, list(AppealState)[n % 4]) for n in range(count)),
        ),
        SenseiHome(EnrolmentState.PAUSED, count, theirs, away, None),
        LeadHome(
            Headcount(*[count] * 6),
            tuple(StuckParticipant(who, 9, 9) for _ in range(count)),
            (who,) * count,
            tuple(FullSensei(who, 9, 9) for _ in range(count)),
            (who,) * count,
            (who,) * count,
            tuple((who, one) for one in away),
            tuple(ShownAppeal(n, text, text, TODAY, text if n % 2 else None) for n in range(count)),
        ),
        tuple(CohortDate(n, DateKind.OTHER, text, TODAY) for n in range(count)),
    )


@pytest.mark.contract
@settings(deadline=None, max_examples=30)
@given(TEXT, COUNT, st.integers(-3, 300))
def test_whoever_is_in_it_slack_takes_a_home_and_nobody_is_pinged(text: str, count: int, page: int) -> None:
    it = many(text, count)
    view = checked_view(slack_home.home_view(it, page))
    assert look.notified(view) == set()


@pytest.mark.contract
@settings(deadline=None, max_examples=30)
@given(TEXT, COUNT, st.integers(0, 300))
def test_whoever_is_in_it_slack_takes_an_answer(text: str, count: int, page: int) -> None:
    it = many(text, count)
    row = slack_commands.PersonRow(
        text, CohortRole.PARTICIPANT, EnrolmentState.PAUSED, False, text, text, count, count
    )
    answers: list[OutgoingMessage] = [
        slack_home.status_message(it),
        slack_home.dates_message(it),
        slack_replies.reply_message(it),
        slack_commands.people_message([row] * count, text, page, Headcount(*[count] * 6)),
        slack_notices.refused(text, text),
        slack_notices.unknown(text, None),
    ]
    for answer in answers:
        checked_message(answer)
        assert look.notified({"text": answer.text, "blocks": list(answer.blocks)}) == set()
    checked_view(slack_notices.modal(text, text))


def test_a_long_list_says_how_many_more_there_are() -> None:
    assert slack_blocks.names([f"Person {n}" for n in range(200)]).endswith("and 150 more")
    assert slack_blocks.listed(range(51), str).endswith("_and 1 more_")
    long = slack_blocks.listed(["y" * 100] * 50, str)
    kept = long.count("y" * 100)
    assert long.endswith(f"_and {50 - kept} more_")
    assert len(long) < 3000


def test_a_page_of_participants_has_ways_to_the_next_and_back() -> None:
    it = many("Bo", 50)
    ids = [
        [
            each["action_id"]
            for block in slack_home.home_view(it, page)["blocks"]
            for each in block.get("elements", [])
            if each.get("action_id", "").startswith("home.page")
        ]
        for page in (1, 2, 3, 99)
    ]
    back, following = "home.page:back", "home.page:next"
    assert ids == [[following], [back, following], [back], [back]]


def test_a_command_in_an_errors_sentence_is_set_as_one_and_nothing_else_is() -> None:
    said = slack_notices.refused(
        "No `code` of *yours*.", "`/dojo join` lets you in, `sensei cohort add` as well."
    )
    assert said.text == "No ˋcodeˋ of ∗yours∗. `/dojo join` lets you in, `sensei cohort add` as well."


@pytest.mark.parametrize("who", ["participant", "lead", "guest"])
def test_an_answer_to_a_direct_message_looks_as_it_was_looked_at(who: str) -> None:
    answer = checked_message(slack_replies.reply_message(HOMES[who]))
    document = {"text": answer.text, "blocks": list(answer.blocks)}
    assert look.notified(document) == set()
    compared(f"reply_{who}", look.text(document, NAMES))


@pytest.mark.parametrize("who", HOMES)
def test_a_row_of_buttons_has_at_most_one_that_stands_out_and_every_id_is_there_once(who: str) -> None:
    rows = [block for block in slack_home.home_view(HOMES[who])["blocks"] if block["type"] == "actions"]
    for row in rows:
        assert not any("style" in each for each in row["elements"][1:])
    ids = [each["action_id"] for row in rows for each in row["elements"]]
    assert len(set(ids)) == len(ids)


def test_whoever_has_every_role_has_a_row_for_each_and_pauses_once() -> None:
    participant = replace(PARTICIPATING, decisions=NO_DECISIONS, levels=())
    everything = replace(HOMES["participant"], participant=participant, sensei=GUIDING, lead=LEADING, id=3)
    rows = [block for block in slack_home.home_view(everything)["blocks"] if block["type"] == "actions"]
    ids = [each["action_id"] for row in rows for each in row["elements"]]
    assert len(rows) == 3
    assert len(set(ids)) == len(ids)
    assert ids.count("home.pause") == 1


@pytest.mark.parametrize("level", ["draft", "grade", "score"])
def test_no_home_knows_of_draft_levels(level: str) -> None:
    without = replace(PARTICIPATING, decisions=NO_DECISIONS)  # drafts of theirs are none of a level
    for it in (*HOMES.values(), replace(HOMES["participant"], participant=without)):
        if it.participant is not PARTICIPATING:
            assert level not in str(slack_home.home_view(it)).lower()


@pytest.mark.parametrize("who", ["guest", "nobody", "sensei", "unconfirmed", "lead"])
def test_a_home_shows_nobody_elses_levels(who: str) -> None:
    assert "level" not in str(slack_home.home_view(HOMES[who])).lower()


def test_whoever_has_an_account_is_there_to_be_clicked_and_not_by_name_alone() -> None:
    views = [slack_home.home_view(home) for home in HOMES.values()]
    people = slack_commands.people_message(ROWS, "Autumn 2026", 1, Headcount(4, 1))
    shown = str([views, people.blocks])
    for user, name in NAMES.items():
        assert f"<@{user}>" in shown
        assert name == "Bo" or name not in shown  # a Bo without an account is there as well
