"""Intermediate tasks: every source gives the same examples, labels go by name, and what is no good is said."""

import json
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import datasets
import pytest

from crosswind import catalog
from crosswind.console.outline import outline
from crosswind.evaluate.metrics import METRICS
from crosswind.formats import CHOOSE, CLASSIFY, SPAN, SPAN_OR_NULL
from crosswind.plan import make_plan, trainings
from crosswind.refusals import repeated_data
from crosswind.sources.published import Folder, Hub, Library, Source
from crosswind.sources.readers import Delimited, JsonLines, SquadJson
from crosswind.sources.rows import Unreadable
from crosswind.sources.word_lines import Columns
from crosswind.stages import chain
from crosswind.store import Store
from crosswind.study import Study, StudyError
from crosswind.study_file import load_study
from crosswind.tasks.base import Reading
from crosswind.tasks.published import PublishedTask
from tests.tasks.fixtures.intermediates import CATEGORIES, ROWS, WRITERS

NAMES = sorted(WRITERS)
MIXTURE = "anli+"
SOURCES = [
    pytest.param(name, number, id=f"{name}-{number}")
    for name in NAMES
    if name != MIXTURE
    for number in range(len(catalog.load("tasks", name).sources))  # type: ignore[attr-defined]
]
LEFT = {
    "mnli": {"no gold label": 1},
    "snli": {"no gold label": 1},
    "anli+": {"no gold label": 2},
    "conll2003": {"a line between documents": 1},
}
SETTINGS: dict[str, dict[str, Any]] = {"ccg": {"listed": CATEGORIES}}
every = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(autouse=True, scope="module")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What `datasets` writes when it reads."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path_factory.mktemp("cache"))
        yield


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Library]:
    @cache
    def lay(name: str) -> Library:
        root = tmp_path_factory.mktemp("data")
        WRITERS[name](root)
        return Library(folders=(str(root),), hub=str(root / "hub"))

    return lay


def task(name: str, **settings: Any) -> PublishedTask:
    made: PublishedTask = catalog.load("tasks", name)(**SETTINGS.get(name, {}) | settings)
    return made


def golds(made: PublishedTask, reading: Reading) -> list[Any]:
    return [made.format.gold(example) for example in reading.examples]  # type: ignore[arg-type]


def expected(made: PublishedTask, example: Any, number: int) -> Any:
    """The gold of row `number` in the fixtures."""
    if made.format is CLASSIFY:
        return made.labels[number % len(made.labels)]
    if made.format is CHOOSE:
        return str(number % len(example.choices))
    if made.format in (SPAN, SPAN_OR_NULL):
        return () if made.format is SPAN_OR_NULL and number % 3 == 2 else (example.context[:3],)
    return made.format.gold(example)


@every
def test_every_split_is_read_with_the_answers_that_the_rows_have(name: str, laid: Callable[[str], Library]) -> None:
    made = task(name)
    for split in made.sizes:
        reading = made.read("en", split, None, laid(name))
        parts = 3 if name == MIXTURE else 1
        assert len(reading.examples) == ROWS * parts
        assert len({example.uid for example in reading.examples}) == ROWS * parts
        assert dict(reading.left) == LEFT.get(name, {})
        assert golds(made, reading) == [expected(made, example, i % ROWS) for i, example in enumerate(reading.examples)]
        assert all(text for example in reading.examples for text in made.format.fields(example).values())


@pytest.mark.parametrize(("name", "number"), SOURCES)
def test_all_sources_give_the_same_examples(
    name: str, number: int, laid: Callable[[str], Library], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, library = task(name), laid(name)
    source = made.sources[number]
    whole = {split: made.read("en", split, None, library) for split in made.sizes}
    for kind in (Folder, Hub):
        has = kind.has
        monkeypatch.setattr(kind, "has", lambda self, wanted, has=has: self is source and has(self, wanted))
    here = [split for split in made.sizes if isinstance(source, Folder | Hub) and split in held(source)]
    assert here
    for split in here:
        reading = made.read("en", split, None, library)
        assert reading.examples == whole[split].examples
        assert len(reading.sources) >= 1
        assert all(("hub" in told) == isinstance(source, Hub) for told in reading.sources)


def held(source: Folder | Hub) -> set[str]:
    return set(source.files if isinstance(source, Folder) else source.splits)


@every
def test_gold_scores_everything_and_shifted_gold_does_not(name: str, laid: Callable[[str], Library]) -> None:
    made = task(name)
    metric = METRICS[made.metric]
    found = golds(made, made.read("en", "dev", None, laid(name)))
    given = [(each[0] if each else "") if made.format in (SPAN, SPAN_OR_NULL) else each for each in found]
    for answers, is_right in ((given, True), ([*given[1:], given[0]], False)):
        rows = [metric.measure(gold, answer, "en") for gold, answer in zip(found, answers, strict=True)]
        scores = metric.scores(metric.totals(rows))
        if is_right:
            assert {scores[key] for key in scores if key != "macro_f1"} == {100.0}
        elif made.format.name != "tag":
            assert scores[metric.main] < 100.0


@every
def test_a_split_that_lies_nowhere_is_said_with_every_place(name: str, tmp_path: Path) -> None:
    made = task(name)
    with pytest.raises(Unreadable, match=r"not found with its labels.*Folders searched"):
        made.read("en", "train", None, Library(folders=(str(tmp_path),), hub=str(tmp_path / "hub")))


def train_file(name: str, root: Path) -> tuple[Path, Folder]:
    """A training file that has rows enough, and how it is read."""
    for source in task(name).sources:
        if isinstance(source, Folder) and "train" in source.files:
            pattern = str(source.files["train"]).format(code="en", round=1, version="2.5")
            return next(root.glob(pattern)), source
    raise AssertionError(name)


def broken(path: Path, source: Folder) -> str:
    """Break a row in the way of its kind of file; what is to be said about it."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    match source.reader:
        case JsonLines():
            lines[1] = '{"strange": 1}\n'
            said = rf"{path.name}:2: has no column '\w+'; its columns are 'strange'"
        case Delimited():
            lines.append("only\n")
            said = rf"{path.name}:\d+: has 1 fields; expected \d+: "
        case SquadJson():
            whole = json.loads("".join(lines))
            del whole["data"][0]["paragraphs"][0]["qas"][1]["answers"]
            lines = [json.dumps(whole)]
            said = rf"{path.name}: data\[0\].paragraphs\[0\].qas\[1\]: has no column 'answers'"
        case Columns():
            lines[-2] = "one two three four five six\n"
            said = rf"{path.name}:\d+: has \d columns .*; expected tokens"
        case _:
            raise AssertionError(source.reader)
    path.write_text("".join(lines), encoding="utf-8", newline="")
    return said


@pytest.mark.parametrize("name", [name for name in NAMES if name != "race"])
def test_a_broken_row_is_said_with_its_place_or_left_out_and_counted(name: str, tmp_path: Path) -> None:
    WRITERS[name](tmp_path)
    said = broken(*train_file(name, tmp_path))
    library = Library(folders=(str(tmp_path),))
    with pytest.raises(Unreadable, match=said):
        task(name).read("en", "train", None, library)
    whole = ROWS * (3 if name == MIXTURE else 1)
    reading = task(name, broken="skip").read("en", "train", None, library)
    assert len(reading.broken) == 1
    assert whole - 1 <= len(reading.examples) <= whole
    assert reading.facts["broken"] == 1


@pytest.mark.parametrize(
    ("name", "file", "column", "wrong", "said"),
    [
        ("snli", "snli_1.0/snli_1.0_train.jsonl", "gold_label", "maybe", "expected one of contradiction, entailment"),
        ("hellaswag", "hellaswag/data/hellaswag_train.jsonl", "label", 4, "has label '4'; expected one of 0, 1, 2, 3"),
        ("socialiqa", "siqa/socialIQa_v1.4_trn.jsonl", "correct", "D", "has label 'D'; expected one of A, B, C"),
        ("boolq", "boolq/train.jsonl", "answer", "perhaps", "has label 'perhaps'; expected one of no, yes"),
        ("copa", "xcopa/train-en.jsonl", "question", "why", "has label 'why'; expected one of cause, effect"),
        ("winogrande", "winogrande_1.1/train_xl.jsonl", "sentence", "a _ b _", "expected one blank in it"),
    ],
)
def test_a_wrong_label_is_said_with_those_that_are_known(
    name: str, file: str, column: str, wrong: Any, said: str, tmp_path: Path
) -> None:
    WRITERS[name](tmp_path)
    path = tmp_path / file
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows[2][column] = wrong
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with pytest.raises(Unreadable, match=rf"{path.name}:3: .*{said}"):
        task(name).read("en", "train", None, Library(folders=(str(tmp_path),)))


# What single tasks do


def test_anli_has_the_rounds_that_are_named(laid: Callable[[str], Library]) -> None:
    every_round = task("anli").read("en", "train", None, laid("anli")).examples
    some = task("anli", rounds=(3, 1)).read("en", "train", None, laid("anli")).examples
    firsts = [example.second for example in every_round]  # type: ignore[attr-defined]
    assert [example.second for example in some] == [*firsts[4:], *firsts[:2]]  # type: ignore[attr-defined]
    assert task("anli", rounds=(1,)).num_rows("en", "train") == 16_946
    assert task("anli").num_rows("en", "train") == task("anli").sizes["train"]


def test_the_mixture_has_every_row_of_its_parts(laid: Callable[[str], Library]) -> None:
    library = laid("anli+")
    for place in (Library(folders=library.folders), Library(hub=library.hub)):
        mixed = task("anli+").read("en", "train", None, place)
        parts = [task(name).read("en", "train", None, place) for name in ("anli", "mnli", "snli")]
        assert [example.uid for example in mixed.examples] == [
            f"{name}-{example.uid}"
            for name, part in zip(("anli", "mnli", "snli"), parts, strict=True)
            for example in part.examples
        ]
        assert mixed.sources == {source: None for part in parts for source in part.sources}
    sizes = [task(name).sizes["train"] for name in ("anli", "mnli", "snli")]
    assert sum(sizes) == task("anli+").sizes["train"]
    with pytest.raises(Unreadable, match=r"anli\+ has no files of its own: name the folders that hold anli, mnli"):
        task("anli+").read("en", "train", None, Library(files={"anli+": {"train": "x.tsv"}}))


def test_files_that_a_study_names_are_read_like_those_of_the_folder(laid: Callable[[str], Library]) -> None:
    for name, file in (("anli", "anli_v1.0/R{round}/train.jsonl"), ("ud-en", "udpos/train-{code}.tsv")):
        root = laid(name).folders[0]
        named = Library(files={name: {"train": f"{root}/{file}"}})
        assert task(name).examples("en", "train", None, named) == task(name).examples("en", "train", None, laid(name))


def test_rows_that_share_a_text_share_a_cluster(laid: Callable[[str], Library]) -> None:
    for name in ("snli", "mnli", "anli", "scitail", "hellaswag", "swag", "race", "squad", "squad_v2"):
        clusters = [example.cluster for example in task(name).read("en", "train", None, laid(name)).examples]
        assert [clusters.index(each) for each in clusters] == [0, 0, 2, 2, 4, 4], name


def test_entities_begin_with_b_whatever_the_copy_says(laid: Callable[[str], Library]) -> None:
    reading = task("conll2003").read("en", "train", None, Library(folders=laid("conll2003").folders))
    for example in reading.examples:
        assert example.tags == ("B-PER", "I-PER", "O", "B-LOC", "B-LOC", "O")  # type: ignore[attr-defined]
    assert reading.left == {"a line between documents": 1}


def test_prompts_are_joined_as_said(laid: Callable[[str], Library]) -> None:
    first = task("hellaswag").read("en", "train", 2, laid("hellaswag")).examples
    assert first[0].choices[1].startswith("gave the")  # type: ignore[attr-defined]
    assert first[1].choices[1].startswith("Then she gave the")  # type: ignore[attr-defined]
    copa = task("copa").read("en", "train", 2, laid("copa")).examples
    assert [example.prompt.rpartition(". ")[2] for example in copa] == [  # type: ignore[attr-defined]
        "What was the cause?",
        "What was the effect?",
    ]
    bare = task("copa", prompt="bare").read("en", "train", 1, laid("copa")).examples
    assert bare[0].prompt.endswith(" cause")  # type: ignore[attr-defined]
    blanks = task("winogrande").read("en", "train", None, laid("winogrande")).examples
    assert [example.prompt == "_" for example in blanks] == [i == 3 for i in range(ROWS)]  # type: ignore[attr-defined]
    assert blanks[0].choices == ("lantern is now number 0.", "barn is now number 0.")  # type: ignore[attr-defined]


# Labels that a licence keeps


def supertags(root: Path, sequence: str = '"ccg"', more: str = "") -> Path:
    text = f"""
name = "supertags"
seeds = [1]
base = {{ model = "pocket" }}
targets = ["pocket-nli"]
{more}
[data]
folders = ["{root}"]
[[arm]]
name = "full"
sequences = [[], [{sequence}]]
"""
    path = root / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def taught(path: Path) -> dict[str, tuple[str, ...]]:
    """The labels of what a study trains on first, by the stage's id."""
    stages = trainings(make_plan(load_study(path)).stages)
    return {stage.id: stage.task.labels for stage in stages if "ccg" in chain(stage)[0]}


@pytest.mark.parametrize("sequence", ['"ccg"', '{ kind = "shuffled", task = "ccg" }'])
def test_labels_are_read_from_the_users_copy_and_are_part_of_the_task(sequence: str, tmp_path: Path) -> None:
    WRITERS["ccg"](tmp_path)
    path = supertags(tmp_path, sequence)
    first = taught(path)
    assert CATEGORIES in first.values()
    labels = tmp_path / "ccg" / "labels.txt"
    labels.write_text(labels.read_text(encoding="utf-8") + "\nS\n", encoding="utf-8")
    second = taught(path)
    assert (*CATEGORIES, "S") in second.values()
    assert not first.keys() & second.keys()


def test_missing_labels_are_said_with_the_command_that_makes_them(tmp_path: Path) -> None:
    WRITERS["ccg"](tmp_path)
    labels = tmp_path / "ccg" / "labels.txt"
    before = labels.read_text(encoding="utf-8")
    labels.unlink()
    with pytest.raises(StudyError, match=r"no ccg/labels\.txt.*beside ccg/ccg\.train.*\.test") as said:
        load_study(supertags(tmp_path))
    assert "arm[1].sequences" in str(said.value)
    assert str(tmp_path) in str(said.value)
    subprocess.run(str(said.value).rpartition("run in ccg/: ")[2], shell=True, check=True, cwd=tmp_path / "ccg")
    assert labels.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("N\nNP\nN\n", r"labels\.txt:3: has the label 'N' of line 1 again"),
        ("N\n\n", r"labels\.txt: lists 1 labels; expected at least two"),
        ("", r"labels\.txt: is empty"),
    ],
)
def test_a_wrong_list_of_labels_is_refused_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    WRITERS["ccg"](tmp_path)
    (tmp_path / "ccg" / "labels.txt").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=said):
        load_study(supertags(tmp_path))


def test_a_category_that_is_not_listed_is_refused_with_file_and_line(tmp_path: Path) -> None:
    WRITERS["ccg"](tmp_path)
    path = tmp_path / "ccg" / "ccg.train"
    path.write_text(path.read_text(encoding="utf-8").replace("the\tNP/N", "the\tNP/X", 1), encoding="utf-8")
    with pytest.raises(Unreadable, match=r"ccg\.train:1: word 3, 'the', has label 'NP/X'; expected one of "):
        task("ccg").read("en", "train", None, Library(folders=(str(tmp_path),)))


def test_a_described_task_takes_the_same_list_and_may_learn_from_it(tmp_path: Path) -> None:
    WRITERS["ccg"](tmp_path)
    table = """
[[task]]
name = "mine"
format = "tag"
files = { test = "ccg/ccg.test" }
kinds = { test = "conll" }
labels = { file = "ccg/labels.txt" }
trains_on = ["ccg"]
languages = ["en"]
"""
    path = supertags(tmp_path, more=table)
    assert load_study(path).described[0].labels == CATEGORIES
    (tmp_path / "ccg" / "labels.txt").unlink()
    with pytest.raises(StudyError, match=r"task\[1\]\.labels.*labels\.txt"):
        load_study(path)


# Data that tasks share


def published() -> dict[str, PublishedTask]:
    made = {name: catalog.load("tasks", name) for name in catalog.FAMILIES["tasks"]}
    return {name: cls() for name, cls in made.items() if issubclass(cls, PublishedTask)}


def places(source: Source, split: str) -> set[Any]:
    match source:
        case Folder() if split in source.files:
            return {source.files[split]}
        case Hub() if split in source.splits:
            return {(source.id, source.config, source.splits[split])}
    return set()


def test_nothing_learns_from_what_tests_another_task() -> None:
    tasks = published()
    trained = {place: name for name, made in tasks.items() for one in made.sources for place in places(one, "train")}
    tested = {place: name for name, made in tasks.items() for one in made.sources for place in places(one, "test")}
    assert {trained[place]: tested[place] for place in trained.keys() & tested.keys()} == {}
    squad = {place for one in tasks["squad"].sources for place in places(one, "dev")}
    assert len(squad) == 2
    assert squad.isdisjoint(trained)  # the paragraphs of XQuAD's English side


def test_tasks_say_of_each_other_that_they_share_data() -> None:
    tasks = published()
    trained: dict[Any, set[str]] = {}
    for name, made in tasks.items():
        for one in made.sources:
            for place in places(one, "train"):
                trained.setdefault(place, set()).add(name)
    for names in trained.values():
        for name in names:
            others = names - {name}
            assert all(other in tasks[name].shares or name in tasks[other].shares for other in others), names
    for made in tasks.values():
        assert set(made.shares) <= catalog.FAMILIES["tasks"].keys()


def study(sequence: tuple[str, ...], *targets: str) -> Study:
    fields: dict[str, Any] = {
        "name": "overlap",
        "seeds": (1,),
        "base": {"model": "org/encoder", "revision": "0" * 40},
        "targets": targets,
        "languages": ("en", "tr", "zh"),
        "arms": ({"name": "full", "sequences": ((), sequence)},),
    }
    return Study.model_validate(fields)


@pytest.mark.parametrize(
    ("before", "target", "is_shared"),
    [
        ("paws", "pawsx", True),
        ("ud-en", "udpos", True),
        ("socialiqa", "xcopa", True),
        ("copa", "xcopa", True),
        ("mnli", "xnli", True),
        ("anli+", "xnli", True),
        ("squad_v2", "xquad", True),
        ("qnli", "mlqa", True),
        ("squad", "lareqa", True),
        ("conll2003", "xglue-ner", True),
        ("snli", "xnli", False),
        ("mnli", "xquad", False),
        ("paws", "xnli", False),
    ],
)
def test_a_plan_warns_of_data_that_a_target_learns_from_anyway(
    before: str, target: str, is_shared: bool, tmp_path: Path
) -> None:
    planned = study((before,), target)
    said = [f"warning: {before} before {target}: both learn from the same data, so a gain is no transfer"]
    assert list(repeated_data(planned)) == (said if is_shared else [])
    told = list(outline(make_plan(planned), Store(tmp_path / "store")))
    assert [line for line in told if line.startswith("warning")] == (said if is_shared else [])


def test_a_target_without_a_test_set_is_refused() -> None:
    with pytest.raises(ValueError, match=r"target hellaswag: has no test set with labels.*in a sequence"):
        make_plan(study(("mnli",), "xnli", "hellaswag"))


def test_targets_learn_from_other_tasks_by_their_own_recipe() -> None:
    stages = {chain(stage): stage for stage in trainings(make_plan(study(("mnli",), "xnli", "xcopa")).stages)}
    assert stages[("mnli",)] is not stages.get(("mnli", "mnli"))
    by_length = {stage.recipe.max_length for names, stage in stages.items() if names == ("mnli", "mnli")}
    assert by_length == {task("xnli").recipe.max_length}
    for names in (("socialiqa",), ("socialiqa", "copa")):
        assert stages[names].recipe == task("xcopa").recipe
    assert stages[("socialiqa", "copa")].head == "carried"
