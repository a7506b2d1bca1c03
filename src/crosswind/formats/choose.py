"""A prompt and k choices, one of them right: XCOPA, HellaSwag and their like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from crosswind.formats.base import Answer, Changed, Encoding, Example, Feature, Format, Tokenizer, margin, tokens_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Example):
    prompt: str
    choices: tuple[str, ...]
    answer: int


class Choose(Format[Choice]):
    name = "choose"
    example = Choice

    def fields(self, example: Choice) -> Mapping[str, str]:
        return {"prompt": example.prompt} | {f"choice{i}": text for i, text in enumerate(example.choices, 1)}

    def with_fields(self, example: Choice, texts: Mapping[str, str], perturbed: Changed) -> Choice:  # noqa: ARG002
        choices = tuple(texts[f"choice{i}"] for i in range(1, len(example.choices) + 1))
        return replace(example, prompt=texts["prompt"], choices=choices)

    def encode(
        self,
        examples: Sequence[Choice],
        labels: Sequence[str],
        tokenizer: Tokenizer,
        max_length: int,
    ) -> Encoding:
        for example in examples:
            if not 0 <= example.answer < len(example.choices):
                raise ValueError(f"example {example.uid!r}: answer {example.answer} of {len(example.choices)} choices")
        prompts = [example.prompt for example in examples for _ in example.choices]
        choices = [choice for example in examples for choice in example.choices]
        rows, truncated = tokens_of(tokenizer, prompts, choices, max_length)
        stream = iter(rows)
        features = [
            Feature(i, tuple(next(stream) for _ in example.choices), example.answer)
            for i, example in enumerate(examples)
        ]
        return Encoding(features, truncated)

    def decode(
        self,
        example: Choice,
        labels: Sequence[str],
        features: Sequence[Feature],
        outputs: Sequence[Any],
    ) -> Answer:
        return Answer(str(int(outputs[0].argmax())), margin(outputs[0].tolist()))

    def gold(self, example: Choice) -> str:
        return str(example.answer)


CHOOSE = Choose()
