"""What is written on GitHub. After a deliberate change: ``UPDATE=1 pytest`` on this file."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.domain.pull_requests.question_counts import QuestionCounts
from bot.domain.pull_requests.records import AskedQuestion, QuestionState
from bot.domain.review.report import Coverage, ModelRef, Report, Skipped
from bot.rendering.pull_requests import check_runs, github_posts
from bot.rendering.pull_requests import summary as summaries
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


def summary(
    report: Report, *unplaced: AskedQuestion, asked: int = 0, on_lines: int = 0, sensei_first: bool = False
) -> str:
    counts = QuestionCounts(asked + len(unplaced), on_lines, len(unplaced), sensei_first)
    return summaries.summary(report, reports.ASKS, unplaced, MARKER, counts)


WHOLE = reports.full().model_copy(update={"complete": True, "incomplete_because": ()})
BY_MODEL = WHOLE.model_copy(
    update={"mode": "model", "model": ModelRef(provider="anthropic", id="claude-opus-5-5", prompts={})}
)
MANY_SKIPPED = reports.report(
    coverage=Coverage(
        files_total=1_050,
        files_read=42,
        skipped=tuple(Skipped(path=f"vendor/lib{n}.js", reason="vendored") for n in range(1_008)),
        not_assessed=(),
    )
)
FINAL = reports.full().model_copy(
    update={
        "incomplete_because": ("bad.py: not read (binary)",),
        "coverage": Coverage(
            files_total=2,
            files_read=1,
            skipped=(Skipped(path="bad.py", reason="binary", unread=True),),
            not_assessed=(),
        ),
    }
)
BODIES = {
    "complete": summary(WHOLE, asked=2, on_lines=2),
    "later-push": summary(reports.report(), asked=2, on_lines=1),
    "all-answered": summary(reports.report(), asked=2),
    "by-a-model": summary(BY_MODEL, asked(), asked("And who waits?", path="a b.py", line_start=3)),
    "in-both-places": summary(BY_MODEL, asked(), asked=1, on_lines=1),
    "incomplete": summary(reports.full(), asked=1, on_lines=1),
    "incomplete-for-good": summary(FINAL, asked=1, on_lines=1),
    "nothing-found": summary(reports.report()),
    "nothing-found-by-a-model": summary(reports.report(mode="model", model=BY_MODEL.model)),
    "evidence-only": summary(reports.report(movements=(reports.movement(),))),
    "many-skipped": summary(MANY_SKIPPED),
    "sensei-first": summary(WHOLE, sensei_first=True),
    "question": github_posts.question(asked()),
    "later-questions": github_posts.questions_review(2, [], MARKER),
    "kept-questions": github_posts.kept_review(2, [asked()], github_posts.review_marker("kept:5")),
    "unread": summaries.unread_summary(MARKER),
}


@pytest.mark.parametrize("name", sorted(BODIES))
def test_a_body_is_written_as_it_was(name: str) -> None:
    snapshot = SNAPSHOTS / f"{name}.md"
    if os.environ.get("UPDATE"):
        snapshot.write_text(BODIES[name] + "\n", "utf-8")
    assert BODIES[name] + "\n" == snapshot.read_text("utf-8")


def shown_at_once(body: str) -> str:
    """What GitHub shows of a body before anybody opens what is folded."""
    return re.sub(r"<details>.*?</details>|<sub>.*?</sub>|<!--.*?-->", "", body, flags=re.DOTALL)


@pytest.mark.parametrize("name", sorted(set(BODIES) - {"question", "later-questions", "kept-questions"}))
def test_a_summary_opens_with_what_matters_and_folds_how_it_was_read(name: str) -> None:
    first = BODIES[name].split("\n")[0]
    assert re.match(r"\*\*(I read|No facts|Incomplete)", first)
    accounting = r"\btokens?\b|\$\d|\d s\b|not read:|rubric|assessed|vendor"
    assert not re.search(accounting, shown_at_once(BODIES[name]))


@pytest.mark.parametrize("report", [WHOLE, BY_MODEL, reports.full(), reports.report()])
def test_what_was_read_and_what_it_cost_is_said_once(report: Report) -> None:
    body = summary(report)
    assert body.count("1.3 s") == 1
    assert body.count("$0.00") == (report.model is not None)


def test_a_fact_and_the_movement_that_it_causes_are_said_once() -> None:
    fact = reports.concern(line=4)
    both = reports.report(concerns=(fact,), movements=(reports.weakening(fact.citation),))
    body = summary(both)
    assert body.count("speed.1") == 1
    assert "Weakens the evidence for `speed.1`, which asks: Is the speed of this path argued?" in body
    assert "Evidence for the rubric" not in body
    more = both.model_copy(
        update={"movements": (reports.weakening(fact.citation, reports.citation(line=30)),)}
    )
    assert "Evidence for the rubric: 1 check weakened" in summary(more)
    assert summary(more).count("app/client.py:4") == 1
    assert "See `app/client.py:30`." in summary(more)


def test_a_fact_that_moves_nothing_does_not_say_that_it_weakens_its_check() -> None:
    elsewhere = (reports.weakening(reports.citation(line=30)),)
    body = summary(reports.report(concerns=(reports.concern(line=4),), movements=elsewhere))
    assert "Relates to `speed.1`, which asks: Is the speed of this path argued?" in body
    assert "Weakens the evidence for" not in body


def test_a_fact_in_several_places_is_one_item_with_all_of_them() -> None:
    lines = tuple(reports.concern(line=line) for line in (4, 9, 17))
    others = (reports.concern(path="app/other.py"), reports.concern(path="app/other.py", line=8))
    body = summary(reports.report(concerns=(*lines, *others)))
    assert "`app/client.py:4`, also on lines 9, 17 and in `app/other.py:7` (and on line 8)" in body
    assert body.count("This client has no timeout.") == 1
    assert body.startswith("**I read 3 files: 1 fact, no questions.**")


def test_no_pattern_matched_is_said_only_where_that_is_true() -> None:
    nothing = "No pattern matched. This is not an approval."
    assert nothing in summary(reports.report())
    for other in (
        reports.report(mode="model", model=BY_MODEL.model),
        reports.report(movements=(reports.movement(),)),
        reports.report(questions=(reports.question(),)),
        reports.report(concerns=(reports.concern(),)),
        reports.report(coverage=Coverage(files_total=1, files_read=0, skipped=(), not_assessed=())),
    ):
        assert "No pattern matched" not in summary(other)


def test_a_model_that_was_not_asked_is_mentioned_at_the_top() -> None:
    coverage = Coverage(files_total=1, files_read=0, skipped=(), not_assessed=())
    body = summary(reports.report(coverage=coverage, nothing_to_decide=("lock files", "data files")))
    assert body.startswith(
        "**No facts, no questions.** I read 0 of 1 file. This change contains only lock files and data "
        "files, so I didn't ask the model. This is not an approval."
    )


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
# The HTML of summaries: markers, and what is folded or small. No text of others is in it.
OUR_HTML = re.compile(
    rf"{re.escape(MARKER)}|{re.escape(github_posts.question_marker(5))}"
    r"|^<details>\n<summary>[\w :,]+</summary>$|^</details>$|^<sub>[\w `/]+\.</sub>$",
    re.MULTILINE,
)
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
        check_runs.check_result(incomplete, QuestionCounts(), None)[1],
        check_runs.check_stopped(hostile)[1],
    ]


@given(hostile=hostile_texts)
def test_nothing_that_was_read_can_mention_refer_link_or_draw(hostile: str) -> None:
    for body in bodies(hostile):
        text = re.sub(OUR_HTML, "", body)
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
        assert len(headings) <= 2  # facts and questions: none of a participant's
        assert body.count("\n<details>\n") == body.count("\n</details>\n")


@given(hostile=hostile_texts)
def test_no_marker_but_ours_is_in_a_body(hostile: str) -> None:
    *summaries, check, stopped = bodies(hostile)
    assert "<!--" not in check + stopped
    for body in summaries:
        last = body.splitlines()[-1]
        assert body.count("<!--") == 1
        assert last in {MARKER, github_posts.question_marker(5)}


@pytest.mark.contract
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
        check_runs.check_result(report, QuestionCounts(), "12:00")[1],
        check_runs.check_stopped(text)[1],
    ):
        assert len(body) < MOST
    assert summary(report).endswith(f"\n{MARKER}")


@pytest.mark.parametrize("quote", ["ask()", "```\nask()", "````\n```", "   ```\n```text"])
def test_what_is_cut_is_cut_at_a_line_said_and_leaves_no_block_open(quote: str) -> None:
    facts = tuple(reports.concern(f"Fact {n}.", quote=quote, line=n + 1) for n in range(1_200))
    body = summary(reports.report(concerns=facts))
    assert MOST - 6_000 < len(body) < MOST
    *_, told, _, marker = body.split("\n")
    assert re.fullmatch(
        r"[\d,]+ more lines didn't fit here; to see everything, run `sensei review` in a terminal\.", told
    )
    assert marker == MARKER
    last = PARSER.parse(body)[-1]
    assert (last.type, last.content.strip()) == ("html_block", MARKER)


def test_at_every_length_a_cut_closes_what_it_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    report = reports.report(
        concerns=tuple(reports.concern(f"{n}", quote="```\na", line=n + 1) for n in range(4))
    )
    cut_in_folds = 0
    for most in range(600, 1200, 7):
        monkeypatch.setattr(github_posts, "MOST_CHARACTERS", most)
        body = summary(report)
        last = PARSER.parse(body)[-1]
        assert (last.type, last.content.strip()) == ("html_block", MARKER)
        folds = body.count("\n<details>\n")
        assert folds == body.count("\n</details>\n")
        cut_in_folds += folds > 0 and "didn't fit" in body
    assert cut_in_folds > 3, "some cut must be within what is folded"


def test_a_quote_is_shown_as_it_stands() -> None:
    body = summary(reports.report(concerns=(reports.concern(quote="a = '<b>' # @ada\n\treturn"),)))
    [shown] = [token.content for token in PARSER.parse(body) if token.type == "fence"]
    assert shown.rstrip("\n") == visible("a = '<b>' # @ada\n\treturn")


def test_many_reasons_are_counted() -> None:
    report = reports.report(complete=False, incomplete_because=tuple(f"reason {n}" for n in range(14)))
    for text in (summary(report), check_runs.check_result(report, QuestionCounts(), None)[1]):
        assert "- reason 9\n- and 4 more reasons" in text


def test_a_check_run_says_how_it_is_and_what_is_open() -> None:
    title, text = check_runs.check_result(WHOLE, QuestionCounts(3, 1), None)
    assert title == "2 facts, 1 open question"
    assert text == (
        "1 question was open when I read this commit: please answer it on its line. I read 3 of 5 files. "
        "Your sensei does the judging; this check neither passes nor fails anyone."
    )
    assert check_runs.check_result(WHOLE, QuestionCounts(3), None)[0] == "2 facts, no open questions"
    assert check_runs.check_result(reports.report(), QuestionCounts(), None)[0] == "No facts, no questions"
    both = check_runs.check_result(reports.report(), QuestionCounts(3, 2, 1), None)[1]
    assert "please answer them on their lines. 1 question is in the summary, which says how" in both


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (QuestionCounts(1, 1, decisions=(7,)), "2 facts, 1 question about decision 7 on its line."),
        (QuestionCounts(3, 3, decisions=(7,)), "3 questions (1 of them about decision 7) on their lines."),
        (QuestionCounts(2, 2, decisions=(5, 7)), "2 questions about decisions 5 and 7 on their lines."),
    ],
)
def test_a_summary_says_which_decision_a_question_is_about(counts: QuestionCounts, said: str) -> None:
    assert said in summaries.summary(WHOLE, reports.ASKS, (), MARKER, counts)


def test_a_check_run_before_a_sensei_counts_what_is_already_asked() -> None:
    title, text = check_runs.check_result(WHOLE, QuestionCounts(sensei_first=True), None)
    assert (title, "go to your sensei first" in text) == ("2 facts", True)
    kept = check_runs.check_result(WHOLE, QuestionCounts(1, 1, sensei_first=True), None)[0]
    assert kept == "2 facts, 1 open question"


def test_a_check_run_of_an_incomplete_reading_says_when_it_goes_on() -> None:
    title, text = check_runs.check_result(reports.full(), QuestionCounts(), "12:10")
    assert title == "Incomplete"
    assert "I'll try again at 12:10 UTC. You don't need to do anything." in text
    title, text = check_runs.check_result(reports.full(), QuestionCounts(2, 2), None)
    assert title == "Incomplete, 2 open questions"
    assert "try again" not in text
    assert "You don't need to do anything" not in text
    assert check_runs.check_unread("12:10") == (
        "Incomplete",
        "I couldn't read this commit. I'll try again at 12:10 UTC. You don't need to do anything.",
    )


def test_a_check_run_of_a_silent_round_says_only_whether_all_was_read() -> None:
    for complete, title, done in ((True, "Read", "I've read"), (False, "Incomplete", "I couldn't read")):
        shown, text = check_runs.check_silent(complete=complete)
        assert (shown, text.startswith(done)) == (title, True)
        assert "I'm posting nothing here" in text


def test_a_check_run_without_a_result_asks_nothing_of_anybody() -> None:
    assert check_runs.check_progress(None)[0] == "Reading"
    for title, text in (
        check_runs.check_progress(3),
        check_runs.check_stopped("Gone."),
        check_runs.check_unread(None),
    ):
        assert "You don't need to do anything" in text
        assert title
