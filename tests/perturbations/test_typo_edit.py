from collections import Counter

import pytest

from crosswind.perturbations.draws import Draw
from crosswind.perturbations.typo_edit import TypoEdit
from crosswind.text.clusters import clusters, script_of
from crosswind.text.edits import apply
from crosswind.text.item import Item, plain_field, token_field
from tests.perturbations.specimens import plain_item

DRAW = Draw("test", "typo_edit", 1, "fixture", "test")


def results(word: str, lang: str, op: str) -> list[str]:
    """What an operation can make of a word, each once, in order of place."""
    item = plain_item(word, lang)
    units = TypoEdit().units(item)
    options = [option for unit in units for option in TypoEdit().options(item, unit, DRAW) if option.op == op]
    return list(dict.fromkeys(apply(word, [edit for _, edit in option.edits]) for option in options))


@pytest.mark.parametrize(
    ("lang", "word", "swaps", "losses", "doublings"),
    [
        ("en", "bridge", "birdge brdige brigde", "bidge brdge brige bride", "brridge briidge briddge bridgge"),
        ("en", "old", "", "", "olld oldd"),
        ("vi", "thuyền", "tuhyền thyuền thuềyn", "tuyền thyền thuền thuyn", "thhuyền thuuyền thuyyền thuyềền"),
        ("ru", "мост", "мсот", "мст мот", "моост мосст"),
        ("el", "όχι", "", "", "όχχι όχιι"),
        ("ar", "جسور", "جوسر", "جور جسر", "جسسور جسوور"),
        ("he", "שָׁלוֹם", "שָׁוֹלם", "שָׁוֹם שָׁלם", "שָׁללוֹם שָׁלוֹוֹם"),
        ("hi", "पुराना", "", "", "पुराराना पुरानाना"),
        ("bn", "সেতুটি", "", "", "সেতুতুটি সেতুটিটি"),
        ("ta", "பாலம்", "", "", "பாலலம் பாலம்ம்"),
        ("ka", "ხიდი", "ხდიი", "ხდი ხიი", "ხიიდი ხიდდი"),
        ("ko", "다리는", "리다는 다는리", "리는 다는 다리", "다다리는 다리리는 다리는는"),
        ("ko", "집", "", "", "집집"),
        ("th", "เก่า", "ก่เา เาก่", "ก่า เา เก่", "เเก่า เก่ก่า เก่าา"),
        ("zh", "封闭", "闭封", "闭 封", "封封闭 封闭闭"),
        ("my", "တံတား", "တားတံ", "တား တံ", "တံတံတား တံတားတား"),
    ],
)
def test_operations_by_script(lang: str, word: str, swaps: str, losses: str, doublings: str) -> None:
    expected = {"swap": swaps, "delete": losses, "repeat": doublings}
    assert {op: " ".join(results(word, lang, op)) for op in expected} == expected


@pytest.mark.parametrize("lang", ["en", "ru", "el", "ar", "he", "hi", "ta", "th", "ka", "ko", "zh", "my", "qqx"])
def test_strays_are_of_the_script_of_the_word(lang: str) -> None:
    words = {"en": "bridge", "ru": "мост", "el": "γέφυρα", "ar": "جسور", "he": "גשרים", "hi": "सरकार", "ta": "பாலம்",
             "th": "สะพาน", "ka": "ხიდი", "ko": "다리", "zh": "桥", "my": "တံတား", "qqx": "ghomap"}  # fmt: skip
    word = words[lang]
    found = results(word, lang, "insert")
    assert found
    for result in found:
        added = Counter(result[start:end] for start, end in clusters(result))
        added -= Counter(word[start:end] for start, end in clusters(word))
        assert all(script_of(sign) == script_of(word) for sign in added)


def test_operations_are_equally_likely() -> None:
    item = plain_item("bridge", "en")
    weights = Counter[str]()
    for option in TypoEdit().options(item, TypoEdit().units(item)[0], DRAW):
        weights[option.op] += option.weight  # type: ignore[assignment]
    assert weights == pytest.approx({"swap": 1, "delete": 1, "repeat": 1, "insert": 1})


def test_words_that_stay_as_they_are() -> None:
    text = "a I 12 @handle https://example.org क्या"
    assert not TypoEdit().units(plain_item(text, "en"))


def test_swapping_equal_neighbours_is_no_option() -> None:
    ops = [op for op, _ in TypoEdit().ways("abbc", "en").slips]
    assert ops == ["delete", "delete", "repeat", "repeat", "insert", "insert"]


def test_long_words_have_their_options_thinned() -> None:
    item = plain_item("Donaudampfschifffahrtsgesellschaft", "de")
    options = TypoEdit().options(item, TypoEdit().units(item)[0], DRAW)
    assert len(options) == 64
    places = [option.edits[0][1].start for option in options if option.op == "delete"]
    assert places == sorted(places)


def test_spaces_inside_a_token_stay_where_they_are() -> None:
    item = Item("fixture", "test", "1", {"tokens": token_field(["New York"], "en", "1")})
    options = TypoEdit().options(item, TypoEdit().units(item)[0], DRAW)
    assert all(edit.start != 3 for option in options for _, edit in option.edits if option.op != "swap")


def test_unknown_languages_and_scripts_are_no_error() -> None:
    item = Item("pocket", "test", "1", {"text": plain_field("ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ", "qqx", "1")})
    assert {option.op for unit in TypoEdit().units(item) for option in TypoEdit().options(item, unit, DRAW)} == {
        "swap", "delete", "repeat",
    }  # fmt: skip
