"""Where translations of phrases come from, in which order, and which of them a text keeps."""

from pathlib import Path

import pytest

from crosswind import pocket
from crosswind.perturbations.dictionary import Files, PocketLexicon, Translations
from crosswind.perturbations.links import Link
from crosswind.perturbations.phrases import Source, Version, phrases, tally
from crosswind.pocket.lexicon import lexicon
from crosswind.text.item import Field, plain_field, token_field
from crosswind.text.stock import Phrase

GERMAN = "Das alte Haus am Fluss ist leer."
ENGLISH = "The old house by the river is empty."
WORDS = (
    ("alte", "old"),
    ("haus", "home"),
    ("Haus", "house"),
    ("Fluss", "stream"),
    ("fluss", "river"),
    ("am Fluss", "ashore"),
)
LINKS = [Link(1, 1, 0.9), Link(6, 7, 0.4)]


def german(text: str = GERMAN) -> Field:
    return plain_field(text, "de", "1")


def found(
    sources: tuple[Source, ...],
    field: Field | None = None,
    words: tuple[tuple[str, str], ...] = WORDS,
    other: str | None = ENGLISH,
    floor: float = 0.0,
) -> list[tuple[str, str, str]]:
    field = field or german()
    text = None if other is None else plain_field(other, "en", "1")
    version = Version("en", text, LINKS if other == ENGLISH else (), Translations(words))
    return [
        (field.text[slice(*each.span)], each.text, each.source) for each in phrases(field, [version], sources, floor)
    ]


def test_what_is_aligned_is_quoted_from_the_translation() -> None:
    assert found(("aligned",)) == [("alte", "old", "aligned"), ("leer", "empty", "aligned")]


def test_a_floor_leaves_out_what_is_less_alike() -> None:
    assert found(("aligned",), floor=0.5) == [("alte", "old", "aligned")]


def test_a_dictionary_is_confirmed_by_the_translation() -> None:
    assert found(("confirmed",)) == [
        ("alte", "old", "confirmed"), ("Haus", "house", "confirmed"), ("Fluss", "river", "confirmed")
    ]  # fmt: skip
    assert found(("confirmed",), other=None) == []


def test_what_the_translation_says_in_another_order_is_not_confirmed() -> None:
    assert found(("confirmed",), other="A river by the house.") == [("Haus", "house", "confirmed")]


def test_a_dictionary_alone_gives_all_its_senses_and_longer_phrases_first() -> None:
    assert found(("dictionary",)) == [
        ("alte", "old", "dictionary"),
        ("Haus", "home", "dictionary"), ("Haus", "house", "dictionary"),
        ("am Fluss", "ashore", "dictionary"),
    ]  # fmt: skip


def test_later_sources_fill_the_gaps_of_earlier_ones() -> None:
    words = (*WORDS, ("leer", "void"), ("ist", "exists"))
    assert found(("aligned", "confirmed", "dictionary"), words=words) == [
        ("alte", "old", "aligned"), ("Haus", "house", "confirmed"), ("Fluss", "river", "confirmed"),
        ("ist", "exists", "dictionary"), ("leer", "empty", "aligned"),
    ]  # fmt: skip


def test_the_opening_word_keeps_its_capital_and_no_other_does() -> None:
    field = german("Haus und Haus.")
    assert [text for _, text, _ in found(("dictionary",), field, (("haus", "house"),))] == ["House", "house"]


def test_what_says_the_same_is_no_phrase() -> None:
    assert found(("dictionary",), words=(("haus", "Haus"), ("leer", "LEER"), ("alte", "old"))) == [
        ("alte", "old", "dictionary")
    ]


def test_phrases_of_the_dictionary_stay_inside_sentences_and_tokens() -> None:
    pair = (("alte haus", "old house"),)
    assert found(("dictionary",), german("Das alte  Haus"), pair) == [("alte  Haus", "old house", "dictionary")]
    assert found(("dictionary",), german("Das alte. Haus"), pair) == []
    assert found(("dictionary",), token_field(["alte", "Haus"], "de", "1"), pair) == []


def test_words_without_spaces_are_looked_up_as_they_are_cut() -> None:
    field = plain_field("人们仍然从桥上走过。", "zh", "1")
    words = (("人们", "people"), ("仍然", "still"))
    assert [own for own, _, _ in found(("dictionary",), field, words, other=None)] == ["人们", "仍然"]


def test_stretches_of_several_languages_do_not_overlap() -> None:
    field = german()
    one = Version("en", None, (), Translations((("alte haus", "old house"), ("leer", "empty"))))
    other = Version("fr", None, (), Translations((("alte", "vieille"), ("haus", "maison"), ("leer", "vide"))))
    made = phrases(field, [one, other], ("dictionary",), 0.0)
    assert [(field.text[slice(*each.span)], each.text) for each in made] == [
        ("alte", "vieille"), ("Haus", "maison"), ("leer", "empty"), ("leer", "vide")
    ]  # fmt: skip


def test_stretches_are_counted_by_the_first_source_that_has_something() -> None:
    one, two = Phrase((0, 3), "a", "en", 0.9, "aligned"), Phrase((0, 3), "b", "en", 1.0, "dictionary")
    assert tally([one, two, Phrase((4, 6), "c", "en", 1.0, "dictionary")]) == {"aligned": 1, "dictionary": 1}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deu-eng.tsv").write_text("Haus\thouse\n", encoding="utf-8")
    (tmp_path / "en-ar.tsv").write_text("house\tبيت;دار\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no dictionary", encoding="utf-8")
    return tmp_path


def test_files_are_found_by_either_code_and_read_backwards_where_there_is_no_other(folder: Path) -> None:
    files = Files.of(folder)
    assert list(files.pairs("de", "en", files.places)) == [("Haus", "house")]
    assert list(files.pairs("en", "de", files.places)) == [("house", "Haus")]
    assert list(files.pairs("ar", "en", files.places)) == [("بيت", "house"), ("دار", "house")]
    assert files.has("en", "ar")
    assert not files.has("de", "ar")


def test_a_dictionary_is_known_by_its_content_and_not_by_its_place(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    moved = tmp_path_factory.mktemp("elsewhere")
    (moved / "deu-eng.tsv").write_text("Haus\thouse\n", encoding="utf-8")
    here, there = Files.of(folder), Files.of(moved)
    assert here.id != there.id
    assert here.only("de", ["en"]).id == there.only("de", ["en"]).id == there.id
    assert str(folder) not in str(here.payload)
    (moved / "deu-eng.tsv").write_text("Haus\thome\n", encoding="utf-8")
    assert Files.of(moved).id != there.id


def test_a_folder_without_dictionaries_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"holds no dictionary; expected files named by two languages"):
        Files.of(tmp_path)
    with pytest.raises(ValueError, match="is no folder"):
        Files.of(tmp_path / "nowhere")


def test_pocket_lends_its_own_words() -> None:
    known = Translations(PocketLexicon().pairs("zhelnik", "taruvik", {}))
    for concept, variant in lexicon("zhelnik").words:
        assert lexicon("taruvik").form(concept, variant) in known.of(lexicon("zhelnik").form(concept, variant))
    assert PocketLexicon().has("zhelnik", "taruvik~order=SOV")
    assert not PocketLexicon().has("zhelnik", "en")


def test_what_a_pocket_language_says_by_endings_is_not_translated_by_words() -> None:
    helpers = {lexicon(pocket.PIVOT).form(name) for name in ("past", "future", "passive")}
    isolating = {word for word, _ in PocketLexicon().pairs(pocket.PIVOT, "taruvik", {})}
    suffixing = {word for word, _ in PocketLexicon().pairs(pocket.PIVOT, "prashil", {})}
    assert helpers <= isolating
    assert not helpers & suffixing
