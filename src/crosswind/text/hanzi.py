"""How common Chinese characters are read, and which characters are read alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from crosswind.text.tables import table

Form = Literal["Hans", "Hant"]


@dataclass(frozen=True, slots=True)
class Readings:
    """The common characters of one written form, simplified or traditional, under their commonest reading.

    Syllables are spelled as they are typed, `v` for u with two dots; `tonal` ones end in the tone, 5 for none. Both
    mappings from syllables give characters commonest first. `polyphones` cannot be read without their word.
    """

    toneless: Mapping[str, str]
    tonal: Mapping[str, str]
    toneless_of: Mapping[str, str]
    tonal_of: Mapping[str, str]
    polyphones: frozenset[str]


@cache
def readings(form: Form) -> Readings:
    """The readings of simplified or of traditional characters."""
    body = table("hanzi")[form]
    return Readings(
        toneless=body["toneless"],
        tonal=body["tonal"],
        toneless_of=turned(body["toneless"]),
        tonal_of=turned(body["tonal"]),
        polyphones=frozenset(body["polyphones"]),
    )


def turned(characters: Mapping[str, str]) -> dict[str, str]:
    """From each character to its syllable."""
    return {character: syllable for syllable, found in characters.items() for character in found}


@lru_cache(maxsize=2**12)
def form_of(text: str, lang: str) -> Form:
    """The form that a text is written in: the one of which it holds more characters that the other form lacks.

    Where it holds equally many, the language decides, and simplified is the rule.
    """
    signs = set(text)
    simplified, traditional = peculiar()
    balance = len(signs & traditional) - len(signs & simplified)
    is_traditional = balance > 0 or (balance == 0 and lang.casefold().replace("_", "-").startswith("zh-hant"))
    return "Hant" if is_traditional else "Hans"


@cache
def peculiar() -> tuple[frozenset[str], frozenset[str]]:
    """The characters that only the simplified form has, and those that only the traditional one has."""
    simplified, traditional = (frozenset(readings(form).toneless_of) for form in ("Hans", "Hant"))
    return simplified - traditional, traditional - simplified
