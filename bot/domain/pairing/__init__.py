"""Pairs of participants and senseis: pure, exact, and the same result for the same input in any order.

``problem`` is the input, ``working_hours_overlap`` and ``fit`` rate a pair, ``solver`` finds the best pairs,
``counterfactual`` compares another choice, ``unassigned`` explains who has no sensei, and ``deputies`` ranks
who can stand in. ``states``, ``records`` and ``shown_pairs`` are pairs as they are stored and shown.
docs/pairing.md describes the method.
"""
