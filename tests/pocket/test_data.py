"""Pocket's rows: the same in every process, parallel across languages, and free of shortcuts."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from crosswind import pocket
from crosswind.pocket.lexicon import lexicon

Features = Callable[[dict[str, Any]], list[str]]
SPLITS = ("train", "dev", "test")
TEXTS = {"nli": ("premise", "hypothesis"), "paws": ("first", "second"), "tags": ("tokens", "tags")}
GOLDEN = "b0190003fc388c450d21bef5060a28367454818d63d8ae2881459d4c2ea57efd"
PROGRAM = """
import hashlib, json, sys
from crosswind import pocket
assert not {"torch", "transformers"} & set(sys.modules)
digest = hashlib.sha256()
for task in pocket.SIZES:
    for code in pocket.LANGUAGES:
        for split in ("train", "dev", "test"):
            digest.update(json.dumps(list(pocket.rows(task, code, split, 60))).encode())
for code in pocket.LANGUAGES:
    digest.update(json.dumps([list(pocket.sentences(code, 30)), list(pocket.pairs(pocket.PIVOT, code, 30))]).encode())
print(digest.hexdigest())
"""

every_task = pytest.mark.parametrize("task", pocket.SIZES)
every_language = pytest.mark.parametrize("code", pocket.LANGUAGES)


def test_data_are_the_same_in_every_process() -> None:
    """A digest that moves means other numbers for every study on Pocket: raise the VERSION of its tasks."""
    environment = os.environ | {"PYTHONHASHSEED": "123"}
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=environment, check=True)
    assert ran.stdout.strip() == GOLDEN


@every_task
def test_sizes_are_as_declared_and_limits_give_prefixes(task: str) -> None:
    for split in ("dev", "test"):
        whole = list(pocket.rows(task, pocket.PIVOT, split))
        assert len(whole) == pocket.SIZES[task][split]
        assert list(pocket.rows(task, pocket.PIVOT, split, 40)) == whole[:40]
        assert len({row["id"] for row in whole}) == len(whole)
        json.dumps(whole)


@every_task
@every_language
def test_rows_are_parallel(task: str, code: str) -> None:
    for row, other in zip(
        pocket.rows(task, pocket.PIVOT, "test", 60), pocket.rows(task, code, "test", 60), strict=True
    ):
        assert (row["id"], row["cluster"], row.get("label")) == (other["id"], other["cluster"], other.get("label"))
        assert all(other[field] for field in TEXTS[task])


@every_task
def test_splits_share_no_first_sentence(task: str) -> None:
    first = TEXTS[task][0]
    seen = {split: {str(row[first]) for row in pocket.rows(task, pocket.PIVOT, split)} for split in SPLITS}
    assert not seen["train"] & seen["test"]
    assert not seen["train"] & seen["dev"]
    assert not seen["dev"] & seen["test"]


def test_pre_training_text_meets_no_test_sentence() -> None:
    text = set(pocket.sentences(pocket.PIVOT, 4000)) | {pair[0] for pair in pocket.pairs(pocket.PIVOT, "zhelnik", 4000)}
    held = {row[side] for row in pocket.rows("paws", pocket.PIVOT, "test") for side in ("first", "second")}
    assert not text & held


@pytest.mark.parametrize("task", ["nli", "paws"])
def test_each_cluster_has_every_label_once(task: str) -> None:
    labels: dict[str, list[str]] = {}
    for row in pocket.rows(task, pocket.PIVOT, "test"):
        labels.setdefault(row["cluster"], []).append(row["label"])
    kinds = {tuple(sorted(found)) for found in labels.values()}
    assert len(kinds) == 1
    assert all(count == 1 for count in Counter(kinds.pop()).values())


@every_language
def test_every_token_has_a_tag(code: str) -> None:
    known = {"NOUN", "PROPN", "VERB", "ADJ", "ADV", "ADP", "NUM", "PART", "AUX", "PUNCT"}
    for row in pocket.rows("tags", code, "test", 200):
        assert len(row["tokens"]) == len(row["tags"])
        assert set(row["tags"]) <= known
        assert "VERB" in row["tags"]


def words(text: str) -> list[str]:
    return text.rstrip(".").lower().split()


def hypothesis_only(row: dict[str, Any]) -> list[str]:
    return words(row["hypothesis"])


def bags(row: dict[str, Any]) -> list[str]:
    """Which words there are, in either sentence, and how many they share."""
    first, second = (words(row[field]) for field in TEXTS["nli" if "premise" in row else "paws"])
    shared = len(set(first) & set(second))
    counts = [f"shared {shared}", f"only here {len(first) - shared}", f"only there {len(second) - shared}"]
    return [f"1 {word}" for word in first] + [f"2 {word}" for word in second] + counts


def learned(task: str, features: Features) -> float:
    """Test accuracy of logistic regression on counted features of the pivot."""
    train, test = list(pocket.rows(task, pocket.PIVOT, "train", 3999)), list(pocket.rows(task, pocket.PIVOT, "test"))
    index = {name: place for place, name in enumerate({name: None for row in train for name in features(row)})}
    labels = sorted({row["label"] for row in train})
    weights = fit(table(train, features, index), np.array([labels.index(row["label"]) for row in train]), len(labels))
    guessed = (table(test, features, index) @ weights).argmax(1)
    return float((guessed == [labels.index(row["label"]) for row in test]).mean())


def table(rows: list[dict[str, Any]], features: Features, index: dict[str, int]) -> NDArray[np.float32]:
    counts = np.zeros((len(rows), len(index) + 1), np.float32)
    counts[:, -1] = 1
    for line, row in enumerate(rows):
        for name in features(row):
            if name in index:
                counts[line, index[name]] += 1
    return counts


def fit(counts: NDArray[np.float32], gold: NDArray[np.int64], labels: int) -> NDArray[np.float32]:
    weights = np.zeros((counts.shape[1], labels), np.float32)
    velocity = np.zeros_like(weights)
    targets = np.eye(labels, dtype=np.float32)[gold]
    for _ in range(60):
        scores = counts @ weights
        odds = np.exp(scores - scores.max(1, keepdims=True))
        slope = counts.T @ (odds / odds.sum(1, keepdims=True) - targets) / len(counts) + 1e-3 * weights
        velocity = 0.9 * velocity - 0.5 * slope
        weights = weights + velocity
    return weights


@pytest.mark.parametrize(
    ("task", "features", "chance"), [("nli", hypothesis_only, 1 / 3), ("nli", bags, 1 / 3), ("paws", bags, 1 / 2)]
)
def test_shortcuts_stay_near_chance(task: str, features: Features, chance: float) -> None:
    assert learned(task, features) < chance + 0.1


def test_negation_says_nothing_about_the_label() -> None:
    word = lexicon(pocket.PIVOT).form("not")
    rows = list(pocket.rows("nli", pocket.PIVOT, "train"))
    share = {
        label: np.mean([word in words(row["hypothesis"]) for row in rows if row["label"] == label])
        for label in ("entailment", "neutral", "contradiction")
    }
    assert max(share.values()) - min(share.values()) < 0.05


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
    ],
)
def test_unknown_names_are_answered_with_advice(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        next(pocket.rows(*arguments))
