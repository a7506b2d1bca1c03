"""How well the encoder that ships finds which word of a sentence is which word of its translation.

    python measurements/word_alignment.py

Pocket knows: words of two languages translate each other where they say the same part of an event. What codemix makes
of the links is measured too: a phrase is right where all that it says is said by its translation, and no more.
Sentences are the premises of pocket-nli's test set, each once, and their translations into the pivot.
"""

import argparse
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from typing import NamedTuple

import torch

from crosswind import pocket
from crosswind.alignment import Aligner, middle_layer
from crosswind.models.backbone import load_encoder, load_tokenizer, local
from crosswind.perturbations.codemix import Codemix
from crosswind.perturbations.links import Link, blocks, stretch
from crosswind.pocket import inference
from crosswind.pocket.draws import WHOLE
from crosswind.pocket.grammar import Sentence, align, tell
from crosswind.text.edits import Span
from crosswind.text.item import Field, plain_field
from instruments import markdown, publish

FLOOR = float(Codemix.model_fields["floor"].default)
FLOORS = (0.0, FLOOR, 0.6, 0.7)
LANGUAGES = [code for code in pocket.LANGUAGES if code != pocket.PIVOT]
TAUGHT = [code for code in LANGUAGES if pocket.LANGUAGES[code].pairs and pocket.LANGUAGES[code].spaced]


class Pair(NamedTuple):
    """A sentence, its translation, and the stretches of both that say the same."""

    first: Field
    second: Field
    gold: frozenset[tuple[Span, Span]]


class Quality(NamedTuple):
    """Shares: of links that are right, of gold links that are found, of phrases that are right, of words in phrases."""

    precision: float
    recall: float
    phrases: float
    covered: float

    @property
    def cells(self) -> tuple[str, ...]:
        return tuple(f"{share:.2f}" for share in self)


def pairs(code: str, count: int) -> Iterator[Pair]:
    """Distinct premises of the test set in a language and in the pivot."""
    told = dict.fromkeys(premise for _, _, premise, *_ in islice(inference.rows("test", WHOLE), 3 * count))
    for number, each in enumerate(islice(told, count)):
        first, second = (tell(each.event, language, each.style) for language in (code, pocket.PIVOT))
        places = placed(first), placed(second)
        yield Pair(
            plain_field(first.text, code, str(number)),
            plain_field(second.text, pocket.PIVOT, str(number)),
            frozenset((places[0][i], places[1][j]) for i, j in align(first, second) if first.words[i].tag != "PUNCT"),
        )


def placed(sentence: Sentence) -> list[Span]:
    """Where each word of a sentence stands in its text."""
    ends = accumulate(map(len, sentence.pieces))
    return [(end - len(word.form), end) for word, end in zip(sentence.words, ends, strict=True)]


def meet(one: Span, other: Span) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])


def quality(found: Sequence[tuple[Pair, list[Link]]], floor: float) -> Quality:
    """What links of at least a similarity, and the phrases made of them, are worth."""
    links = right = gold = hit = phrases = right_phrases = covered = words = 0
    for pair, every in found:
        own = [link for link in every if link.similarity >= floor]
        met = [
            {(a, b) for a, b in pair.gold if meet(a, pair.first.words[i]) and meet(b, pair.second.words[j])}
            for i, j, _ in own
        ]
        links, right = links + len(own), right + sum(map(bool, met))
        gold, hit = gold + len(pair.gold), hit + len(set().union(*met))
        made = blocks(pair.first, pair.second, own)
        phrases, words = phrases + len(made), words + len(pair.first.words)
        covered += sum(block.words[1] - block.words[0] for block in made)
        for block in made:
            here, there = stretch(pair.first, block.words), stretch(pair.second, block.others)
            said = [(meet(a, here), meet(b, there)) for a, b in pair.gold]
            right_phrases += (True, True) in said and all(one == other for one, other in said)
    return Quality(right / max(links, 1), hit / gold, right_phrases / max(phrases, 1), covered / words)


def aligner(layer: int) -> Aligner:
    encoder = load_encoder(local(pocket.ENCODER)).eval()
    encoder.end_at(layer)
    return Aligner(encoder, load_tokenizer(local(pocket.ENCODER)), torch.device("cpu"), 4096)


def mean(found: Sequence[Quality]) -> Quality:
    return Quality(*(sum(values) / len(values) for values in zip(*found, strict=True)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=300)
    count = parser.parse_args().sentences
    told = {code: list(pairs(code, count)) for code in LANGUAGES}
    depth = len(load_encoder(local(pocket.ENCODER)).layers)
    found = {
        (layer, code): list(zip(own, linker.links([p.first for p in own], [p.second for p in own]), strict=True))
        for layer in range(1, depth + 1)
        for linker in [aligner(layer)]
        for code, own in told.items()
    }
    chosen = middle_layer(depth)
    by_language = {code: quality(found[chosen, code], FLOOR) for code in LANGUAGES}
    by_layer = {
        (layer, floor): mean([quality(found[layer, code], floor) for code in TAUGHT])
        for layer in range(1, depth + 1)
        for floor in FLOORS
    }
    header = Quality._fields
    text = "\n".join(
        [
            "# Which word is which word of the translation",
            "",
            f"{count} sentences of each language with their translations into {pocket.PIVOT}, the encoder that ships; "
            f"layer {chosen} of {depth} and links from {FLOOR} up unless said otherwise. `precision` and `recall` are "
            "of links, `phrases` is the share of codemix's phrases that say what their translation says, `covered` the "
            "share of words in a phrase.",
            "",
            markdown(("language", *header), [(code, *own.cells) for code, own in by_language.items()]),
            "",
            "lanthep and tingsao write no spaces, and the segmenter cuts their made-up words into pieces: a piece may "
            "be linked rightly and still be no phrase. gvarubi and navtesh had no sentence pairs in pre-training.",
            "",
            f"## By layer and lowest similarity, means over {', '.join(TAUGHT)}",
            "",
            markdown(("layer", "floor", *header), [(*key, *own.cells) for key, own in by_layer.items()]),
        ]
    )
    facts = {
        "sentences": count,
        "languages": {code: own._asdict() for code, own in by_language.items()},
        "layers": [{"layer": layer, "floor": floor} | own._asdict() for (layer, floor), own in by_layer.items()],
    }
    publish("word_alignment", text, facts, {})


if __name__ == "__main__":
    main()
