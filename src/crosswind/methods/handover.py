"""What an earlier training has added to an encoder, made into what the next one may build on (carry.py says when)."""

from crosswind.methods.adapters import EARLIER, adapters_of, earlier
from crosswind.methods.base import OWN, close, opened
from crosswind.methods.carry import Carry
from crosswind.methods.injected import fold
from crosswind.models.backbone import Encoder


def take_over(encoder: Encoder, carry: Carry) -> None:
    """Leave an encoder as the next method, attached to it, finds it; its output does not change."""
    if carry not in ("continue", "fresh"):  # what is not to be carried has not been added
        set_aside(encoder)


def set_aside(encoder: Encoder) -> None:
    """Adapters get a name of their own, updates become a part of their matrices; then other methods may add to them."""
    there = opened(encoder)
    if there is None:
        return
    if there.learns == "updates":
        fold(encoder)
    else:
        adapters = adapters_of(encoder)
        adapters.rename(OWN, f"{EARLIER}_{len(earlier(adapters)) + 1}")
    close(encoder)
