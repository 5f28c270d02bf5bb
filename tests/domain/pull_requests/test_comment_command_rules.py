"""Which comments are commands, who may give which, and where."""

import itertools
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.pull_requests.comment_command_rules import (
    DECISIONS,
    RULES,
    CommandContext,
    CommandOutcome,
    CommentPlace,
    ParsedCommand,
    Verb,
    decide_outcome,
)
from bot.domain.pull_requests.comment_parsing import command_further_down, parse_comment
from bot.domain.pull_requests.permissions import CapstoneRole
from bot.domain.pull_requests.records import QuestionState
from tests.comments import TRICKS

COMMANDS: dict[str, ParsedCommand] = {
    "/sensei": ParsedCommand(Verb.HELP),
    "/sensei?": ParsedCommand(Verb.HELP),
    "/sensei help": ParsedCommand(Verb.HELP),
    "/SENSEI  Review": ParsedCommand(Verb.REVIEW),
    "/sensei review.": ParsedCommand(Verb.REVIEW),
    "/sensei: review": ParsedCommand(Verb.REVIEW),
    "/sensei\u00a0review": ParsedCommand(Verb.REVIEW),
    "\r\n  /sensei review  \r\n": ParsedCommand(Verb.REVIEW),
    "/sensei review\n-- \nAda": ParsedCommand(Verb.REVIEW, reason="Ada"),
    "/sensei review <!-- sensei:reply=1 -->": ParsedCommand(Verb.REVIEW),
    "/sensei review\n/sensei quiet": ParsedCommand(Verb.REVIEW, reason="/sensei quiet"),
    "> What lost?\n> And who waits?\n\n/sensei quiet": ParsedCommand(Verb.QUIET),
    "> Well?\n\n> And then?\n\n\n/sensei review": ParsedCommand(Verb.REVIEW),
    "/sensei explain reliability.2": ParsedCommand(Verb.EXPLAIN, "reliability.2", "reliability.2"),
    "/sensei record": ParsedCommand(Verb.RECORD),
    "/sensei link 7F3K-0Q9M-X2ZB": ParsedCommand(Verb.LINK, "7F3K-0Q9M-X2ZB", "7F3K-0Q9M-X2ZB"),
    "/sensei defer Away until May.\nThen I measure.\n\nAll of it.": ParsedCommand(
        Verb.DEFER, "Away until May.", "Away until May.\nThen I measure.\n\nAll of it."
    ),
    "/sensei dispute As bo wrote on 2026-11-27:\nIt is.": ParsedCommand(
        Verb.DISPUTE, "As bo wrote on 2026-11-27:", "As bo wrote on 2026-11-27:\nIt is."
    ),
    "/sensei dispute\n\nThe line is a fixture.": ParsedCommand(Verb.DISPUTE, "", "The line is a fixture."),
}


def shown(said: ParsedCommand | None) -> tuple[object, ...] | None:
    if said is None:
        return None
    reason = said.reason if said.verb in {Verb.DEFER, Verb.DISPUTE} else ""
    return said.verb, said.argument, said.meant, reason


@pytest.mark.parametrize("body", COMMANDS)
def test_a_command_is_a_comments_first_line(body: str) -> None:
    assert shown(parse_comment(body)) == shown(COMMANDS[body])


NAMED = {
    "/sensei answer Q12 We halve it.": (Verb.ANSWER, 12, "We halve it."),
    "/sensei answer q12: We halve it.\n\nAll of it.": (Verb.ANSWER, 12, "We halve it.\n\nAll of it."),
    "/sensei answer Q12\nWe halve it.": (Verb.ANSWER, 12, "We halve it."),
    "/sensei record Q3": (Verb.RECORD, 3, ""),
    "/sensei record Q3\n\nAgainst: a queue.": (Verb.RECORD, 3, "Against: a queue."),
    "/sensei defer Q3, after the demo": (Verb.DEFER, 3, "after the demo"),
    "/sensei private Q3": (Verb.PRIVATE, 3, ""),
    "/sensei explain Q3": (Verb.EXPLAIN, 3, ""),
    "/sensei dispute Q3 is a fixture": (Verb.DISPUTE, 3, "is a fixture"),
    # These name nothing.
    "/sensei dispute Q3.1 is a fixture": (Verb.DISPUTE, None, "Q3.1 is a fixture"),
    "/sensei dispute Q3rd quarter": (Verb.DISPUTE, None, "Q3rd quarter"),
    "/sensei answer Q1234567890 x": (Verb.ANSWER, None, "Q1234567890 x"),
    "/sensei review Q3": (Verb.REVIEW, None, "Q3"),
}


@pytest.mark.parametrize("body", NAMED)
def test_a_command_may_name_the_question_that_it_is_about(body: str) -> None:
    said = parse_comment(body)
    assert said is not None
    assert (said.verb, said.question, said.reason) == NAMED[body]


def test_a_question_that_is_not_there_is_said_to_be_missing() -> None:
    occasion = CommandContext(CapstoneRole.PARTICIPANT, CommentPlace.CONVERSATION)
    for verb in (Verb.ANSWER, Verb.RECORD, Verb.DEFER, Verb.DISPUTE, Verb.PRIVATE, Verb.EXPLAIN):
        said = ParsedCommand(verb, "Because.", "Because.", question=12)
        assert decide_outcome(said, occasion) is CommandOutcome.NO_QUESTION, verb


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
    said = parse_comment(body)
    assert said is None or said.verb is Verb.LINK
    meant = FURTHER_DOWN[body]
    assert command_further_down(body) == (ParsedCommand(None, meant=meant) if meant else None)


@pytest.mark.parametrize("body", TRICKS, ids=lambda body: body[:40])
def test_what_is_not_written_exactly_is_no_command(body: str) -> None:
    said, then = parse_comment(body), TRICKS[body]
    if then == "silent":
        assert said is None
    elif then in {"unknown", "alone", "check", "later", "code", "guess"}:
        assert said is not None
        assert said.meant is None
        assert (said.verb is None) == (then == "unknown")
    else:
        assert said == ParsedCommand(None, meant=Verb(then))
    if said is not None and then not in {"check", "guess"}:
        occasion = CommandContext(CapstoneRole.PARTICIPANT, CommentPlace.CONVERSATION)
        assert decide_outcome(said, occasion) in {
            CommandOutcome.UNKNOWN,
            CommandOutcome.ALONE,
            CommandOutcome.IN_THREAD,
            CommandOutcome.NO_CODE,
        }


@pytest.mark.parametrize(
    "name", ["reliability.2", "`Reliability.2`", "<reliability.2>", '"reliability.2".', "**reliability.2**"]
)
def test_a_checks_name_is_taken_out_of_what_people_put_around_it(name: str) -> None:
    said = parse_comment(f"/sensei explain {name}")
    assert said is not None
    assert said.check == "reliability.2"


@given(st.text(alphabet=st.sampled_from("/sensei help\n>`~#-*<!→\u200b \t"), max_size=80))
@example("/sensei\x00help")
def test_any_text_can_be_looked_at(text: str) -> None:
    said = parse_comment(f"{text}\n/sensei help")
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
            parse_comment(body)
            command_further_down(body)
            times.append(time.process_time() - began)
        return min(times)

    # Sixteen times the length takes sixteen times as long, and 256 times where it is the square: the bound is
    # as far from either, as a busy machine may take four times as long for one of the two.
    assert taken(16_384) < 64 * taken(1_024) + 0.05


# Who may do what: by role, place and where the question of a thread stands. Whoever is none of the two may
# link their account and nothing else. What is not in a row is the row's first word.
STATES = [None, *QuestionState]
TABLE: dict[Verb, dict[object, CommandOutcome]] = {
    Verb.HELP: {"all": CommandOutcome.DONE},
    Verb.REVIEW: {"all": CommandOutcome.DONE},
    Verb.EXPLAIN: {"all": CommandOutcome.DONE},
    # Where nothing is asked yet, it is about the whole pull request.
    Verb.PRIVATE: {
        None: CommandOutcome.DONE,
        "all": CommandOutcome.IN_THREAD,
        QuestionState.ASKED: CommandOutcome.DONE,
        QuestionState.ANSWERED: CommandOutcome.DONE,
        QuestionState.DEFERRED: CommandOutcome.DONE,
        QuestionState.RESOLVED: CommandOutcome.SETTLED,
        QuestionState.DISPUTED: CommandOutcome.WITH_SENSEI,
        QuestionState.WITHDRAWN: CommandOutcome.SETTLED,
    },
    Verb.QUIET: {"all": CommandOutcome.DONE},
    Verb.SPEAK: {"all": CommandOutcome.DONE},
    Verb.DEFER: {
        "all": CommandOutcome.IN_THREAD,
        QuestionState.ASKED: CommandOutcome.DONE,
        QuestionState.ANSWERED: CommandOutcome.DONE,
        QuestionState.RESOLVED: CommandOutcome.SETTLED,
        QuestionState.DEFERRED: CommandOutcome.ALREADY,
        QuestionState.DISPUTED: CommandOutcome.WITH_SENSEI,
        QuestionState.WITHDRAWN: CommandOutcome.SETTLED,
    },
    Verb.DISPUTE: {
        "all": CommandOutcome.IN_THREAD,
        QuestionState.ASKED: CommandOutcome.DONE,
        QuestionState.ANSWERED: CommandOutcome.DONE,
        QuestionState.RESOLVED: CommandOutcome.SETTLED,
        QuestionState.DEFERRED: CommandOutcome.DONE,
        QuestionState.DISPUTED: CommandOutcome.ALREADY,
        QuestionState.WITHDRAWN: CommandOutcome.SETTLED,
    },
    Verb.RECORD: {
        "all": CommandOutcome.IN_THREAD,
        QuestionState.ASKED: CommandOutcome.DONE,
        QuestionState.ANSWERED: CommandOutcome.DONE,
        QuestionState.RESOLVED: CommandOutcome.DONE,
        QuestionState.DEFERRED: CommandOutcome.DONE,
        QuestionState.DISPUTED: CommandOutcome.WITH_SENSEI,
        QuestionState.WITHDRAWN: CommandOutcome.SETTLED,
    },
    Verb.ANSWER: {
        "all": CommandOutcome.IN_THREAD,
        QuestionState.ASKED: CommandOutcome.DONE,
        QuestionState.ANSWERED: CommandOutcome.DONE,
        QuestionState.RESOLVED: CommandOutcome.SETTLED,
        QuestionState.DEFERRED: CommandOutcome.DONE,
        QuestionState.DISPUTED: CommandOutcome.WITH_SENSEI,
        QuestionState.WITHDRAWN: CommandOutcome.SETTLED,
    },
    # The rest wait for no such decision, and the reply says no more, since it is public.
    Verb.KEEP: {
        None: CommandOutcome.IN_THREAD,
        "all": CommandOutcome.NOT_WAITING,
        QuestionState.PROPOSED: CommandOutcome.DONE,
        QuestionState.KEPT: CommandOutcome.ALREADY,
    },
    Verb.WITHDRAW: {
        None: CommandOutcome.IN_THREAD,
        "all": CommandOutcome.NOT_WAITING,
        QuestionState.PROPOSED: CommandOutcome.DONE,
        QuestionState.DISPUTED: CommandOutcome.DONE,
    },
    Verb.STANDS: {
        None: CommandOutcome.IN_THREAD,
        "all": CommandOutcome.NOT_WAITING,
        QuestionState.DISPUTED: CommandOutcome.DONE,
    },
    Verb.LINK: {"all": CommandOutcome.DONE},
}
NEEDS_REASON = {Verb.DEFER, Verb.DISPUTE, Verb.ANSWER}
CODE = "7F3K-0Q9M-X2ZB"


PLACES = [
    (place, state)
    for place, state in itertools.product(CommentPlace, STATES)
    if (place is CommentPlace.QUESTION) == (state is not None)
]


def expected(verb: Verb, occasion: CommandContext) -> CommandOutcome:
    """What the table says, and what goes before it."""
    if occasion.role is CapstoneRole.OTHER and verb is not Verb.LINK:
        return CommandOutcome.NOT_YOURS
    if verb is Verb.DISPUTE and occasion.role is CapstoneRole.SENSEI:
        return CommandOutcome.YOU_RULE
    if verb in {Verb.RECORD, Verb.ANSWER} and occasion.role is CapstoneRole.SENSEI:
        return CommandOutcome.PARTICIPANTS
    if verb in DECISIONS and not (occasion.role is CapstoneRole.SENSEI and occasion.decides):
        return CommandOutcome.SENSEIS
    if verb is Verb.REVIEW and not occasion.open:
        return CommandOutcome.CLOSED
    return TABLE[verb].get(occasion.question, TABLE[verb]["all"])


@pytest.mark.parametrize("role", CapstoneRole)
@pytest.mark.parametrize("verb", Verb)
def test_who_may_do_what_where(verb: Verb, role: CapstoneRole) -> None:
    reason = "Because." if verb in NEEDS_REASON else CODE if verb is Verb.LINK else ""
    occasions = [
        CommandContext(role, place, state, open=is_open, decides=decides)
        for (place, state), is_open, decides in itertools.product(PLACES, (True, False), (True, False))
    ]
    answers = [(each, decide_outcome(ParsedCommand(verb, reason, reason), each)) for each in occasions]
    assert answers == [(each, expected(verb, each)) for each in occasions]
    for occasion, told in answers:
        for nothing in (
            ("", "...", "\u200b", "—") if verb in NEEDS_REASON and told is CommandOutcome.DONE else ()
        ):
            assert decide_outcome(ParsedCommand(verb, nothing, nothing), occasion) is CommandOutcome.NO_REASON


def test_a_question_that_was_ruled_on_is_not_disputed_again_but_may_be_deferred() -> None:
    occasion = CommandContext(
        CapstoneRole.PARTICIPANT, CommentPlace.QUESTION, QuestionState.ASKED, ruled=True
    )
    assert decide_outcome(ParsedCommand(Verb.DISPUTE, "No.", "No."), occasion) is CommandOutcome.RULED
    assert decide_outcome(ParsedCommand(Verb.DEFER, "Later.", "Later."), occasion) is CommandOutcome.DONE


@pytest.mark.parametrize("verb", sorted(DECISIONS))
def test_a_question_that_is_not_there_and_a_private_dispute_are_answered_alike(verb: Verb) -> None:
    """The reply is public, and must not tell which questions there are."""
    unknown = CommandContext(CapstoneRole.SENSEI, CommentPlace.CONVERSATION, decides=True)
    disputed = CommandContext(
        CapstoneRole.SENSEI, CommentPlace.CONVERSATION, QuestionState.DISPUTED, private=True, decides=True
    )
    for occasion in (unknown, disputed):
        assert decide_outcome(ParsedCommand(verb, question=12), occasion) is CommandOutcome.NOT_WAITING


def test_every_word_is_in_the_table_and_has_a_rule() -> None:
    assert set(TABLE) == set(Verb)
    assert set(RULES) == set(Verb)


def test_a_link_needs_what_may_be_a_code_and_nothing_beside_it() -> None:
    occasion = CommandContext(CapstoneRole.OTHER, CommentPlace.CONVERSATION)
    for written in (CODE, CODE.lower(), f"`{CODE}`", "7F3K 0Q9M X2ZB", "7f3kOq9mx2zb.", "<7F3K–0Q9M–X2ZB>"):
        assert decide_outcome(ParsedCommand(Verb.LINK, written), occasion) is CommandOutcome.DONE, written
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
        assert decide_outcome(ParsedCommand(Verb.LINK, nothing), occasion) is CommandOutcome.NO_CODE, nothing
