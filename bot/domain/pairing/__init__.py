"""Pairs participants with senseis: pure, exact, and independent of the order of its input.

``problem`` is the input, ``working_hours_overlap`` and ``fit`` rate a pair, ``solver`` finds the best pairs,
``counterfactual`` compares another choice, ``unassigned`` explains who has no sensei, and ``deputies`` ranks
possible deputies. ``trial`` pairs the people in a file, and ``trial_document`` is the result. ``states``,
``records`` and ``shown_pairs`` define pairs as they are stored and shown. docs/pairing.md describes the
method.
"""
