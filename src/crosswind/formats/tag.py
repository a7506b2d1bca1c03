"""One tag per word: parts of speech, named entities.

The first sub-word of a word carries its tag. A sentence that is too long is cut between words into pieces that fit, so
every word gets an answer; nothing is truncated but a single word over the limit, which becomes the unknown token.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from random import Random
from typing import Any

import numpy as np

from crosswind.formats.base import (
    UNSCORED,
    Answer,
    Changed,
    Encoding,
    Example,
    Feature,
    Format,
    Tokenizer,
    Wrapping,
    label_index,
    shuffle,
)
from crosswind.text.item import Field, token_field
from crosswind.text.words import Segmenter

# The parts of speech of Universal Dependencies.
UPOS = (
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM",
    "VERB", "X",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagging(Example):
    tokens: tuple[str, ...]
    tags: tuple[str, ...]


class Tag(Format[Tagging]):
    name = "tag"
    example = Tagging

    def fields(self, example: Tagging) -> Mapping[str, str]:
        return {"tokens": " ".join(example.tokens)}

    def field(self, example: Tagging, name: str, text: str, language: str, cut: Segmenter) -> Field:  # noqa: ARG002
        return token_field(example.tokens, language, example.uid)

    def with_fields(self, example: Tagging, texts: Mapping[str, str], perturbed: Changed) -> Tagging:
        projection = perturbed.projection("tokens")
        spans = (projection.span(span) for span in token_spans(example.tokens))
        return replace(example, tokens=tuple(texts["tokens"][start:end] for start, end in spans))

    def check(self, example: Tagging, labels: Sequence[str]) -> None:
        if len(example.tokens) != len(example.tags) or not example.tokens:
            raise ValueError(
                f"example {example.uid!r} has {len(example.tokens)} words and {len(example.tags)} tags; "
                "expected one tag for every word, and at least one word"
            )
        for tag in example.tags:
            label_index(labels, tag, example.uid)

    def encode(
        self, examples: Sequence[Tagging], labels: Sequence[str], tokenizer: Tokenizer, max_length: int
    ) -> Encoding:
        wrapping = Wrapping.of(tokenizer)
        pieces = word_pieces(tokenizer, examples, max_length - len(wrapping))
        features: list[Feature] = []
        for index, example in enumerate(examples):
            targets = [label_index(labels, tag, example.uid) for tag in example.tags]
            for first, last in windows([len(pieces[word]) for word in example.tokens], max_length - len(wrapping)):
                features.append(window_feature(index, example, pieces, targets, wrapping, first, last))
        return Encoding(features)

    def decode(
        self, example: Tagging, labels: Sequence[str], features: Sequence[Feature], outputs: Sequence[Any]
    ) -> Answer:
        tags, gaps = [""] * len(example.tokens), []
        for feature, output_LC in zip(features, outputs, strict=True):
            positions = [position for position, _ in feature.places]
            best_WC = np.sort(output_LC[positions], axis=-1)
            gaps.extend((best_WC[:, -1] - best_WC[:, -2]).tolist())
            for (_, word), choice in zip(feature.places, output_LC[positions].argmax(-1), strict=True):
                tags[word] = labels[int(choice)]
        return Answer(tuple(tags), float(np.mean(gaps)) if gaps else 0.0)

    def relabel(self, examples: Sequence[Tagging], draws: Random) -> list[Tagging]:
        """Sentences of equal length exchange their tags; a length that is there once gets tags from all sentences."""
        alike: dict[int, list[int]] = {}
        for index, example in enumerate(examples):
            alike.setdefault(len(example.tags), []).append(index)
        every = [tag for example in examples for tag in example.tags]
        found = list(examples)
        for length, indices in alike.items():
            given = [examples[index].tags for index in indices]
            shuffle(given, draws)
            if len(indices) == 1:
                given = [tuple(every[int(draws.random() * len(every))] for _ in range(length))]
            for index, tags in zip(indices, given, strict=True):
                found[index] = replace(examples[index], tags=tags)
        return found

    def gold(self, example: Tagging) -> tuple[str, ...]:
        return example.tags


def token_spans(tokens: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Where each token stands in the text that joins them with one space."""
    ends = list(accumulate((len(token) + 1 for token in tokens), initial=0))
    return tuple((start, end - 1) for start, end in pairwise(ends))


def word_pieces(tokenizer: Tokenizer, examples: Sequence[Tagging], limit: int) -> dict[str, list[int]]:
    """The sub-words of every distinct word, encoded one by one as after a space; never empty, never over the limit."""
    words = sorted({word for example in examples for word in example.tokens})
    if not words:
        return {}
    spaced = (
        tokenizer(" a", add_special_tokens=False)["input_ids"] != tokenizer("a", add_special_tokens=False)["input_ids"]
    )
    texts = [" " + word for word in words] if spaced else words
    coded = tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"]
    unknown = [tokenizer.unk_token_id]
    return {word: ids if 0 < len(ids) <= limit else unknown for word, ids in zip(words, coded, strict=True)}


def windows(lengths: Sequence[int], limit: int) -> list[tuple[int, int]]:
    """Consecutive ranges of words, each as long as fits in `limit` sub-words."""
    ranges, first, used = [], 0, 0
    for word, length in enumerate(lengths):
        if used + length > limit and word > first:
            ranges.append((first, word))
            first, used = word, 0
        used += length
    return [*ranges, (first, len(lengths))]


def window_feature(
    index: int,
    example: Tagging,
    pieces: Mapping[str, list[int]],
    targets: Sequence[int],
    wrapping: Wrapping,
    first: int,
    last: int,
) -> Feature:
    """The words `first` to `last` of one sentence as a feature; only first sub-words carry a target."""
    ids: list[int] = []
    places = []
    for word in range(first, last):
        places.append((len(wrapping.gaps[0]) + len(ids), word))
        ids.extend(pieces[example.tokens[word]])
    row = wrapping.wrap(ids)
    target = [UNSCORED] * len(row)
    for position, word in places:
        target[position] = targets[word]
    return Feature(index, (row,), tuple(target), tuple(places), units=len(places))


TAG = Tag()
