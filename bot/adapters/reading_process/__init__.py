"""Readings in their own process, with limits: a stranger's file can crash or block only that process.

``process``: one such process and its limits. ``frames``: the messages between the two. ``child``: the code
that runs in it. ``supervisor``: the port ``Readings``, which continues without the part that ended a process.
"""
