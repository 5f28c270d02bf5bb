"""A design document from the form to the page, the messages and the evidence that a sensei rules on."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.design_documents.records import DesignDocument, DocumentProblem, DocumentState
from bot.domain.ledger.evidence import CheckState
from bot.ports.model import CallOutcome
from tests.fakes.model import Scripted
from tests.keys import fake_key if False else None  # placeholder
