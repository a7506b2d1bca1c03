"""One tag per word: parts of speech, named entities.

The first sub-word of a word carries its tag. A sentence that is too long is cut between words into pieces that fit, so
every word gets an answer; nothing is truncated but a single word over the limit, which becomes the unknown token.
"""

from collections.abc import Iterator, Mapping, Sequence
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
    Rewritten,
    label_index,
    shuffle,
)
from crosswind.formats.subwords import Tokenizer, Wrapping
from crosswind.text.item import Field, token_field
from crosswind.text.words import Segmenter

# The parts of speech of Universal Dependencies.
UPOS = (
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM",
    "VERB", "X",
)  # fmt: skip
OUTSIDE = "O"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagging(Example):
    """A sentence with a tag for each of its words. The model reads `extra` words behind them, which have no tags.

    Nothing is asked, learned or scored of extra words: a change of text has put them there.
    """

    tokens: tuple[str, ...]
    tags: tuple[str, ...]
    extra: tuple[str, ...] = ()

    @property
    def read(self) -> tuple[str, ...]:
        """All that the model reads."""
        return (*self.tokens, *self.extra)


class Tag(Format[Tagging]):
    name = "tag"
    layouts = (("tokens",),)
    example = Tagging

    def fields(self, example: Tagging) -> Mapping[str, str]:
        return {"tokens": " ".join(example.read)}

    def field(self, example: Tagging, name: str, text: str, language: str, cut: Segmenter) -> Field:  # noqa: ARG002
        return token_field(example.read, language, example.uid)

    def with_fields(self, example: Tagging, texts: Mapping[str, str], perturbed: Changed) -> Tagging:
        """What was put in behind the last word are more extra words."""
        text, projection = texts["tokens"], perturbed.projection("tokens")
        spans = [projection.span(span) for span in token_spans(example.read)]
        words = [text[start:end] for start, end in spans]
        more = text[spans[-1][1] :].split() if spans else []
        scored = len(example.tokens)
        return replace(example, tokens=tuple(words[:scored]), extra=(*words[scored:], *more))

    def word_labels(self, example: Tagging) -> tuple[str, ...]:
        return example.tags

    def rewritten(self, example: Tagging, changed: Rewritten) -> Tagging:
        return replace(example, tokens=changed.tokens, tags=changed.labels)

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
            for first, last in windows([len(pieces[word]) for word in example.read], max_length - len(wrapping)):
                if first <= max(0, len(targets) - 1):  # a window of extra words alone asks nothing
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


def entities(sequence: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """The (type, first, last) of every chunk of a BIO sequence; an I- tag that continues nothing opens a chunk."""
    opened: tuple[str, int] | None = None
    for position, tag in enumerate([*sequence, OUTSIDE]):
        prefix, _, kind = tag.partition("-")
        if opened and (prefix != "I" or kind != opened[0]):
            yield (*opened, position - 1)
            opened = None
        if prefix in {"B", "I"} and opened is None:
            opened = (kind, position)


def token_spans(tokens: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Where each token stands in the text that joins them with one space."""
    ends = list(accumulate((len(token) + 1 for token in tokens), initial=0))
    return tuple((start, end - 1) for start, end in pairwise(ends))


def word_pieces(tokenizer: Tokenizer, examples: Sequence[Tagging], limit: int) -> dict[str, list[int]]:
    """The sub-words of every distinct word, encoded one by one as after a space; never empty, never over the limit."""
    words = sorted({word for example in examples for word in example.read})
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
    """The words `first` to `last` of one sentence as a feature; only first sub-words of tagged words carry a target."""
    ids: list[int] = []
    places = []
    for word, text in enumerate(example.read[first:last], first):
        if word < len(targets):
            places.append((len(wrapping.gaps[0]) + len(ids), word))
        ids.extend(pieces[text])
    row = wrapping.wrap(ids)
    target = [UNSCORED] * len(row)
    for position, word in places:
        target[position] = targets[word]
    return Feature(index, (row,), tuple(target), tuple(places), units=len(places))


TAG = Tag()
