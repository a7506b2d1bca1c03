"""What reading a split says about its text."""

import unicodedata
from pathlib import Path

import pytest

from crosswind import catalog
from crosswind.sources.published import Library

WORD = "Brücke"


@pytest.mark.parametrize(("composed", "share"), [(4, 0.0), (3, 0.25), (0, 1.0)])
def test_the_share_that_was_not_published_in_normal_form_is_told(tmp_path: Path, composed: int, share: float) -> None:
    forms = ["NFC"] * composed + ["NFD"] * (4 - composed)
    rows = [f"{unicodedata.normalize(form, WORD)} {i}\tEine Brücke.\tneutral\n" for i, form in enumerate(forms)]
    (tmp_path / "xnli").mkdir()
    (tmp_path / "xnli" / "dev-de.tsv").write_text("".join(rows), encoding="utf-8")
    reading = catalog.load("tasks", "xnli")().read("de", "dev", library=Library(folders=(str(tmp_path),)))
    assert reading.facts["not_nfc"] == share
    assert {example.first for example in reading.examples} == {f"{WORD} {i}" for i in range(4)}
