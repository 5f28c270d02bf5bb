"""The report on a milestone reads on its own, runs and loads nothing, and shows all texts as text."""

import base64
import hashlib
import re
from dataclasses import fields
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.defences.records import DefenceOutcome
from bot.domain.milestones.growth import CriterionGrowth, Growth
from bot.domain.milestones.report import MilestoneReport, ReportedCriterion, ReportedDefence
from bot.rendering.milestones import html
from bot.rendering.text.safe_text import visible
from tests.rendering import reports
from tests.rendering.milestones.reported import report, written
from tests.rendering.review.test_html import Page

TEXTS = st.one_of(st.sampled_from(reports.HOSTILE), st.text(min_size=1))


def words(made: MilestoneReport) -> str:
    """The page as it is read."""
    return " ".join(" ".join(Page(html.render(made)).within("body")).split())


def test_it_says_what_was_ruled_by_whom_on_what_evidence() -> None:
    text = words(report())
    for part in (
        "Design milestone on 1 Dec 2026. Capstone ada/desk. Sensei: Sol Sensei.",
        "This report was made on 28 Nov 2026.",
        "Level 2, reasoned names what lost and the price of what won",
        "Ruled on 27 Nov 2026 by Sol Sensei. The evidence has changed since then.",
        "You know what a retry costs you.",
        "Does the agent loop end after a stated number of steps? Met",
        "desk/agent/loop.py:7-8 at aaaaaaaaaa",
        "From a recorded decision",
        "No evidence yet for 3 more checks.",
        "by a second sensei, after a request for a second opinion",
        "Not judged Ruled on 27 Nov 2026 by a deputy of their sensei. The participant has asked",
        "Not ready yet: Security. The capstone needs level 2 (reasoned) there at a milestone.",
        "Data and retrieval no ruling yet",
        "Human factors doesn't apply",
        "Answers are kept in Postgres Recorded on 27 Nov 2026",
        "Against Redis, which lost them.",
        "This report leaves out 1 private decision.",
        "2 decisions unaided, 1 decision assisted, 1 question raised and not repeated",
        "No model gave a level.",
    ):
        assert part in text


def test_what_there_is_none_of_is_not_mentioned() -> None:
    bare = report(
        day=None, sensei="", missing=(), exempted=(), not_ready=(), decisions=(), private_decisions=0
    )
    text = words(bare)
    assert "Design milestone. Capstone" in text
    for part in ("Not ready", "no ruling yet", "doesn't apply", "own words", "left out", "Sensei:"):
        assert part not in text


def test_the_defence_has_a_section_of_its_own_once_it_was_held() -> None:
    asked = ReportedDefence(
        "Reliability", "Who notices?", "desk/agent.py:7", DefenceOutcome.ALONE, "You named the clerk."
    )
    growth = Growth((CriterionGrowth("reliability", "Reliability", defended=1),))
    text = words(report(defence=(asked,), growth=growth))
    assert "The live defence" in text
    assert "Reliability: answered alone desk/agent.py:7 Who notices? You named the clerk." in text
    assert "1 question defended alone" in text
    assert "A question counts as defended alone if" in text
    assert "The live defence" not in words(report())
    assert "defended alone" not in words(report())


def test_a_report_has_no_room_for_a_draft_or_a_reason() -> None:
    named = {field.name for kind in (MilestoneReport, ReportedCriterion) for field in fields(kind)}
    assert not {"draft", "reason", "verdict", "basis"} & named


def test_the_page_runs_nothing_and_allows_its_one_style_sheet() -> None:
    source = html.render(report())
    page = Page(source)
    assert not {"script", "link", "img", "iframe", "form", "a"} & set(page.tags)
    assert not [
        name for _, name, _ in page.attributes if name.startswith("on") or name in {"href", "src", "style"}
    ]
    [style] = re.findall(r"<style>(.*?)</style>", source, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in source
    assert "@import" not in style
    assert "url(" not in style


def test_the_style_is_for_light_dark_phone_and_paper() -> None:
    source = html.render(report())
    for part in (
        "prefers-color-scheme: dark",
        "@media print",
        "@page",
        "max-width: 30rem",
        "width=device-width",
    ):
        assert part in source
    own = files("bot.rendering.milestones").joinpath("report.css").read_text("utf-8")
    assert not re.findall(r"#[0-9a-f]{3,8}\b", own), (
        "colours are the shared variables, which know dark and paper"
    )


def test_headings_go_down_one_step_at_a_time_and_cells_name_their_rows() -> None:
    source = html.render(report())
    levels = [int(found) for found in re.findall(r"<h(\d)", source)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert source.count('scope="row"') == source.count("<tr>") - source.count("<thead>")


@pytest.mark.contract
@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_any_text_is_shown_and_never_becomes_markup(text: str) -> None:
    plain, made = Page(html.render(written("x"))), Page(html.render(written(text)))
    assert set(made.tags - plain.tags) <= {"wbr", "span"}  # more breaks in paths, and more lines of quotes
    assert {name for _, name, _ in made.attributes} == {name for _, name, _ in plain.attributes}
    assert visible(text).strip() in " ".join(made.within("h1"))


@pytest.mark.parametrize("text", reports.HOSTILE)
def test_known_attacks_are_only_text(text: str) -> None:
    made = Page(html.render(written(text)))
    assert set(made.tags) <= set(Page(html.render(written("x"))).tags) | {"wbr"}


def test_a_files_name_names_nobody() -> None:
    assert html.name_file(report()) == "design-milestone-2026-11-28.html"
