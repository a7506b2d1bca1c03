"""Sentences of two languages, some of them translations of each other, to be found: BUCC and its like.

Nothing is learned. Every sentence becomes a vector; which pairs are mined is decided over all of them together, see
evaluate/mining.py. The two sides stand in one list, best in turn, so that its beginning has something of both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from crosswind.formats.base import Answer, Changed, Encoding, Example, Feature, Format, flagged, in_nfc, shuffle
from crosswind.formats.subwords import Tokenizer, tokens_of

OWN, OTHER = "own", "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence(Example):
    """`side` is OWN in the language of the dataset and OTHER in the one it is mined against.

    `partner` is the uid of an own sentence's translation, or "". It is always "" on the other side: a pair is scored
    once, where the own sentence stands.
    """

    text: str
    side: str
    partner: str = ""


class Mine(Format[Sentence]):
    name = "mine"
    layouts = (("query",),)
    example = Sentence

    def fields(self, example: Sentence) -> Mapping[str, str]:
        """The own side alone: what changes the other would test another language."""
        return {"query": example.text} if example.side == OWN else {}

    def with_fields(self, example: Sentence, texts: Mapping[str, str], perturbed: Changed) -> Sentence:  # noqa: ARG002
        return replace(example, text=texts.get("query", example.text))

    def check(self, example: Sentence, labels: Sequence[str]) -> None:  # noqa: ARG002
        if example.side not in {OWN, OTHER} or (example.side == OTHER and example.partner):
            raise ValueError(
                f"example {example.uid!r} is of side {example.side!r} with partner {example.partner!r}; expected side "
                f"{OWN!r} with a partner or without one, or side {OTHER!r} without"
            )

    def normalised(self, example: Sentence) -> Sentence:
        return replace(example, text=in_nfc(example.text))

    def encode(
        self,
        examples: Sequence[Sentence],
        labels: Sequence[str],  # noqa: ARG002
        tokenizer: Tokenizer,
        max_length: int,
    ) -> Encoding:
        rows, cut = tokens_of(tokenizer, [example.text for example in examples], None, max_length)
        return Encoding([Feature(i, (row,)) for i, row in enumerate(rows)], flagged(cut))

    def decode(
        self,
        example: Sentence,  # noqa: ARG002
        labels: Sequence[str],
        features: Sequence[Feature],  # noqa: ARG002
        outputs: Sequence[Any],
    ) -> Answer:
        """`labels` has the partner that was mined, if any was, `outputs[0]` how far its score passes the threshold."""
        return Answer(labels[0], float(outputs[0])) if labels else Answer("", 0.0)

    def relabel(self, examples: Sequence[Sentence], draws: Random) -> list[Sentence]:
        """The sentences of the own side exchange their partners."""
        partners = [example.partner for example in examples if example.side == OWN]
        shuffle(partners, draws)
        dealt = iter(partners)
        return [replace(each, partner=next(dealt)) if each.side == OWN else each for each in examples]

    def gold(self, example: Sentence) -> str:
        return example.partner


MINE = Mine()
