"""Raw text whose words are hidden and guessed: masked language modelling (Devlin et al. 2019).

A text that is too long is cut into pieces that fit, so none of it is lost. Of every piece a share of the sub-words is
chosen. An evaluation hides all of them, always the same ones, from all models alike; a training draws them anew in
every epoch and leaves some of them to be seen, as BERT's does. Where a tokenizer has no token for a hidden word, T5's
first sentinel stands in, or the unknown word.

Unlike the pseudo-likelihood of Salazar et al. (2020), which hides one word a pass, all chosen words of a piece are
hidden at once: a seventh of the passes, and words that lean on each other are harder.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, NamedTuple

from crosswind.formats.base import UNSCORED, Answer, Changed, Encoding, Example, Feature, Format
from crosswind.formats.subwords import Tokenizer, Tokens, Wrapping
from crosswind.randomness import some, stream

SHARE = 0.15  # of the sub-words of a text that are guessed
HIDDEN, EXCHANGED = 0.8, 0.1  # of those, in training: behind the mask, behind another word; the others are seen
STAND_INS = ("<extra_id_0>", "▁<extra_id_0>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage(Example):
    """A sentence or a paragraph. What is learned of it is the text itself."""

    text: str


class Guesses(NamedTuple):
    """How a model fares with the hidden sub-words of a text: how many it names, and what they cost it in nats."""

    right: int
    nats: float
    hidden: int


class Mlm(Format[Passage]):
    name = "mlm"
    layouts = (("text",),)
    example = Passage

    def fields(self, example: Passage) -> Mapping[str, str]:
        return {"text": example.text}

    def with_fields(self, example: Passage, texts: Mapping[str, str], perturbed: Changed) -> Passage:  # noqa: ARG002
        return replace(example, text=texts["text"])

    def check(self, example: Passage, labels: Sequence[str]) -> None:  # noqa: ARG002
        if not example.text.strip():
            raise ValueError(f"example {example.uid!r} is empty; expected a text")

    def encode(
        self,
        examples: Sequence[Passage],
        labels: Sequence[str],  # noqa: ARG002
        tokenizer: Tokenizer,
        max_length: int,
    ) -> Encoding:
        """Features whose words are hidden as an evaluation has it; `unmasked` gives them back."""
        if not examples:
            return Encoding()
        mask, special = mask_of(tokenizer), special_ids(tokenizer)
        wrapping = Wrapping.of(tokenizer)
        texts = [example.text for example in examples]
        coded = tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"]
        room = max_length - len(wrapping)
        features = []
        for index, (example, ids) in enumerate(zip(examples, coded, strict=True)):
            for piece, first in enumerate(range(0, max(1, len(ids)), room)):
                whole = whole_feature(index, ids[first : first + room], wrapping, special)
                draws = Random(stream(0, f"hidden {example.uid}", piece))
                features.append(with_hidden(whole, dict.fromkeys(chosen(whole, draws), mask)))
        return Encoding(features)

    def decode(
        self,
        example: Passage,  # noqa: ARG002
        labels: Sequence[str],  # noqa: ARG002
        features: Sequence[Feature],  # noqa: ARG002
        outputs: Sequence[Any],
    ) -> Answer:
        """Every output has a row for each hidden sub-word: its log-probability, whether it was the best, the gap."""
        rows = [row for output_N3 in outputs for row in output_N3.tolist()]
        guesses = Guesses(sum(int(row[1]) for row in rows), -sum(row[0] for row in rows), len(rows))
        return Answer(guesses, sum(row[2] for row in rows) / max(1, len(rows)))

    def relabel(self, examples: Sequence[Passage], draws: Random) -> list[Passage]:  # noqa: ARG002
        raise ValueError("raw text has no labels that could be exchanged; shuffle the labels of another task")

    def gold(self, example: Passage) -> str:
        return example.text

    def spell(self, value: Any) -> str:
        return f"{value.right} of {value.hidden}" if isinstance(value, Guesses) else str(value)


def mask_of(tokenizer: Any) -> int:
    """What stands for a hidden word."""
    if tokenizer.mask_token_id is not None:
        return int(tokenizer.mask_token_id)
    known = tokenizer.get_vocab()
    return int(next((known[name] for name in STAND_INS if name in known), tokenizer.unk_token_id))


def special_ids(tokenizer: Any) -> frozenset[int]:
    """What is no word: it is never hidden, and never stands for one."""
    return frozenset(tokenizer.all_special_ids) | {mask_of(tokenizer)}


def whole_feature(index: int, ids: Sequence[int], wrapping: Wrapping, special: frozenset[int]) -> Feature:
    """A piece of text with nothing hidden; its places are where its words stand."""
    first = len(wrapping.gaps[0])
    places = tuple((first + place,) for place, token in enumerate(ids) if token not in special)
    return Feature(index, (wrapping.wrap(ids),), places=places)


def chosen(feature: Feature, draws: Random) -> list[int]:
    """A share of the places of a feature's words, one at least if there is any."""
    places = [place for (place,) in feature.places]
    return some(places, max(1, round(SHARE * len(places))), draws)


def with_hidden(feature: Feature, shown: Mapping[int, int]) -> Feature:
    """A feature of whole text with other sub-words shown at some places, and with the true ones as its target."""
    (row,) = feature.rows
    ids, hidden = list(row.ids), [UNSCORED] * len(row)
    for place, token in shown.items():
        ids[place], hidden[place] = token, row.ids[place]
    seen = Tokens(tuple(ids), row.types, tuple(hidden))
    return replace(feature, rows=(seen,), target=seen.hidden, units=len(shown))


def unmasked(feature: Feature) -> Feature:
    """The feature of whole text behind one that hides words of it."""
    (row,) = feature.rows
    ids = tuple(true if true != UNSCORED else shown for shown, true in zip(row.ids, row.hidden or row.ids, strict=True))
    return replace(feature, rows=(Tokens(ids, row.types),), target=None)


MLM = Mlm()
