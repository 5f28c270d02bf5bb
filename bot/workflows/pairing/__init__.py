"""The life of a pair: proposal, approval, introduction, deputies and end."""
