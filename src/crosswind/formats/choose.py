"""A prompt and k choices, one of them right: XCOPA, HellaSwag and their like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from random import Random
from typing import Any

from crosswind.formats.base import Answer, Changed, Encoding, Example, Feature, Format, flagged, margin, ranked
from crosswind.formats.subwords import Tokenizer, tokens_of

WITHHELD = -1  # the answer of a text that others are compared with and nothing is asked of


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Example):
    prompt: str
    choices: tuple[str, ...]
    answer: int


MOST_CHOICES = 10


class Choose(Format[Choice]):
    name = "choose"
    layouts = tuple(("prompt", *(f"choice{i}" for i in range(1, n + 1))) for n in range(2, MOST_CHOICES + 1))
    example = Choice

    def fields(self, example: Choice) -> Mapping[str, str]:
        return {"prompt": example.prompt} | {f"choice{i}": text for i, text in enumerate(example.choices, 1)}

    def with_fields(self, example: Choice, texts: Mapping[str, str], perturbed: Changed) -> Choice:  # noqa: ARG002
        choices = tuple(texts[f"choice{i}"] for i in range(1, len(example.choices) + 1))
        return replace(example, prompt=texts["prompt"], choices=choices)

    def check(self, example: Choice, labels: Sequence[str]) -> None:  # noqa: ARG002
        if not 0 <= example.answer < len(example.choices):
            raise ValueError(
                f"example {example.uid!r} names choice {example.answer} of {len(example.choices)} as its answer; "
                "choices are counted from 0"
            )

    def agree(self, example: Choice, other: Choice) -> bool:
        """Equal answers; where a version's answer is withheld, there is nothing to compare."""
        return WITHHELD in {example.answer, other.answer} or example.answer == other.answer

    def paired(self, example: Choice, other: Choice) -> Choice:
        return replace(example, choices=other.choices)

    def encode(
        self,
        examples: Sequence[Choice],
        labels: Sequence[str],
        tokenizer: Tokenizer,
        max_length: int,
    ) -> Encoding:
        for example in examples:
            self.check(example, labels)
        prompts = [example.prompt for example in examples for _ in example.choices]
        choices = [choice for example in examples for choice in example.choices]
        rows, cut = tokens_of(tokenizer, prompts, choices, max_length)
        ends = list(accumulate((len(example.choices) for example in examples), initial=0))
        features = [
            Feature(i, tuple(rows[first:last]), examples[i].answer) for i, (first, last) in enumerate(pairwise(ends))
        ]
        return Encoding(features, flagged(any(cut[first:last]) for first, last in pairwise(ends)))

    def decode(
        self,
        example: Choice,  # noqa: ARG002
        labels: Sequence[str],  # noqa: ARG002
        features: Sequence[Feature],  # noqa: ARG002
        outputs: Sequence[Any],
    ) -> Answer:
        scores = outputs[0].tolist()
        return Answer(str(int(outputs[0].argmax())), margin(scores), ranked(scores))

    def relabel(self, examples: Sequence[Choice], draws: Random) -> list[Choice]:
        return [replace(example, answer=int(draws.random() * len(example.choices))) for example in examples]

    def gold(self, example: Choice) -> str:
        return str(example.answer)


CHOOSE = Choose()
