"""A dataset with its text changed: examples presented as items, changed, and taken back; what was done is counted."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from crosswind.calibration import Calibration, calibrated, likeness
from crosswind.conditions import CONTEXT
from crosswind.formats.base import Example
from crosswind.mixing import mixture
from crosswind.perturbations.base import Perturbation, Perturbed, Rated, Rewrite, Rewritten
from crosswind.perturbations.codemix import Codemix
from crosswind.perturbations.lexical import Lexical, Words
from crosswind.perturbations.recorded import Recorded
from crosswind.perturbations.sampling import SUITE, Rates, Sampler, rewritten
from crosswind.perturbations.xling_pair import paired
from crosswind.recordings import Found, recorded, rows_left
from crosswind.stages import Perturb, label
from crosswind.text.item import Item, merged
from crosswind.text.similarity import chrf, distance
from crosswind.text.stock import NOTHING, Stock
from crosswind.text.words import segmenter
from crosswind.workshop import Workshop


@dataclass
class Account:
    """What was done to a set, in numbers: over its `units`, those `items` of them that have text which may change, and
    the places and words in these."""

    units: int = 0
    items: int = 0
    eligible: int = 0
    changed: int = 0
    places: int = 0
    edited: int = 0
    barren: int = 0
    withdrawn: int = 0
    words: int = 0
    distance: int = 0
    likeness: list[float] = field(default_factory=list)
    ops: Counter[str] = field(default_factory=Counter)

    def add(self, change: Perturbation, perturbed: Perturbed) -> None:
        """Count one item that edits have changed, or left as it was."""
        fields = {name: text for name, text in change.targets(perturbed.item) if text.text}
        edits = {name: perturbed.edits[name] for name in fields}
        units = change.units(perturbed.item) if isinstance(change, Rated) else (*perturbed.trace, *perturbed.barren)
        self.edited += len(perturbed.trace)
        self.ops.update(op for _, op in perturbed.trace)
        self.barren += len(perturbed.barren)
        self.withdrawn += len(perturbed.withdrawn)
        self.distance += sum(distance(text.text, edits[name]) for name, text in fields.items())
        words = sum(len(text.words) for text in fields.values())
        self.add_item(len(units), any(edits.values()), words, likeness(change, perturbed))

    def add_rewritten(self, clean: str, after: str, words: int) -> None:
        """Count one item whose words were changed together with their tags."""
        self.edited += clean != after
        self.add_item(int(clean != after), clean != after, words, [chrf(after, clean)])

    def add_item(self, places: int, is_changed: bool, words: int, likeness: Sequence[float]) -> None:
        """Count one item, unless it has no text that may change: then there is nothing to be seen in it."""
        self.units += 1
        if not likeness:
            return
        self.items += 1
        self.eligible += places > 0
        self.changed += is_changed
        self.places += places
        self.words += words
        self.likeness.append(sum(likeness) / len(likeness))

    @property
    def facts(self) -> dict[str, Any]:
        """What a record says: counts, the mean chrF of the texts that may change, and the share of places edited."""
        counts = {name: value for name, value in vars(self).items() if isinstance(value, int)}
        return {
            **counts,
            "rate": self.edited / self.places if self.places else 0.0,
            "chrf": sum(self.likeness) / len(self.likeness) if self.likeness else None,
        }


def perturbed_set(stage: Perturb, workshop: Workshop) -> tuple[list[Example], dict[str, Any]]:
    """The examples of a stage, and the facts for its record."""
    form = stage.data.task.format
    before = workshop.examples(stage.data)
    if stage.other:
        joined, left = paired(form, before, workshop.examples(stage.other))
        return joined, {"units": len(joined), "changed": len(joined), "left_out": dict(left)}
    account, after = Account(), []
    found = recording(stage, workshop) if isinstance(stage.perturbation, Recorded) else None
    for change in as_recorded(stage, before, found) if found else changes(stage, workshop):
        after.append(change.after)
        change.count(stage.perturbation, account)
    if found:
        return after, account.facts | {"left_out": rows_left(before, found)}
    mixed = mixture(stage, stage.perturbation, workshop).facts if isinstance(stage.perturbation, Codemix) else {}
    looked_up = replaced(account) if isinstance(stage.perturbation, Lexical) else {}
    return after, account.facts | scale_facts(stage, workshop) | mixed | looked_up


def replaced(account: Account) -> dict[str, Any]:
    """The share of all words that tables have exchanged, by what they lead to, and of those drawn in vain."""
    drawn = account.edited + account.barren
    return {
        "replaced": {op: count / account.words for op, count in sorted(account.ops.items())},
        "unmatched": account.barren / drawn if drawn else 0.0,
    }


@dataclass(frozen=True, slots=True)
class Change:
    """One example before and after, as the perturbation saw it, and what was done to it."""

    before: Example
    after: Example
    item: Item
    found: Perturbed | Rewritten

    def count(self, perturbation: Perturbation, account: Account) -> None:
        """Add it to an account of its set."""
        if isinstance(self.found, Perturbed):
            account.add(perturbation, self.found)
        else:
            (text,) = self.item.fields.values()
            account.add_rewritten(text.text, " ".join(self.found.tokens), len(text.words))


def changes(stage: Perturb, workshop: Workshop) -> Iterator[Change]:
    """The examples of a stage one after the other; those that pair languages have none, their parts are exchanged."""
    form, before = stage.data.task.format, workshop.examples(stage.data)
    if isinstance(stage.perturbation, Recorded):
        yield from as_recorded(stage, before, recording(stage, workshop))
        return
    stocks = stocks_of(stage, workshop)
    sampler = Sampler(stage.perturbation, stage.severity, stage.draw, rates=rates_of(stage, workshop))
    making = Making(stage, sampler, stage.draw)
    for example, item in zip(before, items_of(stage, before, stocks), strict=True):
        found = making.found(example, item)
        after = form.restore(example, found) if isinstance(found, Perturbed) else form.rewritten(example, found)
        yield Change(example, after, item, found)


def as_recorded(stage: Perturb, before: Sequence[Example], found: Found) -> Iterator[Change]:
    """The examples that a recording has, as it has them."""
    for place, own in found.changes.items():
        yield Change(before[place], stage.data.task.format.restore(before[place], own), own.item, own)


def rates_of(stage: Perturb, workshop: Workshop) -> Rates | None:
    """The calibrated rates of a stage; None where the perturbation's own are meant."""
    return calibration(stage, workshop).rates if stage.scale == "iso" else None


def scale_facts(stage: Perturb, workshop: Workshop) -> dict[str, Any]:
    """The literal rates of a stage, and why it is no result where its scale has no such severity."""
    if stage.scale == "iso":
        scale = calibration(stage, workshop)
        return scale.facts | {"inapplicable": scale.saturated(stage.severity)}
    return {"rates": dict(stage.perturbation.levels.rates)} if isinstance(stage.perturbation, Rated) else {}


def calibration(stage: Perturb, workshop: Workshop) -> Calibration:
    """The rates that scale "iso" means for a dataset: the same for all its severities and draws."""
    change = stage.perturbation
    assert isinstance(change, Rated), f"{change.label} has no rates to calibrate"
    beside = tuple(each.id for each in (*stage.pools, *stage.aligned))
    key = stage.data.id, change.id, stage.segmenter, stage.answer_mode, beside

    def calibrate() -> Calibration:
        return calibrated(change, items_of(stage, workshop.examples(stage.data), stocks_of(stage, workshop)))

    found: Calibration = workshop.calibrations.get_or_make(key, calibrate)
    return found


def stocks_of(stage: Perturb, workshop: Workshop) -> Mapping[str, Stock]:
    """What lies beside the examples for the change to draw from, by their ids."""
    if isinstance(stage.perturbation, Codemix):
        return mixture(stage, stage.perturbation, workshop).stocks
    if isinstance(stage.perturbation, Lexical):
        beside = Stock(words=words_of(stage, stage.perturbation, workshop))
        return {example.uid: beside for example in workshop.examples(stage.data)}
    pools = [workshop.examples(pool) for pool in stage.pools]
    return stage.perturbation.stocks(stage.data.task.format, workshop.examples(stage.data), pools)


def words_of(stage: Perturb, change: Lexical, workshop: Workshop) -> Mapping[str, Words]:
    """The tables that a change looks words of a dataset up in, by language."""
    spoken, places = tuple(stage.data.task.languages), workshop.resources.library.contents
    return change.words(stage.data.language, spoken, places)


def recording(stage: Perturb, workshop: Workshop) -> Found:
    """What the user's file has of a dataset, in the order of the dataset."""
    change, data = stage.perturbation, stage.data
    assert isinstance(change, Recorded)
    path = Path(workshop.resources.library.contents[change.contents[data.language]])
    items = list(items_of(stage, workshop.examples(data), {}))
    found = recorded(change, path, items)
    return replace(found, changes=dict(sorted(found.changes.items())))


def items_of(stage: Perturb, examples: Sequence[Example], stocks: Mapping[str, Stock]) -> Iterator[Item]:
    """The examples as the perturbation of a stage sees them, one after the other."""
    look = Look(stage)
    for example in stage.data.task.format.read_together(examples):
        yield look(example, stocks.get(example.uid, NOTHING))


class Look:
    """How the perturbation of a stage sees an example that has the labels of all that share its texts."""

    def __init__(self, stage: Perturb) -> None:
        task = stage.data.task
        self.stage, self.form = stage, task.format
        self.name, self.role, self.cut = label(task.unprobed), task.role, segmenter(stage.segmenter)

    def __call__(self, example: Example, stock: Stock) -> Item:
        data = self.stage.data
        item = self.form.item(example, self.name, data.split, data.language, stock, self.cut, self.role)
        return protected(item) if self.stage.answer_mode == "protect" else item


def protected(item: Item) -> Item:
    """The item with the answers in its context left alone."""
    context = item.fields[CONTEXT]
    frozen = replace(context, frozen=merged([*context.frozen, *context.keep]))
    return replace(item, fields={**item.fields, CONTEXT: frozen})


@dataclass
class Making:
    """The change of one example after the other; a context that several questions share is changed once.

    `draw` and `suite` are those of the sampler, for words that are changed together with their tags.
    """

    stage: Perturb
    sampler: Sampler
    draw: int
    suite: str = SUITE
    contexts: dict[tuple[str, str], Perturbed] = field(default_factory=dict)

    def found(self, example: Example, item: Item) -> Perturbed | Rewritten:
        """What the change does to an example: edits that carry its labels along, or words and labels anew."""
        labels = self.stage.data.task.format.word_labels(example)
        match self.stage.perturbation:
            case Rewrite() as change if labels is not None:
                return rewritten(change, item, labels, self.stage.severity, self.draw, suite=self.suite)
        return self.perturbed(item)

    def perturbed(self, item: Item) -> Perturbed:
        """What edits make of an item; what a question's own stock decides is not shared with other questions."""
        if self.stage.perturbation.fields != (CONTEXT,) or item.stock is not NOTHING:
            return self.sampler(item)
        context = item.fields[CONTEXT]
        key = context.owner, context.text
        if key not in self.contexts:
            self.contexts[key] = self.sampler(item)
        return self.contexts[key]._replace(item=item)
