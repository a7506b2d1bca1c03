"""What two answers must share to count as the same: the normal forms of SQuAD and of MLQA, and how words overlap."""

import re
import string
import sys
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

SQUAD_PUNCTUATION = dict.fromkeys(map(ord, string.punctuation))
SQUAD_ARTICLES = re.compile(r"\b(a|an|the)\b")

# None where a language has no articles. MLQA means to take the Arabic article off the beginning of words; its
# expression cannot match there and takes the two letters from anywhere, so that is what scores have always meant.
ARTICLES: Mapping[str, re.Pattern[str] | None] = MappingProxyType(
    {
        "ar": re.compile("ال"),
        "de": re.compile(r"\b(ein|eine|einen|einem|eines|einer|der|die|das|den|dem|des)\b"),
        "en": SQUAD_ARTICLES,
        "es": re.compile(r"\b(un|una|unos|unas|el|la|los|las)\b"),
        "hi": None,
        "vi": re.compile(r"\b(của|là|cái|chiếc|những)\b"),
        "zh": None,
    }
)
HAN = re.compile("([\u4e00-\u9fa5])")


def squad_normal(text: str) -> str:
    """Lower case, no ASCII punctuation, no English articles, single spaces."""
    return " ".join(SQUAD_ARTICLES.sub(" ", text.lower().translate(SQUAD_PUNCTUATION)).split())


def mlqa_normal(text: str, language: str) -> str:
    """Lower case, no punctuation of any script, no articles of `language`, single spaces, Han characters one by one.

    Raises ValueError for a language that MLQA does not have.
    """
    if language not in ARTICLES:
        raise ValueError(
            f"MLQA has no normal form for language {language!r}; it has them for {', '.join(ARTICLES)}. "
            "Score other languages with the metric 'squad'"
        )
    bare, articles = text.lower().translate(mlqa_punctuation()), ARTICLES[language]
    if articles:
        bare = articles.sub(" ", bare)
    if language == "zh":
        bare = HAN.sub(r" \1 ", bare)
    return " ".join(bare.split())


@cache
def mlqa_punctuation() -> Mapping[int, None]:
    """All punctuation there is, for str.translate; at first use, since the search takes a tenth of a second."""
    everything = range(sys.maxunicode + 1)
    return SQUAD_PUNCTUATION | dict.fromkeys(c for c in everything if unicodedata.category(chr(c)).startswith("P"))


def token_f1(gold: str, found: str) -> float:
    """F1 of the two bags of whitespace tokens."""
    golden, given = gold.split(), found.split()
    common = sum((Counter(golden) & Counter(given)).values())
    return 2 * common / (len(golden) + len(given)) if common else 0.0
