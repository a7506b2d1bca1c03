"""What the literature has claimed on the questions of crosswind, one file each in `literature/`, by name.

Each says whose claim it is, in which words of ours, with which number, how we know it, and what a study needs in order
to test it. Treatments are roles there (`robust`, `baseline`, ...); a study says which of its arms plays which.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from crosswind.catalog import suggestion

FOLDER = resources.files("crosswind.claims") / "literature"

Evidence = Literal["abstract", "read in code", "second hand"]


class Source(BaseModel):
    """Whose claim it is: a paper, what it says, and the number that it reports, in points."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    paper: str = Field(min_length=1)
    said: str = ""
    number: Annotated[float, Field(allow_inf_nan=False)] | None = None


class Cited(BaseModel):
    """A claim of the literature.

    `number` is what was reported, in points, for models and data of its own; a study tests the direction, against
    `margin`. `evidence` says how we know it; `needs` what a study must contain.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    text: str
    paper: str
    said: str = Field(description="what the paper says, in our words")
    number: float | None = None
    evidence: Evidence
    needs: str
    contrast: Mapping[str, float]
    estimand: str = "clean"
    targets: tuple[str, ...] = ("all",)
    languages: tuple[str, ...] = ("all-but-source",)
    conditions: tuple[str, ...] = ("all",)
    kind: Literal["superiority", "noninferiority", "equivalence"] = "superiority"
    margin: float = 0.0

    @property
    def roles(self) -> tuple[str, ...]:
        """Who is compared."""
        return tuple(self.contrast)

    @property
    def source(self) -> Source:
        """Whose it is."""
        return Source(paper=self.paper, said=self.said, number=self.number)

    @property
    def settings(self) -> dict[str, Any]:
        """What a study's claim takes over from it."""
        shared = ("text", "estimand", "targets", "languages", "conditions", "kind", "margin", "contrast")
        return self.model_dump(include=set(shared))


@cache
def literature() -> Mapping[str, Cited]:
    """Every claim that ships, by name."""
    files = sorted((each for each in FOLDER.iterdir() if each.name.endswith(".toml")), key=lambda each: each.name)
    tables = (tomllib.loads(file.read_text(encoding="utf-8")) for file in files)
    found = (Cited(name=file.name.removesuffix(".toml"), **table) for file, table in zip(files, tables, strict=True))
    return {each.name: each for each in found}


def cited(name: str) -> Cited:
    """The claim of that name; raises ValueError listing what there is."""
    if name not in literature():
        raise ValueError(f"there is no claim {name!r} in the library{suggestion(name, literature())}")
    return literature()[name]
