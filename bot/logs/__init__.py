"""Logs: one line per event, without secrets."""

from bot.logs.output import Formatter, Handler, configure, hide

__all__ = ["Formatter", "Handler", "configure", "hide"]
