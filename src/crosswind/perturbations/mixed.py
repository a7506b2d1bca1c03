"""What perturbations have in common that put words of other languages into a text."""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator

from crosswind import catalog
from crosswind.perturbations.base import Family, Rated
from crosswind.perturbations.dictionary import DictionaryChoice

Names = Annotated[tuple[str, ...], BeforeValidator(catalog.as_names)]


class Mixed(Rated):
    """A perturbation with the `languages` that its words come from, and a `dictionary` that may have them."""

    family: ClassVar[Family] = "language"
    adds_joiners: ClassVar[bool] = True  # the orthography of the other language may need them

    languages: Names = ()
    dictionary: DictionaryChoice | None = None

    @property
    def variant(self) -> str:
        """The languages, where they are named."""
        return "+".join(self.languages)

    @property
    def unnamed(self) -> frozenset[str]:
        """The languages stand in the variant already, and a digest is no name."""
        return frozenset({"languages", "dictionary"})
