"""Dictionaries as their users keep them, read strictly."""

from pathlib import Path

import pytest

from crosswind.sources.dictionaries import pairs
from crosswind.sources.rows import Unreadable

TEI = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE TEI SYSTEM "freedict-P5.dtd">
<TEI xmlns="http://www.tei-c.org/ns/1.0"><text><body>
<entry><form><orth>Haus</orth><pron>haʊs</pron></form>
  <sense n="1"><cit type="trans"><quote>house</quote></cit>
    <cit type="example"><quote>zu Hause</quote><cit type="trans"><quote>at home</quote></cit></cit></sense>
  <sense n="2"><sense><cit type="trans"><quote>family
      line</quote></cit></sense></sense>
  <re><form><orth>Hausboot</orth></form><cit type="trans"><quote>houseboat</quote></cit></re></entry>
<entry><form><orth>Str<hi>a</hi>ße</orth><form type="infl"><orth>Straßen</orth></form></form>
  <sense><cit type="translation"><quote>street</quote></cit></sense></entry>
<entry><form><orth>leer</orth></form></entry>
</body></text></TEI>
"""


def test_freedict_gives_headwords_with_translations_and_nothing_of_their_examples(tmp_path: Path) -> None:
    path = tmp_path / "deu-eng.tei"
    path.write_text(TEI, encoding="utf-8")
    assert list(pairs(path)) == [
        ("Haus", "house"), ("Haus", "family line"), ("Straße", "street"), ("Straßen", "street")
    ]  # fmt: skip


def test_a_file_that_is_no_tei_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "deu-eng.tei"
    path.write_text("<TEI><entry>", encoding="utf-8")
    with pytest.raises(Unreadable, match=r"deu-eng\.tei: is no TEI file: .*line 1"):
        list(pairs(path))


def test_a_table_has_a_word_and_its_translations_on_each_line(tmp_path: Path) -> None:
    path = tmp_path / "de-en.tsv"
    path.write_text("\ufeff# a comment\nHaus\thouse; home;\n\nso weit\tso far\nleer\t\n", encoding="utf-8")
    assert list(pairs(path)) == [("Haus", "house"), ("Haus", "home"), ("so weit", "so far")]


def test_a_line_without_a_tab_is_refused_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "de-en.tsv"
    path.write_text("Haus\thouse\nBaum tree\n", encoding="utf-8")
    with pytest.raises(Unreadable, match=r"de-en\.tsv:2: has no tab"):
        list(pairs(path))
