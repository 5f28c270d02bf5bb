"""What holds for every test."""

from hypothesis import settings

# How long an example takes says nothing about whether it is right, and the machine is shared.
settings.register_profile("sensei", deadline=None, print_blob=True)
settings.load_profile("sensei")
