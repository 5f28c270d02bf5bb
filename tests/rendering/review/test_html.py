import base64
import hashlib
import re
from collections import Counter
from datetime import date
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.review.report import CodeLine, Coverage, ModelRef, Report, RubricRef, Skipped, Strength
from bot.rendering.review import html
from bot.rendering.review.subject import ReportSubject
from bot.rendering.text.safe_text import place_name, visible
from tests.rendering import reports

STYLE = files("bot.rendering.review").joinpath("report.css").read_text("utf-8")
TEXTS = st.one_of(st.sampled_from(reports.HOSTILE), st.text(min_size=1))
VOID = {"meta", "wbr"}


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[int] = []
        self.feed(source)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(len(self.texts))
            self.texts.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.texts[self._open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        for at in self._open:
            tag, text = self.texts[at]
            self.texts[at] = tag, text + data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def within(self, tag: str) -> list[str]:
        """Return the whole text of every element of a kind, in order."""
        return [text for each, text in self.texts if each == tag]


def page(report: Report, asks: dict[str, str] = reports.ASKS) -> Page:
    return Page(html.render_page(report, asks))


def written(text: str) -> tuple[Report, dict[str, str]]:
    """A report with something of everything, and a text everywhere somebody could have written it."""
    quote = text if text.strip() else "x"
    where: dict[str, Any] = {"quote": quote, "path": text}
    full = reports.full()
    report = full.model_copy(
        update={
            "mode": "model",
            "incomplete_because": (text,) * 5,
            "stacks": (text,),
            "stack_evidence": (reports.trace(stack=text, title=text, what=text, path=text),) * 3,
            "rubric": RubricRef(id=text, version=text, sha256="0" * 64),
            "model": ModelRef(provider=text, id=text, prompts={text: text}),
            "concerns": tuple(
                reports.concern(text, **where).model_copy(update={"check": text}) for _ in range(5)
            ),
            "questions": (reports.question(text, **where), reports.question(text, **where, source="text")),
            "movements": (reports.movement(missing=text, **where).model_copy(update={"check": text}),),
            "strengths": (Strength(text=text, citation=reports.citation(**where)),),
            "coverage": full.coverage.model_copy(
                update={"skipped": (Skipped(path=text, reason=text),), "not_assessed": (text,)}
            ),
        }
    )
    return report, {text: text}


def skeleton(report: Report, asks: dict[str, str]) -> tuple[Counter[str], set[tuple[str, str, str]]]:
    """The elements and attributes of a page, without those that follow the lines and slashes of its texts."""
    made = page(report, asks)
    tags = Counter({tag: n for tag, n in made.tags.items() if tag not in {"span", "wbr"}})
    return tags, {each for each in made.attributes if each[1] != "data-line"}


TAME = skeleton(*written("tame"))


@pytest.mark.contract
@settings(max_examples=60)
@given(text=TEXTS)
def test_nothing_that_anyone_wrote_changes_what_the_page_is_made_of(text: str) -> None:
    assert skeleton(*written(text)) == TAME


@pytest.mark.parametrize("report", [reports.full(), reports.report(), written("x")[0]])
def test_the_page_asks_for_nothing_and_runs_nothing(report: Report) -> None:
    made = page(report)
    assert not made.tags.keys() & {
        "script",
        "link",
        "img",
        "iframe",
        "form",
        "object",
        "base",
        "svg",
        "input",
    }
    assert {name for _, name, _ in made.attributes} <= {
        "aria-label", "aria-labelledby", "charset", "class", "content", "data-line", "href", "http-equiv",
        "id", "lang", "name", "role", "translate",
    }  # fmt: skip
    assert all(value.startswith("#") for _, name, value in made.attributes if name == "href")
    assert not re.search(r"url\(|@import|://", STYLE)


def test_the_policy_allows_this_style_sheet_alone() -> None:
    source = html.render(reports.full(), reports.ASKS)
    assert source.startswith("<!doctype html>\n")
    (style,) = Page(source).within("style")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert style == STYLE
    assert (
        f"content=\"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'\""
        in source
    )


@pytest.mark.contract
@settings(max_examples=60)
@given(text=TEXTS)
def test_texts_are_shown_as_they_stand(text: str) -> None:
    report, asks = written(text)
    made = page(report, asks)
    shown = visible(text)
    assert made.within("pre") == [visible(report.strengths[0].citation.quote)] * 9
    # One fact, two questions, one movement, one strength.
    assert [each for each in made.within("h3") if each == shown] == [shown] * 4
    places = [each.partition(", in the author’s words")[0] for each in made.within("figcaption")]
    assert places == [place_name(report.strengths[0].citation)] * 9


def test_everything_in_a_report_is_on_the_page() -> None:
    report = reports.full()
    made = page(report)
    (body,) = made.within("body")
    assert made.within("title") == ["bbbbbbbbbb → aaaaaaaaaa · Sensei, first pass"]
    assert made.within("h1") == ["From bbbbbbbbbb to aaaaaaaaaa"]
    assert made.within("h2") == [
        "Incomplete",
        "Facts",
        "Questions",
        "Checks supported or weakened",
        "Strengths",
        "What was read",
    ]
    assert made.within("h3") == [
        "This client has no timeout.",
        "A key stands here.",
        "What lost when this won?",
        "speed.1 partly supported",
        "speed.1 weakened",
        "The price of the retry is named.",
    ]
    assert made.within("figcaption") == [
        "app/client.py:7",
        "app/other.py:9",
        "app/client.py:2",
        "app/client.py:7-8",
        "app/client.py:7",
        "app/client.py:30",
        "app/client.py:20",
    ]
    for said in [
        "data.bin: its content is not in this clone",
        "Weakens the evidence for speed.1, which asks: Is the speed of this path argued?",
        "Relates to speed.1, which asks: Is the speed of this path argued?",
        "Relates to safety.1, which asks: Is its safety argued?",
        "Missing: a bound.",
        "3 of 5 files read.",
        "1 file not read: lock file",
        "uv.lock",
        "2 checks for a person or a model",
        "$0.00, 1.3 s;",
    ]:
        assert said in body


def test_what_a_model_adds_is_on_the_page() -> None:
    report, asks = written("deep/thought")
    (body,) = page(report, asks).within("body")
    assert "Signals and a model." in body
    assert "Found by a signal." in body
    assert "Strengths" in body
    assert "deep/thought at deep/thought; prompt deep/thought" in body


def test_a_fact_in_many_places_is_said_once_with_every_place() -> None:
    same = tuple(reports.concern(line=n) for n in range(1, 41))
    made = page(reports.report(concerns=same))
    assert len(made.within("h3")) == 1
    assert made.within("figcaption") == [f"app/client.py:{n}" for n in range(1, 41)]
    assert "37 more places" in made.within("summary")
    folded = next(text for text in made.within("details") if "37 more places" in text)
    assert folded.count("app/client.py:") == 37


def test_no_question_says_who_asks_nothing() -> None:
    silent = "None: neither the signals nor the model has a question about this change."
    assert silent in html.render(reports.report(mode="model"), {})
    assert silent not in html.render(reports.report(), {})
    incomplete = html.render(reports.report(complete=False, incomplete_because=("stopped",)), {})
    assert silent not in incomplete
    assert "No questions about the files that were read." in incomplete


def test_the_title_names_repository_branch_and_day() -> None:
    subject = ReportSubject("shop", "refunds<b>", date(2026, 11, 8))
    made = Page(html.render(reports.full(), reports.ASKS, subject))
    assert made.within("title") == ["shop, refunds<b>, 8 November 2026 · Sensei, first pass"]
    assert "shop, refunds<b>, 8 November 2026" in made.within("p")
    assert str(ReportSubject("", "", date(2026, 11, 8))) == "8 November 2026"


def test_the_lines_around_a_citation_are_shown_apart_from_it() -> None:
    excerpt = (CodeLine(line=6, text="\u202ea"), CodeLine(line=7, text="b"), CodeLine(line=8, text="c\nd"))
    fact = reports.concern().model_copy(update={"excerpt": excerpt})
    made = page(reports.report(concerns=(fact,)))
    assert made.within("pre") == ["\\u202ea\nb\nc\\nd"]
    assert [value for tag, name, value in made.attributes if (tag, name) == ("span", "class")] == [
        "around",
        "cited",
        "around",
    ]
    assert [value for _, name, value in made.attributes if name == "data-line"] == ["6", "7", "8"]


def test_the_digest_of_the_rubric_says_what_it_covers() -> None:
    for stacks, covered in [
        ((), "without packs"),
        (("shop",), "with the pack shop"),
        (("a", "b"), "with the packs a, b"),
    ]:
        (body,) = page(reports.report(stacks=stacks)).within("body")
        assert f"small 1.0.0, sha256 000000000000 ({covered})." in body


def test_a_page_of_nothing_does_not_look_clean() -> None:
    nothing = Coverage(files_total=0, files_read=0, skipped=(), not_assessed=())
    made = page(reports.report(coverage=nothing))
    assert any(text.startswith("Nothing was read: ") for text in made.within("p"))
    assert made.within("h2") == ["What was read"]


def test_hidden_values_are_counted_on_the_page() -> None:
    hidden = reports.concern(quote="k = '[redacted:jwt]'", redacted=True)
    (body,) = page(reports.report(concerns=(hidden,))).within("body")
    assert "Sensei hid 1 possible secret in the code shown here." in body


def test_a_baseline_asks_nothing_and_is_named() -> None:
    made = page(reports.report(kind="baseline", base=None))
    assert made.within("h1") == ["The whole tree at aaaaaaaaaa"]
    assert made.within("title") == ["The whole tree at aaaaaaaaaa · Sensei, first pass"]
    assert made.within("h2") == ["What was read"]


def numbers(**changes: Any) -> list[str]:
    made = page(reports.report(concerns=(reports.concern(**changes),)))
    return [value for _, name, value in made.attributes if name == "data-line"]


def test_each_line_has_its_number_and_no_line_has_a_false_one() -> None:
    assert numbers(quote="a\n\nb", line=9) == ["9", "10", "11"]
    assert numbers(quote="key = [redacted:pem]\nb", line=9, line_end=14, redacted=True) == ["9", ""]


@pytest.mark.parametrize("theme", STYLE.split("@media screen and (prefers-color-scheme: dark)")[:2])
def test_the_colours_can_be_read(theme: str) -> None:
    """Contrast as WCAG 2.2 computes it; AA asks for 4.5 (https://www.w3.org/TR/WCAG22/#contrast-minimum)."""
    colours = {name: luminance(value) for name, value in re.findall(r"--(\w+): (#[0-9a-f]{6});", theme)}
    for ground in ("paper", "code"):
        for ink in ("ink", "quiet", "seal", "leaf", "earth"):
            light, dark = sorted((colours[ground], colours[ink]), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (ground, ink)


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
