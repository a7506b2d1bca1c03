"""Tasks that a study describes, its `[[task]]` tables: a user's own data beside the field's."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PrivateAttr, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from crosswind.catalog import suggestion
from crosswind.encoders import Part
from crosswind.holdings import beside
from crosswind.languages import LANGUAGES
from crosswind.perturbations.applicability import ROLES
from crosswind.sources.published import digest
from crosswind.sources.readers import READERS, labels_in, reader_for
from crosswind.sources.rows import Unreadable
from crosswind.tasks.base import Split
from crosswind.tasks.own import ANYWHERE, FORMS, FormName, Own, Spoken

CODE = "{code}"


def as_languages(value: Any) -> Any:
    """A code alone stands for a language of the table in languages.py."""
    return tuple(known(each) if isinstance(each, str) else each for each in value) if isinstance(value, list) else value


def known(code: str) -> Any:
    if code not in LANGUAGES:
        raise PydanticCustomError(
            "language",
            "{code} is not in crosswind's table of languages; describe it: "
            '{{ code = {code}, name = "...", script = "Latn" }} with its ISO 15924 script',
            {"code": repr(code)},
        )
    return Spoken(code=code, name=LANGUAGES[code].name, script=LANGUAGES[code].script)


def as_labels(value: Any, info: ValidationInfo) -> Any:
    """Labels may stand in a file, one a line."""
    if not isinstance(value, dict) or set(value) != {"file"} or not isinstance(value["file"], str):
        return tuple(value) if isinstance(value, list) else value
    try:
        return labels_in(beside(value["file"], info))
    except (Unreadable, OSError) as error:
        raise PydanticCustomError("labels", "{reason}", {"reason": str(error)}) from error


Labels = Annotated[tuple[str, ...], BeforeValidator(as_labels)]
Languages = Annotated[tuple[Spoken, ...], BeforeValidator(as_languages), Field(min_length=1)]


class Described(Part):
    """One table. `files` gives a pattern for each split, relative to the study; `{code}` in it is the language, or
    `told_by` names the column that says which language a row is in. `kinds` says how files of a split are read where
    their ending does not say it; `labels` may be a file that lists them, one a line; `trains_on` names
    the tasks that a task without training set learns from.
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*$", max_length=60)]
    form: FormName = Field(alias="format")
    files: Mapping[Split, str]
    kinds: Mapping[Split, str] = Field(default_factory=dict)
    columns: Mapping[str, str | tuple[str, ...]] = Field(default_factory=dict)
    told_by: str = ""
    labels: Labels = ()
    spellings: Mapping[str, str] = Field(default_factory=dict)
    languages: Languages
    source: str | None = None
    trains_on: tuple[str, ...] = ()
    metric: str | None = None
    role: str | None = None

    _paths: dict[str, Path] = PrivateAttr(default_factory=dict)

    @field_validator("files")
    @classmethod
    def are_named_from_the_study(cls, value: Mapping[Split, str], info: ValidationInfo) -> Any:
        return {split: str(beside(pattern, info)) for split, pattern in value.items()}

    @model_validator(mode="after")
    def is_whole(self) -> "Described":
        for complaint in self.complaints():
            raise PydanticCustomError("described", "{reason}", {"reason": f"{self.name}: {complaint}"})
        self._paths.update(self.found())
        return self

    def complaints(self) -> Iterator[str]:
        """What is wrong with the description, the first thing first."""
        yield from self.unknown_names()
        yield from self.wrong_languages()
        yield from self.wrong_training()
        yield from self.missing_files()

    def unknown_names(self) -> Iterator[str]:
        """Names that stand for nothing, and labels that are not there."""
        form = FORMS[self.form]
        columns = (*form.needed, *form.optional, *ANYWHERE)
        asked = [("columns", name, columns) for name in self.columns]
        asked += [("spellings", label, self.labels) for label in self.spellings.values() if self.labels]
        asked += [
            (field, name, tuple(allowed))
            for field, name, allowed in (
                ("metric", self.metric, (form.metric, *form.metrics)),
                ("role", self.role, ROLES),
                *(("kinds", kind, READERS) for kind in self.kinds.values()),
            )
            if name is not None
        ]
        for field, name, allowed in asked:
            if name not in allowed:
                yield f"{field}: unknown {name!r}{suggestion(name, allowed)}"
        if self.form not in {"classify", "tag", "choose"} and (self.labels or self.spellings):
            yield f"{'labels' if self.labels else 'spellings'}: format {self.form} has none; remove this"
        if self.form in {"classify", "tag"} and len(self.labels) < 2:
            yield f"labels: {self.form} needs at least two"

    def wrong_languages(self) -> Iterator[str]:
        codes = [each.code for each in self.languages]
        if len(set(codes)) != len(codes):
            yield "languages: one stands here twice"
        if self.source is not None and self.source not in codes:
            yield f"source: {self.source!r} is none of its languages{suggestion(self.source, codes)}"
        if CODE not in self.files.get("test", CODE) and not self.told_by and len(codes) > 1:
            yield (
                f"files: test has one file for {len(codes)} languages; put {CODE} into its name, or say in told_by "
                "which column holds the language of a row"
            )

    def wrong_training(self) -> Iterator[str]:
        if self.form == "mlm":
            yield from self.wrong_text()
            return
        if "test" not in self.files:
            yield "files: needs a test file for its languages"
        if "train" in self.files and self.trains_on:
            yield "trains_on: it has a training set of its own; remove one of the two"
        if "train" in self.files and "dev" not in self.files:
            yield "files: needs a dev file beside the train file, from which the best weights are chosen"
        if "train" not in self.files and not self.trains_on and self.form != "retrieve":
            yield 'files: needs a train file, or trains_on = ["..."], the tasks to learn from'

    def wrong_text(self) -> Iterator[str]:
        """Raw text is there to be trained on; it needs neither a test set nor one to choose weights by."""
        if "train" not in self.files:
            yield "files: needs a train file, the text whose hidden words are guessed"
        if self.trains_on:
            yield "trains_on: raw text learns from itself; remove this"

    def missing_files(self) -> Iterator[str]:
        """Files that are not there or of no known kind."""
        for split, pattern in self.files.items():
            if split not in self.kinds:
                try:
                    reader_for(pattern)
                except ValueError as error:
                    yield f'files: {error}; or say kinds = {{ {split} = "..." }}'
            for code in self.needed_in(split):
                path = Path(pattern.replace(CODE, code))
                if not path.is_file():
                    yield f"files: there is no {path} ({split}, {code})"
                elif is_blank(path):
                    yield f"files: {path} is empty ({split}, {code}); it needs at least one row"

    def needed_in(self, split: Split) -> tuple[str, ...]:
        """The languages in which a split must be there: all for the test set, the source language for the others."""
        return tuple(each.code for each in self.languages) if split == "test" else (self.learned_in,)

    @property
    def learned_in(self) -> str:
        return self.source or self.languages[0].code

    def found(self) -> dict[str, Path]:
        """Every file that is there, by split and language."""
        return {
            f"{split}/{each.code}": path
            for split, pattern in self.files.items()
            for each in self.languages
            if (path := Path(pattern.replace(CODE, each.code))).is_file()
            and (CODE in pattern or self.told_by or each.code in self.needed_in(split))
        }

    @property
    def contents(self) -> dict[str, str]:
        """Where files lie, by their digest."""
        return {fingerprint(path, path.stat().st_mtime_ns): str(path) for path in self._paths.values()}

    def task(self) -> Own:
        """The task as stages know it."""
        form = FORMS[self.form]
        return Own(
            name=self.name,
            form=self.form,
            contents={key: fingerprint(path, path.stat().st_mtime_ns) for key, path in self._paths.items()},
            readers={split: self.kinds.get(split) or reader_for(pattern) for split, pattern in self.files.items()},
            columns=dict(self.columns),
            told_by=self.told_by,
            classes=self.labels,
            spellings=dict(self.spellings),
            spoken=self.languages,
            train_language=self.learned_in,
            after=self.trains_on,
            measured_by=self.metric or form.metric,
            likened_to=self.role or form.role,
            counts={split: self.count(split) for split in self.files},
        )

    def count(self, split: Split) -> int:
        """About how many examples a split has in one language, for estimates of time."""
        code = self.needed_in(split)[0]
        path = self._paths[f"{split}/{code}"]
        reader = self.kinds.get(split) or reader_for(path)
        whole = num_rows(path, path.stat().st_mtime_ns, reader)
        return max(1, whole // len(self.languages)) if self.told_by else whole


def is_blank(path: Path) -> bool:
    """Whether a file holds nothing but blanks; where it holds more, its beginning tells."""
    with path.open("rb") as file:
        return not any(line.strip() for line in file)


@cache
def fingerprint(path: Path, changed: int) -> str:  # noqa: ARG001  (a file that has changed is another key)
    """The digest of a file, computed again only when the file was written again."""
    return digest(path)


COUNTED: Mapping[str, Callable[[bytes], int]] = {
    "squad": lambda raw: raw.count(b'"question"'),
    "json": lambda raw: raw.count(b"{"),
    "conll": lambda raw: len(re.findall(rb"\n\s*\n", raw.strip())) + 1,
    "conllu": lambda raw: len(re.findall(rb"\n\s*\n", raw.strip())) + 1,
}


@cache
def num_rows(path: Path, changed: int, reader: str) -> int:  # noqa: ARG001
    """About how many rows a file has."""
    if reader == "parquet":
        import polars

        return int(polars.scan_parquet(path).select(polars.len()).collect().item())
    raw = path.read_bytes()
    return COUNTED[reader](raw) if reader in COUNTED else raw.strip().count(b"\n") + (reader == "jsonl")
