"""One part of an item in another language: premises and hypotheses, questions and contexts meet across languages.

The generalised setting of Huang et al. (2021), for parallel test sets. It has no severity: a pair of languages is a
condition, and the pairs of a task make a matrix.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar

from crosswind.formats.base import Example, Format
from crosswind.formats.versions import matched
from crosswind.perturbations.base import Family, Levels, Perturbation

LEVELS = Levels({"item": (1.0,)}, core=(1,))
ALL = "all"


class XlingPair(Perturbation):
    """The second part of every item is that of the same item in `language`: a code, or for a study a group or `all`.

    Of classified pairs this is the second text, of choices the choices, of questions the question.
    """

    family: ClassVar[Family] = "language"

    language: str = ALL

    @property
    def levels(self) -> Levels:
        """One."""
        return LEVELS

    @property
    def variant(self) -> str:
        """The other language; empty for the pattern that stands for many."""
        return "" if self.language == ALL else self.language


def paired(form: Format[Any], first: Sequence[Any], second: Sequence[Any]) -> tuple[list[Example], Counter[str]]:
    """Items with their second part from the item of the same id in `second`, and how many were left out and why."""
    found, left = matched(form, first, second)
    return [form.paired(example, other) for example, other in found], left
