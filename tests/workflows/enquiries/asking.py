"""A participant who asks Sensei in direct messages: a workspace on loopback, a real index, their sensei."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from bot.adapters import slack as adapter
from bot.adapters.database.model_calls.tables import ModelCallRow, ModelCallState
from bot.adapters.files import prompts
from bot.adapters.git.clone_cache import CheckoutCache
from bot.adapters.git.stored_clones import GitStoredClones
from bot.adapters.search import SqliteSearchIndex
from bot.domain.enquiries.records import Answer, Enquiry, EnquiryMessage, model_repository
from bot.domain.sources.documents import Document, Passage, cohort_scope
from bot.ports.model import Model
from bot.workflows.enquiries.answer_requests import AnswerRequests
from bot.workflows.enquiries.answering import EnquiryAnswering
from bot.workflows.enquiries.ask_shortcut import FormQuestions
from bot.workflows.enquiries.pane import PanePrompts
from bot.workflows.enquiries.showing import AnswerShowing
from bot.workflows.sources.own_documents import OwnDocuments
from bot.workflows.sources.searching import SourceSearch
from tests.entrypoints.slacking import served
from tests.entrypoints.webhooks import now
from tests.fakes.model import Scripted
from tests.fakes.slack import Person, Slack
from tests.fakes.steps import Straight
from tests.workflows.shop import LIBRARY
from tests.workflows.whole_dojo import PARTICIPANT, SENSEI, WholeDojo, all_features

ADA, SEN = "Ada <b> & *Co*", "Sen & `Sons`"
LIMIT = "A run of the pipeline may take at most 45 minutes. After that, the runner stops it."
QUESTION = "How long may a run of the pipeline take?"
HANDBOOK = Document(
    "ci.md",
    "CI <handbook>",
    (
        Passage(("CI <handbook>", "Time limits"), LIMIT, "https://docs.example/ci?a=1&b=2#time-limits"),
        Passage(("CI <handbook>", "Secrets"), "Secrets of the pipeline are in the vault.", "javascript:x"),
    ),
)


def answers_with(quote: str = LIMIT, **changes: Any) -> dict[str, Any]:
    """What a model says that points to the passage."""
    claim = {"passage": 1, "quote": quote, "text": "A run of the pipeline may take at most 45 minutes."}
    document = {"kind": "fact", "tried": None, "covered": True, "claims": [claim], "question": ""}
    return {**document, **changes}


@dataclass
class Asking(WholeDojo):
    """Ada asks, Sen is her sensei, and a handbook says how long a run may take."""

    folder: Path = field(default_factory=Path)
    model: Model | None = None

    @property
    def ada(self) -> Person:
        return self.people[ADA]

    def begin(self) -> None:
        self.joins(ADA, PARTICIPANT)
        self.joins(SEN, SENSEI)
        self.pairs(ADA, SEN)
        self.slack.events.add("message.im")
        store = self.here.store
        self.index = SqliteSearchIndex(self.folder / "index.db")
        self.index.replace(cohort_scope(self.member(ADA).cohort), [HANDBOOK])
        clones = GitStoredClones(CheckoutCache(self.folder / "clones", 10**9, 60, 10**6))
        own = OwnDocuments(store, self.index, clones, "https://github.com")
        self.search = SourceSearch(store, self.index, own, "capstone")

    def says(self, document: Any) -> Scripted:
        """Let the model answer like this from now on."""
        self.model = scripted = Scripted(enquiry=document)
        return scripted

    def answering(self, chat: Any = None) -> EnquiryAnswering:
        @contextmanager
        def open_model(_enrolment: int) -> Iterator[Model | None]:
            yield self.model

        store = self.here.store
        chat = chat or adapter.connect(self.slack.bot_token, self.slack.api_url)
        return EnquiryAnswering(
            store,
            self.search,
            AnswerRequests(prompts.load("enquiries/answer"), "1"),
            open_model,
            AnswerShowing(chat, store, now, has_model=self.model is not None),
            now,
        )

    def run(self, kind: str, argument: dict[str, Any]) -> None:
        store, chat = self.here.store, adapter.connect(self.slack.bot_token, self.slack.api_url)
        panes = PanePrompts(chat, store, lambda: LIBRARY.rubric, now, partial(self.search.find, public=True))
        flows = {
            "enquiry": self.answering().run,
            "enquiry_deletion": self.answering().delete,
            "enquiry_form": FormQuestions(chat, store, now).run,
            "pane": panes.run,
        }
        if kind in flows:
            flows[kind](Straight(self.here.store), argument)
        else:
            super().run(kind, argument)

    def asks(self, text: str = QUESTION, thread: str | None = None) -> dict[str, Any]:
        """Let Ada ask something; what she wrote."""
        said = self.ada.says(text, thread=thread)
        self.settle()
        return said

    def enquiries(self) -> Sequence[Enquiry]:
        with self.here.store.read() as tx:
            return list(reversed(tx.enquiries.of(self.member(ADA).enrolment)))

    def messages(self) -> list[EnquiryMessage]:
        """What is stored of what Ada asked."""
        with self.here.store.read() as tx:
            return [one for enquiry in self.enquiries() for one in tx.enquiries.messages(enquiry.id)]

    def answers(self) -> list[Answer]:
        with self.here.store.read() as tx:
            return [one for enquiry in self.enquiries() for one in tx.enquiries.answers(enquiry.id)]

    def stores_model_answer(self, words: str) -> None:
        """Let a model have answered Ada with some words, as its call is stored."""
        with Session(self.engine) as session:
            session.add(
                ModelCallRow(
                    key="0" * 64,
                    attempt=1,
                    sample=0,
                    purpose="enquiry",
                    repository=model_repository(self.member(ADA).enrolment),
                    prompt="enquiries/answer",
                    prompt_version=1,
                    prompt_sha256="0" * 64,
                    rubric_version="1",
                    provider="anthropic",
                    model="m",
                    state=ModelCallState.ANSWERED,
                    started_at=now(),
                    seen_at=now(),
                    finished_at=now(),
                    answer=json.dumps({"tried": {"quote": words}}),
                )
            )
            session.commit()

    def in_thread(self, said: dict[str, Any]) -> list[str]:
        """What the app has said in a thread, as it is read."""
        heard = zip(self.ada.messages, self.heard(self.ada), strict=True)
        return [text for message, text in heard if message.get("thread_ts") == said["ts"]]

    def stored_text(self) -> str:
        """Everything that the database holds."""
        with self.engine.connect() as connection:
            queries = [
                sa.text(f'SELECT * FROM "{name}"') for name in sa.inspect(self.engine).get_table_names()
            ]
            return str([tuple(row) for query in queries for row in connection.execute(query)])


@contextmanager
def asking(engine: sa.Engine, folder: Path, *, answers_questions: bool = True) -> Iterator[Asking]:
    """Serve a dojo in which people ask."""
    with Slack() as slack:
        it = Asking(engine, slack, all_features(answers_questions=answers_questions), folder=folder)
        with served(engine, slack, "http", it.features) as here:
            it.here = here
            it.people["Ada Lovelace"] = here.ada
            it.begin()
            yield it
