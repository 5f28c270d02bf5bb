"""Readings in a process of their own, with limits: a stranger's file can crash or block that process alone.

``process``: one such process and its limits. ``frames``: the messages between the two. ``child``: the code
that runs in it. ``supervisor``: the port ``Readings``, which continues without the part that ended a process.
"""
