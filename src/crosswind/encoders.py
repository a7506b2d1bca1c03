"""The pre-trained encoder that a study starts from: `pocket`, a hub id at a commit, or a local folder."""

import contextlib
import hashlib
import json
import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from crosswind import pocket
from crosswind.methods.base import Shape
from crosswind.stages import Base

POCKET = "pocket"
NEEDED = ("config.json", "model.safetensors", "tokenizer.json")
FILES = (*NEEDED, "tokenizer_config.json")


class Part(BaseModel):
    """A table of a study file."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Encoder(Part):
    """The pre-trained encoder: `pocket`, a hub id at a commit, or a local folder."""

    model: str | None = None
    revision: str | None = None
    path: str | None = None

    @model_validator(mode="after")
    def is_one_of_three(self) -> "Encoder":
        if (self.model is None) == (self.path is None):
            raise PydanticCustomError(
                "encoder", "needs either a model (a hub id, or 'pocket') or the path of a local folder"
            )
        is_hub = self.model not in {None, POCKET}
        if is_hub and not re.fullmatch(r"[0-9a-f]{40}", self.revision or ""):
            raise PydanticCustomError(
                "encoder", "a hub model needs its revision: the 40 hex digits of a commit, so that it cannot change"
            )
        if not is_hub and self.revision is not None:
            raise PydanticCustomError("encoder", "only hub models have a revision; remove it")
        return self

    @field_validator("path")
    @classmethod
    def is_complete(cls, path: str | None, info: ValidationInfo) -> str | None:
        if path is None:
            return None
        folder = Path((info.context or {}).get("folder", "."), path).expanduser().resolve()
        missing = [name for name in NEEDED if not (folder / name).exists()]
        if missing:
            detail = "there is no such folder" if not folder.is_dir() else f"it lacks {', '.join(missing)}"
            raise PydanticCustomError("encoder", "{folder}: {detail}", {"folder": str(folder), "detail": detail})
        return str(folder)

    @property
    def depth(self) -> int | None:
        """How many transformer layers it has, where a folder at hand says so."""
        return self.shape.depth if self.shape else None

    @property
    def shape(self) -> Shape | None:
        """Its family, width and depth, where a folder at hand says so."""
        folder = pocket.ENCODER if self.model == POCKET else self.path
        if folder is None:
            return None
        with contextlib.suppress(ValueError):  # what is wrong with the file is said when it is loaded
            settings = json.loads(Path(folder, "config.json").read_text(encoding="utf-8"))
            family, width = settings.get("model_type"), settings.get("hidden_size", settings.get("d_model"))
            depth = settings.get("num_hidden_layers", settings.get("num_layers"))
            return Shape(family, width, depth) if family and width and depth else None
        return None

    def base(self) -> tuple[Base, str | None]:
        """The encoder as stages know it, and the folder it lies in if it is local."""
        if self.model == POCKET:
            return Base(model=POCKET, revision=folder_digest(pocket.ENCODER)), None
        if self.path:
            return Base(model="local", revision=folder_digest(Path(self.path))), self.path
        return Base(model=str(self.model), revision=str(self.revision)), None


def folder_digest(folder: Path) -> str:
    """One digest of the files that make an encoder what it is."""
    whole = hashlib.sha256()
    for name in FILES:
        if (folder / name).exists():
            with (folder / name).open("rb") as file:
                whole.update(f"{name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return whole.hexdigest()[:40]
