"""A task that a study describes itself: its files, columns, labels and languages."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, get_args

from pydantic import Field

from crosswind.formats import CHOOSE, CLASSIFY, MLM, RETRIEVE, SPAN, TAG, Example, Format
from crosswind.formats.choose import Choice
from crosswind.formats.classify import Classification
from crosswind.formats.mlm import Passage
from crosswind.formats.retrieve import Lookup
from crosswind.formats.span import Quote
from crosswind.formats.tag import Tagging
from crosswind.identity import Record
from crosswind.recipe import Recipe
from crosswind.sources.published import Folder, Library, Wanted
from crosswind.sources.readers import READERS
from crosswind.sources.rows import Broken, Row, Unreadable, one_of
from crosswind.tasks.base import Provenance, Split, Task, Variety
from crosswind.tasks.published import RAW_TEXT, READING, TAGGING, XTREME, question, quotes

FormName = Literal["classify", "tag", "span", "choose", "retrieve", "mlm"]


class Form(NamedTuple):
    """What a format needs to know where the study says nothing: its columns, metric, kind of task and recipe.

    `metrics` are those that its answers can be measured by besides.
    """

    format: Format[Any]
    needed: tuple[str, ...]
    optional: tuple[str, ...]
    metric: str
    role: str
    recipe: Recipe
    metrics: tuple[str, ...] = ()


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "classify": Form(CLASSIFY, ("first", "label"), ("second",), "accuracy", "nli", XTREME, ("accuracy_f1",)),
        "tag": Form(TAG, ("tokens", "tags"), (), "tag_accuracy", "pos", TAGGING, ("entity_f1", "run_f1")),
        "span": Form(
            SPAN, ("question", "context"), ("answers", "answer", "start"), "squad", "xquad", READING, ("mlqa",)
        ),
        "choose": Form(CHOOSE, ("prompt", "choices", "answer"), (), "accuracy", "copa", XTREME),
        "retrieve": Form(
            RETRIEVE, ("query", "candidate"), ("candidate_id",), "map20", "lareqa", XTREME, ("rr20", "first_hit")
        ),
        "mlm": Form(MLM, ("text",), (), "hidden_words", "raw", RAW_TEXT),
    }
)
assert set(FORMS) == set(get_args(FormName))
ANYWHERE = ("id", "cluster")


class Spoken(Record):
    """A language of a described task."""

    code: str
    name: str
    script: str


class Own(Task):
    """A task as a study's `[[task]]` table describes it. Its files are known by their digests, so that a changed file
    is another task; where they lie is the library's business.

    `columns` maps the format's columns to those of the files, `spellings` the labels as the files have them to the
    task's own. `contents` holds the digest of the file of each split and language, as "split/language".
    """

    name: str
    form: FormName
    contents: Mapping[str, str]
    readers: Mapping[str, str]
    columns: Mapping[str, str | tuple[str, ...]] = Field(default_factory=dict)
    told_by: str = ""
    classes: tuple[str, ...] = ()
    spellings: Mapping[str, str] = Field(default_factory=dict)
    spoken: tuple[Spoken, ...]
    train_language: str
    after: tuple[str, ...] = ()
    measured_by: str
    likened_to: str
    counts: Mapping[Split, int]
    broken: Literal["refuse", "skip"] = "refuse"

    def __getattr__(self, name: str) -> Any:
        return BY_TABLE[name](self) if name in BY_TABLE else super().__getattr__(name)  # type: ignore[misc]

    @property
    def own_name(self) -> str:
        return self.name

    def only(self, language: str, split: Split) -> Task:
        key = f"{split}/{language}"
        changes: dict[str, Any] = {
            "contents": {key: self.contents[key]} if key in self.contents else {},
            "readers": {split: self.readers[split]},
            "counts": {name: count if name == split else 0 for name, count in self.counts.items()},
            "spoken": tuple(each for each in self.spoken if each.code == language),
        }
        return self.model_copy(update=changes)

    def has(self, language: str, split: Split) -> bool:
        return f"{split}/{language}" in self.contents

    @property
    def teachers(self) -> tuple[str, ...]:
        return self.after

    @property
    def skips_broken(self) -> bool:
        return self.broken == "skip"

    def rows(self, language: str, split: Split, library: Library) -> Iterator[Row]:
        digest = self.contents.get(f"{split}/{language}")
        if digest is None:
            raise Unreadable(f"{self.name}: no file for {split} in {language}; name one in [[task]] files")
        path = Path(library.contents[digest])
        folder = Folder(files={}, reader=READERS[self.readers[split]], columns=self.single, told_by=self.told_by)
        return folder.rows(Wanted(self.name, language, split), [(path,)])

    @property
    def single(self) -> dict[str, str]:
        """The columns that stand for one of the format's; only choices may stand in several."""
        return {ours: theirs for ours, theirs in self.columns.items() if isinstance(theirs, str)}

    def parse(self, row: Row) -> Example:
        uid = str(row["id"]) if isinstance(row.cells.get("id"), str | int) else str(row.number)
        cluster = str(row["cluster"]) if "cluster" in row else uid
        match self.form:
            case "classify":
                second = row.text("second") if "second" in row else None
                label = one_of(self.labels, row["label"], self.spellings)
                return Classification(uid=uid, cluster=cluster, first=row.text("first"), second=second, label=label)
            case "tag":
                tokens, tags = tagged(row)
                spelled = tuple(one_of(self.labels, tag, self.spellings) for tag in tags)
                return Tagging(uid=uid, cluster=cluster, tokens=tokens, tags=spelled)
            case "span":
                return question(row, uid, paragraph(row), answers(row))
            case "choose":
                return self.choice(row, uid, cluster)
            case "mlm":
                return Passage(uid=uid, cluster=cluster, text=row.text("text"))
        name = str(row["candidate_id"]) if "candidate_id" in row else uid
        return Lookup(
            uid=uid,
            cluster=cluster,
            query=row.text("query"),
            candidate=row.text("candidate"),
            candidate_uid=name,
            gold=(name,),
        )

    def choice(self, row: Row, uid: str, cluster: str) -> Choice:
        """Choices stand in one column as a list or in several; the right one goes by its name in `classes`, or by its
        number from 0 where there are none."""
        named = self.columns.get("choices", "choices")
        choices = row.words("choices") if isinstance(named, str) else tuple(row.text(each) for each in named)
        names = self.classes or tuple(map(str, range(len(choices))))
        answer = names.index(one_of(names, row["answer"], self.spellings))
        return Choice(uid=uid, cluster=cluster, prompt=row.text("prompt"), choices=choices, answer=answer)


def tagged(row: Row) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words and tags, as lists or as text with spaces between; of CoNLL-U the words that have a tag of their own."""
    tokens, tags = (
        tuple(row[name].split()) if isinstance(row[name], str) else row.words(name) for name in ("tokens", "tags")
    )
    if "deprel" not in row:
        return tokens, tags
    own = [place for place, number in enumerate(row.words("id")) if number.isdigit()]
    return tuple(tokens[place] for place in own), tuple(tags[place] for place in own)


def paragraph(row: Row) -> str:
    """What questions on one context have in common."""
    named = next((name for name in ("cluster", "paragraph") if name in row), None)
    return str(row[named]) if named else sha256(row.text("context").encode()).hexdigest()[:12]


def answers(row: Row) -> tuple[Quote, ...]:
    """The answers of a question: SQuAD's list of them, or a single one in columns of its own."""
    if "answers" in row:
        return quotes(row["answers"])
    text, start = row.text("answer"), str(row["start"])
    if not start.isdigit():
        raise Broken(f"has start {start!r}; expected the number of characters before the answer")
    return (Quote(text, int(start)),)


def provenance(task: Own) -> Provenance:
    return Provenance(
        source=f"described in the study, from {len(set(task.contents.values()))} files",
        revision=" ".join(sorted({digest[:12] for digest in task.contents.values()})),
        licence="as its owner says",
        licence_url="as its owner says",
        citation="as its owner says",
        translated="as its owner says",
        redistributable=False,
        test_labels="in the study's own files",
        issues="as its owner says",
    )


def chance(task: Own) -> float:
    """What guessing gives where the number of answers is known, else 0."""
    return 1 / len(task.classes) if task.classes and task.form in {"classify", "choose"} else 0.0


BY_TABLE: Mapping[str, Any] = MappingProxyType(
    {
        "format": lambda task: FORMS[task.form].format,
        "labels": lambda task: task.classes if task.form in {"classify", "tag"} else (),
        "metric": lambda task: task.measured_by,
        "chance": chance,
        "role": lambda task: task.likened_to,
        "source": lambda task: task.train_language,
        "languages": lambda task: {one.code: Variety(one.name, one.script, "native") for one in task.spoken},
        "sizes": lambda task: task.counts,
        "recipe": lambda task: FORMS[task.form].recipe,
        "provenance": provenance,
    }
)
