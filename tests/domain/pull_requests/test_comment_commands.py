"""Which comments are commands, who may give which, and where."""

import itertools
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.pull_requests.comment_commands import (
    RULES,
    Answer,
    Occasion,
    Place,
    Said,
    Verb,
    answer,
    further_down,
    parse,
)
from bot.domain.pull_requests.permissions import Role
from bot.domain.pull_requests.records import QuestionState
from tests.comments import TRICKS

COMMANDS: dict[str, Said] = {
    "/sensei": Said(Verb.HELP),
    "/sensei?": Said(Verb.HELP),
    "/sensei help": Said(Verb.HELP),
    "/SENSEI  Review": Said(Verb.REVIEW),
    "/sensei review.": Said(Verb.REVIEW),
    "/sensei: review": Said(Verb.REVIEW),
    "/sensei\u00a0review": Said(Verb.REVIEW),
    "\r\n  /sensei review  \r\n": Said(Verb.REVIEW),
    "/sensei review\n-- \nAda": Said(Verb.REVIEW, reason="Ada"),
    "/sensei review <!-- sensei:reply=1 -->": Said(Verb.REVIEW),
    "/sensei review\n/sensei quiet": Said(Verb.REVIEW, reason="/sensei quiet"),
    "> What lost?\n> And who waits?\n\n/sensei quiet": Said(Verb.QUIET),
    "> Well?\n\n> And then?\n\n\n/sensei review": Said(Verb.REVIEW),
    "/sensei explain reliability.2": Said(Verb.EXPLAIN, "reliability.2", "reliability.2"),
    "/sensei record": Said(Verb.RECORD),
    "/sensei link 7F3K-0Q9M-X2ZB": Said(Verb.LINK, "7F3K-0Q9M-X2ZB", "7F3K-0Q9M-X2ZB"),
    "/sensei defer Away until May.\nThen I measure.\n\nAll of it.": Said(
        Verb.DEFER, "Away until May.", "Away until May.\nThen I measure.\n\nAll of it."
    ),
    "/sensei dispute As bo wrote on 2026-11-27:\nIt is.": Said(
        Verb.DISPUTE, "As bo wrote on 2026-11-27:", "As bo wrote on 2026-11-27:\nIt is."
    ),
    "/sensei dispute\n\nThe line is a fixture.": Said(Verb.DISPUTE, "", "The line is a fixture."),
}


def shown(said: Said | None) -> tuple[object, ...] | None:
    if said is None:
        return None
    reason = said.reason if said.verb in {Verb.DEFER, Verb.DISPUTE} else ""
    return said.verb, said.argument, said.meant, reason


@pytest.mark.parametrize("body", COMMANDS)
def test_a_command_is_a_comments_first_line(body: str) -> None:
    assert shown(parse(body)) == shown(COMMANDS[body])


FURTHER_DOWN: dict[str, Verb | None] = {
    "Thank you.\n/sensei review": Verb.REVIEW,
    "Thank you.\n\n/sensei dispute It is a fixture.": Verb.DISPUTE,
    "```\n/sensei quiet\n```\n/sensei review": Verb.REVIEW,
    "On 27 November 2026, bo wrote:\n> What lost?\n\n/sensei quiet": Verb.QUIET,
    "Thank you.\n/sensei link 7F3K-0Q9M-X2ZB": None,
    "/sensei link 7F3K-0Q9M-X2ZB\n/sensei quiet": None,
    "Thank you.\n/sensei nonsense": None,
    "[a]: https://example.com\n/sensei quiet": Verb.QUIET,
    "> ```\n> a line that a mail program wrapped\n/sensei quiet\n> ```": Verb.QUIET,
    "Thank you.\n\nFrom: bo\n\n/sensei quiet": None,
    # What GitHub shows as code or as a quotation, and Markdown alone does not.
    "I'd suggest `\n/sensei quiet\n` here": Verb.QUIET,
    "$$\n/sensei quiet\n$$": Verb.QUIET,
    "| a |\n|---|\n/sensei quiet": None,
    "<blockquote>\n\n/sensei quiet\n\n</blockquote>": Verb.QUIET,
    "<details><summary>old</summary>\n\n/sensei quiet\n\n</details>": Verb.QUIET,
}


@pytest.mark.parametrize("body", FURTHER_DOWN)
def test_a_command_further_down_is_only_offered(body: str) -> None:
    said = parse(body)
    assert said is None or said.verb is Verb.LINK
    meant = FURTHER_DOWN[body]
    assert further_down(body) == (Said(None, meant=meant) if meant else None)


@pytest.mark.parametrize("body", TRICKS, ids=lambda body: body[:40])
def test_what_is_not_written_exactly_is_no_command(body: str) -> None:
    said, then = parse(body), TRICKS[body]
    if then == "silent":
        assert said is None
    elif then in {"unknown", "alone", "check", "later", "code", "guess"}:
        assert said is not None
        assert said.meant is None
        assert (said.verb is None) == (then == "unknown")
    else:
        assert said == Said(None, meant=Verb(then))
    if said is not None and then not in {"check", "guess"}:
        occasion = Occasion(Role.PARTICIPANT, Place.CONVERSATION)
        assert answer(said, occasion) in {Answer.UNKNOWN, Answer.ALONE, Answer.NOT_YET, Answer.NO_CODE}


@pytest.mark.parametrize(
    "name", ["reliability.2", "`Reliability.2`", "<reliability.2>", '"reliability.2".', "**reliability.2**"]
)
def test_a_checks_name_is_taken_out_of_what_people_put_around_it(name: str) -> None:
    said = parse(f"/sensei explain {name}")
    assert said is not None
    assert said.check == "reliability.2"


@given(st.text(alphabet=st.sampled_from("/sensei help\n>`~#-*<!→\u200b \t"), max_size=80))
@example("/sensei\x00help")
def test_any_text_can_be_looked_at(text: str) -> None:
    said = parse(f"{text}\n/sensei help")
    assert said is None or said.verb is None or said.verb in Verb


PARTS = [
    "> ",
    "- ",
    "1. ",
    "<a\n",
    "[a]: <b\n",
    "/sensei x\n",
    "/sensie review\n",
    "/abcde review\n",
    "```\n",
    "\t",
    "*",
    "|-",
    "a\n-|-\n",
    "On 1.1 @ wrote: ",
]


@pytest.mark.parametrize("part", [*PARTS, "\n", "\r", "\r\n", "a\n", "a\n\n", "/senx\n", "a\n\n/senx\n"])
def test_what_a_comment_takes_does_not_grow_with_the_square_of_its_length(part: str) -> None:
    def taken(length: int) -> float:
        body = f"a{(part * length)[:length]}b\n\n/senx"
        times = []
        for _ in range(3):
            began = time.process_time()
            parse(body)
            further_down(body)
            times.append(time.process_time() - began)
        return min(times)

    # Sixteen times the length takes sixteen times as long, and 256 times where it is the square: the bound is
    # as far from either, as a busy machine may take four times as long for one of the two.
    assert taken(16_384) < 64 * taken(1_024) + 0.05


# Who may do what: by role, place and where the question of a thread stands. Whoever is none of the two may
# link their account and nothing else. What is not in a row is the row's first word.
STATES = [None, *QuestionState]
TABLE: dict[Verb, dict[object, Answer]] = {
    Verb.HELP: {"all": Answer.DONE},
    Verb.REVIEW: {"all": Answer.DONE},
    Verb.EXPLAIN: {"all": Answer.DONE},
    Verb.PRIVATE: {"all": Answer.DONE},
    Verb.QUIET: {"all": Answer.DONE},
    Verb.SPEAK: {"all": Answer.DONE},
    Verb.DEFER: {
        "all": Answer.IN_THREAD,
        QuestionState.ASKED: Answer.DONE,
        QuestionState.ANSWERED: Answer.DONE,
        QuestionState.RESOLVED: Answer.SETTLED,
        QuestionState.DEFERRED: Answer.ALREADY,
        QuestionState.DISPUTED: Answer.WITH_SENSEI,
        QuestionState.WITHDRAWN: Answer.SETTLED,
    },
    Verb.DISPUTE: {
        "all": Answer.IN_THREAD,
        QuestionState.ASKED: Answer.DONE,
        QuestionState.ANSWERED: Answer.DONE,
        QuestionState.RESOLVED: Answer.SETTLED,
        QuestionState.DEFERRED: Answer.DONE,
        QuestionState.DISPUTED: Answer.ALREADY,
        QuestionState.WITHDRAWN: Answer.SETTLED,
    },
    Verb.RECORD: {"all": Answer.NOT_YET},
    Verb.LINK: {"all": Answer.DONE},
}
NEEDS_REASON = {Verb.DEFER, Verb.DISPUTE}
CODE = "7F3K-0Q9M-X2ZB"


PLACES = [
    (place, state)
    for place, state in itertools.product(Place, STATES)
    if (place is Place.QUESTION) == (state is not None)
]


def expected(verb: Verb, occasion: Occasion) -> Answer:
    """What the table says, and what goes before it."""
    if occasion.role is Role.OTHER and verb is not Verb.LINK:
        return Answer.NOT_YOURS
    if verb is Verb.DISPUTE and occasion.role is Role.SENSEI:
        return Answer.YOU_RULE
    if verb is Verb.REVIEW and not occasion.open:
        return Answer.CLOSED
    return TABLE[verb].get(occasion.question, TABLE[verb]["all"])


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("verb", Verb)
def test_who_may_do_what_where(verb: Verb, role: Role) -> None:
    reason = "Because." if verb in NEEDS_REASON else CODE if verb is Verb.LINK else ""
    occasions = [Occasion(role, *where, open=is_open) for where in PLACES for is_open in (True, False)]
    answers = [(each, answer(Said(verb, reason, reason), each)) for each in occasions]
    assert answers == [(each, expected(verb, each)) for each in occasions]
    for occasion, told in answers:
        for nothing in ("", "...", "\u200b", "—") if verb in NEEDS_REASON and told is Answer.DONE else ():
            assert answer(Said(verb, nothing, nothing), occasion) is Answer.NO_REASON


def test_a_question_that_was_ruled_on_is_not_disputed_again_but_may_be_deferred() -> None:
    occasion = Occasion(Role.PARTICIPANT, Place.QUESTION, QuestionState.ASKED, ruled=True)
    assert answer(Said(Verb.DISPUTE, "No.", "No."), occasion) is Answer.RULED
    assert answer(Said(Verb.DEFER, "Later.", "Later."), occasion) is Answer.DONE


def test_every_word_is_in_the_table_and_only_what_can_be_done_has_a_rule() -> None:
    assert set(TABLE) == set(Verb)
    assert set(Verb) - set(RULES) == {Verb.RECORD}


def test_a_link_needs_what_may_be_a_code_and_nothing_beside_it() -> None:
    occasion = Occasion(Role.OTHER, Place.CONVERSATION)
    for written in (CODE, CODE.lower(), f"`{CODE}`", "7F3K 0Q9M X2ZB", "7f3kOq9mx2zb.", "<7F3K–0Q9M–X2ZB>"):
        assert answer(Said(Verb.LINK, written), occasion) is Answer.DONE, written
    for nothing in (
        "",
        "CODE",
        "<code>",
        CODE[:-1],
        f"{CODE}2",
        f"{CODE} {CODE}",
        "7F3K-0Q9M-X2ZU",
        "é" * 12,
    ):
        assert answer(Said(Verb.LINK, nothing), occasion) is Answer.NO_CODE, nothing
