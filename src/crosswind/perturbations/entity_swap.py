"""Other names in the place of names: models may know the entities of their English training data, and little else.

That transfer of named entity recognition tracks how many entities two languages share is a finding of Manafi and
Krishnaswamy (2024). Tagged mentions are exchanged for others of their type that the English training set does not have;
in pairs of sentences a country, a city, a month is exchanged alike in both.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, cast

from crosswind.formats import TAG
from crosswind.formats.base import Example, Format
from crosswind.formats.tag import Tagging, entities
from crosswind.perturbations.base import Family, Levels, Rated, Rewrite, Rewritten
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.known_names import Group, exchangeable, others
from crosswind.perturbations.units import Option, Places, Promised, Unit, thinned
from crosswind.tasks.base import Split, Task
from crosswind.text.edits import Edit
from crosswind.text.item import Item
from crosswind.text.names import names_of
from crosswind.text.stock import Stock

KIND = "entity"
RATES = (0.3, 0.45, 0.6, 0.8, 1.0)
LEVELS = Levels({KIND: RATES})


class EntitySwap(Rated, Rewrite):
    """A share of the names exchanged for others of their kind.

    Of tagged words each mention is one, its new words get the tags anew; new mentions come from the language's own
    development set, else its training set, else from other sentences. Of running text a name that CLDR knows is one,
    wherever it stands in the item; it is exchanged in all texts at once or not at all.
    """

    family: ClassVar[Family] = "task"
    suits_any_text: ClassVar[bool] = True
    adds_joiners: ClassVar[bool] = True  # names in Persian and Malayalam have some

    @property
    def levels(self) -> Levels:
        """30, 45, 60, 80 and 100 % of the names."""
        return LEVELS

    def unsuited(self, task: Task, language: str) -> str:
        """Running text needs names in its language."""
        return "" if task.format is TAG or names_of(language) else f"CLDR has no names in {language}"

    def wanted(self, task: Task, language: str, split: Split) -> tuple[tuple[str, Split], ...]:
        """Where mentions come from, and where the ones to be avoided stand."""
        if task.format is not TAG:
            return ()
        sets: tuple[Split, ...] = ("dev", "train")
        own = next((each for each in sets if each != split and task.has(language, each)), split)
        taught: tuple[tuple[str, Split], ...] = ((task.source, "train"),) if task.has(task.source, "train") else ()
        return ((language, own), *taught)

    def stocks(
        self, form: Format[Any], examples: Sequence[Example], pools: Sequence[Sequence[Example]]
    ) -> Mapping[str, Stock]:
        """The mentions of the first pool that the others lack, by type, the same beside every example."""
        if form is not TAG:
            return {}
        own, *taught = pools or [examples]
        seen = {text.lower() for pool in taught for _, text in mentions(pool)}
        found: dict[str, set[str]] = {}
        for kind, text in mentions(own):
            if text.lower() not in seen:
                found.setdefault(kind, set()).add(text)
        stock = Stock(names={kind: tuple(sorted(texts)) for kind, texts in sorted(found.items())})
        return {example.uid: stock for example in examples}

    def units(self, item: Item) -> Sequence[Unit]:
        """Every name of running text that may be exchanged, in the last text that has it."""
        spans: dict[tuple[str, str], list[tuple[int, int]]] = {(name, KIND): [] for name, _ in self.targets(item)}
        for group in self.groups(item):
            spans[group.field, KIND].append(group.spans[group.field][0])
        return Places({key: sorted(found) for key, found in spans.items()})

    def options(self, item: Item, unit: Unit, draw: Draw) -> Sequence[Option]:
        """Other names of the kind; names of one item have no candidate in common, lest two become the same."""
        groups = self.groups(item)
        group = next(each for each in groups if each.field == unit.field and each.spans[unit.field][0] == unit.span)
        alike = [each for each in groups if each.kind == group.kind]
        names = others(item, group)[alike.index(group) :: len(alike)]

        def option(number: int) -> Option:
            return Option(group.kind, tuple((name, Edit(*span, names[number])) for name, span in group.places))

        return thinned(Promised(option, [1.0] * len(names)), item, unit, draw)

    def groups(self, item: Item) -> list[Group]:
        """The names that may be exchanged."""
        return exchangeable(item, [name for name, _ in self.targets(item)])

    def rewrite(self, item: Item, labels: Sequence[str], level: int, draw: Draw) -> Rewritten:
        """The sentence with other mentions; those stay for whose type there is no other."""
        ((name, text),) = item.fields.items()
        tokens, tags, edits, last = [], [], [], 0
        for number, (kind, first, end) in enumerate(entities(labels)):
            span = text.keep[first][0], text.keep[end][1]
            before = text.text[slice(*span)]
            if draw(text, name, "select", KIND, number) >= RATES[level - 1]:
                continue
            mention = another(item.stock.names.get(kind, ()), before, draw(text, name, "pick", KIND, number))
            if mention == before:
                continue
            new = mention.split(" ")
            tokens += [*(text.text[slice(*each)] for each in text.keep[last:first]), *new]
            tags += [*labels[last:first], f"B-{kind}", *[f"I-{kind}"] * (len(new) - 1)]
            edits.append(Edit(*span, mention))
            last = end + 1
        tokens += [text.text[slice(*each)] for each in text.keep[last:]]
        return Rewritten(item, tuple(tokens), (*tags, *labels[last:]), edits=tuple(edits))


def mentions(examples: Sequence[Example]) -> Iterator[tuple[str, str]]:
    """The mentions in tagged sentences, each with its type."""
    for example in cast("Sequence[Tagging]", examples):
        for kind, first, last in entities(example.tags):
            yield kind, " ".join(example.tokens[first : last + 1])


def another(names: Sequence[str], before: str, share: float) -> str:
    """One of the names that is not the one before, if there is one."""
    if not names:
        return before
    place = int(share * len(names))
    return names[place] if names[place] != before else names[(place + 1) % len(names)]
