"""Faults that a version can have, so that one can see what becomes of it.

A version has a fault when the file `fault.txt` in its root has the fault's word. Nothing of this
belongs into a service of yours.
"""

from enum import StrEnum
from pathlib import Path

FILE = "fault.txt"
# How many looks at its health a version with `bake` survives: more than the health check takes.
HEALTHY_LOOKS = 5
# How many prices a version with `errors` computes: more than its tests ask for.
GOOD_PRICES = 20


class Fault(StrEnum):
    """What is wrong with a version."""

    NONE = "none"
    # It computes wrong prices.
    SMOKE = "smoke"
    # It turns unhealthy after a while.
    BAKE = "bake"
    # It ends at once.
    NEVER_STARTS = "never-starts"
    # It is healthy at every other look.
    FLAPS = "flaps"
    # After a while, every other price is an internal error.
    ERRORS = "errors"
    # It changes the data so that no version can use them any more.
    MIGRATION = "migration"
    # Its deployment fails twice with a network error; the service itself is sound.
    NETWORK = "network"


def fault_of(release: Path) -> Fault:
    """Reads the fault of the version in this folder.

    Raises:
        ValueError: When the file names no fault.
    """
    file = release / FILE
    return Fault(file.read_text("utf-8").strip()) if file.is_file() else Fault.NONE


def is_healthy_at(fault: Fault, look: int) -> bool:
    """Whether a version with this fault is healthy at this look, the first of which is 1."""
    if fault is Fault.BAKE:
        return look <= HEALTHY_LOOKS
    return fault is not Fault.FLAPS or look % 2 == 1


def is_priced_at(fault: Fault, request: int) -> bool:
    """Whether a version with this fault answers this request for a price, the first being 1."""
    return fault is not Fault.ERRORS or request <= GOOD_PRICES or request % 2 == 1
