"""How an arm makes its language adapters, and which of them is spoken where: its `[arm.language_adapters]` table."""

from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from crosswind.choices import ALL, LanguageNames, MethodChoice, TaskChoice, of_task
from crosswind.encoders import Part
from crosswind.recipe import Recipe

NEAREST = "nearest:"
SOURCE, TARGET = "source", "target"


class LanguageAdapters(Part):
    """One adapter for each of the `languages` that has raw `text`, learned from the frozen encoder.

    All seeds of a study share the adapters of one `seed`, as they share the encoder; with "each" every seed has its
    own, which costs as many times more. An adapter reads a language's `own` text, or the source language's with it: one
    for both (BAD-X; Parović et al. 2022). `tlr` names the languages whose adapters a task adapter learns above, another
    in every update (TLR; Parović et al. 2023); "source" is that of its training text, "target" the one it is to read,
    and then there is a training for each of these. `missing` says what is spoken in a language without text: nothing,
    the source's adapter, or that of another language, "nearest:CODE".
    """

    text: TaskChoice
    languages: LanguageNames = (ALL,)
    method: MethodChoice = Field(default={"kind": "language-adapter"}, validate_default=True)
    recipe: Recipe = Recipe()
    seed: Annotated[int, Field(ge=0)] | Literal["each"] = 1
    reads: Literal["own", "own-and-source"] = "own"
    tlr: Annotated[tuple[str, ...], Field(min_length=1)] = (SOURCE,)
    missing: str | None = None

    @field_validator("missing")
    @classmethod
    def is_an_answer(cls, missing: str | None) -> str | None:
        if missing not in (None, "none", SOURCE) and not (missing or "").startswith(NEAREST):
            raise PydanticCustomError(
                "stand_in", "expected 'none', 'source' or 'nearest:CODE', found {found}", {"found": repr(missing)}
            )
        return missing

    @property
    def taught(self) -> tuple[str, ...]:
        """The languages that have an adapter."""
        named = tuple(self.text.languages) if ALL in self.languages else of_task(self.text, self.languages)
        return tuple(code for code in named if self.text.has(code, "train"))

    @property
    def is_for_each(self) -> bool:
        """Whether there is a training of its own for every language that is to be read."""
        return TARGET in self.tlr

    def has(self, code: str) -> bool:
        """Whether a language has an adapter; one of Pocket's may be described by its code, and so not be listed."""
        return code in self.taught or (ALL in self.languages and self.text.has(code, "train"))

    def spoken(self, code: str, source: str) -> str:
        """The language whose adapter is spoken where a text in another one, or in this one, is read; "" for none."""
        if self.has(code):
            return code
        if self.missing is None or self.missing == "none":
            return ""
        other = source if self.missing == SOURCE else self.missing.removeprefix(NEAREST)
        return other if self.has(other) else ""

    def learned_above(self, source: str, target: str) -> tuple[str, ...]:
        """The languages whose adapters a task adapter learns above, each once, that of the source first."""
        meant = [source if each == SOURCE else target if each == TARGET else each for each in self.tlr]
        ordered = sorted(meant, key=lambda code: code != source)
        return tuple(dict.fromkeys(code for each in ordered if (code := self.spoken(each, source))))
