"""The composition root: the only package that builds adapters from settings, and workflows from adapters.

Modules here import heavy libraries inside the functions that use them, so that each command loads only what
it uses. ``wiring`` contains what they all share.
"""
