"""A vote over texts that a perturbation of the gauntlet has changed: smoothing by substitution.

Ye et al. (2020, SAFER) exchange words for synonyms and derive a certificate from the table of synonyms. Here any
change of text may be voted over, which promises nothing: how often it is wrong is measured, not proven.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import Field, SerializeAsAny, field_validator, model_validator
from pydantic_core import PydanticCustomError

from crosswind import catalog
from crosswind.perturbations.base import Fixed, Perturbation, Rated
from crosswind.perturbations.codemix import Codemix
from crosswind.perturbations.lexical import Lexical
from crosswind.perturbations.sampling import Sampler
from crosswind.text.item import Item, plain_field
from crosswind.text.normal import normalise
from crosswind.votes.base import Rewording, Text

SUITE = "votes-v1"  # so that a vote's noise is independent of the noise in the test sets


class PerturbedVote(Rewording):
    """Every reading is of the text as one draw of a perturbation leaves it, at one severity."""

    perturbation: SerializeAsAny[Perturbation]
    severity: int = Field(ge=1)

    @field_validator("perturbation", mode="before")
    @classmethod
    def by_name(cls, value: Any) -> Any:
        """A perturbation may be given as in a study: by its name, or as a table with a `kind`."""
        if isinstance(value, Perturbation):
            return value
        settings = {"kind": value} if isinstance(value, str) else dict(value)
        return catalog.load("perturbations", str(settings.pop("kind", "")))(**settings)

    @model_validator(mode="after")
    def is_of_text_alone(self) -> "PerturbedVote":
        change = self.perturbation
        draws_on_more = type(change).stocks is not Perturbation.stocks or isinstance(change, Codemix | Lexical)
        if not isinstance(change, Rated | Fixed) or draws_on_more:
            raise PydanticCustomError(
                "perturbation",
                "{name} draws from more than the text that it changes, or needs its labels; vote over another change",
                {"name": change.label},
            )
        if self.severity not in change.levels.severities:
            allowed = ", ".join(map(str, change.levels.severities))
            raise PydanticCustomError(
                "severity",
                "severity {found} does not exist for {name} (allowed: {allowed})",
                {"found": self.severity, "name": change.label, "allowed": allowed},
            )
        return self

    def read(self, text: Text, draw: int) -> Mapping[str, str]:
        fields = {
            name: plain_field(normalise(own).text, text.language, text.uid, segmenter=text.cut)
            for name, own in text.fields.items()
        }
        item = Item(text.dataset, text.split, text.uid, fields, role=text.role)
        changed = Sampler(self.perturbation, self.severity, draw, suite=SUITE)(item)
        return {name: changed.text(name) for name in fields}
