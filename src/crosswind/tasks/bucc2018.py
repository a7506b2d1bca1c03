"""Which sentences of two large texts are translations of each other? To be mined; nothing is trained."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import ClassVar

from crosswind.formats import MINE, Example
from crosswind.formats.mine import OTHER, OWN, Sentence
from crosswind.formats.probe import Layer
from crosswind.sources.base import Reader
from crosswind.sources.published import Folder, Library
from crosswind.sources.readers import Delimited
from crosswind.sources.rows import Left, Row, Unreadable
from crosswind.tasks.base import Provenance, Split
from crosswind.tasks.probed import Probed
from crosswind.tasks.published import XTREME, PublishedTask, varieties


@dataclass(frozen=True, slots=True)
class Mined(Reader):
    """Sentences with their ids in two languages, and a file of the pairs among them: the two sides in turn."""

    num_paths: ClassVar[int] = 3

    def read(self, *paths: Path) -> Iterator[Row]:
        own, other, gold = paths
        sentences, pairs = Delimited("\t", ("id", "text"), "raw"), Delimited("\t", ("own", "other"), "raw")
        partners = {row.text("own"): row.text("other") for row in pairs.read(gold)}
        sides = [[*told(sentences.read(own), OWN, partners)], [*told(sentences.read(other), OTHER, {})]]
        ids = [{row.cells.get("id") for row in side} for side in sides]
        for known, named, path in ((ids[0], partners.keys(), own), (ids[1], partners.values(), other)):
            if missing := set(named) - known:
                raise Unreadable(f"{gold}: names {min(missing)!r}; expected ids that {path} has")
        for number, row in enumerate(each for pair in zip_longest(*sides) for each in pair if each is not None):
            yield row.having(number=number, beside=(str(gold),))


def told(rows: Iterator[Row], side: str, partners: dict[str, str]) -> Iterator[Row]:
    for row in rows:
        yield row.having({"side": side, "partner": partners.get(str(row.cells.get("id")), "")})


def three(stem: str) -> tuple[str, str, str]:
    return f"{stem}.{{code}}", f"{stem}.en", f"{stem}.gold"


class Bucc2018(PublishedTask, Probed):
    layer: Layer = "xtreme"

    format = MINE
    labels = ()
    metric = "pairs_f1"
    chance = 0.0
    role = "bucc"
    source = "en"
    languages = varieties("de fr ru zh", "parallel-found")
    sizes = {"dev": 70_000, "test": 640_000}
    exact_sizes = {
        "dev": {"de": 72_947, "fr": 59_566, "ru": 118_225, "zh": 22_213},
        "test": {"de": 813_206, "fr": 641_684, "ru": 1_019_254, "zh": 183_497},
    }
    recipe = XTREME
    sources = (
        Folder(files={"dev": three("bucc2018/{code}-en.dev")}, reader=Mined()),
        Folder(
            files={
                "dev": three("bucc2018/{code}-en/{code}-en.sample"),
                "test": three("bucc2018/{code}-en/{code}-en.training"),
            },
            reader=Mined(),
        ),
    )
    provenance = Provenance(
        source="the BUCC 2018 shared task as released: its sample as development, its training set as test set",
        revision="the release of 2018 has no versions",
        licence="unknown",
        licence_url="https://comparable.limsi.fr/bucc2018/bucc2018-task.html",
        citation="Zweigenbaum, Sharoff and Rapp (2018), Overview of the Third BUCC Shared Task: Spotting Parallel "
        "Sentences in Comparable Corpora; as part of XTREME, arXiv:2003.11080",
        translated="translations by people from News Commentary, put among sentences of Wikipedia",
        redistributable=False,
        test_labels="public in the original release, left out in XTREME's folder; that of the shared task is not used",
        issues="a text that a side has again is left out and counted, where the reference keeps one copy that is never "
        "right; the hub's copy in google/xtreme has the pairs alone and cannot be mined",
    )

    def rows(self, language: str, split: Split, library: Library) -> Iterator[Row]:
        seen: set[tuple[str, str]] = set()
        for row in super().rows(language, split, library):
            key = (str(row.cells.get("side")), str(row.cells.get("text")))
            yield row.having({"again": key in seen})
            seen.add(key)

    def parse(self, row: Row) -> Example:
        if row["again"]:
            raise Left("the same text stands earlier on its side")
        uid = row.text("id")
        return Sentence(uid=uid, cluster=uid, text=row.text("text"), side=row["side"], partner=row["partner"])
