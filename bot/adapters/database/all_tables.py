"""All tables. Importing this module declares them in ``metadata``."""

import bot.adapters.database.articulation.tables
import bot.adapters.database.audit_trail
import bot.adapters.database.check_ins.tables
import bot.adapters.database.decisions.tables
import bot.adapters.database.defences.tables
import bot.adapters.database.design_documents.tables
import bot.adapters.database.dojo.tables
import bot.adapters.database.enquiries.tables
import bot.adapters.database.jobs.tables
import bot.adapters.database.model_calls.tables
import bot.adapters.database.one_to_ones.tables
import bot.adapters.database.pairing.tables
import bot.adapters.database.pull_requests.tables
import bot.adapters.database.triage.tables  # noqa: F401 - imported for the tables it declares
from bot.adapters.database.table_conventions import metadata

__all__ = ["metadata"]
