"""One text or two, one label: XNLI, PAWS-X and their like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from crosswind.formats.base import (
    Answer,
    Changed,
    Encoding,
    Example,
    Feature,
    Format,
    flagged,
    label_index,
    margin,
    ranked,
    shuffle,
)
from crosswind.formats.subwords import Tokenizer, tokens_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification(Example):
    first: str
    second: str | None = None
    label: str


class Classify(Format[Classification]):
    name = "classify"
    layouts = (("first", "second"), ("first",))
    example = Classification

    def fields(self, example: Classification) -> Mapping[str, str]:
        texts = {"first": example.first, "second": example.second}
        return {name: text for name, text in texts.items() if text is not None}

    def with_fields(
        self,
        example: Classification,
        texts: Mapping[str, str],
        perturbed: Changed,  # noqa: ARG002
    ) -> Classification:
        return replace(example, first=texts["first"], second=texts.get("second"))

    def check(self, example: Classification, labels: Sequence[str]) -> None:
        label_index(labels, example.label, example.uid)

    def paired(self, example: Classification, other: Classification) -> Classification:
        if example.second is None or other.second is None:
            return super().paired(example, other)
        return replace(example, second=other.second)

    def encode(
        self, examples: Sequence[Classification], labels: Sequence[str], tokenizer: Tokenizer, max_length: int
    ) -> Encoding:
        paired = any(example.second is not None for example in examples)
        seconds = [example.second or "" for example in examples] if paired else None
        rows, cut = tokens_of(tokenizer, [example.first for example in examples], seconds, max_length)
        targets = [label_index(labels, example.label, example.uid) for example in examples]
        features = [Feature(i, (row,), target) for i, (row, target) in enumerate(zip(rows, targets, strict=True))]
        return Encoding(features, flagged(cut))

    def decode(
        self,
        example: Classification,  # noqa: ARG002
        labels: Sequence[str],
        features: Sequence[Feature],  # noqa: ARG002
        outputs: Sequence[Any],
    ) -> Answer:
        scores = outputs[0].tolist()
        return Answer(labels[int(outputs[0].argmax())], margin(scores), ranked(scores))

    def relabel(self, examples: Sequence[Classification], draws: Random) -> list[Classification]:
        labels = [example.label for example in examples]
        shuffle(labels, draws)
        return [replace(example, label=label) for example, label in zip(examples, labels, strict=True)]

    def gold(self, example: Classification) -> str:
        return example.label


CLASSIFY = Classify()
