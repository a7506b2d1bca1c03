"""Where a published task lies: in folders as their makers leave them, and on the hub at a commit."""

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crosswind.sources.base import Reader
from crosswind.sources.readers import READERS, reader_for
from crosswind.sources.rows import Row, Unreadable

COMMIT = re.compile(r"[0-9a-f]{40}")
UNCONFIRMED = "to verify"


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Where data lie on this machine. Nothing here changes what a task is, so nothing here enters an id.

    `folders` are searched in order. `hub` is a folder that holds copies of hub repositories under their ids and takes
    the hub's place. `files` gives patterns for the files of single tasks, by task and split. `contents` says where
    files lie that are known by their digest.
    """

    folders: tuple[str, ...] = ()
    hub: str | None = None
    files: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    contents: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of which task, and the commit that the study chose for hub sets that have none in the catalogue.

    `spelled` fills what patterns hold in braces beside `{code}`.
    """

    task: str
    language: str
    split: str
    revisions: Mapping[str, str] = field(default_factory=dict)
    spelled: Mapping[str, str] = field(default_factory=dict)

    def fill(self, pattern: str, code: str) -> str:
        """A pattern for this language, which is spelled `code` there."""
        return pattern.format(code=code, **self.spelled)


class Source(ABC):
    """One place where a task may be found. `columns` maps the task's own column names to those of the place."""

    @abstractmethod
    def has(self, wanted: Wanted) -> bool:
        """Whether the place holds such a split at all, wherever it may lie."""

    @abstractmethod
    def look(self, wanted: Wanted, library: Library) -> Iterator[Iterator[Row]]:
        """The rows as each copy has them that is there; none where there is no copy."""

    @abstractmethod
    def told(self, wanted: Wanted) -> str:
        """Where it would be found, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder(Source):
    """Files below a folder of the library: by split a pattern, or as many as the reader reads at once.

    A pattern may hold `{code}`, the language as `codes` spells it there, and shell wildcards: the files that match are
    read one after the other in the order of their names. Where one file has all languages, `told_by` is the column
    that says which a row is in.
    """

    files: Mapping[str, str | tuple[str, ...]]
    reader: Reader
    columns: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    told_by: str = ""

    def has(self, wanted: Wanted) -> bool:
        return wanted.split in self.files

    def code(self, wanted: Wanted) -> str:
        return self.codes.get(wanted.language, wanted.language)

    def patterns(self, wanted: Wanted) -> tuple[str, ...]:
        found = self.files[wanted.split]
        return tuple(wanted.fill(each, self.code(wanted)) for each in ((found,) if isinstance(found, str) else found))

    def look(self, wanted: Wanted, library: Library) -> Iterator[Iterator[Row]]:
        for folder in library.folders:
            matches = [sorted(Path(folder).glob(pattern)) for pattern in self.patterns(wanted)]
            if all(matches):
                yield self.rows(wanted, [*zip(*matches, strict=True)])

    def rows(self, wanted: Wanted, groups: Sequence[tuple[Path, ...]]) -> Iterator[Row]:
        """The rows of several groups of files as one split."""
        number = 0
        for paths in groups:
            for row in self.reader.read(*paths):
                if self.is_of(row, self.code(wanted)):
                    yield row.renamed(self.columns, number)
                    number += not (self.told_by and row.problem)  # whose it is cannot be told: it moves no other row

    def is_of(self, row: Row, code: str) -> bool:
        """Whether a row is in a language; one that cannot be read may be, so that it is seen."""
        if not self.told_by or row.problem:
            return True
        if self.told_by not in row:
            raise Unreadable(f"{row.place}: has no column {self.told_by!r}, which says the language of each row")
        return bool(row[self.told_by] == code)

    def told(self, wanted: Wanted) -> str:
        return " and ".join(self.patterns(wanted))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub(Source):
    """A data set of the Hugging Face hub at a commit, read through `datasets`; no code of it ever runs.

    `revision` is the commit, or UNCONFIRMED where none was confirmed yet: then a study has to name one.
    """

    id: str
    revision: str
    splits: Mapping[str, str]
    config: str = "default"
    columns: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)

    def has(self, wanted: Wanted) -> bool:
        return wanted.split in self.splits

    def name(self, wanted: Wanted) -> str:
        return wanted.fill(self.config, self.code(wanted))

    def split(self, wanted: Wanted) -> str:
        return wanted.fill(self.splits[wanted.split], self.code(wanted))

    def code(self, wanted: Wanted) -> str:
        return self.codes.get(wanted.language, wanted.language)

    def commit(self, wanted: Wanted) -> str:
        return wanted.revisions.get(self.id, self.revision)

    def look(self, wanted: Wanted, library: Library) -> Iterator[Iterator[Row]]:
        copy = Path(library.hub, self.id) if library.hub else None
        if copy is None and not COMMIT.fullmatch(self.commit(wanted)):
            return
        if copy is None or copy.is_dir():
            yield self.rows(wanted, copy)

    def rows(self, wanted: Wanted, copy: Path | None) -> Iterator[Row]:
        config, split = self.name(wanted), self.split(wanted)
        source = f"{copy}, {config}, {split}" if copy else f"{self.id}@{self.commit(wanted)}, {config}, {split}"
        table = load_table(str(copy or self.id), config, split, None if copy else self.commit(wanted))
        for number, cells in enumerate(table):
            spelled = {name: by_name(cells[name], feature) for name, feature in table.features.items()}
            yield Row(spelled, f"row {number + 1} of {source}", source, number).renamed(self.columns, number)

    def told(self, wanted: Wanted) -> str:
        where = f"the hub's {self.id} ({self.name(wanted)}, {self.split(wanted)})"
        if COMMIT.fullmatch(self.commit(wanted)):
            return where
        return f'{where}, whose commit nobody confirmed yet: name one, [data.revisions] "{self.id}" = "40 hex digits"'


def load_table(name: str, config: str, split: str, revision: str | None) -> Any:
    """One split through `datasets`; raises Unreadable saying which, and the library's own reason."""
    from datasets.load import load_dataset
    from datasets.utils.tqdm import disable_progress_bars

    disable_progress_bars()
    try:
        return load_dataset(name, config, split=split, revision=revision)
    except Exception as error:
        # the library raises whatever its storage raises
        raise Unreadable(
            f"{name} ({config}, {split}): cannot be loaded: {type(error).__name__}: {error}. A copy in a folder of "
            "[data] folders or CROSSWIND_DATA is read instead"
        ) from error


def by_name(value: Any, feature: Any) -> Any:
    """A value of the hub with class labels spelled out, alone or in a list; None for the -1 that stands for none."""
    names = getattr(feature, "names", None)
    if names is not None:
        return names[value] if value is not None and value >= 0 else None
    inner = getattr(feature, "feature", None)
    return [by_name(one, inner) for one in value] if isinstance(value, list) and inner is not None else value


def find(sources: Sequence[Source], wanted: Wanted, library: Library) -> Iterator[Iterator[Row]]:
    """The copies of a split that are there, the study's own files first; raises Unreadable after the last.

    Whoever finds a copy good stops asking.
    """
    having = [source for source in sources if source.has(wanted)]
    if pattern := library.files.get(wanted.task, {}).get(wanted.split):
        yield named_files(pattern, wanted, having)
        return
    for source in having:
        yield from source.look(wanted, library)
    raise Unreadable(missing(having, wanted, library))


def named_files(pattern: str, wanted: Wanted, sources: Sequence[Source]) -> Iterator[Row]:
    """The rows of a file that the study names, read like those of the task's own folder, else by its ending."""
    path = Path(wanted.fill(pattern, wanted.language))
    own = next((source for source in sources if isinstance(source, Folder) and source.reader.num_paths == 1), None)
    return (own or Folder(files={}, reader=READERS[reader_for(path)])).rows(wanted, [(path,)])


def missing(sources: Sequence[Source], wanted: Wanted, library: Library) -> str:
    """What was looked for, where, and what to do."""
    what = f"{wanted.task} {wanted.split} in {wanted.language}"
    if not sources:
        return f"{what}: no source of this task holds such a split with its labels"
    folders = ", ".join(library.folders) or "none named"
    places = "; ".join(source.told(wanted) for source in sources)
    return (
        f"{what}: not found with its labels. Folders searched: {folders}. It would be {places}. Name the folder that "
        'has it in the study, [data] folders = ["..."], or in the environment variable CROSSWIND_DATA'
    )


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
