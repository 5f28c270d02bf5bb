"""The form for a calendar if whoever runs Sensei has switched calendars off."""

import json

from bot.domain.one_to_ones.calendar_addresses import KNOWN_HOSTS
from bot.rendering.chat import slack_validation
from bot.rendering.one_to_ones.slack_calendar import FORGET, ShownCalendar, calendar_form

KNOWN = (ShownCalendar("5", "Ada", "", None),)


def test_without_hosts_there_is_no_field_and_a_known_calendar_can_be_removed() -> None:
    form = calendar_form({"5": "Ada"}, "5", KNOWN, ())
    slack_validation.checked_view(form)
    shown = json.dumps(form)
    assert "Whoever runs Sensei has switched calendars off, so I don't read any." in shown
    assert f"{FORGET}:5" in shown
    assert "input" not in {block["type"] for block in form["blocks"]}
    assert "submit" not in form


def test_with_hosts_there_is_a_field() -> None:
    form = calendar_form({"5": "Ada"}, "5", KNOWN, KNOWN_HOSTS)
    assert "input" in {block["type"] for block in form["blocks"]}
    assert "switched calendars off" not in json.dumps(form)
