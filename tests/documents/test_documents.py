"""Every kind of file comes back in its own form, with the texts changed and all else as it was."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosswind.documents import KINDS, Changed, Portion, Selection, document_for

ALL = Selection()
DATA = Path(os.environ.get("CROSSWIND_DATA", "/nonexistent"))
CONLLU = """# sent_id = a-1
# text = Im Haus, ja!
1-2\tIm\t_\t_\t_\t_\t_\t_\t_\t_
1\tin\tin\tADP\t_\t_\t3\tcase\t_\t_
2\tdem\tder\tDET\t_\t_\t3\tdet\t_\t_
3\tHaus\tHaus\tNOUN\t_\t_\t0\troot\t_\tSpaceAfter=No
4\t,\t,\tPUNCT\t_\t_\t3\tpunct\t_\t_
4.1\tleer\t_\t_\t_\t_\t_\t_\t_\t_
5\tja\tja\tINTJ\t_\t_\t3\tdiscourse\t_\tSpaceAfter=No
6\t!\t!\tPUNCT\t_\t_\t3\tpunct\t_\t_

# no id
1\tNein\tnein\tINTJ\t_\t_\t0\troot\t_\t_
"""


def loud(portion: Portion) -> Changed:
    """Everything gets a sign in front, so that spans move by one."""
    return Changed(
        texts={name: f"!{text}" for name, text in portion.texts.items()},
        spans={name: tuple((start + 1, end + 1) for start, end in spans) for name, spans in portion.spans.items()},
        tokens=tuple(f"!{token}" for token in portion.tokens),
    )


def same(portion: Portion) -> Changed:
    return Changed(portion.texts, portion.spans, portion.tokens)


def rewritten(kind: str, text: str, selection: Selection = ALL, change=loud) -> str:
    return "".join(KINDS[kind].rewritten(iter(text.splitlines(keepends=True)), "file", selection, change))


def seen(kind: str, text: str, selection: Selection = ALL) -> list[Portion]:
    found: list[Portion] = []

    def note(portion: Portion) -> Changed:
        found.append(portion)
        return same(portion)

    rewritten(kind, text, selection, note)
    return found


def test_lines_keep_their_ends_and_empty_lines() -> None:
    assert rewritten("text", "one\r\n\n  \ntwo") == "!one\r\n\n  \n!two"
    assert [portion.uid for portion in seen("text", "one\n\ntwo\n")] == ["1", "3"]


def test_json_lines_change_the_named_fields_only() -> None:
    row = {"id": 7, "premise": "ä", "hypothesis": "b", "label": 1}
    told = json.dumps(row, ensure_ascii=False) + "\n\n"
    after = rewritten("jsonl", told, Selection(fields=("premise", "hypothesis")))
    assert after == told.replace('"ä"', '"!ä"').replace('"b"', '"!b"')
    (portion,) = seen("jsonl", told, Selection("de", ("premise",)))
    assert (portion.uid, portion.language, portion.place) == ("7", "de", "file:1")


def test_json_lines_take_tokens_and_move_answers() -> None:
    tokens = json.dumps({"tokens": ["a", "b"], "tags": [1, 2]}) + "\n"
    assert json.loads(rewritten("jsonl", tokens, Selection(fields=("tokens",)))) == {
        "tokens": ["!a", "!b"],
        "tags": [1, 2],
    }
    squad = json.dumps({"context": "one two", "answers": {"text": ["two"], "answer_start": [4]}}) + "\n"
    after = json.loads(rewritten("jsonl", squad, Selection(fields=("context",))))
    assert after == {"context": "!one two", "answers": {"text": ["two"], "answer_start": [5]}}


def test_a_column_may_tell_the_language() -> None:
    lines = "".join(json.dumps({"text": "x", "lang": code}) + "\n" for code in ("de", "th"))
    assert [portion.language for portion in seen("jsonl", lines, Selection(language_field="lang"))] == ["de", "th"]


def test_csv_keeps_quotes_where_they_are_needed() -> None:
    table = '\ufeffid,text,label\n1,"one, two",x\n2,"he said ""no""",y\n'
    assert rewritten("csv", table) == 'id,text,label\n1,"!one, two",x\n2,"!he said ""no""",y\n'


def test_tsv_takes_quotes_for_characters_and_numbers_for_columns() -> None:
    table = '"x\tb\n"y" z\tc\n'
    assert rewritten("tsv", table, Selection(fields=("1",))) == '!"x\tb\n!"y" z\tc\n'
    assert [portion.uid for portion in seen("tsv", table, Selection(fields=("1",)))] == ["1", "2"]
    with pytest.raises(ValueError, match=r"file:1: .*delimiter"):
        rewritten("tsv", "a\n", Selection(fields=("1",)), lambda portion: Changed({"1": "a\tb"}))


def test_conllu_changes_written_words_and_the_text_above_them() -> None:
    after = rewritten("conllu", CONLLU)
    assert "# text = !Im !Haus!, !ja!!\n" in after
    assert "1-2\t!Im\t" in after
    assert "\n1\tin\tin\t" in after
    assert "4.1\tleer" in after
    assert [portion.uid for portion in seen("conllu", CONLLU)] == ["a-1", "2"]
    assert rewritten("conllu", CONLLU, change=same) == CONLLU


def test_squad_changes_a_context_once_and_moves_all_its_answers() -> None:
    question = {"id": "q1", "question": "Who?", "answers": [{"text": "two", "answer_start": 4}]}
    paragraph = {"context": "one two", "qas": [question, question | {"id": "q2"}]}
    told = json.dumps({"version": "1", "data": [{"title": "t", "paragraphs": [paragraph]}]})
    after = json.loads(rewritten("squad", told))["data"][0]["paragraphs"][0]
    assert after["context"] == "!one two"
    assert [q["answers"] for q in after["qas"]] == [[{"text": "two", "answer_start": 5}]] * 2
    assert [q["question"] for q in after["qas"]] == ["!Who?"] * 2
    assert [portion.uid for portion in seen("squad", told)] == ["0.0", "q1", "q2"]
    only = json.loads(rewritten("squad", told, Selection(fields=("question",))))["data"][0]["paragraphs"][0]
    assert only["context"] == "one two"


@pytest.mark.parametrize(
    ("kind", "text", "selection", "expected"),
    [
        ("jsonl", '{"text": "a"}\n{oops\n', Selection(), "file:2: is no JSON"),
        ("jsonl", "[1]\n", Selection(), "file:1: is .* expected a JSON object"),
        ("jsonl", '{"premise": "a"}\n', Selection(), "file:1: which field .* premise"),
        ("jsonl", '{"text": 3}\n', Selection(), "file:1: field 'text' is 3"),
        ("jsonl", '{"t": ["a"], "u": "b"}\n', Selection(fields=("t", "u")), "file:1: field 't' is a list"),
        ("jsonl", '{"t": [1]}\n', Selection(fields=("t",)), "file:1: .*expected a list of tokens"),
        ("jsonl", '{"text": "a"}\n', Selection(uid="key"), "file:1: has no field 'key'"),
        ("jsonl", '{"text": "a"}\n', Selection(language_field="lang"), "file:1: has no language in field 'lang'"),
        (
            "jsonl",
            '{"context": "ab", "answers": {"text": ["b"], "answer_start": [0]}}\n',
            Selection(fields=("context",)),
            "file:1: the answer 'b' does not stand",
        ),
        ("csv", "text,label\na,b,c\n", Selection(), "file:2: has 3 fields; expected 2: text, label"),
        ("csv", 'text\n"a"b\n', Selection(), "file:2: cannot be split"),
        ("csv", "text\na\n", Selection(fields=("texts",)), "file:2: has no field 'texts'; it has text"),
        ("conllu", "1\ta\n", Selection(), "file:1: .*expected 10 columns"),
        ("conllu", CONLLU.replace("1-2", "1-b"), Selection(), "file:1: has the number '1-b'"),
        ("squad", '{"data": 3}', Selection(), "file has no list 'data'"),
        ("squad", "{", Selection(), "file:1: is no JSON"),
        ("squad", '{"data": []}', Selection(fields=("title",)), "name question or context"),
    ],
)
def test_mistakes_are_said_with_their_place(kind: str, text: str, selection: Selection, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        rewritten(kind, text, selection)


def test_kinds_go_by_their_endings() -> None:
    assert document_for(Path("a.JSONL")) is KINDS["jsonl"]
    assert document_for(Path("a.json")) is KINDS["squad"]
    assert document_for(None) is KINDS["text"]
    assert document_for(Path("a.dat"), "tsv") is KINDS["tsv"]
    with pytest.raises(ValueError, match="--format, one of text"):
        document_for(Path("a.dat"))
    with pytest.raises(ValueError, match="'csv'"):
        document_for(None, "cvs")


def test_reading_is_lazy() -> None:
    def endless() -> Iterator[str]:
        while True:
            yield '{"text": "a"}\n'

    pieces = KINDS["jsonl"].rewritten(endless(), "file", Selection(), loud)
    assert next(pieces) == '{"text": "!a"}\n'


@pytest.mark.skipif(not DATA.is_dir(), reason="CROSSWIND_DATA is not set")
def test_real_files_come_back_as_they_were() -> None:
    for path in sorted(DATA.glob("ud/*.conllu")):
        text = path.read_text(encoding="utf-8")
        assert rewritten("conllu", text, change=same) == text
    for path in sorted(DATA.glob("xquad/*.json")):
        text = path.read_text(encoding="utf-8")
        assert json.loads(rewritten("squad", text, change=same)) == json.loads(text)
    for path in sorted(DATA.glob("xcopa/*/*.jsonl")):
        text = path.read_text(encoding="utf-8")
        after = rewritten("jsonl", text, Selection(fields=("premise", "choice1", "choice2")), same)
        assert [json.loads(line) for line in after.splitlines()] == [json.loads(line) for line in text.splitlines()]
