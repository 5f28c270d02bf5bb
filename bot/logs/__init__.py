"""Logs: one line per event, and never with a secret."""

from bot.logs.output import Formatter, Handler, configure, hide

__all__ = ["Formatter", "Handler", "configure", "hide"]
