"""Bringing a sensei what they must decide, and carrying out what they decided."""
