"""Building what hears and answers what people ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.bootstrap import wiring
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.domain.rubrics.rubric import Library
    from bot.ports.chat import Chat
    from bot.ports.engine import Engine
    from bot.ports.metrics import Metrics
    from bot.ports.model import Model
    from bot.ports.store import Store
    from bot.workflows.enquiries.answering import Search

LONGEST_CALL, MOST_CALLS = 60.0, 2
"""The seconds that a model has for an answer, and how often it is asked: a person waits for it."""


def register_enquiries(  # noqa: PLR0913, PLR0917 - what the workflows are made of
    engine: "Engine",
    settings: Settings,
    library: "Library",
    store: "Store",
    chat: "Chat | None",
    search: "Search",
    measures: "Metrics",
) -> None:
    """Register the workflows ``enquiry`` and ``enquiry_deletion``."""
    from bot.adapters.files import prompts
    from bot.workflows.enquiries import hearing
    from bot.workflows.enquiries.answer_requests import AnswerRequests
    from bot.workflows.enquiries.answering import EnquiryAnswering
    from bot.workflows.enquiries.showing import AnswerShowing

    @contextmanager
    def open_model(enrolment: int) -> "Iterator[Model | None]":
        with _open_model(settings, enrolment, measures) as model:
            yield model

    answering = EnquiryAnswering(
        store,
        search,
        AnswerRequests(prompts.load("enquiries/answer"), library.rubric.version),
        open_model,
        AnswerShowing(chat, store, wiring.now, has_model=settings.model_provider is not None),
        wiring.now,
        measures,
    )
    engine.workflow(hearing.ENQUIRY, answering.run)
    engine.workflow(hearing.DELETION, answering.delete)


@contextmanager
def _open_model(settings: Settings, enrolment: int, measures: "Metrics") -> "Iterator[Model | None]":
    """Open the model for what a member asks. Their erasure finds its answers by this name."""
    from bot.adapters.metrics import MeasuredModel
    from bot.adapters.model import CallLimits
    from bot.domain.enquiries.records import model_repository

    limits = CallLimits(seconds=min(LONGEST_CALL, settings.model_timeout), tries=MOST_CALLS)
    name = model_repository(enrolment)
    with wiring.connect_model(settings, call_limits=limits, repository=name) as model:
        yield MeasuredModel(model, measures) if model else None
