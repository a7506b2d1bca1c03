"""How far a claim's effect hangs on single languages, and on families of them: its range when each is left out in turn.

Languages are the named ones and no sample, so that this describes and tests nothing.
"""

import contextlib
from collections.abc import Sequence
from functools import reduce
from itertools import groupby
from typing import NamedTuple

from crosswind.remoteness import family
from crosswind.stats.estimands import Estimand
from crosswind.stats.estimates import Contrast
from crosswind.stats.inference import observed
from crosswind.stats.tallies import Tally

LEAST_FAMILIES = 3  # with fewer, most of the languages would be out at once


class LeftOut(NamedTuple):
    """The least and the greatest effect without one language at a time, and without one family; None for too few."""

    language: tuple[float, float] | None
    family: tuple[float, float] | None


def left_out(tallies: Sequence[Tally], asked: Estimand, contrast: Contrast) -> LeftOut:
    """Both ranges; the source stays where the estimand needs it."""
    source = getattr(asked, "source", None)
    languages = sorted({language for tally in tallies for language in tally.axes.languages} - {source})
    families = [tuple(kin) for _, kin in groupby(sorted(languages, key=family), key=family)]
    are_few = not LEAST_FAMILIES <= len(families) < len(languages)
    singles = spread(tallies, asked, contrast, [(language,) for language in languages])
    return LeftOut(singles, None if are_few else spread(tallies, asked, contrast, families))


def spread(
    tallies: Sequence[Tally], asked: Estimand, contrast: Contrast, groups: Sequence[Sequence[str]]
) -> tuple[float, float] | None:
    """The range of the effect without each group of languages in turn."""
    found = []
    for group in groups:
        rest = [reduce(Tally.without, group, tally) for tally in tallies if {*tally.axes.languages} - {*group}]
        if rest:
            with contextlib.suppress(ValueError):
                found.append(observed(rest, asked, contrast))
    return (min(found), max(found)) if len(found) > 1 else None
