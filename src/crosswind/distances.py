"""Which translations say how far apart words lie: those of a dictionary from one language into others."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Self

from pydantic import SerializeAsAny

from crosswind.formats.subwords import Tokenizer
from crosswind.identity import Record
from crosswind.perturbations.dictionary import Dictionary

MOST_PIECES = 4  # longer words are as a rule ones that the tokenizer has not met, and their mean says little
MOST_PAIRS = 2000  # of a language: every word is compared with every other

Pieces = tuple[int, ...]
Words = Sequence[tuple[Pieces, Pieces]]


class Distances(Record):
    """The words of a dictionary, from the language of the training text into each of `languages`."""

    dictionary: SerializeAsAny[Dictionary]
    languages: tuple[str, ...]

    def from_(self, source: str) -> Self:
        """What bears on texts in one language: its own name and what the dictionary lacks are left out."""
        known = tuple(code for code in sorted(self.languages) if code != source and self.dictionary.has(source, code))
        return self.model_copy(update={"dictionary": self.dictionary.only(source, known), "languages": known})

    def words(self, source: str, tokenizer: Tokenizer, places: Mapping[str, str]) -> dict[str, Words]:
        """The pairs of single words that a tokenizer knows, as pieces; `places` says where files lie.

        At most 2,000 of a language, from all over the dictionary; a language without any is left out.
        """
        found: dict[str, Words] = {}
        for language in self.from_(source).languages:
            pairs = dict.fromkeys(self.dictionary.pairs(source, language, places))
            own = [pair for pair in pairs if not any(character.isspace() for word in pair for character in word)]
            firsts, seconds = (seen(tokenizer, [pair[side] for pair in own]) for side in (0, 1))
            known = [(one, other) for one, other in zip(firsts, seconds, strict=True) if one and other]
            if known:
                found[language] = list(islice(known, 0, None, -(-len(known) // MOST_PAIRS)))
        return found


def seen(tokenizer: Tokenizer, words: Sequence[str]) -> list[Pieces]:
    """The pieces of each word as it stands inside a sentence; none of a word that is unknown or in too many pieces."""
    if not words:
        return []
    coded = tokenizer([f" {word}" for word in words], add_special_tokens=False, verbose=False)["input_ids"]
    return [tuple(ids) if len(ids) <= MOST_PIECES and tokenizer.unk_token_id not in ids else () for ids in coded]
