"""What perturbations share that read a file of the user for each language, known by its digest and not by its place."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from crosswind.perturbations.base import Perturbation
from crosswind.sources.published import digest
from crosswind.tasks.base import Task


class OfFiles(Perturbation):
    """A perturbation with one file for each language, which a study names as `files = { en = "..." }`."""

    holds: ClassVar[str]  # what such a file holds

    contents: Mapping[str, str] = Field(default_factory=dict, description="digests of the files, by language")

    _places: dict[str, str] = PrivateAttr(default_factory=dict)

    @model_validator(mode="wrap")
    @classmethod
    def with_files(cls, value: Any, handler: Any, info: ValidationInfo) -> Self:
        """Paths become digests; where the files lie is no part of what they are."""
        if not isinstance(value, dict) or "files" not in value:
            found: Self = handler(value)
            return found
        rest = {name: setting for name, setting in value.items() if name != "files"}
        places = {
            language: Path((info.context or {}).get("folder", "."), path).expanduser().resolve()
            for language, path in dict(value["files"]).items()
        }
        for language, path in places.items():
            if not path.is_file():
                raise ValueError(f"files.{language}: there is no file {path}; expected {cls.holds} in {language}")
        contents = {language: digest(path) for language, path in places.items()}
        made: Self = handler(rest | {"contents": contents})
        return made.lying({contents[language]: str(path) for language, path in places.items()})

    @property
    def places(self) -> Mapping[str, str]:
        """Where the files lie, by their digest."""
        return self._places

    def unsuited(self, task: Task, language: str) -> str:  # noqa: ARG002
        return self.missing(language)

    def missing(self, language: str) -> str:
        """What to do where it has no file in a language; empty where it has one."""
        if language in self.contents:
            return ""
        return f"it has no file in {language}; name one in files, as files = {{ {language} = ... }}"

    def only(self, language: str) -> Self:
        """As far as it bears on one language: what other files hold cannot change a text in it."""
        return self.model_copy(update={"contents": {language: self.contents[language]}}).lying(self._places)

    def lying(self, places: Mapping[str, str]) -> Self:
        """The same, with its files in these places."""
        self._places.update(places)
        return self
