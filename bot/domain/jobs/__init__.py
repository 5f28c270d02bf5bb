"""The backlog of work: waiting items, their age, and workflows that have given up."""
