"""The pairs of a person that they know about, as names. A pause or a departure ends all of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OwnPairs:
    """A person's pairs in one cohort.

    ``sensei`` is the person's own sensei. ``participants`` are those whose sensei they are, ``asked`` those
    about whom they have been asked but haven't answered, and ``absent`` the senseis whose deputy they are.
    Proposals that only leads can see are left out.
    """

    sensei: str | None = None
    participants: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
