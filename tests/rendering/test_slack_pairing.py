"""Pairs in Slack: whatever people are called and write, Slack takes it, and it does nothing."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.people import Profile, WorkingHours
from bot.ports.chat import Message
from bot.ports.dojo import PairState
from bot.rendering import pairs as words
from bot.rendering.slack import pairing
from bot.rendering.slack.pairing import Board, Choice, PairSeen, Side, UnassignedSeen
from bot.rendering.slack.validation import checked_message, checked_view

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
HOSTILE = (
    "<!channel> & <@U123> *bold* _it_ `code` ~no~ :tada: https://example.org",
    "@here @everyone mailto:a@example.org <https://example.org|click>",
    "نورا بنت عبد العزيز",
    "שרה כהן\u200f abc",
    "👩🏽‍🚀👨‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿" * 30,
    "Z̷̢̛a̸l̵g̷o̶" * 40,
    "\u202eevil\u0000\n\n> quoted\n",
    "W" * 3000,
    " ",
    "",
)
texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=400))
pairs = st.builds(
    PairSeen,
    st.integers(1, 10**9),
    texts,
    texts,
    st.sampled_from(PairState),
    st.integers(0, 100),
    st.lists(texts, max_size=6).map(tuple),
    st.booleans(),
    texts,
    st.none() | st.just(AT),
    st.none() | st.builds(words.Before, texts, st.sampled_from(PairState), texts),
)
left = st.builds(
    UnassignedSeen,
    texts,
    texts,
    st.none() | st.builds(words.Before, texts, st.sampled_from(PairState), texts),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(pairs, max_size=25, unique_by=lambda it: it.id),
    st.lists(left, max_size=12),
    texts,
    st.integers(0, 9),
    st.integers(-3, 30),
)
def test_every_page_of_a_board_is_taken(
    some: list[PairSeen], lost: list[UnassignedSeen], cohort: str, times: int, page: int
) -> None:
    many = tuple(
        PairSeen(**{**{name: getattr(it, name) for name in PairSeen.__slots__}, "id": it.id + n * 10**10})
        for n in range(times)
        for it in some
    )[:200]
    checked_message(pairing.board(Board(7, cohort, AT, many, tuple(lost)), page))


def test_every_pair_is_on_one_page() -> None:
    many = tuple(PairSeen(n, f"P{n:03}.", "Sen", PairState.PROPOSED, 50) for n in range(200))
    board = Board(7, "Sample", AT, many, (UnassignedSeen("Nobody's", "no place"),))
    pages = [str(checked_message(pairing.board(board, page)).blocks) for page in range(1, 15)]
    assert all(sum(f"P{n:03}." in page for page in pages) == 1 for n in range(200))
    assert [("Back" in page, "More" in page) for page in (pages[0], pages[1], pages[-1])] == [
        (False, True),
        (True, True),
        (True, False),
    ]


@settings(max_examples=60, deadline=None)
@given(texts, texts, texts, texts, st.lists(texts, max_size=6), st.sampled_from(PairState))
def test_every_other_message_is_taken(
    one: str, other: str, goals: str, brief: str, reasons: list[str], state: PairState
) -> None:
    participant, sensei = Side(one, "U0123", goals, brief), Side(other)
    messages = [
        pairing.ask(3, participant, reasons, AT, state, other),
        pairing.introduction(participant, sensei, reasons, goals, one),
        pairing.introduction(Side(one), Side(other, "U0124"), reasons, goals, one),
        pairing.ended(one, to_participant=True, cohort=other),
        pairing.ended(one, to_participant=False, cohort=other),
        pairing.parted(one, reasons, anew=True, paused=True),
        pairing.parted(one, [other] * 30, anew=False, paused=False),
        pairing.own_pair(3, one, reasons),
        pairing.own_participants([one, other] * 30, 3),
        pairing.own_participants([], 1),
        pairing.introduce_yourself(one, other),
        pairing.why([one, *reasons], heading=other),
        pairing.deputy_chosen(one, other, ("3 June", "4 June"), "1 a 2026-06-03", begun=True),
        pairing.deputy_chosen(one, None, ("3 June", "4 June"), "1 a 2026-06-03", begun=False),
        *(
            pairing.stands_in(one, other, "4 June", reader=reader)
            for reader in ("participant", "deputy", "alone")
        ),
        pairing.is_back(one, to_deputy=True),
        pairing.is_back(one, to_deputy=False),
    ]
    for message in messages:
        checked_message(message)


@settings(max_examples=60, deadline=None)
@given(pairs, st.lists(st.tuples(texts, st.integers(-100, 100)), max_size=130))
def test_every_form_is_taken(it: PairSeen, others: list[tuple[str, int]]) -> None:
    choices = [Choice(f"s {n:032x}", name, change) for n, (name, change) in enumerate(others)]
    for view in (
        pairing.swap_form(it, choices, "3"),
        pairing.end_form(it, "3"),
        pairing.deputy_form(it.sensei, [(f"{n:032x}", name) for n, (name, _) in enumerate(others)], "3"),
        pairing.veto_form(it.participant, "3"),
        pairing.change_form(it.sensei, "3"),
    ):
        checked_view(view)


def shown(message: Message) -> str:
    return f"{message.text} {message.blocks}"


def test_what_was_decided_can_be_clicked_no_more() -> None:
    for state in PairState:
        message = pairing.ask(3, Side("Ada"), (), AT, state, "Sample")
        assert ("pairing.accept" in shown(message)) is (state in {PairState.PROPOSED, PairState.APPROVED})


def test_a_first_question_is_about_what_one_looks_for_and_the_other_brings() -> None:
    hours = WorkingHours("UTC")
    ada = Profile(hours, skills={"risk": 2, "security": 3}, brief="An assistant for clerks")
    sen = Profile(hours, skills={"risk": 3})
    assert words.first_question(ada, sen).startswith("Risk-aware system design: what is the worst thing")
    assert words.first_question(ada, None).startswith("Security: ")
    assert "least sure" in words.first_question(Profile(hours, brief="x"), sen)
    assert "trust yourself" in words.first_question(Profile(hours), sen)
    assert all(question.endswith("?") for question in words.BEGIN_WITH.values())


def test_titles_are_those_of_the_rubric() -> None:
    import yaml  # noqa: PLC0415

    from bot.resources import folder  # noqa: PLC0415

    with (folder("rubrics") / "capstone.yaml").open() as file:
        rubric = yaml.safe_load(file)
    titles = {one["id"]: one["title"] for one in rubric["criteria"]}
    assert titles == words.SKILLS
    assert {*words.BEGIN_WITH} == {*titles}
    packs = {path.stem for path in (folder("rubrics") / "stacks").glob("*.yaml")}
    assert packs == {*words.STACKS}
