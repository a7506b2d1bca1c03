"""What every task says about itself."""

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal

from crosswind.formats import Example, Format
from crosswind.formats.probe import Probe
from crosswind.identity import Record
from crosswind.recipe import Recipe
from crosswind.sources.published import Library, digest
from crosswind.sources.rows import Left, Row, Unreadable

Split = Literal["train", "dev", "test"]
HERE = Library()
NUM_TOLD = 5
POOL = "pool"  # stands where a language does: a pool of candidates belongs to all of them


Origin = Literal[
    "native",
    "human-translated",
    "human-translated-reannotated",
    "machine-translated",
    "machine-labelled",
    "parallel-found",
    "constructed",
]


@dataclass(frozen=True, slots=True)
class Variety:
    """A language as one task has it."""

    name: str
    script: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the data come from. Every field is required and says something; a test reads them all.

    `redistributable` says whether texts may be shown in reports and given away with perturbed sets, `test_labels` who
    has them, `issues` what is known to be wrong with the data and what is done about it.
    """

    source: str
    revision: str
    licence: str
    licence_url: str
    citation: str
    translated: str
    redistributable: bool
    test_labels: str
    issues: str


class Task(Record):
    """A task of the catalogue. `rows` fetches raw rows, `parse` makes one row an example of `format`.

    `role` names the column of the applicability table that governs its perturbations, `trains_on` the tasks from whose
    training sets it learns, one after the other (its own where there are none), `source` the language of those.
    Its settings `taught_with` hold for those of them that know such a setting.

    A task without any training set has only "test" among its `sizes`, and "dev" if it mines, for the threshold. It is
    retrieval or mining: an encoder is asked as it is, reading by the task's own `recipe` (length and precision), and
    `probe` says how a text becomes a vector.

    `shares` names other tasks of whose training data its own are a part, or they of them.

    `sizes` are typical of a language, `exact_sizes` those of languages known to differ; both serve estimates alone.

    `originals` are what its items were translated from where it lacks that language itself: catalogued sets of text by
    language, with equal ids and without labels.

    `pool_size` is how many candidates the pool of a retrieval task has where it is a dataset of its own, shared by all
    languages: then `rows(POOL, "test", ...)` are its rows, of which `parse` makes entries, always all of them. It is 0
    where the examples carry their candidates.
    """

    format: ClassVar[Format[Any]]
    labels: ClassVar[tuple[str, ...]]
    metric: ClassVar[str]
    chance: ClassVar[float]
    role: ClassVar[str]
    source: ClassVar[str]
    languages: ClassVar[Mapping[str, Variety]]
    sizes: ClassVar[Mapping[Split, int]]
    recipe: ClassVar[Recipe]
    provenance: ClassVar[Provenance]
    trains_on: ClassVar[tuple[str, ...]] = ()
    taught_with: ClassVar[tuple[str, ...]] = ()
    shares: ClassVar[tuple[str, ...]] = ()
    originals: ClassVar[Mapping[str, str]] = {}
    pool_size: ClassVar[int] = 0
    exact_sizes: ClassVar[Mapping[Split, Mapping[str, int]]] = {}

    @property
    def unnamed(self) -> frozenset[str]:
        """Settings that are the same for a whole study, so that no name of a task in it needs to tell them."""
        return frozenset()

    @property
    def own_name(self) -> str:
        """What a task that is described in a study is called there; empty for those of the catalogue."""
        return ""

    def only(self, language: str, split: Split) -> "Task":  # noqa: ARG002
        """The task as far as it bears on one split in one language: what else it has cannot change that one's id."""
        return self

    @property
    def teachers(self) -> tuple[str, ...]:
        """The tasks from whose training sets it learns; none where it has one of its own, or needs none."""
        return self.trains_on

    @property
    def has_training(self) -> bool:
        """Whether models are trained for the task, on a training set of its own or another task's."""
        return bool(self.teachers) or "train" in self.sizes

    def has(self, language: str, split: Split) -> bool:
        """Whether there is a split in a language, as far as it is known before it is read."""
        return split in self.sizes and language in self.languages

    def num_rows(self, language: str, split: Split) -> int:
        """How many examples a split has in a language, as far as it is known before it is read."""
        return self.exact_sizes.get(split, {}).get(language, self.sizes[split])

    @property
    def recipe_of(self) -> "Task":
        """The task whose recipe in a study this one follows: itself, but for controls."""
        return self

    @property
    def unperturbed(self) -> str:
        """Why perturbations say nothing about the task as it is set; empty where they do."""
        return ""

    @property
    def probe(self) -> Probe:
        """How an encoder is asked for which nothing is trained."""
        return Probe()

    @property
    def unprobed(self) -> "Task":
        """The task as far as its texts go: the same for every probe, so that all of them meet the same noise."""
        return self

    @property
    def skips_broken(self) -> bool:
        """Whether a row that cannot be read is left out and counted, instead of ending the reading."""
        return False

    @abstractmethod
    def rows(self, language: str, split: Split, library: Library) -> Iterator[Row]:
        """The raw rows of one split in one language, in their published order."""

    @abstractmethod
    def parse(self, row: Row) -> Example:
        """One raw row as an example; raises ValueError saying what is wrong with it, Left where a rule excludes it."""

    def read(self, language: str, split: Split, limit: int | None = None, library: Library = HERE) -> "Reading":
        """The first `limit` examples, every one if None; raises Unreadable with the place of a row that is no good."""
        reading = Reading()
        for row in self.rows(language, split, library):
            if len(reading.examples) == limit:
                break
            reading.sources |= dict.fromkeys((row.source, *row.beside))
            try:
                parsed = self.parse(row)
                reading.take(self.sound(parsed), parsed)
            except Left as rule:
                reading.left[str(rule)] += 1
            except (ValueError, TypeError, KeyError, IndexError) as error:
                told = f"{row.place}: {spoken(error)}"
                if not self.skips_broken:
                    raise Unreadable(told if row.problem else f"{told}; the row is {row!r}") from error
                reading.broken.append(told)
        return reading

    def sound(self, parsed: Example) -> Example:
        """An example as it was published in normal form, whose labels the task knows."""
        example: Example = self.format.normalised(parsed)
        self.format.check(example, self.labels)
        return example

    def examples(self, language: str, split: Split, limit: int | None = None, library: Library = HERE) -> list[Any]:
        """What `read` gives, without the account of it."""
        return self.read(language, split, limit, library).examples


@dataclass
class Reading:
    """What reading a split gave: its examples, how many of them were published in another form than NFC, what was left
    out by which rule, what was broken, and from where."""

    examples: list[Example] = field(default_factory=list)
    not_nfc: int = 0
    left: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    sources: dict[str, None] = field(default_factory=dict)
    uids: set[str] = field(default_factory=set)

    def take(self, example: Example, as_published: Example) -> None:
        if example.uid in self.uids:
            raise ValueError(f"has the id {example.uid!r} of an earlier row; expected an id of its own for every row")
        self.uids.add(example.uid)
        self.not_nfc += example != as_published
        self.examples.append(example)

    @property
    def facts(self) -> dict[str, Any]:
        """What a dataset's record says about its making; a file is told by its name and digest, never by its folder."""
        paths = [path for path in map(Path, self.sources) if path.is_file()]
        return {
            "units": len(self.examples),
            "not_nfc": self.not_nfc / max(1, len(self.examples)),
            "left_out": dict(self.left),
            "broken": len(self.broken),
            "broken_rows": self.broken[:NUM_TOLD],
            "sources": {path.name: digest(path) for path in paths},
        }


def spoken(error: Exception) -> str:
    """An error in words; those that Python words for itself get their kind, because their text alone says little."""
    return str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
