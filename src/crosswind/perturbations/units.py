"""The places where a text may be perturbed, and the ways in which each may be."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, overload

from crosswind.perturbations.draws import Draw
from crosswind.text.edits import Edit, Span
from crosswind.text.item import Item

MAX_OPTIONS = 64


class Unit(NamedTuple):
    """A place that may be perturbed; `kind` is its rate class, `index` its ordinal among this kind in this field."""

    # A tuple because every eligible word makes one, and few are selected.

    field: str
    kind: str
    span: Span
    index: int  # type: ignore[assignment]  # hides the method of tuples that looks for a value


class Places(Sequence[Unit]):
    """Units that are made when asked for, since most are never selected: the spans of each kind in each field."""

    def __init__(self, spans: Mapping[tuple[str, str], Sequence[Span]]) -> None:
        self.spans = spans

    def __len__(self) -> int:
        return sum(map(len, self.spans.values()))

    def __iter__(self) -> Iterator[Unit]:
        for (name, kind), spans in self.spans.items():
            for index, span in enumerate(spans):
                yield Unit(name, kind, span, index)

    @overload
    def __getitem__(self, place: int) -> Unit: ...
    @overload
    def __getitem__(self, place: slice) -> list[Unit]: ...
    def __getitem__(self, place: int | slice) -> Unit | list[Unit]:
        return list(self)[place]


class Option(NamedTuple):
    """One complete way to change one unit: named edits that happen together, chosen in proportion to `weight`."""

    # A tuple for the reason given at text.edits.Edit.
    op: str
    edits: tuple[tuple[str, Edit], ...]
    weight: float = 1.0


class Promised(Sequence[Option]):
    """Options that are made when asked for: as a rule only one of dozens is, and all that is needed before is weights.

    `make` gives the option of a number, always the same one.
    """

    def __init__(self, make: Callable[[int], Option], weights: Sequence[float]) -> None:
        self.make = make
        self.weights = weights

    def __len__(self) -> int:
        return len(self.weights)

    @overload
    def __getitem__(self, place: int) -> Option: ...
    @overload
    def __getitem__(self, place: slice) -> list[Option]: ...
    def __getitem__(self, place: int | slice) -> Option | list[Option]:
        numbers = range(len(self.weights))
        if isinstance(place, slice):
            return [self.make(number) for number in numbers[place]]
        return self.make(numbers[place])


def places_of(units: Sequence[Unit]) -> Mapping[tuple[str, str], Sequence[Span]]:
    """The spans of units by field and kind, in order of their index."""
    if isinstance(units, Places):
        return units.spans
    found: dict[tuple[str, str], list[Span]] = {}
    for unit in units:
        found.setdefault((unit.field, unit.kind), []).append(unit.span)
    return found


def weights_of(options: Sequence[Option]) -> Sequence[float]:
    """The weights of the options, without making those that are only promised."""
    return options.weights if isinstance(options, Promised) else [option.weight for option in options]


def thinned(options: Sequence[Option], item: Item, unit: Unit, draw: Draw) -> Sequence[Option]:
    """At most 64 of the options, drawn at random and left in their order."""
    if len(options) <= MAX_OPTIONS:
        return options

    def place(number: int) -> float:
        return draw(item.fields[unit.field], unit.field, "pick", unit.kind, unit.index, "thin", number)

    kept = sorted(sorted(range(len(options)), key=place)[:MAX_OPTIONS])
    weights = weights_of(options)
    return Promised(lambda number: options[kept[number]], [weights[number] for number in kept])
