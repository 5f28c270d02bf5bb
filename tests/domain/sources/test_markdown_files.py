"""Which Markdown files may be cited, and what is made of hostile ones."""

import pytest

from bot.domain.sources.markdown_files import choose_documents, choose_pages, make_page, page_address
from tests.keys import KEYS

PATHS = [
    "README.md",
    "notes.md",
    "prompts/system.md",
    "docs/how.markdown",
    "docs/deep/er.MDX",
    "docs/logo.png",
    "packages/web/readme.de.md",
    "system-design.md",
    "docs/adr/0001-use-postgres.md",
    "docs/adr/template.md",
    ".github/pull_request_template.md",
    "node_modules/left/README.md",
    "docs/.hidden.md",
    "docs/" + "x" * 400 + ".md",
]


def test_the_pages_of_a_handbook_are_its_markdown_outside_of_hidden_and_foreign_folders() -> None:
    assert choose_pages(reversed(PATHS)) == [
        "README.md",
        "docs/adr/0001-use-postgres.md",
        "docs/adr/template.md",
        "docs/deep/er.MDX",
        "docs/how.markdown",
        "notes.md",
        "packages/web/readme.de.md",
        "prompts/system.md",
        "system-design.md",
    ]


def test_the_documents_of_a_capstone_leave_out_prompts_and_start_with_what_was_given() -> None:
    assert choose_documents(PATHS, ["notes.md", "gone.md", "docs/logo.png"]) == [
        "notes.md",
        "README.md",
        "system-design.md",
        "docs/how.markdown",
        "docs/adr/0001-use-postgres.md",
        "docs/deep/er.MDX",
        "packages/web/readme.de.md",
    ]


def test_a_page_links_to_its_headings_below_its_address() -> None:
    page = make_page("a.md", b"# On call\n\n## Who is it?\n\nAsk Bo.\n", "https://wiki.example/a.md")
    assert page is not None
    assert (page.key, page.title) == ("a.md", "On call")
    assert page.passages[-1].link == "https://wiki.example/a.md#who-is-it"


@pytest.mark.parametrize("content", [b"", b" \n\n", b"caf\xe9 au lait", b"a\0b", "x".encode("utf-16")])
def test_what_is_empty_or_no_text_is_no_page(content: bytes) -> None:
    assert make_page("a.md", content, "") is None


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    page = make_page("a.md", "\ufeff# Café\n\nOpen.".encode(), "")
    assert page is not None
    assert page.title == "Café"


def test_secrets_are_replaced_wherever_a_page_repeats_them() -> None:
    key = KEYS["aws-access-key-id"][0]
    page = make_page("a.md", f"# The key {key}\n\nUse `{key}` for it.\n".encode(), "")
    assert page is not None
    assert key not in repr(page)
    assert "[redacted:" in page.title


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("a b/ç#1?.md", "https://wiki.example/a%20b/%C3%A7%231%3F.md"),
        ("caf\udce9.md", "https://wiki.example/caf%E9.md"),
        ("<script>.md", "https://wiki.example/%3Cscript%3E.md"),
        ("a\nb|c.md", "https://wiki.example/a%0Ab%7Cc.md"),
    ],
)
def test_the_address_of_an_odd_name_has_no_sign_of_its_own(path: str, address: str) -> None:
    assert page_address("https://wiki.example/", path) == address
    assert page_address("", path) == ""
    page = make_page(path, b"Text without a heading.", "")
    assert page is not None
    assert "\n" not in page.key
    assert page.key.encode("utf-8")
