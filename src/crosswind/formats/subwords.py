"""Texts as sub-words: what is asked of a tokenizer, and the special tokens that it puts around them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any, Protocol, Self


@dataclass(frozen=True, slots=True)
class Tokens:
    """One sequence of sub-word ids with its special tokens, and the segment that each belongs to.

    `hidden` are the true sub-words where others are shown in their place, UNSCORED elsewhere; empty where all is true.
    """

    ids: tuple[int, ...]
    types: tuple[int, ...]
    hidden: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)


class Coded(Protocol):
    """What a fast Hugging Face tokenizer returns."""

    def __getitem__(self, key: str, /) -> Any: ...

    def sequence_ids(self, batch_index: int = 0) -> list[int | None]: ...


class Tokenizer(Protocol):
    """The part of a fast Hugging Face tokenizer that formats use."""

    unk_token_id: int

    def __call__(self, text: Any, text_pair: Any = None, **options: Any) -> Coded: ...


@dataclass(frozen=True, slots=True)
class Wrapping:
    """The special tokens that a tokenizer puts before, between and behind texts, and the segment of each text."""

    gaps: tuple[Tokens, ...]
    segments: tuple[int, ...]

    @classmethod
    def of(cls, tokenizer: Tokenizer, num_texts: int = 1) -> Self:
        coded = tokenizer(*["a"] * num_texts, return_token_type_ids=True)
        gaps: list[list[tuple[int, int]]] = [[]]
        segments: list[int] = []
        for token, kind, text in zip(coded["input_ids"], coded["token_type_ids"], coded.sequence_ids(0), strict=True):
            if text is None:
                gaps[-1].append((token, kind))
            elif text == len(segments):
                segments.append(kind)
                gaps.append([])
        return cls(tuple(Tokens(*zip(*gap, strict=True)) if gap else Tokens((), ()) for gap in gaps), tuple(segments))

    def wrap(self, *texts: Sequence[int]) -> Tokens:
        ids, types = list(self.gaps[0].ids), list(self.gaps[0].types)
        for text, segment, gap in zip(texts, self.segments, self.gaps[1:], strict=True):
            ids += (*text, *gap.ids)
            types += (*(segment,) * len(text), *gap.types)
        return Tokens(tuple(ids), tuple(types))

    def __len__(self) -> int:
        return sum(len(gap) for gap in self.gaps)


def tokens_of(
    tokenizer: Tokenizer, firsts: Sequence[str], seconds: Sequence[str] | None, max_length: int
) -> tuple[list[Tokens], list[bool]]:
    """Texts or pairs as sub-words cut to `max_length` (the longer of a pair first), and which of them were cut."""
    if not firsts:
        return [], []
    pairs = list(seconds) if seconds is not None else None
    coded = tokenizer(list(firsts), pairs, return_token_type_ids=True, return_attention_mask=False, verbose=False)
    rows = [
        Tokens(tuple(ids), tuple(types)) for ids, types in zip(coded["input_ids"], coded["token_type_ids"], strict=True)
    ]
    is_long = [len(row) > max_length for row in rows]
    if any(is_long):
        # in a list, because a tokenizer that is given one pair takes an empty second text for none
        cut = tokenizer(
            list(compress(firsts, is_long)),
            None if pairs is None else list(compress(pairs, is_long)),
            truncation="longest_first",
            max_length=max_length,
            return_token_type_ids=True,
        )
        for index, ids, types in zip(
            compress(range(len(rows)), is_long), cut["input_ids"], cut["token_type_ids"], strict=True
        ):
            rows[index] = Tokens(tuple(ids), tuple(types))
    return rows, is_long
