import hashlib
import importlib
import json
import unicodedata
from pathlib import Path

import pytest
import sentencepiece
from tools import hanzi

import crosswind
from crosswind.perturbations.homoglyph import JOINED, UNJOINED
from crosswind.text.clusters import clusters, script
from crosswind.text.tables import file_of, table

RESOURCES = Path(crosswind.__file__).parent / "resources"


@pytest.mark.parametrize("name", sorted(path.stem for path in RESOURCES.glob("*.json")))
def test_a_table_says_where_it_comes_from(name: str) -> None:
    whole = file_of(name)
    assert all(whole["meta"][key] for key in ("source", "source_version", "licence", "generator", "date"))
    body = json.dumps(whole["body"], sort_keys=True).encode()
    assert hashlib.sha256(body).hexdigest() == whole["meta"]["sha256"]


def test_script_unigrams_are_the_table_that_results_were_made_with() -> None:
    digest = "a17d8fe22d2b"
    assert file_of("script_unigrams")["meta"]["sha256"].startswith(digest), (
        "the table changed: raise TypoEdit.VERSION and put the new digest here"
    )


def test_script_unigrams_are_single_clusters_of_their_script() -> None:
    for name, signs in table("script_unigrams").items():
        assert 20 <= len(signs) <= 40, name
        assert len(set(signs)) == len(signs)
        assert all(script(sign[0]) == name[:4] and len(clusters(sign)) == 1 for sign in signs)
    assert not {"ä", "ö", "ü", "ß"} & set(table("script_unigrams")["Latn-en"])
    assert {"ä", "ö", "ü"} <= set(table("script_unigrams")["Latn-de"])
    assert set(table("script_unigrams")["Cyrl-ru"]) <= set("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")


@pytest.mark.parametrize(
    ("name", "digest", "classes"),
    [
        ("keyboards", "b840b00f99e9", "TypoKey"),
        ("hanzi", "59b32442671a", "TypoKey and TypoNative"),
        ("native_rules", "8968ec498fd3", "TypoNative"),
        ("latin_ascii", "a31b212a32b7", "Diacritics"),
        ("digits", "dae862c9e03d", "Digits"),
        ("homoglyphs", "d3c8eaeff12f", "Homoglyph"),
        ("cldr_names", "37de73065f59", "EntitySwap"),
    ],
)
def test_tables_are_those_that_results_were_made_with(name: str, digest: str, classes: str) -> None:
    assert file_of(name)["meta"]["sha256"].startswith(digest), (
        f"the table {name} changed: raise the VERSION of {classes} and put the new digest here"
    )


def test_keyboards_are_what_xkb_and_cldr_say() -> None:
    pytest.importorskip("xkbcommon")
    from tools import keyboards

    if not (keyboards.CLDR.is_dir() and keyboards.UNICODE.is_dir()):
        pytest.skip("Debian's unicode-data and unicode-cldr-core are not installed")
    assert keyboards.tables() == table("keyboards")


def test_neighbours_are_mutual_and_no_key_is_its_own() -> None:
    for layout, keys in table("keyboards")["layouts"].items():
        beside = {sign: found.split() for sign, found in keys.items()}
        assert all(sign not in found for sign, found in beside.items()), layout
        # a sign that stands on two keys is looked for where it needs no shift, and its other neighbours keep it
        lopsided = [(sign, other) for sign, found in beside.items() for other in found if sign not in beside[other]]
        assert len(lopsided) <= 0.1 * sum(map(len, beside.values())), (layout, lopsided)


def test_hanzi_are_what_unihan_says() -> None:
    if not hanzi.UNIHAN.is_dir():
        pytest.skip("Debian's unicode-data is not installed")
    assert hanzi.tables() == table("hanzi")


@pytest.mark.parametrize("name", ["latin_ascii", "digits", "homoglyphs"])
def test_tables_from_icu_are_what_it_says(name: str) -> None:
    icu = pytest.importorskip("icu")
    if f"ICU {icu.ICU_VERSION}," not in file_of(name)["meta"]["source_version"]:
        pytest.skip("another version of ICU is installed")
    assert importlib.import_module(f"tools.{name}").body() == table(name)


def test_names_are_what_cldr_says() -> None:
    babel = pytest.importorskip("babel")
    if f"Babel {babel.__version__}" not in file_of("cldr_names")["meta"]["source_version"]:
        pytest.skip("another version of Babel is installed")
    assert importlib.import_module("tools.cldr_names").body() == table("cldr_names")


def test_bare_letters_are_ascii() -> None:
    letters = table("latin_ascii")
    assert all(bare.isascii() and bare.isalpha() for bare in letters.values())
    assert all(script(letter) == "Latn" and unicodedata.is_normalized("NFC", letter) for letter in letters)
    assert {letters[letter] for letter in "ẹđłøßıæœ"} == {"e", "d", "l", "o", "ss", "i", "ae", "oe"}


def test_digits_are_ten_of_rising_value() -> None:
    for found in table("digits").values():
        assert [unicodedata.decimal(digit) for digit in found["digits"]] == list(range(10))
        assert not found["digits"].isascii()


def test_homoglyphs_are_of_another_script_and_stay() -> None:
    for letter, others in table("homoglyphs").items():
        assert len({other for other, _ in others}) == len(others)
        for other, code in others:
            assert code not in {"Zzzz", script(letter)}
            assert unicodedata.category(other) == unicodedata.category(letter)
            assert unicodedata.bidirectional(other) == unicodedata.bidirectional(letter) == "L"
            assert unicodedata.normalize("NFKC", other) == other


def test_homoglyphs_are_seen_by_the_normaliser_of_xlmr() -> None:
    normaliser = sentencepiece.SentencePieceNormalizer(
        rule_name="nmt_nfkc", add_dummy_prefix=False, escape_whitespaces=False
    )
    for others in table("homoglyphs").values():
        assert all(normaliser.normalize(other) == other for other, _ in others)


def test_homoglyphs_tell_apart_what_readers_tell_apart() -> None:
    homoglyphs = {letter: {other for other, _ in others} for letter, others in table("homoglyphs").items()}
    assert homoglyphs["a"] == {"а", "α"}
    assert homoglyphs["i"] == {"і"}  # with its dot
    assert homoglyphs["ı"] == {"ι"}
    assert homoglyphs["カ"] == {"力"}
    assert not {"f", "k", "l", "m", "t", "z", "क", "ب", "ש", "ხ", "力", "한"} & set(homoglyphs)


def test_arabic_look_alikes_have_one_skeleton() -> None:
    icu = pytest.importorskip("icu")
    checker = icu.SpoofChecker()
    for pairs in (JOINED, UNJOINED):
        assert all(checker.getSkeleton(0, one) == checker.getSkeleton(0, other) for one, other in pairs.items())
        assert all(pairs[other] == one for one, other in pairs.items())
