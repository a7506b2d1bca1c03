"""What the field's published tasks have in common: they are read from folders and from the hub, whichever has them."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from crosswind import catalog
from crosswind.formats.span import Question, Quote
from crosswind.languages import LANGUAGES
from crosswind.recipe import Recipe
from crosswind.sources.published import Folder, Library, Source, Wanted, find
from crosswind.sources.readers import labels_in
from crosswind.sources.rows import Broken, Left, Row, Unreadable, one_of
from crosswind.tasks.base import Origin, Split, Task, Variety

# Fine-tuning with XTREME's numbers, but for a warm-up of a tenth: without one, some seeds never learn. recipes.py has
# theirs and others' to the letter.
XTREME = Recipe(epochs=5, batch=32, learning_rate=2e-5, warmup=0.1, max_length=128)
TAGGING = XTREME.override(Recipe(epochs=10))
READING = XTREME.override(Recipe(epochs=3, learning_rate=3e-5, max_length=384))
# Intermediate training as Phang et al. (2020) had it.
INTERMEDIATE = Recipe(epochs=3, batch=32, learning_rate=1e-5, warmup=0.1, max_length=256)
INTERMEDIATE_READING = INTERMEDIATE.override(Recipe(max_length=384))
# Masked language modelling that goes on from where pre-training ended, with the numbers of Ansell et al. (2022).
RAW_TEXT = Recipe(epochs=3, batch=8, learning_rate=5e-5, warmup=0.0, max_length=256)
UNLABELLED = ("", "-", "-1", "None")


class PublishedTask(Task):
    """A task that others have published. `broken` says what becomes of rows that cannot be read.

    `revisions` names commits for hub sets whose commit the catalogue does not know. `blank` says whether a row comes
    from a copy whose labels are held back: such a copy is passed over. `source_only` names splits that there are in the
    source language alone.
    """

    broken: Literal["refuse", "skip"] = "refuse"
    revisions: Mapping[str, str] = Field(default_factory=dict)

    sources: ClassVar[tuple[Source, ...]]
    source_only: ClassVar[tuple[Split, ...]] = ()

    @property
    def unnamed(self) -> frozenset[str]:
        return frozenset({"broken", "revisions"})

    @property
    def skips_broken(self) -> bool:
        return self.broken == "skip"

    def blank(self, row: Row) -> bool:  # noqa: ARG002
        """Whether the labels of a copy that begins with `row` are held back."""
        return False

    def spelled(self, language: str) -> Mapping[str, str]:  # noqa: ARG002
        """What the patterns of the sources hold in braces beside the language's `{code}`."""
        return {}

    def has(self, language: str, split: Split) -> bool:
        return super().has(language, split) and not (split in self.source_only and language != self.source)

    def rows(self, language: str, split: Split, library: Library) -> Iterator[Row]:
        wanted = Wanted(catalog.name_of(type(self)), language, split, self.revisions, self.spelled(language))
        if split in self.source_only and language != self.source:
            raise Unreadable(f"{wanted.task} {split} in {language}: there is none; it is in {self.source} alone")
        for copy in find(self.sources, wanted, library):
            first = next(copy, None)
            if first is None:
                raise Unreadable(f"{wanted.task} {split} in {language}: its copy holds no rows; expected at least one")
            if not self.holds_back(first):
                return chain([first], copy)
        raise AssertionError("find raises when there is no copy left")

    def holds_back(self, first: Row) -> bool:
        """Whether a copy is blank; a first row that is no good is left to `parse`, which says what is wrong with it."""
        try:
            return self.blank(first)
        except (ValueError, TypeError, KeyError):
            return False


class ListedTask(PublishedTask):
    """A published task whose licence lets nobody pass its labels on. A study reads them, when it is loaded, from the
    user's own copy: `labels_file` below a folder, one a line. They are `listed`, and so part of what the task is.

    `labels_made` is the command that writes that file, to be run in the folder that would hold it.
    """

    listed: tuple[str, ...] = ()

    labels_file: ClassVar[str]
    labels_made: ClassVar[str]

    def __getattr__(self, name: str) -> Any:
        return self.listed if name == "labels" else super().__getattr__(name)  # type: ignore[misc]

    @property
    def unnamed(self) -> frozenset[str]:
        return super().unnamed | {"listed"}

    def find_labels(self, library: Library) -> tuple[str, ...]:
        """The labels as the first folder has them that has any; raises Unreadable where none does."""
        paths = (Path(folder, self.labels_file) for folder in library.folders)
        path = next((path for path in paths if path.is_file()), None)
        if path is not None:
            return labels_in(path)
        name, folders = catalog.name_of(type(self)), ", ".join(library.folders) or "none named"
        raise Unreadable(
            f"{name}: its labels may not be passed on, so they are read from your copy, and there is no "
            f"{self.labels_file}, one label a line, beside {self.beside}. Folders searched: {folders}. Name the folder "
            f'that has it in the study, [data] folders = ["..."], or in the environment variable CROSSWIND_DATA; to '
            f"make it, run in {Path(self.labels_file).parent}/: {self.labels_made}"
        )

    @property
    def beside(self) -> str:
        """The files of its folders, for people."""
        files = [file for source in self.sources if isinstance(source, Folder) for file in source.files.values()]
        return ", ".join(file if isinstance(file, str) else " and ".join(file) for file in files)


def varieties(codes: str, origin: Origin, **others: Origin) -> Mapping[str, Variety]:
    """Languages by their codes in XTREME-R, parted by spaces, as a task has them: of one origin but for `others`."""
    return {
        code: Variety(LANGUAGES[code].name, LANGUAGES[code].script, others.get(code, origin)) for code in codes.split()
    }


def question(row: Row, uid: str, cluster: str, answers: tuple[Quote, ...]) -> Question:
    """A question about a paragraph, whose article goes by the `title` of the row where it has one."""
    return Question(
        uid=uid,
        cluster=cluster,
        question=row.text("question"),
        context=row.text("context"),
        answers=answers,
        article=str(row.cells.get("title") or ""),
    )


def in_paragraphs(rows: Iterator[Row]) -> Iterator[Row]:
    """Rows with the number of their paragraph, counted where the context changes: the same number in every language."""
    number, context = -1, None
    for row in rows:
        if row.cells.get("context") != context:
            number, context = number + 1, row.cells.get("context")
        yield row.having({"paragraph": str(number)})


def quotes(value: Any) -> tuple[Quote, ...]:
    """The answers of a question, each once, as SQuAD's JSON lists them or as the hub keeps them in two columns."""
    pairs = zip(value["text"], value["answer_start"], strict=True) if isinstance(value, Mapping) else map(pair, value)
    return tuple(dict.fromkeys(Quote(text, start) for text, start in pairs))


def pair(answer: Any) -> tuple[str, int]:
    match answer:
        case {"text": str(text), "answer_start": int(start)}:
            return text, start
    raise Broken(f"has the answer {answer!r}; expected its text and the answer_start where it begins")


def labelled(row: Row, name: str = "label") -> str:
    """What a cell says about the right answer; a row whose makers leave that open is left out."""
    label = str(row[name]).strip()
    if label in UNLABELLED:
        raise Left("no gold label")
    return label


def place_of(names: str, label: str) -> int:
    """Where a label stands among `names`, one sign each."""
    return names.index(one_of(tuple(names), label))


def alike(text: str) -> str:
    """A name for a text that several items share: equal texts have equal names."""
    return sha256(text.encode()).hexdigest()[:16]


def held_back(value: Any) -> bool:
    """Whether answers are there in form only, as XTREME's own scripts leave those of its test sets."""
    found = quotes(value)
    return bool(found) and not any(quote.text for quote in found)
