"""The published target tasks, on small synthetic files in every layout that their sources declare."""

import os
import shutil
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from crosswind import catalog
from crosswind.evaluate.metrics import METRICS
from crosswind.plan import Plan, make_plan, trainings
from crosswind.sources.published import Library
from crosswind.sources.rows import Unreadable
from crosswind.stages import Evaluate
from crosswind.study import Study
from crosswind.tasks.base import POOL, Task
from crosswind.tasks.xquad import PER_ARTICLE
from crosswind.workload import work_units
from tests.tasks.fixtures.targets import CODES, HELD, LAREQA, NUM_ITEMS, NUM_TYDI, PARALLEL, SURFACE, WRITERS

Folders = Callable[[str], Path]
PARTS = ("xtreme", "original", "flat", "hub")
EVERYWHERE = [(name, code) for name, codes in CODES.items() for code in codes]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """The folder that a task's writer filled; the library that reads parquet keeps its own copies elsewhere."""
    import datasets

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path_factory.mktemp("cache"))

        @cache
        def folder(name: str) -> Path:
            made = tmp_path_factory.mktemp(name)
            WRITERS[name](made)
            return made

        yield folder


def task(name: str, **settings: Any) -> Task:
    made: Task = catalog.load("tasks", name)(**settings)
    return made


def library(root: Path, *parts: str) -> Library:
    folders = tuple(str(root / part) for part in parts if part != "hub")
    return Library(folders=folders, hub=str(root / ("hub" if "hub" in parts else "no hub")))


def read(root: Path, name: str, code: str, split: Any, *parts: str, **settings: Any) -> list[Any]:
    return task(name, **settings).examples(code, split, None, library(root, *parts))


def test_every_writer_says_what_it_holds() -> None:
    assert WRITERS.keys() == HELD.keys() == CODES.keys()


@pytest.mark.parametrize(("name", "code"), EVERYWHERE)
def test_all_copies_give_the_same_examples(written: Folders, name: str, code: str) -> None:
    for split in task(name).sizes:
        found = [read(written(name), name, code, split, part) for part, held in HELD[name].items() if split in held]
        assert all(examples for examples in found)
        assert all(examples == found[0] for examples in found[1:])


@pytest.mark.parametrize(("name", "code"), EVERYWHERE)
def test_blank_copies_are_passed_over(written: Folders, name: str, code: str) -> None:
    """The blank copy comes first and there is none beside it, or there is."""
    root, missing = written(name), {"train", "dev", "test"} - set(HELD[name].get("xtreme", ()))
    for split in (missing - {"train"}) & {*task(name).sizes} & {*HELD[name]["original"]}:
        with pytest.raises(Unreadable, match=f"{name} {split} in .*not found with its labels"):
            read(root, name, code, split, "xtreme")
        assert read(root, name, code, split, "xtreme", "original") == read(root, name, code, split, "original")


@pytest.mark.parametrize(("name", "code"), EVERYWHERE)
def test_gold_answers_score_everything(written: Folders, name: str, code: str) -> None:
    made = task(name)
    metric, examples = METRICS[made.metric], read(written(name), name, code, "test", "original")
    golds = [made.format.gold(example) for example in examples]
    answers = [gold[0] if made.metric in {"squad", "mlqa", "cases_passed"} else gold for gold in golds]
    measured = [metric.measure(gold, answer, code) for gold, answer in zip(golds, answers, strict=True)]
    settled = metric.settled(measured, [example.cluster for example in examples])
    assert set(metric.scores(metric.totals(settled)).values()) == {100.0}


@pytest.mark.parametrize("name", PARALLEL)
def test_parallel_sets_share_ids_and_clusters(written: Folders, name: str) -> None:
    names = [
        [(each.uid, each.cluster) for each in read(written(name), name, code, "test", "original")]
        for code in CODES[name]
    ]
    assert all(each == names[0] for each in names)
    assert len(names[0]) == NUM_ITEMS


@pytest.mark.parametrize(("name", "code"), EVERYWHERE)
def test_a_limit_gives_the_beginning(written: Folders, name: str, code: str) -> None:
    place = library(written(name), "original")
    assert task(name).examples(code, "test", 2, place) == task(name).examples(code, "test", None, place)[:2]


def test_labels_of_the_hub_go_by_name(written: Folders) -> None:
    """The hub counts entailment as 0, the task contradiction."""
    labels = [each.label for each in read(written("xnli"), "xnli", "zh", "dev", "hub")]
    assert labels[:3] == ["entailment", "neutral", "contradiction"]


def test_quotes_survive_the_csv_dialect(written: Folders) -> None:
    first = read(written("xnli"), "xnli", "en", "dev", "xtreme")[0]
    assert first.first == '"The lamp in room 0 is green."'


def test_questions_and_paragraphs_of_two_languages(written: Folders) -> None:
    root = written("mlqa")
    plain, crossed = read(root, "mlqa", "zh", "test", "original"), None
    crossed = read(root, "mlqa", "zh", "test", "original", question_language="ar")
    assert [each.uid for each in crossed] == [each.uid for each in plain]
    assert [each.context for each in crossed] == [each.context for each in plain]
    assert all("لون" in each.question for each in crossed)
    assert read(root, "mlqa", "zh", "test", "hub", question_language="ar") == crossed
    assert task("mlqa", question_language="ar").id != task("mlqa").id


def test_clusters_of_mlqa_are_english_paragraphs(written: Folders, tmp_path: Path) -> None:
    """Two languages lack different questions, and agree on those that they have."""
    clusters = [
        {each.uid: each.cluster for each in read(written("mlqa"), "mlqa", code, "test", "original")}
        for code in ("en", "ar", "zh")
    ]
    assert len(clusters[0]) > len(clusters[2])
    assert all(clusters[0][uid] == cluster for some in clusters[1:] for uid, cluster in some.items())
    rows = written("mlqa") / "original" / "MLQA_V1" / "test" / "test-context-zh-question-zh.json"
    copy = tmp_path / "MLQA_V1" / "test" / rows.name
    copy.parent.mkdir(parents=True)
    copy.write_bytes(rows.read_bytes())
    with pytest.raises(Unreadable, match="mlqa test in en: not found"):
        task("mlqa").examples("zh", "test", None, Library(folders=(str(tmp_path),), hub=str(tmp_path)))


def test_questions_know_the_article_of_their_paragraph(written: Folders) -> None:
    for name, code in (("mlqa", "zh"), ("tydiqa", CODES["tydiqa"][0])):
        assert {each.article for each in read(written(name), name, code, "test", "original")} == {"Lamps"}
    for part in ("original", "hub"):  # whose titles differ, the hub's copy having none
        found = read(written("xquad"), "xquad", CODES["xquad"][-1], "test", part)
        assert [each.article for each in found] == [str(int(each.cluster) // PER_ARTICLE) for each in found]


def test_tydiqa_holds_paragraphs_back_for_selection(written: Folders) -> None:
    for code in CODES["tydiqa"]:
        parts = [read(written("tydiqa"), "tydiqa", code, split, "original") for split in ("train", "dev")]
        train, dev = ({each.context for each in part} for part in parts)
        assert not train & dev
        assert sum(map(len, parts)) == NUM_TYDI
        assert 0 < len(parts[1]) < NUM_TYDI / 3


def test_prompts_of_xcopa(written: Folders) -> None:
    ends = {
        name: [each.prompt[-28:] for each in read(written("xcopa"), "xcopa", "tr", "test", "original", prompt=name)[:2]]
        for name in ("xtreme", "jiant", "bare")
    }
    assert [each.endswith(("What was the cause?", "What was the effect?")) for each in ends["xtreme"]] == [True, True]
    assert ends["jiant"][0].endswith("What was the cause of this?")
    assert ends["jiant"][1].endswith("What happened as a result?")
    assert [each.rpartition(" ")[2] for each in ends["bare"]] == ["cause", "effect"]


@pytest.mark.parametrize("code", SURFACE)
def test_fused_words_take_the_place_of_their_parts(written: Folders, code: str) -> None:
    first = read(written("udpos"), "udpos", code, "test", "original")[0]
    assert list(zip(first.tokens, first.tags, strict=True)) == [*SURFACE[code], ("0", "NUM")]


def test_sentences_without_words_are_left_out_and_counted(written: Folders) -> None:
    reading = task("udpos").read("de", "test", None, library(written("udpos"), "original"))
    assert dict(reading.left) == {"its treebank may not show its words": 1}
    assert [each.uid for each in reading.examples] == [str(n) for n in range(NUM_ITEMS)]


def test_sentences_that_were_never_translated_are_left_out_and_counted(written: Folders) -> None:
    reading = task("pawsx").read("de", "test", None, library(written("pawsx"), "original"))
    assert dict(reading.left) == {"a sentence was never translated": 1}
    assert [each.uid for each in reading.examples] == ["1", "2", "4", "5", "6"]


def test_colons_of_the_words_themselves_stay(written: Folders) -> None:
    assert ":" in read(written("panx"), "panx", "en", "test", "original")[0].tokens


def test_tatoeba_asks_in_english_by_code_point_or_in_the_foreign_order(written: Folders) -> None:
    root = written("tatoeba")
    english = read(root, "tatoeba", "de", "test", "original")
    foreign = read(root, "tatoeba", "de", "test", "original", query="foreign")
    assert [each.uid for each in english] == ["0", "2", "4", "1", "3", "5"]
    assert [each.uid for each in foreign] == ["0", "1", "2", "3", "4", "5"]
    swapped = {each.uid: (each.candidate, each.query) for each in foreign}
    assert {each.uid: (each.query, each.candidate) for each in english} == swapped
    assert task("tatoeba").probe.layer_of(12) == 8
    assert task("tatoeba").unperturbed
    assert not task("tatoeba", query="foreign").unperturbed


def test_bucc_leaves_out_what_stands_twice(written: Folders) -> None:
    reading = task("bucc2018").read("ru", "test", None, library(written("bucc2018"), "original"))
    assert dict(reading.left) == {"the same text stands earlier on its side": 1}
    sides = [each.side for each in reading.examples]
    assert sides[:4] == ["own", "other"] * 2
    partners = {each.uid: each.partner for each in reading.examples if each.partner}
    assert partners == {f"ru-{n + 2:09d}": f"en-{n:09d}" for n in range(NUM_ITEMS - 2)}


def test_lareqa_has_one_pool_for_all_languages(written: Folders) -> None:
    root = written("lareqa")
    pool = read(root, "lareqa", POOL, "test", "original")
    names = {each.candidate_uid: each.candidate for each in pool}
    assert len(pool) == len(names) == 11 * 2 * (NUM_ITEMS // 2)
    for example in read(root, "lareqa", "th", "test", "original"):
        assert example.candidates == ()
        assert len(example.gold) == 11
        assert {name.partition("_")[0] for name in example.gold} == set(LAREQA)
        paragraph, sentence = int(example.uid, 16) % 16 // 2, 0
        assert set(example.gold) == {f"{code}_{paragraph + 1}_{sentence}" for code in LAREQA}
    assert names["en_2_1"].startswith("Two cats sleep beside it.The lamp in room 1")


def test_a_pool_without_sentences_is_said_with_its_place(written: Folders, tmp_path: Path) -> None:
    place = damaged(written, "lareqa", tmp_path, swap("sentence_breaks", "pauses"), "**/xquad-r/th.json")
    with pytest.raises(Unreadable, match=r"th\.json: data\[0\]\.paragraphs\[0\]\.qas\[0\]: has no 'sentence_breaks'"):
        task("lareqa").examples(POOL, "test", None, place)


def test_lareqa_learns_from_english_sentences(written: Folders) -> None:
    root = written("lareqa")
    for split in ("train", "dev"):
        rows = [read(root, "lareqa", "en", split, part) for part in ("original", "hub")]
        assert rows[0] == rows[1]
        assert (
            rows[0][0].candidate == "The lamp in room 0 is green.The lamp in room 0 is green. Two cats sleep beside it."
        )
        assert rows[0][2].gold == ("1_0",)
    with pytest.raises(Unreadable, match="lareqa train in de: there is none; it is in en alone"):
        read(root, "lareqa", "de", "train", "original")


def test_mewslix_marks_mentions_and_has_a_pool(written: Folders) -> None:
    root = written("mewslix")
    first = read(root, "mewslix", "de", "test", "original")[0]
    assert first.query == "grün: (1) Die Lampe in Zimmer 0 ist { grün } ."
    assert (first.gold, first.candidates, first.cluster) == (("Q0",), (), "de-0")
    pool = read(root, "mewslix", POOL, "test", "original")
    assert pool == read(root, "mewslix", POOL, "test", "xtreme")
    assert pool[1].candidate == "The lamp in room 1 is green. Two cats sleep beside it."
    taught = read(root, "mewslix", "en", "train", "original")[1]
    assert (taught.candidate_uid, taught.candidate, taught.gold) == ("Q1", pool[1].candidate, ("Q1",))
    assert read(root, "mewslix", "en", "dev", "xtreme")[1] == taught
    with pytest.raises(Unreadable, match="mewslix train in de: there is none"):
        read(root, "mewslix", "de", "train", "original")


def test_a_case_fails_with_one_of_its_questions(written: Folders) -> None:
    examples = read(written("multichecklist"), "multichecklist", "en", "test", "original")
    metric = METRICS["cases_passed"]
    measured = [metric.measure(("green",), "red" if n == 3 else "a green.", "en") for n in range(NUM_ITEMS)]
    totals = metric.totals(metric.settled(measured, [each.cluster for each in examples]))
    assert totals == {"passed": 2.0, "n": 3.0}


def test_every_file_that_is_read_is_recorded(written: Folders) -> None:
    names = {
        name: set(task(name).read(code, "test", None, library(written(name), "original")).facts["sources"])
        for name, code in (("tatoeba", "de"), ("bucc2018", "zh"), ("mlqa", "ar"), ("lareqa", "th"), ("xquad", "th"))
    }
    assert names == {
        "tatoeba": {"tatoeba.deu-eng.deu", "tatoeba.deu-eng.eng"},
        "bucc2018": {"zh-en.training.zh", "zh-en.training.en", "zh-en.training.gold"},
        "mlqa": {"test-context-en-question-en.json", "test-context-ar-question-ar.json"},
        "lareqa": {f"{code}.json" for code in LAREQA},
        "xquad": {"xquad.th.json"},
    }


def test_a_commit_is_forty_digits_or_awaits_one() -> None:
    for name in WRITERS:
        for source in task(name).sources:  # type: ignore[attr-defined]
            revision = getattr(source, "revision", "to verify")
            assert revision == "to verify" or (len(revision) == 40 and int(revision, 16))


def damaged(written: Folders, name: str, tmp_path: Path, changes: Callable[[bytes], bytes], file: str) -> Library:
    """A copy of a release in which the files that match were changed."""
    folder = tmp_path / "damaged"
    shutil.copytree(written(name) / "original", folder)
    found = list(folder.glob(file))
    assert found, f"no {file} to damage"
    for path in found:
        before = path.read_bytes()
        path.write_bytes(changes(before))
        assert path.read_bytes() != before
    return Library(folders=(str(folder),), hub=str(tmp_path))


def swap(old: str, new: str) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(old.encode(), new.encode(), 1)


DAMAGES = [
    ("xnli", "en", "**/xnli.test.tsv", swap("\t2\n", "\n"), r"xnli\.test\.tsv:4: has 4 fields; expected 5: language"),
    (
        "xnli",
        "en",
        "**/xnli.test.tsv",
        swap("language", "tongue"),
        r"test\.tsv:2: has no column 'language', which says",
    ),
    (
        "xnli",
        "ar",
        "**/xnli.test.tsv",
        swap("neutral", "unclear"),
        r":3: has label 'unclear'; expected one of contradi",
    ),
    (
        "pawsx",
        "en",
        "**/en/test_2k.tsv",
        swap("sentence1", "first"),
        r"2k\.tsv:2: has no column 'sentence1'; its columns",
    ),
    (
        "pawsx",
        "en",
        "**/en/test_2k.tsv",
        swap("\t1\n", "\t7\n"),
        r"test_2k\.tsv:3: has label '7'; expected one of 0, 1",
    ),
    ("pawsx", "en", "**/en/test_2k.tsv", swap("\n2\t", "\n1\t"), r"test_2k\.tsv:3: has the id '1' of an earlier row"),
    (
        "xquad",
        "en",
        "**/xquad.en.json",
        swap('start": 2', 'start": 3'),
        r"qas\[0\]: example '5b0000': answer 'green' should",
    ),
    (
        "xquad",
        "ar",
        "**/xquad.ar.json",
        swap("5b0001", "5b0000"),
        r"paragraphs\[0\]\.qas\[1\]: has the id '5b0000' of an ear",
    ),
    (
        "xquad",
        "ar",
        "**/xquad.ar.json",
        swap('"paragraphs"', '"parts"'),
        r"ar\.json: data\[0\] has no list 'paragraphs'",
    ),
    (
        "xquad",
        "ar",
        "**/xquad.ar.json",
        swap('"text"', '"said"'),
        r"qas\[0\]: has the answer .*expected its text and the",
    ),
    (
        "mlqa",
        "zh",
        "**/*test-context-zh-question-zh.json",
        swap("a001", "b001"),
        r"has the id 'b001', which the English",
    ),
    ("tydiqa", "en", "tydiqa-goldp-v1.1-dev.json", swap("}", ""), r"dev\.json:1: is no JSON"),
    (
        "xcopa",
        "tr",
        "**/test.tr.jsonl",
        swap('"effect"', '"reason"'),
        r"test\.tr\.jsonl:2: has label 'reason'; expected one",
    ),
    ("xcopa", "tr", "**/test.tr.jsonl", swap("{", "["), r"test\.tr\.jsonl:1: is no JSON"),
    (
        "xcopa",
        "tr",
        "**/test.tr.jsonl",
        swap('"label": 0', '"label": 3'),
        r"jsonl:1: has label 3; expected one of 0, 1",
    ),
    ("panx", "ar", "**/ar/test", swap("B-PER", "B-DOG"), r"ar/test:1: has label 'B-DOG'; expected one of O, B-PER"),
    (
        "panx",
        "ar",
        "**/ar/test",
        swap("\tB-PER", "\tB-PER\tx"),
        r"ar/test:2: has 3 columns .*expected prefixed and tags",
    ),
    (
        "udpos",
        "de",
        "**/de_lamps-ud-test.conllu",
        swap("\tPRON\t", "\tPRO\t"),
        r"test\.conllu:1: has label 'PRO'; expected",
    ),
    (
        "udpos",
        "de",
        "**/de_lamps-ud-test.conllu",
        swap("3-4", "3-9"),
        r"conllu:1: has the id '3-9'; expected a range of",
    ),
    (
        "udpos",
        "de",
        "**/de_lamps-ud-test.conllu",
        swap("\tPRON\t", "\t"),
        r"conllu:1: has the line .*expected 10 columns",
    ),
    ("tatoeba", "de", "**/tatoeba.deu-eng.eng", swap("\n", "\n\n"), r"has 6 lines and .* has 7; expected as many"),
    (
        "bucc2018",
        "de",
        "**/de-en.training.gold",
        swap("de-0", "de-9"),
        r"training\.gold: names 'de-900000002'; expected ids",
    ),
    ("bucc2018", "de", "**/de-en.training.de", swap("\t", " "), r"training\.de:1: has 1 fields; expected 2: id, text"),
    (
        "lareqa",
        "th",
        "**/xquad-r/th.json",
        swap("sentence_breaks", "pauses"),
        r"th\.json: data\[0\]\.paragraphs\[0\].*has no column 'sentence_breaks'",
    ),
    (
        "mewslix",
        "ja",
        "**/test-ja.jsonl",
        swap('"text": "緑色"', '"text": "赤色"'),
        r"test-ja\.jsonl:1: has the mention .*check the off",
    ),
    (
        "mewslix",
        "ja",
        "**/test-ja.jsonl",
        swap('"entity_id": "Q1"', '"entity_id": ""'),
        r"jsonl:2: has no entity for the",
    ),
    (
        "xglue-ner",
        "de",
        "**/de.test",
        swap("B-PER", "B-DOG"),
        r"de\.test:1: has label 'B-DOG'; expected one of O, B-PER",
    ),
    (
        "xglue-nc",
        "ru",
        "**/*.ru.test",
        swap("sports", "chess"),
        r"nc\.ru\.test:1: has label 'chess'; expected one of auto",
    ),
    (
        "xglue-qam",
        "de",
        "**/*.de.test",
        swap("\t0\n", "\n"),
        r"qam\.de\.test:1: has 2 fields; expected 3: question, pas",
    ),
]


@pytest.mark.parametrize(("name", "code", "file", "change", "told"), DAMAGES)
def test_damage_is_said_with_its_place(
    written: Folders, tmp_path: Path, name: str, code: str, file: str, change: Any, told: str
) -> None:
    with pytest.raises(Unreadable, match=told):
        task(name).examples(code, "test", None, damaged(written, name, tmp_path, change, file))


FIRST_OF = [(name, codes[0]) for name, codes in CODES.items()]


def first_file(written: Folders, name: str, code: str) -> str:
    reading = task(name).read(code, "test", 1, library(written(name), "original"))
    return str(Path(next(iter(reading.sources))).relative_to(written(name) / "original"))


@pytest.mark.parametrize(("name", "code"), FIRST_OF)
def test_marks_of_windows_change_nothing(written: Folders, tmp_path: Path, name: str, code: str) -> None:
    place = damaged(written, name, tmp_path, lambda data: b"\xef\xbb\xbf" + data, first_file(written, name, code))
    assert task(name).examples(code, "test", None, place) == read(written(name), name, code, "test", "original")
    for path in Path(place.folders[0]).rglob("*.*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert task(name).examples(code, "test", None, place) == read(written(name), name, code, "test", "original")


@pytest.mark.parametrize(("name", "code"), FIRST_OF)
def test_another_encoding_is_said_with_its_line(written: Folders, tmp_path: Path, name: str, code: str) -> None:
    file = first_file(written, name, code)
    place = damaged(written, name, tmp_path, lambda data: data.rstrip() + b"\nZimmer gr\xfcn\n", file)
    with pytest.raises(Unreadable, match=rf"{Path(file).name}:\d+: is not UTF-8: byte 0xfc .*save it again"):
        task(name).examples(code, "test", None, place)


@pytest.mark.parametrize(("name", "code"), FIRST_OF)
def test_an_empty_file_is_said(written: Folders, tmp_path: Path, name: str, code: str) -> None:
    file = first_file(written, name, code)
    place = damaged(written, name, tmp_path, lambda _: b"", file)
    with pytest.raises(Unreadable, match=rf"{Path(file).name}: is empty; expected at least one row"):
        task(name).examples(code, "test", None, place)


@pytest.mark.parametrize(("name", "code"), [("xnli", "en"), ("xquad", "ar"), ("panx", "ar"), ("xcopa", "tr")])
def test_broken_rows_may_be_skipped(written: Folders, tmp_path: Path, name: str, code: str) -> None:
    """The others keep their ids."""
    file, change = {
        "xnli": ("**/xnli.test.tsv", swap("en\tneutral", "en\tunclear")),
        "xquad": ("**/xquad.ar.json", swap('start": 2', 'start": 3')),
        "panx": ("**/ar/test", swap("B-PER", "B-DOG")),
        "xcopa": ("**/test.tr.jsonl", swap("{", "[")),
    }[name]
    reading = task(name, broken="skip").read(code, "test", None, damaged(written, name, tmp_path, change, file))
    assert len(reading.broken) == reading.facts["broken"] == 1
    assert set(reading.examples) < set(read(written(name), name, code, "test", "original"))
    assert len(reading.examples) == NUM_ITEMS - 1


def test_a_broken_row_moves_no_row_of_another_language(written: Folders, tmp_path: Path) -> None:
    place = damaged(written, "xnli", tmp_path, swap("\t2\n", "\n"), "**/xnli.test.tsv")
    reading = task("xnli", broken="skip").read("zh", "test", None, place)
    assert reading.examples == read(written("xnli"), "xnli", "zh", "test", "original")
    assert len(reading.broken) == 1


DATA = os.environ.get("CROSSWIND_DATA")
REAL = pytest.mark.skipif(not DATA, reason="needs real files: CROSSWIND_DATA names no folder")


def real(name: str, code: str, split: Any = "test", **settings: Any) -> list[Any]:
    return task(name, **settings).examples(code, split, None, Library(folders=(str(DATA),), hub=str(DATA)))


@REAL
def test_real_xquad_is_parallel() -> None:
    names = {code: [(each.uid, each.cluster) for each in real("xquad", code)] for code in task("xquad").languages}
    assert len(names) == 12
    assert all(each == names["en"] for each in names.values())
    assert len(names["en"]) == 1_190
    assert len({cluster for _, cluster in names["en"]}) == 240


@REAL
@pytest.mark.parametrize("code", task("xcopa").languages)
def test_real_xcopa_is_complete(code: str) -> None:
    for split, size in (("dev", 100), ("test", 500)):
        assert [each.uid for each in real("xcopa", code, split)] == [str(n) for n in range(size)]
    assert sum(each.answer for each in real("xcopa", code)) == 250


@REAL
@pytest.mark.parametrize("code", task("tatoeba").languages)
def test_real_tatoeba_has_its_sizes_and_its_order(code: str) -> None:
    stem = task("tatoeba").sources[0].codes[code]  # type: ignore[attr-defined]
    if not Path(str(DATA), "tatoeba", f"tatoeba.{stem}-eng.eng").exists():
        pytest.skip(f"no Tatoeba in {code} there")
    examples = real("tatoeba", code)
    assert len(examples) == task("tatoeba").num_rows(code, "test")
    labels = Path(str(DATA), "xtreme-mock", "labels", "tatoeba", f"test-{code}.tsv")
    if labels.exists():
        golden = [line.strip("[] ") for line in labels.read_text(encoding="utf-8").splitlines()]
        assert [each.gold[0] for each in examples[: len(golden)]] == golden


UD = [("de", "test"), ("en", "dev"), ("en", "test"), ("ru", "test"), ("tr", "test"), ("zh", "test")]


@REAL
@pytest.mark.parametrize(("code", "split"), UD)
def test_real_treebanks_are_counted_right(code: str, split: str) -> None:
    """Counted again from the lines: whole words, and fused ones in place of their parts."""
    (path,) = Path(str(DATA), "ud").glob(f"{code}_*-ud-{split}.conllu")
    sentences, inside, tags = 0, 0, Counter[str]()
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split("\t")
        sentences += line.startswith("# sent_id")
        if len(fields) == 10 and "-" in fields[0]:
            first, last = map(int, fields[0].split("-"))
            inside = last - first + 1
            tags["fused"] += 1
        elif len(fields) == 10 and "." not in fields[0]:
            tags[fields[3] if inside == 0 else "inside"] += 1
            inside = max(0, inside - 1)
    examples = real("udpos", code, split)
    found = Counter(tag for each in examples for tag in each.tags)
    assert len(examples) == sentences
    assert found.total() == tags.total() - tags["inside"]
    assert sum((found - tags).values()) == tags["fused"]
    assert all(found[tag] >= tags[tag] for tag in found)
    assert not any(" " in word or not word for each in examples for word in each.tokens)


def planned(**fields: Any) -> Plan:
    target = {"name": "targets", "base": {"model": "pocket"}, "seeds": (1,), "arms": ({"name": "full"},)}
    return make_plan(Study.model_validate(target | {"limit": {"train": 8, "dev": 4, "test": 4}} | fields))


def test_copa_is_learned_with_the_prompt_of_xcopa() -> None:
    plan = planned(targets=({"kind": "xcopa", "prompt": "bare"},), languages=("tr",))
    taught = {data.task.id for stage in trainings(plan.stages) for data in stage.data}  # type: ignore[union-attr]
    assert taught == {task("socialiqa").id, task("copa", prompt="bare").id}


def test_perturbations_do_not_touch_english_queries() -> None:
    targets = ("tatoeba", {"kind": "tatoeba", "query": "foreign"})
    plan = planned(targets=targets, languages=("de",), conditions=({"perturbation": "typo_edit", "severities": (1,)},))
    reasons = {cell.target: cell.reason for cell in plan.cells if cell.condition == "typo_edit"}
    assert reasons["tatoeba"].endswith('its queries are English; query = "foreign" asks the other way')
    assert reasons["tatoeba(query=foreign)"] == ""


def test_sizes_for_estimates_are_those_of_the_language() -> None:
    plan = planned(targets=("mlqa",), languages=("hi",), limit={})
    (size,) = {work_units(stage) for stage in plan.stages.values() if isinstance(stage, Evaluate)}
    assert size == task("mlqa").num_rows("hi", "test") == 4_918
