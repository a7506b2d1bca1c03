"""The kinds of files of a submission: what each looks like."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import ClassVar

from crosswind.leaderboard.files import (
    Refused,
    json_or_none,
    line_of,
    lines_of,
    load_object,
    load_plain,
    load_text,
    refuse_keys,
    refuse_lines,
    repeated,
    told,
)
from crosswind.leaderboard.pairing import Paired, both, by_id, by_line
from crosswind.quantities import counted_things

ROW = re.compile(r"0|[1-9][0-9]*")
PAIR = re.compile(r"(?!en-)[a-z]{2,3}-[0-9]+\ten-[0-9]+")
BLANKED = "Labels of XTREME's download folder are blanked; take those of the original release"
MANY = 20  # a test set with more labels than these has several different ones


class Layout(ABC):
    """How the files of a task look; `suffix` ends their names, `by_place` says that lines answer rows in order."""

    suffix: ClassVar[str]
    by_place: ClassVar[bool] = True

    @abstractmethod
    def pair(self, labels: Path, predictions: Path) -> Paired:
        """Read both files of a language; raises Refused with what is wrong with either."""

    @abstractmethod
    def spell(self, answers: Sequence[tuple[str, str]]) -> str:
        """The file of predictions for examples by id with their answers, in the order of the official file.

        An answer comes as outcome tables have it: tags and rankings are one text with spaces between.
        """


@dataclass(frozen=True, slots=True)
class Labels(Layout):
    """One label a line."""

    suffix: ClassVar[str] = ".tsv"
    labels: tuple[str, ...]

    def pair(self, labels: Path, predictions: Path) -> Paired:
        return by_line(labels, predictions, self.read)

    def spell(self, answers: Sequence[tuple[str, str]]) -> str:
        return one_a_line(answer for _, answer in answers)

    def read(self, path: Path) -> list[str]:
        lines = lines_of(load_plain(path))
        if not set(lines) <= set(self.labels):
            refuse_lines(path, lines, (line in self.labels for line in lines), f"one of {' '.join(self.labels)}")
        return lines


@dataclass(frozen=True, slots=True)
class Rows(Layout):
    """The number of a row on each line, counted from 0."""

    suffix: ClassVar[str] = ".tsv"

    def pair(self, labels: Path, predictions: Path) -> Paired:
        return by_line(labels, predictions, self.read)

    def spell(self, answers: Sequence[tuple[str, str]]) -> str:
        return one_a_line(ranking.partition(" ")[0] for _, ranking in answers)

    def read(self, path: Path) -> list[str]:
        lines = lines_of(load_plain(path))
        expected = "the number of a row such as 12, counted from 0, without brackets or zeros in front"
        refuse_lines(path, lines, map(ROW.fullmatch, lines), expected)
        return lines


@dataclass(frozen=True, slots=True)
class Numbered(Layout):
    """One JSON object a line with a whole number under "label"; other keys are not looked at."""

    suffix: ClassVar[str] = ".jsonl"
    labels: tuple[int, ...]

    def pair(self, labels: Path, predictions: Path) -> Paired:
        paired = by_line(labels, predictions, self.read)
        if len(paired.pairs) > MANY and len({gold for gold, _ in paired.pairs}) == 1:
            found = f"{paired.pairs[0][0]} as the label of all {len(paired.pairs)} lines"
            raise Refused(told(labels, 1, found, "different ones", BLANKED))
        return paired

    def spell(self, answers: Sequence[tuple[str, str]]) -> str:
        return one_a_line(json.dumps({"label": int(answer)}) for _, answer in answers)

    def read(self, path: Path) -> list[int]:
        lines = lines_of(load_plain(path))
        rows = [json_or_none(line) for line in lines]
        good = [isinstance(row, dict) and type(row.get("label")) is int and row["label"] in self.labels for row in rows]
        refuse_lines(path, lines, good, f'a JSON object such as {{"label": {" or ".join(map(str, self.labels))}}}')
        return [row["label"] for row in rows]


@dataclass(frozen=True, slots=True)
class Tags(Layout):
    """One tag a line and a blank line between sentences; answers may also use the tags of `only_answers`."""

    suffix: ClassVar[str] = ".tsv"
    tags: tuple[str, ...]
    only_answers: tuple[str, ...] = ()

    def pair(self, labels: Path, predictions: Path) -> Paired:
        golden, found = both(
            lambda: sentences(labels, self.tags), lambda: sentences(predictions, (*self.tags, *self.only_answers))
        )
        if len(golden) != len(found):
            counts = counted_things(len(found), "sentence"), f"{len(golden)} as in {labels}"
            advice = "One blank line stands between sentences; those that were split for their length are joined again"
            raise Refused(told(predictions, max(1, len(found) - 1 + sum(map(len, found))), *counts, advice))
        uneven = [i for i, (one, other) in enumerate(zip(golden, found, strict=True)) if len(one) != len(other)]
        if uneven:
            first = uneven[0]
            line = first + sum(map(len, found[:first])) + 1
            counts = (
                f"{counted_things(len(found[first]), 'tag')} in sentence {first + 1}",
                f"{len(golden[first])} as in {labels}",
            )
            advice = "Every word of the original sentence needs a tag, also beyond the encoder's longest input"
            raise Refused(told(predictions, line, *counts, advice, len(uneven) - 1))
        return Paired(list(zip(golden, found, strict=True)))

    def spell(self, answers: Sequence[tuple[str, str]]) -> str:
        return "\n".join(one_a_line(tags.split(" ")) for _, tags in answers)


@dataclass(frozen=True, slots=True)
class Pairs(Layout):
    """Two ids a line: a sentence and its English partner. Every pair that either side holds is an example."""

    suffix: ClassVar[str] = ".tsv"
    by_place: ClassVar[bool] = False

    def pair(self, labels: Path, predictions: Path) -> Paired:
        golden, found = both(lambda: self.read(labels), lambda: self.read(predictions))
        every = dict.fromkeys(chain(golden, found))
        return Paired([(golden.get(each, ""), found.get(each, "")) for each in every])

    def spell(self, answers: Sequence[tuple[str, str]]) -> str:
        return one_a_line(f"{name}\t{partner}" for name, partner in answers if partner)

    def read(self, path: Path) -> dict[str, str]:
        """The partner in every line, by line."""
        lines = lines_of(load_plain(path))
        expected = "a sentence's id, a tab and its partner's id, such as 'de-000000017\\ten-000000023'"
        refuse_lines(path, lines, map(PAIR.fullmatch, lines), expected, columns=2)
        first: dict[str, int] = {}
        twice = [number for number, line in enumerate(lines, 1) if first.setdefault(line, number) != number]
        if twice:
            again = lines[twice[0] - 1]
            advice = "Take the repetition out"
            found = f"{again!r} again after line {first[again]}"
            raise Refused(told(path, twice[0], found, "every pair once", advice, len(twice) - 1))
        return {line: line.partition("\t")[2] for line in lines}


@dataclass(frozen=True, slots=True)
class Texts(Layout):
    """Labels in SQuAD's JSON; predictions as one JSON object from a question's id to the text of its answer."""

    suffix: ClassVar[str] = ".json"
    by_place: ClassVar[bool] = False

    def pair(self, labels: Path, predictions: Path) -> Paired:
        golden, found = both(lambda: questions(labels), lambda: self.read(predictions))
        return by_id(golden, found, None)

    def spell(self, answers: Sequence[tuple[str, str]]) -> str:
        return json.dumps(dict(answers), ensure_ascii=False, indent=1) + "\n"

    def read(self, path: Path) -> dict[str, str]:
        found = load_object(path)
        bad = [name for name, value in found.items() if not isinstance(value, str)]
        refuse_keys(path, found, bad, "the text of one answer", "Write the best answer alone, without its score")
        return found


@dataclass(frozen=True, slots=True)
class Rankings(Layout):
    """One JSON object from a query's id to candidates' ids: all that are right, or the best first."""

    suffix: ClassVar[str] = ".json"
    by_place: ClassVar[bool] = False

    def pair(self, labels: Path, predictions: Path) -> Paired:
        golden, found = both(lambda: self.read(labels), lambda: self.read(predictions))
        blank = [name for name, ids in golden.items() if not any(ids)]
        refuse_keys(labels, golden, blank, "at least one id", BLANKED)
        return by_id(golden, found, ())

    def spell(self, answers: Sequence[tuple[str, str]]) -> str:
        rankings = {name: ranking.split(" ") if ranking else [] for name, ranking in answers}
        return json.dumps(rankings, ensure_ascii=False, indent=1) + "\n"

    def read(self, path: Path) -> dict[str, list[str]]:
        found = load_object(path)
        bad = [name for name, value in found.items() if not is_ranking(value)]
        refuse_keys(path, found, bad, "a list of ids, each once", "Write the ids as texts, the best one first")
        return found


def one_a_line(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def sentences(path: Path, tags: Iterable[str]) -> list[list[str]]:
    """The tags of every sentence; raises Refused where one is unknown or a blank line separates nothing."""
    text, allowed = load_plain(path), set(tags)
    idle = [match.end() - 1 for match in re.finditer(r"\A\n|(?<=\n\n)\n", text)]
    if idle:
        line = text.count("\n", 0, idle[0]) + 1
        advice = "A blank line ends a sentence; sentences without words are left out"
        raise Refused(told(path, line, "a blank line after no tag", "a tag", advice, len(idle) - 1))
    found = [lines_of(sentence) for sentence in text.split("\n\n") if sentence]
    if not allowed.issuperset(chain.from_iterable(found)):
        lines = lines_of(text)
        refuse_lines(path, lines, (not line or line in allowed for line in lines), f"one of {' '.join(tags)}")
    return found


def questions(path: Path) -> dict[str, list[str]]:
    """The gold answers of every question of a file in SQuAD's JSON, by the question's id."""
    try:
        asked = [
            (str(question["id"]), [str(answer["text"]) for answer in question["answers"]])
            for article in load_object(path)["data"]
            for paragraph in article["paragraphs"]
            for question in paragraph["qas"]
        ]
    except (KeyError, TypeError) as error:
        found = f"another structure ({type(error).__name__}: {error})"
        expected = "SQuAD's JSON, which has data, paragraphs, qas, id, answers and text"
        raise Refused(told(path, 1, found, expected, "Take the file of the original release")) from None
    golden = dict(asked)
    if len(golden) < len(asked):
        twice = repeated(name for name, _ in asked)
        line, found = line_of(load_text(path), twice[0], 2), f"question {twice[0]!r} again"
        raise Refused(told(path, line, found, "every id once", "Take one of the two out", len(twice) - 1))
    blank = [name for name, answers in golden.items() if not any(answers)]
    refuse_keys(path, golden, blank, "at least one answer", BLANKED)
    return golden


def is_ranking(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value) and len(set(value)) == len(value)
