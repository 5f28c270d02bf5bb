"""The composition root: builds adapters from the settings, and workflows from adapters. Nothing else does.

Modules here import heavy libraries inside the functions that use them, so that each command loads only what
it uses. ``wiring`` holds what all of them share.
"""
