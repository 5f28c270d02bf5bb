"""Tables and queries for capstones, pull requests, rounds and questions."""
