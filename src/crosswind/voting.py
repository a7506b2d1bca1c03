"""Votes held: every example read many times, the answers counted, and what the counts say."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars
import torch

from crosswind.evaluate import predict
from crosswind.formats.base import Example, Feature, Reworded
from crosswind.models.batch import by_length, collate
from crosswind.models.model import Model
from crosswind.objectives.displacement import noise
from crosswind.radii import measured_yardstick
from crosswind.randomness import stream
from crosswind.stages import Vote, clean, label
from crosswind.text.masking import num_kept, places
from crosswind.text.words import segmenter
from crosswind.train.rows import plain
from crosswind.votes.base import Rewording, Text
from crosswind.votes.certificates import certified, lower_bound
from crosswind.votes.counting import Verdict, verdict
from crosswind.votes.masked import MaskedVote
from crosswind.votes.noisy import NoisyVote
from crosswind.workshop import Workshop

TEXTS_AT_ONCE = 20_000  # readings whose sub-words are held in memory together

Tally = list[Counter[str]]


@dataclass
class Electorate:
    """A model, the examples of a vote, and what reads them."""

    stage: Vote
    workshop: Workshop
    model: Model
    examples: Sequence[Any]
    texts: list[Text] = field(init=False)

    def __post_init__(self) -> None:
        """Raises ValueError where words are to be masked and the encoder knows no mask."""
        data, task = clean(self.stage.data), clean(self.stage.data).task
        cut, mask = segmenter(self.stage.segmenter), self.tokenizer.mask_token
        if isinstance(self.stage.voting, MaskedVote) and mask is None:
            raise ValueError(f"{self.stage.base.model} has no token that masks a word; vote by noise or substitution")
        name = label(task.unprobed)
        self.texts = [
            Text(name, data.split, data.language, each.uid, task.format.fields(each), cut, task.role, mask)
            for each in self.examples
        ]

    @property
    def tokenizer(self) -> Any:
        return self.workshop.tokenizer(self.stage.base)

    def features(self, examples: Sequence[Example]) -> Sequence[Feature]:
        """Examples as the model reads them."""
        task = clean(self.stage.data).task
        return task.format.encode(examples, task.labels, self.tokenizer, self.stage.recipe.max_length).features

    def decoded(self, examples: Sequence[Any], features: Sequence[Feature], found: Sequence[Any]) -> list[str]:
        """The answers to examples that have one feature each."""
        task = clean(self.stage.data).task
        return [
            str(task.format.decode(example, task.labels, [feature], [output]).value)
            for example, feature, output in zip(examples, features, found, strict=True)
        ]

    def plain(self) -> list[str]:
        """The answers to the examples as they are."""
        return self.answers(self.examples)

    def answers(self, examples: Sequence[Any]) -> list[str]:
        """The answers to examples; equal ones are read once."""
        features, pad = self.features(examples), self.tokenizer.pad_token_id
        found = predict.outputs(self.model, features, pad, self.workshop.tokens_per_batch, {})
        return self.decoded(examples, features, found)

    def reworded(self, voting: Rewording, draws: range) -> Tally:
        """The answers to each example in some draws, counted."""
        form, tallies = clean(self.stage.data).task.format, []
        size = max(1, TEXTS_AT_ONCE // max(1, len(draws)))
        for first in range(0, len(self.examples), size):
            part = slice(first, first + size)
            read = [
                Counter(
                    form.with_fields(example, fields, Reworded(fields))
                    for fields in (voting.read(text, draw) for draw in draws)
                )
                for example, text in zip(self.examples[part], self.texts[part], strict=True)
            ]
            given = iter(self.answers([example for own in read for example in own]))
            tallies += [tally(own, given) for own in read]
        return tallies

    def displaced(self, voting: NoisyVote, draws: range) -> Tally:
        """The answers to each example with its embeddings moved, counted."""
        radius, tallies = self.radius(voting), [Counter[str]() for _ in self.examples]
        features = self.features(self.examples)
        for draw in draws:
            for index, output in self.moved(voting, radius, features, draw):
                (answer,) = self.decoded([self.examples[index]], [features[index]], [output])
                tallies[index][answer] += 1
        return tallies

    def moved(
        self, voting: NoisyVote, radius: float, features: Sequence[Feature], draw: int
    ) -> Iterator[tuple[int, Any]]:
        """What the model gives on every feature in one draw of noise, in any order."""
        seed = stream(draw, "vote")
        self.model.eval()
        with torch.inference_mode():
            for indices in by_length(features, self.workshop.tokens_per_batch):
                batch = collate([features[index] for index in indices], self.tokenizer.pad_token_id)
                batch = batch.to(self.model.device)
                states_RLD = self.model.embed(batch, voting.where)
                delta_RLD = radius * noise(batch, states_RLD.shape[-1], voting.shape, seed)
                logits = self.model(batch, states_RLD + delta_RLD, voting.where).float().cpu()
                given = self.model.head.per_feature(logits, batch)
                yield from zip(indices, (output.numpy() for output in given), strict=True)

    def radius(self, voting: NoisyVote) -> float:
        """How far a token is moved at most, as this very model measures it on the text that it was trained on."""
        trained = self.stage.model
        encodings = [self.workshop.encoding(data, trained) for data in trained.data]
        course = plain([feature for encoding in encodings for feature in encoding.features])
        yardstick = measured_yardstick(self.workshop, trained, self.model, course, voting.where, self.stage.distances)
        if voting.needs_translations and not yardstick.translation:
            raise ValueError("unit translation: the dictionary has no pair of words that this tokenizer knows")
        return voting.radius(yardstick.token_norm, yardstick.translation)


def tally(readings: Mapping[Any, int], given: Iterator[str]) -> Counter[str]:
    """The answers to one example's readings, each counted as often as it was read."""
    counts: Counter[str] = Counter()
    for times in readings.values():
        counts[next(given)] += times
    return counts


def vote(stage: Vote, workshop: Workshop) -> tuple[polars.DataFrame, dict[str, Any]]:
    """One row per example with the vote and the answer of a single plain reading, and the facts for the record."""
    model, _ = workshop.model(stage)
    examples, form, voting = workshop.examples(stage.data), clean(stage.data).task.format, stage.voting
    asked = Electorate(stage, workshop, model, examples)
    draws = range(1, voting.draws + 1)
    match voting:
        case NoisyVote():
            tallies = asked.displaced(voting, draws)
        case Rewording():
            tallies = asked.reworded(voting, draws)
        case _:
            raise TypeError(f"nothing is known about holding a vote by {label(voting)}")
    labels = sorted({answer for own in tallies for answer in own})
    verdicts = [verdict(own, labels, voting.alpha) for own in tallies]
    columns = {
        "example": [example.uid for example in examples],
        "cluster": [example.cluster for example in examples],
        "gold": [form.spell(form.gold(example)) for example in examples],
        "answer": asked.plain(),
        "vote": [each.label for each in verdicts],
        "first": [each.first for each in verdicts],
        "second": [each.second for each in verdicts],
        "p_value": [each.p_value for each in verdicts],
        "abstains": [each.abstains for each in verdicts],
    }
    if isinstance(voting, MaskedVote) and voting.certify:
        columns |= certificates(asked, voting, verdicts)
    return polars.DataFrame(columns), {"units": len(examples) * voting.readings, "examples": len(examples)}


def certificates(asked: Electorate, voting: MaskedVote, verdicts: Sequence[Verdict]) -> dict[str, list[Any]]:
    """How many words may be changed in each example, and what that follows from; null where the vote is uncertain."""
    further = range(voting.draws + 1, voting.readings + 1)
    hits = [own[each.label] for own, each in zip(asked.reworded(voting, further), verdicts, strict=True)]
    words = [len(places(text.fields, text.language, text.cut)) for text in asked.texts]
    kept = [num_kept(count, voting.rate) for count in words]
    shares = [lower_bound(each, voting.certify, voting.alpha) for each in hits]
    found = [certified(*own) for own in zip(shares, words, kept, strict=True)]
    sure = [None if each.abstains else most for each, most in zip(verdicts, found, strict=True)]
    return {"words": words, "kept": kept, "hits": hits, "at_least": shares, "certified": sure}
