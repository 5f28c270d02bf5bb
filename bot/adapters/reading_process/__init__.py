"""Readings in a process of their own, with limits: what strangers wrote can end or hold that one alone.

``process``: one such process, and its limits. ``frames``: how the two talk. ``child``: what it does.
``readings``: the port ``Readings``, which goes on without what ended a process.
"""
