"""What mixed text draws from: which words of two languages are which, and the phrases of every item that follow."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crosswind import alignment
from crosswind.alignment import Key
from crosswind.formats.base import Example
from crosswind.formats.versions import matched
from crosswind.perturbations.codemix import Codemix
from crosswind.perturbations.dictionary import Translations
from crosswind.perturbations.links import Link
from crosswind.perturbations.phrases import Version, phrases, tally
from crosswind.stages import Align, Dataset, Perturb
from crosswind.store import LINKS
from crosswind.text.item import Field
from crosswind.text.stock import Phrase, Stock
from crosswind.text.words import Segmenter, segmenter
from crosswind.workshop import Workshop


def align(stage: Align, workshop: Workshop, path: Path) -> dict[str, Any]:
    """Write the links between the items that both sets have, and say how many there are."""
    form, cut = stage.data.task.format, segmenter(stage.segmenter)
    examples = workshop.examples(stage.data)
    found, left = matched(form, examples, workshop.examples(stage.other))
    firsts: dict[Key, Field] = {}
    seconds: dict[Key, Field] = {}
    for example, other in found:
        for name in texts(stage.data, example, stage.fields):
            firsts[example.uid, name] = text(stage.data, example, name, cut)
            seconds[example.uid, name] = text(stage.other, other, name, cut)
    aligned = workshop.aligner(stage).links(list(firsts.values()), list(seconds.values()))
    links = dict(zip(firsts, aligned, strict=True))
    alignment.write(path, firsts, seconds, links)
    similarities = [link.similarity for own in links.values() for link in own]
    return {
        "units": len(examples),
        "left_out": dict(left),
        "words": sum(len(each.words) for each in firsts.values()),
        "linked": len(similarities),
        "mean_similarity": mean(similarities),
    }


def texts(data: Dataset, example: Example, wanted: Sequence[str]) -> Iterator[str]:
    """The texts of an example by name, of those that are wanted; all of them where none is named."""
    return (name for name in data.task.format.fields(example) if not wanted or name in wanted)


def text(data: Dataset, example: Example, name: str, cut: Segmenter) -> Field:
    """One text of an example, cut into words."""
    form = data.task.format
    return form.field(example, name, form.fields(example)[name], data.language, cut)


@dataclass
class Mixture:
    """What lies beside each item of a dataset, and the counts of what was found, for people."""

    stocks: dict[str, Stock] = field(default_factory=dict)
    covered: int = 0
    sources: Counter[str] = field(default_factory=Counter)
    similarities: list[float] = field(default_factory=list)

    def add(self, uid: str, found: Mapping[str, tuple[Phrase, ...]], cut: Iterable[Field]) -> None:
        """The phrases of one item, by the names of its texts."""
        if any(found.values()):
            self.stocks[uid] = Stock(phrases=found)
        for own, each in zip(found.values(), cut, strict=True):
            spans = {phrase.span for phrase in own}
            self.covered += sum(any(start <= word[0] < end for start, end in spans) for word in each.words)
            self.sources += tally(own)
            self.similarities += [phrase.similarity for phrase in own if phrase.source == "aligned"]

    @property
    def facts(self) -> dict[str, Any]:
        """How many words stand in a phrase, where the phrases' translations come from, how alike aligned ones are."""
        return {
            "mixable_words": self.covered,
            "phrases": dict(self.sources),
            "mean_similarity": mean(self.similarities),
        }


def mixture(stage: Perturb, change: Codemix, workshop: Workshop) -> Mixture:
    """What lies beside the items of a dataset that is to be mixed; the same for all its severities and draws."""
    key = stage.data.id, change.id, tuple(each.id for each in (*stage.pools, *stage.aligned)), stage.segmenter
    found: Mixture = workshop.mixtures.get_or_make(key, lambda: gathered(stage, change, workshop))
    return found


def gathered(stage: Perturb, change: Codemix, workshop: Workshop) -> Mixture:
    """The phrases of every item, from all languages and sources that there are for the dataset."""
    data, cut = stage.data, segmenter(stage.segmenter)
    guests = [guest(stage, change, language, workshop) for language in change.guests(data.task, data.language)]
    found = Mixture()
    for example in workshop.examples(data):
        own = {name: text(data, example, name, cut) for name in texts(data, example, change.fields)}
        known = {
            name: phrases(each, [one.version(example.uid, name, cut) for one in guests], change.sources, change.floor)
            for name, each in own.items()
        }
        found.add(example.uid, known, own.values())
    return found


@dataclass(frozen=True, slots=True)
class Guest:
    """A language whose words go into a dataset: that dataset in it, the links between the two, a dictionary; what
    there is."""

    language: str
    data: Dataset | None
    examples: Mapping[str, Example]
    links: Mapping[Key, list[Link]]
    translations: Translations | None

    def version(self, uid: str, name: str, cut: Segmenter) -> Version:
        """What is known of one text of an item."""
        other = None
        if self.data is not None and uid in self.examples:
            other = text(self.data, self.examples[uid], name, cut)
        return Version(self.language, other, self.links.get((uid, name), ()), self.translations)


def guest(stage: Perturb, change: Codemix, language: str, workshop: Workshop) -> Guest:
    """A language as far as a mixed dataset's own record names what is known of it."""
    task, form = stage.data.task, stage.data.task.format
    data = next((pool for pool in stage.pools if pool.language == language), None)
    pairs = matched(form, workshop.examples(stage.data), workshop.examples(data))[0] if data else []
    aligned = next((each for each in stage.aligned if each.other.language == language), None)
    links = alignment.read(workshop.store.file(aligned, LINKS)) if aligned else {}
    translations = None
    if change.dictionary is not None and set(change.usable(task, stage.data.language, language)) - {"aligned"}:
        places = workshop.resources.library.contents
        translations = Translations(change.dictionary.pairs(stage.data.language, language, places))
    return Guest(language, data, {one.uid: other for one, other in pairs}, links, translations)


def mean(values: Sequence[float]) -> float | None:
    """The mean, where there is anything to take it of."""
    return sum(values) / len(values) if values else None
