"""Webhook deliveries that never arrived."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from github.Requester import Requester

from bot.adapters.github.responses import next_page
from bot.ports.code_host import MissedDelivery


def list_missed(requester: Requester, since: datetime) -> list[MissedDelivery]:
    """List the deliveries since a given time whose attempts all failed, oldest first.

    https://docs.github.com/en/rest/apps/webhooks#list-deliveries-for-an-app-webhook
    """
    delivered: set[str] = set()
    # The newest attempt of each, as the list starts with the newest.
    failed: dict[str, MissedDelivery] = {}
    url: str | None = "/app/hook/deliveries?per_page=100"
    while url:
        headers, page = requester.requestJsonAndCheck("GET", url)
        rows: list[dict[str, Any]] = list(page)
        for row in rows:
            at = datetime.fromisoformat(row["delivered_at"])
            if at < since:
                rows = []
                break
            if 200 <= row["status_code"] < 300:
                delivered.add(row["guid"])
            elif later := failed.get(row["guid"]):
                failed[row["guid"]] = replace(later, tries=later.tries + 1)
            else:
                failed[row["guid"]] = MissedDelivery(row["id"], row["guid"], at)
        url = next_page(str(headers.get("link", ""))) if rows else None
    # Reversed, they are in order even if several failed within the same second.
    return [delivery for guid, delivery in reversed(failed.items()) if guid not in delivered]
