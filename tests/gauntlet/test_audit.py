import csv
import io

import pytest

from crosswind.gauntlet.audit import (
    ANSWERS,
    COLUMNS,
    Part,
    Question,
    Verdict,
    audited_levels,
    chosen,
    page,
    sheet,
    verdicts,
)
from crosswind.text.edits import Edit


def question(uid: str = "1", text: str = "the bridge", label: str = "entailment") -> Question:
    parts = (Part("first", text, (Edit(4, 5, "\u2060b"),)), Part("second", "=1+1", ()))
    return Question("invisible", "xnli", "en", 3, uid, parts, label, "A")


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_a_sheet_shows_what_cannot_be_seen_and_has_room_for_answers() -> None:
    (row,) = rows(sheet([question()]))
    assert tuple(row) == (*COLUMNS, *ANSWERS)
    assert row["perturbed"] == "first: the <U+2060>bridge\nsecond: =1+1"
    assert row["clean"] == "first: the bridge\nsecond: =1+1"
    assert row["label"] == "entailment"
    assert [row[name] for name in ANSWERS] == [""] * 4


def test_no_cell_is_a_formula() -> None:
    only = Question("punct", "tatoeba", "en", 1, "-3", (Part("query", "=SUM(A1)", ()),), "", "A")
    (row,) = rows(sheet([only]))
    assert row["clean"] == "'=SUM(A1)"
    assert row["id"] == "'-3"


def test_levels_are_the_middle_and_the_top_one() -> None:
    assert audited_levels((1, 2, 3, 4, 5)) == (3, 5)
    assert audited_levels((1,)) == (1,)


def test_the_same_items_are_chosen_whatever_else_there_is() -> None:
    uids = [str(number) for number in range(200)]
    some = chosen("xnli", "test", uids, 20)
    assert some == chosen("xnli", "test", uids[::-1], 20)
    assert chosen("xnli", "test", uids, 10) == some[:10]
    assert some != sorted(some, key=int)


def test_filled_sheets_are_counted() -> None:
    questions = [question(str(number)) for number in range(4)]
    held = rows(sheet(questions))
    for row, answer in zip(held, ("yes", "Yes ", "unsure", ""), strict=True):
        row[ANSWERS[0]] = answer
    filled = io.StringIO()
    writer = csv.DictWriter(filled, (*COLUMNS, *ANSWERS))
    writer.writeheader()
    writer.writerows(held)
    assert verdicts(filled.getvalue(), "sheet") == [Verdict("invisible", "xnli", "en", 3, 2)]
    with pytest.raises(ValueError, match="'maybe'; expected yes, no or unsure"):
        verdicts(filled.getvalue().replace("unsure,", "maybe,").replace("(yes/no/maybe", "(yes/no/unsure"), "sheet")
    with pytest.raises(ValueError, match="expected a sheet"):
        verdicts("a,b\n1,2\n", "sheet")


def test_the_page_escapes_whatever_data_hold() -> None:
    evil = "<script>alert(1)</script>'\"&"
    text = page("xnli in en", [question(evil, f"the {evil}", evil)], {"en": evil})
    assert "<script>alert" not in text
    assert text.count("<script>") == 1
    assert "&lt;script&gt;alert(1)" in text
