"""The contract of a perturbation: it names the places where something may happen and the ways in which it may happen.

How many of them happen is not its business. The sampler decides by severity, a search by the answers of a model.
"""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple

from crosswind import catalog
from crosswind.formats.base import Example, Format
from crosswind.identity import Record
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.units import Option, Unit
from crosswind.tasks.base import Split, Task
from crosswind.text.edits import Edit, Projection, splice
from crosswind.text.item import Field, Item
from crosswind.text.stock import Stock

Family = Literal[
    "char noise",
    "orthography",
    "encoding",
    "format",
    "space",
    "script",
    "language",
    "wording",
    "context",
    "task",
    "diagnostic",
    "recorded",
]


@dataclass(frozen=True, slots=True)
class Levels:
    """The severities of a perturbation: for each kind of unit the share that is edited at level 1, 2, and so on."""

    rates: Mapping[str, tuple[float, ...]]
    core: tuple[int, ...] = (1, 3, 5)

    def __post_init__(self) -> None:
        """Raises ValueError unless rates are shares that never fall, equally many for every kind."""
        for kind, shares in self.rates.items():
            if list(shares) != sorted(shares) or not all(0 <= share <= 1 for share in shares):
                raise ValueError(f"the rates of {kind!r} are {shares}; expected shares of 0 to 1 that never fall")
        if len({len(shares) for shares in self.rates.values()}) != 1:
            raise ValueError(f"expected equally many levels for every kind of unit, found {dict(self.rates)}")
        if not set(self.core) <= set(self.severities):
            raise ValueError(f"the core levels {self.core} are not among the levels {self.severities}")

    @property
    def severities(self) -> tuple[int, ...]:
        """The levels that exist besides 0, which is always the clean text."""
        return tuple(range(1, len(next(iter(self.rates.values()))) + 1))


class Perturbed(NamedTuple):
    """A clean item and what was done to it.

    `trace` lists the edited units with their ops in order of acceptance. Of the other units that severity selected,
    `barren` had no legal option and `withdrawn` lost theirs because too little of the text was left.
    """

    # A tuple for the reason given at text.edits.Edit; corpora make millions.
    item: Item
    edits: Mapping[str, tuple[Edit, ...]]
    trace: tuple[tuple[Unit, str], ...] = ()
    barren: tuple[Unit, ...] = ()
    withdrawn: tuple[Unit, ...] = ()

    def text(self, name: str) -> str:
        """The perturbed text of a field."""
        return splice(self.item.fields[name].text, self.edits[name])

    def projection(self, name: str) -> Projection:
        """Where boundaries of a field's clean text lie now."""
        return Projection(self.edits[name])


@dataclass(frozen=True, slots=True)
class Rewritten:
    """New tokens with their tags, for changes that an edit script cannot carry to labels.

    `edits` are on the joined clean tokens where only mentions changed; `order` gives each new token's clean index.
    """

    item: Item
    tokens: tuple[str, ...]
    labels: tuple[str, ...]
    edits: tuple[Edit, ...] = ()
    order: tuple[int, ...] = ()


class Perturbation(Record):
    """Frozen settings and the change of text they stand for. `fields` narrows it to some fields of an item.

    VERSION is raised whenever a byte of output would change.
    """

    family: ClassVar[Family]
    adds_joiners: ClassVar[bool] = False  # whether its edits may add U+200C or U+200D
    suits_any_text: ClassVar[bool] = False  # whether it changes running text although it may draw from a stock

    fields: tuple[str, ...] = ()

    @property
    @abstractmethod
    def levels(self) -> Levels:
        """Which severities exist."""

    @property
    def variant(self) -> str:
        """The setting that makes this another perturbation under the same name; empty where there is none."""
        return ""

    @property
    def label(self) -> str:
        """The name that stands in keys of randomness, file names and tables."""
        name = catalog.name_of(type(self))
        return f"{name}:{self.variant}" if self.variant else name

    @property
    def acknowledgement(self) -> str:
        """What a licence wants said wherever results of this are shown; nothing as a rule."""
        return ""

    @property
    def unnamed(self) -> frozenset[str]:
        """Settings that no name of it tells."""
        return frozenset()

    @property
    def places(self) -> Mapping[str, str]:
        """Where files lie that it knows by their digest; it reads none as a rule."""
        return {}

    @property
    def is_vouched_for(self) -> bool:
        """Whether the class that the table of applicability gives it holds with its settings; if not, it is C."""
        return True

    def unsuited(self, task: Task, language: str) -> str:  # noqa: ARG002
        """Why its settings rule out a task in a language; empty where they do not."""
        return ""

    def wanted(self, task: Task, language: str, split: Split) -> tuple[tuple[str, Split], ...]:  # noqa: ARG002
        """The languages and splits of the task that it draws from, for a dataset in one; none as a rule."""
        return ()

    def stocks(
        self,
        form: Format[Any],  # noqa: ARG002
        examples: Sequence[Example],  # noqa: ARG002
        pools: Sequence[Sequence[Example]],  # noqa: ARG002
    ) -> Mapping[str, Stock]:
        """What lies beside the examples, by their ids, from themselves and from what is `wanted`; nothing as a rule."""
        return {}

    def targets(self, item: Item) -> Iterable[tuple[str, Field]]:
        """The fields that may change, in the item's order; raises ValueError where the setting names none of them."""
        if not self.fields:
            return item.fields.items()
        missing = set(self.fields) - set(item.fields)
        if missing:
            raise ValueError(
                f"{self.label} is set to the fields {', '.join(sorted(missing))}, which item {item.uid!r} lacks; "
                f"it has {', '.join(item.fields)}"
            )
        return [(name, text) for name, text in item.fields.items() if name in self.fields]


class Rated(Perturbation):
    """A perturbation whose severity is a share of units; the edits of a level contain those of the level below."""

    highest_rate: ClassVar[float] = 1.0

    @abstractmethod
    def units(self, item: Item) -> Sequence[Unit]:
        """The eligible units of an item, the same at every level; cheap."""

    @abstractmethod
    def options(self, item: Item, unit: Unit, draw: Draw) -> Sequence[Option]:
        """The ways to change a unit, at most 64, in a fixed order, each a real change of the clean text.

        Called for selected units only, and never told the level: severities would no longer be nested.
        """


class Fixed(Perturbation):
    """A perturbation whose levels are configurations, not amounts; of the rates only their number is read."""

    @abstractmethod
    def option(self, item: Item, level: int, draw: Draw) -> Option | None:
        """What happens to the item at a level; None where nothing can."""


class Rewrite(Perturbation):
    """What a perturbation does to tagged words whose number or order it changes: no edits could carry the tags along.

    On running text, where nothing is tagged, it is Rated or Fixed besides.
    """

    @abstractmethod
    def rewrite(self, item: Item, labels: Sequence[str], level: int, draw: Draw) -> Rewritten:
        """The item's words and their tags at a level; words that have no tags come without."""
