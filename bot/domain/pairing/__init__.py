"""Who is paired with whom, and why: pure, exact, and the same for the same input in any order.

``problem`` says what is known, ``overlap`` and ``fit`` what a pair is worth, ``solving`` who gets whom,
``counterfactual`` what another choice would cost, ``unassigned`` whom nobody got and why, ``deputies`` who
can stand in. docs/pairing.md says it in words.
"""
