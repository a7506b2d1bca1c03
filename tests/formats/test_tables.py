"""Examples as parquet files."""

from dataclasses import dataclass
from pathlib import Path

import polars
import pytest

from crosswind.formats import CLASSIFY, FORMATS, MINE, RETRIEVE, SPAN, TAG
from crosswind.formats.base import Example
from crosswind.formats.classify import Classification
from crosswind.formats.mine import OTHER, OWN, Sentence
from crosswind.formats.retrieve import Candidate, Lookup, entry
from crosswind.formats.span import Question, Quote
from crosswind.formats.tables import column_type, read_examples, read_slices, write_examples
from crosswind.formats.tag import Tagging

TEXT = "a\tb\n\"c\" 𝒳 \u200c é ''"
ONE = {"uid": "1", "cluster": "p"}
CASES = {
    "no second text": (CLASSIFY, [Classification(**ONE, first=TEXT, label="x")]),
    "a second text and none": (
        CLASSIFY,
        [Classification(**ONE, first="a", label="x"), Classification(**ONE, first="a", second="", label="x")],
    ),
    "no words": (TAG, [Tagging(**ONE, tokens=(), tags=()), Tagging(**ONE, tokens=("", TEXT), tags=("O", "O"))]),
    "no answers": (SPAN, [Question(**ONE, question="q", context=TEXT, answers=())]),
    "some answers": (
        SPAN,
        [
            Question(**ONE, question="q", context=TEXT, answers=()),
            Question(**ONE, question="q", context=TEXT, answers=(Quote("a", 0), Quote("𝒳", 8))),
        ],
    ),
    "no gold": (RETRIEVE, [Lookup(**ONE, query="q", candidate="c", candidate_uid="u", gold=())]),
    "both sides": (
        MINE,
        [Sentence(**ONE, text=TEXT, side=OWN, partner="2"), Sentence(**ONE, text="", side=OTHER)],
    ),
    "other candidates and none": (
        RETRIEVE,
        [
            Lookup(**ONE, query="q", candidate="c", candidate_uid="u", gold=("u", "v")),
            Lookup(
                **ONE,
                query="q",
                candidate="c",
                candidate_uid="u",
                gold=("u",),
                others=(Candidate("v", TEXT), Candidate("w", "")),
            ),
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_written_is_read(name: str, tmp_path: Path) -> None:
    form, examples = CASES[name]
    path = tmp_path / "examples.parquet"
    write_examples(path, form, examples)  # type: ignore[arg-type]
    assert read_examples(path, form) == examples  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_slices_are_the_whole(size: int, tmp_path: Path) -> None:
    path, examples = tmp_path / "examples.parquet", [entry(str(i), TEXT * i) for i in range(7)]
    write_examples(path, RETRIEVE, examples)
    slices = list(read_slices(path, RETRIEVE, size))
    assert [each for part in slices for each in part] == examples
    assert max(map(len, slices)) <= size
    write_examples(path, RETRIEVE, [])
    assert list(read_slices(path, RETRIEVE, size)) == []


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_an_empty_table_keeps_its_columns(form: object, tmp_path: Path) -> None:
    path = tmp_path / "examples.parquet"
    write_examples(path, form, [])  # type: ignore[arg-type]
    assert read_examples(path, form) == []  # type: ignore[arg-type]
    assert polars.read_parquet_schema(path)["uid"] == polars.String


def test_the_columns_are_the_fields(tmp_path: Path) -> None:
    path = tmp_path / "examples.parquet"
    form, examples = CASES["some answers"]
    write_examples(path, form, examples)  # type: ignore[arg-type]
    frame = polars.read_parquet(path)
    assert set(frame.columns) == {"uid", "cluster", "question", "context", "answers", "article"}
    assert frame["answers"].to_list()[1] == [{"text": "a", "start": 0}, {"text": "𝒳", "start": 8}]


@pytest.mark.parametrize(("name", "later"), [("no words", "extra"), ("some answers", "article")])
def test_a_file_from_before_a_field_was_there_is_read(name: str, later: str, tmp_path: Path) -> None:
    path = tmp_path / "examples.parquet"
    form, examples = CASES[name]
    write_examples(path, form, examples)  # type: ignore[arg-type]
    polars.read_parquet(path).drop(later).write_parquet(path)
    assert read_examples(path, form) == examples  # type: ignore[arg-type]
    polars.read_parquet(path).drop("uid").write_parquet(path)
    with pytest.raises(KeyError, match="uid"):
        read_examples(path, form)  # type: ignore[arg-type]


def test_a_field_without_a_column_type_is_named() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Odd(Example):
        thing: complex

    with pytest.raises(TypeError, match="complex"):
        column_type(complex)
    assert column_type(tuple[int, ...]) == polars.List(polars.Int64)
