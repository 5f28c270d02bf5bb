"""Pairs in Slack: whatever people are called and write, Slack takes it, and it does nothing."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.dojo.app_home import ShownPerson
from bot.domain.pairing.delays import ProposalDelay
from bot.domain.pairing.shown_pairs import (
    IntroducedPerson,
    PreviousPair,
    ProposalBoard,
    ShownPair,
    ShownUnassigned,
    SwapChoice,
)
from bot.domain.pairing.states import PairState
from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_validation import checked_message, checked_view
from bot.rendering.pairing import slack_deputies, slack_forms, slack_messages
from bot.rendering.pairing.slack_proposal_board import render_board

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
    ShownPair,
    st.integers(1, 10**9),
    texts,
    texts,
    st.sampled_from(PairState),
    st.integers(0, 100),
    st.lists(texts, max_size=6).map(tuple),
    st.booleans(),
    texts,
    st.none() | st.just(AT),
    st.none() | st.builds(PreviousPair, texts, st.sampled_from(PairState), texts),
)
left = st.builds(
    ShownUnassigned,
    texts,
    texts,
    st.none() | st.builds(PreviousPair, texts, st.sampled_from(PairState), texts),
)


@settings(max_examples=20, deadline=None)
@given(texts, st.sampled_from(ProposalDelay))
def test_any_delay_is_a_message_that_slack_takes(cohort: str, delay: ProposalDelay) -> None:
    message = checked_message(slack_messages.delayed_proposal(cohort, delay, AT))
    assert "The request is still open" in message.text


@pytest.mark.contract
@settings(max_examples=60, deadline=None)
@given(
    st.lists(pairs, max_size=25, unique_by=lambda it: it.id),
    st.lists(left, max_size=12),
    texts,
    st.integers(0, 9),
    st.integers(-3, 30),
)
def test_every_page_of_a_board_is_taken(
    some: list[ShownPair], lost: list[ShownUnassigned], cohort: str, times: int, page: int
) -> None:
    many = tuple(
        ShownPair(**{**{name: getattr(it, name) for name in ShownPair.__slots__}, "id": it.id + n * 10**10})
        for n in range(times)
        for it in some
    )[:200]
    checked_message(render_board(ProposalBoard(7, cohort, AT, many, tuple(lost)), page))


def test_every_pair_is_on_one_page() -> None:
    many = tuple(ShownPair(n, f"P{n:03}.", "Sen", PairState.PROPOSED, 50) for n in range(200))
    board = ProposalBoard(7, "Sample", AT, many, (ShownUnassigned("Nobody's", "no place"),))
    pages = [str(checked_message(render_board(board, page)).blocks) for page in range(1, 15)]
    assert all(sum(f"P{n:03}." in page for page in pages) == 1 for n in range(200))
    assert [("Back" in page, "More" in page) for page in (pages[0], pages[1], pages[-1])] == [
        (False, True),
        (True, True),
        (True, False),
    ]


@pytest.mark.contract
@settings(max_examples=60, deadline=None)
@given(texts, texts, texts, texts, st.lists(texts, max_size=6), st.sampled_from(PairState))
def test_every_other_message_is_taken(
    one: str, other: str, goals: str, brief: str, reasons: list[str], state: PairState
) -> None:
    participant, sensei = IntroducedPerson(one, "U0123", goals, brief), IntroducedPerson(other)
    messages = [
        slack_messages.veto_question(3, participant, reasons, AT, state, other),
        slack_messages.introduction(participant, sensei, reasons, goals, one),
        slack_messages.introduction(
            IntroducedPerson(one), IntroducedPerson(other, "U0124"), reasons, goals, one
        ),
        slack_messages.pair_ended(one, to_participant=True, cohort=other),
        slack_messages.pair_ended(one, to_participant=False, cohort=other),
        slack_messages.person_left(one, reasons, [other], search=True, paused=True),
        slack_messages.person_left(one, [], [other] * 30, search=False, paused=False),
        slack_messages.own_pair(3, ShownPerson(one), reasons),
        slack_messages.own_participants([ShownPerson(one), ShownPerson(other)] * 30, 3),
        slack_messages.own_participants([], 1),
        slack_messages.unreachable_pair(one, other),
        slack_messages.explanation([one, *reasons], heading=other),
        slack_deputies.deputy_chosen(
            one, other, ("3 June", "4 June"), "1 a 2026-06-03", begun=True, over=False
        ),
        slack_deputies.deputy_chosen(
            one, None, ("3 June", "4 June"), "1 a 2026-06-03", begun=False, over=True
        ),
        *(
            slack_deputies.deputy_begins(one, other, "4 June", reader=reader)
            for reader in ("participant", "deputy", "alone")
        ),
        slack_deputies.sensei_back(one, to_deputy=True),
        slack_deputies.sensei_back(one, to_deputy=False),
        slack_deputies.back_early(one, to_deputy=True),
        slack_deputies.back_early(one, to_deputy=False),
        slack_deputies.absence_removed(one, ("3 June", "4 June")),
        *(
            write(slack_deputies.DeputyChange(one, other, deputy, ("3 June", "4 June")), to_sensei=to_sensei)
            for write in (slack_deputies.deputy_replaced, slack_deputies.deputy_lost)
            for deputy in (one, None)
            for to_sensei in (True, False)
        ),
        slack_deputies.no_longer_deputy(
            slack_deputies.DeputyChange(one, other, other, ("3 June", "4 June")), told=True
        ),
    ]
    for message in messages:
        checked_message(message)


@settings(max_examples=60, deadline=None)
@given(pairs, st.lists(st.tuples(texts, st.integers(-100, 100)), max_size=130))
def test_every_form_is_taken(it: ShownPair, others: list[tuple[str, int]]) -> None:
    choices = [SwapChoice(f"s {n:032x}", name, change) for n, (name, change) in enumerate(others)]
    for view in (
        slack_forms.swap_form(ShownPerson(it.participant), ShownPerson(it.sensei), it.fit, choices, "3"),
        slack_forms.end_form(ShownPerson(it.participant), ShownPerson(it.sensei), "3"),
        slack_forms.deputy_form(it.sensei, [(f"{n:032x}", name) for n, (name, _) in enumerate(others)], "3"),
        slack_forms.veto_form(ShownPerson(it.participant), "3"),
        slack_forms.change_form(ShownPerson(it.sensei), "3"),
    ):
        checked_view(view)


def shown(message: OutgoingMessage) -> str:
    return f"{message.text} {message.blocks}"


def test_what_was_decided_can_be_clicked_no_more() -> None:
    for state in PairState:
        message = slack_messages.veto_question(3, IntroducedPerson("Ada"), (), AT, state, "Sample")
        assert ("pairing.accept" in shown(message)) is (state in {PairState.PROPOSED, PairState.APPROVED})
