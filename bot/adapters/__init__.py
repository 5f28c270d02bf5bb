"""The ports made real: git, files."""
