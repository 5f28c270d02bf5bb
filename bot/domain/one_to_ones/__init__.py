"""One-to-ones: meetings of a participant and their sensei, and the briefs that prepare them."""
