"""The concepts of Pocket's world, named by their English glosses, and what goes with what.

A gloss with a slash has a second word in every language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Tense = Literal["past", "present", "future"]


def glosses(text: str) -> tuple[str, ...]:
    """The concepts of a list. A concept is its gloss; one with a slash has a second word in every language."""
    return tuple(text.split())


def doubled(concept: str) -> bool:
    """Whether every language has two words for the concept."""
    return "/" in concept


NOUNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "person": glosses(
            "teacher/tutor doctor/physician farmer baker sailor/seaman singer painter/artist judge guard/watchman "
            "tailor pilot poet thief/robber merchant/trader"
        ),
        "animal": glosses("dog/hound cat horse/steed goat wolf bear crow/raven mouse"),
        "food": glosses("bread/loaf apple soup/broth cheese rice honey"),
        "thing": glosses("book/volume letter lamp/lantern coat/jacket knife rope/cord basket mirror drum box/chest"),
        "vehicle": glosses("cart/wagon boat/vessel sled bicycle"),
    }
)
GENERIC: Mapping[str, str] = MappingProxyType(
    dict(zip(NOUNS, glosses("person animal food thing vehicle"), strict=True))
)
NAMES = tuple(f"name{number}" for number in range(24))
FAMILIES = tuple(f"family{number}" for number in range(16))
TOWNS = tuple(f"town{number}" for number in range(12))
PROPER = (*NAMES, *FAMILIES, *TOWNS)
FIRM = "guild"
ADJECTIVES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "size": glosses("big/large small/little"),
        "age": glosses("old new"),
        "colour": glosses("red white black green"),
        "temper": glosses("kind/gentle cruel/brutal"),
        "wealth": glosses("rich poor"),
        "strength": glosses("strong/powerful weak/feeble"),
        "weight": glosses("heavy light"),
        "state": glosses("clean dirty/filthy"),
        "worth": glosses("good/fine bad"),
    }
)
DESCRIBED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "person": ("size", "age", "temper", "wealth", "strength"),
        "animal": ("size", "age", "temper", "colour", "strength"),
        "food": ("size", "colour", "worth", "weight"),
        "thing": ("size", "age", "colour", "weight", "state", "worth"),
        "vehicle": ("size", "age", "colour", "weight", "state", "worth"),
        "name": (),
        "firm": (),
        "asked": (),
    }
)
PLACES = glosses("market/bazaar river/stream school forest/wood garden bridge kitchen harbour/port temple tower")
TIMES: Mapping[Tense, tuple[str, ...]] = MappingProxyType(
    {
        "past": glosses("yesterday lately/recently formerly"),
        "present": glosses("now/currently today often"),
        "future": glosses("tomorrow soon/shortly later"),
    }
)
TENSES: tuple[Tense, ...] = ("past", "present", "future")
MANNERS: tuple[tuple[str, ...], ...] = (
    glosses("quickly/rapidly slowly"),
    glosses("quietly/silently loudly"),
    glosses("openly secretly/covertly"),
)
NUMBERS = ("one", "two", "three", "four")
FUNCTIONS = ("not", "past", "future", "passive", "by", "in", "near")
QUESTIONS = ("who", "what", "where", "when", "how")
LINKS = ("because", "therefore")


@dataclass(frozen=True, slots=True)
class Verb:
    """Two opposite actions that the same kinds of participants can take."""

    poles: tuple[str, ...]
    agents: tuple[str, ...]
    patients: tuple[str, ...]


def verb(poles: str, agents: str, patients: str) -> Verb:
    return Verb(glosses(poles), tuple(agents.split()), tuple(patients.split()))


VERBS = (
    verb("help/assist hinder", "person", "person animal"),
    verb("praise/commend blame", "person", "person"),
    verb("follow/trail lead/guide", "person animal", "person animal"),
    verb("love/adore hate/detest", "person", "person animal"),
    verb("see/spot overlook", "person animal", "person animal"),
    verb("catch/capture release/free", "person", "person animal"),
    verb("chase/pursue flee", "animal person", "animal person"),
    verb("protect/defend attack/assault", "person animal", "person animal"),
    verb("trust doubt", "person", "person"),
    verb("buy/purchase sell", "person", "thing food vehicle animal"),
    verb("find/discover lose", "person", "thing food vehicle animal"),
    verb("break/smash repair/mend", "person", "thing vehicle"),
    verb("hide/conceal show", "person", "thing food vehicle"),
    verb("push pull/drag", "person", "thing vehicle"),
    verb("eat/devour spare", "person animal", "food"),
    verb("bring/fetch remove", "person", "thing food"),
    verb("own lack", "person", "thing food vehicle"),
)
POLES: Mapping[str, Verb] = MappingProxyType({pole: entry for entry in VERBS for pole in entry.poles})
KINDS: Mapping[str, str] = MappingProxyType(
    {noun: kind for kind, nouns in NOUNS.items() for noun in nouns}
    | {noun: kind for kind, noun in GENERIC.items()}
    | dict.fromkeys(NAMES, "name")
    | dict.fromkeys((*FAMILIES, *TOWNS), "firm")
    | dict.fromkeys(QUESTIONS[:2], "asked")
)
QUALITIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {word: words for words in ADJECTIVES.values() for word in words}
)
WAYS: Mapping[str, tuple[str, ...]] = MappingProxyType({word: words for words in MANNERS for word in words})

# what each action leads to, and whether the participants exchange places in it; no two actions lead to the same
EFFECTS: Mapping[str, tuple[str, bool]] = MappingProxyType(
    {
        "help/assist": ("praise/commend", True),
        "hinder": ("blame", True),
        "praise/commend": ("love/adore", True),
        "blame": ("hate/detest", True),
        "love/adore": ("protect/defend", False),
        "hate/detest": ("attack/assault", False),
        "attack/assault": ("flee", True),
        "protect/defend": ("trust", True),
        "trust": ("follow/trail", False),
        "doubt": ("overlook", False),
        "see/spot": ("chase/pursue", False),
        "chase/pursue": ("catch/capture", False),
        "catch/capture": ("doubt", True),
        "release/free": ("lead/guide", False),
        "buy/purchase": ("bring/fetch", False),
        "sell": ("remove", False),
        "lose": ("find/discover", False),
        "find/discover": ("show", False),
        "break/smash": ("repair/mend", False),
        "show": ("sell", False),
        "bring/fetch": ("hide/conceal", False),
        "lack": ("buy/purchase", False),
        "push": ("break/smash", False),
    }
)
GAINS = ("buy/purchase", "find/discover", "bring/fetch")
LOSSES = ("sell", "lose", "remove")
