"""Decision records as JSON, on their way from the reading process to its parent, which trusts none of it."""

from typing import Any

from pydantic import TypeAdapter

from bot.domain.decisions.record_files import FoundRecords

_ADAPTER = TypeAdapter(FoundRecords | None)


def format_records(records: FoundRecords | None) -> Any:
    """Return records as a JSON value."""
    return _ADAPTER.dump_python(records, mode="json")


def parse_records(fields: Any) -> FoundRecords | None:
    """Return the records from a JSON value.

    Raises:
        ValueError: they are not records.
    """
    return _ADAPTER.validate_python(fields)
