"""Calendars at addresses that people publish: fetching and reading ``.ics`` files."""
