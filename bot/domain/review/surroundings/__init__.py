"""Find the unchanged text that explains a change: callers, definitions, pages, tests and past commits.

Everything here works on names and lines, so it finds likely places, not certain ones. Nothing is opened here.
"""
