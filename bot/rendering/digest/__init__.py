"""Texts and pictures of the weekly digests."""
