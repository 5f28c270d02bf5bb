"""What is written on GitHub. After a deliberate change: ``UPDATE=1 pytest`` on this file."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.domain.pull_requests.records import AskedQuestion, QuestionState
from bot.domain.review.report import Coverage, ModelRef, Report, Skipped
from bot.rendering.pull_requests import github_posts
from bot.rendering.text.safe_text import visible
from tests.rendering import reports

SNAPSHOTS = Path(__file__).parent / "snapshots"
MARKER = github_posts.review_marker("review:7#12:1")
PARSER = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])
MOST = 65_000


def asked(text: str = "What lost when this won?", **changes: object) -> AskedQuestion:
    plain = AskedQuestion(
        id=5,
        round="review:7#12:1",
        check="safety.1",
        text=text,
        fingerprint="f" * 64,
        path="app/client.py",
        side="head",
        line_start=7,
        line_end=7,
        quote="timeout=3",
        inline=False,
        state=QuestionState.ASKED,
        comment=None,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def summary(report: Report, *unplaced: AskedQuestion) -> str:
    return github_posts.summary(report, reports.ASKS, unplaced, MARKER)


WHOLE = reports.full().model_copy(update={"complete": True, "incomplete_because": ()})
BY_MODEL = WHOLE.model_copy(
    update={"mode": "model", "model": ModelRef(provider="anthropic", id="claude-opus-5-5", prompts={})}
)
BODIES = {
    "complete": summary(WHOLE),
    "by-a-model": summary(BY_MODEL, asked(), asked("And who waits?", path="a b.py", line_start=3)),
    "incomplete": summary(reports.full()),
    "nothing-found": summary(reports.report()),
    "question": github_posts.question(asked()),
    "later-questions": github_posts.questions_review(2, [], MARKER),
    "kept-questions": github_posts.kept_review(2, [asked()], github_posts.review_marker("kept:5")),
    "unread": github_posts.unread_summary(MARKER),
}


@pytest.mark.parametrize("name", sorted(BODIES))
def test_a_body_is_written_as_it_was(name: str) -> None:
    snapshot = SNAPSHOTS / f"{name}.md"
    if os.environ.get("UPDATE"):
        snapshot.write_text(BODIES[name] + "\n", "utf-8")
    assert BODIES[name] + "\n" == snapshot.read_text("utf-8")


@pytest.mark.parametrize("report", [WHOLE, BY_MODEL, reports.full(), reports.report()])
def test_what_was_read_and_what_it_cost_is_said_once(report: Report) -> None:
    assert summary(report).count(" read; ") == 1
    assert summary(report).count("$0.00") == 1


def test_every_body_ends_in_its_marker_and_has_no_other() -> None:
    for body in BODIES.values():
        assert re.findall(r"<!--.*", body) == [body.splitlines()[-1]]


def test_no_level_and_no_grade_is_in_any() -> None:
    for body in BODIES.values():
        assert not re.search(r"\blevel\b|score|\d ?/ ?5", body, re.IGNORECASE)


# The markers of others, as a participant could write them into code, a path or a title.
SPOOFS = [
    github_posts.review_marker("review:7#12:2"),
    github_posts.question_marker(6),
    "<!-- sensei:review=kept:5 -->",
]
hostile_texts = st.one_of(st.sampled_from([*reports.HOSTILE, *SPOOFS]), st.text(min_size=1))


def bodies(hostile: str) -> list[str]:
    quote = hostile if hostile.strip() else "x"
    report = reports.report(
        concerns=(reports.concern(hostile, quote=quote, path=hostile),),
        movements=(reports.movement(missing=hostile, quote=quote, path=hostile),),
        stack_evidence=(reports.trace(what=hostile, path=hostile),),
        coverage=Coverage(
            files_total=1, files_read=0, skipped=(Skipped(path=hostile, reason=hostile),), not_assessed=()
        ),
    )
    incomplete = report.model_copy(update={"complete": False, "incomplete_because": (hostile,)})
    question = asked(hostile, path=hostile, quote=quote)
    return [
        summary(report, question),
        summary(incomplete),
        github_posts.question(question),
        github_posts.kept_review(1, [question], MARKER),
        github_posts.check_result(incomplete, 0, None)[1],
        github_posts.check_stopped(hostile)[1],
    ]


@given(hostile=hostile_texts)
def test_nothing_that_was_read_can_mention_refer_link_or_draw(hostile: str) -> None:
    for body in bodies(hostile):
        text = body.replace(MARKER, "").replace(github_posts.question_marker(5), "")
        tokens = [each for block in PARSER.parse(text) for each in (block, *(block.children or ()))]
        kinds = {token.type for token in tokens}
        assert not kinds & {
            "html_inline",
            "html_block",
            "image",
            "link_open",
            "table_open",
            "blockquote_open",
        }
        prose = "".join(token.content if token.type == "text" else "\n" for token in tokens)
        assert not re.search(r"@[\w-]|#\d|GH-\d|https?://|www\.", prose, re.IGNORECASE)
        headings = [token for token in tokens if token.type == "heading_open"]
        assert len(headings) <= 5  # first pass, facts, questions, what moved, read: none of a participant's


@given(hostile=hostile_texts)
def test_no_marker_but_ours_is_in_a_body(hostile: str) -> None:
    *summaries, check, stopped = bodies(hostile)
    assert "<!--" not in check + stopped
    for body in summaries:
        last = body.splitlines()[-1]
        assert body.count("<!--") == 1
        assert last in {MARKER, github_posts.question_marker(5)}


@pytest.mark.parametrize("hostile", ["@", "\U000e0041", "&", "`", "x", "<!--", "`" * 40 + "\n"])
@pytest.mark.parametrize(("length", "number"), [(70_000, 1), (3_000, 12), (300, 60)])
def test_a_body_fits_whatever_comes(hostile: str, length: int, number: int) -> None:
    text = (hostile * length)[:length]
    report = reports.report(
        complete=False,
        incomplete_because=(text,) * number,
        concerns=tuple(reports.concern(f"{n} {text}", quote="x", path=f"{text}{n}") for n in range(number)),
        movements=(reports.movement(missing=text),) * number,
    )
    question = asked(text, path=text)
    for body in (
        summary(report, *[question] * number),
        github_posts.question(question),
        github_posts.kept_review(number, [question] * number, MARKER),
        github_posts.check_result(report, 0, "12:00")[1],
        github_posts.check_stopped(text)[1],
    ):
        assert len(body) < MOST
    assert summary(report).endswith(f"\n{MARKER}")


@pytest.mark.parametrize("quote", ["ask()", "```\nask()", "````\n```", "   ```\n```text"])
def test_what_is_cut_is_cut_at_a_line_said_and_leaves_no_block_open(quote: str) -> None:
    facts = tuple(reports.concern(f"Fact {n}.", quote=quote, line=n + 1) for n in range(1_200))
    body = summary(reports.report(concerns=facts))
    assert MOST - 6_000 < len(body) < MOST
    *_, told, _, marker = body.split("\n")
    assert re.fullmatch(r"[\d,]+ more lines didn't fit here; `sensei review` shows everything\.", told)
    assert marker == MARKER
    last = PARSER.parse(body)[-1]
    assert (last.type, last.content.strip()) == ("html_block", MARKER)


def test_at_every_length_a_cut_closes_what_it_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    report = reports.report(
        concerns=tuple(reports.concern(f"{n}", quote="```\na", line=n + 1) for n in range(4))
    )
    for most in range(600, 1200, 7):
        monkeypatch.setattr(github_posts, "MOST_CHARACTERS", most)
        last = PARSER.parse(summary(report))[-1]
        assert (last.type, last.content.strip()) == ("html_block", MARKER)


def test_a_quote_is_shown_as_it_stands() -> None:
    body = summary(reports.report(concerns=(reports.concern(quote="a = '<b>' # @ada\n\treturn"),)))
    [shown] = [token.content for token in PARSER.parse(body) if token.type == "fence"]
    assert shown.rstrip("\n") == visible("a = '<b>' # @ada\n\treturn")


def test_many_reasons_are_counted() -> None:
    report = reports.report(complete=False, incomplete_because=tuple(f"reason {n}" for n in range(14)))
    for text in (summary(report), github_posts.check_result(report, 0, None)[1]):
        assert "- reason 9\n- and 4 more reasons" in text


def test_a_check_run_says_how_it_is_and_what_there_is_to_do() -> None:
    assert github_posts.check_progress(None)[0] == "Reading"
    assert github_posts.check_result(WHOLE, 1, None)[0] == "1 question, 2 facts"
    assert "neither passes nor fails anyone" in github_posts.check_result(WHOLE, 1, None)[1]
    title, text = github_posts.check_result(reports.full(), 0, "12:10")
    assert title == "Incomplete"
    assert "Sensei will try again at 12:10 UTC." in text
    assert "try again" not in github_posts.check_result(reports.full(), 0, None)[1]
    assert github_posts.check_unread("12:10") == (
        "Incomplete",
        "This commit couldn't be read. Sensei will try again at 12:10 UTC. There is nothing for you to do.",
    )
    for title, text in (
        github_posts.check_progress(3),
        github_posts.check_stopped("Gone."),
        github_posts.check_unread(None),
    ):
        assert "nothing for you to do" in text
        assert title
