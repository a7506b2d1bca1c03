"""Training text drawn anew: examples of a training set as an epoch has them, and what was done to them in numbers.

An example's draws hang on the seed, the depth of the training, the epoch and the example, and on nothing else: neither
on its batch nor on when the training was stopped and went on.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crosswind.conditions import CONTEXT
from crosswind.formats.base import Example, Feature, Format
from crosswind.formats.span import Quoting
from crosswind.perturbations.base import Perturbed, Rewritten
from crosswind.perturbations.lexical import Lexical
from crosswind.perturbations.sampling import Sampler
from crosswind.perturbed_sets import Look, Making, stocks_of
from crosswind.randomness import stream
from crosswind.stages import Perturb, Train, label
from crosswind.text.edits import Edit, Span, straddles
from crosswind.text.item import Item
from crosswind.text.stock import NOTHING
from crosswind.train.augmented import Alignment, Anew, Augmented, Beside, Redrawn, Stretches, Tokens
from crosswind.workshop import Workshop

ALONE = ""  # the task of a stage that has one
SUITE = "augment"  # independent of every suite of tests


@dataclass
class Tally:
    """What was done to the text of one language, over all that this process drew."""

    words: int = 0
    drawn: int = 0
    changed: int = 0
    ops: Counter[str] = field(default_factory=Counter)

    def add(self, redrawn: Redrawn, found: Perturbed | Rewritten) -> None:
        self.words += redrawn.words
        self.drawn += redrawn.drawn
        self.changed += redrawn.changed
        if isinstance(found, Perturbed):
            self.ops.update(op for _, op in found.trace)


class Redrawing:
    """The examples of one training set under a change."""

    def __init__(self, change: Perturb, stage: Train, workshop: Workshop) -> None:
        task = change.data.task
        self.change, self.stage, self.form, self.labels = change, stage, task.format, task.labels
        self.tokenizer, self.length = workshop.tokenizer(stage.base), stage.recipe.max_length
        self.before = workshop.examples(change.data)
        self.together = self.form.read_together(self.before)
        self.stocks, self.look = stocks_of(change, workshop), Look(change)
        self.clean = by_example(workshop.encoding(change.data, stage).features, len(self.before))
        self.tally = Tally()
        self.epoch, self.making = -1, self.begun(0)

    def begun(self, epoch: int) -> Making:
        """The draws of an epoch."""
        seed = stream(self.stage.seed, SUITE, self.stage.depth, epoch)
        change = self.change
        return Making(change, Sampler(change.perturbation, change.severity, seed, suite=SUITE), seed, SUITE)

    def __call__(self, numbers: Sequence[int], epoch: int) -> list[Redrawn]:
        """Some examples as an epoch has them; those that did not change are not read again."""
        if epoch != self.epoch:
            self.epoch, self.making = epoch, self.begun(epoch)
        changes = [self.changed(number) for number in numbers]
        new = [after for number, (_, _, after) in zip(numbers, changes, strict=True) if after != self.before[number]]
        read = iter(by_example(self.encoded(new), len(new)))
        return [
            self.redrawn(number, item, found, self.clean[number] if after == self.before[number] else next(read))
            for number, (item, found, after) in zip(numbers, changes, strict=True)
        ]

    def changed(self, number: int) -> tuple[Item, Perturbed | Rewritten, Example]:
        """One example as the change sees it, what the change did, and what came of it."""
        example = self.before[number]
        item = self.look(self.together[number], self.stocks.get(example.uid, NOTHING))
        found = self.making.found(example, item)
        form = self.form
        return (
            item,
            found,
            form.restore(example, found) if isinstance(found, Perturbed) else form.rewritten(example, found),
        )

    def encoded(self, examples: Sequence[Example]) -> Sequence[Feature]:
        return self.form.encode(examples, self.labels, self.tokenizer, self.length).features

    def redrawn(self, number: int, item: Item, found: Perturbed | Rewritten, features: Sequence[Feature]) -> Redrawn:
        """An example's features with the numbers of its words; only views ask which words are which."""
        words = sum(len(text.words) for _, text in self.change.perturbation.targets(item))
        changed, in_vain = counts(item, found)
        alignment = aligned(self.form, self.before[number], item, found) if self.stage.views else None
        result = Redrawn(features, words, changed + in_vain, changed, alignment)
        self.tally.add(result, found)
        return result

    @property
    def facts(self) -> Mapping[str, Any]:
        """Shares for the record; of changes that look words up also what they led to."""
        own = self.tally
        words, drawn = max(1, own.words), max(1, own.drawn)
        shares = {"changed_words": own.changed / words, "unmatched": (own.drawn - own.changed) / drawn}
        if not isinstance(self.change.perturbation, Lexical):
            return shares
        return shares | {"replaced": {op: count / words for op, count in sorted(own.ops.items())}}


@dataclass(frozen=True, slots=True)
class Drawing:
    """The examples of all training sets of a stage, numbered one set after the other."""

    sets: Sequence[Redrawing]

    @classmethod
    def of(cls, stage: Train, workshop: Workshop, name: str = ALONE) -> "Drawing":
        """All sets, or those of one of several tasks."""
        changes = [change for change in (*stage.redrawn, *stage.views) if name in {ALONE, label(change.data.task)}]
        return cls([Redrawing(change, stage, workshop) for change in changes])

    @property
    def rows(self) -> Augmented:
        """The rows that they make."""
        examples = [features for own in self.sets for features in own.clean]
        return (Beside if self.sets[0].stage.views else Anew)(examples, self)

    def __call__(self, numbers: Sequence[int], epoch: int) -> list[Redrawn]:
        """Examples of any sets, in their order."""
        found: dict[int, Redrawn] = {}
        first = 0
        for own in self.sets:
            mine = [number for number in numbers if first <= number < first + len(own.before)]
            found |= zip(mine, own([number - first for number in mine], epoch), strict=True)
            first += len(own.before)
        return [found[number] for number in numbers]

    @property
    def facts(self) -> Mapping[str, Any]:
        """What was done, by family of change and language of text, as far as this process has drawn it."""
        (family,) = {own.change.perturbation.family for own in self.sets}
        return {family: {own.change.data.language: own.facts for own in self.sets}}


def drawings_of(stage: Train, workshop: Workshop) -> dict[str, Drawing]:
    """What is drawn for a training, by task where several take turns; nothing where no text is changed anew."""
    if not (stage.redrawn or stage.views):
        return {}
    names = [ALONE] if stage.sampler is None else list(stage.tasks)
    return {name: Drawing.of(stage, workshop, name) for name in names}


def facts_of(drawings: Mapping[str, Drawing]) -> Mapping[str, Any]:
    """What a record says of them."""
    told = {name: drawing.facts for name, drawing in drawings.items()}
    return {"augment": told.get(ALONE, told)} if told else {}


def by_example(features: Sequence[Feature], count: int) -> list[list[Feature]]:
    """The features of each of so many examples."""
    found: list[list[Feature]] = [[] for _ in range(count)]
    for feature in features:
        found[feature.example].append(feature)
    return found


def counts(item: Item, found: Perturbed | Rewritten) -> tuple[int, int]:
    """How many words of an item an edit touches, and how many places were drawn that nothing happened to."""
    if isinstance(found, Rewritten):
        (text,) = item.fields.values()
        pairs = zip((text.text[slice(*span)] for span in text.keep), found.tokens, strict=False)
        return sum(one != other for one, other in pairs) + abs(len(text.keep) - len(found.tokens)), 0
    touched = sum(len(set(touching(text.words, found.edits[name]))) for name, text in item.fields.items())
    return touched, len(found.barren) + len(found.withdrawn)


def touching(words: Sequence[Span], edits: Sequence[Edit]) -> Iterator[int]:
    """The numbers of the words that edits change, or end at."""
    ends = [end for _, end in words] if edits else []
    for edit in edits:
        for number in range(bisect_left(ends, edit.start), len(words)):
            if words[number][0] > edit.end:
                break
            yield number


def aligned(form: Format[Any], example: Example, item: Item, found: Perturbed | Rewritten) -> Alignment | None:
    """Which words of the changed text are which of the text as it was; None where answers are of whole texts."""
    labels = form.word_labels(example)
    if labels is not None:
        return Tokens(order_of(len(labels), found))
    if not isinstance(form, Quoting):
        return None
    assert isinstance(found, Perturbed)
    edits, projection = found.edits[CONTEXT], found.projection(CONTEXT)
    before = [word for word in item.fields[CONTEXT].words if not any(straddles(edit, word) for edit in edits)]
    return Stretches(before, [projection.span(word) for word in before])


def order_of(count: int, found: Perturbed | Rewritten) -> Sequence[int | None]:
    """Of each word of a changed sentence, which one it was; of none where words came or went."""
    if isinstance(found, Perturbed):
        return range(count)
    if found.order:
        return found.order
    return range(count) if len(found.tokens) == count else [None] * len(found.tokens)
