"""Splitting Markdown: what a passage contains, which headings lead to it, and where it links to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.sources.markdown_passages import (
    MOST_CODE,
    MOST_LINES,
    MOST_WORDS,
    make_anchor,
    make_document,
    split_markdown,
)

WORDS = "a word or two. " * 20  # 80 of them: more than a section that is joined with another


def headings(text: str) -> list[tuple[str, ...]]:
    return [passage.headings for passage in split_markdown(text)]


def links(text: str) -> list[str]:
    return [passage.link for passage in split_markdown(text, "https://x.test/page")]


def test_each_passage_has_the_headings_above_it() -> None:
    text = f"{WORDS}\n# A\n{WORDS}\n## B\n{WORDS}\n#### C\n{WORDS}\n## D\n{WORDS}\n\nE\n===\n{WORDS}\n"
    assert headings(text) == [(), ("A",), ("A", "B"), ("A", "B", "C"), ("A", "D"), ("E",)]


def test_a_text_without_headings_is_split_too() -> None:
    found = split_markdown("\n\n".join([WORDS] * 8), "https://x.test/page")
    assert [len(passage.text.split()) for passage in found] == [240, 240, 160]
    assert {(passage.headings, passage.link) for passage in found} == {((), "https://x.test/page")}


@pytest.mark.parametrize(
    "code",
    [
        "```sh\n# no heading\n```",
        "~~~\n# no heading\n```\n# nor this\n~~~",
        "- item\n\n  ```\n  # no heading\n  ```",
        "> ```\n> # no heading\n> ```",
        "text\n\n    # no heading",
        "<!--\n# no heading\n-->",
        "<pre>\n# no heading\n</pre>",
        "```\n# never closed",
    ],
)
def test_code_and_comments_contain_no_headings(code: str) -> None:
    assert headings(f"# A\n\n{WORDS}\n\n{code}\n") == [("A",)]


def test_line_ends_of_windows_and_a_byte_order_mark_make_no_difference() -> None:
    text = f"---\ntitle: T\n---\n# A\n\n{WORDS}\n\nB\n---\n\n```\n# x\n```\n{WORDS}\n"
    assert make_document("k", "\ufeff" + text.replace("\n", "\r\n")) == make_document("k", text)
    assert headings(text) == [("A",), ("A", "B")]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("---\nid: x\ntitle: 'The title'\n---\n# Another\ntext", "The title"),
        ('+++\ntitle = "The title"\n+++\ntext', "The title"),
        ("# The title\ntext", "The title"),
        ("text\n\n# The title\nmore", "The title"),
        ("# *The* title\n## A\ntext", "The title"),
        ("## A\ntext\n# The title\nmore", "The title"),
        ("## Installation\ntext", "guide/page.md"),
        ("text", "guide/page.md"),
        ("", "guide/page.md"),
        ("---\ntitle: never closed\n\ntext", "guide/page.md"),
    ],
)
def test_a_documents_title_is_the_one_that_its_reader_sees(text: str, title: str) -> None:
    document = make_document("guide/page.md", text)
    assert (document.key, document.title) == ("guide/page.md", title)
    assert all("id: x" not in passage.text for passage in document.passages)


def test_passages_do_not_repeat_the_title() -> None:
    document = make_document("k", f"# The title\n{WORDS}\n## A\n{WORDS}\n")
    assert [passage.headings for passage in document.passages] == [(), ("A",)]


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        # As GitHub makes them.
        ("Getting started", "getting-started"),
        ("What's new?", "whats-new"),
        ("`max_tokens` and *more*", "max_tokens-and-more"),
        ("[Linked](https://x.test) text", "linked-text"),
        ("A & B", "a--b"),
        ("🚀 Launch", "-launch"),
        ("C++ / C#", "c--c"),
        ("Überblick: Größe", "überblick-größe"),
        ("v2.1.0", "v210"),
        ("1. First", "1-first"),
        ("&lt;tag&gt; <b>bold</b>", "tag-bold"),
        ("日本語 見出し", "日本語-見出し"),
    ],
)
def test_anchors_are_githubs(heading: str, anchor: str) -> None:
    assert links(f"## {heading}\n{WORDS}\n") == [f"https://x.test/page#{anchor}"]


def test_doubles_of_an_anchor_are_numbered_also_where_no_section_begins() -> None:
    text = f"# A\n{WORDS}\n## Use\n{WORDS}\n> ## Use\n\n- # Use\n\n## Use\n{WORDS}\n"
    assert links(text) == [f"https://x.test/page{end}" for end in ("#a", "#use", "#use-3")]


def test_an_anchor_that_only_a_site_generator_reads_is_not_shown() -> None:
    [passage] = split_markdown(f"## Set up {{#setup}}\n{WORDS}\n")
    assert passage.headings == ("Set up",)


def test_without_an_address_there_is_no_link() -> None:
    assert {passage.link for passage in split_markdown(f"# A\n{WORDS}\n")} == {""}
    assert make_anchor("A b") == "a-b"


def test_a_block_of_code_is_never_cut() -> None:
    code = "```python\n" + "\n\n\n".join(f"line_{number} = {number}" for number in range(90)) + "\n```"
    found = split_markdown(f"# A\n{WORDS}\n\n{code}\n\n{WORDS}\n")
    assert len([passage for passage in found if code in passage.text]) == 1
    listed = split_markdown("- item\n\n  " + code.replace("\n", "\n  ") + "\n")
    assert [passage.text.count("```") for passage in listed] == [0, 2]


def test_of_a_very_long_block_of_code_whole_lines_are_kept() -> None:
    [passage] = split_markdown("~~~\n" + "0123456789\n" * 5000 + "~~~\n")
    lines = passage.text.splitlines()
    assert (lines[0], lines[-1], set(lines[1:-1])) == ("~~~", "~~~", {"0123456789"})
    assert MOST_CODE - 20 < len(passage.text) < MOST_CODE + 20


def test_a_long_table_is_split_between_rows_and_its_header_repeated() -> None:
    rows = [f"| name {number} | {'what it means ' * 4}|" for number in range(60)]
    found = split_markdown("# A\n\n| name | meaning |\n| --- | :---: |\n" + "\n".join(rows) + "\n")
    assert len(found) > 2
    shown = [passage.text.splitlines() for passage in found]
    assert {tuple(lines[:2]) for lines in shown} == {("| name | meaning |", "| --- | :---: |")}
    assert [row for lines in shown for row in lines[2:]] == rows


def test_a_long_list_is_split_between_its_items() -> None:
    items = [f"- item {number}: {'words ' * 30}".rstrip() for number in range(20)]
    found = split_markdown("\n".join(items))
    assert [line for passage in found for line in passage.text.splitlines()] == items
    assert max(len(passage.text.split()) for passage in found) <= MOST_WORDS


def test_a_long_paragraph_is_split_after_sentences() -> None:
    sentences = [f"Sentence {number} says something (in e.g. eight words)." for number in range(200)]
    found = split_markdown(" ".join(sentences))
    assert " ".join(passage.text for passage in found) == " ".join(sentences)
    assert {passage.text[-7:] for passage in found} == {"words)."}


def test_short_sections_below_one_heading_are_joined_with_their_headings() -> None:
    text = f"# Dates\n{WORDS}\n## Design\n3 March\n### Where\nRoom 4\n## Midway\n4 April\n# People\nAda\n"
    found = split_markdown(text, "b")
    assert [(passage.headings, passage.link) for passage in found] == [
        (("Dates",), "b#dates"),
        (("Dates",), "b#design"),
        (("People",), "b#people"),
    ]
    assert found[1].text == ("## Design\n\n3 March\n\n### Where\n\nRoom 4\n\n## Midway\n\n4 April")


def test_short_sections_below_different_headings_stay_apart() -> None:
    assert headings("# A\n## C\nshort\n# B\n## D\nshort\n") == [("A", "C"), ("B", "D")]


def test_the_parts_of_a_long_section_are_about_as_long() -> None:
    found = split_markdown("# A\n\n" + "\n\n".join(["a word or two, " * 12] * 6))
    assert [len(passage.text.split()) for passage in found] == [144, 144]


def test_a_short_section_before_a_long_one_stays_by_itself() -> None:
    assert headings(f"# A\nIn short.\n## B\n{WORDS}\n") == [("A",), ("A", "B")]


@pytest.mark.parametrize(
    "text",
    [
        "before <!-- unseen --> after",
        "before\n<!-- unseen\n\nunseen -->\nafter",
        "before\n\n<!-- unseen --> after",
        "before\n- item <!-- unseen -->\n\nafter",
        "before\n\n<script>unseen</script>\n\nafter",
        "before\n\n[unseen]: https://unseen.test 'unseen'\n\nafter",
        "before after\n\n<!-- unseen",
        "before\n\n<div class='unseen'>\n\nafter\n\n</div>",
    ],
)
def test_what_no_reader_sees_belongs_to_no_passage(text: str) -> None:
    [passage] = split_markdown(text)
    assert "unseen" not in passage.text
    assert passage.text.startswith("before")
    assert "after" in passage.text


def test_what_readers_do_see_stays_as_it_is() -> None:
    text = (
        "A `List<String>`, **bold** [link](https://x.test) and <b>tags</b>.\n\n```html\n<!-- shown -->\n```"
    )
    [passage] = split_markdown(text)
    assert passage.text == text


@pytest.mark.contract
@pytest.mark.parametrize(
    "text",
    [
        "> " * 38 + "a\n" + "b\n" * 90_000,
        "- " * 100_000,
        ("> - " * 35 + "a\n") * 1000,
        ("# " + "[" * 290 + "\n") * 1000,
        "[a]: b '" + "c\n" * 100_000,
        "|" * 100_000 + "\n" + "|-" * 50_000 + "\n" + "|a\n" * 5000,
        "a | b\n" + " " * 190_000 + "x\nc\n",
        "<!--\n\na <!-- " * 20_000,
        "<div>\n" + "<" * 190_000,
        "x" * 500_000,
        "# a\n" * 60_000,
        "\0\ud800\x0b\x85\n" * 9000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_texts_are_read_only_so_far(text: str) -> None:
    found = split_markdown(text)
    assert sum(passage.text.count("\n") for passage in found) <= MOST_LINES * 2
    assert max((len(passage.text) for passage in found), default=0) <= MOST_CODE + 600


LINES = [
    "# A",
    "## B ##",
    "```",
    "~~~",
    "- item",
    "  more",
    "> quote",
    "| a | b |",
    "| - | - |",
    "---",
    "===",
]
LINES += ["", "    code", "<!-- x", "-->", "<div>", "1. one", "[r]: u", "some words here", WORDS, "\t- x"]
markup = st.lists(st.sampled_from(LINES), max_size=40)


@given(markup)
def test_passages_consist_of_the_texts_own_lines_in_their_order(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = split_markdown(text, "base")
    rest = text.split()
    for word in (word for passage in found for word in passage.text.split()):
        if word in {"#", "##", "|", "-", "a", "b"}:
            continue  # headings that were joined are written in one way, and headers of tables repeated
        assert word in rest, word
        rest = rest[rest.index(word) + 1 :]
    assert all(passage.text.strip() and passage.link.startswith("base") for passage in found)


@given(st.text())
def test_any_text_can_be_split(text: str) -> None:
    document = make_document("key", text, "base")
    assert document.title
    assert all(passage.text.strip() for passage in document.passages)
