"""Sensei: the first reader of an AI Dojo. The bot asks, the sensei judges."""

from importlib.metadata import version

__version__ = version("sensei-bot")
