import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.domain.review.report import CodeLine, Coverage, Report, Skipped
from bot.rendering.pull_requests.summary import summary
from bot.rendering.review.markdown import JOINER, code, plain, render
from bot.rendering.text.safe_text import visible
from tests.rendering import reports

GITHUB = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])


def tokens(report: Report) -> list[Token]:
    """Every token that GitHub's parser would see, inline ones included."""
    blocks = GITHUB.parse(render(report, reports.ASKS))
    return [each for block in blocks for each in (block, *(block.children or ()))]


def prose(report: Report) -> str:
    """What is shown outside code, where GitHub looks for mentions, references and addresses."""
    return "".join(t.content if t.type == "text" else "\n" for t in tokens(report))


@given(hostile=st.one_of(st.sampled_from(reports.HOSTILE), st.text(min_size=1)))
def test_nothing_that_was_read_can_draw_link_or_mention(hostile: str) -> None:
    quote = hostile if hostile.strip() else "x"
    report = reports.report(
        complete=False,
        incomplete_because=(hostile,),
        concerns=(reports.concern(hostile, quote=quote, path=hostile),),
        questions=(reports.question(hostile, quote=quote, path=hostile),),
        stack_evidence=(reports.trace(what=hostile, path=hostile),),
    )
    kinds = {token.type for token in tokens(report)}
    assert not kinds & {
        "html_inline",
        "html_block",
        "image",
        "link_open",
        "table_open",
        "blockquote_open",
        "s_open",
    }
    # GitHub looks for these in the text of the finished page, code left out.
    assert not re.search(r"@[\w-]|#\d|GH-\d", prose(report), re.IGNORECASE)
    headings = [token for token in tokens(report) if token.type == "heading_open"]
    assert len(headings) == 4  # the title, facts, questions, read: none of the participant's


@given(quote=st.text(min_size=1).filter(str.strip))
def test_a_quote_is_shown_as_it_stands(quote: str) -> None:
    shown = [
        t.content
        for t in tokens(reports.report(concerns=(reports.concern(quote=quote),)))
        if t.type == "fence"
    ]
    assert [text.rstrip("\n") for text in shown] == [visible(quote).rstrip("\n").replace("\t", "\t")]


def test_the_lines_around_a_question_are_numbered_and_those_it_cites_are_marked() -> None:
    excerpt = (CodeLine(line=9, text="\u202ea"), CodeLine(line=10, text="```"), CodeLine(line=11, text=""))
    question = reports.question(line=10).model_copy(update={"excerpt": excerpt})
    report = reports.report(questions=(question,))
    (shown,) = (token.content for token in tokens(report) if token.type == "fence")
    assert shown == "   9  \\u202ea\n> 10  ```\n  11\n"


def test_a_document_of_nothing_does_not_look_clean() -> None:
    nothing = Coverage(files_total=0, files_read=0, skipped=(), not_assessed=())
    document = render(reports.report(coverage=nothing), {})
    assert "**Nothing was read: base and head are identical" in document
    assert "Questions" not in document


def test_a_baseline_records_evidence_and_hidden_values_are_counted() -> None:
    moved = reports.movement(missing="", quote="k = '[redacted:jwt]'", redacted=True)
    document = render(reports.report(kind="baseline", base=None, movements=(moved,)), reports.ASKS)
    assert "## Checks with evidence\n\n- Evidence for `speed.1`, which asks: " in document
    assert document.endswith("\n\nSensei hid 1 possible secret in the code shown here.\n")


def test_everything_in_a_report_is_in_the_document() -> None:
    document = render(reports.full(), reports.ASKS)
    text = prose(reports.full())
    assert "This client has no timeout." in text
    assert "What lost when this won?" in text
    assert "Is the speed of this path argued?" in text
    assert "Incomplete." in text
    assert "`app/client.py:7`" in document
    assert "`app/client.py:7`, also in `app/other.py:9`" in document
    assert "Weakens the evidence for `speed.1`, which asks: Is the speed of this path argued?" in document
    assert "Relates to `speed.1`, which asks: Is the speed of this path argued?" in document
    assert "`uv.lock`" in document
    assert "Uses Shop: `import shop (src/desk.py:3)`" in document


def test_the_document_is_one_list_per_section() -> None:
    kinds = [token.type for token in tokens(reports.full())]
    assert kinds.count("ordered_list_open") == 3
    assert kinds.count("fence") == 4


@pytest.mark.parametrize(
    "text",
    [
        "a :+1: b",
        ":100:",
        ":white_check_mark:",
        "$x$ and $$y$$",
        "see 3f2a9c1 here",
        "3f2a9c1d" * 5,
        "acme@3F2A9C1",
    ],
)
def test_no_emoji_formula_or_commit_is_made_of_a_text(text: str) -> None:
    inline = GITHUB.parseInline(plain(text))[0].children or []
    page = "".join(token.content for token in inline)
    assert page.replace(JOINER, "") == text
    assert not re.search(r":[\w+-]+:|\$[\w$]|(?<![0-9a-z])[0-9a-f]{7,}", page, re.IGNORECASE)


def test_a_file_that_could_not_be_read_is_named_as_code() -> None:
    name = "d/:tada: 3f2a9c1.py"
    coverage = Coverage(
        files_total=1, files_read=0, skipped=(Skipped(path=name, reason="gone"),), not_assessed=()
    )
    because = (f"{name}: it is gone", "2 files were not read: the limit was reached")
    report = reports.report(complete=False, incomplete_because=because, coverage=coverage)
    for shown in (render(report, reports.ASKS), summary(report, {}, [], "")):
        assert f"- {code(name)}: it is gone" in shown
        assert "- 2 files were not read" in shown
