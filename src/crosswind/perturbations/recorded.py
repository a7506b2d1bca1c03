"""Text that somebody else has perturbed, read from the user's files: real misspellings, or sets exported before.

A file holds test items of one language. Exported records (gauntlet/records.py) go by the ids of items. Rows of other
files seldom have ids, so that each goes to the clean item that it is most like; what is like none is left out and
counted. Labels are always those of the clean items.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from crosswind.perturbations.base import Family, Levels, Perturbation
from crosswind.sources.published import digest
from crosswind.tasks.base import Task

LEVELS = Levels({"item": (1.0,)}, core=(1,))


class Recorded(Perturbation):
    """The items of `files`, one file a language, under a `title` that tells this recording from others.

    It has no severity. `licence` is printed with the results. `columns` names the columns that hold the texts of an
    item where they are not called as usual, `quote` is what stands around every text and is no part of it.
    """

    family: ClassVar[Family] = "recorded"

    title: str = Field("untitled", pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*$", description="what it is called in tables")
    contents: Mapping[str, str] = Field(default_factory=dict, description="digests of the files, by language")
    licence: str = Field("", description="of the files, printed with the results")
    columns: Mapping[str, str] = Field(default_factory=dict, description="column that holds a text, by the text's name")
    quote: str = Field("", max_length=1, description="what stands around every text")

    _places: dict[str, str] = PrivateAttr(default_factory=dict)

    @model_validator(mode="wrap")
    @classmethod
    def with_files(cls, value: Any, handler: Any, info: ValidationInfo) -> "Recorded":
        """Paths become digests; where the files lie is no part of what they are."""
        if not isinstance(value, dict) or "files" not in value:
            found: Recorded = handler(value)
            return found
        rest = {name: setting for name, setting in value.items() if name != "files"}
        places = {
            language: Path((info.context or {}).get("folder", "."), path).expanduser().resolve()
            for language, path in dict(value["files"]).items()
        }
        for language, path in places.items():
            if not path.is_file():
                raise ValueError(f"files.{language}: there is no file {path}; expected perturbed items in {language}")
        contents = {language: digest(path) for language, path in places.items()}
        made: Recorded = handler(rest | {"contents": contents})
        return made.lying({contents[language]: str(path) for language, path in places.items()})

    @property
    def levels(self) -> Levels:
        """One."""
        return LEVELS

    @property
    def variant(self) -> str:
        """The title."""
        return self.title

    @property
    def unnamed(self) -> frozenset[str]:
        """The title says it all."""
        return frozenset({"contents", "licence", "columns", "quote", "title"})

    @property
    def places(self) -> Mapping[str, str]:
        """Where the files lie, by their digest."""
        return self._places

    @property
    def acknowledgement(self) -> str:
        """The licence of the files."""
        return f"{self.label}: recorded text, licence {self.licence}" if self.licence else ""

    def unsuited(self, task: Task, language: str) -> str:  # noqa: ARG002
        if language in self.contents:
            return ""
        return f"it has no file in {language}; name one in files, as files = {{ {language} = ... }}"

    def only(self, language: str) -> "Recorded":
        """As far as it bears on one language: what other files hold cannot change a text in it."""
        return self.model_copy(update={"contents": {language: self.contents[language]}}).lying(self._places)

    def lying(self, places: Mapping[str, str]) -> Self:
        """The same, with its files in these places."""
        self._places.update(places)
        return self
