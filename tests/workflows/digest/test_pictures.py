"""A digest's picture is uploaded once, and no digest is late or lost because of it."""

import io
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from PIL import Image

from bot.domain.dojo.people import CohortRole
from bot.workflows.digest import pictures
from bot.workflows.digest.pictures import Pictures
from tests.fakes.slack import Loses, Slack, outage
from tests.fakes.steps import Died, Straight
from tests.workflows.digest.weekly_cohort import WeeklyCohort, load

START, UPLOAD, END = "files.getUploadURLExternal", "upload", "files.completeUploadExternal"


@pytest.fixture(name="it")
def a_cohort(engine: sa.Engine) -> Iterator[WeeklyCohort]:
    with Slack() as slack:
        yield WeeklyCohort(engine, slack)


def made(it: WeeklyCohort, person: str, role: str = "sensei") -> int:
    with it.store.begin() as tx:
        return tx.digests.add(it.id, person, role, f"{it.clock:%G-W%V}", [], it.now()).id


def test_a_sensei_gets_a_picture_of_their_own_participants_only(it: WeeklyCohort) -> None:
    sen, other = it.joins("Sen", CohortRole.SENSEI), it.joins("Other", CohortRole.SENSEI)
    it.shows(it.enrols("Ada", sensei=sen), "speed.1")
    it.enrols("Stranger", sensei=other)
    steps = Straight(it.store)
    picture = it.pictures.make(steps, made(it, sen))
    assert picture is not None
    stored = it.slack.files[picture]
    assert "1 participant" in stored.alt_text
    assert "Stranger" not in stored.alt_text
    with Image.open(io.BytesIO(stored.content or b"")) as opened:
        assert opened.format == "PNG"
    # A week's snapshots that nobody has taken yet are taken first.
    assert "Not read yet" not in stored.alt_text


def test_a_picture_that_was_uploaded_is_not_uploaded_again(it: WeeklyCohort) -> None:
    sen = it.joins("Sen", CohortRole.SENSEI)
    it.enrols("Ada", sensei=sen)
    digest = made(it, sen)
    first = it.pictures.make(Straight(it.store), digest)
    assert it.pictures.make(Straight(it.store), digest) == first
    assert len(it.slack.files) == 1


def test_a_crash_after_the_upload_leaves_one_file_that_nobody_sees(it: WeeklyCohort) -> None:
    sen = it.joins("Sen", CohortRole.SENSEI)
    it.enrols("Ada", sensei=sen)
    digest = made(it, sen)
    upload = it.chat.upload_picture

    def uploaded(name: str, content: bytes, words: str) -> str:
        upload(name, content, words)
        raise Died

    it.chat.upload_picture = uploaded  # type: ignore[method-assign, assignment]
    with pytest.raises(Died):
        it.pictures.make(Straight(it.store), digest)
    it.chat.upload_picture = upload  # type: ignore[method-assign]
    assert it.pictures.make(Straight(it.store), digest) in it.slack.files
    assert len(it.slack.files) == 2
    assert it.slack.posted() == []


@pytest.mark.contract
@pytest.mark.parametrize("step", [START, UPLOAD, END])
def test_an_outage_is_waited_for_but_not_for_long(it: WeeklyCohort, step: str) -> None:
    sen = it.joins("Sen", CohortRole.SENSEI)
    it.enrols("Ada", sensei=sen)
    it.slack.fault(outage(), step, times=2)
    digest = made(it, sen)
    assert it.pictures.make(Straight(it.store), digest) is not None
    again = made(it, it.joins("Sue", CohortRole.SENSEI))
    it.enrols("Bea", sensei=list(it.accounts)[-1])
    it.slack.fault(Loses(), step, times=1000)
    steps = Straight(it.store)
    assert it.pictures.make(steps, again) is None
    assert 0 < steps.slept < 600


def test_without_the_scope_there_is_no_picture_and_nothing_is_tried_twice(it: WeeklyCohort) -> None:
    sen = it.joins("Sen", CohortRole.SENSEI)
    it.enrols("Ada", sensei=sen)
    it.slack.scopes.remove("files:write")
    assert it.pictures.make(Straight(it.store), made(it, sen)) is None
    assert len(it.slack.asked(START)) == 1


def test_what_cannot_be_drawn_costs_nobody_their_digest(
    it: WeeklyCohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_grid: object) -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr(pictures, "draw_progress", broken)
    sen = it.joins("Sen", CohortRole.SENSEI)
    it.enrols("Ada", sensei=sen)
    assert it.pictures.make(Straight(it.store), made(it, sen)) is None


def test_where_there_is_nothing_to_show_nothing_is_uploaded(it: WeeklyCohort) -> None:
    it.enrols("Ada")
    assert it.pictures.make(Straight(it.store), made(it, it.joins("Sen", CohortRole.SENSEI))) is None
    assert it.pictures.make(Straight(it.store), made(it, it.joins("Lea", CohortRole.LEAD), "lead")) is None
    unconnected = Pictures(None, it.store, load, it.now)
    assert unconnected.make(Straight(it.store), 1) is None
    assert it.slack.files == {}
