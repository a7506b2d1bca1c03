"""Characters that no reader sees, and the text without them: what a tokenizer can be given to be safe from them."""

import unicodedata

from crosswind.text.patterns import pattern

# Format characters and marks alone: the invisible letters of Hangul hold old syllables together.
IGNORABLE = pattern(r"(?=[\p{Cf}\p{Mn}])\p{Default_Ignorable_Code_Point}")


def without_ignorables(text: str) -> str:
    """The text, in NFC, without characters that are ignored in display.

    Whatever was hidden in an NFC text that had none is undone exactly. A text that had some of its own loses those too:
    joiners, which Persian and many Indic words are spelled with, and the selectors of emoji.
    """
    return unicodedata.normalize("NFC", IGNORABLE.sub("", text))
