"""How far a change of text reaches a model: what its tokenizer makes of it, before any model reads it.

A tokenizer may undo a change, and then a model that stands firm has proved nothing. A cell whose changed items mostly
keep their sub-words, or that hardly has changed items, is no result.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars

from crosswind.formats.base import Encoding, Example, Format
from crosswind.formats.subwords import Tokenizer

LEAST_CHANGED = 0.05
LEAST_EFFECTIVE = 0.5
COUNTS = ("text_changed", "pieces", "pieces_clean", "unknown", "unknown_clean", "cut", "cut_clean")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a tokenizer makes of each example: the sub-words of its texts that may change, how many of them it does not
    know, what the model will see, and whether that is cut short."""

    pieces: tuple[int, ...]
    unknown: tuple[int, ...]
    keys: tuple[object, ...]
    cut: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.pieces)


def read(
    form: Format[Any], examples: Sequence[Example], fields: Sequence[str], encoding: Encoding, tokenizer: Tokenizer
) -> Reading:
    """The reading of examples whose `fields` may change, all of them where none is named."""
    own = [
        [text for name, text in form.fields(example).items() if not fields or name in fields] for example in examples
    ]
    counts = counted([text for texts in own for text in texts], tokenizer)
    seen = keys(encoding)
    return Reading(
        pieces=tuple(sum(counts[text][0] for text in texts) for texts in own),
        unknown=tuple(sum(counts[text][1] for text in texts) for texts in own),
        keys=tuple(tuple(seen.get(place, ())) for place in range(len(examples))),
        cut=tuple(place in encoding.cut for place in range(len(examples))),
    )


def counted(texts: Sequence[str], tokenizer: Tokenizer) -> Mapping[str, tuple[int, int]]:
    """Sub-words and unknown ones of every text; contexts are shared by their questions and read once."""
    different = list(dict.fromkeys(texts))
    if not different:
        return {}
    coded = tokenizer(different, add_special_tokens=False, verbose=False)["input_ids"]
    return {
        text: (len(ids), sum(each == tokenizer.unk_token_id for each in ids))
        for text, ids in zip(different, coded, strict=True)
    }


def keys(encoding: Encoding) -> Mapping[int, list[object]]:
    """What the model sees of every example, by its place."""
    found: dict[int, list[object]] = defaultdict(list)
    for feature in encoding.features:
        found[feature.example].append(feature.key)
    return found


def columns(reading: Reading, clean: Reading, twins: Sequence[int]) -> dict[str, list[Any]]:
    """One value an example: whether what the model sees has moved from its clean twin, and the counts of both."""
    return {
        "ids_changed": [reading.keys[place] != clean.keys[twin] for place, twin in enumerate(twins)],
        "pieces": list(reading.pieces),
        "pieces_clean": [clean.pieces[twin] for twin in twins],
        "unknown": list(reading.unknown),
        "unknown_clean": [clean.unknown[twin] for twin in twins],
        "cut": list(reading.cut),
        "cut_clean": [clean.cut[twin] for twin in twins],
    }


def effect(table: polars.DataFrame) -> dict[str, float | None]:
    """What a table with `text_changed` and the columns above amounts to, over the items with text that may change.

    `changed` is the share of them whose text changed and `effective` the share of these that the model can tell from
    their clean twins. `unk_delta` counts new unknown sub-words per 100 clean ones, `len_ratio` is how many sub-words
    stand for one clean one, `trunc_rate` the share of items that are cut short and were not.
    """
    table = table.filter(polars.col("pieces_clean") > 0)
    found = {name: int(table[name].sum()) for name in COUNTS}
    moved = int((table["text_changed"] & table["ids_changed"]).sum())
    return {
        "changed": ratio(found["text_changed"], table.height) or 0.0,
        "effective": ratio(moved, found["text_changed"]),
        "unk_delta": ratio(100 * (found["unknown"] - found["unknown_clean"]), found["pieces_clean"]),
        "len_ratio": ratio(found["pieces"], found["pieces_clean"]),
        "trunc_rate": ratio(found["cut"] - found["cut_clean"], table.height),
    }


def ratio(part: float, whole: int) -> float | None:
    return part / whole if whole else None


def idle(changed: float | None, effective: float | None) -> str:
    """Why a cell says nothing about a model, which surviving it does not make robust; empty where it says something."""
    if changed is None or changed < LEAST_CHANGED:
        return f"n/a: {100 * (changed or 0):.0f} % of the items changed, less than {100 * LEAST_CHANGED:.0f} %"
    if effective is None or effective < LEAST_EFFECTIVE:
        return f"n/a: of the changed items, {100 * (effective or 0):.0f} % reach the model, less than half"
    return ""
