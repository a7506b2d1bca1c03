"""Which word of a text is which word of its translation, as a pre-trained encoder has it.

Two words are linked where each is the other's nearest by the cosine of their vectors, a word's vector being the mean of
its sub-words' hidden states at a middle layer: the "argmax" method of SimAlign (Jalili Sabet et al., 2020), on words
throughout.

Shapes: L positions, W words of a text, V words of its translation, D width.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from crosswind.formats.base import Feature
from crosswind.formats.subwords import Tokens
from crosswind.models.backbone import Encoder
from crosswind.models.batch import by_length, collate
from crosswind.perturbations.links import Link
from crosswind.text.edits import Span
from crosswind.text.item import Field

Floats = NDArray[np.float64]

SHARE = 2 / 3  # the eighth of twelve layers, which SimAlign found best of mBERT's and of XLM-R's
LIMIT = 512  # sub-words of a text that are read where an encoder sets no limit
SLICE = 256  # pairs of texts whose vectors are held in memory together


Key = tuple[str, str]  # an item and one of its texts
COLUMNS = ("example", "field", "word", "other", "similarity", "text", "translation")


def middle_layer(depth: int) -> int:
    """The layer that is asked where none is named, counted from 1."""
    return max(1, round(SHARE * depth))


@dataclass(frozen=True, slots=True)
class Aligner:
    """An encoder that ends at the layer which is asked, its tokenizer, and how much goes through it at a time."""

    encoder: Encoder
    tokenizer: Any
    device: torch.device
    tokens_per_batch: int

    def links(self, firsts: Sequence[Field], seconds: Sequence[Field]) -> Iterator[list[Link]]:
        """The links of each pair of texts, in order."""
        pairs = list(zip(firsts, seconds, strict=True))
        for start in range(0, len(pairs), SLICE):
            part = pairs[start : start + SLICE]
            fields = {field.text: field for pair in part for field in pair}
            vectors = dict(zip(fields, self.vectors(list(fields.values())), strict=True))
            yield from (mutual(vectors[first.text], vectors[second.text]) for first, second in part)

    def vectors(self, fields: Sequence[Field]) -> list[Floats]:
        """One vector of length one for every word of every text; that of a word without a sub-word is zero."""
        coded = self.tokenizer(
            [field.text for field in fields],
            return_offsets_mapping=True,
            return_token_type_ids=True,
            truncation=True,
            max_length=min(self.encoder.limit or LIMIT, LIMIT),
        )
        rows = zip(coded["input_ids"], coded["token_type_ids"], strict=True)
        features = [Feature(index, (Tokens(tuple(ids), tuple(types)),)) for index, (ids, types) in enumerate(rows)]
        found: dict[int, Floats] = {}
        for indices in by_length(features, self.tokens_per_batch):
            for index, hidden_LD in zip(indices, self.hidden([features[each] for each in indices]), strict=True):
                found[index] = by_word(hidden_LD, coded["offset_mapping"][index], fields[index].words)
        return [found[index] for index in range(len(fields))]

    def hidden(self, features: Sequence[Feature]) -> Iterator[Floats]:
        """The hidden states of each row, padding left out."""
        batch = collate(features, self.tokenizer.pad_token_id).to(self.device)
        with torch.inference_mode():
            hidden_BLD = self.encoder(batch.ids_RL, batch.mask_RL, batch.types_RL).double().cpu().numpy()
        yield from (row_LD[: feature.length] for row_LD, feature in zip(hidden_BLD, features, strict=True))


def by_word(hidden_LD: Floats, offsets: Sequence[Span], words: Sequence[Span]) -> Floats:
    """The mean over the sub-words of each word, scaled to length one; a sub-word may reach into several words."""
    vectors_WD = np.zeros((len(words), hidden_LD.shape[1]))
    for number, (start, end) in enumerate(words):
        own = [place for place, (left, right) in enumerate(offsets) if max(left, start) < min(right, end)]
        if own:
            mean_D = hidden_LD[own].mean(0)
            vectors_WD[number] = mean_D / max(np.linalg.norm(mean_D), 1e-12)
    return vectors_WD


def mutual(first_WD: Floats, second_VD: Floats) -> list[Link]:
    """The words that are nearest to each other, each in at most one link; of equally near ones the first."""
    if not len(first_WD) or not len(second_VD):
        return []
    similarity_WV = first_WD @ second_VD.T
    there_W, back_V = similarity_WV.argmax(1), similarity_WV.argmax(0)
    return [
        Link(word, int(other), round(float(similarity_WV[word, other]), 4))
        for word, other in enumerate(there_W)
        if back_V[other] == word and first_WD[word].any() and second_VD[other].any()
    ]


def write(
    path: Path, firsts: Mapping[Key, Field], seconds: Mapping[Key, Field], links: Mapping[Key, list[Link]]
) -> None:
    """Write the links of every text, with the words themselves for people."""
    import polars

    rows = [
        (*key, *link, word_of(firsts[key], link.word), word_of(seconds[key], link.other))
        for key, own in links.items()
        for link in own
    ]
    whole, text = polars.Int64, polars.String
    kinds = (text, text, whole, whole, polars.Float64, text, text)
    polars.DataFrame(rows, schema=dict(zip(COLUMNS, kinds, strict=True)), orient="row").write_parquet(path)


def word_of(field: Field, number: int) -> str:
    """A word of a text."""
    return field.text[slice(*field.words[number])]


def read(path: Path) -> dict[Key, list[Link]]:
    """The links of every text in a file that `write` made."""
    import polars

    found: dict[Key, list[Link]] = defaultdict(list)
    for uid, name, *link in polars.read_parquet(path, columns=list(COLUMNS[:5])).iter_rows():
        found[uid, name].append(Link(*link))
    return found
