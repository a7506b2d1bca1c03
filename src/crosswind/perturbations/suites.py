"""Suites: which perturbations with which settings make up a gauntlet that is known by a name.

A suite never changes; another choice is another suite, with another name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from crosswind.catalog import suggestion


@dataclass(frozen=True, slots=True)
class Suite:
    """Perturbations as a study file would name them, with a phrase on what they stand for."""

    name: str
    told: str
    perturbations: tuple[Mapping[str, Any], ...]


CORE = Suite(
    name="gauntlet-core-v1",
    told="fourteen perturbations for every script, entity_swap for names and shuffle_local as a diagnosis",
    perturbations=(
        {"kind": "typo_key"},
        {"kind": "typo_edit"},
        {"kind": "typo_native"},
        {"kind": "diacritics"},
        {"kind": "case", "to": "lower"},
        {"kind": "case", "to": "upper"},
        {"kind": "homoglyph"},
        {"kind": "invisible", "signs": "vs"},  # of all palettes the one that every tokenizer sees
        {"kind": "digits"},
        {"kind": "punct"},
        {"kind": "punct", "how": "swap"},  # the one that tagged words can take
        {"kind": "space"},
        {"kind": "romanize"},
        {"kind": "codemix"},
        {"kind": "xling_pair", "language": "en"},
        {"kind": "distract"},
        {"kind": "entity_swap"},
        {"kind": "shuffle_local"},
    ),
)
SUITES: Mapping[str, Suite] = MappingProxyType({suite.name: suite for suite in (CORE,)})


def suite(name: str) -> Suite:
    """The suite of a name; raises ValueError with the names that there are."""
    if name not in SUITES:
        raise ValueError(f"{name!r} is not a suite{suggestion(name, SUITES)}")
    return SUITES[name]
