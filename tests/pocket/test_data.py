"""Pocket's rows: the same in every process, parallel across languages, and free of shortcuts."""

import json
import os
import runpy
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crosswind import pocket
from crosswind.pocket.languages import canonical
from crosswind.pocket.lexicon import TAGS, lexicon

AUDIT = runpy.run_path(str(Path(__file__).parents[2] / "tools/pocket_audit.py"))
SPLITS = ("train", "dev", "test")
TEXTS = {
    "nli": ("premise", "hypothesis"),
    "paws": ("first", "second"),
    "copa": ("prompt", "choices"),
    "tags": ("tokens", "tags"),
    "ner": ("tokens", "tags"),
    "qa": ("context", "question"),
    "tatoeba": ("query", "candidate"),
    "lareqa": ("candidate", "query"),
    "bucc": ("text",),
    "tense": ("text",),
    "owning": ("story", "claim"),
    "text": ("text",),
}
SAME = ("id", "cluster", "label")
DESCRIBED = "taruvik~order=SOV"
GOLDEN = {
    "nli paws copa tags ner qa tatoeba lareqa tense owning": (
        "9602b6f35b18c3e111a3f48fcab2303c9182afac37770ff3db4005b508c981b9"
    ),
    "text": "37ef624d9a6e0702473ae9226060b0ca5a0201250e95ed9e1b2a37adbb3ce5c2",
    "bucc": "d0751601e3f3554e45ab6a8b1f359761d970b0b4aeeb6bfdd929a038dc82130d",
}
PROGRAM = """
import hashlib, json, sys
from crosswind import pocket
assert not {"torch", "transformers"} & set(sys.modules)
digest = hashlib.sha256()
for task in sys.argv[1:]:
    for code in (*pocket.LANGUAGES, "taruvik~order=SOV"):
        for split in pocket.SIZES[task]:
            digest.update(json.dumps(list(pocket.rows(task, code, split, 15))).encode())
            digest.update(json.dumps(list(pocket.rows(task, code, split, 5, seed=2, size=0.3))).encode())
for code in pocket.LANGUAGES:
    digest.update(json.dumps([list(pocket.sentences(code, 30)), list(pocket.pairs(pocket.PIVOT, code, 30))]).encode())
print(digest.hexdigest())
"""

every_task = pytest.mark.parametrize("task", pocket.SIZES)
every_language = pytest.mark.parametrize("code", pocket.LANGUAGES)


@pytest.mark.parametrize("tasks", GOLDEN)
def test_data_are_the_same_in_every_process(tasks: str) -> None:
    """A digest that moves means other numbers for every study on Pocket: raise the VERSION of its tasks."""
    environment = os.environ | {"PYTHONHASHSEED": "123"}
    command = [sys.executable, "-c", PROGRAM, *tasks.split()]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert ran.stdout.strip() == GOLDEN[tasks]


def test_all_data_are_held_still() -> None:
    assert set(" ".join(GOLDEN).split()) == pocket.SIZES.keys()


@every_task
def test_sizes_are_as_declared_and_limits_give_prefixes(task: str) -> None:
    for split in set(pocket.SIZES[task]) - {"train"}:
        whole = list(pocket.rows(task, pocket.PIVOT, split))
        assert len(whole) == pocket.SIZES[task][split]
        assert list(pocket.rows(task, pocket.PIVOT, split, 40)) == whole[:40]
        assert len({row["id"] for row in whole}) == len(whole)
        json.dumps(whole)


@pytest.mark.parametrize("code", [*pocket.LANGUAGES, DESCRIBED])
@every_task
def test_rows_are_parallel(task: str, code: str) -> None:
    for row, other in zip(
        pocket.rows(task, pocket.PIVOT, "test", 40), pocket.rows(task, code, "test", 40), strict=True
    ):
        assert row.keys() == other.keys()
        assert [row.get(field) for field in SAME] == [other.get(field) for field in SAME]
        assert type(row.get("answer")) is str or row.get("answer") == other.get("answer")
        assert all(other[field] for field in TEXTS[task])
        if "tokens" in row:
            assert len(other["tokens"]) == len(other["tags"])


@pytest.mark.parametrize("task", [task for task in pocket.SIZES if "train" in pocket.SIZES[task]])
def test_splits_share_no_first_sentence(task: str) -> None:
    """Questions aside: one that does not name who took part can be asked in any split."""
    field = TEXTS[task][0]
    seen = {
        split: {text for row in pocket.rows(task, pocket.PIVOT, split, 2000) if "?" not in (text := str(row[field]))}
        for split in SPLITS
    }
    assert not seen["train"] & seen["test"]
    assert not seen["train"] & seen["dev"]
    assert not seen["dev"] & seen["test"]


@every_task
def test_a_seed_gives_other_events_and_a_size_restricts_their_concepts(task: str) -> None:
    rows = list(pocket.rows(task, pocket.PIVOT, "test", 100))
    assert list(pocket.rows(task, pocket.PIVOT, "test", 100, seed=pocket.SEED)) == rows
    others = list(pocket.rows(task, pocket.PIVOT, "test", 100, seed=pocket.SEED + 1))
    first = TEXTS[task][0]
    assert sum(str(row[first]) == str(other[first]) for row, other in zip(rows, others, strict=True)) < 5
    few = list(pocket.rows(task, pocket.PIVOT, "test", 100, size=0.1))
    assert len(few) == 100
    assert len(vocabulary(task, few)) < 0.75 * len(vocabulary(task, rows))


def vocabulary(task: str, rows: list[dict[str, Any]]) -> set[str]:
    return {word.strip("[]',\"") for row in rows for field in TEXTS[task] for word in str(row[field]).lower().split()}


@every_task
def test_the_smallest_world_has_rows_of_every_split(task: str) -> None:
    for split in pocket.SIZES[task]:
        assert len(list(pocket.rows(task, pocket.PIVOT, split, 50, size=0.01))) == 50


def test_two_spellings_of_a_language_give_the_same_rows() -> None:
    spelled = "taruvik~order=SOV,adjective=before"
    assert canonical(spelled) == DESCRIBED
    for task in set(pocket.SIZES) - {"lareqa"}:
        same = zip(pocket.rows(task, spelled, "test", 20), pocket.rows(task, DESCRIBED, "test", 20), strict=True)
        assert all(row == other for row, other in same)


def test_pre_training_text_meets_no_test_sentence() -> None:
    text = set(pocket.sentences(pocket.PIVOT, 4000)) | {pair[0] for pair in pocket.pairs(pocket.PIVOT, "zhelnik", 4000)}
    held = {row[side] for row in pocket.rows("paws", pocket.PIVOT, "test") for side in ("first", "second")}
    assert not text & held


@pytest.mark.parametrize("task", ["nli", "paws", "owning"])
def test_each_cluster_has_every_label_once(task: str) -> None:
    labels: dict[str, list[str]] = {}
    for row in pocket.rows(task, pocket.PIVOT, "test"):
        labels.setdefault(row["cluster"], []).append(row["label"])
    kinds = {tuple(sorted(found)) for found in labels.values()}
    assert len(kinds) == 1
    assert all(count == 1 for count in Counter(kinds.pop()).values())


@every_language
def test_every_token_has_a_tag(code: str) -> None:
    known = {*TAGS.values(), "PUNCT"}
    for row in pocket.rows("tags", code, "test", 200):
        assert len(row["tokens"]) == len(row["tags"])
        assert set(row["tags"]) <= known
        assert "VERB" in row["tags"]


@pytest.mark.parametrize(
    ("task", "shortcut", "chance"),
    [
        ("nli", AUDIT["alone"]("nli", 1), 1 / 3),
        ("nli", AUDIT["lengths"]("nli"), 1 / 3),
        ("nli", AUDIT["bags"]("nli"), 1 / 3),
        ("paws", AUDIT["alone"]("paws", 1), 1 / 2),
        ("paws", AUDIT["bags"]("paws"), 1 / 2),
        ("paws", AUDIT["differences"]("paws"), 1 / 2),
        ("owning", AUDIT["alone"]("owning", 1), 1 / 2),
        ("owning", AUDIT["bags"]("owning"), 1 / 2),
    ],
)
def test_shortcuts_stay_near_chance(task: str, shortcut: Any, chance: float) -> None:
    train, test = list(pocket.rows(task, pocket.PIVOT, "train", 3000)), list(pocket.rows(task, pocket.PIVOT, "test"))
    assert AUDIT["learned"](train, test, shortcut) < chance + 0.08


def test_choices_alone_say_nothing() -> None:
    train, test = (list(pocket.rows("copa", pocket.PIVOT, split, 2000)) for split in ("train", "test"))
    assert AUDIT["chosen"](train, test, lambda _, choice: AUDIT["words"](choice)) == pytest.approx(0.5, abs=0.05)
    assert AUDIT["chosen"](train, test, AUDIT["ends"]) == pytest.approx(0.5, abs=0.08)


def test_the_easy_task_is_easy() -> None:
    train, test = (list(pocket.rows("tense", pocket.PIVOT, split, 2000)) for split in ("train", "test"))
    assert AUDIT["learned"](train, test, AUDIT["alone"]("tense", 0)) > 0.95


def test_negation_says_nothing_about_the_label() -> None:
    word = lexicon(pocket.PIVOT).form("not")
    rows = list(pocket.rows("nli", pocket.PIVOT, "train"))
    share = {
        label: np.mean([word in AUDIT["words"](row["hypothesis"]) for row in rows if row["label"] == label])
        for label in ("entailment", "neutral", "contradiction")
    }
    assert max(share.values()) - min(share.values()) < 0.05


@pytest.mark.parametrize("code", [pocket.PIVOT, "zhelnik"])
def test_raw_text_to_train_on_has_no_sentence_of_any_test_set(code: str) -> None:
    known = {row["text"] for split in ("train", "dev") for row in pocket.rows("text", code, split)}
    assert len(known) > 7000
    for task in pocket.SIZES.keys() - {"owning"}:  # whose splits differ in stories, not in single sentences
        for row in pocket.rows(task, code, "test"):
            whole = {row[field] for field in TEXTS[task] if isinstance(row[field], str)}
            assert not known & whole, task


def test_streams_of_text_differ_between_languages_and_recur_in_pairs() -> None:
    text = list(pocket.sentences(pocket.PIVOT, 10))
    assert text == list(pocket.sentences(pocket.PIVOT, 20))[:10]
    assert all(first != second for first, second in pairwise(text))
    assert len(list(pocket.pairs(pocket.PIVOT, "tingsao", 7))) == 7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nil", "zhelnik", "test"), "did you mean 'nli'"),
        (("nli", "zelnik", "test"), "did you mean 'zhelnik'"),
        (("nli", "zhelnik", "validation"), "allowed: dev, test, train"),
        (("nli", "zhelnik", "test", -1), "limit is -1"),
        (("nli", "zhelnik", "test", 1, 1, 0.0), "size is 0"),
        (("nli", "zhelnik~ordr=SOV", "test"), "did you mean 'order'"),
        (("tatoeba", "zhelnik", "train"), "'train' is not a split of tatoeba"),
    ],
)
def test_unknown_names_are_answered_with_advice(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        next(pocket.rows(*arguments))
