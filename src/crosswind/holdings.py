"""Where the data of a study lie on this machine, its `[data]` table, and what becomes of rows that cannot be read."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from crosswind.encoders import Part
from crosswind.sources.published import Hub, Library
from crosswind.tasks.base import Split, Task
from crosswind.tasks.own import Own
from crosswind.tasks.published import ListedTask, PublishedTask

VARIABLE = "CROSSWIND_DATA"

Commit = Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]


class Holdings(Part):
    """The table. Only `broken` and `revisions` change what a task is; the rest is where this machine has it.

    `folders` are searched in order, then those of the environment variable CROSSWIND_DATA, then the hub, or `hub`, a
    folder with copies of its repositories. `files` names files of single tasks, by task and split.
    """

    folders: tuple[str, ...] = ()
    hub: str | None = None
    files: Mapping[str, Mapping[Split, str]] = Field(default_factory=dict)
    broken: Literal["refuse", "skip"] = "refuse"
    revisions: Mapping[str, Commit] = Field(default_factory=dict)

    @field_validator("folders", "hub")
    @classmethod
    def exist(cls, value: tuple[str, ...] | str | None, info: ValidationInfo) -> Any:
        if isinstance(value, tuple):
            return tuple(resolved(each, info) for each in value)
        return None if value is None else resolved(value, info)

    @field_validator("files")
    @classmethod
    def are_named_from_the_study(cls, value: Mapping[str, Mapping[Split, str]], info: ValidationInfo) -> Any:
        """A pattern is relative to the study's folder."""
        return {name: {split: str(beside(each, info)) for split, each in own.items()} for name, own in value.items()}

    def place(self, task: Task) -> Task:
        """A task as this study reads it; one that is not read from files is as it was.

        Raises Unreadable where a task's labels have to be read and are not there.
        """
        if not isinstance(task, PublishedTask | Own):
            return task
        sources = task.sources if isinstance(task, PublishedTask) else ()
        known = {source.id for source in sources if isinstance(source, Hub)}
        changes: dict[str, Any] = {
            "broken": self.broken,
            "revisions": {name: self.revisions[name] for name in known & {*self.revisions}},
        }
        if isinstance(task, ListedTask) and not task.listed:
            changes["listed"] = task.find_labels(self.library({}))
        return task.model_copy(
            update={name: value for name, value in changes.items() if value and name not in task.model_fields_set}
        )

    def library(self, contents: Mapping[str, str]) -> Library:
        """Where data are looked for; `contents` says where files lie that are known by their digest."""
        named = (folder for folder in os.environ.get(VARIABLE, "").split(os.pathsep) if folder)
        files = {name: {str(split): each for split, each in own.items()} for name, own in self.files.items()}
        return Library(folders=(*self.folders, *named), hub=self.hub, files=files, contents=contents)


def beside(path: str, info: ValidationInfo) -> Path:
    """A path as the study means it: from the folder that the study lies in."""
    return Path((info.context or {}).get("folder", "."), path).expanduser().resolve()


def resolved(path: str, info: ValidationInfo) -> str:
    folder = beside(path, info)
    if not folder.is_dir():
        raise PydanticCustomError("folder", "there is no folder {folder}", {"folder": str(folder)})
    return str(folder)
