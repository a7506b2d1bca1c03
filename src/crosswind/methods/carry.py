"""What a training takes over from the one before it, and which methods may follow each other how.

    carry       after                     the next method         starts from
    continue    equal settings            the same                the weights as they are
    continue    the encoder's own         any                     the encoder as it was tuned
    stack       adapters or updates       adapters or updates     fresh ones above, the earlier ones frozen
    fresh       all that is not whole     any                     what was there before the earlier ones learned
    merge       updates of matrices       the whole encoder       matrices with their updates added
    unfreeze    adapters                  the whole encoder       everything, adapters too, as it is
    fuse        several sets of adapters  fusion                  all of them, frozen, side by side

`continue` is how Poth et al. 2021 went on from adapters of an intermediate task; `fresh` is the control in which
nothing comes over. Unlike adapters, updates can be added to what they update: below a stack they are the encoder's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from crosswind import catalog
from crosswind.identity import deviations
from crosswind.methods.base import Learns, Method
from crosswind.methods.bottleneck import Bottleneck

Carry = Literal["continue", "stack", "fresh", "merge", "unfreeze", "fuse"]
ADDED: tuple[Learns, ...] = ("adapters", "updates", "fusion")
ALL: tuple[Learns, ...] = ("everything", "own", *ADDED, "nothing")


@dataclass(frozen=True, slots=True)
class Rule:
    """What may stand before and after one way of taking over, and what to tell where something else does."""

    before: tuple[Learns, ...]
    after: tuple[Learns, ...]
    expected: str


RULES: Mapping[Carry, Rule] = MappingProxyType(
    {
        "stack": Rule(("adapters", "updates"), ("adapters", "updates"), "adapters or updates above earlier ones"),
        "fresh": Rule(
            ("own", "adapters", "updates"),
            ALL,
            "an earlier method that leaves the encoder a part to go back to; after a full one, name the sequence []",
        ),
        "merge": Rule(("updates",), ("everything",), "lora or peft as intermediate_method, and full as method"),
        "unfreeze": Rule(("adapters",), ("everything",), "bottleneck as intermediate_method, and full as method"),
        "fuse": Rule(("adapters",), ("fusion",), "bottleneck as intermediate_method, and fusion as method"),
    }
)


def unfit(earlier: Method, later: Method, carry: Carry) -> Iterator[str]:
    """Why a method cannot take over from an earlier one in this way."""
    found = f"carry is {carry!r}, but {told(earlier)} comes before {told(later)}"
    if carry == "continue":
        if earlier.learns in ADDED and later.learns != "nothing" and earlier != later:
            yield f"{found}; expected equal settings, or {ways(earlier, later)}"
        return
    rule = RULES[carry]
    plain = isinstance(earlier, Bottleneck) or carry not in ("fuse", "unfreeze")  # else languages would be mixed up
    if earlier.learns not in rule.before or later.learns not in rule.after or not plain:
        yield f"{found}; expected {rule.expected}"
    elif carry == "stack" and (earlier.learns, later.learns) == ("adapters", "updates"):
        yield f"{found}; expected adapters above adapters, or updates first"
    elif carry == "stack" and placement(earlier) != placement(later) and earlier.learns == later.learns == "adapters":
        yield f"{found}; expected one placement, so that each adapter reads what those below it have made"
    elif carry == "fuse" and placement(earlier) != "pfeiffer":
        yield f"{found}; expected placement 'pfeiffer': fused adapters read one input after feed-forward"


def told(method: Method) -> str:
    """A method by its name in a study, with the settings that are not the default."""
    settings = ", ".join(f"{name} = {value!r}" for name, value in deviations(method))
    return catalog.name_of(type(method)) + (f" with {settings}" if settings else "")


def ways(earlier: Method, later: Method) -> str:
    """How else a method could take over from an earlier one."""
    carries = [repr(carry) for carry in RULES if carry != "continue" and not any(unfit(earlier, later, carry))]
    return f"carry = {' or '.join(carries)}" if carries else "another method before it"


def placement(method: Method) -> str | None:
    """Where adapters stand in a layer."""
    if isinstance(method, Bottleneck):
        return method.placement
    return "pfeiffer" if method.learns == "adapters" else None
