"""The work in hand: what is waiting, since when, and what has given up."""
